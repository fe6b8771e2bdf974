// SPDX-License-Identifier: GPL-2.0-only
// Tokens of the language, and gaps between tokens, that take more than a pattern: words, numbers, strings,
// comments, bytes that belong nowhere. Attach points are in lexer_spec.cc.
#include <algorithm>

#include "lang/lexer.h"
#include "lang/number.h"
#include "src/base/utf8.h"

namespace awl {
namespace {

struct Keyword {
  std::string_view word;
  Parser::symbol_type (*make)(Span);
};
constexpr Keyword keywords[] = {
    {"if", Parser::make_IF},
    {"else", Parser::make_ELSE},
    {"return", Parser::make_RETURN},
    {"while", Parser::make_WHILE},
    {"for", Parser::make_FOR},
    {"unroll", Parser::make_UNROLL},
    {"break", Parser::make_BREAK},
    {"continue", Parser::make_CONTINUE},
    {"let", Parser::make_LET},
    {"comptime", Parser::make_COMPTIME},
    {"sizeof", Parser::make_SIZEOF},
    {"offsetof", Parser::make_OFFSETOF},
    {"typeof", Parser::make_TYPEOF},
    {"struct", [](Span at) { return Parser::make_TAG("struct", at); }},
    {"union", [](Span at) { return Parser::make_TAG("union", at); }},
    {"enum", [](Span at) { return Parser::make_TAG("enum", at); }},
    {"true", [](Span at) { return Parser::make_BOOLEAN(true, at); }},
    {"false", [](Span at) { return Parser::make_BOOLEAN(false, at); }},
};

bool is_stray(unsigned char c) { return c >= 0x7f || (c < ' ' && (c < '\t' || c > '\r')); }

constexpr size_t longest_advice = 40;

}  // namespace

Lexer::Token Lexer::word() {
  using Symbol = Parser::symbol_kind;
  const std::string_view name = text();
  const Span place = span();
  if (after_dot_) return Parser::make_NAME(Identifier{std::string(name), place, nullptr}, place);
  const bool fields =
      !open_.empty() && open_.back().record && (last_kind_ == Symbol::S_PAREN_OPEN || last_kind_ == Symbol::S_COMMA);
  const bool option = !open_.empty() && open_.back().call && last_kind_ == Symbol::S_COMMA;
  if ((fields && field_follows(start_)) || (option && option_follows(start_)))
    return Parser::make_FIELD(Identifier{std::string(name), place, nullptr}, place);
  if (const auto keyword = std::ranges::find(keywords, name, &Keyword::word); keyword != std::end(keywords)) {
    if (name == "for" && classic_for()) {
      diagnostics_.error(place, "`for` goes over a range or a map").help("write `for ($i : 0..10) {{ ... }}`");
      tainted_ = true;
      skip_parentheses();
    }
    const bool value = name == "if" && !statement_start_ && last_kind_ != Symbol::S_ELSE;
    return value ? Parser::make_IF_VALUE(place) : keyword->make(place);
  }
  Identifier identifier{std::string(name), place, find_builtin(name)};
  if (identifier.builtin && !identifier.builtin->bare.empty() && source_.text[after_blanks(position_)] != '(')
    identifier.builtin = find_builtin(identifier.builtin->bare);
  const bool is_delete = identifier.builtin && identifier.builtin->special == Special::delete_entry;
  return is_delete ? Parser::make_DELETE(std::move(identifier), place)
                   : Parser::make_NAME(std::move(identifier), place);
}

/// `for (i = 0; i < n; i++)`
bool Lexer::classic_for() const {
  const size_t paren = after_blanks(position_);
  if (source_.text[paren] != '(') return false;
  size_t depth = 0;
  for (size_t i = paren; i < source_.text.size() && source_.text[i] != '{'; i++) {
    if (source_.text[i] == ';') return true;
    if (source_.text[i] == '(') depth++;
    if (source_.text[i] == ')' && --depth == 0) return false;
  }
  return false;
}

/// The head of a loop goes with its word: the `;` in `for (;;)` must not look like the end of a statement.
void Lexer::skip_parentheses() {
  const size_t paren = source_.text.find_first_not_of(" \t\r\n", position_);
  if (paren == std::string::npos || source_.text[paren] != '(') return;
  size_t depth = 0;
  for (uint32_t i = static_cast<uint32_t>(paren); i < size() && at(i) != '{' && at(i) != '}'; i++) {
    if (at(i) == '(') depth++;
    if (at(i) == ')' && --depth == 0) {
      position_ = i + 1;
      return;
    }
  }
}

Lexer::Token Lexer::number() {
  if (after_dot_)  // $t.0.1 is not $t and 0.1
    position_ = static_cast<uint32_t>(std::min(source_.text.find('.', start_), size_t{position_}));
  const std::variant<IntegerLiteral, NotANumber> result = parse_integer(text());
  if (const IntegerLiteral *literal = std::get_if<IntegerLiteral>(&result))
    return Parser::make_INTEGER(*literal, span());
  const NotANumber &mistake = std::get<NotANumber>(result);
  diagnostics_.error(span(), "`{}` {}", text(), mistake.why).help("{}", mistake.help);
  return Parser::make_INTEGER(IntegerLiteral{0}, span());
}

Lexer::Token Lexer::fraction() {
  diagnostics_.error(span(), "`{}` is not an integer", text())
      .help("all numbers are whole; a time can be written in a smaller unit: `1500ms`");
  return Parser::make_INTEGER(IntegerLiteral{0}, span());
}

Lexer::Token Lexer::map() { return Parser::make_MAP(std::string(text().substr(1)), span()); }

Lexer::Token Lexer::positional() {
  constexpr uint32_t most = 65535;
  uint32_t number = 0;
  for (char c : text().substr(1)) number = std::min(number * 10 + static_cast<uint32_t>(c - '0'), most + 1);
  if (number == 0 || number > most)
    diagnostics_.error(span(), "`{}` is no parameter", text()).help("parameters are counted from `$1` to `${}`", most);
  return Parser::make_POSITIONAL(number, span());
}

Lexer::Token Lexer::string() {
  std::string value;
  const uint32_t line_end = end_of_line(position_);
  while (position_ < line_end && at(position_) != '"') {
    const char c = at(position_++);
    if (c == '\\' && position_ < line_end) {
      escape(value);
    } else if (c == '\0') {
      diagnostics_.error({position_ - 1, position_}, "stray byte `\\x00`");
    } else {
      value += c;
    }
  }
  if (position_ < line_end) {
    position_++;
  } else {
    diagnostics_.error(span(), "the string is not closed").help("close it with `\"`");
    tainted_ = true;
  }
  return Parser::make_STRING(std::move(value), span());
}

/// The backslash was read.
void Lexer::escape(std::string &value) {
  const uint32_t begin = position_ - 1;
  const char c = at(position_);
  if (digit_value(c) < 8) return byte_escape(begin, 8, 3, value);
  if (c == 'x' && digit_value(at(position_ + 1)) < 16) {
    position_++;
    return byte_escape(begin, 16, 2, value);
  }
  constexpr std::string_view letters = "ntr\"\\", meanings = "\n\t\r\"\\";
  const size_t known = letters.find(c);
  position_ += first_code_point(std::string_view(source_.text).substr(position_)).length;
  if (known != std::string_view::npos) {
    value += meanings[known];
    return;
  }
  const Span place = {begin, position_};
  diagnostics_.error(place, "unknown escape `{}`", source_.slice(place))
      .help("the escapes are \\n \\t \\r \\\" \\\\ \\NNN (octal) and \\xHH");
}

/// Up to `most_digits` digits that say a byte. `begin` is the backslash.
void Lexer::byte_escape(uint32_t begin, unsigned base, size_t most_digits, std::string &value) {
  unsigned byte = 0;
  for (size_t i = 0; i < most_digits && digit_value(at(position_)) < base; i++)
    byte = byte * base + digit_value(at(position_++));
  const Span place = {begin, position_};
  if (byte == 0)
    diagnostics_.error(place, "`{}` is a NUL byte, which a string cannot hold", source_.slice(place));
  else if (byte > 255)
    diagnostics_.error(place, "`{}` is more than a byte", source_.slice(place)).help("the largest is `\\377`");
  else
    value += static_cast<char>(byte);
}

Lexer::Token Lexer::single_quoted() {
  const uint32_t line_end = end_of_line(position_);
  const size_t quote = source_.text.find('\'', position_);
  const bool closed = quote < line_end;
  const Span content = {position_, closed ? static_cast<uint32_t>(quote) : line_end};
  position_ = closed ? content.end + 1 : line_end;
  std::string value(source_.slice(content));
  Diagnostics::Draft draft = diagnostics_.error(span(), "strings take double quotes");
  if (closed && value.size() <= longest_advice) draft.help("write `\"{}\"`", value);
  if (!closed) tainted_ = true;
  return Parser::make_STRING(std::move(value), span());
}

/// A run of bytes that mean nothing is one mistake.
void Lexer::stray_byte() {
  const CodePoint first = first_code_point(std::string_view(source_.text).substr(start_));
  const std::string_view character = std::string_view(source_.text).substr(start_, first.length);
  position_ = start_ + first.length;
  tainted_ = tainted_ || !open_.empty();
  const bool run = is_stray(static_cast<unsigned char>(at(start_)));
  while (run && position_ < size() && is_stray(static_cast<unsigned char>(at(position_)))) position_++;
  if (first.valid && first.value >= ' ')
    diagnostics_.error(span(), "stray character `{}`", character);
  else
    diagnostics_.error(span(), "stray byte `\\x{:02x}`", static_cast<uint32_t>(first.value));
}

void Lexer::skip_comment() {
  const size_t close = source_.text.find("*/", position_);
  if (close < size()) {
    position_ = static_cast<uint32_t>(close) + 2;
    return;
  }
  diagnostics_.error(span(), "the comment is not closed").help("close it with `*/`");
  tainted_ = true;
  position_ = size();
}

uint32_t Lexer::end_of_line(uint32_t offset) const {
  const size_t newline = std::min<size_t>(source_.text.find('\n', offset), size());
  const bool carriage_return = newline > offset && source_.text[newline - 1] == '\r';
  return static_cast<uint32_t>(carriage_return ? newline - 1 : newline);
}

bool Lexer::block_follows() const {
  const std::string_view all = std::string_view(source_.text).substr(0, size());
  size_t i = position_;
  for (;;) {
    i = std::min(all.find_first_not_of(" \t\r\n\v\f", i), all.size());
    const std::string_view rest = all.substr(i);
    if (rest.starts_with("/*"))
      i = std::min(all.find("*/", i + 2), all.size() - 2) + 2;
    else if (rest.starts_with("//") || rest.starts_with('#'))
      i = std::min(all.find('\n', i), all.size());
    else
      return rest.starts_with('{') || rest.starts_with('<');
  }
}

}  // namespace awl
