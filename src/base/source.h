// SPDX-License-Identifier: GPL-2.0-only
// The text of a script and places in it.
//
// Everything in the compiler speaks of places as byte offsets (`Span`); lines and columns are worked out only
// when a person is going to read them, so that tokens and nodes stay two integers wide.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace awl {

/// A half-open range of bytes [begin, end) in a Source.
struct Span {
  uint32_t begin = 0, end = 0;
  bool operator==(const Span &) const = default;
};

/// The smallest span that holds both.
Span join(Span a, Span b);

/// A line and a column, both counted from 1. The column counts code points, not bytes.
struct Position {
  uint32_t line = 1, column = 1;
};

/// A script: what it is called in messages ("slow.awl", "command line", "stdin") and its bytes.
struct Source {
  std::string name, text;

  std::string_view slice(Span) const;
  Position position(uint32_t offset) const;
  /// The line that holds `offset`, without its line end.
  std::string_view line_at(uint32_t offset) const;
};

/// The largest script that is read, in bytes. Offsets are 32 bits wide; nobody writes megabytes by hand.
inline constexpr uint32_t max_source_bytes = 16u << 20;

}  // namespace awl
