// SPDX-License-Identifier: GPL-2.0-only
// Trace events, for Perfetto's viewer and chrome://tracing.
//
//   {"displayTimeUnit":"ns","traceEvents":[
//   {"name":"@hits","ph":"C","ts":1000.000,"pid":1,"tid":0,"args":{"value":42}},
//   {"name":"dd took 1us","ph":"i","s":"g","ts":1000.500,"pid":1,"tid":0},
//   {"name":"vfs_read","ph":"X","ts":0.000,"dur":17.000,"pid":2,"tid":0},
//   ...
//
// Process 1 is the run: what the script printed are instants, numbers that it printed are counters over time. Each map
// is then a process of its own whose time line is its profile: a slice is as long as its weight (1 us a sample).
#include <algorithm>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/formats.h"
#include "runtime/sinks/json_text.h"
#include "runtime/sinks/profile.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// The number of a counter, or nothing.
std::optional<Wide> number_of(const Value &value) {
  if (const int64_t *number = std::get_if<int64_t>(&value)) return *number;
  if (const uint64_t *number = std::get_if<uint64_t>(&value)) return static_cast<Wide>(*number);
  if (const Histogram *histogram = std::get_if<Histogram>(&value)) return static_cast<Wide>(histogram->total());
  if (const Stats *stats = std::get_if<Stats>(&value)) return stats->number();
  return std::nullopt;
}

class ChromeSink : public ProfileSink {
 public:
  ChromeSink(Writer &writer, const SinkOptions &options) : writer_(writer), options_(options) {}

  void start(size_t) override {
    started_ = options_.now();
    writer_.write("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
    name_process(1, options_.run.script_name.empty() ? "awl" : "awl " + options_.run.script_name);
  }
  void map(const Snapshot &snapshot, bool asked) override {
    ProfileSink::map(snapshot, asked);
    if (!asked) return;
    for (const Row &row : snapshot.rows)
      if (const std::optional<Wide> number = number_of(row.value.value)) counter(counter_name(snapshot, row), *number);
  }
  void printf(const PrintfEvent &event) override { instant(render_printf(event.format, event.values, Look{})); }
  void value(const ValueEvent &event) override {
    std::string text;
    for (const TypedValue &value : event.values) {
      if (!text.empty()) text += ", ";
      append_value(text, value, Look{});
    }
    instant(text);
  }
  void time(const TimeEvent &event) override { instant(event.text); }

 private:
  void write(const std::vector<Profile> &profiles) override {
    for (size_t i = 0; i < profiles.size(); i++) {
      name_process(i + 2, profiles[i].name);
      slices(profiles[i], tree_of(profiles[i]), i + 2);
    }
    writer_.write("\n]}\n");
  }

  static std::string counter_name(const Snapshot &snapshot, const Row &row) {
    std::string name = snapshot.name;
    for (const TypedValue &column : row.key) {
      name += &column == row.key.data() ? "[" : ", ";
      append_value(name, column, Look{});
    }
    if (!row.key.empty()) name += ']';
    return name;
  }

  std::string now() const {
    const uint64_t passed = options_.now() - started_;
    return fmt::format("{}.{:03}", passed / 1000, passed % 1000);
  }

  void event(std::string_view name, std::string_view rest) {
    std::string line = first_ ? "{\"name\":" : ",\n{\"name\":";
    first_ = false;
    append_json_string(line, name);
    line += rest;
    writer_.write(line);
  }
  void name_process(size_t pid, std::string_view name) {
    std::string rest = fmt::format(",\"ph\":\"M\",\"pid\":{},\"tid\":0,\"args\":{{\"name\":", pid);
    append_json_string(rest, escape_text(name));
    event("process_name", rest + "}}");
  }
  void instant(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    event(escape_text(text), fmt::format(",\"ph\":\"i\",\"s\":\"g\",\"ts\":{},\"pid\":1,\"tid\":0}}", now()));
  }
  void counter(const std::string &name, Wide number) {
    std::string rest = fmt::format(",\"ph\":\"C\",\"ts\":{},\"pid\":1,\"tid\":0,\"args\":{{\"value\":", now());
    append_integer(rest, number);
    event(escape_text(name), rest + "}}");
  }

  /// Slices in the order of their starts, parents before children.
  void slices(const Profile &profile, const FrameTree &tree, size_t pid) {
    const bool is_time = profile.unit == Unit::nanoseconds;
    const auto microseconds = [is_time](uint64_t weight) {
      return is_time ? fmt::format("{}.{:03}", weight / 1000, weight % 1000) : fmt::format("{}", weight);
    };
    struct Place {
      size_t node;
      uint64_t at;
    };
    std::vector<Place> open = {{0, 0}};
    while (!open.empty()) {
      const Place place = open.back();
      open.pop_back();
      const FrameTree::Node &node = tree.nodes[place.node];
      if (place.node != 0)
        event(profile.frames[node.frame].name,
              fmt::format(",\"cat\":\"{}\",\"ph\":\"X\",\"ts\":{},\"dur\":{},\"pid\":{},\"tid\":0}}",
                          category(profile.frames[node.frame]), microseconds(place.at), microseconds(node.total), pid));
      uint64_t at = place.at + node.total;
      for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
        at -= tree.nodes[*child].total;
        open.push_back({*child, at});
      }
    }
  }

  static std::string_view category(const Frame &frame) {
    switch (frame.origin) {
      case Frame::Origin::key:
        return "key";
      case Frame::Origin::user:
        return "user";
      case Frame::Origin::kernel:
        return "kernel";
    }
    return {};
  }

  Writer &writer_;
  const SinkOptions options_;
  uint64_t started_ = 0;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Sink> make_chrome_sink(Writer &writer, const SinkOptions &options) {
  return std::make_unique<ChromeSink>(writer, options);
}

}  // namespace awl
