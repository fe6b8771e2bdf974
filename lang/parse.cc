// SPDX-License-Identifier: GPL-2.0-only
// The front end's door: what is checked before there are tokens, the parser's run, what is checked after it.
#include "lang/parse.h"

#include <algorithm>

#include "lang/cdecl.h"
#include "lang/definitions.h"
#include "lang/expand.h"
#include "lang/imports.h"
#include "lang/lexer.h"
#include "lang/parser.hh"
#include "src/base/text.h"
#include "src/base/utf8.h"

namespace awl {
namespace {

/// Bytes that are looked at to tell a script from a file of another kind.
constexpr size_t sample_bytes = 4096;
/// Smaller ones are taken as scripts whatever is in them, so that one stray byte is called that.
constexpr size_t least_sample = 16;

/// An ELF file, or more than a quarter of what no text has.
bool looks_binary(std::string_view text) {
  if (text.starts_with("\x7f"
                       "ELF"))
    return true;
  std::string_view rest = text.substr(0, sample_bytes);
  const size_t all = rest.size();
  size_t odd = 0;
  while (!rest.empty()) {
    const CodePoint c = first_code_point(rest);
    rest.remove_prefix(c.length);
    const bool control = c.value < ' ' && (c.value < '\t' || c.value > '\r') && c.value != '\x1b';
    if (!c.valid || control) odd++;
  }
  return all >= least_sample && odd * 4 > all;
}

/// False, with a diagnostic, for what is not worth lexing.
bool readable(const Source &source, Diagnostics &diagnostics) {
  if (source.text.size() > max_source_bytes) {
    diagnostics.error({0, 0}, "this script is larger than {}", human_bytes(max_source_bytes));
    return false;
  }
  if (looks_binary(source.text)) {
    diagnostics.error({0, 0}, "this is not a script: it contains binary data");
    return false;
  }
  return true;
}

}  // namespace

Parser::symbol_type yylex(Builder &builder) { return builder.lexer().next(); }

namespace {

/// `imports` reads the files that the script names; null: they are left alone.
Ast parse_all(const Source &source, Imports *imports, const Parameters &parameters, const NamedParameters &named,
              DeclaredTypes &declared, Diagnostics &diagnostics) {
  if (!readable(source, diagnostics)) return {};
  const uint32_t end = static_cast<uint32_t>(source.text.size());
  Ast ast;
  Definitions definitions;
  auto read = [&](Imports::File file) {
    Lexer lexer(source, file.text, parameters, diagnostics, &declared, &definitions.imports);
    Builder builder(lexer, ast, definitions, diagnostics);
    if (file.header)
      lexer.header();
    else
      Parser(builder).parse();
  };
  read({{0, end}, false});
  for (size_t i = 0; imports && i < definitions.imports.size() && !diagnostics.failed(); i++)
    for (const Imports::File &file : imports->load(Import(definitions.imports[i]))) read(file);
  if (ast.probes.empty() && !diagnostics.failed())
    diagnostics.error({end, end}, "the script has no probe").help("try `kprobe:vfs_read {{ @[comm] = count(); }}`");
  return diagnostics.failed() ? std::move(ast) : expand(ast, definitions, named, diagnostics);
}

}  // namespace

Ast parse(Source &source, const Parameters &parameters, const NamedParameters &named, DeclaredTypes &declared,
          Diagnostics &diagnostics) {
  Imports imports(source, diagnostics);
  return parse_all(source, &imports, parameters, named, declared, diagnostics);
}

Ast parse(const Source &source, const Parameters &parameters, Diagnostics &diagnostics) {
  DeclaredTypes declared;
  return parse_all(source, nullptr, parameters, {}, declared, diagnostics);
}

}  // namespace awl
