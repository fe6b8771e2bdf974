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
#include <iterator>

#include <fmt/format.h>

#include "runtime/render.h"
#include "runtime/sinks/style.h"

namespace awl {
namespace {

constexpr size_t bar_cells = 40;

struct Line {
  std::string label;
  uint64_t count = 0;
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

std::vector<Line> linear_lines(const std::vector<Bucket> &buckets) {
  std::vector<Line> lines;
  for (const Bucket &bucket : buckets) {
    if (bucket.open_low)
      lines.push_back({"< " + digits(bucket.high + 1), bucket.count});
    else
      lines.push_back({(bucket.open_high ? ">= " : "") + digits(bucket.low), bucket.count});
  }
  if (buckets.empty()) return lines;
  const Bucket &first = buckets.front(), &last = buckets.back();
  // The neighbours are only known to exist, not how wide they are: the range may begin or end here.
  if (!first.open_low) lines.insert(lines.begin(), {"< " + digits(first.low), 0});
  if (!last.open_high) lines.push_back({">= " + digits(last.high + 1), 0});
  return lines;
}

size_t cells(uint64_t count, uint64_t total) {
  if (total == 0) return 0;
  return static_cast<size_t>(static_cast<double>(count) * bar_cells / static_cast<double>(total) + 0.5);
}

void append_distribution(std::string &out, const Histogram &histogram) {
  const uint64_t total = histogram.total();
  fmt::format_to(std::back_inserter(out), "\n{:>16} {:>41} {:<9}\n", "value",
                 "------------- Distribution -------------", "count");
  const bool by_powers = histogram.scale == Histogram::Scale::log2;
  for (const Line &line : by_powers ? lines_by_powers(histogram.buckets) : linear_lines(histogram.buckets))
    fmt::format_to(std::back_inserter(out), "{:>16} |{:<40} {:<9}\n", line.label,
                   std::string(cells(line.count, total), '@'), line.count);
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
    writer_.write(render_printf(event.format, event.values, Look{.plain = true}));
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

  void append_number(Wide number) { fmt::format_to(std::back_inserter(line_), " {:>16}", digits(number)); }

  void append_column(const TypedValue &value) {
    if (const int64_t *number = std::get_if<int64_t>(&value.value)) return append_number(*number);
    if (const uint64_t *number = std::get_if<uint64_t>(&value.value)) return append_number(static_cast<Wide>(*number));
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
      append_number(static_cast<Wide>(stats->count));
      append_number(stats->average());
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
