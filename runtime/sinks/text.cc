// SPDX-License-Identifier: GPL-2.0-only
// The default look: ply's picture.
//
//   (an empty line)
//   @:
//   { size    }:
//   	[   0,    1]	       3 ┤█████████▋                      │
//
//   (an empty line)
//   @reads:
//   { dd             ,  1203 }: 18
//   { cat            ,   412 }: 33
//
//   (an empty line)
//   @hits: 42
//   @lat: count 3, average 1.02us, total 3.07us
//
// Maps stand apart by an empty line before each; plain values without a key form one block. A single value that the
// script asked for is one line and nothing else, so that a print in an interval is a line each time.
// --style ply is the same but for four things: an empty line after every histogram, negative samples in one row
// `< 0`, frames of stacks behind a tab, and numbers in keys as wide as they are, but for those of processes and users,
// which have at least five digits. (ply gives users four, but here they look like processes.)
// Knows nothing of losses: a person reads these on the other channel.
#include <algorithm>

#include "runtime/render.h"
#include "runtime/sinks/style.h"

namespace awl {

namespace {

/// A column is padded up to here. Longer keys stick out instead of widening the rows of all others.
constexpr size_t widest_column = 63;
constexpr size_t narrowest_number = 5;
constexpr size_t narrowest_text = 7;

/// What takes lines of its own.
bool is_picture(const TypedValue &value) {
  return std::holds_alternative<Histogram>(value.value) || std::holds_alternative<TimeSeries>(value.value);
}

/// Strings of fixed size keep their width when they fit. Other columns end one before a multiple of eight, so that
/// columns of similar maps line up.
size_t text_column_width(size_t shown, size_t fixed_width) {
  if (fixed_width > 0 && shown <= fixed_width) return fixed_width;
  return std::max(narrowest_text, (shown + 8) / 8 * 8 - 1);
}

struct ColumnWidth {
  size_t width = narrowest_number;
  bool right = true;
};

class TextSink : public Sink {
 public:
  TextSink(Writer &writer, const SinkOptions &options, bool as_ply)
      : writer_(writer), look_({.unicode = options.unicode}), as_ply_(as_ply) {}

  void map(const Snapshot &snapshot, bool asked) override {
    if (snapshot.rows.empty()) return;
    if (snapshot.keyed)
      keyed_map(snapshot);
    else if (is_picture(snapshot.rows.front().value))
      lone_picture(snapshot);
    else
      lone_value(snapshot, asked);
  }
  void printf(const PrintfEvent &event) override { print(render_printf(event.format, event.values, look_.escape)); }
  void value(const ValueEvent &event) override {
    line_.clear();
    for (size_t i = 0; i < event.values.size(); i++) {
      if (i > 0) line_ += ", ";
      append_value(line_, event.values[i], look_);
    }
    line_ += '\n';
    print(line_);
  }
  void time(const TimeEvent &event) override { print(event.text); }
  void note(const Note &) override {}

 private:
  void print(std::string_view text) {
    in_block_ = false;
    writer_.write(text);
  }

  void lone_value(const Snapshot &snapshot, bool asked) {
    line_.clear();
    if (!asked && !in_block_) line_ += '\n';
    line_ += snapshot.name;
    line_ += ": ";
    append_value(line_, snapshot.rows.front().value, look_);
    line_ += '\n';
    print(line_);
    in_block_ = !asked;
  }

  void heading(const Snapshot &snapshot) {
    print("\n");
    writer_.write(snapshot.name);
    writer_.write(":\n");
  }

  void lone_picture(const Snapshot &snapshot) {
    heading(snapshot);
    line_.clear();
    append_picture(snapshot.rows.front().value);
    if (as_ply_) line_ += '\n';
    writer_.write(line_);
  }

  void keyed_map(const Snapshot &snapshot) {
    heading(snapshot);
    const std::vector<ColumnWidth> columns = column_widths(snapshot);
    for (const Row &row : snapshot.rows) {
      line_.clear();
      append_key(row, columns);
      append_row_value(row.value, &row == &snapshot.rows.back());
      writer_.write(line_);
    }
  }

  void append_row_value(const TypedValue &value, bool is_last) {
    if (is_picture(value)) {
      line_ += '\n';
      append_picture(value);
      if (as_ply_ || !is_last) line_ += '\n';
    } else {
      append_value(line_, value, look_);
      line_ += '\n';
    }
  }

  void append_picture(const TypedValue &value) {
    if (const TimeSeries *series = std::get_if<TimeSeries>(&value.value))
      return append_series(line_, *series, value.unit, look_.unicode);
    const Histogram &histogram = std::get<Histogram>(value.value);
    if (!as_ply_ || histogram.buckets.empty() || histogram.buckets.front().low >= 0)
      return append_histogram(line_, histogram, look_.unicode);
    Histogram positive = histogram;
    Bucket negative = {.high = -1, .open_low = true};
    std::erase_if(positive.buckets, [&negative](const Bucket &bucket) {
      if (bucket.high < 0) negative.count += bucket.count;
      return bucket.high < 0;
    });
    positive.buckets.insert(positive.buckets.begin(), negative);
    append_histogram(line_, positive, look_.unicode);
  }

  void append_key(const Row &row, const std::vector<ColumnWidth> &columns) {
    line_ += "{ ";
    for (size_t i = 0; i < row.key.size(); i++) {
      if (i > 0) line_ += ", ";
      cell_.clear();
      append_cell(row.key[i]);
      if (columns[i].width == 0)
        line_ += cell_;
      else if (columns[i].right)
        append_right(line_, cell_, columns[i].width);
      else
        append_left(line_, cell_, columns[i].width);
    }
    line_ += " }: ";
  }

  void append_cell(const TypedValue &value) {
    const Stack *stack = std::get_if<Stack>(&value.value);
    if (!stack || !as_ply_) return append_value(cell_, value, look_);
    cell_ += '\n';
    for (const Symbol &frame : stack->frames) {
      cell_ += '\t';
      append_symbol(cell_, frame, look_.escape);
      cell_ += '\n';
    }
  }

  std::vector<ColumnWidth> column_widths(const Snapshot &snapshot) {
    std::vector<ColumnWidth> columns;
    for (const Row &row : snapshot.rows) {
      if (columns.size() < row.key.size()) columns.resize(row.key.size());
      for (size_t i = 0; i < row.key.size(); i++) widen(columns[i], row.key[i]);
    }
    return columns;
  }

  void widen(ColumnWidth &column, const TypedValue &value) {
    if (std::holds_alternative<Stack>(value.value)) {  // takes lines of its own
      column.width = 0;
      return;
    }
    const uint64_t *natural = std::get_if<uint64_t>(&value.value);
    if (as_ply_ && (natural || std::holds_alternative<int64_t>(value.value))) {
      column.width = natural && value.width == sizeof(uint32_t) ? narrowest_number : 0;
      return;
    }
    cell_.clear();
    append_value(cell_, value, look_);
    const size_t shown = text_width(cell_);
    const Text *text = std::get_if<Text>(&value.value);
    if (text) column.right = false;
    const size_t wanted = text ? text_column_width(shown, text->fixed_width) : shown;
    column.width = std::max(column.width, std::min(wanted, widest_column));
  }

  Writer &writer_;
  const Look look_;
  const bool as_ply_;
  bool in_block_ = false;  // the last thing printed was a line of a block of plain values
  std::string line_, cell_;
};

}  // namespace

std::unique_ptr<Sink> make_awl_text_sink(Writer &writer, const SinkOptions &options) {
  return std::make_unique<TextSink>(writer, options, false);
}

std::unique_ptr<Sink> make_ply_sink(Writer &writer, const SinkOptions &options) {
  return std::make_unique<TextSink>(writer, options, true);
}

}  // namespace awl
