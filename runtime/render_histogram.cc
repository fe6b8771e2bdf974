// SPDX-License-Identifier: GPL-2.0-only
// The picture of a histogram, as ply draws it:
//
//   	[   0,    1]	       3 ┤█████████▋                      │
//   	[   2,    3]	       1 ┤███▎                            │
//   	...
//   	[ 512,   1k)	       6 ┤███████████████████▎            │
//
// A bar is the bucket's part of all samples, so it reads as a fraction; sums of weights may be negative, and then bars
// go to both sides (render_bar.cc). Bounds never lie: they are written in full
// digits or with a suffix that stands for a power of 1024 exactly. A bound that reads short only when it is left
// out makes the interval half-open on that side; for negative samples this is the left one: ( -8k,  -4k].
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "runtime/render.h"

namespace awl {
namespace {

constexpr size_t suffix_base = 1024;

/// A row of the picture. Open intervals have only one bound and say so with `relation`.
struct PictureRow {
  char opening = '[', closing = ']';
  std::string low, high;
  std::string relation = {};  // "< 10", ">= 1k"
  int64_t count = 0;
};

bool is_long(Wide number) { return number >= Wide(suffix_base) || number <= -Wide(suffix_base); }

/// The number has a short form: it is a multiple of 1024 and not zero.
bool has_suffix(Wide number) { return is_long(number) && number % Wide(suffix_base) == 0; }

std::string bound_text(Wide number, Unit unit) {
  if (unit == Unit::nanoseconds) return time_text(number);
  constexpr std::string_view suffixes[] = {"", "k", "M", "G", "T", "P", "E"};
  size_t suffix = 0;
  for (; has_suffix(number) && suffix + 1 < std::size(suffixes); suffix++) number /= Wide(suffix_base);
  std::string text;
  append_integer(text, number);
  text += suffixes[suffix];
  if (unit == Unit::bytes) text += 'B';
  return text;
}

/// A bound that is better written than one which is off by one from it: 1k rather than 1023, 2.00us, not 1.99us.
bool is_round(Wide number, Unit unit) {
  if (unit != Unit::nanoseconds) return has_suffix(number);
  bool exact = false;
  time_text(number, &exact);
  return exact;
}

/// The bound loses nothing when it is written beside a round one.
bool is_short(Wide number, Unit unit) { return unit == Unit::nanoseconds || !is_long(number) || has_suffix(number); }

/// Times below 1us are exact as they are: [   0ns,  999ns] needs no half-open form.
bool prefers_closed(Wide high, Unit unit) { return unit == Unit::nanoseconds && is_round(high, unit); }

PictureRow picture_row(const Bucket &bucket, const Histogram &histogram) {
  const Unit unit = histogram.unit;
  PictureRow row = {.count = bucket.count};
  if (bucket.open_low && histogram.scale == Histogram::Scale::log_linear) {
    row.relation = "<= " + bound_text(bucket.high, unit);
  } else if (bucket.open_low) {
    row.relation = "< " + bound_text(bucket.high + 1, unit);
  } else if (bucket.open_high) {
    row.relation = ">= " + bound_text(bucket.low, unit);
  } else if (bucket.low == bucket.high) {
    row.low = bound_text(bucket.low, unit);
  } else if (!prefers_closed(bucket.high, unit) && is_round(bucket.high + 1, unit) && is_short(bucket.low, unit)) {
    row.low = bound_text(bucket.low, unit);
    row.high = bound_text(bucket.high + 1, unit);
    row.closing = ')';
  } else if (unit != Unit::nanoseconds && is_round(bucket.low - 1, unit) && is_short(bucket.high, unit)) {
    row.opening = '(';
    row.low = bound_text(bucket.low - 1, unit);
    row.high = bound_text(bucket.high, unit);
  } else {
    row.low = bound_text(bucket.low, unit);
    row.high = bound_text(bucket.high, unit);
  }
  return row;
}

/// The buckets to draw: in this look 0 and 1 share a row.
std::vector<Bucket> drawn_buckets(const Histogram &histogram) {
  std::vector<Bucket> drawn;
  drawn.reserve(histogram.buckets.size());
  for (Bucket bucket : histogram.buckets) {
    const bool shared = histogram.scale == Histogram::Scale::log2 && (bucket.high == 0 || bucket.high == 1);
    if (shared && !drawn.empty() && drawn.back().high == 1) {
      drawn.back().count += bucket.count;
      continue;
    }
    if (shared) bucket.low = 0, bucket.high = 1;
    drawn.push_back(bucket);
  }
  return drawn;
}

void append_range(std::string &out, const PictureRow &row, size_t width) {
  const size_t frame = 2 * width + 4;
  std::string range = row.relation;
  if (!range.empty()) return append_right(out, range, frame);
  range += row.opening;
  append_right(range, row.low, width);
  if (!row.high.empty()) {
    range += ", ";
    append_right(range, row.high, width);
  }
  range += row.closing;
  append_left(out, range, frame);
}

}  // namespace

void append_histogram(std::string &out, const Histogram &histogram, bool unicode) {
  // Four columns hold every power of two with its suffix, six every time.
  size_t width = histogram.unit == Unit::nanoseconds ? 6 : 4;
  std::vector<PictureRow> rows;
  for (const Bucket &bucket : drawn_buckets(histogram)) {
    // A row without a count stands for a gap; its bounds are never read.
    rows.push_back(bucket.count != 0 ? picture_row(bucket, histogram) : PictureRow{});
    width = std::max({width, rows.back().low.size(), rows.back().high.size()});
  }
  const Wide weight = static_cast<Wide>(histogram.weight());
  const bool both_sides = std::ranges::any_of(rows, [](const PictureRow &row) { return row.count < 0; });
  bool in_gap = false;
  for (const PictureRow &row : rows) {
    if (row.count == 0) {
      in_gap = true;
      continue;
    }
    if (std::exchange(in_gap, false)) out += "\t...\n";
    out += '\t';
    append_range(out, row, width);
    fmt::format_to(std::back_inserter(out), "\t{:8} ", row.count);
    append_bar(out, row.count, weight, both_sides, unicode);
    out += '\n';
  }
}

}  // namespace awl
