// SPDX-License-Identifier: GPL-2.0-only
// Integer literals. The lexer takes a digit and all that sticks to it as one token, so that `12ab` is one mistake
// and not a number and a name; here it is taken apart again.
#include "lang/number.h"

#include <optional>
#include <span>

#include "src/base/text.h"

namespace awl {
namespace {

constexpr NotANumber bad_digit = {"is not a number", "numbers are written 42, 0x2a, 052, 0b101010, 1_000, 5e6 or 10ms"};
constexpr NotANumber bad_octal = {"is not an octal number",
                                  "a number that starts with `0` is octal: its digits are 0 to 7"};
constexpr NotANumber bad_suffix = {"has an unknown suffix",
                                   "the suffixes are ns us ms s m h d, and u l ul ll ull as in C"};
constexpr NotANumber too_large = {"does not fit 64 bits", "the largest number is 18446744073709551615"};

struct Suffix {
  std::string_view text;
  uint64_t nanoseconds;  // 0: one of C's, which change nothing
};
constexpr Suffix suffixes[] = {
    {"", 0},
    {"u", 0},
    {"l", 0},
    {"ul", 0},
    {"lu", 0},
    {"ll", 0},
    {"ull", 0},
    {"llu", 0},
    {"ns", 1},
    {"us", 1000},
    {"ms", 1000000},
    {"s", 1000000000},
    {"m", 60ull * 1000000000},
    {"h", 3600ull * 1000000000},
    {"d", 86400ull * 1000000000},
};

/// Takes the digits of `base`, and `_` between them, from the front of `rest`.
struct Digits {
  uint64_t value = 0;
  size_t count = 0;
  bool overflow = false;
  bool ends_in_underscore = false;
};
Digits take_digits(std::string_view &rest, unsigned base) {
  Digits result;
  for (; !rest.empty() && (rest[0] == '_' || digit_value(rest[0]) < base); rest.remove_prefix(1)) {
    result.ends_in_underscore = rest[0] == '_';
    if (result.ends_in_underscore) continue;
    result.count++;
    result.overflow |= __builtin_mul_overflow(result.value, uint64_t(base), &result.value);
    result.overflow |= __builtin_add_overflow(result.value, uint64_t(digit_value(rest[0])), &result.value);
  }
  return result;
}

/// 0x, 0b or a leading 0 say the base; the first two are taken from `rest`.
unsigned take_base(std::string_view &rest) {
  if (rest.size() < 2 || rest[0] != '0') return 10;
  const char mark = rest[1];
  if (mark == '_' || digit_value(mark) < 10) return 8;
  const unsigned base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 10;
  if (base != 10) rest.remove_prefix(2);
  return base;
}

/// e6 after a decimal number. False when that makes it too large.
bool take_exponent(std::string_view &rest, uint64_t &value) {
  if (rest.size() < 2 || (rest[0] != 'e' && rest[0] != 'E') || digit_value(rest[1]) > 9) return true;
  rest.remove_prefix(1);
  const Digits exponent = take_digits(rest, 10);
  bool overflow = value != 0 && (exponent.overflow || exponent.value > 19);
  for (uint64_t i = 0; i < exponent.value && value != 0 && !overflow; i++)
    overflow = __builtin_mul_overflow(value, uint64_t(10), &value);
  return !overflow;
}

std::optional<Suffix> find_suffix(std::string_view text) {
  for (const Suffix &suffix : suffixes) {
    // C takes its suffixes in either case; `M` and `m` are not the same unit, so time's are lower case only.
    if (suffix.text == text || (suffix.nanoseconds == 0 && suffix.text == to_lower(text))) return suffix;
  }
  return std::nullopt;
}

}  // namespace

unsigned digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return 99;
}

std::variant<IntegerLiteral, NotANumber> parse_integer(std::string_view text) {
  std::string_view rest = text;
  const unsigned base = take_base(rest);
  Digits digits = take_digits(rest, base);
  if (digits.count == 0 || digits.ends_in_underscore) return bad_digit;
  if (!rest.empty() && digit_value(rest[0]) < 10) return base == 8 ? bad_octal : bad_digit;
  if (digits.overflow) return too_large;
  if (base == 10 && !take_exponent(rest, digits.value)) return too_large;
  const std::optional<Suffix> suffix = find_suffix(rest);
  if (!suffix) return bad_suffix;
  if (suffix->nanoseconds == 0) return IntegerLiteral{digits.value};
  IntegerLiteral result{0, Unit::nanoseconds};
  if (__builtin_mul_overflow(digits.value, suffix->nanoseconds, &result.value)) return too_large;
  return result;
}

}  // namespace awl
