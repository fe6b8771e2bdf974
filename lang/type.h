// SPDX-License-Identifier: GPL-2.0-only
// The types of the language, as the checker infers them and as the manifest hands them to the runtime.
//
// Arithmetic happens in 64 bits, so an integer's width only says how wide it is where it is *read from* (a
// tracepoint field, an argument) and what its range is; in a map key or value every integer takes 8 bytes.
// Units and tables belong to the type: a histogram of nanoseconds prints time ranges in every output format.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

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

  // Values that take more than a number: `size` bytes of memory, laid out as said here.
  tuple,      // parts, each at a multiple of 8; their names are set for a record (a=1, b=2)
  structure,  // a C structure or union, `name` says which; its bytes as in memory
  array,      // a C array: parts[0] is its element; its bytes as in memory
  buffer,     // u32 length, then up to size - 4 bytes

  // Numbers and bytes that only user space can put into words.
  kernel_stack,   // awl_stack (bpf_lib/awl_abi.h); `name` is how it is shown: "", "perf", "raw", "build_id"
  user_stack,
  kernel_symbol,  // an address in the kernel
  user_symbol,    // u64 address, u64 process id
  inet,           // u64 address family (AF_INET, AF_INET6), 16 bytes of address
  mac,            // 6 bytes of a hardware address in a u64
  timestamp,      // u64 nanoseconds; `name` is the strftime format
  username,       // u64 user id
  cgroup_path,    // u64 id of a control group
};

/// What a number counts; decides how it is printed.
enum class Unit : uint8_t { none, nanoseconds, bytes };

/// Where an address leads. For a pointer `none` is not known; for bytes in memory (structure, array) `none` is memory
/// of the program's own, and `any` what an address leads to that may be either.
enum class AddressSpace : uint8_t { none, kernel, user, any };

struct Part;

struct Type {
  Kind kind = Kind::unknown;
  uint8_t width = 8;                        // integer, pointer: bytes in memory (1, 2, 4, 8)
  bool is_signed = false;                   // integer
  bool is_literal = false;                  // an integer literal: takes the signedness of what it meets
  Unit unit = Unit::none;                   // integer
  AddressSpace space = AddressSpace::none;  // pointer, structure, array
  uint32_t size = 8;         // bytes that a value takes in a key, a map value or an event; 8 for all numbers
  std::string pointee = {};  // pointer: C spelling of what it points to ("char", "struct file"); may be empty
  std::string name = {};     // integer: "enum pid_type" when it is one; structure: "struct file"; others: see Kind
  std::vector<Part> parts = {};  // tuple: elements; array: the element; structure: only in a Column, all members

  bool operator==(const Type &) const;
  bool is_number() const { return kind == Kind::integer || kind == Kind::boolean || kind == Kind::pointer; }
};

/// A piece of a value in memory.
struct Part {
  std::string name;     // of a record's field or a structure's member; empty in tuples
  Type type;
  uint32_t offset = 0;  // bytes from the start of the whole
  uint8_t shift = 0;    // of a bit-field: bits below it in the word at `offset`, which is type.width bytes wide
  uint8_t bits = 0;     // of a bit-field; 0: all of the type
  bool operator==(const Part &) const = default;
};

/// Values that live in memory rather than in a register.
bool is_memory(Kind kind);
constexpr bool is_stack(Kind kind) { return kind == Kind::kernel_stack || kind == Kind::user_stack; }
/// Bytes of the whole words that so many bytes take, in keys, values, records and on the stack.
constexpr uint32_t whole_words(uint32_t bytes) { return (bytes + 7) & ~7u; }

Type integer_type(uint8_t width, bool is_signed, Unit unit = Unit::none);
Type string_type(uint32_t size);
Type pointer_type(AddressSpace space, std::string pointee);
Type simple_type(Kind kind);
/// Elements one after the other, each at a multiple of 8. `names` is empty, or has one for each.
Type tuple_type(const std::vector<Type> &elements, const std::vector<std::string> &names = {});
Type array_type(const Type &element, uint32_t count);
Type structure_type(std::string spelling, uint32_t size);
Type buffer_type(uint32_t bytes);
/// Elements of an array type.
uint32_t array_count(const Type &array);
/// Bytes that a value takes as an element of a C array or a member of a C structure: a number's width, else its size.
uint32_t memory_size(const Type &type);

inline const Type u64_type = {.kind = Kind::integer, .width = 8, .is_signed = false};
inline const Type s64_type = {.kind = Kind::integer, .width = 8, .is_signed = true};
inline const Type u32_type = {.kind = Kind::integer, .width = 4, .is_signed = false};
inline const Type bool_type = {.kind = Kind::boolean, .width = 1};
inline const Type none_type = {.kind = Kind::none, .size = 0};

/// The C spelling of a type, as type_of_spelling() reads it: "uint32", "struct file *", "int[4]".
std::string spelling_of(const Type &);

/// How the type is called in messages: "integer", "string", "boolean", "pointer to `struct file`".
std::string describe(const Type &);

/// A stack, or something with a stack in it.
bool has_stack(const Type &type);

}  // namespace awl
