// SPDX-License-Identifier: GPL-2.0-only
// Single values to text. The picture of a histogram is in render_histogram.cc, printf in render_printf.cc.
#include "runtime/render.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "src/base/text.h"
#include "src/base/utf8.h"

namespace awl {
namespace {

/// Most strings are plain ASCII and need neither a table of widths nor escapes.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

void append_number(std::string &out, Wide number, Unit unit, const Look &look) {
  if (unit == Unit::nanoseconds && !look.plain)
    out += time_text(number);
  else
    append_integer(out, number);
}

/// A value without its unit and show; one function for each alternative, so that a new one does not compile unseen.
struct Appender {
  std::string &out;
  const Unit unit;
  const Look &look;

  void operator()(int64_t number) const { append_number(out, number, unit, look); }
  void operator()(uint64_t number) const { append_number(out, static_cast<Wide>(number), unit, look); }
  void operator()(bool truth) const { out += truth ? "true" : "false"; }
  void operator()(const Text &text) const { append_text(out, text, look.escape); }
  void operator()(const Address &address) const { fmt::format_to(std::back_inserter(out), "0x{:x}", address.value); }
  void operator()(const Histogram &histogram) const {
    if (look.picture) return look.picture(out, histogram);
    out += '\n';
    append_histogram(out, histogram, look.unicode);
    out.pop_back();
  }
  void operator()(const TimeSeries &series) const {
    out += '\n';
    append_series(out, series, unit, look.unicode);
    out.pop_back();
  }
  void operator()(const Stats &stats) const {
    if (stats.only_number) return append_number(out, stats.number(), unit, look);
    fmt::format_to(std::back_inserter(out), "count {}, average ", stats.count);
    append_number(out, stats.number(), unit, look);
    out += ", total ";
    append_number(out, stats.sum, unit, look);
  }
  void operator()(const EnumValue &value) const {
    if (value.name.empty())
      append_integer(out, value.number);
    else
      out += value.name;
  }
  void operator()(const Buffer &buffer) const {
    if (!look.plain) {
      out += escape_text(buffer.bytes);
      return;
    }
    for (const char c : buffer.bytes) {
      if (c >= 0x20 && c <= 0x7e)
        out += c;
      else
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  void operator()(const Tuple &tuple) const {
    const bool named = !tuple.names.empty();
    out += named ? "{ " : "(";
    for (size_t i = 0; i < tuple.values.size(); i++) {
      if (i > 0) out += ", ";
      if (named) fmt::format_to(std::back_inserter(out), ".{} = ", tuple.names[i]);
      append_value(out, tuple.values[i], look);
    }
    out += named ? " }" : ")";
  }
  void operator()(const Array &array) const {
    out += '[';
    for (size_t i = 0; i < array.values.size(); i++) {
      if (i > 0) out += ',';
      append_value(out, array.values[i], look);
    }
    out += ']';
  }
  void operator()(const Symbol &symbol) const { append_symbol(out, symbol, look.escape); }
  void operator()(const Stack &stack) const { append_stack(out, stack, look.escape); }
};

}  // namespace

namespace {

void append_bytes(std::string &out, std::string_view bytes, bool escape) {
  if (!escape || is_plain(bytes))
    out += bytes;
  else
    out += escape_text(bytes);
}

/// `@fs/read_write.c:123`, where it is known.
void append_line(std::string &out, const Symbol &symbol, bool escape) {
  if (symbol.file.empty()) return;
  out += '@';
  append_bytes(out, symbol.file, escape);
  fmt::format_to(std::back_inserter(out), ":{}", symbol.line);
}

}  // namespace

void append_text(std::string &out, const Text &text, bool escape) {
  append_bytes(out, text.bytes, escape);
  if (text.truncated) out += "..";
}

void append_symbol(std::string &out, const Symbol &symbol, bool escape) {
  if (symbol.name.empty()) {
    fmt::format_to(std::back_inserter(out), "0x{:x}", symbol.address);
    return;
  }
  append_bytes(out, symbol.name, escape);
  if (symbol.offset > 0) fmt::format_to(std::back_inserter(out), "+{}", symbol.offset);
  append_line(out, symbol, escape);
}

namespace {

/// `<tab>ffffffff81234567 vfs_read+12 (vmlinux)`, the form that perf's readers know.
void append_perf_frame(std::string &out, const Symbol &frame, bool escape) {
  fmt::format_to(std::back_inserter(out), "\t{:x} ", frame.address);
  append_symbol(out, frame, escape);
  out += " (";
  append_bytes(out, frame.module.empty() ? "[unknown]" : frame.module, escape);
  out += frame.inlined ? ") (inlined)" : ")";
}

void append_frame(std::string &out, const Stack &stack, const Symbol &frame, bool escape) {
  switch (stack.style) {
    case Stack::Style::plain:
      out += frame.inlined ? "        [inlined] " : "        ";
      return append_symbol(out, frame, escape);
    case Stack::Style::perf:
      return append_perf_frame(out, frame, escape);
    case Stack::Style::raw:
      fmt::format_to(std::back_inserter(out), "        {:x}", frame.address);
      return;
    case Stack::Style::build_id:
      if (frame.name.empty())
        fmt::format_to(std::back_inserter(out), "        0x{:x}", frame.address);
      else  // the name is hexadecimal digits
        fmt::format_to(std::back_inserter(out), "        {} 0x{:x}", frame.name, frame.offset);
      return;
  }
}

}  // namespace

void append_stack(std::string &out, const Stack &stack, bool escape) {
  out += '\n';
  if (stack.lost) out += "        <lost>\n";
  for (const Symbol &frame : stack.frames) {
    append_frame(out, stack, frame, escape);
    out += '\n';
  }
  if (stack.truncated) out += "        ...\n";
}

void append_value(std::string &out, const TypedValue &value, const Look &look) {
  std::visit(Appender{out, value.unit, look}, value.value);
}

std::string render_value(const TypedValue &value) {
  std::string out;
  append_value(out, value, Look{});
  return out;
}

std::string time_text(Wide nanoseconds, bool *exact) {
  struct Scale {
    Wide in_ns;
    const char *unit;
  };
  constexpr Scale scales[] = {{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}, {1, "ns"}};
  const bool negative = nanoseconds < 0;
  const Wide size = negative ? -nanoseconds : nanoseconds;
  const Scale *scale = std::find_if(std::begin(scales), std::end(scales) - 1,
                                    [size](const Scale &candidate) { return size >= candidate.in_ns; });
  const Wide whole = size / scale->in_ns;
  const unsigned decimals = scale->in_ns == 1 || whole >= 100 ? 0 : whole >= 10 ? 1 : 2;
  const Wide last_digit = scale->in_ns / (decimals == 2 ? 100 : decimals == 1 ? 10 : 1);
  const Wide fraction = size % scale->in_ns / last_digit;
  if (exact) *exact = size % last_digit == 0;
  const char *sign = negative ? "-" : "";
  if (decimals == 0) return fmt::format("{}{}{}", sign, whole, scale->unit);
  return fmt::format("{}{}.{:0{}}{}", sign, whole, fraction, decimals, scale->unit);
}

std::string_view unit_name(Unit unit) {
  switch (unit) {
    case Unit::none:
      return {};
    case Unit::nanoseconds:
      return "ns";
    case Unit::bytes:
      return "bytes";
  }
  return {};
}

void append_integer(std::string &out, Wide number) {
  // Dividing 128 bits is slow and all but the edges of buckets fit into 64.
  const int64_t narrow = static_cast<int64_t>(number);
  if (narrow == number)
    fmt::format_to(std::back_inserter(out), "{}", narrow);
  else
    fmt::format_to(std::back_inserter(out), "{}", number);
}

size_t text_width(std::string_view text) {
  if (is_plain(text)) return text.size();
  size_t width = 0;
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    width += display_width(c.value);
    text.remove_prefix(c.length);
  }
  return width;
}

void append_left(std::string &out, std::string_view text, size_t width) {
  const size_t taken = text_width(text);
  out += text;
  if (taken < width) out.append(width - taken, ' ');
}

void append_right(std::string &out, std::string_view text, size_t width) {
  const size_t taken = text_width(text);
  if (taken < width) out.append(width - taken, ' ');
  out += text;
}

}  // namespace awl
