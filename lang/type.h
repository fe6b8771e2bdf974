// SPDX-License-Identifier: GPL-2.0-only
// The types of the language, as the checker infers them and as the manifest hands them to the runtime.
//
// Arithmetic happens in 64 bits, so an integer's width only says how wide it is where it is *read from* (a
// tracepoint field, an argument) and what its range is; in a map key or value every integer takes 8 bytes.
// Units and tables belong to the type: a histogram of nanoseconds prints time ranges in every output format.
#pragma once
#include <cstdint>
#include <string>

namespace awl {

enum class Kind : uint8_t {
  unknown,    // not inferred yet; never leaves the checker
  none,       // the result of statements such as printf()
  integer,    // width, is_signed, unit
  boolean,    // result of comparisons; 8 bytes, 0 or 1
  string,     // size bytes of storage with the closing NUL, zero-padded
  pointer,    // an address; space and pointee say what lies there
  probe,      // a probe's number; prints as its name, through the manifest's table of probes
  function,   // a probe's number; prints as the traced function's name
  record,     // `args`: only its fields are values
  aggregate,  // the cells of a per-CPU aggregation; what they are is in the map's description
};

/// What a number counts; decides how it is printed.
enum class Unit : uint8_t { none, nanoseconds, bytes };

enum class AddressSpace : uint8_t { none, kernel, user };

struct Type {
  Kind kind = Kind::unknown;
  uint8_t width = 8;                        // integer, pointer: bytes in memory (1, 2, 4, 8)
  bool is_signed = false;                   // integer
  bool is_literal = false;                  // an integer literal: takes the signedness of what it meets
  Unit unit = Unit::none;                   // integer
  AddressSpace space = AddressSpace::none;  // pointer
  uint32_t size = 8;         // bytes that a value takes in a key, a map value or an event; 8 but for strings
  std::string pointee = {};  // pointer: C spelling of what it points to ("char", "struct file"); may be empty

  bool operator==(const Type &) const = default;
  bool is_number() const { return kind == Kind::integer || kind == Kind::boolean || kind == Kind::pointer; }
};

Type integer_type(uint8_t width, bool is_signed, Unit unit = Unit::none);
Type string_type(uint32_t size);
Type pointer_type(AddressSpace space, std::string pointee);
Type simple_type(Kind kind);

inline const Type u64_type = {.kind = Kind::integer, .width = 8, .is_signed = false};
inline const Type s64_type = {.kind = Kind::integer, .width = 8, .is_signed = true};
inline const Type u32_type = {.kind = Kind::integer, .width = 4, .is_signed = false};
inline const Type bool_type = {.kind = Kind::boolean, .width = 1};
inline const Type none_type = {.kind = Kind::none, .size = 0};

/// How the type is called in messages: "integer", "string", "boolean", "pointer to `struct file`".
std::string describe(const Type &);

}  // namespace awl
