// SPDX-License-Identifier: GPL-2.0-only
// The text of a script and places in it.
//
// Everything in the compiler speaks of places as byte offsets (`Span`); lines and columns are worked out only
// when a person is going to read them, so that tokens and nodes stay two integers wide.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// A file that a script imports: where its bytes begin in the script's text.
struct ImportedFile {
  uint32_t begin;
  std::string name;
};

/// A script: what it is called in messages ("slow.awl", "command line", "stdin") and its bytes. The files that it
/// imports stand behind it in the same text, so that a Span says which one it is in, too.
struct Source {
  std::string name, text;
  std::vector<ImportedFile> imports = {};

  /// Puts a file behind all others and gives back the place of its bytes. A NUL ends what is before it.
  Span add_import(std::string file_name, std::string_view bytes);
  /// The name of the file that `offset` is in, and where it begins.
  std::string_view file_name(uint32_t offset) const;
  uint32_t file_begin(uint32_t offset) const;

  std::string_view slice(Span) const;
  Position position(uint32_t offset) const;
  /// The line that holds `offset`, without its line end.
  std::string_view line_at(uint32_t offset) const;
};

/// Where the lines of a script begin, for many questions. The source must outlive it and not change.
class LineTable {
 public:
  explicit LineTable(const Source &source);
  Position position(uint32_t offset) const;

 private:
  size_t line_of(size_t place) const;

  const Source &source_;
  std::vector<uint32_t> starts_;
};

/// The largest script that is read, in bytes. Offsets are 32 bits wide; nobody writes megabytes by hand.
inline constexpr uint32_t max_source_bytes = 16u << 20;

}  // namespace awl
