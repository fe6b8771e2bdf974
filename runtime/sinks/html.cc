// SPDX-License-Identifier: GPL-2.0-only
// The report: one HTML file that needs nothing else. What it shows is JSON inside the page; html/report.js makes
// tables, histograms, heat maps and flame graphs of it. The JSON has no `<`, and the script only ever adds text to
// the page, so that no name from outside can become a part of it.
//
//   {"run":{"name":"lat.awl","script":"...","host":"...","started":1700000000000,"duration":1.5,...},
//    "maps":[{"name":"@lat","show":"quantize","unit":"ns",
//             "rows":[{"key":["dd"],"buckets":[{"low":512,"high":1023,"count":3}]}],
//             "heat":[{"key":["dd"],"series":[{"at":1.0,"buckets":[...]},...]}],
//             "profile":{"frames":[{"name":"main","origin":"user"}],"samples":[[[0],17]]},"profileUnit":""}],
//    "lines":[[0.5,"text"]],"dropped":0,"notes":[...]}
//
// Numbers that JavaScript cannot hold are strings.
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/formats.h"
#include "runtime/sinks/json_text.h"
#include "runtime/sinks/merge.h"
#include "runtime/sinks/profile.h"
#include "runtime/sinks/web_files.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// What a browser still shows at once.
constexpr size_t most_rows = 20'000, most_lines = 10'000;

std::string_view name_of(Frame::Origin origin) {
  constexpr std::string_view names[] = {"key", "user", "kernel"};
  return names[static_cast<size_t>(origin)];
}

void append_number(std::string &out, Wide number) {
  constexpr Wide exact = Wide(1) << 53;
  const bool fits = number >= -exact && number <= exact;
  if (!fits) out += '"';
  append_integer(out, number);
  if (!fits) out += '"';
}

void append_text_field(std::string &out, std::string_view name, std::string_view text) {
  append_json_field(out, name);
  append_json_string(out, escape_text(text));
}

void append_buckets(std::string &out, const std::vector<Bucket> &buckets) {
  out += "\"buckets\":[";
  for (const Bucket &bucket : buckets) {
    out += &bucket == buckets.data() ? "{\"count\":" : ",{\"count\":";
    append_number(out, static_cast<Wide>(bucket.count));
    if (!bucket.open_low) append_json_field(out, "low"), append_number(out, bucket.low);
    if (!bucket.open_high) append_json_field(out, "high"), append_number(out, bucket.high);
    out += '}';
  }
  out += ']';
}

std::string text_of(const TypedValue &value) {
  std::string text;
  append_value(text, value, Look{});
  std::string out(trim(text));
  if (!std::holds_alternative<Stack>(value.value)) return out;
  for (size_t at = 0; (at = out.find("\n ", at)) != out.npos;)
    out.erase(at + 1, out.find_first_not_of(' ', at + 1) - at - 1);
  return out;
}

/// The script as it is, but for what could not be shown.
std::string shown_script(std::string_view script) {
  std::string out;
  while (!script.empty()) {
    const size_t end = std::min(script.find_first_of("\n\t"), script.size());
    out += escape_text(script.substr(0, end));
    out += script.substr(end, 1);
    script.remove_prefix(std::min(end + 1, script.size()));
  }
  return out;
}

void append_key(std::string &out, const std::vector<TypedValue> &key) {
  out += "\"key\":[";
  for (size_t i = 0; i < key.size(); i++) {
    if (i > 0) out += ',';
    std::string text = text_of(key[i]);
    append_json_string(out, text);
  }
  out += ']';
}

void append_row(std::string &out, const Row &row) {
  out += '{';
  append_key(out, row.key);
  const Value &value = row.value.value;
  if (const Histogram *histogram = std::get_if<Histogram>(&value)) {
    out += ',';
    append_buckets(out, histogram->buckets);
  } else if (const Stats *average = std::get_if<Stats>(&value); average && average->only_number) {
    out += ",\"number\":true,\"value\":";
    append_number(out, average->number());
  } else if (const Stats *stats = std::get_if<Stats>(&value)) {
    out += ",\"number\":true,\"stats\":{\"count\":";
    append_number(out, static_cast<Wide>(stats->count));
    append_json_field(out, "average");
    append_number(out, stats->number());
    append_json_field(out, "total");
    append_number(out, stats->sum);
    out += '}';
  } else if (const int64_t *whole = std::get_if<int64_t>(&value)) {
    out += ",\"number\":true,\"value\":";
    append_number(out, *whole);
  } else if (const uint64_t *natural = std::get_if<uint64_t>(&value)) {
    out += ",\"number\":true,\"value\":";
    append_number(out, static_cast<Wide>(*natural));
  } else {
    append_json_field(out, "value");
    append_json_string(out, text_of(row.value));
  }
  out += '}';
}

/// A histogram at a moment, what was new in it since the one before.
struct Moment {
  double at;
  std::vector<Bucket> buckets;
};

struct Series {
  std::vector<TypedValue> key;
  std::vector<Moment> moments;
  std::vector<Bucket> before;  // all that the map had at the last moment, when it was not cleared

  void add(double at, const std::vector<Bucket> &buckets, bool taken) {
    std::vector<Bucket> fresh = buckets;
    for (Bucket &bucket : fresh)
      for (const Bucket &old : before)
        if (old.low == bucket.low && old.high == bucket.high && old.count <= bucket.count) bucket.count -= old.count;
    before = taken ? std::vector<Bucket>() : buckets;
    moments.push_back({at, std::move(fresh)});
  }
};

struct MapRecord {
  explicit MapRecord(const std::string &name) : profile(name) {}
  MapHistory history;
  ProfileBuilder profile;
  bool has_stacks = false;
  std::map<std::string, Series> series;  // by the text of the key
};

class HtmlSink : public Sink {
 public:
  HtmlSink(Writer &writer, const SinkOptions &options) : writer_(writer), options_(options) {}

  void start(size_t probes) override {
    probes_ = probes;
    started_ = options_.now();
  }

  void map(const Snapshot &snapshot, bool asked) override {
    auto [place, is_new] = maps_.try_emplace(snapshot.name, snapshot.name);
    if (is_new) order_.push_back(snapshot.name);
    MapRecord &record = place->second;
    record.history.add(snapshot);
    const auto is_stack = [](const TypedValue &value) { return std::holds_alternative<Stack>(value.value); };
    if (!snapshot.rows.empty() && std::ranges::any_of(snapshot.rows[0].key, is_stack)) {
      record.has_stacks = true;
      record.profile.add(snapshot);
    }
    if (!asked) return;
    for (const Row &row : snapshot.rows)
      if (const Histogram *histogram = std::get_if<Histogram>(&row.value.value)) {
        std::string key;
        append_key(key, row.key);
        Series &series = record.series[key];
        series.key = row.key;
        series.add(seconds(), histogram->buckets, snapshot.taken);
      }
  }
  void printf(const PrintfEvent &event) override { line(render_printf(event.format, event.values, Look{})); }
  void value(const ValueEvent &event) override {
    std::string text;
    for (const TypedValue &value : event.values) {
      if (!text.empty()) text += ", ";
      append_value(text, value, Look{});
    }
    line(text);
  }
  void time(const TimeEvent &event) override { line(event.text); }
  void note(const Note &note) override { notes_.push_back(note); }

  void end() override {
    writer_.write(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<title>awl</title>\n<style>\n");
    writer_.write(web_file("report.css"));
    writer_.write(
        "</style>\n</head>\n<body>\n<main></main>\n<noscript>The report is drawn by a script in this file; let it "
        "run.</noscript>\n<script type=\"application/json\" id=\"data\">\n{\"run\":");
    append_run();
    out_ += ",\n\"maps\":[";
    for (const std::string &name : order_) append_map(name, maps_.at(name));
    out_ += "],\n\"lines\":[" + lines_ + fmt::format("],\"dropped\":{},\n\"notes\":[", dropped_);
    for (const Note &note : notes_) append_note(note);
    writer_.write(out_ + "]}\n</script>\n<script>\n");
    writer_.write(web_file("report.js"));
    writer_.write("</script>\n</body>\n</html>\n");
  }

 private:
  double seconds() const { return static_cast<double>(options_.now() - started_) / 1e9; }

  void line(std::string_view text) {
    if (++line_count_ > most_lines) {
      dropped_++;
      return;
    }
    while (text.ends_with('\n')) text.remove_suffix(1);
    lines_ += fmt::format("{}[{:.6f},", lines_.empty() ? "" : ",", seconds());
    append_json_string(lines_, escape_text(text));
    lines_ += ']';
  }

  void append_run() {
    const RunDescription &run = options_.run;
    out_ = fmt::format("{{\"started\":{},\"duration\":{:.6f},\"probes\":{},\"version\":\"{}\"", started_ / 1'000'000,
                       seconds(), probes_, AWL_VERSION);
    append_text_field(out_, "name", run.script_name == "program" ? "awl" : run.script_name);
    append_json_field(out_, "script");  // with its line ends
    append_json_string(out_, shown_script(run.script));
    append_text_field(out_, "command", run.command);
    append_text_field(out_, "host", run.host);
    append_text_field(out_, "kernel", run.kernel);
    append_text_field(out_, "machine", run.machine);
    out_ += '}';
  }

  void append_map(const std::string &name, MapRecord &record) {
    const Snapshot sum = record.history.sum();
    if (sum.rows.empty()) return;
    out_ += out_.back() == '[' ? "{\"name\":" : ",\n{\"name\":";
    append_json_string(out_, name);
    const TypedValue &first = sum.rows[0].value;
    append_text_field(out_, "show", awl::name_of(first.show));
    append_text_field(out_, "unit", unit_name(first.unit));
    append_rows(sum);
    append_heat(record);
    if (record.has_stacks) append_profile(record.profile.finish());
    out_ += '}';
    writer_.write(out_);
    out_ = "\n";
  }

  /// The largest come first.
  void append_rows(const Snapshot &sum) {
    const size_t shown = std::min(sum.rows.size(), most_rows);
    append_json_field(out_, "rows");
    out_ += '[';
    for (size_t i = 0; i < shown; i++) {
      if (i > 0) out_ += ',';
      append_row(out_, sum.rows[sum.rows.size() - 1 - i]);
    }
    out_ += fmt::format("],\"omitted\":{}", sum.rows.size() - shown);
  }

  void append_heat(const MapRecord &record) {
    append_json_field(out_, "heat");
    out_ += '[';
    for (const auto &[key, series] : record.series) {
      if (series.moments.size() < 2) continue;
      out_ += out_.back() == '[' ? "{" : ",{";
      append_key(out_, series.key);
      out_ += ",\"series\":[";
      for (const Moment &moment : series.moments) {
        out_ += fmt::format("{}{{\"at\":{:.6f},", &moment == series.moments.data() ? "" : ",", moment.at);
        append_buckets(out_, moment.buckets);
        out_ += '}';
      }
      out_ += "]}";
    }
    out_ += ']';
  }

  void append_profile(const Profile &profile) {
    append_text_field(out_, "profileUnit", unit_name(profile.unit));
    append_json_field(out_, "profile");
    out_ += "{\"frames\":[";
    for (const Frame &frame : profile.frames) {
      out_ += &frame == profile.frames.data() ? "{\"name\":" : ",{\"name\":";
      append_json_string(out_, frame.name);
      append_text_field(out_, "origin", name_of(frame.origin));
      if (!frame.module.empty()) append_text_field(out_, "module", base_name(frame.module));
      if (!frame.file.empty()) {
        append_text_field(out_, "file", frame.file);
        out_ += fmt::format(",\"line\":{}", frame.line);
      }
      out_ += frame.inlined ? ",\"inlined\":true}" : "}";
    }
    out_ += "],\"samples\":[";
    for (const auto &[path, weight] : profile.weights) {
      out_ += out_.back() == '[' ? "[[" : ",[[";
      for (const uint32_t &frame : path) out_ += fmt::format("{}{}", &frame == path.data() ? "" : ",", frame);
      out_ += "],";
      append_number(out_, static_cast<Wide>(weight));
      out_ += ']';
    }
    out_ += "]}";
  }

  void append_note(const Note &note) {
    out_ += out_.back() == '[' ? "{\"count\":" : ",{\"count\":";
    append_number(out_, static_cast<Wide>(note.count));
    append_text_field(out_, "subject", note.subject);
    append_text_field(out_, "message", note.message);
    append_text_field(out_, "help", note.help);
    out_ += '}';
  }

  Writer &writer_;
  const SinkOptions options_;
  size_t probes_ = 0, line_count_ = 0, dropped_ = 0;
  uint64_t started_ = 0;
  std::vector<std::string> order_;
  std::map<std::string, MapRecord> maps_;
  std::vector<Note> notes_;
  std::string lines_, out_;
};

}  // namespace

std::unique_ptr<Sink> make_html_sink(Writer &writer, const SinkOptions &options) {
  return std::make_unique<HtmlSink>(writer, options);
}

}  // namespace awl
