// SPDX-License-Identifier: GPL-2.0-only
// printf: pieces parsed at compile time and values read from a record, to text. Numbers are formatted by the C
// library itself, so that flags, width and precision mean exactly what they mean in C. A conversion that does not
// fit its value's kind prints the value as %s would: what came from the kernel is shown, never misread.
#include <algorithm>
#include <bit>
#include <cstdio>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "runtime/render.h"
#include "src/base/utf8.h"

namespace awl {
namespace {

/// The 64 bits of a value that is a number.
struct BitsOf {
  std::optional<uint64_t> operator()(int64_t number) const { return std::bit_cast<uint64_t>(number); }
  std::optional<uint64_t> operator()(uint64_t number) const { return number; }
  std::optional<uint64_t> operator()(bool truth) const { return truth ? 1 : 0; }
  std::optional<uint64_t> operator()(const Address &address) const { return address.value; }
  std::optional<uint64_t> operator()(const EnumValue &value) const { return std::bit_cast<uint64_t>(value.number); }
  std::optional<uint64_t> operator()(const Symbol &symbol) const { return symbol.address; }
  std::optional<uint64_t> operator()(const Text &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const Histogram &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const Stats &stats) const {
    return stats.only_number ? std::optional(static_cast<uint64_t>(stats.number())) : std::nullopt;
  }
  std::optional<uint64_t> operator()(const Buffer &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const Tuple &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const Array &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const Stack &) const { return std::nullopt; }
  std::optional<uint64_t> operator()(const TimeSeries &) const { return std::nullopt; }
};

void append_padded(std::string &out, std::string_view text, const Conversion &conversion) {
  if (conversion.left)
    append_left(out, text, conversion.width);
  else
    append_right(out, text, conversion.width);
}

/// The part of the text that a precision leaves; it counts code points, so no character is ever cut in two.
std::string_view first_code_points(std::string_view text, size_t count) {
  size_t end = 0;
  for (size_t i = 0; i < count && end < text.size(); i++) end += first_code_point(text.substr(end)).length;
  return text.substr(0, end);
}

void append_string(std::string &out, const TypedValue &value, const Conversion &conversion, const Look &look) {
  std::string shown;
  const bool limited = conversion.precision >= 0;
  const size_t limit = limited ? static_cast<size_t>(conversion.precision) : 0;
  if (const Text *text = std::get_if<Text>(&value.value)) {
    // The bytes are cut before they are escaped, so that no escape is cut in two; what was cut on purpose is not
    // marked as cut.
    const std::string_view kept = limited ? first_code_points(text->bytes, limit) : text->bytes;
    const bool cut = kept.size() < text->bytes.size();
    append_text(shown, {.bytes = std::string(kept), .truncated = text->truncated && !cut}, look.escape);
  } else {
    append_value(shown, value, look);
    if (limited) shown.resize(first_code_points(shown, limit).size());
  }
  append_padded(out, shown, conversion);
}

/// %v: a string of fixed size takes its whole width, as a column does.
void append_own_way(std::string &out, const TypedValue &value, Conversion conversion, const Look &look) {
  const Text *text = std::get_if<Text>(&value.value);
  if (text && conversion.width == 0) {
    conversion.width = static_cast<uint16_t>(text->fixed_width);
    conversion.left = true;
  }
  append_string(out, value, conversion, look);
}

/// Hand the conversion to the C library. Flags that C leaves undefined for a letter are dropped.
template <class Integer>
void append_by_c(std::string &out, Integer number, const Conversion &conversion, bool is_signed) {
  std::string format = "%";
  if (conversion.left) format += '-';
  if (conversion.zero) format += '0';
  if (conversion.plus && is_signed) format += '+';
  if (conversion.space && is_signed) format += ' ';
  if (conversion.alternate && !is_signed && conversion.letter != 'u') format += '#';
  format += "*.*ll";
  format += conversion.letter;
  const int width = conversion.width, precision = conversion.precision;
  const size_t longest = static_cast<size_t>(std::max({width, precision, 0})) + 32;
  const size_t before = out.size();
  out.resize(before + longest);
  // A negative precision counts as none, in C as here.
  const int length = std::snprintf(out.data() + before, longest, format.c_str(), width, precision, number);
  out.resize(before + static_cast<size_t>(length));
}

uint64_t narrow(uint64_t bits, unsigned width) { return width >= 64 ? bits : bits & ((uint64_t(1) << width) - 1); }

long long narrow_signed(uint64_t bits, unsigned width) {
  const unsigned spare = width >= 64 ? 0 : 64 - width;
  return std::bit_cast<int64_t>(bits << spare) >> spare;
}

void append_byte(std::string &out, uint64_t bits, const Conversion &conversion, const Look &look) {
  std::string shown;
  append_text(shown, {.bytes = std::string(1, static_cast<char>(bits & 0xff))}, look.escape);
  append_padded(out, shown, conversion);
}

/// %r: what can be seen as it is, all else as \xNN; %rx and %rh show every byte as a number.
void append_bytes(std::string &out, std::string_view bytes, const Conversion &conversion) {
  std::string shown;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (conversion.bytes == 'h')
      shown += fmt::format("{}{:02x}", shown.empty() ? "" : " ", byte);
    else if (conversion.bytes == 'x' || byte < 0x20 || byte > 0x7e)
      shown += fmt::format("\\x{:02x}", byte);
    else
      shown += c;
  }
  append_padded(out, shown, conversion);
}

void append_conversion(std::string &out, const TypedValue &value, const Conversion &conversion, const Look &look) {
  const std::optional<uint64_t> bits = std::visit(BitsOf{}, value.value);
  if (conversion.letter == 'r') {
    if (const Buffer *buffer = std::get_if<Buffer>(&value.value)) return append_bytes(out, buffer->bytes, conversion);
    if (const Text *text = std::get_if<Text>(&value.value)) return append_bytes(out, text->bytes, conversion);
    return append_string(out, value, conversion, look);
  }
  if (conversion.letter == 'v') return append_own_way(out, value, conversion, look);
  if (!bits || conversion.letter == 's') return append_string(out, value, conversion, look);
  switch (conversion.letter) {
    case 'd':
    case 'i':
      return append_by_c(out, narrow_signed(*bits, conversion.bits), conversion, true);
    case 'u':
    case 'o':
    case 'x':
    case 'X': {
      const unsigned long long number = narrow(*bits, conversion.bits);
      return append_by_c(out, number, conversion, false);
    }
    case 'c':
      return append_byte(out, *bits, conversion, look);
    case 'p':
      return append_padded(out, fmt::format("0x{:x}", *bits), conversion);
    default:
      return append_string(out, value, conversion, look);
  }
}

}  // namespace

std::string render_printf(const std::vector<FormatPiece> &format, const std::vector<TypedValue> &values,
                          const Look &look) {
  std::string out;
  size_t next = 0;
  for (const FormatPiece &piece : format) {
    out += piece.text;
    if (piece.has_conversion && next < values.size()) append_conversion(out, values[next++], piece.conversion, look);
  }
  return out;
}

std::string render_printf(const std::vector<FormatPiece> &format, const std::vector<TypedValue> &values, bool escape) {
  return render_printf(format, values, Look{.escape = escape});
}

}  // namespace awl
