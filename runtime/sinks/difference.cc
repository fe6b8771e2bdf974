// SPDX-License-Identifier: GPL-2.0-only
// A comparison, as text:
//
//   @reads: count
//     dd                                     100          150          +50   +50.0%
//     cat                                     10            -          -10   gone
//
//   @lat: quantize
//     dd: 100 -> 120 samples, p50 [512, 1023] -> [1024, 2047], p99 [2048, 4095] as before
//       [512, 1023]                          90           30          -60   -66.7%
//
// Of pct() there is the first of these lines only. What is the same in both runs is not shown. -f folded gives
// `stack before after` lines, which difference tools read.
#include "runtime/sinks/difference.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/merge.h"
#include "runtime/sinks/profile.h"
#include "src/base/text.h"

namespace awl {
namespace {

std::optional<Wide> number_of(const TypedValue &value) {
  if (const int64_t *number = std::get_if<int64_t>(&value.value)) return *number;
  if (const uint64_t *number = std::get_if<uint64_t>(&value.value)) return static_cast<Wide>(*number);
  if (const Stats *stats = std::get_if<Stats>(&value.value)) return stats->number();
  return std::nullopt;
}

std::string shown(const TypedValue &value) {
  std::string text;
  append_value(text, value, Look{});
  return std::string(trim(text));
}

std::string key_text(const Row &row) {
  std::string text;
  for (const TypedValue &column : row.key) text += (text.empty() ? "" : ", ") + shown(column);
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::string signed_digits(Wide number) {
  std::string text = number > 0 ? "+" : "";
  append_integer(text, number);
  return text;
}

std::string ratio(Wide before, Wide after) {
  if (before == 0) return "new";
  if (after == 0) return "gone";
  return fmt::format("{:+.1f}%", 100.0 * static_cast<double>(after - before) / std::abs(static_cast<double>(before)));
}

std::string interval(const Bucket &bucket) {
  std::string text = bucket.open_low ? "(..., " : "[";
  if (!bucket.open_low) append_integer(text, bucket.low);
  if (!bucket.open_low) text += ", ";
  if (bucket.open_high) return text + "...)";
  append_integer(text, bucket.high);
  return text + "]";
}

std::string shift(const Histogram &before, const Histogram &after, double share) {
  const Bucket *a = percentile(before, share), *b = percentile(after, share);
  if (!a || !b) return a ? interval(*a) + " -> none" : b ? "none -> " + interval(*b) : "none";
  return interval(*a) == interval(*b) ? interval(*a) + " as before" : interval(*a) + " -> " + interval(*b);
}

int64_t count_in(const Histogram &histogram, const std::string &range) {
  for (const Bucket &bucket : histogram.buckets)
    if (interval(bucket) == range) return bucket.count;
  return 0;
}

using Rows = std::vector<DifferenceRow>;

/// How the whole shifts.
void add_shift(Rows &rows, std::string key, const Histogram &before, const Histogram &after) {
  rows.push_back({.kind = DifferenceRow::Kind::histogram,
                  .name = std::move(key),
                  .before = std::to_string(before.total()),
                  .after = std::to_string(after.total()),
                  .median = shift(before, after, 0.5),
                  .tail = shift(before, after, 0.99)});
}

void add_histograms(Rows &rows, std::string key, const Histogram &before, const Histogram &after) {
  if (before == after) return;
  add_shift(rows, std::move(key), before, after);
  TypedValue both = {.value = before};
  add_value(both, {.value = after});
  for (const Bucket &bucket : std::get<Histogram>(both.value).buckets) {
    const std::string range = interval(bucket);
    const Wide a = static_cast<Wide>(count_in(before, range)), b = static_cast<Wide>(count_in(after, range));
    if (a != b)
      rows.push_back({.kind = DifferenceRow::Kind::bucket,
                      .name = range,
                      .before = std::to_string(static_cast<int64_t>(a)),
                      .after = std::to_string(static_cast<int64_t>(b)),
                      .change = signed_digits(b - a),
                      .part = ratio(a, b)});
  }
}

void add_values(Rows &rows, std::string key, const TypedValue *before, const TypedValue *after) {
  if (before && after && before->value == after->value) return;
  const std::optional<Wide> a = before ? number_of(*before) : 0, b = after ? number_of(*after) : 0;
  rows.push_back({.name = std::move(key),
                  .before = before ? shown(*before) : "-",
                  .after = after ? shown(*after) : "-",
                  .change = a && b ? signed_digits(*b - *a) : "",
                  .part = !before ? "new" : !after ? "gone" : a && b ? ratio(*a, *b) : ""});
}

/// The buckets of pct(), which are too many to be shown one by one.
const std::vector<Bucket> *sketch_of(const Row *row) {
  const Tuple *tuple = row ? std::get_if<Tuple>(&row->value.value) : nullptr;
  return tuple && !tuple->sketch.empty() ? &tuple->sketch : nullptr;
}

void add_sketches(Rows &rows, std::string key, const std::vector<Bucket> *before, const std::vector<Bucket> *after) {
  const Histogram a = {.buckets = before ? *before : std::vector<Bucket>{}};
  const Histogram b = {.buckets = after ? *after : std::vector<Bucket>{}};
  if (a != b) add_shift(rows, std::move(key), a, b);
}

void add_rows(Rows &rows, const Row *before, const Row *after) {
  std::string key = key_text(before ? *before : *after);
  const std::vector<Bucket> *old_sketch = sketch_of(before), *new_sketch = sketch_of(after);
  if (old_sketch || new_sketch) return add_sketches(rows, std::move(key), old_sketch, new_sketch);
  const Histogram none;
  const Histogram *a = before ? std::get_if<Histogram>(&before->value.value) : nullptr;
  const Histogram *b = after ? std::get_if<Histogram>(&after->value.value) : nullptr;
  if (a || b)
    add_histograms(rows, std::move(key), a ? *a : none, b ? *b : none);
  else
    add_values(rows, std::move(key), before ? &before->value : nullptr, after ? &after->value : nullptr);
}

void append_line(std::string &out, const DifferenceRow &row) {
  if (row.kind == DifferenceRow::Kind::histogram) {
    fmt::format_to(std::back_inserter(out), "  {}{}{} -> {} samples, p50 {}, p99 {}\n", row.name,
                   row.name.empty() ? "" : ": ", row.before, row.after, row.median, row.tail);
    return;
  }
  const size_t indent = row.kind == DifferenceRow::Kind::bucket ? 4 : 2;
  out.append(indent, ' ');
  append_left(out, row.name, 38 - indent);
  fmt::format_to(std::back_inserter(out), " {:>12} {:>12} {:>12}   {}\n", row.before, row.after, row.change, row.part);
}

/// The rows of both by key, and what each of the two has there.
template <class Visit>
void for_each_pair(Snapshot before, Snapshot after, const Visit &visit) {
  std::ranges::stable_sort(before.rows, key_before);
  std::ranges::stable_sort(after.rows, key_before);
  auto a = before.rows.begin(), b = after.rows.begin();
  while (a != before.rows.end() || b != after.rows.end()) {
    const bool only_a = b == after.rows.end() || (a != before.rows.end() && key_before(*a, *b));
    const bool only_b = !only_a && (a == before.rows.end() || key_before(*b, *a));
    visit(only_b ? nullptr : &*a, only_a ? nullptr : &*b);
    if (!only_b) ++a;
    if (!only_a) ++b;
  }
}

}  // namespace

const Bucket *percentile(const Histogram &histogram, double share) {
  const auto wanted = std::max<int64_t>(static_cast<int64_t>(std::ceil(share * static_cast<double>(histogram.total()))), 1);
  int64_t seen = 0;
  for (const Bucket &bucket : histogram.buckets)
    if ((seen += bucket.count) >= wanted) return &bucket;
  return nullptr;
}

std::vector<DifferenceRow> difference_rows(const Snapshot &before, const Snapshot &after) {
  Rows rows;
  for_each_pair(before, after, [&rows](const Row *a, const Row *b) { add_rows(rows, a, b); });
  return rows;
}

std::string difference_title(const Snapshot &before, const Snapshot &after) {
  const Snapshot &either = before.rows.empty() ? after : before;
  const std::string_view show = either.rows.empty() ? "" : name_of(either.rows[0].value.show);
  return fmt::format("{}{}{}", either.name, show.empty() ? "" : ": ", show);
}

std::string difference(const Snapshot &before, const Snapshot &after) {
  std::string out;
  for (const DifferenceRow &row : difference_rows(before, after)) append_line(out, row);
  return out.empty() ? out : difference_title(before, after) + "\n" + out;
}

std::string folded_difference(const Snapshot &before, const Snapshot &after) {
  std::string out;
  for_each_pair(before, after, [&out](const Row *a, const Row *b) {
    ProfileBuilder builder("all");
    Snapshot one;
    one.rows.push_back(a ? *a : *b);
    one.rows[0].value = {.value = uint64_t{1}};
    builder.add(one);
    const Profile profile = builder.finish();
    std::string line;
    for (const uint32_t frame : profile.weights.begin()->first) {
      std::string name = profile.frames[frame].name;
      std::ranges::replace(name, ';', ':');
      line += (line.empty() ? "" : ";") + name;
    }
    const auto weight = [](const Row *row) { return row ? std::max<Wide>(number_of(row->value).value_or(0), 0) : 0; };
    out += fmt::format("{} {} {}\n", line, static_cast<uint64_t>(weight(a)), static_cast<uint64_t>(weight(b)));
  });
  return out;
}

}  // namespace awl
