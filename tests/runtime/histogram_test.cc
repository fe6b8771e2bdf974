// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/histogram.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "bpf_lib/awl_abi.h"
#include "runtime/sinks/merge.h"

using namespace awl;

namespace {

using Cells = std::vector<uint64_t>;
constexpr uint64_t sign = uint64_t(1) << 63;
constexpr uint64_t u64_max = std::numeric_limits<uint64_t>::max();
constexpr int64_t s64_min = std::numeric_limits<int64_t>::min();
constexpr int64_t s64_max = std::numeric_limits<int64_t>::max();
const Wide two_to_63 = Wide(1) << 63;

MapDescription map_of(Show show, size_t cells, bool is_signed, Unit unit = Unit::none) {
  MapDescription map;
  map.show = show;
  map.value = integer_type(8, is_signed, unit);
  map.merge.assign(cells, Merge::add);
  return map;
}

Value shown(const Cells &cells, Show show, bool is_signed) {
  return value_of_cells(cells, map_of(show, cells.size(), is_signed)).value;
}

std::vector<Bucket> quantized(std::vector<std::pair<size_t, uint64_t>> used, bool is_signed) {
  Cells cells(is_signed ? AWL_QUANTIZE_CELLS_SIGNED : AWL_QUANTIZE_CELLS_UNSIGNED, 0);
  for (auto [cell, count] : used) cells[cell] = count;
  return std::get<Histogram>(shown(cells, Show::log2_histogram, is_signed)).buckets;
}

std::vector<Bucket> one(Wide low, Wide high, int64_t count) { return {{.low = low, .high = high, .count = count}}; }

}  // namespace

TEST_CASE("cells of several CPUs are merged by their rules") {
  Cells sum = {1, 5, u64_max};
  const Cells other = {2, 3, 2};
  const std::vector<Merge> rules = {Merge::add, Merge::maximum, Merge::add};
  merge_cells(sum, other, rules);
  CHECK(sum == Cells{3, 5, 1});
  merge_cells(sum, Cells{0, 9, 0}, rules);
  CHECK(sum == Cells{3, 9, 1});
}

TEST_CASE("a sum that happens to be zero is not empty") {
  for (Show show : {Show::sum, Show::minimum, Show::maximum, Show::average, Show::stats}) {
    CHECK_FALSE(is_empty(Cells{0, 1}, show));
    CHECK(is_empty(Cells{0, 0}, show));
  }
  CHECK(is_empty(Cells{0}, Show::count));
  CHECK_FALSE(is_empty(Cells{7}, Show::count));
  for (Show show : {Show::log2_histogram, Show::linear_histogram}) {
    CHECK(is_empty(Cells(65, 0), show));
    Cells cells(65, 0);
    cells.back() = 1;
    CHECK_FALSE(is_empty(cells, show));
  }
}

TEST_CASE("counts and sums") {
  CHECK(shown({u64_max}, Show::count, true) == Value(u64_max));
  CHECK(shown({u64_max, 1}, Show::sum, true) == Value(int64_t(-1)));
  CHECK(shown({u64_max, 1}, Show::sum, false) == Value(u64_max));
}

TEST_CASE("minimum and maximum undo the order key") {
  const std::vector<int64_t> signed_samples = {s64_min, -5, -1, 0, 1, 7, s64_max};
  for (int64_t sample : signed_samples) {
    const uint64_t key = static_cast<uint64_t>(sample) ^ sign;
    CHECK(shown({key, 1}, Show::maximum, true) == Value(sample));
    CHECK(shown({~key, 1}, Show::minimum, true) == Value(sample));
  }
  for (uint64_t sample : {uint64_t(0), uint64_t(1), sign - 1, sign, u64_max}) {
    CHECK(shown({sample, 1}, Show::maximum, false) == Value(sample));
    CHECK(shown({~sample, 1}, Show::minimum, false) == Value(sample));
  }
}

TEST_CASE("averages are rounded towards zero and are signed as their samples") {
  const auto average = [](Cells cells, bool is_signed) {
    const Stats stats = std::get<Stats>(shown(std::move(cells), Show::average, is_signed));
    CHECK(stats.only_number);
    return static_cast<int64_t>(stats.number());
  };
  CHECK(average({static_cast<uint64_t>(-7), 2}, true) == -3);
  CHECK(average({7, 2}, true) == 3);
  CHECK(average({u64_max, 2}, false) == static_cast<int64_t>(sign - 1));
  CHECK(average({0, 0}, false) == 0);
  const Stats negative = std::get<Stats>(shown({static_cast<uint64_t>(-7), 2}, Show::stats, true));
  CHECK(negative == Stats{.count = 2, .sum = -7, .is_signed = true});
  const Stats large = std::get<Stats>(shown({u64_max, 3}, Show::stats, false));
  CHECK(large == Stats{.count = 3, .sum = static_cast<Wide>(u64_max)});
}

TEST_CASE("the unit is that of the samples, but a count has none") {
  const auto unit_of = [](Show show) {
    return value_of_cells(Cells(65, 1), map_of(show, 65, false, Unit::nanoseconds)).unit;
  };
  CHECK(unit_of(Show::count) == Unit::none);
  for (Show show : {Show::sum, Show::minimum, Show::maximum, Show::average, Show::stats, Show::log2_histogram})
    CHECK(unit_of(show) == Unit::nanoseconds);
  const TypedValue value = value_of_cells(Cells(65, 1), map_of(Show::log2_histogram, 65, false, Unit::nanoseconds));
  CHECK(std::get<Histogram>(value.value).unit == Unit::nanoseconds);
  CHECK(value.show == Show::log2_histogram);
}

TEST_CASE("edges of the buckets of quantize") {
  CHECK(quantized({{0, 4}}, false) == one(0, 0, 4));
  CHECK(quantized({{1, 4}}, false) == one(1, 1, 4));
  CHECK(quantized({{10, 4}}, false) == one(512, 1023, 4));
  CHECK(quantized({{64, 4}}, false) == one(two_to_63, (Wide(1) << 64) - 1, 4));
  CHECK(quantized({{0, 4}}, true) == one(0, 0, 4));
  CHECK(quantized({{63, 4}}, true) == one(Wide(1) << 62, two_to_63 - 1, 4));
  CHECK(quantized({{65, 4}}, true) == one(-1, -1, 4));
  CHECK(quantized({{66, 4}}, true) == one(-3, -2, 4));
  CHECK(quantized({{127, 4}}, true) == one(-two_to_63 + 1, -(Wide(1) << 62), 4));
  CHECK(quantized({{128, 4}}, true) == one(-two_to_63, -two_to_63, 4));
}

TEST_CASE("buckets ascend, empty ones stay between used ones only") {
  const std::vector<Bucket> expected = {
      {.low = -3, .high = -2, .count = 1}, {.low = -1, .high = -1, .count = 0}, {.low = 0, .high = 0, .count = 2},
      {.low = 1, .high = 1, .count = 0},   {.low = 2, .high = 3, .count = 3},
  };
  CHECK(quantized({{66, 1}, {0, 2}, {2, 3}}, true) == expected);
  CHECK(quantized({}, true).empty());
}

TEST_CASE("every 64-bit number has one bucket") {
  // All buckets, joined, reach from the least to the greatest number without a hole.
  for (bool is_signed : {false, true}) {
    std::vector<std::pair<size_t, uint64_t>> all;
    for (size_t i = 0; i < (is_signed ? AWL_QUANTIZE_CELLS_SIGNED : AWL_QUANTIZE_CELLS_UNSIGNED); i++)
      all.emplace_back(i, i + 1);
    const std::vector<Bucket> buckets = quantized(all, is_signed);
    REQUIRE(buckets.size() == all.size());
    CHECK(buckets.front().low == (is_signed ? -two_to_63 : Wide(0)));
    for (size_t i = 1; i < buckets.size(); i++) CHECK(buckets[i].low == buckets[i - 1].high + 1);
    CHECK(buckets.back().high == (Wide(1) << 64) - 1);
  }
}

TEST_CASE("buckets of lquantize") {
  MapDescription map = map_of(Show::linear_histogram, 5, true);
  map.low = -10, map.high = 15, map.step = 10;
  const auto buckets = [&map](const Cells &cells) {
    return std::get<Histogram>(value_of_cells(cells, map).value).buckets;
  };
  const std::vector<Bucket> expected = {
      {.low = -11, .high = -11, .open_low = true, .count = 1},
      {.low = -10, .high = -1, .count = 2},
      {.low = 0, .high = 9, .count = 3},
      {.low = 10, .high = 14, .count = 4},
      {.low = 15, .high = 15, .open_high = true, .count = 5},
  };
  CHECK(buckets({1, 2, 3, 4, 5}) == expected);
  CHECK(buckets({0, 0, 7, 0, 0}) == one(0, 9, 7));
  map.low = s64_min, map.high = s64_max, map.step = s64_max;
  const std::vector<Bucket> extreme = buckets({1, 1, 1, 1, 1});
  CHECK(extreme[0].high == -two_to_63 - 1);
  CHECK(extreme[1].low == -two_to_63);
  CHECK(extreme[1].high == -2);
  CHECK(extreme[3].high == two_to_63 - 2);
  CHECK(extreme[4].low == two_to_63 - 1);
}

TEST_CASE("buckets of llquantize") {
  // 10^1 to 10^3 by 20 steps: each magnitude has the 18 of them that lie above its lower end.
  MapDescription map = map_of(Show::magnitudes, AWL_MAGNITUDE_CELLS(36, true), true);
  map.factor = 10, map.low = 1, map.high = 2, map.step = 20;
  const auto only = [&map](size_t cell) {
    Cells cells(map.merge.size());
    cells[cell] = 4;
    return std::get<Histogram>(value_of_cells(cells, map).value).buckets;
  };
  CHECK(only(0) == one(-9, 9, 4));
  CHECK(only(1) == one(10, 14, 4));
  CHECK(only(18) == one(95, 99, 4));
  CHECK(only(19) == one(100, 149, 4));
  CHECK(only(36) == one(950, 999, 4));
  CHECK(only(37) == std::vector<Bucket>{{.low = 1000, .high = 1000, .open_high = true, .count = 4}});
  CHECK(only(38) == one(-14, -10, 4));
  CHECK(only(73) == one(-999, -950, 4));
  CHECK(only(74) == std::vector<Bucket>{{.low = -1000, .high = -1000, .open_low = true, .count = 4}});
}

TEST_CASE("a histogram knows the empty buckets beside it") {
  MapDescription map = map_of(Show::linear_histogram, 5, true);
  map.low = 0, map.high = 30, map.step = 10;
  const Histogram middle = std::get<Histogram>(value_of_cells(Cells{0, 0, 7, 0, 0}, map).value);
  CHECK(middle.before == Bucket{.low = 0, .high = 9});
  CHECK(middle.after == Bucket{.low = 20, .high = 29});
  const Histogram all = std::get<Histogram>(value_of_cells(Cells{1, 0, 0, 0, 1}, map).value);
  CHECK_FALSE(all.before);
  CHECK_FALSE(all.after);
}

TEST_CASE("sums of weights may be below 0") {
  CHECK(quantized({{3, static_cast<uint64_t>(-5)}}, false) == one(4, 7, -5));
}

namespace {

/// What the value of two runs is, and of one that has seen both.
void check_sum(const Cells &a, const Cells &b, const MapDescription &map) {
  Cells both = a;
  merge_cells(both, b, map.merge);
  TypedValue sum = value_of_cells(a, map), wanted = value_of_cells(both, map);
  REQUIRE(can_be_added(sum));
  add_value(sum, value_of_cells(b, map));
  for (TypedValue *value : {&sum, &wanted})
    if (Histogram *histogram = std::get_if<Histogram>(&value->value)) histogram->before = histogram->after = {};
  CHECK(sum == wanted);
}

/// Cells of which few are used, as in life; always the same.
Cells sparse(size_t size, uint64_t seed) {
  Cells cells(size, 0);
  for (int i = 0; i < 3; i++) {
    seed = seed * 6364136223846793005 + 1442695040888963407;
    cells[(seed >> 33) % size] += seed >> 60;
    cells[(seed >> 20) % size] += 1;
  }
  return cells;
}

void check_sums(const MapDescription &map) {
  for (uint64_t seed = 1; seed < 200; seed++)
    check_sum(sparse(map.merge.size(), seed), sparse(map.merge.size(), seed + 1000), map);
}

}  // namespace

TEST_CASE("two runs added up are one run over both") {
  check_sums(map_of(Show::log2_histogram, AWL_QUANTIZE_CELLS_UNSIGNED, false));
  check_sums(map_of(Show::log2_histogram, AWL_QUANTIZE_CELLS_SIGNED, true));
  MapDescription fine = map_of(Show::log_linear_histogram, AWL_LOG_LINEAR_CELLS(3), true);
  fine.bits = 3;
  check_sums(fine);
  MapDescription linear = map_of(Show::linear_histogram, 12, true);
  linear.low = -30, linear.high = 65, linear.step = 10;
  check_sums(linear);
  for (bool is_signed : {false, true}) {
    MapDescription magnitudes = map_of(Show::magnitudes, AWL_MAGNITUDE_CELLS(3 * 18, is_signed), is_signed);
    magnitudes.low = 1, magnitudes.high = 3, magnitudes.factor = 10, magnitudes.step = 20;
    check_sums(magnitudes);
  }
  for (std::vector<int64_t> percentages : {std::vector<int64_t>{}, {99, 25}}) {
    MapDescription sketch = map_of(Show::percentiles, AWL_LOG_LINEAR_CELLS(AWL_PERCENTILE_BITS), true, Unit::nanoseconds);
    sketch.bits = AWL_PERCENTILE_BITS;
    sketch.percentages = percentages;
    check_sums(sketch);
  }
  check_sums(map_of(Show::deviation, AWL_DEVIATION_CELLS, false));
}

TEST_CASE("a deviation has the exact sum of the squares") {
  const auto squares = [](Cells cells) { return *std::get<Stats>(shown(std::move(cells), Show::deviation, false)).squares; };
  CHECK(squares({40, 8, 232, 0, 0, 0, 0, 0}) == Squares{232, 0, 0});
  CHECK(squares({0, 1, 0, 0, 1, 0, 0, 0}) == Squares{uint64_t(1) << 33, 0, 0});
  CHECK(squares({0, 1, u64_max, u64_max, u64_max, u64_max, u64_max, u64_max}) ==
        Squares{0xfffffffcffffffff, 0x1fffffffd, 0x100000003});
  CHECK(std::get<Stats>(shown({40, 8, 232, 0, 0, 0, 0, 0}, Show::deviation, false)).number() == 2);
  CHECK(std::get<Stats>(shown({static_cast<uint64_t>(-4), 2, 40, 0, 0, 0, 0, 0}, Show::deviation, true)).number() == 4);
}
