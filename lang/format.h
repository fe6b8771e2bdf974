// SPDX-License-Identifier: GPL-2.0-only
// printf formats, parsed once at compile time and carried in the manifest; the runtime never sees a `%`.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/diag.h"

namespace awl {

/// One conversion: %-16s, %08lx, %5d ...
struct Conversion {
  bool left = false, plus = false, space = false, alternate = false, zero = false;
  uint16_t width = 0;
  int16_t precision = -1;  // -1: none given
  /// Bits that the length modifier leaves of an integer: hh 8, h 16; everything else 64. (bpftrace's %d keeps 32
  /// bits and so shows a wrong number for large values; awl narrows nothing unless told to.)
  uint8_t bits = 64;
  char letter = 'd';  // d i u o x X c p s; r: bytes; v: the type's own way to print
  bool of_map = false;  // %@d: the value of an entry, in printa()
  char bytes = 0;     // of %r: x for %rx, all bytes as \xNN; h for %rh, pairs of digits with blanks between
  bool operator==(const Conversion &) const = default;
};

/// Literal text, followed by a conversion unless it is the last piece.
struct FormatPiece {
  std::string text;
  bool has_conversion = false;
  Conversion conversion;
  Span span;  // of the conversion inside the literal, for messages (offsets into the script)
};

/// Parse the text of a format literal (escapes already resolved) whose token lies at `literal`.
/// Unknown conversions and modifiers are errors with a help line.
std::vector<FormatPiece> parse_format(std::string_view text, Span literal, Diagnostics &diagnostics);

}  // namespace awl
