// SPDX-License-Identifier: GPL-2.0-only
// The reverse of runtime/sinks/json.cc: lines of JSON to snapshots. A number's type is not written there: whatever
// fits is signed here, so that columns of two runs compare. nlohmann's library parses; it is used in this file only.
#include "src/recording.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "runtime/sinks/merge.h"
#include "src/base/text.h"

namespace awl {
namespace {

using Json = nlohmann::ordered_json;

/// Thrown inside this file only, as the library's own exceptions are.
struct Unexpected {
  std::string what;
};

const Json &field(const Json &object, const char *name) {
  const auto found = object.find(name);
  if (found == object.end()) throw Unexpected{fmt::format("there is no field `{}`", name)};
  return *found;
}

bool flag(const Json &object, const char *name) { return object.value(name, false); }

std::string bytes_of_base64(const std::string &text) {
  std::string out;
  uint32_t group = 0;
  int bits = 0;
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (const char c : text) {
    if (c == '=') break;
    const size_t digit = digits.find(c);
    if (digit == digits.npos) throw Unexpected{"a string is not base64"};
    group = group << 6 | static_cast<uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(group >> bits & 0xff);
  }
  return out;
}

Wide wide(const Json &number) {
  if (number.is_number_unsigned()) return static_cast<Wide>(number.get<uint64_t>());
  return number.get<int64_t>();
}

std::string text_of(const Json &value) {
  if (value.is_string()) return value.get<std::string>();
  return value.contains("bytes") ? bytes_of_base64(field(value, "bytes")) : field(value, "text").get<std::string>();
}

uint64_t address_of(const Json &value) { return std::stoull(field(value, "address").get<std::string>(), nullptr, 16); }

class Reader {
 public:
  Recording finish() {
    for (const std::string &name : order_) recording_.maps.push_back(histories_.at(name).sum());
    return std::move(recording_);
  }

  void line(const Json &record) {
    const std::string type = field(record, "type");
    if (!started_ && type != "start") throw Unexpected{"the first line of awl's JSON has the type `start`"};
    if (type == "start") {
      started_ = true;
      if (field(record, "version") != 1) throw Unexpected{"the version of the format is not 1"};
    } else if (type == "map") {
      map(record);
    } else if (type == "note") {
      note(record);
    }
  }

 private:
  void map(const Json &record) {
    Snapshot snapshot;
    snapshot.name = field(record, "name");
    snapshot.taken = flag(record, "cleared");
    unit_ = unit_of(record.value("unit", ""));
    show_ = show_of(record.value("show", ""));
    if (const auto rows = record.find("rows"); rows != record.end()) {
      snapshot.keyed = true;
      key_units(record);
      for (const Json &row : *rows) snapshot.rows.push_back({key(field(row, "key")), top_value(field(row, "value"))});
    } else if (const Json &lone = field(record, "value"); !lone.is_null()) {
      snapshot.rows.push_back({{}, top_value(lone)});
    }
    if (!histories_.contains(snapshot.name)) order_.push_back(snapshot.name);
    histories_[snapshot.name].add(snapshot);
  }

  void note(const Json &record) {
    constexpr std::pair<std::string_view, Note::Kind> kinds[] = {{"lost_events", Note::Kind::lost_events},
                                                                 {"map_full", Note::Kind::map_full},
                                                                 {"missed", Note::Kind::missed},
                                                                 {"fault", Note::Kind::fault},
                                                                 {"child_exit", Note::Kind::child_exit}};
    Note note = {.count = field(record, "count"),
                 .subject = text_of(field(record, "subject")),
                 .message = text_of(field(record, "message")),
                 .help = record.value("help", "")};
    const std::string kind = field(record, "kind");
    for (const auto &[name, known] : kinds)
      if (name == kind) note.kind = known;
    recording_.notes.push_back(std::move(note));
  }

  static Unit unit_of(const std::string &name) {
    return name == "ns" ? Unit::nanoseconds : name == "bytes" ? Unit::bytes : Unit::none;
  }

  static Show show_of(const std::string &name) {
    for (const Show show : {Show::count, Show::sum, Show::minimum, Show::maximum, Show::average, Show::stats,
                            Show::log2_histogram, Show::linear_histogram, Show::log_linear_histogram,
                            Show::percentiles, Show::deviation, Show::magnitudes, Show::time_series})
      if (name_of(show) == name) return show;
    return Show::none;
  }

  void key_units(const Json &record) {
    key_units_.clear();
    if (const auto units = record.find("key_units"); units != record.end())
      for (const Json &unit : *units) key_units_.push_back(unit.is_null() ? Unit::none : unit_of(unit));
  }

  std::vector<TypedValue> key(const Json &list) {
    std::vector<TypedValue> columns;
    for (const Json &column : list) {
      const Unit unit = columns.size() < key_units_.size() ? key_units_[columns.size()] : Unit::none;
      columns.push_back({.value = value(column), .unit = unit});
    }
    return columns;
  }

  TypedValue top_value(const Json &json) {
    TypedValue result = {.value = value(json), .unit = unit_, .show = show_};
    // Counts are never negative, and a maker of metrics wants to know.
    if (const int64_t *number = std::get_if<int64_t>(&result.value); number && show_ == Show::count)
      result.value = static_cast<uint64_t>(*number);
    return result;
  }

  Value value(const Json &json) {
    if (json.is_boolean()) return json.get<bool>();
    if (json.is_number_integer()) {
      const Wide number = wide(json);
      if (const int64_t narrow = static_cast<int64_t>(number); narrow == number) return narrow;
      return static_cast<uint64_t>(number);
    }
    if (json.is_string()) return Text{.bytes = json};
    if (json.is_array()) return Tuple{.names = {}, .values = values(json)};
    if (json.is_object()) return object(json);
    throw Unexpected{"a value is of no kind that awl writes"};
  }

  std::vector<TypedValue> values(const Json &list) {
    std::vector<TypedValue> all;
    for (const Json &element : list) all.push_back({.value = value(element)});
    return all;
  }

  Value object(const Json &json) {
    if (json.contains("histogram")) return histogram(json);
    if (show_ == Show::time_series && json.contains("points")) return series(json);
    if (json.contains("stack")) return stack(json);
    if (json.contains("symbol")) return symbol(json);
    if (json.contains("address")) return Address{address_of(json)};
    if (json.contains("enum")) return EnumValue{field(json, "number"), text_of(field(json, "enum"))};
    if ((show_ == Show::stats || show_ == Show::average) && json.contains("average")) return stats(json);
    if (show_ == Show::deviation && json.contains("squares")) {
      Stats result = stats(json);
      result.squares = squares(field(json, "squares"));
      return result;
    }
    if (show_ == Show::percentiles && json.contains("sketch")) return percentiles(json);
    if (json.contains("bytes") || flag(json, "truncated"))
      return Text{.bytes = text_of(json), .truncated = flag(json, "truncated")};
    Tuple record;
    for (const auto &[name, element] : json.items()) {
      record.names.push_back(name);
      record.values.push_back({.value = value(element)});
    }
    return record;
  }

  Stats stats(const Json &json) const {
    const Wide total = wide(field(json, "total"));
    return {.count = field(json, "count"), .sum = total, .is_signed = total < 0, .only_number = show_ != Show::stats};
  }

  static Squares squares(const std::string &text) {
    Squares words = {};
    constexpr size_t most = 2 + 16 * std::tuple_size_v<Squares>;
    if (!text.starts_with("0x") || text.size() > most) throw Unexpected{"a sum of squares is no hexadecimal number"};
    std::string digits = std::string(most - text.size(), '0') + text.substr(2);
    for (size_t i = 0; i < words.size(); i++) words[words.size() - 1 - i] = std::stoull(digits.substr(16 * i, 16), nullptr, 16);
    return words;
  }

  Tuple percentiles(const Json &json) const {
    Tuple result = {.sketch = buckets(field(json, "sketch"))};
    if (result.sketch.empty()) throw Unexpected{"a sketch is empty"};
    for (const auto &[name, element] : json.items()) {
      if (name == "sketch") continue;
      result.names.push_back(name);
      if (element.is_string())
        result.values.push_back({.value = Text{.bytes = element}});
      else
        result.values.push_back({.value = int64_t{0}, .unit = name == "count" ? Unit::none : unit_});
    }
    settle_percentiles(result);
    return result;
  }

  Histogram histogram(const Json &json) {
    Histogram result = {.unit = unit_};
    if (field(json, "histogram") == "linear") result.scale = Histogram::Scale::linear;
    if (field(json, "histogram") == "log-linear") result.scale = Histogram::Scale::log_linear;
    result.grid = {.bits = json.value("bits", 0u),
                   .step = json.value("step", int64_t{0}),
                   .factor = json.value("factor", int64_t{0}),
                   .steps = json.value("steps", int64_t{0}),
                   .nearest = json.value("nearest", int64_t{0})};
    result.buckets = buckets(field(json, "buckets"));
    return result;
  }

  static std::vector<Bucket> buckets(const Json &list) {
    std::vector<Bucket> all;
    for (const Json &bucket : list) {
      Bucket read = {
          .open_low = !bucket.contains("low"), .open_high = !bucket.contains("high"), .count = field(bucket, "count")};
      if (!read.open_low) read.low = wide(bucket["low"]);
      if (!read.open_high) read.high = wide(bucket["high"]);
      if (read.open_low) read.low = read.high;
      if (read.open_high) read.high = read.low;
      all.push_back(read);
    }
    return all;
  }

  static Value series(const Json &json) {
    TimeSeries result = {.interval = field(json, "interval"), .points = {}};
    for (const Json &point : field(json, "points")) {
      const Json &value = field(point, "value");
      result.points.push_back({field(point, "start"), value.is_null() ? std::nullopt : std::optional(wide(value))});
    }
    return result;
  }

  const std::string &keep(std::string text) { return recording_.names.emplace_back(std::move(text)); }

  Symbol symbol(const Json &json) {
    Symbol result;
    result.address = address_of(json);
    if (json.contains("symbol")) result.name = keep(text_of(json["symbol"]));
    if (json.contains("module")) result.module = keep(text_of(json["module"]));
    if (json.contains("file")) result.file = keep(text_of(json["file"]));
    result.offset = json.value("offset", uint64_t{0});
    result.line = json.value("line", uint32_t{0});
    result.inlined = flag(json, "inlined");
    return result;
  }

  Stack stack(const Json &json) {
    Stack result;
    for (const Json &frame : field(json, "stack")) result.frames.push_back(symbol(frame));
    result.user = flag(json, "user");
    result.truncated = flag(json, "truncated");
    result.lost = flag(json, "lost");
    return result;
  }

  Recording recording_;
  std::vector<std::string> order_;
  std::map<std::string, MapHistory> histories_;
  bool started_ = false;
  Unit unit_ = Unit::none;
  Show show_ = Show::none;
  std::vector<Unit> key_units_;
};

}  // namespace

Result<Recording> read_recording(const std::string &path) {
  const auto text = read_file(path, size_t(4) << 30);
  if (!text) return Error{fmt::format("cannot read `{}`", escape_text(path)), errno_text(errno), ""};
  Reader reader;
  size_t number = 0;
  for (const std::string_view line : split(*text, '\n')) {
    number++;
    if (trim(line).empty()) continue;
    std::string why;
    try {
      reader.line(Json::parse(line));
      continue;
    } catch (const Unexpected &unexpected) {
      why = unexpected.what;
    } catch (const std::exception &) {  // the library says where in the line, which nobody counts
      why = "this is not JSON as awl writes it";
    }
    return Error{fmt::format("cannot read `{}`", escape_text(path)), fmt::format("line {}: {}", number, why),
                 "write it with: awl -f json -o FILE ..."};
  }
  return reader.finish();
}

}  // namespace awl
