// SPDX-License-Identifier: GPL-2.0-only
// Puts macros and functions into the places that use them, and the values of getopt() into theirs. What comes out has
// neither: later phases see a plain script.
//
// Expansion is hygienic. A variable of a macro's body gets a name that nobody can write (`x#1`), so it can neither hide
// one of the caller's nor be seen by it; what the caller passed in is copied with the caller's names. A macro's
// argument is put in for its parameter, and evaluated where and as often as the body names it; a function's is
// evaluated once, into a variable.
#pragma once
#include "lang/ast.h"
#include "lang/definitions.h"
#include "lang/getopt.h"
#include "src/base/diag.h"

namespace awl {

/// The script with everything expanded; only what its probes reach is in the result.
Ast expand(const Ast &ast, const Definitions &definitions, const NamedParameters &named, Diagnostics &diagnostics);

}  // namespace awl
