// SPDX-License-Identifier: GPL-2.0-only
// The picture of a time series: a line for each interval, its start, its value and a bar that is its part of the
// largest. An interval without a sample has none.
//
//   	17:00:00.500	       9 ┤███████████████████████▏        │
//   	17:00:00.600	       - ┤                                │
//   	17:00:00.700	      12 ┤████████████████████████████████│
#include <algorithm>
#include <ctime>
#include <iterator>

#include <fmt/format.h>

#include "runtime/render.h"

namespace awl {
namespace {

constexpr int64_t second = 1'000'000'000;

Wide size_of(Wide number) { return number < 0 ? -number : number; }

std::string number_text(const std::optional<Wide> &value, Unit unit) {
  if (!value) return "-";
  if (unit == Unit::nanoseconds) return time_text(*value);
  std::string text;
  append_integer(text, *value);
  return text;
}

}  // namespace

std::string time_of_day(int64_t since_1970, uint64_t interval) {
  const time_t whole = since_1970 / second;
  const int64_t rest = since_1970 % second;
  tm broken_down{};
  localtime_r(&whole, &broken_down);
  std::string text =
      fmt::format("{:02}:{:02}:{:02}", broken_down.tm_hour, broken_down.tm_min, broken_down.tm_sec);
  if (interval % 1'000 != 0) return fmt::format("{}.{:09}", text, rest);
  if (interval % 1'000'000 != 0) return fmt::format("{}.{:06}", text, rest / 1'000);
  // Intervals begin at any part of a second, since they are counted from the start of the machine.
  return fmt::format("{}.{:03}", text, rest / 1'000'000);
}

void append_series(std::string &out, const TimeSeries &series, Unit unit, bool unicode) {
  Wide largest = 0;
  bool below = false;
  for (const TimeSeries::Point &point : series.points) {
    largest = std::max(largest, size_of(point.value.value_or(0)));
    below |= point.value.value_or(0) < 0;
  }
  for (const TimeSeries::Point &point : series.points) {
    fmt::format_to(std::back_inserter(out), "\t{}\t{:>8} ", time_of_day(point.start, series.interval),
                   number_text(point.value, unit));
    append_bar(out, point.value.value_or(0), largest, below, unicode);
    out += '\n';
  }
  if (series.points.empty()) out += "\t(no samples)\n";
}

}  // namespace awl
