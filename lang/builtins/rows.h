// SPDX-License-Identifier: GPL-2.0-only
// What the files with the rows of the builtins table share: the types of results, parameters that several rows have,
// and the names of their parts. A subject is a file of rows and a line in builtins.cc.
#pragma once
#include <span>

#include "lang/builtins.h"

namespace awl {

std::span<const Builtin> process_builtins();
std::span<const Builtin> probe_builtins();
std::span<const Builtin> string_builtins();
std::span<const Builtin> map_builtins();
std::span<const Builtin> aggregation_builtins();
std::span<const Builtin> output_builtins();
std::span<const Builtin> effect_builtins();
std::span<const Builtin> question_builtins();

namespace row {

inline Type u64() { return u64_type; }
inline Type s64() { return s64_type; }
inline Type u32() { return u32_type; }
inline Type none() { return none_type; }
inline Type boolean() { return bool_type; }
inline Type time_ns() { return integer_type(8, false, Unit::nanoseconds); }
inline Type comm() { return string_type(16); }
inline Type sized_string() { return string_type(0); }  // the checker sets the size
inline Type sized_buffer() { return buffer_type(0); }  // the same
inline Type kernel_pointer() { return pointer_type(AddressSpace::kernel, ""); }
inline Type user_pointer() { return pointer_type(AddressSpace::user, ""); }
inline Type task() { return pointer_type(AddressSpace::kernel, "struct task_struct"); }

/// A kind that says all.
template <Kind kind>
Type simple() {
  return simple_type(kind);
}

inline constexpr Parameter value[] = {{"value", Accepts::integer}};

}  // namespace row
}  // namespace awl
