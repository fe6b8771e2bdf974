// SPDX-License-Identifier: GPL-2.0-only
// Brackets, and all that the lexer remembers from one token to the next. `<`, `>` and `/` are brackets in some
// places and operators in others; which, is decided here and nowhere else:
//
//   `<` opens a block where a statement may start, and after `if (...)`;
//   `>` closes one where a statement may start and the innermost open bracket is `<`;
//   `/` closes a predicate when, brackets aside, a block comes next.
#include "lang/lexer.h"

namespace awl {

Lexer::Token Lexer::next() {
  dropped_.reset();
  const bool attach_points = open_.empty() && !predicate_;
  Token token = stopped_ ? end() : attach_points ? outside() : inside();
  track(token);
  return token;
}

std::optional<Lexer::Open> Lexer::innermost() const {
  if (!open_.empty()) return open_.back();
  if (predicate_) return Open{'/', *predicate_};
  return std::nullopt;
}

void Lexer::too_deep(Span place) {
  if (stopped_) return;
  diagnostics_.error(place, "nested too deeply").help("at most {} levels can be nested", max_nesting);
  stopped_ = true;
}

void Lexer::track(const Token &token) {
  using Symbol = Parser::symbol_kind;
  previous_ = last_;
  last_ = token.location;
  statement_start_ = boundary_ = after_dot_ = after_if_ = false;
  if (token.kind() != Symbol::S_PAREN_CLOSE) after_condition_ = false;
  switch (token.kind()) {
    case Symbol::S_SEMICOLON:
    case Symbol::S_BRACE_OPEN:
    case Symbol::S_BRACE_CLOSE:
    case Symbol::S_ANGLE_OPEN:
    case Symbol::S_ANGLE_CLOSE:
      statement_start_ = boundary_ = true;
      tainted_before_ = tainted_;
      tainted_ = false;
      pending_ = 0;
      break;
    case Symbol::S_ELSE:
      statement_start_ = true;
      break;
    case Symbol::S_DOT:
      after_dot_ = true;
      break;
    case Symbol::S_IF:
      after_if_ = true;
      break;
    case Symbol::S_NOT:
    case Symbol::S_TILDE:
    case Symbol::S_MINUS:
    case Symbol::S_INCREMENT:
    case Symbol::S_DECREMENT:
    case Symbol::S_QUESTION:
      pending_++;
      if (open_.size() + pending_ > max_nesting) too_deep(last_);
      break;
    default:
      break;
  }
}

Lexer::Token Lexer::open(char bracket, Token (*make)(Span)) {
  if (bracket == '{' && predicate_ && open_.empty()) {
    diagnostics_.error(*predicate_, "the predicate is not closed").help("close it with `/` before the block");
    position_ = start_;
    return close_predicate();
  }
  open_.push_back({bracket, span(), after_if_});
  if (open_.size() + pending_ > max_nesting) {
    too_deep(span());
    return end();
  }
  return make(span());
}

Lexer::Token Lexer::open_predicate() {
  predicate_ = span();
  return Parser::make_PREDICATE_OPEN(span());
}

Lexer::Token Lexer::close_predicate() {
  predicate_.reset();
  return Parser::make_PREDICATE_CLOSE(span());
}

Lexer::Token Lexer::slash() {
  if (predicate_ && open_.empty() && block_follows()) return close_predicate();
  return Parser::make_SLASH(span());
}

/// Takes one `<` even when the pattern took two, as angle_close() does.
Lexer::Token Lexer::less() {
  position_ = start_ + 1;
  if (angle_opens()) return open('<', Parser::make_ANGLE_OPEN);
  return Parser::make_LESS(span());
}

/// Takes one `>` even when the pattern took more: in `>>` the second one has a block of its own to close.
Lexer::Token Lexer::angle_close() {
  position_ = start_ + 1;
  open_.pop_back();
  return Parser::make_ANGLE_CLOSE(span());
}

bool Lexer::closes_brace() const {
  for (const Open &bracket : open_)
    if (bracket.bracket == '{') return true;
  return false;
}

Lexer::Token Lexer::brace_close() {
  for (; open_.back().bracket != '{'; open_.pop_back())
    if (!dropped_) dropped_ = open_.back();
  open_.pop_back();
  return Parser::make_BRACE_CLOSE(span());
}

Lexer::Token Lexer::pair_close(char bracket, Token (*make)(Span)) {
  const bool matches = !open_.empty() && open_.back().bracket == bracket;
  after_condition_ = matches && open_.back().condition;
  if (matches) open_.pop_back();
  return make(span());
}

/// No statement reaches over a `;`, so brackets that are open in it were forgotten.
Lexer::Token Lexer::semicolon() {
  for (; !open_.empty() && (open_.back().bracket == '(' || open_.back().bracket == '['); open_.pop_back())
    if (!dropped_) dropped_ = open_.back();
  return Parser::make_SEMICOLON(span());
}

void Lexer::stray_closer() {
  tainted_ = !open_.empty();
  Diagnostics::Draft draft = diagnostics_.error(span(), "`{}` closes nothing", text());
  for (const Open &bracket : open_)
    if (bracket.bracket == '<') draft.label(bracket.at, "a block that starts with `<` ends with `>`").help("write `>`");
}

Lexer::Token Lexer::end() {
  start_ = position_ = size();
  return Parser::make_END(span());
}

}  // namespace awl
