// SPDX-License-Identifier: GPL-2.0-only
// What --dump prints of the checked program and of the manifest: readable and stable, for people and for golden tests.
#pragma once
#include <string>

#include "lang/checked.h"

namespace awl {

/// Maps with the types of keys and values, then for each body its expressions: `3:16  integer  nsecs - @start[tid]`.
std::string dump_types(const CheckedProgram &program);

/// What attaches where and how: a line for each program, its targets below it.
std::string dump_plan(const CheckedProgram &program);

/// A type in short: "s64", "u32", "string[16]", "probe", "u64 ns".
std::string short_type(const Type &type);

}  // namespace awl
