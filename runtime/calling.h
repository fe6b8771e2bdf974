// SPDX-License-Identifier: GPL-2.0-only
// Where arguments lie when a function is entered: the calling conventions of x86-64, of C and of Go. Pure functions
// of the parameters' shapes.
#pragma once
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "runtime/registers.h"

namespace awl {

enum class Convention : uint8_t { c, go };

/// What each 8 bytes of a parameter consist of.
enum class Word : uint8_t { integer, floating };

/// How a parameter is passed, as far as its type decides it.
struct Shape {
  std::vector<Word> words;
  bool in_place = true;    // word i is what lies at offset 8 * i
  bool in_memory = false;  // never in registers, however many are free
  uint32_t size = 8;
  uint32_t alignment = 8;
};

/// A parameter in one integer register, on the stack at a distance from the stack pointer, or spread over several
/// registers, a word in each; nothing for those that a probe cannot read.
using ArgumentPlace = std::variant<std::monostate, Register, int64_t, std::vector<Register>>;

std::vector<ArgumentPlace> place_arguments(Convention convention, const std::vector<Shape> &parameters,
                                           bool result_in_memory);

/// Argument `index` of a function whose parameters are unknown: all of them are taken to be integers.
std::optional<ArgumentPlace> plain_argument(Convention convention, uint64_t index);

/// The value at a place, `width` bytes of it.
std::optional<Access> argument_access(const ArgumentPlace &place, uint8_t width);

/// A structure at a place: its words, or the address where it lies.
std::optional<Access> structure_access(const ArgumentPlace &place);

}  // namespace awl
