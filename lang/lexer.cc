// SPDX-License-Identifier: GPL-2.0-only
// Brackets, and all that the lexer remembers from one token to the next. `<`, `>` and `/` are brackets in some
// places and operators in others; which, is decided here and nowhere else:
//
//   `<` opens a block where a statement may start, and after `if (...)`;
//   `>` closes one where a statement may start and the innermost open bracket is `<`;
//   `/` closes a predicate when, brackets aside, a block comes next.
#include "lang/lexer.h"

#include <algorithm>
#include <utility>

namespace awl {
namespace {

using SymbolKind = Parser::symbol_kind_type;

/// The word whose condition a parenthesis after it holds; empty for other tokens.
std::string_view head_word(SymbolKind kind) {
  using Symbol = Parser::symbol_kind;
  if (kind == Symbol::S_IF || kind == Symbol::S_IF_VALUE) return "if";
  if (kind == Symbol::S_WHILE) return "while";
  if (kind == Symbol::S_FOR) return "for";
  return kind == Symbol::S_UNROLL ? "unroll" : "";
}

bool expects_operand(SymbolKind kind) {
  using Symbol = Parser::symbol_kind;
  if (kind >= Symbol::S_OR && kind <= Symbol::S_PERCENT) return true;
  constexpr SymbolKind kinds[] = {
      Symbol::S_ASSIGN,     Symbol::S_COMPOUND_ASSIGN, Symbol::S_NOT,       Symbol::S_TILDE,         Symbol::S_COMMA,
      Symbol::S_PAREN_OPEN, Symbol::S_SQUARE_OPEN,     Symbol::S_TYPE_OPEN, Symbol::S_QUESTION,      Symbol::S_COLON,
      Symbol::S_RETURN,     Symbol::S_COMPTIME,        Symbol::S_RANGE,     Symbol::S_PREDICATE_OPEN};
  return std::ranges::find(kinds, kind) != std::end(kinds);
}

}  // namespace

bool is_word_byte(char c) { return c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'); }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

Lexer::Token Lexer::next() {
  dropped_.reset();
  const bool attach_points = open_.empty() && !predicate_ && !in_declaration();
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
  last_kind_ = token.kind();
  const bool ended_value = std::exchange(ended_value_, false);
  statement_start_ = boundary_ = after_dot_ = false;
  operand_next_ = expects_operand(last_kind_);
  if (last_kind_ != Symbol::S_PAREN_CLOSE) after_condition_ = false;
  if (std::string_view head = head_word(last_kind_); !head.empty()) last_head_ = head;
  switch (last_kind_) {
    case Symbol::S_SEMICOLON:
    case Symbol::S_BRACE_OPEN:
    case Symbol::S_VALUE_OPEN:
    case Symbol::S_BRACE_CLOSE:
    case Symbol::S_ANGLE_OPEN:
    case Symbol::S_ANGLE_CLOSE:
      boundary_ = true;
      statement_start_ = !ended_value;
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
    case Symbol::S_IF_VALUE:
      value_ifs_.push_back(open_.size());
      break;
    case Symbol::S_NOT:
    case Symbol::S_TILDE:
    case Symbol::S_MINUS:
    case Symbol::S_STAR:
    case Symbol::S_BIT_AND:
    case Symbol::S_COMPTIME:
    case Symbol::S_INCREMENT:
    case Symbol::S_DECREMENT:
    case Symbol::S_QUESTION:
      pending_++;
      if (open_.size() + pending_ > max_nesting) too_deep(last_);
      break;
    default:
      break;
  }
  if (in_declaration() && open_.empty()) end_declaration(last_kind_);
}

void Lexer::end_declaration(SymbolKind last) {
  using Symbol = Parser::symbol_kind;
  const bool over = last == Symbol::S_SEMICOLON || last == Symbol::S_BRACE_CLOSE || last == Symbol::S_ANGLE_CLOSE ||
                    (last == Symbol::S_PAREN_CLOSE && declaration_ == "let") || last == Symbol::S_STRING;
  if (over) declaration_ = {};
}

Lexer::Token Lexer::open(char bracket, Token (*make)(Span)) {
  open_.push_back({bracket, span(), !head_word(last_kind_).empty()});
  if (open_.size() + pending_ > max_nesting) {
    too_deep(span());
    return end();
  }
  return make(span());
}

/// `(` may open a call, a condition, a type, a record, or just hold things together.
Lexer::Token Lexer::paren_open() {
  using Symbol = Parser::symbol_kind;
  const bool operator_like =
      last_kind_ == Symbol::S_SIZEOF || last_kind_ == Symbol::S_OFFSETOF || last_kind_ == Symbol::S_TYPEOF;
  if (operator_like && type_follows()) return open('(', Parser::make_TYPE_OPEN);
  const bool loose = operand_next_ || statement_start_ || last_kind_ == Symbol::S_DOT;
  if (loose && cast_follows()) return open('(', Parser::make_TYPE_OPEN);
  Token token = open('(', Parser::make_PAREN_OPEN);
  if (stopped_) return token;
  if (loose) open_.back().record = field_follows(after_blanks(position_));
  open_.back().call = last_kind_ == Symbol::S_NAME;
  return token;
}

/// `{` is a value where an operand is expected and behind the condition of an `if` that is one.
Lexer::Token Lexer::brace_open() {
  const bool arm = !value_ifs_.empty() && value_ifs_.back() == open_.size() && !operand_next_;
  const bool body = in_declaration() && open_.empty();
  const bool value = !body && (operand_next_ || arm);
  if (predicate_ && open_.empty() && !value) {
    diagnostics_.error(*predicate_, "the predicate is not closed").help("close it with `/` before the block");
    position_ = start_;
    return close_predicate();
  }
  Token token = open('{', value && !arm ? Parser::make_VALUE_OPEN : Parser::make_BRACE_OPEN);
  if (!stopped_) open_.back().value = value;
  return token;
}

/// A name and one `=`.
bool Lexer::field_follows(size_t offset) const {
  const size_t begin = offset;
  while (is_word_byte(source_.text[offset])) offset++;
  if (offset == begin) return false;
  offset = after_blanks(offset);
  return source_.text[offset] == '=' && source_.text[offset + 1] != '=';
}

/// `sort=desc` behind a comma of a call: a name, one `=`, a word and the end of the argument.
bool Lexer::option_follows(size_t offset) const {
  if (!field_follows(offset)) return false;
  size_t end = after_blanks(source_.text.find('=', offset) + 1);
  const size_t begin = end;
  while (is_word_byte(source_.text[end])) end++;
  if (end == begin || (source_.text[begin] >= '0' && source_.text[begin] <= '9')) return false;
  end = after_blanks(end);
  return source_.text[end] == ',' || source_.text[end] == ')';
}

bool Lexer::else_follows() const {
  const size_t next = after_blanks(position_);
  return source_.text.compare(next, 4, "else") == 0 && !is_word_byte(source_.text[next + 4]);
}

size_t Lexer::after_blanks(size_t offset) const {
  const size_t next = source_.text.find_first_not_of(" \t\r\n\v\f", offset);
  return std::min<size_t>(next, size());
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

/// Those whose brackets are closed, and with `arm_was_last` the one whose arm just ended.
void Lexer::forget_value_ifs(bool arm_was_last) {
  while (!value_ifs_.empty() &&
         (value_ifs_.back() > open_.size() || (arm_was_last && ended_value_ && value_ifs_.back() == open_.size())))
    value_ifs_.pop_back();
}

bool Lexer::closes_brace() const {
  for (const Open &bracket : open_)
    if (bracket.bracket == '{') return true;
  return false;
}

Lexer::Token Lexer::brace_close() {
  for (; open_.back().bracket != '{'; open_.pop_back())
    if (!dropped_) dropped_ = open_.back();
  ended_value_ = open_.back().value;
  open_.pop_back();
  forget_value_ifs(!else_follows());
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
  while (!value_ifs_.empty() && value_ifs_.back() >= open_.size()) value_ifs_.pop_back();
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
