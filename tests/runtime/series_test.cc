// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/series.h"

#include <doctest/doctest.h>

#include "bpf_lib/awl_abi.h"

using namespace awl;

namespace {

using Cells = std::vector<uint64_t>;

MapDescription map_of(Show each, uint32_t intervals, bool is_signed) {
  MapDescription map;
  map.show = Show::time_series;
  map.each = each;
  map.step = 100;
  map.intervals = intervals;
  map.value = integer_type(8, is_signed);
  map.merge.assign(intervals * AWL_SERIES_CELLS, Merge::series);
  return map;
}

/// The cells of an interval as the kernel has them, what counts on the given side and rubbish on the other.
Cells interval(uint64_t number, uint64_t side, uint64_t kept, uint64_t with) {
  if (side == 0) return {2 * number, kept, with, 77, 78};
  return {2 * number + 1, 77, 78, kept, with};
}

Cells join(const std::vector<Cells> &intervals) {
  Cells all;
  for (const Cells &cells : intervals) all.insert(all.end(), cells.begin(), cells.end());
  return all;
}

/// "100:7 200:- 300:9"
std::string merged(const MapDescription &map, const std::vector<Cells> &cpus) {
  Cells sum(map.merge.size());
  for (const Cells &cells : cpus) merge_series(sum, cells, map);
  std::string text;
  for (const TimeSeries::Point &point : series_of(sum, map).points)
    text += (text.empty() ? "" : " ") + std::to_string(point.start) + ":" +
            (point.value ? std::to_string(static_cast<int64_t>(*point.value)) : "-");
  return text;
}

constexpr uint64_t minus(uint64_t number) { return ~number + 1; }
constexpr uint64_t sign = uint64_t{1} << 63;

}  // namespace

TEST_CASE("intervals of two CPUs are put together by what is kept of them") {
  const auto both = [](Show each, bool is_signed, uint64_t a, uint64_t b, uint64_t with_a, uint64_t with_b) {
    return merged(map_of(each, 1, is_signed), {interval(3, 0, a, with_a), interval(3, 1, b, with_b)});
  };
  CHECK(both(Show::sum, true, 5, minus(9), 1, 2) == "200:-4");
  CHECK(both(Show::average, true, 5, minus(9), 1, 1) == "200:-2");
  CHECK(both(Show::none, false, 5, 9, 1000, 1001) == "200:9");
  CHECK(both(Show::none, false, 5, 9, 1001, 1000) == "200:5");
  CHECK(both(Show::maximum, true, 5 ^ sign, minus(9) ^ sign, 1, 1) == "200:5");
  CHECK(both(Show::minimum, true, ~(5 ^ sign), ~(minus(9) ^ sign), 1, 1) == "200:-9");
  CHECK(both(Show::minimum, false, ~uint64_t{5}, ~uint64_t{9}, 1, 1) == "200:5");
}

TEST_CASE("a newer interval takes the place of an older one, whichever CPU saw it") {
  const MapDescription map = map_of(Show::sum, 2, false);
  const Cells old = join({interval(4, 0, 1, 1), interval(3, 1, 2, 1)});
  const Cells fresh = join({interval(6, 1, 30, 1), interval(5, 0, 20, 1)});
  CHECK(merged(map, {old, fresh}) == "400:20 500:30");
  CHECK(merged(map, {fresh, old}) == "400:20 500:30");
}

TEST_CASE("intervals without samples are told, those that are too old are not") {
  const MapDescription map = map_of(Show::sum, 4, false);
  const Cells nothing(AWL_SERIES_CELLS);
  CHECK(merged(map, {join({interval(8, 0, 8, 1), interval(5, 1, 5, 1), nothing, nothing})}) == "400:5 500:- 600:- 700:8");
  CHECK(merged(map, {join({interval(12, 0, 8, 1), interval(5, 1, 5, 1), nothing, nothing})}) == "1100:8");
  CHECK(merged(map, {join({nothing, nothing, nothing, nothing})}).empty());
}

TEST_CASE("an interval that a probe has just begun has no value yet") {
  const MapDescription map = map_of(Show::average, 1, false);
  CHECK(merged(map, {interval(3, 0, 0, 0)}).empty());
}
