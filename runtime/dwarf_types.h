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

/// Without typedefs and qualifiers; nothing for void.
std::optional<Dwarf_Die> bare_type(std::optional<Dwarf_Die> type);

bool is_dwarf_pointer(int tag);   // or a reference
bool is_dwarf_compound(int tag);  // a structure, class or union

/// Integers with width and sign; kind `record` for all that is no number. No type: none. What is made of other types
/// is in runtime/dwarf_structures.h.
Type dwarf_number_type(std::optional<Dwarf_Die> type);

/// "const char *", "struct point", "int (*)(...)", "void".
std::string dwarf_c_type(std::optional<Dwarf_Die> type);

/// How a value of the type is passed to a function.
Shape dwarf_shape(std::optional<Dwarf_Die> type, Convention convention);

}  // namespace awl
