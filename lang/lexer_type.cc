// SPDX-License-Identifier: GPL-2.0-only
// Types from values. C needs to know all types to read `(a)(b)`; a script's types are the kernel's, which the lexer
// does not know. So it looks at what is in the parentheses and behind them:
//
//   (struct file *)x  (char *)x  (int8[])x  (unsigned long)x      nothing else can look like that
//   (uint8)x  (size_t)-x  (string[64])x                           names that are types in every script
//   (u32)x                                                        a name, and a value that no operator joins to it
//
// Everything else is a value: `(x) - 1` is a difference, unless x is one of those names.
#include <algorithm>

#include "lang/builtins.h"
#include "lang/lexer.h"

namespace awl {
namespace {

constexpr std::string_view type_words[] = {
    "bool",   "int8",   "int16",  "int32",  "int64",    "uint8",  "uint16", "uint32", "uint64", "void",
    "char",   "int",    "short",  "long",   "unsigned", "signed", "string", "buffer", "inet",   "timestamp",
    "__u8",   "__u16",  "__u32",  "__u64",  "__s8",     "__s16",  "__s32",  "__s64",  "u8",     "u16",
    "u32",    "u64",    "s8",     "s16",    "s32",      "s64",    "uint",   "ulong",  "ushort", "uchar",
    "__be16", "__be32", "__be64", "__le16", "__le32",   "__le64",
};

bool is_type_word(std::string_view word) {
  return word.ends_with("_t") || std::ranges::find(type_words, word) != std::end(type_words);
}

bool is_letter(char c) { return c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads something that may be a type.
class TypeScan {
 public:
  TypeScan(std::string_view text, size_t offset) : text_(text), at_(offset) { read(); }

  bool certain = false;   // no value looks like it
  bool named = false;     // one word and array suffixes
  std::string_view word;  // the first one
  char next() { return blanks(), peek(); }
  char after_next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }
  void skip() { at_++; }

 private:
  void read() {
    word = take_word();
    if (word.empty()) return;
    if (word == "typeof" && next() == '(') {
      certain = true;
      skip_parentheses();
    } else {
      named = true;
      for (std::string_view more = take_word(); !more.empty(); more = take_word()) certain = true;
    }
    suffixes();
  }

  void suffixes() {
    for (;;) {
      const char c = next();
      const size_t before = at_;
      if (c == '*') {
        at_++;
        starred_ = true;
      } else if (c == '[') {
        at_++;
        const bool empty = next() == ']';
        while (is_digit(peek())) at_++;
        if (next() != ']') {
          at_ = before;
          return;
        }
        at_++;
        if (empty) certain = true;
      } else {
        // What comes behind `*` in a product is a factor.
        if (starred_ && (c == ')' || c == ',')) certain = true;
        return;
      }
    }
  }

  void skip_parentheses() {
    size_t depth = 0;
    for (; at_ < text_.size(); at_++) {
      if (peek() == '(') depth++;
      if (peek() == ')' && --depth == 0) {
        at_++;
        return;
      }
    }
  }

  std::string_view take_word() {
    blanks();
    const size_t begin = at_;
    if (is_letter(peek()))
      while (is_letter(peek()) || is_digit(peek())) at_++;
    return text_.substr(begin, at_ - begin);
  }

  void blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n\v\f").find(text_[at_]) != std::string_view::npos) at_++;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::string_view text_;
  size_t at_;
  bool starred_ = false;
};

/// What an expression starts with and no operator: `(u32)x` cannot be anything but a cast.
bool only_starts_value(char c) { return is_letter(c) || is_digit(c) || c == '$' || c == '@' || c == '"' || c == '('; }

/// What also joins two values, but starts one behind the name of a type.
bool may_start_value(char c, char next) {
  if (c == '-' || c == '*' || c == '~') return true;
  return (c == '&' && next != '&') || (c == '!' && next != '=');
}

}  // namespace

/// Behind the `(` that was just read: a type, `)`, and a value.
bool Lexer::cast_follows() const {
  TypeScan type(source_.text, position_);
  if (type.next() != ')') return false;
  if (type.certain) return true;
  if (!type.named) return false;
  type.skip();
  const char next = type.next();
  const bool known = is_type_word(type.word);
  const bool value = find_builtin(type.word) != nullptr;
  return (only_starts_value(next) && (known || !value)) ||
         (known && !value && may_start_value(next, type.after_next()));
}

/// Behind the `(` of sizeof, offsetof or typeof: a type, and `)` or `,`.
bool Lexer::type_follows() const {
  TypeScan type(source_.text, position_);
  const char next = type.next();
  return (next == ')' || next == ',') && (type.certain || (type.named && is_type_word(type.word)));
}

}  // namespace awl
