// SPDX-License-Identifier: GPL-2.0-only
// Offsets to lines and columns. A table of lines is made for each question, since few places are printed; who asks
// for every statement of a script keeps one.
#include "src/base/source.h"

#include <algorithm>

#include "src/base/utf8.h"

namespace awl {
namespace {

size_t line_start(std::string_view text, size_t offset) {
  const size_t newline = text.substr(0, offset).rfind('\n');
  return newline == std::string_view::npos ? 0 : newline + 1;
}

}  // namespace

Span join(Span a, Span b) { return {std::min(a.begin, b.begin), std::max(a.end, b.end)}; }

std::string_view Source::slice(Span span) const {
  const size_t begin = std::min<size_t>(span.begin, text.size());
  const size_t end = std::clamp<size_t>(span.end, begin, text.size());
  return std::string_view(text).substr(begin, end - begin);
}

LineTable::LineTable(const Source &source) : source_(source) {
  const std::string_view text = source.text;
  starts_.push_back(0);
  for (size_t newline = text.find('\n'); newline != text.npos; newline = text.find('\n', newline + 1))
    starts_.push_back(static_cast<uint32_t>(newline + 1));
}

size_t LineTable::line_of(size_t place) const {
  return static_cast<size_t>(std::ranges::upper_bound(starts_, place) - starts_.begin()) - 1;
}

Position LineTable::position(uint32_t offset) const {
  const size_t place = std::min<size_t>(offset, source_.text.size()), line = line_of(place);
  Position result;
  result.line = 1 + static_cast<uint32_t>(line - line_of(source_.file_begin(offset)));
  std::string_view before = std::string_view(source_.text).substr(starts_[line], place - starts_[line]);
  for (; !before.empty(); before.remove_prefix(first_code_point(before).length)) result.column++;
  return result;
}

Position Source::position(uint32_t offset) const { return LineTable(*this).position(offset); }

Span Source::add_import(std::string file_name, std::string_view bytes) {
  text += '\0';
  text += '\n';
  const Span place = {static_cast<uint32_t>(text.size()), static_cast<uint32_t>(text.size() + bytes.size())};
  text += bytes;
  imports.push_back({place.begin, std::move(file_name)});
  return place;
}

std::string_view Source::file_name(uint32_t offset) const {
  std::string_view result = name;
  for (const ImportedFile &file : imports)
    if (file.begin <= offset) result = file.name;
  return result;
}

uint32_t Source::file_begin(uint32_t offset) const {
  uint32_t result = 0;
  for (const ImportedFile &file : imports)
    if (file.begin <= offset) result = file.begin;
  return result;
}

std::string_view Source::line_at(uint32_t offset) const {
  const size_t start = line_start(text, std::min<size_t>(offset, text.size()));
  std::string_view line = std::string_view(text).substr(start);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\0') && !imports.empty()) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace awl
