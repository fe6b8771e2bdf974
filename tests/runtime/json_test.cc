// SPDX-License-Identifier: GPL-2.0-only
#include <doctest/doctest.h>

#include <limits>

#include "tests/runtime/capture.h"

using namespace awl;

namespace {

std::string line_of(const Snapshot &snapshot, bool asked = false) {
  Capture sink("json");
  sink->map(snapshot, asked);
  return sink.text();
}

/// One value as JSON, out of the record of a print().
std::string spelled(const TypedValue &value) {
  Capture sink("json");
  sink->value({{value}});
  const std::string line = sink.text();
  const std::string_view before = "{\"type\":\"value\",\"values\":[", after = "]}\n";
  REQUIRE(line.starts_with(before));
  REQUIRE(line.ends_with(after));
  return line.substr(before.size(), line.size() - before.size() - after.size());
}

}  // namespace

TEST_CASE("the frame of a run") {
  Capture sink("json");
  sink->start(2);
  sink->end();
  CHECK(sink.text() == "{\"type\":\"start\",\"version\":1,\"awl\":\"" AWL_VERSION
                       "\",\"probes\":2}\n{\"type\":\"end\"}\n");
}

TEST_CASE("a keyed histogram") {
  const Snapshot snapshot = {
      "@", true, {{{text("size")}, histogram({bucket(0, 0, 3), bucket(1, 1, 0), bucket(2, 3, 1)})}}};
  CHECK(line_of(snapshot) ==
        R"({"type":"map","name":"@","when":"end","show":"quantize","rows":[{"key":["size"],"value":)"
        R"({"histogram":"log2","buckets":[{"low":0,"high":0,"count":3},{"low":1,"high":1,"count":0},)"
        R"({"low":2,"high":3,"count":1}]}}]})"
        "\n");
}

TEST_CASE("open buckets lack the edge that they do not have") {
  const TypedValue value = histogram({{.low = -1, .high = -1, .open_low = true, .count = 1},
                                      bucket(0, 9, 2),
                                      {.low = 10, .high = 10, .open_high = true, .count = 3}},
                                     Histogram::Scale::linear);
  CHECK(
      spelled(value) ==
      R"({"histogram":"linear","buckets":[{"high":-1,"count":1},{"low":0,"high":9,"count":2},{"low":10,"count":3}]})");
}

TEST_CASE("edges beyond 64 signed bits") {
  const Wide two_to_63 = Wide(1) << 63;
  CHECK(spelled(histogram({bucket(-two_to_63, -two_to_63, 1), bucket(two_to_63, two_to_63 * 2 - 1, 2)})) ==
        R"({"histogram":"log2","buckets":[{"low":-9223372036854775808,"high":-9223372036854775808,"count":1},)"
        R"({"low":9223372036854775808,"high":18446744073709551615,"count":2}]})");
}

TEST_CASE("units of values and keys") {
  const Unit ns = Unit::nanoseconds;
  const Snapshot snapshot = {
      "@", true, {{{text("a"), number(5, ns)}, {.value = int64_t(7), .unit = ns, .show = Show::sum}}}};
  CHECK(line_of(snapshot) ==
        R"({"type":"map","name":"@","when":"end","show":"sum","unit":"ns","key_units":[null,"ns"],)"
        R"("rows":[{"key":["a",5],"value":7}]})"
        "\n");
  Capture sink("json");
  sink->value({{number(1, Unit::bytes), text("a")}});
  CHECK(sink.text() == R"({"type":"value","values":[1,"a"],"units":["bytes",null]})"
                       "\n");
}

TEST_CASE("maps without a key have one value") {
  CHECK(line_of({"@", false, {{{}, unsigned_number(42, Show::count)}}}, true) ==
        R"({"type":"map","name":"@","when":"print","show":"count","value":42})"
        "\n");
  CHECK(line_of({"@", false, {{{}, {.value = Stats{.count = 3, .sum = 15}, .show = Show::stats}}}}) ==
        R"({"type":"map","name":"@","when":"end","show":"stats","value":{"count":3,"average":5,"total":15}})"
        "\n");
}

TEST_CASE("an empty map is told only when the script asked for it") {
  CHECK(line_of({"@", true, {}}) == "");
  CHECK(line_of({"@", true, {}}, true) == R"({"type":"map","name":"@","when":"print","rows":[]})"
                                          "\n");
  CHECK(line_of({"@", false, {}}, true) == R"({"type":"map","name":"@","when":"print","value":null})"
                                           "\n");
}

TEST_CASE("numbers keep all their bits") {
  CHECK(spelled(unsigned_number(std::numeric_limits<uint64_t>::max())) == "18446744073709551615");
  CHECK(spelled(number(std::numeric_limits<int64_t>::min())) == "-9223372036854775808");
  CHECK(spelled({.value = true}) == "true");
  CHECK(spelled(address(0xffffffff81000000)) == R"({"address":"0xffffffff81000000"})");
}

TEST_CASE("strings from outside") {
  CHECK(spelled(text("naïve 日本")) == "\"naïve 日本\"");
  CHECK(spelled(text("a\"b\\c\n\t")) == R"("a\"b\\c\n\t")");
  CHECK(spelled(text("\x1b[2J\x01\x7f")) == R"("\u001b[2J\u0001\u007f")");
  CHECK(spelled(text("</script>")) == R"("\u003c/script>")");
  CHECK(spelled(text("\xc2\x9b\xe2\x80\xae\xe2\x80\xa8")) == R"("\u009b\u202e\u2028")");
  CHECK(spelled(text("\xf3\xa0\x81\x81")) == R"("\udb40\udc41")");
  CHECK(spelled(text("\xff\xfe\xfd")) == R"({"bytes":"//79"})");
  CHECK(spelled(text("ab\xff")) == R"({"bytes":"YWL/"})");
  CHECK(spelled(text("a\xff")) == R"({"bytes":"Yf8="})");
  CHECK(spelled(text("\xff")) == R"({"bytes":"/w=="})");
  CHECK(spelled(text("abc", 15, true)) == R"({"text":"abc","truncated":true})");
  CHECK(spelled(text("\xff", 0, true)) == R"({"bytes":"/w==","truncated":true})");
  CHECK(spelled(text(std::string(65536, 'x'))) == '"' + std::string(65536, 'x') + '"');
}

TEST_CASE("events carry text and typed values") {
  Capture sink("json");
  sink->printf({{{.text = "took ", .has_conversion = true, .conversion = {.letter = 's'}}, {.text = "\n"}},
                {number(1024, Unit::nanoseconds)}});
  sink->printf({{{.text = "", .has_conversion = true, .conversion = {.letter = 's'}}}, {text("\xff")}});
  sink->time({"12:00:00\n"});
  CHECK(sink.text() == R"({"type":"printf","text":"took 1.02us\n","values":[1024],"units":["ns"]})"
                       "\n"
                       R"({"type":"printf","text":{"bytes":"/w=="},"values":[{"bytes":"/w=="}]})"
                       "\n"
                       R"({"type":"time","text":"12:00:00\n"})"
                       "\n");
}

TEST_CASE("notes") {
  Capture sink("json");
  sink->note({Note::Kind::map_full, 3, "@", "updates dropped because the map is full", "use `-k`"});
  for (Note::Kind kind : {Note::Kind::lost_events, Note::Kind::missed, Note::Kind::fault, Note::Kind::child_exit})
    sink->note({.kind = kind, .count = 1});
  CHECK(sink.text() == R"({"type":"note","kind":"map_full","count":3,"subject":"@",)"
                       R"("message":"updates dropped because the map is full","help":"use `-k`"})"
                       "\n"
                       R"({"type":"note","kind":"lost_events","count":1})"
                       "\n"
                       R"({"type":"note","kind":"missed","count":1})"
                       "\n"
                       R"({"type":"note","kind":"fault","count":1})"
                       "\n"
                       R"({"type":"note","kind":"child_exit","count":1})"
                       "\n");
}
