// SPDX-License-Identifier: GPL-2.0-only
// The actions of the grammar for what stands outside of probes.
#include <algorithm>

#include "lang/lexer.h"
#include "lang/parse_builder.h"

namespace awl {

void Builder::import(Span span, std::string path) { definitions_.imports.push_back({std::move(path), span}); }

void Builder::declare_map(std::string map, Span span, Identifier kind, IntegerLiteral capacity) {
  constexpr std::string_view kinds[] = {"hash", "lruhash", "percpuhash", "percpulruhash"};
  if (std::ranges::find(kinds, kind.text) == std::end(kinds))
    diagnostics_.error(kind.span, "there is no map of kind `{}`", kind.text)
        .help("the kinds are hash, lruhash, percpuhash and percpulruhash");
  for (const MapDeclaration &other : ast_.map_declarations)
    if (other.map == map)
      diagnostics_.error(span, "`@{}` is declared twice", map).label(other.span, "the first declaration");
  ast_.map_declarations.push_back({std::move(map), span, std::move(kind), capacity.value});
}

void Builder::setting(Identifier key, std::optional<std::string> text, Span value) {
  std::string words = text ? std::move(*text) : std::string(lexer_.source().slice(value));
  ast_.config.push_back({key.text, std::move(words), key.span, value});
}

void Builder::begin_macro(Identifier name, std::vector<MacroParameter> parameters) {
  begin({std::move(name), std::move(parameters), std::nullopt, {}, {}});
}

void Builder::begin_function(Identifier name, std::vector<MacroParameter> parameters, TypeName result) {
  begin({std::move(name), std::move(parameters), std::move(result), {}, {}});
}

void Builder::begin(Macro macro) {
  for (size_t i = 0; i < macro.parameters.size(); i++)
    for (size_t j = 0; j < i; j++)
      if (macro.parameters[i].name == macro.parameters[j].name)
        diagnostics_.error(macro.parameters[i].span, "two parameters are called `{}`", macro.parameters[i].name)
            .label(macro.parameters[j].span, "the first one");
  open_macro_ = std::move(macro);
}

bool Builder::is_parameter(std::string_view name) const {
  return open_macro_ &&
         std::ranges::find(open_macro_->parameters, name, &MacroParameter::name) != open_macro_->parameters.end();
}

void Builder::end_macro(StmtId body) {
  open_macro_->body = body;
  open_macro_->value = value_block(body);
  definitions_.macros.push_back(std::move(*open_macro_));
  open_macro_.reset();
}

void Builder::end_function(StmtId body) {
  open_macro_->body = body;
  definitions_.macros.push_back(std::move(*open_macro_));
  open_macro_.reset();
}

}  // namespace awl
