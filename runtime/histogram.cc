// SPDX-License-Identifier: GPL-2.0-only
// Cells to values: the reverse of what bpf_lib/aggregate.c counts (the layout is told in bpf_lib/awl_abi.h). Edges
// are worked out in 128 bits, so that neither 2^64 - 1 nor -2^63 is a special case. How a value looks is none of
// this file's business.
#include "runtime/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "bpf_lib/awl_abi.h"
#include "runtime/series.h"
#include "src/base/check.h"

namespace awl {
namespace {

/// Counts and sums of weights, which may be negative.
int64_t count_of(uint64_t cell) { return std::bit_cast<int64_t>(cell); }

constexpr uint64_t sign_bit = uint64_t(1) << 63;

Wide power_of_two(size_t exponent) { return Wide(1) << exponent; }

/// The interval of quantize's cell `k`, 0 <= k <= 64.
Bucket log2_bucket(size_t k, int64_t count) {
  if (k == 0) return {.low = 0, .high = 0, .count = count};
  return {.low = power_of_two(k - 1), .high = power_of_two(k) - 1, .count = count};
}

/// The interval of the cell for negative samples, 1 <= k <= 64. The last one holds one number only, -2^63.
Bucket negative_log2_bucket(size_t k, int64_t count) {
  const Wide high = -power_of_two(k - 1);
  return {.low = std::max(-power_of_two(k) + 1, -power_of_two(63)), .high = high, .count = count};
}

std::vector<Bucket> log2_buckets(std::span<const uint64_t> cells) {
  std::vector<Bucket> buckets;
  for (size_t cell = cells.size(); cell-- > AWL_QUANTIZE_CELLS_UNSIGNED;)
    buckets.push_back(negative_log2_bucket(cell - (AWL_QUANTIZE_CELLS_UNSIGNED - 1), count_of(cells[cell])));
  for (size_t cell = 0; cell < AWL_QUANTIZE_CELLS_UNSIGNED; cell++) buckets.push_back(log2_bucket(cell, count_of(cells[cell])));
  return buckets;
}

std::vector<Bucket> linear_buckets(std::span<const uint64_t> cells, const MapDescription &map) {
  const Wide low = map.low, high = map.high, step = map.step;
  std::vector<Bucket> buckets;
  buckets.push_back({.low = low - 1, .high = low - 1, .open_low = true, .count = count_of(cells.front())});
  for (size_t i = 1; i + 1 < cells.size(); i++) {
    const Wide from = low + static_cast<Wide>(i - 1) * step;
    // The range need not be a multiple of the step; the last bucket inside it is then narrower.
    buckets.push_back({.low = from, .high = std::min(from + step, high) - 1, .count = count_of(cells[i])});
  }
  buckets.push_back({.low = high, .high = high, .open_high = true, .count = count_of(cells.back())});
  return buckets;
}

/// The cells of hist() with bits and of pct(), see awl_abi.h.
std::vector<Bucket> log_linear_buckets(std::span<const uint64_t> cells, uint32_t bits) {
  std::vector<Bucket> buckets;
  buckets.push_back({.low = -1, .high = -1, .open_low = true, .count = count_of(cells[0])});
  const size_t width = size_t{1} << bits;
  for (size_t i = 1; i < cells.size(); i++) {
    const size_t at = i - 1;
    if (at < width) {
      buckets.push_back({.low = Wide(at), .high = Wide(at), .count = count_of(cells[i])});
      continue;
    }
    const size_t shift = at / width - 1;
    const Wide low = Wide(width + at % width) << shift;
    buckets.push_back({.low = low, .high = low + power_of_two(shift) - 1, .count = count_of(cells[i])});
  }
  return buckets;
}

/// The buckets of llquantize() above 0, without counts; the last one is open.
std::vector<Bucket> magnitudes(const MapDescription &map) {
  const Wide factor = map.factor, most = Wide(map.step) / factor;
  Wide from = 1;
  for (int64_t i = 0; i < map.low; i++) from *= factor;
  std::vector<Bucket> above;
  for (int64_t magnitude = map.low; magnitude <= map.high; magnitude++, from *= factor) {
    const Wide part = from / std::min(from, most);
    for (Wide low = from; low < from * factor; low += part) above.push_back({.low = low, .high = low + part - 1});
  }
  above.push_back({.low = from, .high = from, .open_high = true});
  return above;
}

/// The cells of llquantize(), see awl_abi.h. A bucket below 0 is the one above it in a mirror.
std::vector<Bucket> magnitude_buckets(std::span<const uint64_t> cells, const MapDescription &map) {
  std::vector<Bucket> above = magnitudes(map);
  const Wide nearest = above.front().low;
  for (size_t i = 0; i < above.size(); i++) above[i].count = count_of(cells[i + 1]);
  std::vector<Bucket> buckets;
  if (map.is_signed())
    for (size_t i = above.size(); i-- > 0;)
      buckets.push_back({.low = -above[i].high, .high = -above[i].low, .open_low = above[i].open_high,
                         .count = count_of(cells[above.size() + 1 + i])});
  buckets.push_back({.low = map.is_signed() ? 1 - nearest : 0, .high = nearest - 1, .count = count_of(cells[0])});
  buckets.insert(buckets.end(), above.begin(), above.end());
  return buckets;
}

bool is_used(const Bucket &bucket) { return bucket.count != 0; }

void drop_empty_ends(std::vector<Bucket> &buckets) {
  buckets.erase(std::find_if(buckets.rbegin(), buckets.rend(), is_used).base(), buckets.end());
  buckets.erase(buckets.begin(), std::find_if(buckets.begin(), buckets.end(), is_used));
}

std::vector<Bucket> all_buckets(std::span<const uint64_t> cells, const MapDescription &map) {
  if (map.show == Show::linear_histogram) return linear_buckets(cells, map);
  if (map.show == Show::magnitudes) return magnitude_buckets(cells, map);
  return map.show == Show::log_linear_histogram ? log_linear_buckets(cells, map.bits) : log2_buckets(cells);
}

Histogram histogram_of(std::span<const uint64_t> cells, const MapDescription &map) {
  Histogram histogram = {.unit = map.value.unit, .buckets = all_buckets(cells, map)};
  if (map.show == Show::linear_histogram) histogram.scale = Histogram::Scale::linear;
  if (map.show == Show::linear_histogram) histogram.grid.step = map.step;
  if (map.show == Show::log_linear_histogram) histogram.grid.bits = map.bits;
  if (map.show == Show::magnitudes) {
    histogram.scale = Histogram::Scale::log_linear;
    histogram.grid = {.factor = map.factor, .steps = map.step, .nearest = static_cast<int64_t>(magnitudes(map)[0].low)};
  }
  const std::vector<Bucket> &all = histogram.buckets;
  const auto first = std::ranges::find_if(all, is_used);
  const auto end = std::find_if(all.rbegin(), all.rend(), is_used).base();
  if (first != all.end() && first != all.begin()) histogram.before = *(first - 1);
  if (first != all.end() && end != all.end()) histogram.after = *end;
  drop_empty_ends(histogram.buckets);
  return histogram;
}

Value number(uint64_t bits, bool is_signed) {
  if (is_signed) return std::bit_cast<int64_t>(bits);
  return bits;
}

/// The number behind an order key (awl_abi.h): keys are made so that the greatest one wins for min, too.
Value number_of_order_key(uint64_t key, const MapDescription &map) {
  const uint64_t ordered = map.show == Show::minimum ? ~key : key;
  return number(map.is_signed() ? ordered ^ sign_bit : ordered, map.is_signed());
}

Stats stats_of(std::span<const uint64_t> cells, const MapDescription &map) {
  const Wide sum = map.is_signed() ? Wide(std::bit_cast<int64_t>(cells[0])) : Wide(cells[0]);
  return {.count = cells[1], .sum = sum, .is_signed = map.is_signed()};
}

Stats average_of(Stats stats) {
  stats.only_number = true;
  return stats;
}

Value percentiles_of(std::span<const uint64_t> cells, const MapDescription &map) {
  Tuple result = {.sketch = log_linear_buckets(cells, map.bits)};
  std::erase_if(result.sketch, [](const Bucket &bucket) { return !is_used(bucket); });
  const auto add = [&result](std::string name, Unit unit) {
    result.names.push_back(std::move(name));
    result.values.push_back({.value = int64_t{0}, .unit = unit, .show = Show::none});
  };
  add("count", Unit::none);
  if (map.percentages.empty())
    for (const char *usual : {"p50", "p90", "p99", "p99.9"}) add(usual, map.value.unit);
  for (int64_t percentage : map.percentages) add("p" + std::to_string(percentage), map.value.unit);
  if (!result.sketch.empty()) add("max", map.value.unit);
  add("error", Unit::none);
  result.values.back().value = Text{"0.8%", false, 0};
  settle_percentiles(result);
  return result;
}

/// Adds `number`, moved up by `shift` bits.
void add_shifted(Squares &sum, uint64_t number, unsigned shift) {
  const unsigned at = shift / 64, bits = shift % 64;
  const uint64_t words[] = {number << bits, bits == 0 ? 0 : number >> (64 - bits)};
  uint64_t carry = 0;
  for (size_t i = at; i < sum.size(); i++) {
    const Wide word = Wide(sum[i]) + (i - at < std::size(words) ? words[i - at] : 0) + carry;
    sum[i] = static_cast<uint64_t>(word);
    carry = static_cast<uint64_t>(word >> 64);
  }
}

/// A sample is a * 2^32 + b; the cells hold sums of b*b, a*b and a*a, each in two halves.
Value deviation_of(std::span<const uint64_t> cells, const MapDescription &map) {
  Stats stats = stats_of(cells, map);
  stats.only_number = true;
  stats.squares.emplace();
  for (const auto [cell, shift] : {std::pair{2, 0}, {4, 33}, {6, 64}}) {
    add_shifted(*stats.squares, cells[static_cast<size_t>(cell)], static_cast<unsigned>(shift));
    add_shifted(*stats.squares, cells[static_cast<size_t>(cell) + 1], static_cast<unsigned>(shift) + 32);
  }
  return stats;
}

Value value_of(std::span<const uint64_t> cells, const MapDescription &map) {
  switch (map.show) {
    case Show::count:
      return cells[0];
    case Show::sum:
      return number(cells[0], map.is_signed());
    case Show::minimum:
    case Show::maximum:
      return number_of_order_key(cells[0], map);
    case Show::average:
      return average_of(stats_of(cells, map));
    case Show::stats:
      return stats_of(cells, map);
    case Show::log2_histogram:
    case Show::linear_histogram:
    case Show::log_linear_histogram:
    case Show::magnitudes:
      return histogram_of(cells, map);
    case Show::time_series:
      return series_of(cells, map);
    case Show::percentiles:
      return percentiles_of(cells, map);
    case Show::deviation:
      return deviation_of(cells, map);
    case Show::none:
      break;
  }
  AWL_CHECK(map.show != Show::none);
  return uint64_t(0);
}

}  // namespace

void merge_cells(std::span<uint64_t> sum, std::span<const uint64_t> cells, std::span<const Merge> rules) {
  AWL_CHECK(sum.size() == rules.size() && cells.size() == rules.size());
  for (size_t i = 0; i < rules.size(); i++)
    sum[i] = rules[i] == Merge::add ? sum[i] + cells[i] : std::max(sum[i], cells[i]);
}

bool is_empty(std::span<const uint64_t> cells, Show show) {
  switch (show) {
    case Show::count:
      return cells[0] == 0;
    case Show::sum:
    case Show::minimum:
    case Show::maximum:
    case Show::average:
    case Show::stats:
    case Show::deviation:
      return cells[1] == 0;
    case Show::none:
    case Show::log2_histogram:
    case Show::linear_histogram:
    case Show::log_linear_histogram:
    case Show::percentiles:
    case Show::magnitudes:
    case Show::time_series:
      break;
  }
  return std::ranges::all_of(cells, [](uint64_t cell) { return cell == 0; });
}

TypedValue value_of_cells(std::span<const uint64_t> cells, const MapDescription &map) {
  AWL_CHECK(cells.size() == map.merge.size() && !cells.empty());
  const Unit unit = map.show == Show::count ? Unit::none : map.value.unit;
  return {.value = value_of(cells, map), .unit = unit, .show = map.show};
}

}  // namespace awl
