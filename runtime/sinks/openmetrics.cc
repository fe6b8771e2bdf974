// SPDX-License-Identifier: GPL-2.0-only
// OpenMetrics 1.0, for Prometheus and its relatives (a file for node_exporter's collector of text files):
//
//   # TYPE awl_lat_seconds histogram
//   # UNIT awl_lat_seconds seconds
//   # HELP awl_lat_seconds quantize of @lat; without _sum, which buckets do not tell
//   awl_lat_seconds_bucket{key="dd",le="0.000001023"} 3
//   awl_lat_seconds_bucket{key="dd",le="+Inf"} 3
//   awl_lat_seconds_bucket{key="ls",le="+Inf"} 1
//   # EOF
//
// Written at the end of the run, each map once. Bounds are inclusive there as they are here: [8, 16) is le="15". Times
// are seconds. count() and unsigned sum() are counters, stats() and pct() summaries, text an info, everything else a
// gauge. A histogram knows its sum where each of its buckets has room for one number only; with buckets below 0 the
// format forbids it. Where weights made a bucket negative, nothing is cumulative any more, and each is a gauge:
//
//   awl_w{ge="8",le="15"} -9
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/formats.h"
#include "runtime/sinks/merge.h"
#include "src/base/text.h"

namespace awl {
namespace {

enum class Kind : uint8_t { counter, gauge, histogram, summary, info };

bool is_number(const Value &value) {
  return std::holds_alternative<int64_t>(value) || std::holds_alternative<uint64_t>(value) ||
         std::holds_alternative<bool>(value);
}

bool is_negative(const Bucket &bucket) { return bucket.count < 0; }

/// What the format wants to be 0 or more, of summaries and of histograms.
bool is_negative(const Row &row) {
  const auto below = [](const TypedValue &part) {
    const int64_t *number = std::get_if<int64_t>(&part.value);
    return number && *number < 0;
  };
  if (const Stats *stats = std::get_if<Stats>(&row.value.value)) return stats->sum < 0;
  if (const Tuple *tuple = std::get_if<Tuple>(&row.value.value)) return std::ranges::any_of(tuple->values, below);
  const Histogram *histogram = std::get_if<Histogram>(&row.value.value);
  return histogram && std::ranges::any_of(histogram->buckets, [](const Bucket &bucket) { return is_negative(bucket); });
}

/// Where no sample can have been anything but what its bucket says.
std::optional<Wide> sum_of(const Histogram &histogram) {
  Wide sum = 0;
  for (const Bucket &bucket : histogram.buckets) {
    if (bucket.count == 0) continue;
    if (bucket.open_low || bucket.open_high || bucket.low != bucket.high) return std::nullopt;
    sum += bucket.low * bucket.count;
  }
  return sum;
}

bool tells_sum(const Row &row) {
  const Histogram *histogram = std::get_if<Histogram>(&row.value.value);
  if (!histogram) return true;
  const auto below = [](const Bucket &bucket) { return bucket.open_low || bucket.low < 0; };
  return sum_of(*histogram) && std::ranges::none_of(histogram->buckets, below);
}

bool is_percentiles(const TypedValue &value) {
  return value.show == Show::percentiles && std::holds_alternative<Tuple>(value.value);
}

Kind kind_of(const Snapshot &snapshot) {
  const TypedValue &value = snapshot.rows[0].value;
  const bool negative = std::ranges::any_of(snapshot.rows, [](const Row &row) { return is_negative(row); });
  if (std::holds_alternative<Histogram>(value.value)) return negative ? Kind::gauge : Kind::histogram;
  if (const Stats *stats = std::get_if<Stats>(&value.value); stats && stats->only_number) return Kind::gauge;
  if (std::holds_alternative<Stats>(value.value) || is_percentiles(value)) return negative ? Kind::gauge : Kind::summary;
  if (!is_number(value.value)) return Kind::info;
  const bool grows = value.show == Show::count || value.show == Show::sum;
  return grows && std::holds_alternative<uint64_t>(value.value) ? Kind::counter : Kind::gauge;
}

std::string_view name_of(Kind kind) {
  constexpr std::string_view names[] = {"counter", "gauge", "histogram", "summary", "info"};
  return names[static_cast<size_t>(kind)];
}

std::string_view base_unit(Unit unit) {
  switch (unit) {
    case Unit::none:
      return "";
    case Unit::nanoseconds:
      return "seconds";
    case Unit::bytes:
      return "bytes";
  }
  return {};
}

/// All digits; nanoseconds as seconds.
std::string digits(Wide number, Unit unit) {
  std::string text;
  if (unit != Unit::nanoseconds) {
    append_integer(text, number);
    return text;
  }
  constexpr Wide second = 1'000'000'000;
  const Wide size = number < 0 ? -number : number;
  if (number < 0) text += '-';
  append_integer(text, size / second);
  text += fmt::format(".{:09}", static_cast<uint64_t>(size % second));
  while (text.ends_with('0') && !text.ends_with(".0")) text.pop_back();
  return text;
}

/// `key="dd",` for each column, with `more` behind.
std::string labels(const Row &row, std::string_view more = "") {
  std::string out;
  for (size_t i = 0; i < row.key.size(); i++) {
    out += row.key.size() == 1 ? std::string("key") : fmt::format("key{}", i + 1);
    out += "=\"";
    std::string text;
    append_value(text, row.key[i], {.escape = false, .plain = true});
    for (const char c : escape_text(text)) {
      if (c == '\\' || c == '"') out += '\\';
      out += c;
    }
    out += i + 1 < row.key.size() || !more.empty() ? "\"," : "\"";
  }
  out += more;
  return out.empty() ? out : "{" + out + "}";
}

class OpenmetricsSink : public Sink {
 public:
  explicit OpenmetricsSink(Writer &writer) : writer_(writer) {}

  void map(const Snapshot &snapshot, bool) override {
    if (!histories_.contains(snapshot.name)) order_.push_back(snapshot.name);
    histories_[snapshot.name].add(snapshot);
  }
  void printf(const PrintfEvent &) override { unshown_++; }
  void value(const ValueEvent &) override { unshown_++; }
  void time(const TimeEvent &) override { unshown_++; }
  void note(const Note &note) override { notes_.push_back(note); }
  void end() override {
    for (const std::string &name : order_)
      if (const Snapshot sum = histories_[name].sum(); !sum.rows.empty()) family(sum);
    if (!notes_.empty()) losses();
    writer_.write("# EOF\n");
  }
  std::string left_out() const override {
    if (unshown_ == 0) return {};
    return fmt::format("{} printed line{} left out, the format has no place for them", unshown_,
                       unshown_ == 1 ? "" : "s");
  }

 private:
  void family(const Snapshot &snapshot) {
    kind_ = kind_of(snapshot);
    unit_ = kind_ == Kind::info ? Unit::none : snapshot.rows[0].value.unit;
    const std::string_view bare = std::string_view(snapshot.name).substr(1);
    name_ = fmt::format("awl_{}", bare.empty() ? "map" : bare);
    if (unit_ != Unit::none) name_ += fmt::format("_{}", base_unit(unit_));
    writer_.write(fmt::format("# TYPE {} {}\n", name_, name_of(kind_)));
    if (unit_ != Unit::none) writer_.write(fmt::format("# UNIT {} {}\n", name_, base_unit(unit_)));
    const std::string_view show = awl::name_of(snapshot.rows[0].value.show);
    tells_sum_ = std::ranges::all_of(snapshot.rows, tells_sum);
    writer_.write(fmt::format("# HELP {} {}{}{}{}\n", name_, show, show.empty() ? "" : " of ", snapshot.name,
                              kind_ == Kind::histogram && !tells_sum_ ? "; without _sum, which buckets do not tell" : ""));
    for (const Row &row : snapshot.rows) this->row(row);
  }

  void row(const Row &row) {
    if (const Histogram *histogram = std::get_if<Histogram>(&row.value.value)) return buckets(row, *histogram);
    if (const Stats *stats = std::get_if<Stats>(&row.value.value)) return summary(row, *stats);
    if (is_percentiles(row.value)) return quantiles(row, std::get<Tuple>(row.value.value));
    std::string value;
    append_value(value, row.value, {.escape = false, .plain = true});
    if (kind_ == Kind::info) {
      std::string label = "value=\"";
      for (const char c : escape_text(value)) label.append(c == '\\' || c == '"' ? "\\" : "").append(1, c);
      return sample("_info", labels(row, label + "\""), "1");
    }
    sample(kind_ == Kind::counter ? "_total" : "", labels(row), number(row.value.value, unit_));
  }

  static std::string number(const Value &value, Unit unit) {
    if (const int64_t *number = std::get_if<int64_t>(&value)) return digits(*number, unit);
    if (const uint64_t *number = std::get_if<uint64_t>(&value)) return digits(static_cast<Wide>(*number), unit);
    return std::get<bool>(value) ? "1" : "0";
  }

  void gauges(const Row &row, const Histogram &histogram) {
    for (const Bucket &bucket : histogram.buckets) {
      const std::string from = bucket.open_low ? "-Inf" : digits(bucket.low, unit_);
      const std::string to = bucket.open_high ? "+Inf" : digits(bucket.high, unit_);
      sample("", labels(row, fmt::format("ge=\"{}\",le=\"{}\"", from, to)), std::to_string(bucket.count));
    }
  }

  /// `p99.9` is the quantile 0.999, and the greatest is 1.
  void quantiles(const Row &row, const Tuple &tuple) {
    for (size_t i = 0; i < tuple.names.size(); i++) {
      const std::string &name = tuple.names[i];
      if (name == "count" && kind_ == Kind::summary) sample("_count", labels(row), number(tuple.values[i].value, Unit::none));
      if (!name.starts_with('p') && name != "max") continue;
      const double share = name == "max" ? 1 : std::round(std::strtod(name.c_str() + 1, nullptr) * 10) / 1000;
      sample("", labels(row, fmt::format("quantile=\"{}\"", share)), number(tuple.values[i].value, unit_));
    }
  }

  void buckets(const Row &row, const Histogram &histogram) {
    if (kind_ == Kind::gauge) return gauges(row, histogram);
    int64_t seen = 0;
    for (const Bucket &bucket : histogram.buckets) {
      seen += bucket.count;
      if (!bucket.open_high)
        sample("_bucket", labels(row, fmt::format("le=\"{}\"", digits(bucket.high, unit_))), std::to_string(seen));
    }
    sample("_bucket", labels(row, "le=\"+Inf\""), std::to_string(seen));
    if (!tells_sum_) return;
    sample("_count", labels(row), std::to_string(seen));
    sample("_sum", labels(row), digits(*sum_of(histogram), unit_));
  }

  void summary(const Row &row, const Stats &stats) {
    if (stats.only_number) return sample("", labels(row), digits(stats.number(), unit_));
    if (kind_ == Kind::summary) {
      sample("_count", labels(row), std::to_string(stats.count));
      return sample("_sum", labels(row), digits(stats.sum, unit_));
    }
    // Neither sums nor anything else of a summary may be negative.
    sample("", labels(row, "field=\"average\""), digits(stats.number(), unit_));
    sample("", labels(row, "field=\"total\""), digits(stats.sum, unit_));
  }

  void losses() {
    writer_.write("# TYPE awl_lost counter\n# HELP awl_lost what could not be counted\n");
    name_ = "awl_lost";
    for (size_t i = 0; i < notes_.size(); i++) {
      const Row row = {
          .key = {{.value = Text{.bytes = notes_[i].subject}}, {.value = Text{.bytes = notes_[i].message}}},
          .value = {}};
      sample("_total", labels(row), std::to_string(notes_[i].count));
    }
  }

  void sample(std::string_view suffix, std::string_view labels, std::string_view value) {
    writer_.write(fmt::format("{}{}{} {}\n", name_, suffix, labels, value));
  }

  Writer &writer_;
  std::vector<std::string> order_;
  std::map<std::string, MapHistory> histories_;
  std::vector<Note> notes_;
  std::string name_;
  Kind kind_ = Kind::gauge;
  Unit unit_ = Unit::none;
  bool tells_sum_ = false;
  size_t unshown_ = 0;
};

}  // namespace

std::unique_ptr<Sink> make_openmetrics_sink(Writer &writer, const SinkOptions &) {
  return std::make_unique<OpenmetricsSink>(writer);
}

}  // namespace awl
