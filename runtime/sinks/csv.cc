// SPDX-License-Identifier: GPL-2.0-only
// CSV (RFC 4180) and TSV: one table for everything that a run says, so that any program can load it whatever the
// script is. A histogram is a line for each bucket (both edges inclusive), stats() three lines; the columns of keys
// are as many as the map with most of them needs.
//
//   seconds,record,name,key1,key2,field,low,high,value,unit
//   1.000213,map,lat,dd,1203,,512,1023,3,ns
//   1.000213,map,sizes,dd,,average,,,4096,bytes
//   1.000214,printf,,,,,,,"dd read 4096, bytes",
//
// Names of maps go without their `@`. Control characters in strings are escaped as on a terminal, so a record is a
// line. A cell that a spreadsheet would take for a formula gets an apostrophe in front.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/formats.h"
#include "src/base/text.h"

namespace awl {
namespace {

enum class Dialect : uint8_t { csv, tsv };

bool is_formula(std::string_view cell) {
  return !cell.empty() && std::string_view("=+-@\t\r").find(cell[0]) != std::string_view::npos;
}

bool is_number(const Value &value) {
  return std::holds_alternative<int64_t>(value) || std::holds_alternative<uint64_t>(value);
}

class TableSink : public Sink {
 public:
  TableSink(Writer &writer, const SinkOptions &options, Dialect dialect)
      : writer_(writer), options_(options), dialect_(dialect) {}

  void start(size_t) override {
    started_ = options_.now();
    seconds_ = "seconds";
    begin("record", "name");
    for (size_t i = 1; i <= options_.key_columns; i++) plain(fmt::format("key{}", i));
    for (const std::string_view title : {"field", "low", "high", "value", "unit"}) plain(title);
    finish();
  }

  void map(const Snapshot &snapshot, bool) override {
    stamp();
    for (const Row &row : snapshot.rows) map_row(snapshot, row);
  }
  void printf(const PrintfEvent &event) override {
    std::string text = render_printf(event.format, event.values, Look{.escape = false, .plain = true});
    if (text.ends_with('\n')) text.pop_back();
    text_record("printf", text);
  }
  void value(const ValueEvent &event) override {
    stamp();
    for (size_t i = 0; i < event.values.size(); i++) {
      begin("value", "");
      skip(options_.key_columns);
      number(static_cast<Wide>(i + 1));
      skip(2);
      cell(event.values[i]);
      plain(unit_name(event.values[i].unit));
      finish();
    }
  }
  void time(const TimeEvent &event) override {
    std::string text = event.text;
    if (text.ends_with('\n')) text.pop_back();
    text_record("time", text);
  }
  void note(const Note &note) override {
    stamp();
    begin("note", "");
    skip(options_.key_columns);
    string(note.subject + ": " + note.message);
    skip(2);
    number(static_cast<Wide>(note.count));
    skip(1);
    finish();
  }

 private:
  void map_row(const Snapshot &snapshot, const Row &row) {
    open_row(snapshot, row);
    prefix_ = line_;
    if (const Histogram *histogram = std::get_if<Histogram>(&row.value.value)) {
      for (const Bucket &bucket : histogram->buckets) bucket_row(bucket, row.value.unit);
    } else if (const Stats *stats = std::get_if<Stats>(&row.value.value); stats && !stats->only_number) {
      value_row("count", static_cast<Wide>(stats->count), Unit::none);
      value_row("average", stats->number(), row.value.unit);
      value_row("total", stats->sum, row.value.unit);
    } else if (const TimeSeries *series = std::get_if<TimeSeries>(&row.value.value)) {
      for (const TimeSeries::Point &point : series->points) point_row(point, series->interval, row.value.unit);
    } else {
      skip(3);
      cell(row.value);
      plain(unit_name(row.value.unit));
      finish();
    }
  }

  void open_row(const Snapshot &snapshot, const Row &row) {
    begin("map", std::string_view(snapshot.name).substr(1));
    for (const TypedValue &column : row.key) cell(column);
    skip(options_.key_columns - std::min(options_.key_columns, row.key.size()));
  }

  void bucket_row(const Bucket &bucket, Unit unit) {
    line_ = prefix_;
    skip(1);
    bucket.open_low ? skip(1) : number(bucket.low);
    bucket.open_high ? skip(1) : number(bucket.high);
    number(static_cast<Wide>(bucket.count));
    plain(unit_name(unit));
    finish();
  }

  /// An interval from its first nanosecond to its last.
  void point_row(const TimeSeries::Point &point, uint64_t interval, Unit unit) {
    line_ = prefix_;
    skip(1);
    number(point.start);
    number(point.start + static_cast<Wide>(interval) - 1);
    point.value ? number(*point.value) : skip(1);
    plain(unit_name(unit));
    finish();
  }

  void value_row(std::string_view field, Wide value, Unit unit) {
    line_ = prefix_;
    plain(field);
    skip(2);
    number(value);
    plain(unit_name(unit));
    finish();
  }

  void text_record(std::string_view record, std::string_view text) {
    stamp();
    begin(record, "");
    skip(options_.key_columns + 3);
    string(text);
    skip(1);
    finish();
  }

  void stamp() {
    const uint64_t passed = options_.now() - started_;
    seconds_ = fmt::format("{}.{:06}", passed / 1'000'000'000, passed % 1'000'000'000 / 1000);
  }

  void begin(std::string_view record, std::string_view name) {
    line_ = seconds_;
    plain(record);
    plain(name);
  }
  void finish() {
    line_ += dialect_ == Dialect::csv ? "\r\n" : "\n";
    writer_.write(line_);
  }
  void separate() { line_ += dialect_ == Dialect::csv ? ',' : '\t'; }
  void skip(size_t columns) {
    for (size_t i = 0; i < columns; i++) separate();
  }
  /// One of our own words.
  void plain(std::string_view text) {
    separate();
    line_ += text;
  }
  void number(Wide value) {
    separate();
    append_integer(line_, value);
  }
  void cell(const TypedValue &value) {
    cell_.clear();
    append_value(cell_, value, {.escape = false, .plain = true});
    if (!is_number(value.value)) return string(cell_);
    separate();
    line_ += cell_;
  }

  /// A string from anywhere.
  void string(std::string_view bytes) {
    separate();
    std::string text = escape_text(bytes);
    if (is_formula(text)) text.insert(0, 1, '\'');
    if (dialect_ == Dialect::tsv || text.find_first_of(",\"") == text.npos) {
      line_ += text;
      return;
    }
    line_ += '"';
    for (const char c : text) line_.append(c == '"' ? 2 : 1, c);
    line_ += '"';
  }

  Writer &writer_;
  const SinkOptions options_;
  const Dialect dialect_;
  uint64_t started_ = 0;
  std::string seconds_, prefix_, line_, cell_;
};

}  // namespace

std::unique_ptr<Sink> make_csv_sink(Writer &writer, const SinkOptions &options) {
  return std::make_unique<TableSink>(writer, options, Dialect::csv);
}

std::unique_ptr<Sink> make_tsv_sink(Writer &writer, const SinkOptions &options) {
  return std::make_unique<TableSink>(writer, options, Dialect::tsv);
}

}  // namespace awl
