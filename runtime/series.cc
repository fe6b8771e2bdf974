// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/series.h"

#include <algorithm>
#include <bit>

#include "bpf_lib/awl_abi.h"

namespace awl {
namespace {

constexpr uint64_t sign_bit = uint64_t{1} << 63;

/// The cells of an interval that count: its number (0: none), and what is kept of it.
struct Interval {
  uint64_t number = 0, kept = 0, with = 0;
};

Interval interval_at(std::span<const uint64_t> cells, size_t place) {
  const auto own = cells.subspan(place * AWL_SERIES_CELLS, AWL_SERIES_CELLS);
  const size_t side = own[0] & 1;
  return {.number = own[0] >> 1, .kept = own[1 + 2 * side], .with = own[2 + 2 * side]};
}

Interval join(const Interval &a, const Interval &b, Show each) {
  if (a.number != b.number) return a.number > b.number ? a : b;
  if (each == Show::none) return a.with >= b.with ? a : b;
  const bool extreme = each == Show::minimum || each == Show::maximum;
  return {.number = a.number, .kept = extreme ? std::max(a.kept, b.kept) : a.kept + b.kept, .with = a.with + b.with};
}

Wide number(uint64_t bits, bool is_signed) { return is_signed ? Wide(std::bit_cast<int64_t>(bits)) : Wide(bits); }

Wide value_of(const Interval &interval, const MapDescription &map) {
  const bool extreme = map.each == Show::minimum || map.each == Show::maximum;
  uint64_t bits = map.each == Show::minimum ? ~interval.kept : interval.kept;
  if (extreme && map.is_signed()) bits ^= sign_bit;
  const Wide value = number(bits, map.is_signed());
  return map.each == Show::average ? value / Wide(interval.with) : value;
}

}  // namespace

void merge_series(std::span<uint64_t> sum, std::span<const uint64_t> cells, const MapDescription &map) {
  for (size_t place = 0; place < map.intervals; place++) {
    const Interval both = join(interval_at(sum, place), interval_at(cells, place), map.each);
    const auto own = sum.subspan(place * AWL_SERIES_CELLS, AWL_SERIES_CELLS);
    own[0] = both.number << 1, own[1] = both.kept, own[2] = both.with;
  }
}

TimeSeries series_of(std::span<const uint64_t> cells, const MapDescription &map) {
  std::vector<Interval> known;
  uint64_t newest = 0;
  for (size_t place = 0; place < map.intervals; place++) {
    // Samples without a count: another CPU has taken the place over and not put anything into it yet.
    if (const Interval interval = interval_at(cells, place); interval.number > 0 && interval.with > 0)
      known.push_back(interval);
    if (!known.empty()) newest = std::max(newest, known.back().number);
  }
  std::erase_if(known, [&](const Interval &interval) { return interval.number + map.intervals <= newest; });
  std::ranges::sort(known, {}, &Interval::number);
  TimeSeries series = {.interval = static_cast<uint64_t>(map.step), .points = {}};
  for (const Interval &interval : known) {
    auto add = [&](uint64_t number, std::optional<Wide> value) {
      series.points.push_back({static_cast<int64_t>((number - 1) * series.interval), value});
    };
    const uint64_t next = known.front().number + series.points.size();
    for (uint64_t missing = next; missing < interval.number; missing++) add(missing, std::nullopt);
    add(interval.number, value_of(interval, map));
  }
  return series;
}

}  // namespace awl
