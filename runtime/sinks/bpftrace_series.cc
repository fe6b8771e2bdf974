// SPDX-License-Identifier: GPL-2.0-only
// --style bpftrace: a time series as bpftrace 0.27 plots it. The least value is at the left edge and the greatest at
// the right one; a column of dots is where 0 lies between them. Positions are worked out in single precision, as there.
//
//                8                                                  10
//   hh:mm:ss.ms  |___________________________________________________|
//   17:00:00.500 |                         *                         | 9
//                v___________________________________________________v
//                8                                                  10
#include <algorithm>
#include <ctime>
#include <iterator>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/bpftrace_values.h"

namespace awl {
namespace {

constexpr size_t width = 53;
constexpr int64_t second = 1'000'000'000;

/// Digits of the second that are shown, and what they are called in the head.
struct Fraction {
  std::string_view name;
  size_t digits;
  int64_t unit;
};

/// The largest unit that the interval is a multiple of; a second counts as nanoseconds.
Fraction fraction_of(uint64_t interval) {
  if (interval % second == 0 || interval % 1'000 != 0) return {".ns", 9, 1};
  if (interval % 1'000'000 != 0) return {".us", 6, 1'000};
  return {".ms", 3, 1'000'000};
}

std::string digits(Wide number) {
  std::string text;
  append_integer(text, number);
  return text;
}

struct Range {
  Wide low, high;
  size_t place(Wide value, size_t cells) const {
    const float part = static_cast<float>(value - low) / static_cast<float>(high - low);
    return std::min(static_cast<size_t>(static_cast<float>(cells) * part), width - 1);
  }
};

Range range_of(const TimeSeries &series) {
  Range range = {};
  bool first = true;
  for (const TimeSeries::Point &point : series.points) {
    if (!point.value) continue;
    range.low = first ? *point.value : std::min(range.low, *point.value);
    range.high = first ? *point.value : std::max(range.high, *point.value);
    first = false;
  }
  if (range.low == range.high) range.low--, range.high++;
  return range;
}

std::string clock_text(int64_t since_1970, const Fraction &fraction) {
  const time_t whole = since_1970 / second;
  tm broken_down{};
  localtime_r(&whole, &broken_down);
  return fmt::format("{:02}:{:02}:{:02}.{:0{}}", broken_down.tm_hour, broken_down.tm_min, broken_down.tm_sec,
                     since_1970 % second / fraction.unit, fraction.digits);
}

}  // namespace

void append_bpftrace_series(std::string &out, const TimeSeries &series) {
  if (series.points.empty()) {
    out += "<no data>";
    return;
  }
  const Fraction fraction = fraction_of(series.interval);
  const Range range = range_of(series);
  const size_t indent = 8 + 1 + fraction.digits + 1;
  const std::string scale =
      fmt::format("{:{}}{:<21}{:>32}\n", "", indent, digits(range.low), digits(range.high));
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "{}{:<{}}|{:_<51}|\n", scale, fmt::format("hh:mm:ss{}", fraction.name), indent, "");
  for (const TimeSeries::Point &point : series.points) {
    std::string line(width, ' ');
    line.front() = line.back() = '|';
    if (range.low < 0 && range.high > 0) line[range.place(0, width)] = '.';
    if (point.value) line[range.place(*point.value, width - 1)] = '*';
    fmt::format_to(to, "{} {} {}\n", clock_text(point.start, fraction), line, point.value ? digits(*point.value) : "-");
  }
  fmt::format_to(to, "{:{}}v{:_<51}v\n{}", "", indent, "", scale);
}

}  // namespace awl
