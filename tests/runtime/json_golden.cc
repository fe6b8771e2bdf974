// SPDX-License-Identifier: GPL-2.0-only
// Writes one record of every kind, with the nastiest values, for json_check.py to read: what a parser that is not
// ours makes of the text counts, not what we think it says.
#include <unistd.h>

#include <limits>

#include "tests/runtime/capture.h"

using namespace awl;

namespace {

void write_strings(Sink &sink) {
  std::string all_bytes, all_ascii;
  for (int byte = 0; byte < 256; byte++) all_bytes += static_cast<char>(byte);
  for (int byte = 0; byte < 128; byte++) all_ascii += static_cast<char>(byte);
  sink.value({{text(all_ascii), text(all_bytes), text("</script><!--"), text("\xf0\x9f\x90\xa7 naïve"), text(""),
               text(std::string(65536, '"')), text("cut", 15, true), text("cut\x80", 0, true), text("\xed\xa0\x80"),
               text("\xc0\xaf"), text("\xe2\x80\xae\xf3\xa0\x81\x81")}});
}

void write_numbers(Sink &sink) {
  sink.value({{number(std::numeric_limits<int64_t>::min()),
               unsigned_number(std::numeric_limits<uint64_t>::max()),
               unsigned_number((uint64_t(1) << 53) + 1),
               {.value = true},
               {.value = false},
               address(std::numeric_limits<uint64_t>::max()),
               number(5, Unit::nanoseconds)}});
}

void write_maps(Sink &sink) {
  const Wide two_to_63 = Wide(1) << 63;
  const TypedValue wide = histogram({bucket(-two_to_63, -two_to_63, 1), bucket(two_to_63, two_to_63 * 2 - 1, 2)},
                                    Histogram::Scale::log2, Unit::nanoseconds);
  const TypedValue open = histogram({{.low = -1, .high = -1, .open_low = true, .count = 1},
                                     bucket(0, 9, 2),
                                     {.low = 10, .high = 10, .open_high = true, .count = 3}},
                                    Histogram::Scale::linear);
  sink.map({"@wide", true, {{{text("\xff\x1b"), number(1)}, wide}, {{text("b"), number(2)}, wide}}}, false);
  sink.map({"@open", false, {{{}, open}}}, true);
  sink.map({"@stats", false, {{{}, {.value = Stats{.count = 3, .sum = -16}, .show = Show::stats}}}}, false);
  sink.map({"@empty", true, {}}, true);
  sink.map({"@unset", false, {}}, true);
  sink.map({"@silent", true, {}}, false);
}

void write_events(Sink &sink) {
  sink.printf({{{.text = "\"</script>\x1b ", .has_conversion = true, .conversion = {.letter = 's'}}, {.text = "\n"}},
               {text("a\x1b\nb")}});
  sink.time({"12:00:00\n"});
  sink.note({Note::Kind::map_full, 3, "@", "updates dropped", "try \"more\""});
}

}  // namespace

int main() {
  Capture sink("json");
  sink->start(1);
  write_strings(*sink);
  write_numbers(*sink);
  write_maps(*sink);
  write_events(*sink);
  sink->end();
  const std::string text = sink.text();
  return ::write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1;
}
