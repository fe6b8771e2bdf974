// SPDX-License-Identifier: GPL-2.0-only
// formats_golden FORMAT[:STYLE] | difference
//
// Writes one run with the nastiest values in the format that is asked for, or the difference of two such runs as a
// page. formats_check.py reads it with parsers that are not ours; golden.py holds it against what it was.
#include <unistd.h>

#include <limits>

#include "runtime/sinks/difference.h"
#include "tests/runtime/capture.h"

using namespace awl;

namespace {

constexpr int64_t lowest = std::numeric_limits<int64_t>::min();
constexpr uint64_t highest = std::numeric_limits<uint64_t>::max();

/// A clock that goes on by a millisecond each time it is looked at.
uint64_t ticks() {
  static uint64_t now = 1'700'000'000'000'000'000;
  return now += 1'000'000;
}

const std::string all_bytes = [] {
  std::string bytes;
  for (int byte = 0; byte < 256; byte++) bytes += static_cast<char>(byte);
  return bytes;
}();
const std::string long_text(65536, 'x');

TypedValue user_stack(const char *leaf) {
  return {.value =
              Stack{.frames = {{.address = 0x401020, .name = leaf, .module = "/usr/bin/dd", .file = "dd.c", .line = 7},
                               {.address = 0x401010, .name = "main;loop", .module = "/usr/bin/dd"},
                               {.address = 0x7f0000001234, .module = "/lib/libc.so.6"}},
                    .user = true}};
}
TypedValue kernel_stack() {
  return {.value =
              Stack{.frames = {{.address = 0xffffffff81000001, .name = "vfs_read", .offset = 1},
                               {.address = 0xffffffff81000002, .name = "ksys_read", .offset = 107, .inlined = true},
                               {.address = 0xffffffff81000003}}}};
}

void write_profile(Sink &sink) {
  const auto count = [](uint64_t n) { return unsigned_number(n, Show::count); };
  sink.map({"@",
            true,
            {{{text("dd", 15), user_stack("read"), kernel_stack()}, count(17)},
             {{text("</script><b>", 15), user_stack("</title>]]>&\"'"), kernel_stack()}, count(1)},
             {{text("", 15), user_stack(long_text.c_str()), {.value = Stack{.lost = true}}}, count(2)},
             {{text("\xff\x1b[2J\n", 15), user_stack("read"), {.value = Stack{}}}, count(3)}}},
           false);
}

void write_histograms(Sink &sink) {
  const Wide two_to_63 = Wide(1) << 63;
  const auto wide = [&](uint64_t times) {
    return histogram({bucket(-two_to_63, -two_to_63, 1), bucket(-1, -1, times), bucket(0, 0, 1), bucket(1, 1, 0),
                      bucket(8, 15, 2 * times), bucket(two_to_63, two_to_63 * 2 - 1, 2)},
                     Histogram::Scale::log2, Unit::nanoseconds);
  };
  const auto lat = [&](uint64_t times) {
    return Snapshot{"@lat", true, {{{text("</script>")}, wide(times)}, {{text(all_bytes)}, wide(times + 1)}}};
  };
  sink.map(lat(1), true);
  sink.map(lat(2), true);
  sink.map(lat(3), false);
  sink.map({"@lin",
            false,
            {{{},
              histogram({{.low = -1, .high = -1, .open_low = true, .count = 1},
                         bucket(0, 9, 2),
                         {.low = 10, .high = 10, .open_high = true, .count = 3}},
                        Histogram::Scale::linear)}}},
           false);
}

void write_values(Sink &sink) {
  sink.map({"@stats",
            true,
            {{{number(1)}, {.value = Stats{.count = 3, .sum = -16, .is_signed = true}, .show = Show::stats}}}},
           false);
  sink.map(
      {"@size", false, {{{}, {.value = Stats{.count = 2, .sum = 8192}, .unit = Unit::bytes, .show = Show::stats}}}},
      false);
  sink.map({"@empty", true, {}}, true);
  sink.map({"@text",
            true,
            {{{number(lowest), text("=1+1")}, text("-2+3")},
             {{number(-1), text("@SUM(A1)")}, text("+x")},
             {{number(0), text("a,\"b\"")}, text(all_bytes)},
             {{number(1), text(long_text)}, text("plain")}}},
           false);
  sink.map({"@low", false, {{{}, number(lowest)}}}, false);
  sink.map({"@high", false, {{{}, unsigned_number(highest, Show::sum)}}}, false);
}

/// Weights below 0, a histogram whose sum is known, and what is more than a number.
void write_samples(Sink &sink) {
  sink.map({"@weights", true, {{{text("a")}, histogram({bucket(1, 1, 4), bucket(2, 3, 0), bucket(4, 7, -9)})}}}, false);
  Histogram few = {.buckets = {bucket(0, 0, 7), bucket(1, 1, 2)}};
  few.grid.bits = 2;
  sink.map({"@few", false, {{{}, {.value = few, .show = Show::log_linear_histogram}}}}, false);
  Tuple percentiles = {.names = {"count", "p50", "p99.9", "max", "error"},
                       .values = {unsigned_number(0), number(0, Unit::nanoseconds), number(0, Unit::nanoseconds),
                                  number(0, Unit::nanoseconds), text("0.8%")},
                       .sketch = {bucket(1000, 1007, 3), bucket(2'000'000'000, 2'015'625'000, 1)}};
  settle_percentiles(percentiles);
  sink.map({"@pct", false, {{{}, {.value = percentiles, .unit = Unit::nanoseconds, .show = Show::percentiles}}}}, false);
  const Stats deviation = {.count = 8, .sum = 40, .only_number = true, .squares = Squares{232, 0, 0}};
  sink.map({"@deviation", true, {{{text("a")}, {.value = deviation, .show = Show::deviation}}}}, false);
}

void write_events(Sink &sink) {
  sink.printf({{{.text = "</script>\x1b ", .has_conversion = true, .conversion = {.letter = 's'}}, {.text = "\n"}},
               {text("a\x1b\nb, \"c\"")}});
  sink.value({{number(-5), text("=cmd")}});
  sink.time({"12:00:00\n"});
  sink.note({Note::Kind::map_full, 3, "@", "updates were dropped because the map is full", "try \"more\""});
}

/// A map with a stack that stays, one that grows and one that is new, and a histogram that shifts.
SnapshotPairs two_runs() {
  const auto profile = [](uint64_t grown, std::vector<Row> more) {
    Snapshot map = {"@", true, {{{text("dd", 15), kernel_stack()}, unsigned_number(7, Show::count)},
                                {{text("</script><b>"), user_stack("read")}, unsigned_number(grown, Show::count)}}};
    map.rows.insert(map.rows.end(), more.begin(), more.end());
    return map;
  };
  const auto latency = [](uint64_t low, uint64_t high) {
    return Snapshot{"@lat", false, {{{}, histogram({bucket(512, 1023, low), bucket(1024, 2047, high)})}}};
  };
  const Row added = {{text("new\x1b"), user_stack("]]></title>")}, unsigned_number(4, Show::count)};
  return {{profile(10, {}), profile(30, {added})}, {latency(9, 1), latency(2, 8)}};
}

void write_run(Sink &sink) {
  sink.start(2);
  write_events(sink);
  write_profile(sink);
  write_histograms(sink);
  write_values(sink);
  write_samples(sink);
  sink.end();
}

bool print(const std::string &text) {
  for (size_t done = 0; done < text.size();) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data() + done, text.size() - done);
    if (written <= 0) return false;
    done += static_cast<size_t>(written);
  }
  return true;
}

}  // namespace

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  const std::string_view asked = argv[1];
  if (asked == "difference") {
    Writer writer(STDOUT_FILENO);
    write_html_difference(writer, "a<b>.json", "after.json", two_runs());
    writer.flush();
    return writer.broken();
  }
  const size_t colon = std::min(asked.find(':'), asked.size());
  const std::string_view style = colon < asked.size() ? asked.substr(colon + 1) : "awl";
  const RunDescription run = {.script_name = "evil</script>.awl",
                              .script = "begin { /* </script> */ }\n",
                              .host = "host",
                              .kernel = "Linux 6.1",
                              .machine = "x86_64"};
  Capture sink(asked.substr(0, colon), {.style = style, .key_columns = 3, .run = run, .now = ticks});
  write_run(*sink);
  return print(sink.text()) ? 0 : 1;
}
