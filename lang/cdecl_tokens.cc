// SPDX-License-Identifier: GPL-2.0-only
#include "lang/cdecl_tokens.h"

#include <algorithm>

#include "lang/number.h"

namespace awl {
namespace {

bool is_letter(char c) { return c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Bytes of the gap at the start of `rest`: white space, comments, lines of the preprocessor, escaped line ends.
size_t gap(std::string_view rest) {
  if (rest.starts_with("//") || rest.starts_with('#')) return std::min(rest.find('\n'), rest.size());
  if (rest.starts_with("/*")) return std::min(rest.find("*/", 2), rest.size() - 2) + 2;
  if (rest.starts_with("\\\n")) return 2;
  return std::min(rest.find_first_not_of(" \t\r\n\v\f"), rest.size());
}

/// Bytes of a quoted text, with its quotes.
size_t quoted(std::string_view rest) {
  size_t i = 1;
  while (i < rest.size() && rest[i] != rest[0]) i += rest[i] == '\\' ? 2 : 1;
  return std::min(i + 1, rest.size());
}

uint64_t character(std::string_view token) {
  if (token.size() < 3) return 0;
  if (token[1] != '\\') return static_cast<unsigned char>(token[1]);
  constexpr std::string_view letters = "ntr0\\'\"abfv", meanings("\n\t\r\0\\'\"\a\b\f\v", 11);
  const size_t known = letters.find(token[2]);
  return known == std::string_view::npos ? static_cast<unsigned char>(token[2])
                                         : static_cast<unsigned char>(meanings[known]);
}

size_t symbol_length(std::string_view rest) {
  for (std::string_view longer : {"...", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||"})
    if (rest.starts_with(longer)) return longer.size();
  return 1;
}

CToken token_at(std::string_view rest) {
  using Kind = CToken::Kind;
  size_t length = 0;
  if (is_letter(rest[0]) || is_digit(rest[0])) {
    while (length < rest.size() && (is_letter(rest[length]) || is_digit(rest[length]))) length++;
    const std::string_view text = rest.substr(0, length);
    if (is_letter(rest[0])) return {Kind::word, text, 0, 0};
    const auto number = parse_integer(text);
    const IntegerLiteral *literal = std::get_if<IntegerLiteral>(&number);
    return {Kind::number, text, 0, literal ? literal->value : 0};
  }
  if (rest[0] == '\'') return {Kind::number, rest.substr(0, quoted(rest)), 0, character(rest.substr(0, quoted(rest)))};
  if (rest[0] == '"') return {Kind::text, rest.substr(0, quoted(rest)), 0, 0};
  return {Kind::symbol, rest.substr(0, symbol_length(rest)), 0, 0};
}

}  // namespace

std::vector<CToken> c_tokens(std::string_view text) {
  std::vector<CToken> result;
  size_t at = 0;
  while (at < text.size()) {
    if (const size_t skipped = gap(text.substr(at)); skipped > 0) {
      at += skipped;
      continue;
    }
    CToken token = token_at(text.substr(at));
    token.offset = static_cast<uint32_t>(at);
    at += token.text.size();
    result.push_back(token);
  }
  result.push_back({CToken::Kind::end, {}, static_cast<uint32_t>(text.size()), 0});
  return result;
}

}  // namespace awl
