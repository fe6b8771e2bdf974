// SPDX-License-Identifier: GPL-2.0-only
// UTF-8 as far as a compiler with carets needs it: where a code point ends, how many columns a terminal gives it,
// and which ones a terminal must never be shown. No locale is asked: a diagnostic looks the same everywhere.
#pragma once
#include <cstdint>
#include <string_view>

namespace awl {

struct CodePoint {
  char32_t value = 0;   // the byte itself when `valid` is false
  uint32_t length = 1;  // bytes taken; 1 when `valid` is false
  bool valid = false;
};

/// The first code point of a text that is not empty. Overlong forms, surrogates and stray bytes are not valid.
CodePoint first_code_point(std::string_view text);

/// Columns on a terminal: 0 for combining marks, 2 for East Asian wide characters and emoji, else 1.
unsigned display_width(char32_t code_point);

/// Controls, bidirectional overrides, zero-width and private format characters: whatever could make a line read
/// differently from what its bytes say.
bool is_invisible(char32_t code_point);

}  // namespace awl
