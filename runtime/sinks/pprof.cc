// SPDX-License-Identifier: GPL-2.0-only
// pprof's profile.proto, gzipped. The wire format is small: a field is its number and kind in one varint, then a
// varint, or a length and so many bytes. Each map that is a profile is a sample type, and a sample has a value for
// every one of them.
//
//   1 sample_type{1 type, 2 unit}  2 sample{1 location_id (leaf first), 2 value}  3 mapping{1 id, 5 filename,
//   7 has_functions}  4 location{1 id, 2 mapping_id, 4 line{1 function_id, 2 line}}  5 function{1 id, 2 name,
//   3 system_name, 4 filename}  6 string_table  9 time_nanos  10 duration_nanos  14 default_sample_type
#include <zlib.h>

#include <algorithm>
#include <unordered_map>

#include "runtime/sinks/formats.h"
#include "runtime/sinks/profile.h"
#include "src/base/check.h"

namespace awl {
namespace {

class Message {
 public:
  void number(unsigned field, uint64_t value) {
    varint(field << 3);
    varint(value);
  }
  void bytes(unsigned field, std::string_view value) {
    varint(field << 3 | 2);
    varint(value.size());
    out_ += value;
  }
  void message(unsigned field, const Message &part) { bytes(field, part.out_); }
  void packed(unsigned field, const std::vector<uint64_t> &values) {
    Message list;
    for (const uint64_t value : values) list.varint(value);
    message(field, list);
  }
  const std::string &text() const { return out_; }

 private:
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  std::string out_;
};

std::string gzip(std::string_view bytes) {
  z_stream stream = {};
  constexpr int gzip_window = 15 + 16;
  AWL_CHECK(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  std::string in(bytes);
  stream.next_in = reinterpret_cast<Bytef *>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef *>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  AWL_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string_view unit_name(Unit unit) {
  switch (unit) {
    case Unit::none:
      return "count";
    case Unit::nanoseconds:
      return "nanoseconds";
    case Unit::bytes:
      return "bytes";
  }
  return {};
}

class PprofSink : public ProfileSink {
 public:
  PprofSink(Writer &writer, const SinkOptions &options) : writer_(writer), options_(options) { string(""); }
  void start(size_t) override { started_ = options_.now(); }

 private:
  void write(const std::vector<Profile> &profiles) override {
    for (const Profile &profile : profiles) {
      Message type;
      type.number(1, string(profile.name));
      type.number(2, string(unit_name(profile.unit)));
      out_.message(1, type);
    }
    for (size_t i = 0; i < profiles.size(); i++) samples(profiles[i], i, profiles.size());
    for (const std::string &text : strings_) out_.bytes(6, text);
    out_.number(9, started_);
    out_.number(10, options_.now() - started_);
    if (!profiles.empty()) out_.number(14, string(profiles[0].name));
    writer_.write(gzip(out_.text()));
  }

  uint64_t string(std::string_view text) {
    const auto [place, is_new] = known_.try_emplace(std::string(text), strings_.size());
    if (is_new) strings_.emplace_back(text);
    return place->second;
  }

  void samples(const Profile &profile, size_t index, size_t count) {
    std::vector<uint64_t> locations;
    for (const Frame &frame : profile.frames) locations.push_back(location(frame));
    for (const auto &[path, weight] : profile.weights) {
      std::vector<uint64_t> ids, values(count);
      for (auto frame = path.rbegin(); frame != path.rend(); ++frame) ids.push_back(locations[*frame]);
      // Values are signed there.
      values[index] = std::min<uint64_t>(weight, uint64_t(1) << 62);
      Message sample;
      sample.packed(1, ids);
      sample.packed(2, values);
      out_.message(2, sample);
    }
  }

  uint64_t location(const Frame &frame) {
    const uint64_t id = ++locations_;
    Message function, line, place;
    function.number(1, id);
    function.number(2, string(frame.name));
    function.number(3, string(frame.name));
    if (!frame.file.empty()) function.number(4, string(frame.file));
    line.number(1, id);
    if (frame.line > 0) line.number(2, frame.line);
    place.number(1, id);
    if (const uint64_t module = mapping(frame)) place.number(2, module);
    place.message(4, line);
    out_.message(5, function);
    out_.message(4, place);
    return id;
  }

  uint64_t mapping(const Frame &frame) {
    if (frame.origin == Frame::Origin::key) return 0;
    const std::string module = !frame.module.empty()                   ? frame.module
                               : frame.origin == Frame::Origin::kernel ? "[kernel.kallsyms]"
                                                                       : "[unknown]";
    const auto [place, is_new] = mappings_.try_emplace(module, mappings_.size() + 1);
    if (is_new) {
      Message mapping;
      mapping.number(1, place->second);
      mapping.number(5, string(module));
      mapping.number(7, 1);
      out_.message(3, mapping);
    }
    return place->second;
  }

  Writer &writer_;
  const SinkOptions options_;
  uint64_t started_ = 0, locations_ = 0;
  std::unordered_map<std::string, uint64_t> known_, mappings_;
  std::vector<std::string> strings_;
  Message out_;
};

}  // namespace

std::unique_ptr<Sink> make_pprof_sink(Writer &writer, const SinkOptions &options) {
  return std::make_unique<PprofSink>(writer, options);
}

}  // namespace awl
