// SPDX-License-Identifier: GPL-2.0-only
// speedscope's own file format (https://www.speedscope.app/file-format-schema.json): one sampled profile a map, its
// samples root first.
//
//   {"$schema":"...","exporter":"awl@0.1.0","name":"...","activeProfileIndex":0,
//    "shared":{"frames":[{"name":"main","file":"a.c","line":3}]},
//    "profiles":[{"type":"sampled","name":"@","unit":"none","startValue":0,"endValue":10,
//                 "samples":[[0]],"weights":[10]}]}
#include <algorithm>

#include <fmt/format.h>

#include "runtime/sinks/formats.h"
#include "runtime/sinks/json_text.h"
#include "runtime/sinks/profile.h"

namespace awl {
namespace {

std::string_view unit_name(Unit unit) {
  switch (unit) {
    case Unit::none:
      return "none";
    case Unit::nanoseconds:
      return "nanoseconds";
    case Unit::bytes:
      return "bytes";
  }
  return {};
}

class SpeedscopeSink : public ProfileSink {
 public:
  SpeedscopeSink(Writer &writer, const SinkOptions &options) : writer_(writer), options_(options) {}

 private:
  void write(const std::vector<Profile> &profiles) override {
    std::string out =
        "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"exporter\":\"awl@" AWL_VERSION "\"";
    append_json_field(out, "name");
    append_json_string(out, options_.run.script_name.empty() ? "awl" : options_.run.script_name);
    append_json_field(out, "activeProfileIndex");
    out += "0,\"shared\":{\"frames\":[";
    for (const Profile &profile : profiles)
      for (const Frame &frame : profile.frames) append_frame(out, frame);
    if (out.back() == ',') out.pop_back();
    out += "]},\"profiles\":[";
    size_t base = 0;
    for (const Profile &profile : profiles) {
      if (&profile != profiles.data()) out += ',';
      append_profile(out, profile, base);
      base += profile.frames.size();
      writer_.write(out);
      out.clear();
    }
    writer_.write(out + "]}\n");
  }

  static void append_frame(std::string &out, const Frame &frame) {
    out += "{\"name\":";
    append_json_string(out, frame.name);
    const std::string &file = frame.file.empty() ? frame.module : frame.file;
    if (!file.empty()) {
      append_json_field(out, "file");
      append_json_string(out, file);
    }
    if (frame.line > 0) out += fmt::format(",\"line\":{}", frame.line);
    out += "},";
  }

  static void append_profile(std::string &out, const Profile &profile, size_t base) {
    out += "{\"type\":\"sampled\",\"name\":";
    append_json_string(out, profile.name);
    out += fmt::format(",\"unit\":\"{}\",\"startValue\":0,\"endValue\":{},\"samples\":[", unit_name(profile.unit),
                       profile.total());
    std::string weights;
    for (const auto &[path, weight] : profile.weights) {
      out += '[';
      for (const uint32_t &frame : path) out += fmt::format("{}{}", &frame == path.data() ? "" : ",", base + frame);
      out += "],";
      weights += fmt::format("{},", weight);
    }
    if (out.back() == ',') out.pop_back(), weights.pop_back();
    out += "],\"weights\":[" + weights + "]}";
  }

  Writer &writer_;
  const SinkOptions options_;
};

}  // namespace

std::unique_ptr<Sink> make_speedscope_sink(Writer &writer, const SinkOptions &options) {
  return std::make_unique<SpeedscopeSink>(writer, options);
}

}  // namespace awl
