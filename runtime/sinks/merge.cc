// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/sinks/merge.h"

#include <algorithm>

namespace awl {
namespace {

bool same_interval(const Bucket &a, const Bucket &b) {
  return a.open_low == b.open_low && a.open_high == b.open_high && (a.open_low || a.low == b.low) &&
         (a.open_high || a.high == b.high);
}

bool lies_before(const Bucket &a, const Bucket &b) {
  if (a.open_low != b.open_low) return a.open_low;
  if (a.open_high != b.open_high) return b.open_high;
  return a.low < b.low;
}

/// The end of llquantize's bucket that begins at `low`, or holds what is near 0.
Wide end_of_magnitude(Wide low, const Histogram::Grid &grid) {
  if (low > -grid.nearest && low < grid.nearest) return grid.nearest - 1;
  const Wide size = low < 0 ? -low : low;
  Wide from = 1;
  while (from * grid.factor <= size) from *= grid.factor;
  const Wide part = from / std::min<Wide>(from, grid.steps / grid.factor);
  return low < 0 ? low + size - (from + (size - from) / part * part) : low + part - 1;
}

/// Powers of two, each in 2^bits buckets.
Wide end_of_power(Wide low, uint32_t bits) {
  if (low < 0) return low == -1 ? -1 : low / 2 - 1;
  Wide width = 1;
  while (width << (bits + 1) <= low) width *= 2;
  return low + width - 1;
}

/// The end of the bucket that begins at `low`.
Wide end_of_bucket(const Histogram &histogram, Wide low) {
  switch (histogram.scale) {
    case Histogram::Scale::log2:
      return end_of_power(low, histogram.grid.bits);
    case Histogram::Scale::linear:
      return low + histogram.grid.step - 1;
    case Histogram::Scale::log_linear:
      return end_of_magnitude(low, histogram.grid);
  }
  return low;
}

bool knows_its_grid(const Histogram &histogram) {
  const Histogram::Grid &grid = histogram.grid;
  return histogram.scale == Histogram::Scale::log2 ||
         (histogram.scale == Histogram::Scale::linear ? grid.step > 0
                                                      : grid.factor > 1 && grid.steps >= grid.factor && grid.nearest > 0);
}

/// Histograms have their empty buckets, too, so a gap between two parts is filled; by one bucket where nobody knows
/// how they are divided.
std::vector<Bucket> without_gaps(const Histogram &histogram) {
  std::vector<Bucket> filled;
  constexpr size_t most_buckets = 1 << 16;  // no kernel has as many
  for (const Bucket &bucket : histogram.buckets) {
    while (!filled.empty() && filled.back().high + 1 < bucket.low) {
      const Wide low = filled.back().high + 1, most = bucket.low - 1;
      const bool known = knows_its_grid(histogram) && filled.size() < most_buckets;
      filled.push_back({.low = low, .high = known ? std::min(end_of_bucket(histogram, low), most) : most});
    }
    filled.push_back(bucket);
  }
  return filled;
}

/// Adds by interval; the result is sorted.
void add_buckets(std::vector<Bucket> &sum, const std::vector<Bucket> &more) {
  for (const Bucket &bucket : more) {
    const auto same = [&bucket](const Bucket &other) { return same_interval(bucket, other); };
    const auto found = std::ranges::find_if(sum, same);
    if (found != sum.end())
      found->count += bucket.count;
    else
      sum.push_back(bucket);
  }
  std::ranges::sort(sum, lies_before);
}

void add_histogram(Histogram &sum, const Histogram &more) {
  if (sum.buckets.empty()) sum.grid = more.grid;
  add_buckets(sum.buckets, more.buckets);
  sum.buckets = without_gaps(sum);
  // Weights of both signs may cancel out, and then a histogram is shorter.
  const auto is_used = [](const Bucket &bucket) { return bucket.count != 0; };
  sum.buckets.erase(std::find_if(sum.buckets.rbegin(), sum.buckets.rend(), is_used).base(), sum.buckets.end());
  sum.buckets.erase(sum.buckets.begin(), std::ranges::find_if(sum.buckets, is_used));
  sum.before.reset();
  sum.after.reset();
}

void add_percentiles(Tuple &sum, const Tuple &more) {
  if (sum.sketch.empty() || more.sketch.empty() || sum.names != more.names) {
    sum = more;
    return;
  }
  add_buckets(sum.sketch, more.sketch);
  settle_percentiles(sum);
}

void add_squares(Squares &sum, const Squares &more) {
  Wide carry = 0;
  for (size_t i = 0; i < sum.size(); i++) {
    carry += Wide(sum[i]) + Wide(more[i]);
    sum[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
}

void add_stats(Stats &sum, const Stats &more) {
  sum.count += more.count;
  sum.sum += more.sum;
  if (sum.squares && more.squares) add_squares(*sum.squares, *more.squares);
}

template <class Number>
void add_number(Number &sum, Number more, Show show) {
  switch (show) {
    case Show::count:
    case Show::sum:
      sum = static_cast<Number>(static_cast<uint64_t>(sum) + static_cast<uint64_t>(more));
      return;
    case Show::minimum:
      sum = std::min(sum, more);
      return;
    case Show::maximum:
      sum = std::max(sum, more);
      return;
    case Show::none:
    case Show::average:
    case Show::stats:
    case Show::log2_histogram:
    case Show::linear_histogram:
    case Show::log_linear_histogram:
    case Show::percentiles:
    case Show::deviation:
    case Show::magnitudes:
    case Show::time_series:
      sum = more;
      return;
  }
}

/// Two values of one kind; what cannot be added is replaced.
template <class T>
void add(T &sum, const T &more, Show show) {
  if constexpr (std::is_same_v<T, int64_t> || std::is_same_v<T, uint64_t>)
    add_number(sum, more, show);
  else if constexpr (std::is_same_v<T, Histogram>)
    add_histogram(sum, more);
  else if constexpr (std::is_same_v<T, Stats>)
    add_stats(sum, more);
  else if constexpr (std::is_same_v<T, Tuple>)
    show == Show::percentiles ? add_percentiles(sum, more) : void(sum = more);
  else
    sum = more;
}

}  // namespace

void add_value(TypedValue &sum, const TypedValue &more) {
  if (sum.value.index() != more.value.index()) {
    sum = more;
    return;
  }
  std::visit([&](auto &value) { add(value, std::get<std::decay_t<decltype(value)>>(more.value), sum.show); },
             sum.value);
}

bool can_be_added(const TypedValue &value) {
  if (value.show == Show::average || value.show == Show::deviation) return std::holds_alternative<Stats>(value.value);
  if (const Tuple *record = std::get_if<Tuple>(&value.value); record && value.show == Show::percentiles)
    return !record->sketch.empty();
  return value.show != Show::none && value.show != Show::time_series;
}

void add_snapshot(Snapshot &sum, const Snapshot &more) {
  sum.name = more.name;
  sum.keyed = more.keyed;
  sum.rows.insert(sum.rows.end(), more.rows.begin(), more.rows.end());
  std::ranges::stable_sort(sum.rows, key_before);
  std::vector<Row> rows;
  for (Row &row : sum.rows) {
    if (!rows.empty() && !key_before(rows.back(), row))
      add_value(rows.back().value, row.value);
    else
      rows.push_back(std::move(row));
  }
  sum.rows = std::move(rows);
  sort_rows(sum);
}

void MapHistory::add(const Snapshot &snapshot) {
  if (snapshot.taken) {
    add_snapshot(taken_, snapshot);
    latest_.rows.clear();
  } else {
    latest_ = snapshot;
  }
}

Snapshot MapHistory::sum() const {
  if (taken_.rows.empty()) return latest_;
  Snapshot sum = taken_;
  if (!latest_.rows.empty()) add_snapshot(sum, latest_);
  return sum;
}

}  // namespace awl
