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

/// Histograms have their empty buckets, too, so a gap between two parts is filled: by powers of two as they are, in a
/// linear one by a single bucket as wide as the gap.
std::vector<Bucket> without_gaps(const std::vector<Bucket> &buckets, Histogram::Scale scale) {
  std::vector<Bucket> filled;
  for (const Bucket &bucket : buckets) {
    while (!filled.empty() && !filled.back().open_low && !bucket.open_high && filled.back().high + 1 < bucket.low) {
      const Wide low = filled.back().high + 1;
      if (scale != Histogram::Scale::log2)
        filled.push_back({.low = low, .high = bucket.low - 1});
      else if (low < 0)
        filled.push_back({.low = low, .high = low == -1 ? -1 : low / 2 - 1});
      else
        filled.push_back({.low = low, .high = low == 0 ? 0 : low * 2 - 1});
    }
    filled.push_back(bucket);
  }
  return filled;
}

void add_histogram(Histogram &sum, const Histogram &more) {
  for (const Bucket &bucket : more.buckets) {
    const auto same = [&bucket](const Bucket &other) { return same_interval(bucket, other); };
    const auto found = std::ranges::find_if(sum.buckets, same);
    if (found != sum.buckets.end())
      found->count += bucket.count;
    else
      sum.buckets.push_back(bucket);
  }
  std::ranges::sort(sum.buckets, lies_before);
  sum.buckets = without_gaps(sum.buckets, sum.scale);
  sum.before.reset();
  sum.after.reset();
}

void add_stats(Stats &sum, const Stats &more) {
  sum.count += more.count;
  sum.sum += more.sum;
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
  if (value.show == Show::average) return std::holds_alternative<Stats>(value.value);
  return value.show != Show::none && value.show != Show::percentiles && value.show != Show::deviation &&
         value.show != Show::time_series;
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
