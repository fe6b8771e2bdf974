// SPDX-License-Identifier: GPL-2.0-only
// Integer literals: 42 0x2a 052 0b101010 1_000 5e6 10ms 42ull.
#pragma once
#include <string_view>
#include <variant>

#include "lang/ast.h"

namespace awl {

/// Why a text is no number; the words fit after "`12ab` ".
struct NotANumber {
  std::string_view why;
  std::string_view help;
};

/// `text` is a digit and the letters, digits and underscores after it.
std::variant<IntegerLiteral, NotANumber> parse_integer(std::string_view text);

/// The value of a digit in any base up to 16; 99 for what is none.
unsigned digit_value(char c);

}  // namespace awl
