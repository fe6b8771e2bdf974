// SPDX-License-Identifier: GPL-2.0-only
// --style bpftrace -f json: the lines of bpftrace 0.27 to the blank.
//
//   {"type": "attached_probes", "count": 1, "data": {"probes": 1}}
//   {"type": "map", "data": {"@x": {"1,q": 2, "0,z": 2}}}
//   {"type": "stats", "data": {"@s": {"count": 2, "average": 6, "total": 12}}}
//   {"type": "hist", "data": {"@h": [{"max": -1, "count": 1},{"min": 2, "max": 3, "count": 1}]}}
//   {"type": "printf", "data": "text\n"}
//   {"type": "lost_events", "count": 3, "data": {"events": 3}}
//
// Keys are text without blanks. Numbers that a double cannot hold are strings. Bytes that are no UTF-8 become U+FFFD,
// since this schema has no other place for them; -f json in awl's own style loses nothing.
#include <ctime>
#include <iterator>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/bpftrace_values.h"
#include "runtime/sinks/style.h"
#include "src/base/utf8.h"

namespace awl {
namespace {

void append_string(std::string &out, std::string_view bytes) {
  out += '"';
  while (!bytes.empty()) {
    const CodePoint c = first_code_point(bytes);
    const std::string_view raw = bytes.substr(0, c.length);
    bytes.remove_prefix(c.length);
    if (!c.valid)
      out += "\xef\xbf\xbd";
    else if (raw == "\"" || raw == "\\")
      out.append(1, '\\').append(raw);
    else if (raw == "\n")
      out += "\\n";
    else if (raw == "\r")
      out += "\\r";
    else if (raw == "\t")
      out += "\\t";
    else if (c.value < 0x20 || c.value == 0x7f)
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c.value));
    else
      out += raw;
  }
  out += '"';
}

void append_number(std::string &out, Wide number) {
  // 2^64 and more do not occur but as the end of the last bucket.
  const bool exact = static_cast<Wide>(static_cast<double>(number)) == number;
  if (!exact) out += '"';
  append_integer(out, number);
  if (!exact) out += '"';
}

std::string date_and_time(int64_t since_1970) {
  constexpr int64_t second = 1'000'000'000;
  const time_t whole = since_1970 / second;
  tm broken_down{};
  localtime_r(&whole, &broken_down);
  char text[32];
  const size_t length = strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &broken_down);
  return fmt::format("{}.{:09}", std::string_view(text, length), since_1970 % second);
}

struct BpftraceJson {
  std::string &out;

  void operator()(int64_t number) const { append_number(out, number); }
  void operator()(uint64_t number) const { append_number(out, static_cast<Wide>(number)); }
  void operator()(bool truth) const { out += truth ? "true" : "false"; }
  void operator()(const Text &text) const { append_string(out, text.truncated ? text.bytes + ".." : text.bytes); }
  void operator()(const Address &address) const { append_number(out, static_cast<Wide>(address.value)); }
  void operator()(const Histogram &histogram) const {
    out += '[';
    bool first = true;
    for (const BpftraceRow &row : bpftrace_rows(histogram)) {
      if (row.count == 0) continue;
      out += first ? "{" : ",{";
      first = false;
      if (row.low) append_field("min", *row.low);
      if (row.end) append_field("max", *row.end - 1);
      fmt::format_to(std::back_inserter(out), "\"count\": {}}}", row.count);
    }
    out += ']';
  }
  void operator()(const Stats &stats) const {
    if (stats.only_number) return append_number(out, stats.number());
    fmt::format_to(std::back_inserter(out), "{{\"count\": {}, \"average\": ", stats.count);
    append_number(out, stats.number());
    out += ", \"total\": ";
    append_number(out, stats.sum);
    out += '}';
  }
  void operator()(const TimeSeries &series) const {
    out += '[';
    for (const TimeSeries::Point &point : series.points) {
      out += &point == series.points.data() ? "{" : ",{";
      fmt::format_to(std::back_inserter(out), "\"interval_start\":\"{}\",\"value\":", date_and_time(point.start));
      point.value ? append_number(out, *point.value) : void(out += "null");
      out += '}';
    }
    out += ']';
  }
  void operator()(const EnumValue &value) const { append_number(out, value.number); }
  void operator()(const Buffer &buffer) const {
    out += '[';
    for (size_t i = 0; i < buffer.bytes.size(); i++)
      fmt::format_to(std::back_inserter(out), "{}{}", i > 0 ? "," : "", static_cast<int>(buffer.bytes[i]));
    out += ']';
  }
  void operator()(const Tuple &tuple) const {
    if (tuple.names.empty()) return list(tuple.values);
    out += '{';
    for (size_t i = 0; i < tuple.values.size(); i++) {
      if (i > 0) out += ", ";
      append_string(out, tuple.names[i]);
      out += ": ";
      std::visit(*this, tuple.values[i].value);
    }
    out += '}';
  }
  void operator()(const Array &array) const { list(array.values); }
  void operator()(const Symbol &symbol) const { as_text(symbol); }
  void operator()(const Stack &stack) const { as_text(stack); }

  void list(const std::vector<TypedValue> &values) const {
    out += '[';
    for (size_t i = 0; i < values.size(); i++) {
      if (i > 0) out += ',';
      std::visit(*this, values[i].value);
    }
    out += ']';
  }

 private:
  void append_field(std::string_view name, Wide number) const {
    fmt::format_to(std::back_inserter(out), "\"{}\": ", name);
    append_number(out, number);
    out += ", ";
  }
  void as_text(const Value &value) const {
    std::string text;
    append_value(text, {.value = value}, {.escape = false, .plain = true});
    append_string(out, text);
  }
};

std::string_view type_of(const Snapshot &snapshot) {
  if (snapshot.rows.empty()) return "map";
  const TypedValue &value = snapshot.rows[0].value;
  if (std::holds_alternative<Histogram>(value.value)) return "hist";
  if (std::holds_alternative<TimeSeries>(value.value)) return "tseries";
  return std::holds_alternative<Stats>(value.value) || value.show == Show::average ? "stats" : "map";
}

class BpftraceJsonSink : public Sink {
 public:
  explicit BpftraceJsonSink(Writer &writer) : writer_(writer) {}

  void start(size_t probes) override {
    writer_.write(
        fmt::format("{{\"type\": \"attached_probes\", \"count\": {0}, \"data\": {{\"probes\": {0}}}}}\n", probes));
  }
  void map(const Snapshot &snapshot, bool) override {
    if (snapshot.rows.empty()) return;
    open(type_of(snapshot));
    line_ += '{';
    append_string(line_, snapshot.name);
    line_ += ": ";
    snapshot.keyed ? append_rows(snapshot) : std::visit(BpftraceJson{line_}, snapshot.rows[0].value.value);
    line_ += '}';
    close();
  }
  void printf(const PrintfEvent &event) override {
    text_line("printf", render_printf(event.format, event.values, Look{.escape = false, .plain = true}));
  }
  void value(const ValueEvent &event) override {
    open("value");
    if (event.values.size() == 1)
      std::visit(BpftraceJson{line_}, event.values[0].value);
    else
      BpftraceJson{line_}.list(event.values);
    close();
  }
  void time(const TimeEvent &event) override { text_line("time", event.text); }
  bool message(const MessageEvent &event) override {
    if (event.kind == MessageEvent::Kind::file) text_line("cat", event.text);
    if (event.kind == MessageEvent::Kind::command) text_line("syscall", event.text);
    if (event.kind == MessageEvent::Kind::error) placed_line("errorf", event);
    if (event.kind == MessageEvent::Kind::warning) placed_line("warnf", event);
    return true;
  }
  void note(const Note &note) override {
    if (note.kind == Note::Kind::lost_events) {
      writer_.write(
          fmt::format("{{\"type\": \"lost_events\", \"count\": {0}, \"data\": {{\"events\": {0}}}}}\n", note.count));
      return;
    }
    line_ = "{\"type\": \"runtime_error\", \"msg\": ";
    append_string(line_, fmt::format("{} {}", note.count, note.message));
    append_place(note.subject);
    close();
  }

 private:
  void open(std::string_view type) { line_ = fmt::format("{{\"type\": \"{}\", \"data\": ", type); }
  void close() {
    line_ += "}\n";
    writer_.write(line_);
  }

  void placed_line(std::string_view type, const MessageEvent &event) {
    line_ = fmt::format("{{\"type\": \"{}\", \"msg\": ", type);
    append_string(line_, event.text);
    // What stands on the command line is no file; bpftrace calls it so.
    append_place(fmt::format("{}:{}:{}", event.file == "program" ? "stdin" : event.file, event.line, event.column));
    close();
  }

  void text_line(std::string_view type, std::string_view text) {
    open(type);
    append_string(line_, text);
    close();
  }

  void append_rows(const Snapshot &snapshot) {
    line_ += '{';
    std::string key;
    bool first = true;
    for (const Row *row : bpftrace_order(snapshot)) {
      if (!first) line_ += ", ";
      first = false;
      key.clear();
      append_bpftrace_key(key, row->key, false);
      std::erase(key, ' ');
      append_string(line_, key);
      line_ += ": ";
      std::visit(BpftraceJson{line_}, row->value.value);
      writer_.write(line_);
      line_.clear();
    }
    line_ += '}';
  }

  /// "slow.awl:3:16" is a place in the script; what is none (a map, a probe) is told as the file.
  void append_place(std::string_view subject) {
    const size_t second = subject.rfind(':');
    const size_t first = second == subject.npos || second == 0 ? subject.npos : subject.rfind(':', second - 1);
    const auto digits = [](std::string_view text) {
      return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    };
    const bool is_place = first != subject.npos && digits(subject.substr(first + 1, second - first - 1)) &&
                          digits(subject.substr(second + 1));
    line_ += ", \"filename\": ";
    append_string(line_, is_place ? subject.substr(0, first) : subject);
    if (is_place)
      fmt::format_to(std::back_inserter(line_), ", \"line\": {}, \"col\": {}",
                     subject.substr(first + 1, second - first - 1), subject.substr(second + 1));
  }

  Writer &writer_;
  std::string line_;
};

}  // namespace

std::unique_ptr<Sink> make_bpftrace_json_sink(Writer &writer, const SinkOptions &) {
  return std::make_unique<BpftraceJsonSink>(writer);
}

}  // namespace awl
