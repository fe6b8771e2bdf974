// SPDX-License-Identifier: GPL-2.0-only
// DWARF's types as the language, as C, and as calling conventions see them. Pure functions of a DIE.
#pragma once
#include <elfutils/libdw.h>

#include <optional>
#include <string>

#include "lang/type.h"
#include "runtime/calling.h"

namespace awl {

/// The DIE that an attribute of `die` refers to, also through what it was made of (abstract origin, specification).
std::optional<Dwarf_Die> referred_die(Dwarf_Die die, unsigned attribute);

/// Integers with width and sign, pointers into the program; kind `record` for all that is no number. No type: none.
Type dwarf_language_type(std::optional<Dwarf_Die> type);

/// "const char *", "struct point", "int (*)(...)", "void".
std::string dwarf_c_type(std::optional<Dwarf_Die> type);

/// How a value of the type is passed to a function.
Shape dwarf_shape(std::optional<Dwarf_Die> type, Convention convention);

}  // namespace awl
