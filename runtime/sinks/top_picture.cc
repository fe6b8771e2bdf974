// SPDX-License-Identifier: GPL-2.0-only
//   awl: @reads count, 2 rows; 1-9 sort, r turns, q ends
//            new        per s  key: value
//             12         12.0  dd: 142
#include "runtime/sinks/top_picture.h"

#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/difference.h"
#include "src/base/utf8.h"

namespace awl {
namespace {

/// The number that grows.
Wide amount_of(const TypedValue &value) {
  if (const int64_t *number = std::get_if<int64_t>(&value.value)) return *number;
  if (const uint64_t *number = std::get_if<uint64_t>(&value.value)) return static_cast<Wide>(*number);
  if (const Stats *stats = std::get_if<Stats>(&value.value))
    return stats->only_number ? stats->number() : static_cast<Wide>(stats->count);
  if (const Histogram *histogram = std::get_if<Histogram>(&value.value)) return static_cast<Wide>(histogram->total());
  return 0;
}

std::string edge(const Histogram &histogram, double share) {
  const Bucket *bucket = percentile(histogram, share);
  if (!bucket) return "-";
  if (histogram.unit == Unit::nanoseconds) return time_text(bucket->high);
  std::string text;
  append_integer(text, bucket->high);
  return text;
}

std::string shown(const TypedValue &value) {
  if (const Histogram *histogram = std::get_if<Histogram>(&value.value))
    return fmt::format("{} p50<={} p99<={}", histogram->total(), edge(*histogram, 0.5), edge(*histogram, 0.99));
  std::string text;
  append_value(text, value, Look{});
  return text;
}

struct TopRow {
  const Row *row;
  Wide amount, fresh;
};

std::string key_text(const Row &row) {
  std::string text;
  for (const TypedValue &column : row.key) {
    if (&column != row.key.data()) text += ", ";
    append_value(text, column, Look{});
  }
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::vector<TopRow> rows_of(const Snapshot &now, const Snapshot &before) {
  std::map<std::string, Wide> old;
  for (const Row &row : before.rows) old[key_text(row)] = amount_of(row.value);
  std::vector<TopRow> rows;
  for (const Row &row : now.rows) {
    const Wide amount = amount_of(row.value);
    const auto known = old.find(key_text(row));
    // A map that was cleared begins again.
    const Wide fresh = known == old.end() || known->second > amount ? amount : amount - known->second;
    rows.push_back({&row, amount, fresh});
  }
  return rows;
}

void sort(std::vector<TopRow> &rows, const TopOrder &order) {
  std::ranges::stable_sort(rows, [&order](const TopRow &a, const TopRow &b) {
    if (order.column == 0) return a.amount < b.amount;
    if (order.column == 1) return a.fresh < b.fresh;
    const size_t column = order.column - 2;
    if (column >= a.row->key.size() || column >= b.row->key.size()) return false;
    return key_before({{a.row->key[column]}, {}}, {{b.row->key[column]}, {}});
  });
  if (!order.ascending) std::ranges::reverse(rows);
}

/// A line that fits; the terminal must not break it.
std::string cut(std::string_view line, size_t columns) {
  size_t end = 0, width = 0;
  while (end < line.size()) {
    const CodePoint c = first_code_point(line.substr(end));
    width += display_width(c.value);
    if (width > columns) break;
    end += c.length;
  }
  return std::string(line.substr(0, end));
}

std::string digits(Wide number) {
  std::string text;
  append_integer(text, number);
  return text;
}

}  // namespace

std::string top_picture(const Snapshot &now, const Snapshot &before, double seconds, const TopOrder &order,
                        size_t lines, size_t columns, const std::deque<std::string> &below) {
  std::vector<TopRow> rows = rows_of(now, before);
  sort(rows, order);
  const std::string_view show = now.rows.empty() ? "" : name_of(now.rows[0].value.show);
  std::vector<std::string> all = {fmt::format("awl: {}{}{}, {} row{}; 1-9 sort, r turns, q ends", now.name,
                                              show.empty() ? "" : " ", show, rows.size(), rows.size() == 1 ? "" : "s"),
                                  fmt::format("{:>12} {:>12}  {}", "new", "per s", now.keyed ? "key: value" : "value")};
  const size_t room = lines > all.size() + below.size() + 1 ? lines - all.size() - below.size() - 1 : 1;
  for (size_t i = 0; i < std::min(rows.size(), room); i++) {
    const std::string key = key_text(*rows[i].row);
    const double rate = seconds > 0 ? static_cast<double>(rows[i].fresh) / seconds : 0;
    all.push_back(fmt::format("{:>12} {:>12.1f}  {}{}{}", digits(rows[i].fresh), rate, key, key.empty() ? "" : ": ",
                              shown(rows[i].row->value)));
  }
  all.insert(all.end(), below.begin(), below.end());
  std::string picture;
  for (const std::string &line : all) picture += cut(line, columns) + "\n";
  return picture;
}

}  // namespace awl
