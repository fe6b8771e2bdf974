// SPDX-License-Identifier: GPL-2.0-only
// Where instructions begin and where functions return. A probe replaces the first byte of an instruction, so a place
// in the middle of one would break the program that is looked at.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace awl {

/// Whether an instruction begins `offset` bytes behind the begin of the code; nothing when the code before it cannot
/// be decoded.
std::optional<bool> begins_instruction(std::span<const uint8_t> code, uint64_t offset);

/// Offsets of all return instructions; nothing when the code cannot be decoded.
std::optional<std::vector<uint64_t>> return_offsets(std::span<const uint8_t> code);

/// A function of Go begins by comparing the stack pointer with the end of its stack; where that is too small, it gets
/// a larger one and begins anew. Offset of what runs once for each call: behind that check, or 0 without one.
uint64_t behind_stack_check(std::span<const uint8_t> code);

}  // namespace awl
