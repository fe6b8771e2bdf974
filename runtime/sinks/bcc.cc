// SPDX-License-Identifier: GPL-2.0-only
// --style bcc: the tables of bcc's tools.
//
//   (an empty line)
//   @lat = dd
//        nsecs               : count     distribution
//            0 -> 1          : 3        |******                                  |
//            2 -> 3          : 18       |****************************************|
//
//   (an empty line)
//   @reads                                  COUNT
//   dd, 1203                                   18
//
//   (an empty line)
//     vfs_read
//     ksys_read
//       17
//
// A bar is the bucket's part of the largest one. Buckets begin at 0, whether something is there or not; beyond 2^32 the
// table is wider and its bars are shorter.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/style.h"

namespace awl {
namespace {

constexpr Look look = {.plain = true};

std::string_view unit_label(Unit unit) {
  switch (unit) {
    case Unit::nanoseconds:
      return "nsecs";
    case Unit::bytes:
      return "bytes";
    case Unit::none:
      return "value";
  }
  return {};
}

std::string digits(Wide number) {
  std::string text;
  append_integer(text, number);
  return text;
}

std::string stars(int64_t count, int64_t most, size_t width) {
  if (most == 0 || count < 0) return {};
  return std::string(static_cast<size_t>(static_cast<Wide>(count) * static_cast<Wide>(width) / static_cast<Wide>(most)),
                     '*');
}

int64_t most_of(const std::vector<Bucket> &buckets) {
  int64_t most = 0;
  for (const Bucket &bucket : buckets) most = std::max(most, bucket.count);
  return most;
}

/// 0 and 1 are one row here, and rows of nothing stand before the first sample.
std::vector<Bucket> rows_by_powers(const std::vector<Bucket> &buckets) {
  std::vector<Bucket> rows;
  if (!buckets.empty() && buckets.front().low > 1)
    for (Wide low = 0; low < buckets.front().low; low = low == 0 ? 2 : low * 2)
      rows.push_back({.low = low, .high = low == 0 ? 1 : low * 2 - 1});
  for (Bucket bucket : buckets) {
    const bool small = bucket.low == 0 || bucket.low == 1;
    if (small && !rows.empty() && rows.back().high == 1) {
      rows.back().count += bucket.count;
      continue;
    }
    if (small) bucket.low = 0, bucket.high = 1;
    rows.push_back(bucket);
  }
  return rows;
}

void append_by_powers(std::string &out, const Histogram &histogram) {
  const std::vector<Bucket> rows = rows_by_powers(histogram.buckets);
  const bool wide = !rows.empty() && (rows.back().high >> 32 > 0 || rows.front().low < -(Wide(1) << 32));
  const size_t cells = wide ? 20 : 40, number = wide ? 20 : 10;
  fmt::format_to(std::back_inserter(out), "{}{:<{}} : count     distribution\n", wide ? "               " : "     ",
                 unit_label(histogram.unit), wide ? 29 : 19);
  const int64_t most = most_of(rows);
  for (const Bucket &row : rows)
    fmt::format_to(std::back_inserter(out), "{:>{}} -> {:<{}} : {:<8} |{:<{}}|\n", digits(row.low), number,
                   digits(row.high), number, row.count, stars(row.count, most, cells), cells);
}

std::string linear_label(const Bucket &bucket) {
  if (bucket.open_low) return "< " + digits(bucket.high + 1);
  return (bucket.open_high ? ">= " : "") + digits(bucket.low);
}

void append_linear(std::string &out, const Histogram &histogram) {
  fmt::format_to(std::back_inserter(out), "     {:<13} : count     distribution\n", unit_label(histogram.unit));
  const int64_t most = most_of(histogram.buckets);
  for (const Bucket &bucket : histogram.buckets)
    fmt::format_to(std::back_inserter(out), "        {:<10} : {:<8} |{:<40}|\n", linear_label(bucket), bucket.count,
                   stars(bucket.count, most, 40));
}

bool has_stack(const Row &row) {
  return std::ranges::any_of(row.key,
                             [](const TypedValue &column) { return std::holds_alternative<Stack>(column.value); });
}

class BccSink : public Sink {
 public:
  explicit BccSink(Writer &writer) : writer_(writer) {}

  void map(const Snapshot &snapshot, bool) override {
    bool in_table = false;
    for (const Row &row : snapshot.rows) {
      line_.clear();
      if (const Histogram *histogram = std::get_if<Histogram>(&row.value.value))
        append_section(snapshot, row, *histogram);
      else if (has_stack(row))
        append_stack_row(row);
      else
        append_table_row(snapshot, row, in_table);
      in_table = true;
      writer_.write(line_);
    }
  }
  void printf(const PrintfEvent &event) override { writer_.write(render_printf(event.format, event.values, look)); }
  void value(const ValueEvent &event) override {
    line_.clear();
    append_columns(event.values);
    line_ += '\n';
    writer_.write(line_);
  }
  void time(const TimeEvent &event) override { writer_.write(event.text); }
  void note(const Note &) override {}

 private:
  void append_columns(const std::vector<TypedValue> &values) {
    for (const TypedValue &value : values) {
      if (&value != values.data()) line_ += ", ";
      append_value(line_, value, look);
    }
  }

  void append_section(const Snapshot &snapshot, const Row &row, const Histogram &histogram) {
    line_ += '\n';
    line_ += snapshot.name;
    if (snapshot.keyed) {
      line_ += " = ";
      append_columns(row.key);
    }
    line_ += '\n';
    histogram.scale == Histogram::Scale::log2 ? append_by_powers(line_, histogram) : append_linear(line_, histogram);
  }

  void append_table_row(const Snapshot &snapshot, const Row &row, bool in_table) {
    if (!in_table)
      fmt::format_to(std::back_inserter(line_), "\n{:<36} {:>8}\n", snapshot.name, heading(row.value.show));
    const size_t start = line_.size();
    append_columns(row.key);
    const std::string key = line_.substr(start);
    line_.resize(start);
    append_left(line_, key, 36);
    std::string value;
    append_value(value, row.value, look);
    line_ += ' ';
    append_right(line_, value, 8);
    line_ += '\n';
  }

  static std::string_view heading(Show show) { return show == Show::count ? "COUNT" : "VALUE"; }

  void append_stack_row(const Row &row) {
    line_ += '\n';
    std::string others;
    for (const TypedValue &column : row.key) {
      if (const Stack *stack = std::get_if<Stack>(&column.value)) {
        for (const Symbol &frame : stack->frames) append_frame(frame);
      } else {
        others += others.empty() ? "    " : ", ";
        append_value(others, column, look);
      }
    }
    if (!others.empty()) line_ += others + '\n';
    line_ += "    ";
    append_value(line_, row.value, look);
    line_ += '\n';
  }

  void append_frame(const Symbol &frame) {
    line_ += "  ";
    if (frame.name.empty())
      fmt::format_to(std::back_inserter(line_), "0x{:x}", frame.address);
    else
      append_text(line_, {.bytes = std::string(frame.name)}, true);
    line_ += '\n';
  }

  Writer &writer_;
  std::string line_;
};

}  // namespace

std::unique_ptr<Sink> make_bcc_sink(Writer &writer, const SinkOptions &) { return std::make_unique<BccSink>(writer); }

}  // namespace awl
