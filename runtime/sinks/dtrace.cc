// SPDX-License-Identifier: GPL-2.0-only
// --style dtrace: what `dtrace -q` prints.
//
//   (an empty line)
//     dd
//            value  ------------- Distribution ------------- count
//             -1 |                                         0
//              0 |@@@@                                     1
//              2 |@@@@@@@@                                 2
//   (an empty line)
//
//     dd                                                               3
//
// Maps have no names here, as aggregations of DTrace have none when they are printed. A histogram shows one empty
// bucket on each side; a bar is the bucket's part of all samples.
#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/style.h"

namespace awl {
namespace {

constexpr size_t bar_cells = 40;

struct Line {
  std::string label;
  int64_t count = 0;
};

std::string digits(Wide number) {
  std::string text;
  append_integer(text, number);
  return text;
}

/// A bucket is called by the edge that is nearer to zero.
Wide name_of_bucket(const Bucket &bucket) { return bucket.low < 0 ? bucket.high : bucket.low; }

/// ... -4 -2 -1 0 1 2 4 ...
Wide below(Wide name) { return name > 1 ? name / 2 : name == 1 ? 0 : name == 0 ? -1 : name * 2; }
Wide above(Wide name) { return name < -1 ? name / 2 : name == -1 ? 0 : name == 0 ? 1 : name * 2; }

std::vector<Line> lines_by_powers(const std::vector<Bucket> &buckets) {
  const Wide highest = Wide(1) << 63;
  std::vector<Line> lines;
  const Wide first = buckets.empty() ? 0 : name_of_bucket(buckets.front());
  const Wide last = buckets.empty() ? 0 : name_of_bucket(buckets.back());
  if (first > -highest) lines.push_back({digits(below(first))});
  if (buckets.empty()) lines.push_back({"0"});
  for (const Bucket &bucket : buckets) lines.push_back({digits(name_of_bucket(bucket)), bucket.count});
  if (last < highest) lines.push_back({digits(above(last))});
  return lines;
}

std::string linear_label(const Bucket &bucket) {
  if (bucket.open_low) return "< " + digits(bucket.high + 1);
  return (bucket.open_high ? ">= " : "") + digits(bucket.low);
}

std::vector<Line> linear_lines(const Histogram &histogram) {
  const std::vector<Bucket> &buckets = histogram.buckets;
  std::vector<Line> lines;
  if (buckets.empty()) return lines;
  const Bucket &first = buckets.front(), &last = buckets.back();
  // Of a recording the neighbours are only known to exist, not how wide they are: the range may begin or end here.
  if (histogram.before)
    lines.push_back({linear_label(*histogram.before)});
  else if (!first.open_low)
    lines.push_back({"< " + digits(first.low)});
  for (const Bucket &bucket : buckets) lines.push_back({linear_label(bucket), bucket.count});
  if (histogram.after)
    lines.push_back({linear_label(*histogram.after)});
  else if (!last.open_high)
    lines.push_back({">= " + digits(last.high + 1)});
  return lines;
}

bool is_nearest_to_zero(const Bucket &bucket) {
  return !bucket.open_low && !bucket.open_high && bucket.low <= 0 && bucket.high >= 0;
}

std::string magnitude_label(const Bucket &bucket, bool is_first) {
  if (bucket.open_low) return "<= " + digits(bucket.high);
  if (bucket.open_high) return ">= " + digits(bucket.low);
  if (!is_nearest_to_zero(bucket)) return digits(name_of_bucket(bucket));
  if (bucket.high == 0) return "0";
  return (is_first ? "< " : "abs() < ") + digits(bucket.high + 1);
}

/// Samples have a sign here, so there is always a bucket below the one nearest to zero.
std::vector<Line> magnitude_lines(const Histogram &histogram) {
  std::vector<Bucket> buckets = histogram.buckets;
  if (buckets.empty()) return {};
  if (histogram.after) buckets.push_back(*histogram.after);
  if (histogram.before)
    buckets.insert(buckets.begin(), *histogram.before);
  else if (const Wide edge = buckets.front().high + 1; is_nearest_to_zero(buckets.front()))
    buckets.insert(buckets.begin(), {.low = -edge, .high = -edge});
  std::vector<Line> lines;
  for (const Bucket &bucket : buckets) lines.push_back({magnitude_label(bucket, lines.empty()), bucket.count});
  return lines;
}

std::vector<Line> lines_of(const Histogram &histogram) {
  if (histogram.scale == Histogram::Scale::log2) return lines_by_powers(histogram.buckets);
  if (histogram.scale == Histogram::Scale::linear) return linear_lines(histogram);
  return magnitude_lines(histogram);
}

std::string bar(int64_t count, uint64_t weight, size_t width) {
  if (weight == 0) return {};
  const double part = std::fabs(static_cast<double>(count)) * static_cast<double>(width) / static_cast<double>(weight);
  return std::string(static_cast<size_t>(part + 0.5), '@');
}

/// Bars of sums below 0 end at the middle line, which is at the right edge when there are no others.
std::string bars(int64_t count, uint64_t weight, bool above, bool below) {
  if (!below) return fmt::format("|{:<{}}", bar(count, weight, bar_cells), bar_cells);
  if (!above) return fmt::format("{:>{}}|", bar(count, weight, bar_cells), bar_cells);
  const size_t half = bar_cells / 2;
  const std::string drawn = bar(count, weight, half);
  return count > 0 ? fmt::format("{:{}}|{:<{}}", "", half, drawn, half) : fmt::format("{:>{}}|{:{}}", drawn, half, "", half);
}

void append_distribution(std::string &out, const Histogram &histogram) {
  const std::vector<Line> lines = lines_of(histogram);
  const bool above = std::ranges::any_of(lines, [](const Line &line) { return line.count > 0; });
  const bool below = std::ranges::any_of(lines, [](const Line &line) { return line.count < 0; });
  fmt::format_to(std::back_inserter(out), "\n{:>16} {:>41} {:<9}\n", "value",
                 "------------- Distribution -------------", "count");
  for (const Line &line : lines)
    fmt::format_to(std::back_inserter(out), "{:>16} {} {:<9}\n", line.label,
                   bars(line.count, histogram.weight(), above, below), line.count);
}

class DtraceSink : public Sink {
 public:
  explicit DtraceSink(Writer &writer) : writer_(writer) {}

  void map(const Snapshot &snapshot, bool asked) override {
    if (!asked) leave();
    for (const Row &row : snapshot.rows) {
      line_.clear();
      for (const TypedValue &column : row.key) append_column(column);
      append_result(row.value);
      line_ += '\n';
      writer_.write(line_);
    }
  }
  void printf(const PrintfEvent &event) override {
    writer_.write(render_printf(event.format, event.values, {.plain = true, .picture = append_distribution}));
  }
  void value(const ValueEvent &event) override {
    line_.clear();
    for (const TypedValue &value : event.values) append_column(value);
    line_ += '\n';
    writer_.write(line_);
  }
  void time(const TimeEvent &event) override { writer_.write(event.text); }
  void note(const Note &) override {}
  void end() override { leave(); }

 private:
  void leave() {
    if (!left_) writer_.write("\n");
    left_ = true;
  }

  /// As C's integers of one, two, four and eight bytes; what is aggregated always has eight.
  void append_number(Wide number, unsigned bytes = 8) {
    const int columns = bytes == 1 ? 3 : bytes == 2 ? 5 : bytes == 4 ? 8 : 16;
    fmt::format_to(std::back_inserter(line_), " {:>{}}", digits(number), columns);
  }

  void append_column(const TypedValue &value) {
    if (const int64_t *number = std::get_if<int64_t>(&value.value)) return append_number(*number, value.width);
    if (const uint64_t *number = std::get_if<uint64_t>(&value.value)) return append_number(static_cast<Wide>(*number), value.width);
    if (const Stack *stack = std::get_if<Stack>(&value.value)) return append_frames(*stack);
    cell_.clear();
    append_value(cell_, value, {.plain = true});
    line_ += "  ";
    append_left(line_, cell_, 50);
  }

  void append_frames(const Stack &stack) {
    line_ += '\n';
    for (const Symbol &frame : stack.frames) {
      line_.append(14, ' ');
      append_frame(frame, stack.user);
      line_ += '\n';
    }
  }

  void append_frame(const Symbol &frame, bool user) {
    std::string_view module = frame.module;
    if (module.empty() && !user) module = "vmlinux";
    if (const size_t slash = module.rfind('/'); slash != module.npos) module.remove_prefix(slash + 1);
    if (!module.empty()) {
      append_text(line_, {.bytes = std::string(module)}, true);
      line_ += '`';
    }
    if (frame.name.empty()) {
      fmt::format_to(std::back_inserter(line_), "0x{:x}", frame.address);
      return;
    }
    append_text(line_, {.bytes = std::string(frame.name)}, true);
    if (frame.offset > 0) fmt::format_to(std::back_inserter(line_), "+0x{:x}", frame.offset);
  }

  void append_result(const TypedValue &value) {
    if (const Histogram *histogram = std::get_if<Histogram>(&value.value))
      return append_distribution(line_, *histogram);
    if (const Stats *stats = std::get_if<Stats>(&value.value)) {
      if (stats->only_number) return append_number(stats->number());
      append_number(static_cast<Wide>(stats->count));
      append_number(stats->number());
      return append_number(stats->sum);
    }
    append_column(value);
  }

  Writer &writer_;
  bool left_ = false;
  std::string line_, cell_;
};

}  // namespace

std::unique_ptr<Sink> make_dtrace_sink(Writer &writer, const SinkOptions &) {
  return std::make_unique<DtraceSink>(writer);
}

}  // namespace awl
