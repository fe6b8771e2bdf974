// SPDX-License-Identifier: GPL-2.0-only
// JSON for programs, one object a line (NDJSON). Version 1, for validators in tests/runtime/awl.schema.json:
//
//   {"type":"start","version":1,"awl":"0.1.0","probes":2}
//   {"type":"map","name":"@lat","when":"end","show":"quantize","unit":"ns","rows":[
//      {"key":["dd",1203],"value":{"histogram":"log2","buckets":[{"low":512,"high":1023,"count":3}, ...]}}, ...]}
//   {"type":"map","name":"@hits","when":"print","show":"count","value":42}
//   {"type":"printf","text":"dd took 1.02us\n","values":["dd",1024],"units":[null,"ns"]}
//   {"type":"value","values":[1,"a"]}
//   {"type":"time","text":"12:00:00\n"}
//   {"type":"note","kind":"map_full","count":3,"subject":"@","message":"...","help":"..."}
//   {"type":"end"}
//
// A map with a key has `rows`, one without has `value` (null: not set). `when` is `print` for a print(@m) of the
// script and `end` at the end of the run; with `cleared` no later line has these numbers again. `show` names the
// aggregation; plain maps have none. `unit` belongs to the values of the map, `key_units` and `units` to key columns
// and values one by one; each is there only when there is a unit (`ns`, `bytes`) to tell.
//
// Values: integers are JSON integers with all their 64 bits. A histogram tells its buckets from the first to the
// last that is not empty, both edges inclusive, 0 and 1 apart; a bucket without `low` or `high` is open on that
// side. `bits` (log2), `step` (linear) or `factor`, `steps` and `nearest` (log-linear) tell how the empty ones would
// go on. tseries() is {"interval":100000000,"points":[{"start":1700000000500000000,"value":9}, ...]}, times in nanoseconds
// since 1970, `value` null without a sample. stats() and avg() are {"count":3,"average":5,"total":15},
// stddev() is {"count":3,"deviation":4,"total":15,"squares":"0x7b"}, pct() a record with the `sketch` that it was worked
// out from, all so that runs can be added up exactly. An address is {"address":"0xffff..."}. A string is a JSON
// string; when it is not UTF-8 it is {"bytes":"<base64>"}, and when its source was longer than what was read
// {"text":"...","truncated":true} (or bytes with truncated). The same spelling is used wherever a string stands.
//
// An enumerator is {"enum":"TASK_DEAD","number":128}, a buffer {"bytes":"<base64>"}, a tuple or an array a list, a
// record or a structure an object. A symbol is {"address":"0xffff...","symbol":"vfs_read","offset":12,"module":"..."},
// as far as it is known; a stack is {"stack":[symbols from the innermost on]}, with "user":true, "truncated":true and
// "lost":true where they hold.
//
// Programs should skip types and fields that they do not know: version 1 may gain some.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/json_text.h"
#include "runtime/sinks/style.h"

namespace awl {
namespace {

std::string_view kind_name(Note::Kind kind) {
  switch (kind) {
    case Note::Kind::lost_events:
      return "lost_events";
    case Note::Kind::map_full:
      return "map_full";
    case Note::Kind::missed:
      return "missed";
    case Note::Kind::fault:
      return "fault";
    case Note::Kind::child_exit:
      return "child_exit";
  }
  return {};
}

std::string_view scale_name(Histogram::Scale scale) {
  switch (scale) {
    case Histogram::Scale::log2:
      return "log2";
    case Histogram::Scale::linear:
      return "linear";
    case Histogram::Scale::log_linear:
      return "log-linear";
  }
  return {};
}

/// A whole value; one function for each alternative, so that a new one does not compile unseen.
struct JsonValue {
  std::string &out;

  void operator()(int64_t number) const { append_integer(out, number); }
  void operator()(uint64_t number) const { append_integer(out, static_cast<Wide>(number)); }
  void operator()(bool truth) const { out += truth ? "true" : "false"; }
  void operator()(const Text &text) const { append_json_text(out, text); }
  void operator()(const Address &address) const {
    fmt::format_to(std::back_inserter(out), "{{\"address\":\"0x{:x}\"}}", address.value);
  }
  void operator()(const Histogram &histogram) const {
    fmt::format_to(std::back_inserter(out), "{{\"histogram\":\"{}\",\"buckets\":", scale_name(histogram.scale));
    append_buckets(histogram.buckets);
    const Histogram::Grid &grid = histogram.grid;
    const std::pair<std::string_view, int64_t> fields[] = {{"bits", grid.bits}, {"step", grid.step}, {"factor", grid.factor},
                                                           {"steps", grid.steps}, {"nearest", grid.nearest}};
    for (const auto &[name, number] : fields)
      if (number != 0) fmt::format_to(std::back_inserter(out), ",\"{}\":{}", name, number);
    out += '}';
  }
  void operator()(const Stats &stats) const {
    out += "{\"count\":";
    append_integer(out, static_cast<Wide>(stats.count));
    append_json_field(out, stats.squares ? "deviation" : "average");
    append_integer(out, stats.number());
    append_json_field(out, "total");
    append_integer(out, stats.sum);
    if (stats.squares) {
      const Squares &words = *stats.squares;
      const std::string digits = fmt::format("{:016x}{:016x}{:016x}", words[2], words[1], words[0]);
      fmt::format_to(std::back_inserter(out), ",\"squares\":\"0x{}\"",
                     digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1)));
    }
    out += '}';
  }

  void operator()(const TimeSeries &series) const {
    fmt::format_to(std::back_inserter(out), "{{\"interval\":{},\"points\":[", series.interval);
    for (const TimeSeries::Point &point : series.points) {
      fmt::format_to(std::back_inserter(out), "{}{{\"start\":{},\"value\":",
                     &point == series.points.data() ? "" : ",", point.start);
      point.value ? append_integer(out, *point.value) : void(out += "null");
      out += '}';
    }
    out += "]}";
  }
  void operator()(const EnumValue &value) const {
    out += "{\"enum\":";
    append_json_string(out, value.name);
    append_json_field(out, "number");
    append_integer(out, value.number);
    out += '}';
  }
  void operator()(const Buffer &buffer) const { append_json_bytes(out, buffer.bytes); }
  void operator()(const Tuple &tuple) const {
    if (tuple.names.empty()) return append_list(tuple.values);
    out += '{';
    for (size_t i = 0; i < tuple.values.size(); i++) {
      if (i > 0) out += ',';
      append_json_string(out, tuple.names[i]);
      out += ':';
      std::visit(JsonValue{out}, tuple.values[i].value);
    }
    if (!tuple.sketch.empty()) {
      append_json_field(out, "sketch");
      append_buckets(tuple.sketch);
    }
    out += '}';
  }
  void operator()(const Array &array) const { append_list(array.values); }
  void operator()(const Symbol &symbol) const {
    fmt::format_to(std::back_inserter(out), "{{\"address\":\"0x{:x}\"", symbol.address);
    if (!symbol.name.empty()) {
      append_json_field(out, "symbol");
      append_json_string(out, symbol.name);
      append_json_field(out, "offset");
      append_integer(out, static_cast<Wide>(symbol.offset));
    }
    if (!symbol.module.empty()) {
      append_json_field(out, "module");
      append_json_string(out, symbol.module);
    }
    if (!symbol.file.empty()) {
      append_json_field(out, "file");
      append_json_string(out, symbol.file);
      append_json_field(out, "line");
      append_integer(out, symbol.line);
    }
    if (symbol.inlined) out += ",\"inlined\":true";
    out += '}';
  }
  void operator()(const Stack &stack) const {
    out += "{\"stack\":[";
    for (const Symbol &frame : stack.frames) {
      if (&frame != stack.frames.data()) out += ',';
      (*this)(frame);
    }
    out += stack.user ? "],\"user\":true" : "]";
    if (stack.truncated) out += ",\"truncated\":true";
    if (stack.lost) out += ",\"lost\":true";
    out += '}';
  }

  void append_list(const std::vector<TypedValue> &values) const {
    out += '[';
    for (size_t i = 0; i < values.size(); i++) {
      if (i > 0) out += ',';
      std::visit(JsonValue{out}, values[i].value);
    }
    out += ']';
  }

  void append_buckets(const std::vector<Bucket> &buckets) const {
    out += '[';
    for (const Bucket &bucket : buckets) {
      if (&bucket != buckets.data()) out += ',';
      append_bucket(bucket);
    }
    out += ']';
  }

  void append_bucket(const Bucket &bucket) const {
    out += '{';
    if (!bucket.open_low) {
      out += "\"low\":";
      append_integer(out, bucket.low);
      out += ',';
    }
    if (!bucket.open_high) {
      out += "\"high\":";
      append_integer(out, bucket.high);
      out += ',';
    }
    out += "\"count\":";
    append_integer(out, static_cast<Wide>(bucket.count));
    out += '}';
  }
};

void append_values(std::string &out, const std::vector<TypedValue> &values) { JsonValue{out}.append_list(values); }

/// `,"units":[null,"ns"]`, or nothing when no value has a unit.
void append_units(std::string &out, std::string_view field, const std::vector<TypedValue> &values) {
  const auto has_unit = [](const TypedValue &value) { return value.unit != Unit::none; };
  if (std::ranges::none_of(values, has_unit)) return;
  append_json_field(out, field);
  for (size_t i = 0; i < values.size(); i++) {
    out += i == 0 ? '[' : ',';
    if (values[i].unit == Unit::none)
      out += "null";
    else
      append_json_string(out, unit_name(values[i].unit));
  }
  out += ']';
}

void append_name_field(std::string &out, std::string_view field, std::string_view name) {
  if (name.empty()) return;
  append_json_field(out, field);
  append_json_string(out, name);
}

class JsonSink : public Sink {
 public:
  explicit JsonSink(Writer &writer) : writer_(writer) {}

  void start(size_t probes) override {
    open("start");
    append_json_field(line_, "version");
    append_integer(line_, schema_version);
    append_name_field(line_, "awl", AWL_VERSION);
    append_json_field(line_, "probes");
    append_integer(line_, static_cast<Wide>(probes));
    close();
  }

  void map(const Snapshot &snapshot, bool asked) override {
    if (snapshot.rows.empty() && !asked) return;
    open("map");
    append_name_field(line_, "name", snapshot.name);
    append_name_field(line_, "when", asked ? "print" : "end");
    if (snapshot.taken) line_ += ",\"cleared\":true";
    if (!snapshot.rows.empty()) append_columns(snapshot.rows.front());
    snapshot.keyed ? append_rows(snapshot) : append_lone_value(snapshot);
    close();
  }

  void printf(const PrintfEvent &event) override {
    open("printf");
    append_json_field(line_, "text");
    append_json_string(line_, render_printf(event.format, event.values, false));
    append_value_fields(event.values);
    close();
  }

  void value(const ValueEvent &event) override {
    open("value");
    append_value_fields(event.values);
    close();
  }

  void time(const TimeEvent &event) override {
    open("time");
    append_json_field(line_, "text");
    append_json_string(line_, event.text);
    close();
  }

  void note(const Note &note) override {
    open("note");
    append_name_field(line_, "kind", kind_name(note.kind));
    append_json_field(line_, "count");
    append_integer(line_, static_cast<Wide>(note.count));
    append_name_field(line_, "subject", note.subject);
    append_name_field(line_, "message", note.message);
    append_name_field(line_, "help", note.help);
    close();
  }

  void end() override {
    open("end");
    close();
  }

 private:
  static constexpr int schema_version = 1;

  void open(std::string_view type) {
    line_ = "{\"type\":\"";
    line_ += type;
    line_ += '"';
  }

  void close() {
    line_ += "}\n";
    writer_.write(line_);
  }

  /// What all rows share, as the first one has it.
  void append_columns(const Row &row) {
    append_name_field(line_, "show", name_of(row.value.show));
    append_name_field(line_, "unit", unit_name(row.value.unit));
    append_units(line_, "key_units", row.key);
  }

  void append_rows(const Snapshot &snapshot) {
    append_json_field(line_, "rows");
    line_ += '[';
    for (const Row &row : snapshot.rows) {
      line_ += &row == snapshot.rows.data() ? "{\"key\":" : ",{\"key\":";
      append_values(line_, row.key);
      append_json_field(line_, "value");
      std::visit(JsonValue{line_}, row.value.value);
      line_ += '}';
      // A map may be larger than what one would like to hold in memory a second time.
      writer_.write(line_);
      line_.clear();
    }
    line_ += ']';
  }

  void append_lone_value(const Snapshot &snapshot) {
    append_json_field(line_, "value");
    if (snapshot.rows.empty())
      line_ += "null";
    else
      std::visit(JsonValue{line_}, snapshot.rows.front().value.value);
  }

  void append_value_fields(const std::vector<TypedValue> &values) {
    append_json_field(line_, "values");
    append_values(line_, values);
    append_units(line_, "units", values);
  }

  Writer &writer_;
  std::string line_;
};

}  // namespace

std::unique_ptr<Sink> make_awl_json_sink(Writer &writer, const SinkOptions &) {
  return std::make_unique<JsonSink>(writer);
}

}  // namespace awl
