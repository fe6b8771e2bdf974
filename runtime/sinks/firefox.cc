// SPDX-License-Identifier: GPL-2.0-only
// The Firefox profiler's processed format, version 48 (its viewer upgrades older versions): one thread a map. The
// format is made of columns, so a table is an object of arrays that are all `length` long:
//
//   "stackTable":{"length":2,"prefix":[null,0],"frame":[0,1],"category":[1,1],"subcategory":[0,0]}
//
// Samples lie one millisecond apart, with the weight of a path as their weight.
#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "runtime/sinks/formats.h"
#include "runtime/sinks/json_text.h"
#include "runtime/sinks/profile.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// A column: values with commas between.
std::string joined(const std::vector<std::string> &values) {
  std::string text;
  for (const std::string &value : values) text.append(text.empty() ? "" : ",").append(value);
  return text;
}

/// `count` times the same.
std::string same(size_t count, std::string_view value) {
  return joined(std::vector<std::string>(count, std::string(value)));
}

struct Column {
  std::string_view name;
  std::string values;
};

void append_table(std::string &out, std::string_view name, size_t length, const std::vector<Column> &columns,
                  std::string_view more = "") {
  out += fmt::format(",\"{}\":{{\"length\":{}{}", name, length, more);
  for (const Column &column : columns) out += fmt::format(",\"{}\":[{}]", column.name, column.values);
  out += '}';
}

/// One thread: the strings, functions and stacks of a profile, numbered.
class Thread {
 public:
  explicit Thread(const Profile &profile) : profile_(profile) {
    for (const Frame &frame : profile.frames) add_frame(frame);
    for (const auto &[path, weight] : profile.weights) add_sample(path, weight);
  }

  void append(std::string &out, size_t number) {
    out += fmt::format(
        "{{\"processType\":\"default\",\"processStartupTime\":0,\"processShutdownTime\":null,\"registerTime\":0,"
        "\"unregisterTime\":null,\"pausedRanges\":[],\"isMainThread\":{},\"pid\":\"1\",\"tid\":{},\"name\":",
        number == 0 ? "true" : "false", number + 1);
    append_json_string(out, profile_.name);
    append_samples(out);
    append_table(out, "markers", 0,
                 {{"data", ""}, {"name", ""}, {"startTime", ""}, {"endTime", ""}, {"phase", ""}, {"category", ""}});
    const size_t stacks = prefixes_.size(), frames = functions_.size();
    append_table(out, "stackTable", stacks,
                 {{"prefix", joined(prefixes_)},
                  {"frame", joined(stack_frames_)},
                  {"category", joined(stack_categories_)},
                  {"subcategory", same(stacks, "0")}});
    append_table(out, "frameTable", frames,
                 {{"address", same(frames, "-1")},
                  {"inlineDepth", same(frames, "0")},
                  {"category", joined(categories_)},
                  {"subcategory", same(frames, "0")},
                  {"func", joined(numbers(frames))},
                  {"nativeSymbol", same(frames, "null")},
                  {"innerWindowID", same(frames, "0")},
                  {"implementation", same(frames, "null")},
                  {"line", joined(lines_)},
                  {"column", same(frames, "null")}});
    append_table(out, "funcTable", frames,
                 {{"name", joined(functions_)},
                  {"isJS", same(frames, "false")},
                  {"relevantForJS", same(frames, "false")},
                  {"resource", joined(resources_)},
                  {"fileName", joined(files_)},
                  {"lineNumber", same(frames, "null")},
                  {"columnNumber", same(frames, "null")}});
    const size_t libraries = resource_names_.size();
    append_table(out, "resourceTable", libraries,
                 {{"lib", same(libraries, "null")},
                  {"name", joined(resource_names_)},
                  {"host", same(libraries, "null")},
                  {"type", same(libraries, "1")}});
    append_table(out, "nativeSymbols", 0, {{"libIndex", ""}, {"address", ""}, {"name", ""}, {"functionSize", ""}});
    out += ",\"stringArray\":[" + joined(strings_) + "]}";
  }

 private:
  static std::vector<std::string> numbers(size_t count) {
    std::vector<std::string> all;
    for (size_t i = 0; i < count; i++) all.push_back(std::to_string(i));
    return all;
  }

  std::string string(const std::string &text) {
    const auto [place, is_new] = known_strings_.try_emplace(text, strings_.size());
    if (is_new) append_json_string(strings_.emplace_back(), text);
    return std::to_string(place->second);
  }

  std::string resource(const std::string &module) {
    if (module.empty()) return "-1";
    const auto [place, is_new] = known_resources_.try_emplace(module, resource_names_.size());
    if (is_new) resource_names_.push_back(string(std::string(base_name(module))));
    return std::to_string(place->second);
  }

  void add_frame(const Frame &frame) {
    functions_.push_back(string(frame.name));
    resources_.push_back(resource(frame.module));
    files_.push_back(frame.file.empty() ? "null" : string(frame.file));
    lines_.push_back(frame.line == 0 ? "null" : std::to_string(frame.line));
    categories_.push_back(std::to_string(static_cast<int>(frame.origin)));
  }

  void add_sample(const FramePath &path, uint64_t weight) {
    std::string prefix = "null";
    for (const uint32_t frame : path) {
      const auto [place, is_new] = known_stacks_.try_emplace(prefix + "/" + std::to_string(frame), prefixes_.size());
      if (is_new) {
        prefixes_.push_back(prefix);
        stack_frames_.push_back(std::to_string(frame));
        stack_categories_.push_back(categories_[frame]);
      }
      prefix = std::to_string(place->second);
    }
    sample_stacks_.push_back(prefix);
    times_.push_back(std::to_string(times_.size()));
    const bool is_time = profile_.unit == Unit::nanoseconds;
    weights_.push_back(is_time ? fmt::format("{}.{:06}", weight / 1'000'000, weight % 1'000'000)
                               : std::to_string(weight));
  }

  void append_samples(std::string &out) {
    const std::string_view kind = profile_.unit == Unit::nanoseconds ? "tracing-ms"
                                  : profile_.unit == Unit::bytes     ? "bytes"
                                                                     : "samples";
    append_table(out, "samples", times_.size(),
                 {{"stack", joined(sample_stacks_)}, {"time", joined(times_)}, {"weight", joined(weights_)}},
                 fmt::format(",\"weightType\":\"{}\"", kind));
  }

  const Profile &profile_;
  std::unordered_map<std::string, size_t> known_strings_, known_resources_, known_stacks_;
  std::vector<std::string> strings_, resource_names_;
  std::vector<std::string> functions_, resources_, files_, lines_, categories_;  // by frame
  std::vector<std::string> prefixes_, stack_frames_, stack_categories_;          // by stack
  std::vector<std::string> sample_stacks_, times_, weights_;                     // by sample
};

class FirefoxSink : public ProfileSink {
 public:
  FirefoxSink(Writer &writer, const SinkOptions &options) : writer_(writer), options_(options) {}
  void start(size_t) override { started_ = options_.now(); }

 private:
  void write(const std::vector<Profile> &profiles) override {
    std::string out = fmt::format(
        "{{\"meta\":{{\"interval\":1,\"startTime\":{}.0,\"processType\":0,\"stackwalk\":1,\"debug\":false,\"version\":"
        "29,"
        "\"preprocessedProfileVersion\":48,\"symbolicated\":true,\"markerSchema\":[],\"categories\":["
        "{{\"name\":\"Key\",\"color\":\"grey\",\"subcategories\":[\"Other\"]}},"
        "{{\"name\":\"User\",\"color\":\"yellow\",\"subcategories\":[\"Other\"]}},"
        "{{\"name\":\"Kernel\",\"color\":\"orange\",\"subcategories\":[\"Other\"]}}],\"product\":",
        started_ / 1'000'000);
    append_json_string(out, "awl " + escape_text(options_.run.script_name));
    append_json_field(out, "oscpu");
    append_json_string(out, escape_text(options_.run.kernel + " " + options_.run.machine));
    out += "},\"libs\":[],\"pages\":[],\"counters\":[],\"threads\":[";
    for (size_t i = 0; i < profiles.size(); i++) {
      if (i > 0) out += ',';
      Thread(profiles[i]).append(out, i);
      writer_.write(out);
      out.clear();
    }
    writer_.write(out + "]}\n");
  }

  Writer &writer_;
  const SinkOptions options_;
  uint64_t started_ = 0;
};

}  // namespace

std::unique_ptr<Sink> make_firefox_sink(Writer &writer, const SinkOptions &options) {
  return std::make_unique<FirefoxSink>(writer, options);
}

}  // namespace awl
