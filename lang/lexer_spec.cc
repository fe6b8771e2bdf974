// SPDX-License-Identifier: GPL-2.0-only
// Attach points: free text, because what may stand in them is the providers' affair (paths, globs, C++ names). A
// text ends at white space, `,`, `{` or `}`, and at a `/` while it has no `:` yet, so that both `begin/pid == 1/`
// and `uprobe:/bin/bash:readline` are what they look like. Quoted parts may hold anything.
#include <algorithm>

#include "lang/lexer.h"
#include "lang/number.h"

namespace awl {
namespace {

/// Declarations that other dialects have outside of probes, by the word that they start with.
struct Declaration {
  std::string_view word;
  std::string_view what;
};
constexpr Declaration declarations[] = {
    {"struct", "`struct` declarations"},   {"union", "`union` declarations"}, {"enum", "`enum` declarations"},
    {"typedef", "`typedef` declarations"}, {"config", "`config` blocks"},     {"import", "`import` lines"},
    {"macro", "`macro` definitions"},      {"fn", "`fn` definitions"},        {"let", "`let` declarations"},
};

}  // namespace

Lexer::Token Lexer::spec_token(ProbeSpec spec) {
  last_spec_ = spec.span;
  const Span place = spec.span;
  return Parser::make_SPEC(std::move(spec), place);
}

/// Nothing when it was the start of a declaration instead, which is reported and left out.
std::optional<ProbeSpec> Lexer::spec() {
  position_ = start_;
  ProbeSpec result;
  bool colon = false;
  for (size_t looked_at = 0; spec_goes_on(colon); looked_at = result.text.size()) {
    const char c = at(position_);
    if (c == '"')
      spec_quoted(result.text);
    else if (c == '$' && digit_value(at(position_ + 1)) < 10)
      spec_parameter(result.text);
    else
      result.text += at(position_++);
    colon = colon || result.text.find(':', looked_at) != std::string::npos;
  }
  result.span = span();
  const auto found = std::ranges::find(declarations, text(), &Declaration::word);
  if (found == std::end(declarations)) return result;
  diagnostics_.error(span(), "{} are not part of this version's language", found->what);
  skip_declaration();
  return std::nullopt;
}

bool Lexer::spec_goes_on(bool colon) const {
  constexpr std::string_view enders = " \t\r\n\v\f,{}";
  const char c = at(position_);
  return c != '\0' && enders.find(c) == std::string_view::npos && (c != '/' || colon);
}

void Lexer::spec_quoted(std::string &text) {
  const uint32_t begin = position_;
  const uint32_t line_end = end_of_line(begin);
  do {
    if (at(position_) == '\\' && position_ + 1 < line_end) text += at(position_++);
    text += at(position_++);
  } while (position_ < line_end && at(position_) != '"');
  if (position_ < line_end) {
    text += at(position_++);
    return;
  }
  diagnostics_.error({begin, line_end}, "the string is not closed").help("close it with `\"`");
  tainted_ = true;
}

void Lexer::spec_parameter(std::string &text) {
  const uint32_t begin = position_++;
  size_t number = 0;
  while (digit_value(at(position_)) < 10)
    number = std::min<size_t>(number * 10 + digit_value(at(position_++)), parameters_.size() + 1);
  const Span place = {begin, position_};
  if (number >= 1 && number <= parameters_.size())
    text += parameters_[number - 1];
  else
    diagnostics_.error(place, "there is no parameter `{}`", source_.slice(place))
        .help("parameters are the words after the script; {} given", parameters_.size());
}

/// To the `;` or the `}` that ends it; what a string holds does not count.
void Lexer::skip_declaration() {
  size_t depth = 0;
  bool in_string = false;
  while (position_ < size()) {
    const char c = at(position_++);
    if (c == '"') in_string = !in_string;
    if (in_string) continue;
    if (c == '{') depth++;
    if ((c == '}' && depth <= 1) || (c == ';' && depth == 0)) return;
    if (c == '}') depth--;
  }
}

}  // namespace awl
