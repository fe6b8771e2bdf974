// SPDX-License-Identifier: GPL-2.0-only
// --style bpftrace: text as bpftrace 0.27 prints it.
//
//   (two empty lines when the run is over)
//   @hits: 5
//   @x[2, 1]: 2
//   @stats: { .count = 3, .average = 2, .total = 6 }
//   @lat[dd]:
//   [0]                    0 |                                                    |
//   [2, 4)                 2 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|
//   (an empty line)
//
// Every line of a keyed map carries the map's name. A bar is the bucket's part of the largest one.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/bpftrace_values.h"
#include "runtime/sinks/style.h"

namespace awl {
namespace {

constexpr size_t bar_cells = 52;

/// A bound of a histogram: powers of 1024 have letters, unless the steps of a linear one are not made of them.
std::string bound(Wide number, bool letters) {
  constexpr std::string_view names[] = {"", "K", "M", "G", "T", "P", "E"};
  size_t power = 0;
  for (; letters && number != 0 && number % 1024 == 0 && power + 1 < std::size(names); power++) number /= 1024;
  std::string text;
  append_integer(text, number);
  return text + std::string(names[power]);
}

std::string label(const BpftraceRow &row, bool letters) {
  if (!row.low) return fmt::format("(..., {})", bound(*row.end, letters));
  if (!row.end) return fmt::format("[{}, ...)", bound(*row.low, letters));
  if (*row.end == *row.low + 1) return fmt::format("[{}]", bound(*row.low, letters));
  return fmt::format("[{}, {})", bound(*row.low, letters), bound(*row.end, letters));
}

/// In a linear histogram all inner buckets are as wide as the first one.
bool has_letters(const Histogram &histogram, const std::vector<BpftraceRow> &rows) {
  if (histogram.scale == Histogram::Scale::log2) return true;
  return std::ranges::all_of(
      rows, [](const BpftraceRow &row) { return !row.low || !row.end || (*row.end - *row.low) % 1024 == 0; });
}

void append_rows(std::string &out, const Histogram &histogram) {
  const std::vector<BpftraceRow> rows = bpftrace_rows(histogram);
  const bool letters = has_letters(histogram, rows);
  int64_t most = 1;
  for (const BpftraceRow &row : rows) most = std::max(most, row.count);
  for (const BpftraceRow &row : rows) {
    // In single precision, as there: the last cell of a bar depends on it.
    const float cells = static_cast<float>(row.count) / static_cast<float>(most) * static_cast<float>(bar_cells);
    const std::string bar(std::min(static_cast<size_t>(std::max(cells, 0.0F)), bar_cells), '@');
    fmt::format_to(std::back_inserter(out), "{:<16}{:>8} |{:<52}|\n", label(row, letters), row.count, bar);
  }
}

class BpftraceTextSink : public Sink {
 public:
  explicit BpftraceTextSink(Writer &writer) : writer_(writer) {}

  void map(const Snapshot &snapshot, bool asked) override {
    if (!asked) leave();
    for (const Row *row : bpftrace_order(snapshot)) {
      line_ = snapshot.name;
      if (snapshot.keyed) {
        line_ += '[';
        append_bpftrace_key(line_, row->key, true);
        line_ += ']';
      }
      append_row_value(row->value);
      writer_.write(line_);
    }
  }
  void printf(const PrintfEvent &event) override {
    writer_.write(render_printf(event.format, event.values, Look{.plain = true}));
  }
  void value(const ValueEvent &event) override {
    line_.clear();
    for (const TypedValue &value : event.values) {
      if (&value != event.values.data()) line_ += ", ";
      append_bpftrace_value(line_, value, true);
    }
    line_ += '\n';
    writer_.write(line_);
  }
  void time(const TimeEvent &event) override { writer_.write(event.text); }
  void note(const Note &) override { leave(); }
  void end() override { leave(); }

 private:
  /// Two line ends stand between what the script printed and the maps, even when there are none.
  void leave() {
    if (!left_) writer_.write("\n\n");
    left_ = true;
  }

  void append_row_value(const TypedValue &value) {
    if (const Histogram *histogram = std::get_if<Histogram>(&value.value)) {
      line_ += ":\n";
      append_rows(line_, *histogram);
    } else if (const TimeSeries *series = std::get_if<TimeSeries>(&value.value)) {
      line_ += ":\n";
      append_bpftrace_series(line_, *series);
    } else {
      line_ += ": ";
      append_bpftrace_value(line_, value, true);
    }
    line_ += '\n';
  }

  Writer &writer_;
  bool left_ = false;
  std::string line_;
};

}  // namespace

std::unique_ptr<Sink> make_bpftrace_text_sink(Writer &writer, const SinkOptions &) {
  return std::make_unique<BpftraceTextSink>(writer);
}

}  // namespace awl
