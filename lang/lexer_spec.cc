// SPDX-License-Identifier: GPL-2.0-only
// Attach points: free text, because what may stand in them is the providers' affair (paths, globs, C++ names). A
// text ends at white space, `,`, `{`, `}` or `||`, and at a `/` while it has no `:` yet, so that both `begin/pid == 1/`
// and `uprobe:/bin/bash:readline` are what they look like. Quoted parts may hold anything. What follows `||` is taken
// when what stands before is not there.
#include <algorithm>

#include "lang/lexer.h"
#include "lang/number.h"

namespace awl {
namespace {

/// What may stand outside of probes: the word, and what comes behind it so that it is no attach point.
struct Declaration {
  std::string_view word;
  std::string_view next;  // one of these bytes; empty: the start of a name
  Parser::symbol_type (*make)(Span);
};
constexpr Declaration declarations[] = {
    {"config", "=", Parser::make_CONFIG}, {"import", "\"", Parser::make_IMPORT}, {"let", "@", Parser::make_LET},
    {"macro", "", Parser::make_MACRO},    {"fn", "", Parser::make_FN},
};
constexpr std::string_view c_words[] = {"struct", "union", "enum", "typedef"};

}  // namespace

Lexer::Token Lexer::spec_token(ProbeSpec spec) {
  last_spec_ = spec.span;
  const Span place = spec.span;
  return Parser::make_SPEC(std::move(spec), place);
}

Lexer::Token Lexer::declaration_or_spec() {
  position_ = start_;
  while (is_word_byte(at(position_))) position_++;
  const char next = at(static_cast<uint32_t>(after_blanks(position_)));
  const bool gap = is_blank(at(position_)) || next == '"' || next == '=' || next == '@';
  for (const Declaration &known : declarations) {
    if (text() != known.word || !gap) continue;
    if (known.next.empty() ? !is_word_byte(next) : known.next.find(next) == std::string_view::npos) continue;
    declaration_ = known.word;
    return known.make(span());
  }
  return spec_token(spec());
}

/// One attach point, from here to where it ends.
ProbeSpec Lexer::attach_point() {
  const uint32_t begin = position_;
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
  result.span = {begin, position_};
  return result;
}

/// Past `||` and the blanks on both sides, when that is what follows.
bool Lexer::take_or() {
  const auto or_sign = static_cast<uint32_t>(after_blanks(position_));
  if (at(or_sign) != '|' || at(or_sign + 1) != '|') return false;
  position_ = static_cast<uint32_t>(after_blanks(or_sign + 2));
  return true;
}

ProbeSpec Lexer::spec() {
  position_ = start_;
  ProbeSpec result = attach_point();
  while (take_or()) result.alternatives.push_back(attach_point());
  for (const ProbeSpec &other : result.alternatives)
    if (other.text.empty()) diagnostics_.error(result.span, "`||` without a probe behind it");
  return result;
}

/// The lexer stands on the first byte of a word outside of all blocks.
bool Lexer::is_c_declaration() const {
  if (header_) return true;
  uint32_t end = start_;
  while (is_word_byte(at(end))) end++;
  const char next = at(static_cast<uint32_t>(after_blanks(end)));
  return (is_blank(at(end)) || next == '{') && (is_word_byte(next) || next == '{') &&
         std::ranges::find(c_words, source_.slice({start_, end})) != std::end(c_words);
}

void Lexer::header() {
  header_ = true;
  while (outside().kind() != Parser::symbol_kind::S_YYEOF) open_.clear();
}

/// A declaration in C, up to its `;` or, where that was forgotten, its `}` and the attributes behind it.
void Lexer::c_declaration() {
  position_ = start_;
  const bool may_lack_semicolon = at(start_) != 't';
  size_t depth = 0;
  for (bool done = false; !done && position_ < size();) {
    const char c = at(position_++);
    if (c == '{') depth++;
    if (c == '}' && depth > 0 && --depth == 0 && may_lack_semicolon) {
      const size_t next = after_blanks(position_);
      done = at(static_cast<uint32_t>(next)) != ';' && source_.text.compare(next, 13, "__attribute__") != 0;
    }
    done = done || (c == ';' && depth == 0);
  }
  if (declared_) declared_->declare(source_, span(), diagnostics_);
  start_ = position_;
}

bool Lexer::spec_goes_on(bool colon) const {
  constexpr std::string_view enders = " \t\r\n\v\f,{}";
  const char c = at(position_);
  const bool is_or = c == '|' && at(position_ + 1) == '|';
  return c != '\0' && enders.find(c) == std::string_view::npos && (c != '/' || colon) && !is_or;
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

}  // namespace awl
