// SPDX-License-Identifier: GPL-2.0-only
#include <doctest/doctest.h>

#include <limits>

#include "tests/runtime/capture.h"

using namespace awl;

namespace {

Snapshot lone(std::string name, TypedValue value) {
  return {.name = std::move(name), .rows = {{{}, std::move(value)}}};
}
Snapshot keyed(std::string name, std::vector<Row> rows) { return {std::move(name), true, std::move(rows)}; }

std::string at_end(const Snapshot &snapshot, const SinkOptions &options = {}) {
  Capture sink("text", options);
  sink->map(snapshot, false);
  return sink.text();
}

/// The counts of the project's first picture, with the empty buckets that lie between.
TypedValue sizes() {
  return histogram({bucket(0, 0, 2), bucket(1, 1, 1), bucket(2, 3, 1), bucket(4, 7, 0), bucket(8, 15, 2),
                    bucket(16, 31, 1), bucket(32, 63, 1), bucket(64, 127, 0), bucket(128, 255, 0), bucket(256, 511, 1),
                    bucket(512, 1023, 0), bucket(1024, 2047, 1)});
}

constexpr std::string_view size_rows =
    "\t[   0,    1]\t       3 ┤█████████▋                      │\n"
    "\t[   2,    3]\t       1 ┤███▎                            │\n"
    "\t...\n"
    "\t[   8,   15]\t       2 ┤██████▍                         │\n"
    "\t[  16,   31]\t       1 ┤███▎                            │\n"
    "\t[  32,   63]\t       1 ┤███▎                            │\n"
    "\t...\n"
    "\t[ 256,  511]\t       1 ┤███▎                            │\n"
    "\t...\n"
    "\t[  1k,   2k)\t       1 ┤███▎                            │\n";

}  // namespace

TEST_CASE("the picture that awl began with") {
  CHECK(at_end(keyed("@", {{{text("size")}, sizes()}})) == "\n@:\n{ size    }: \n" + std::string(size_rows));
}

TEST_CASE("a histogram without a key has no key line") {
  CHECK(at_end(lone("@", sizes())) == "\n@:\n" + std::string(size_rows));
}

TEST_CASE("without UTF-8 bars are drawn in ASCII") {
  CHECK(at_end(lone("@", histogram({bucket(2, 3, 1), bucket(4, 7, 3)})), {.unicode = false}) ==
        "\n@:\n"
        "\t[   2,    3]\t       1 |########                        |\n"
        "\t[   4,    7]\t       3 |########################        |\n");
}

TEST_CASE("histograms of one map are set apart by empty lines") {
  const TypedValue one = histogram({bucket(2, 3, 1)});
  CHECK(at_end(keyed("@h", {{{number(1)}, one}, {{number(2)}, one}})) ==
        "\n@h:\n"
        "{     1 }: \n\t[   2,    3]\t       1 ┤████████████████████████████████│\n\n"
        "{     2 }: \n\t[   2,    3]\t       1 ┤████████████████████████████████│\n");
}

TEST_CASE("signed histograms grow to both sides") {
  CHECK(
      at_end(lone("@", histogram({bucket(-8191, -4096, 1), bucket(-3, -2, 1), bucket(-1, -1, 1), bucket(0, 0, 1)}))) ==
      "\n@:\n"
      "\t( -8k,  -4k]\t       1 ┤████████                        │\n"
      "\t[  -3,   -2]\t       1 ┤████████                        │\n"
      "\t[  -1]      \t       1 ┤████████                        │\n"
      "\t[   0,    1]\t       1 ┤████████                        │\n");
}

TEST_CASE("bounds of extreme numbers") {
  const Wide two_to_63 = Wide(1) << 63;
  CHECK(at_end(lone("@", histogram({bucket(-two_to_63, -two_to_63, 1), bucket(two_to_63, two_to_63 * 2 - 1, 1)}))) ==
        "\n@:\n"
        "\t[ -8E]      \t       1 ┤████████████████                │\n"
        "\t[  8E,  16E)\t       1 ┤████████████████                │\n");
}

TEST_CASE("key columns line up") {
  CHECK(at_end(keyed(
            "@", {{{text("cat", 15), number(190)}, number(2)}, {{text("sleep", 15), number(28145)}, number(18)}})) ==
        "\n@:\n"
        "{ cat            ,   190 }: 2\n"
        "{ sleep          , 28145 }: 18\n");
  CHECK(at_end(keyed("@", {{{text("eight888")}, number(1)}, {{text("")}, number(2)}})) ==
        "\n@:\n"
        "{ eight888        }: 1\n"
        "{                 }: 2\n");
  CHECK(at_end(keyed("@", {{{text("")}, number(2)}})) == "\n@:\n{         }: 2\n");
  CHECK(at_end(keyed("@", {{{number(-1234567)}, number(1)}, {{number(7)}, number(2)}})) ==
        "\n@:\n"
        "{ -1234567 }: 1\n"
        "{        7 }: 2\n");
  CHECK(at_end(keyed("@", {{{address(0xffff888000000000)}, number(1)}, {{address(0)}, number(2)}})) ==
        "\n@:\n"
        "{ 0xffff888000000000 }: 1\n"
        "{                0x0 }: 2\n");
  CHECK(at_end(keyed(
            "@", {{{number(512, Unit::nanoseconds)}, number(1)}, {{number(1024, Unit::nanoseconds)}, number(2)}})) ==
        "\n@:\n"
        "{  512ns }: 1\n"
        "{ 1.02us }: 2\n");
}

TEST_CASE("a very long key does not widen the others") {
  const std::string path(65536, 'x');
  CHECK(at_end(keyed("@", {{{text("a")}, number(1)}, {{text(path)}, number(2)}})) ==
        "\n@:\n{ a" + std::string(62, ' ') + " }: 1\n{ " + path + " }: 2\n");
}

TEST_CASE("values of every kind in rows") {
  const Unit ns = Unit::nanoseconds;
  CHECK(at_end(keyed("@", {{{number(1)}, number(std::numeric_limits<int64_t>::min())},
                           {{number(2)}, unsigned_number(std::numeric_limits<uint64_t>::max())},
                           {{number(3)}, {.value = true}},
                           {{number(4)}, text("a\x1b[2J\n", 0, true)},
                           {{number(5)}, address(255)},
                           {{number(6)}, number(16384, ns)},
                           {{number(7)}, {.value = Stats{.count = 2, .sum = 6}}}})) ==
        "\n@:\n"
        "{     1 }: -9223372036854775808\n"
        "{     2 }: 18446744073709551615\n"
        "{     3 }: true\n"
        "{     4 }: a\\x1b[2J\\n..\n"
        "{     5 }: 0xff\n"
        "{     6 }: 16.3us\n"
        "{     7 }: count 2, average 3, total 6\n");
}

TEST_CASE("hostile keys are escaped and still line up") {
  CHECK(at_end(keyed(
            "@", {{{text("a\x1b]0;t\x07")}, number(1)}, {{text("b\xff")}, number(2)}, {{text("日本")}, number(3)}})) ==
        "\n@:\n"
        "{ a\\x1b]0;t\\x07   }: 1\n"
        "{ b\\xff           }: 2\n"
        "{ 日本            }: 3\n");
}

TEST_CASE("plain values without a key form one block") {
  Capture sink("text");
  sink->map(lone("@hits", number(42)), false);
  sink->map(lone("@lat", {.value = Stats{.count = 3, .sum = 15}}), false);
  sink->map(keyed("@m", {{{number(1)}, number(2)}}), false);
  sink->map(lone("@x", number(-1)), false);
  sink->map(lone("@h", histogram({bucket(2, 3, 1)})), false);
  sink->end();
  CHECK(sink.text() ==
        "\n@hits: 42\n@lat: count 3, average 5, total 15\n"
        "\n@m:\n{     1 }: 2\n"
        "\n@x: -1\n"
        "\n@h:\n\t[   2,    3]\t       1 ┤████████████████████████████████│\n");
}

TEST_CASE("a plain value that was asked for is one line, a map looks as at the end") {
  Capture sink("text");
  sink->map(lone("@x", number(1)), true);
  sink->map(lone("@x", number(2)), true);
  sink->map(keyed("@m", {{{number(1)}, number(2)}}), true);
  sink->map(lone("@x", number(3)), true);
  sink->map(lone("@x", number(3)), false);
  CHECK(sink.text() == "@x: 1\n@x: 2\n\n@m:\n{     1 }: 2\n@x: 3\n\n@x: 3\n");
}

TEST_CASE("maps without rows print nothing") {
  Capture sink("text");
  sink->start(3);
  sink->map(keyed("@m", {}), false);
  sink->map(keyed("@m", {}), true);
  sink->map({.name = "@x"}, true);
  sink->note({.kind = Note::Kind::map_full, .count = 3, .subject = "@m", .message = "updates dropped"});
  sink->end();
  CHECK(sink.text() == "");
}

TEST_CASE("events") {
  Capture sink("text");
  sink->printf(
      {{{.text = "<", .has_conversion = true, .conversion = {.letter = 's'}}, {.text = ">\n"}}, {text("\x1b[A")}});
  sink->value({{number(1), text("a\n"), number(1024, Unit::nanoseconds), text("", 15)}});
  sink->value({{text(""), number(1)}});
  sink->time({"12:00:00\n"});
  CHECK(sink.text() == "<\\x1b[A>\n1, a\\n, 1.02us, \n, 1\n12:00:00\n");
}

TEST_CASE("a printed histogram starts on a line of its own") {
  Capture sink("text");
  sink->value({{number(1), histogram({bucket(2, 3, 1)})}});
  CHECK(sink.text() == "1, \n\t[   2,    3]\t       1 ┤████████████████████████████████│\n");
}

TEST_CASE("the list of formats starts with text") {
  const std::vector<SinkFormat> formats = sink_formats();
  REQUIRE(formats.size() >= 2);
  CHECK(formats[0].name == "text");
  CHECK(formats[1].name == "json");
}
