// SPDX-License-Identifier: GPL-2.0-only
// Text to tokens, one at a time. The lexer has two modes: outside blocks it reads attach points (free text up to
// white space, `,`, `{` or a predicate's `/`), inside it reads the language. It never throws and never stops at a
// bad byte: it reports it and goes on, so that one run shows every mistake.
#pragma once
#include <string>
#include <vector>

#include "lang/ast.h"
#include "lang/getopt.h"
#include "src/base/diag.h"

namespace awl {

class DeclaredTypes;

/// Values for $1, $2 ... and $#.
using Parameters = std::vector<std::string>;

/// Lex and parse a script with all that it imports, whose text is added to the source, and put its macros, functions
/// and named parameters in place. What it declares in C goes to `declared`.
Ast parse(Source &source, const Parameters &parameters, const NamedParameters &named, DeclaredTypes &declared,
          Diagnostics &diagnostics);

/// The same for a script by itself, which imports nothing. Mistakes go to `diagnostics`; the Ast is whole when none is
/// an error. `parameters` are put into attach points ("interval:ms:$1") here; in expressions they stay PositionalRef.
Ast parse(const Source &source, const Parameters &parameters, Diagnostics &diagnostics);

/// The tokens of a script for --dump=tokens: one line each, `line:column  kind  text`.
std::string dump_tokens(const Source &source);

/// The tree for --dump=ast, indented, one node a line, with its place: stable enough to compare in tests.
std::string dump_ast(const Ast &ast, const Source &source);

}  // namespace awl
