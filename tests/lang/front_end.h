// SPDX-License-Identifier: GPL-2.0-only
// Scripts in, text out: what the tests of the front end compare.
#pragma once
#include <string>

#include "lang/parse.h"

namespace awl {

/// Everything that parsing the script reports, as a person sees it; empty when it is fine.
inline std::string complaints(std::string_view script, const Parameters &parameters = {}) {
  const Source source{"t.awl", std::string(script)};
  Diagnostics diagnostics;
  parse(source, parameters, diagnostics);
  return "\n" + diagnostics.render(source, false);
}

/// The tree of a script; what is wrong with it when there is none.
inline std::string tree(std::string_view script, const Parameters &parameters = {}) {
  const Source source{"t.awl", std::string(script)};
  Diagnostics diagnostics;
  const Ast ast = parse(source, parameters, diagnostics);
  return "\n" + (diagnostics.empty() ? dump_ast(ast, source) : diagnostics.render(source, false));
}

/// The tokens of a script.
inline std::string tokens(std::string_view script) { return "\n" + dump_tokens({"t.awl", std::string(script)}); }

}  // namespace awl
