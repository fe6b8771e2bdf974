// SPDX-License-Identifier: GPL-2.0-only
// Cells to values: the reverse of what bpf_lib/aggregate.c counts (the layout is told in bpf_lib/awl_abi.h). Edges
// are worked out in 128 bits, so that neither 2^64 - 1 nor -2^63 is a special case. How a value looks is none of
// this file's business.
#include "runtime/histogram.h"

#include <algorithm>
#include <bit>

#include "bpf_lib/awl_abi.h"
#include "src/base/check.h"

namespace awl {
namespace {

constexpr uint64_t sign_bit = uint64_t(1) << 63;

Wide power_of_two(size_t exponent) { return Wide(1) << exponent; }

/// The interval of quantize's cell `k`, 0 <= k <= 64.
Bucket log2_bucket(size_t k, uint64_t count) {
  if (k == 0) return {.low = 0, .high = 0, .count = count};
  return {.low = power_of_two(k - 1), .high = power_of_two(k) - 1, .count = count};
}

/// The interval of the cell for negative samples, 1 <= k <= 64. The last one holds one number only, -2^63.
Bucket negative_log2_bucket(size_t k, uint64_t count) {
  const Wide high = -power_of_two(k - 1);
  return {.low = std::max(-power_of_two(k) + 1, -power_of_two(63)), .high = high, .count = count};
}

std::vector<Bucket> log2_buckets(std::span<const uint64_t> cells) {
  std::vector<Bucket> buckets;
  for (size_t cell = cells.size(); cell-- > AWL_QUANTIZE_CELLS_UNSIGNED;)
    buckets.push_back(negative_log2_bucket(cell - (AWL_QUANTIZE_CELLS_UNSIGNED - 1), cells[cell]));
  for (size_t cell = 0; cell < AWL_QUANTIZE_CELLS_UNSIGNED; cell++) buckets.push_back(log2_bucket(cell, cells[cell]));
  return buckets;
}

std::vector<Bucket> linear_buckets(std::span<const uint64_t> cells, const MapDescription &map) {
  const Wide low = map.low, high = map.high, step = map.step;
  std::vector<Bucket> buckets;
  buckets.push_back({.low = low - 1, .high = low - 1, .open_low = true, .count = cells.front()});
  for (size_t i = 1; i + 1 < cells.size(); i++) {
    const Wide from = low + static_cast<Wide>(i - 1) * step;
    // The range need not be a multiple of the step; the last bucket inside it is then narrower.
    buckets.push_back({.low = from, .high = std::min(from + step, high) - 1, .count = cells[i]});
  }
  buckets.push_back({.low = high, .high = high, .open_high = true, .count = cells.back()});
  return buckets;
}

void drop_empty_ends(std::vector<Bucket> &buckets) {
  const auto is_used = [](const Bucket &bucket) { return bucket.count > 0; };
  buckets.erase(std::find_if(buckets.rbegin(), buckets.rend(), is_used).base(), buckets.end());
  buckets.erase(buckets.begin(), std::find_if(buckets.begin(), buckets.end(), is_used));
}

Histogram histogram_of(std::span<const uint64_t> cells, const MapDescription &map) {
  const bool linear = map.show == Show::linear_histogram;
  Histogram histogram = {.scale = linear ? Histogram::Scale::linear : Histogram::Scale::log2, .unit = map.value.unit};
  histogram.buckets = linear ? linear_buckets(cells, map) : log2_buckets(cells);
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

Value average_of(const Stats &stats) {
  if (stats.is_signed) return static_cast<int64_t>(stats.average());
  return static_cast<uint64_t>(stats.average());
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
      return histogram_of(cells, map);
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
      return cells[1] == 0;
    case Show::none:
    case Show::log2_histogram:
    case Show::linear_histogram:
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
