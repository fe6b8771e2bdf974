// SPDX-License-Identifier: GPL-2.0-only
// C's tokens, as far as declarations and constant expressions need them.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace awl {

struct CToken {
  enum class Kind : uint8_t { end, word, number, text, symbol };
  Kind kind = Kind::end;
  std::string_view text;
  uint32_t offset = 0;  // in the text that was given
  uint64_t value = 0;   // of a number or a character
  bool operator==(std::string_view other) const { return kind != Kind::end && kind != Kind::text && text == other; }
};

/// The tokens of a text, without comments and preprocessor lines, and one `end` behind them.
std::vector<CToken> c_tokens(std::string_view text);

}  // namespace awl
