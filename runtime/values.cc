// SPDX-License-Identifier: GPL-2.0-only
// Arithmetic on output values and the one order in which every sink shows the rows of a map.
#include "runtime/values.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace awl {
namespace {

/// The number that a value is ordered by; texts have none and come after everything that has one.
struct Rank {
  bool is_number = true;
  Wide number = 0;
};

struct RankOf {
  Rank operator()(int64_t number) const { return {true, number}; }
  Rank operator()(uint64_t number) const { return {true, static_cast<Wide>(number)}; }
  Rank operator()(bool truth) const { return {true, truth ? 1 : 0}; }
  Rank operator()(const Address &address) const { return {true, static_cast<Wide>(address.value)}; }
  Rank operator()(const Text &) const { return {false, 0}; }
  Rank operator()(const Histogram &histogram) const { return {true, static_cast<Wide>(histogram.total())}; }
  Rank operator()(const Stats &stats) const { return {true, stats.number()}; }
  Rank operator()(const EnumValue &value) const { return {true, value.number}; }
  Rank operator()(const Symbol &symbol) const { return {true, static_cast<Wide>(symbol.address)}; }
  Rank operator()(const Buffer &) const { return {false, 0}; }
  Rank operator()(const Tuple &) const { return {false, 0}; }
  Rank operator()(const Array &) const { return {false, 0}; }
  Rank operator()(const Stack &) const { return {false, 0}; }
  Rank operator()(const TimeSeries &series) const { return {true, series.points.empty() ? 0 : series.points.back().start}; }
};

int compare(const Rank &a, const Rank &b) {
  if (a.is_number != b.is_number) return a.is_number ? -1 : 1;
  return a.number < b.number ? -1 : a.number > b.number ? 1 : 0;
}

int compare(const Value &a, const Value &b);

int compare(const std::vector<TypedValue> &a, const std::vector<TypedValue> &b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); i++)
    if (const int order = compare(a[i].value, b[i].value)) return order;
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

int compare(const Stack &a, const Stack &b) {
  for (size_t i = 0; i < std::min(a.frames.size(), b.frames.size()); i++)
    if (a.frames[i].address != b.frames[i].address) return a.frames[i].address < b.frames[i].address ? -1 : 1;
  return a.frames.size() < b.frames.size() ? -1 : a.frames.size() > b.frames.size() ? 1 : 0;
}

/// Values of one kind; a map's column has only one.
int compare(const Value &a, const Value &b) {
  if (const auto *x = std::get_if<Text>(&a), *y = std::get_if<Text>(&b); x && y) return x->bytes.compare(y->bytes);
  if (const auto *x = std::get_if<Buffer>(&a), *y = std::get_if<Buffer>(&b); x && y) return x->bytes.compare(y->bytes);
  if (const auto *x = std::get_if<Tuple>(&a), *y = std::get_if<Tuple>(&b); x && y) return compare(x->values, y->values);
  if (const auto *x = std::get_if<Array>(&a), *y = std::get_if<Array>(&b); x && y) return compare(x->values, y->values);
  if (const auto *x = std::get_if<Stack>(&a), *y = std::get_if<Stack>(&b); x && y) return compare(*x, *y);
  return compare(std::visit(RankOf{}, a), std::visit(RankOf{}, b));
}

}  // namespace

bool key_before(const Row &a, const Row &b) { return compare(a.key, b.key) < 0; }

bool Tuple::operator==(const Tuple &) const = default;
bool Array::operator==(const Array &) const = default;

int64_t Histogram::total() const {
  Wide total = 0;
  for (const Bucket &bucket : buckets) total += bucket.count;
  using Limits = std::numeric_limits<int64_t>;
  return static_cast<int64_t>(std::clamp<Wide>(total, Limits::min(), Limits::max()));
}

uint64_t Histogram::weight() const {
  Wide weight = 0;
  for (const Bucket &bucket : buckets) weight += bucket.count < 0 ? -Wide(bucket.count) : bucket.count;
  return static_cast<uint64_t>(std::min<Wide>(weight, std::numeric_limits<uint64_t>::max()));
}

Wide Stats::number() const {
  if (count == 0) return 0;
  if (!squares) return sum / static_cast<Wide>(count);
  const long double samples = static_cast<long double>(count), mean = static_cast<long double>(sum) / samples;
  long double all = 0;
  for (size_t i = squares->size(); i-- > 0;) all = all * 0x1p64L + static_cast<long double>((*squares)[i]);
  const long double variance = all / samples - mean * mean;
  return static_cast<Wide>(variance > 0 ? std::sqrt(variance) : 0);
}

void settle_percentiles(Tuple &value) {
  uint64_t total = 0;
  for (const Bucket &bucket : value.sketch) total += static_cast<uint64_t>(bucket.count);
  const auto at = [&](long per_mille) -> int64_t {
    const Wide wanted = (static_cast<Wide>(total) * per_mille + 999) / 1000;
    Wide seen = 0;
    for (const Bucket &bucket : value.sketch)
      if ((seen += bucket.count) >= wanted) return static_cast<int64_t>((bucket.low + bucket.high) / 2);
    return 0;
  };
  for (size_t i = 0; i < value.names.size(); i++) {
    const std::string &name = value.names[i];
    if (name == "count") value.values[i].value = total;
    if (name == "max") value.values[i].value = static_cast<int64_t>(value.sketch.back().high);
    if (name.starts_with('p')) value.values[i].value = at(std::lround(std::strtod(name.c_str() + 1, nullptr) * 10));
  }
}

void order_rows(Snapshot &snapshot, bool descending, bool by_key) {
  if (by_key) std::ranges::stable_sort(snapshot.rows, key_before);
  if (descending) std::ranges::reverse(snapshot.rows);
  snapshot.ordered = true;
}

std::vector<size_t> ranks_of(const std::vector<Row> &rows) {
  // Ranks are worked out once a row: the total of a histogram is a loop of its own.
  struct Entry {
    Rank rank;
    size_t row;
  };
  std::vector<Entry> order;
  order.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); i++) order.push_back({std::visit(RankOf{}, rows[i].value.value), i});
  std::ranges::stable_sort(order, [&rows](const Entry &a, const Entry &b) {
    if (const int by_rank = compare(a.rank, b.rank)) return by_rank < 0;
    if (!a.rank.is_number)
      if (const int by_text = compare(rows[a.row].value.value, rows[b.row].value.value)) return by_text < 0;
    return key_before(rows[a.row], rows[b.row]);
  });
  std::vector<size_t> ranks;
  ranks.reserve(order.size());
  for (const Entry &entry : order) ranks.push_back(entry.row);
  return ranks;
}

void sort_rows(Snapshot &snapshot) {
  // Sorting small records and moving every row once is much cheaper than moving rows about while sorting.
  std::vector<Row> &rows = snapshot.rows, sorted;
  sorted.reserve(rows.size());
  for (const size_t row : ranks_of(rows)) sorted.push_back(std::move(rows[row]));
  rows = std::move(sorted);
}

}  // namespace awl
