// SPDX-License-Identifier: GPL-2.0-only
// What other tracers print, to the letter, from the same values.
#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <limits>

#include "runtime/sinks/style.h"
#include "src/base/text.h"
#include "tests/runtime/capture.h"

using namespace awl;

namespace {

Snapshot lone(std::string name, TypedValue value) {
  return {.name = std::move(name), .rows = {{{}, std::move(value)}}};
}
Snapshot keyed(std::string name, std::vector<Row> rows) { return {std::move(name), true, std::move(rows)}; }

std::string shown(std::string_view style, const Snapshot &snapshot, bool asked = true,
                  std::string_view format = "text") {
  Capture sink(format, {.style = style});
  sink->map(snapshot, asked);
  return sink.text();
}

std::string bpftrace(const Snapshot &snapshot) { return shown("bpftrace", snapshot); }
std::string bpftrace_json(const Snapshot &snapshot) { return shown("bpftrace", snapshot, true, "json"); }

TypedValue stats(uint64_t count, Wide sum) { return {.value = Stats{.count = count, .sum = sum}, .show = Show::stats}; }
TypedValue tuple(std::vector<TypedValue> values, std::vector<std::string> names = {}) {
  return {.value = Tuple{.names = std::move(names), .values = std::move(values)}};
}
TypedValue kernel_stack() {
  return {.value = Stack{.frames = {{.address = 0xffffffff81000001, .name = "vfs_read", .offset = 1},
                                    {.address = 0xffffffff81000002, .name = "ksys_read", .offset = 107}}}};
}

/// lhist(v, 0, 10, 2) with samples below, at 9 and above.
TypedValue linear() {
  return histogram({{.low = -1, .high = -1, .open_low = true, .count = 1},
                    bucket(0, 1, 0),
                    bucket(2, 3, 2),
                    {.low = 10, .high = 10, .open_high = true, .count = 1}},
                   Histogram::Scale::linear);
}

const std::string full_bar(52, '@');

}  // namespace

TEST_CASE("bpftrace: lone values") {
  CHECK(bpftrace(lone("@b", {.value = true})) == "@b: true\n");
  CHECK(bpftrace(lone("@p", address(0))) == "@p: 0x0\n");
  CHECK(bpftrace(lone("@s", text("hi"))) == "@s: hi\n");
  CHECK(bpftrace(lone("@y", number(-3))) == "@y: -3\n");
  CHECK(bpftrace(lone("@ns", number(1024, Unit::nanoseconds))) == "@ns: 1024\n");
  CHECK(bpftrace(lone("@st", stats(2, 6))) == "@st: { .count = 2, .average = 3, .total = 6 }\n");
  CHECK(bpftrace(lone("@x", tuple({number(1), tuple({number(2), text("z")}, {"c", "d"})}, {"a", "b"}))) ==
        "@x: { .a = 1, .b = { .c = 2, .d = z } }\n");
  CHECK(bpftrace(lone("@buf", {.value = Buffer{"ab\x01\xff\n"}})) == "@buf: ab\\x01\\xff\\x0a\n");
}

TEST_CASE("bpftrace: every row carries the name, keys lose the parentheses of their tuple") {
  CHECK(bpftrace(keyed("@x", {{{number(3)}, number(5)}})) == "@x[3]: 5\n");
  CHECK(bpftrace(keyed("@t", {{{number(0), text("z")}, number(2)}})) == "@t[0, z]: 2\n");
  CHECK(bpftrace(keyed("@", {{{tuple({number(0), number(9)}), text("y")}, number(2)}})) == "@[(0, 9), y]: 2\n");
  CHECK(bpftrace(keyed("@", {{{tuple({number(0), number(9)})}, number(2)}})) == "@[0, 9]: 2\n");
  CHECK(bpftrace(keyed("@", {{{number(1)}, tuple({number(1), text("b")})}})) == "@[1]: (1, b)\n");
  CHECK(bpftrace(keyed("@", {})).empty());
}

TEST_CASE("bpftrace: numbers by value, all others by key") {
  CHECK(bpftrace(keyed("@", {{{number(2)}, text("a")}, {{number(1)}, text("b")}})) == "@[1]: b\n@[2]: a\n");
  CHECK(bpftrace(keyed("@", {{{number(2)}, number(1)}, {{number(1)}, number(2)}})) == "@[2]: 1\n@[1]: 2\n");
}

TEST_CASE("bpftrace: a stack as a key") {
  CHECK(bpftrace(keyed("@", {{{kernel_stack()}, unsigned_number(3)}})) ==
        "@[\n        vfs_read+1\n        ksys_read+107\n]: 3\n");
  TypedValue cut = kernel_stack();
  std::get<Stack>(cut.value).truncated = true;
  CHECK(bpftrace(keyed("@", {{{cut}, unsigned_number(3)}})) == "@[\n        vfs_read+1\n        ksys_read+107\n]: 3\n");
}

TEST_CASE("bpftrace: histograms by powers of two") {
  const Histogram::Scale log2 = Histogram::Scale::log2;
  CHECK(bpftrace(lone(
            "@", histogram({bucket(-3, -2, 1), bucket(-1, -1, 0), bucket(0, 0, 0), bucket(1, 1, 0), bucket(2, 3, 2)},
                           log2))) ==
        "@:\n"
        "(..., 0)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
        "[0]                    0 |                                                    |\n"
        "[1]                    0 |                                                    |\n"
        "[2, 4)                 2 |" +
            full_bar + "|\n\n");
  CHECK(bpftrace(lone("@", histogram({bucket(512, 1023, 1), bucket(1024, 2047, 3)}))) ==
        "@:\n"
        "[512, 1K)              1 |@@@@@@@@@@@@@@@@@                                   |\n"
        "[1K, 2K)               3 |" +
            full_bar + "|\n\n");
  CHECK(bpftrace(lone("@h", histogram({}))) == "@h:\n\n");
}

TEST_CASE("bpftrace: linear histograms, alone and by key") {
  CHECK(bpftrace(lone("@", linear())) ==
        "@:\n"
        "(..., 0)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
        "[0, 2)                 0 |                                                    |\n"
        "[2, 4)                 2 |" +
            full_bar +
            "|\n"
            "[10, ...)              1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n\n");
  const auto steps = [](Wide low, Wide high) { return histogram({bucket(low, high, 1)}, Histogram::Scale::linear); };
  CHECK(bpftrace(keyed("@", {{{number(1), text("a")}, steps(0, 4)}})) ==
        "@[1, a]:\n[0, 5)                 1 |" + full_bar + "|\n\n");
  CHECK(bpftrace(lone("@", steps(1024, 2047))) == "@:\n[1K, 2K)               1 |" + full_bar + "|\n\n");
  CHECK(bpftrace(lone("@", steps(1024, 1123))) == "@:\n[1024, 1124)           1 |" + full_bar + "|\n\n");
  CHECK(bpftrace(lone("@", steps(5, 5))) == "@:\n[5]                    1 |" + full_bar + "|\n\n");
}

TEST_CASE("bpftrace: time series") {
  const auto series = [](std::vector<std::optional<Wide>> values) {
    TimeSeries all = {.interval = 500'000'000, .points = {}};
    for (const std::optional<Wide> &value : values)
      all.points.push_back({int64_t(all.points.size()) * 500'000'000 + 500'000'000, value});
    return TypedValue{.value = all, .show = Show::time_series};
  };
  setenv("TZ", "UTC", 1);
  tzset();
  CHECK(bpftrace(lone("@a", series({9}))) ==
        "@a:\n"
        "             8                                                  10\n"
        "hh:mm:ss.ms  |___________________________________________________|\n"
        "00:00:00.500 |                         *                         | 9\n"
        "             v___________________________________________________v\n"
        "             8                                                  10\n\n");
  CHECK(bpftrace(keyed("@a", {{{number(1)}, series({-10, std::nullopt, 16, 3})}})) ==
        "@a[1]:\n"
        "             -10                                                16\n"
        "hh:mm:ss.ms  |___________________________________________________|\n"
        "00:00:00.500 *                   .                               | -10\n"
        "00:00:01.000 |                   .                               | -\n"
        "00:00:01.500 |                   .                               * 16\n"
        "00:00:02.000 |                   .     *                         | 3\n"
        "             v___________________________________________________v\n"
        "             -10                                                16\n\n");
  CHECK(bpftrace(lone("@a", series({}))) == "@a:\n<no data>\n");
  CHECK(bpftrace_json(lone("@a", series({9, std::nullopt}))) ==
        "{\"type\": \"tseries\", \"data\": {\"@a\": [{\"interval_start\":\"1970-01-01 00:00:00.500000000\",\"value\":9},"
        "{\"interval_start\":\"1970-01-01 00:00:01.000000000\",\"value\":null}]}}\n");
}

TEST_CASE("bpftrace: two line ends before the maps of the end, and only once") {
  Capture sink("text", {.style = "bpftrace"});
  sink->value({{tuple({number(1), text("a")})}});
  sink->map(lone("@a", number(1)), false);
  sink->map(lone("@b", number(2)), false);
  sink->end();
  CHECK(sink.text() == "(1, a)\n\n\n@a: 1\n@b: 2\n");
}

TEST_CASE("bpftrace: printf shows digits, and strings safe for a terminal") {
  Capture sink("text", {.style = "bpftrace"});
  const Conversion s = {.letter = 's'};
  sink->printf({{{"", true, s}, {" ", true, s}, {"\n"}}, {number(2048, Unit::nanoseconds), text("\x1b[2J")}});
  CHECK(sink.text() == "2048 \\x1b[2J\n");
}

TEST_CASE("bpftrace: JSON to the blank") {
  CHECK(bpftrace_json(lone("@m", number(5))) == "{\"type\": \"map\", \"data\": {\"@m\": 5}}\n");
  CHECK(bpftrace_json(keyed("@t", {{{number(1), text("q")}, number(2)}, {{number(0), text("z")}, number(2)}})) ==
        "{\"type\": \"map\", \"data\": {\"@t\": {\"1,q\": 2, \"0,z\": 2}}}\n");
  CHECK(bpftrace_json(keyed("@", {{{tuple({number(0), number(9)}), text("y")}, number(2)}})) ==
        "{\"type\": \"map\", \"data\": {\"@\": {\"(0,9),y\": 2}}}\n");
  CHECK(bpftrace_json(lone("@s", stats(2, 12))) ==
        "{\"type\": \"stats\", \"data\": {\"@s\": {\"count\": 2, \"average\": 6, \"total\": 12}}}\n");
  const auto average = [](uint64_t value) {
    return TypedValue{.value = Stats{.count = 2, .sum = Wide(value) * 2 + 1, .only_number = true}, .show = Show::average};
  };
  CHECK(bpftrace_json(keyed("@a", {{{number(2)}, average(4)}, {{number(1)}, average(10)}})) ==
        "{\"type\": \"stats\", \"data\": {\"@a\": {\"2\": 4, \"1\": 10}}}\n");
  CHECK(bpftrace_json(keyed("@", {{{kernel_stack()}, number(1)}})) ==
        "{\"type\": \"map\", \"data\": {\"@\": {\"\\nvfs_read+1\\nksys_read+107\\n\": 1}}}\n");
  CHECK(bpftrace_json(keyed("@", {})).empty());
}

TEST_CASE("bpftrace: JSON of histograms") {
  const TypedValue mixed = histogram({{.low = -1, .high = -1, .open_low = true, .count = 1},
                                      bucket(0, 1, 1),
                                      {.low = 10, .high = 10, .open_high = true, .count = 2}},
                                     Histogram::Scale::linear);
  CHECK(bpftrace_json(lone("@", mixed)) ==
        "{\"type\": \"hist\", \"data\": {\"@\": [{\"max\": -1, \"count\": 1},{\"min\": 0, \"max\": 1, \"count\": 1},"
        "{\"min\": 10, \"count\": 2}]}}\n");
  const auto step = [](Wide low) { return histogram({bucket(low, low + 4, 1)}, Histogram::Scale::linear); };
  CHECK(bpftrace_json(keyed("@", {{{number(1), text("a")}, step(0)}, {{number(2), text("b")}, step(5)}})) ==
        "{\"type\": \"hist\", \"data\": {\"@\": {\"1,a\": [{\"min\": 0, \"max\": 4, \"count\": 1}], "
        "\"2,b\": [{\"min\": 5, \"max\": 9, \"count\": 1}]}}}\n");
  CHECK(bpftrace_json(lone("@h", histogram({}))) == "{\"type\": \"hist\", \"data\": {\"@h\": []}}\n");
}

TEST_CASE("bpftrace: JSON of values and events") {
  Capture sink("json", {.style = "bpftrace"});
  sink->start(1);
  sink->value({{unsigned_number(std::numeric_limits<uint64_t>::max())}});
  sink->value({{tuple({number(1), number(2), text("s"), {.value = Array{{number(4), number(5)}}}})}});
  sink->value({{tuple({number(2), number(3)}, {"m", "n"})}});
  sink->value({{{.value = EnumValue{128, "TASK_DEAD"}}}});
  sink->printf({{{"a\tb\n"}}, {}});
  sink->value({{text("\x01\xff\"\\")}});
  sink->time({"12:00:00\n"});
  sink->note({Note::Kind::lost_events, 3, "output", "events were lost", ""});
  sink->note({Note::Kind::fault, 2, "stdin:1:41", "times: division by zero", ""});
  sink->end();
  CHECK(sink.text() ==
        "{\"type\": \"attached_probes\", \"count\": 1, \"data\": {\"probes\": 1}}\n"
        "{\"type\": \"value\", \"data\": \"18446744073709551615\"}\n"
        "{\"type\": \"value\", \"data\": [1,2,\"s\",[4,5]]}\n"
        "{\"type\": \"value\", \"data\": {\"m\": 2, \"n\": 3}}\n"
        "{\"type\": \"value\", \"data\": 128}\n"
        "{\"type\": \"printf\", \"data\": \"a\\tb\\n\"}\n"
        "{\"type\": \"value\", \"data\": \"\\u0001\xef\xbf\xbd\\\"\\\\\"}\n"
        "{\"type\": \"time\", \"data\": \"12:00:00\\n\"}\n"
        "{\"type\": \"lost_events\", \"count\": 3, \"data\": {\"events\": 3}}\n"
        "{\"type\": \"runtime_error\", \"msg\": \"2 times: division by zero\", \"filename\": \"stdin\", \"line\": 1, "
        "\"col\": 41}\n");
}

TEST_CASE("ply: tables, pictures and stacks") {
  const auto process = [](uint64_t number) { return TypedValue{.value = number, .width = 4}; };
  CHECK(shown("ply",
              keyed("@", {{{text("cat", 15), process(190)}, unsigned_number(2)},
                          {{text("sleep", 15), process(1234567)}, unsigned_number(3)}}),
              false) ==
        "\n@:\n"
        "{ cat            ,   190 }: 2\n"
        "{ sleep          , 1234567 }: 3\n");
  CHECK(shown("ply", keyed("@", {{{number(-7), text("a")}, unsigned_number(1)}, {{number(100), text("long name")}, number(2)}}),
              false) ==
        "\n@:\n"
        "{ -7, a               }: 1\n"
        "{ 100, long name       }: 2\n");
  const TypedValue sizes =
      histogram({bucket(0, 0, 4), bucket(1, 1, 5), bucket(2, 3, 0), bucket(64, 127, 90), bucket(128, 255, 0),
                 bucket(512, 1023, 111), bucket(1024, 2047, 0), bucket(4096, 8191, 160)});
  CHECK(shown("ply", keyed("@", {{{text("size")}, sizes}}), false) ==
        "\n@:\n{ size    }: \n"
        "\t[   0,    1]\t       9 ┤▊                               │\n"
        "\t...\n"
        "\t[  64,  127]\t      90 ┤███████▊                        │\n"
        "\t...\n"
        "\t[ 512,   1k)\t     111 ┤█████████▋                      │\n"
        "\t...\n"
        "\t[  4k,   8k)\t     160 ┤█████████████▉                  │\n"
        "\n");
  CHECK(shown("ply", lone("@", histogram({bucket(-3, -2, 1), bucket(-1, -1, 1), bucket(0, 0, 2)})), false) ==
        "\n@:\n"
        "\t         < 0\t       2 ┤████████████████                │\n"
        "\t[   0,    1]\t       2 ┤████████████████                │\n"
        "\n");
  CHECK(shown("ply", lone("@", histogram({bucket(-1, -1, 1), bucket(0, 0, 0), bucket(1, 1, 0), bucket(2, 3, 0), bucket(4, 7, 1)})), false) ==
        "\n@:\n"
        "\t         < 0\t       1 ┤████████████████                │\n"
        "\t...\n"
        "\t[   4,    7]\t       1 ┤████████████████                │\n"
        "\n");
  CHECK(shown("ply", keyed("@", {{{kernel_stack()}, unsigned_number(17)}}), false) ==
        "\n@:\n{ \n\tvfs_read+1\n\tksys_read+107\n }: 17\n");
}

TEST_CASE("dtrace: distributions") {
  CHECK(shown("dtrace", lone("@", histogram({bucket(0, 0, 1), bucket(1, 1, 0), bucket(2, 3, 2), bucket(4, 7, 7)})),
              false) ==
        "\n\n"
        "           value  ------------- Distribution ------------- count    \n"
        "              -1 |                                         0        \n"
        "               0 |@@@@                                     1        \n"
        "               1 |                                         0        \n"
        "               2 |@@@@@@@@                                 2        \n"
        "               4 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@             7        \n"
        "               8 |                                         0        \n"
        "\n");
  CHECK(shown("dtrace", keyed("@", {{{text("dd")}, linear()}})) ==
        "  dd                                                \n"
        "           value  ------------- Distribution ------------- count    \n"
        "             < 0 |@@@@@@@@@@                               1        \n"
        "               0 |                                         0        \n"
        "               2 |@@@@@@@@@@@@@@@@@@@@                     2        \n"
        "           >= 10 |@@@@@@@@@@                               1        \n"
        "\n");
  CHECK(shown("dtrace", lone("@", histogram({bucket(-3, -2, 1), bucket(-1, -1, 1)}))) ==
        "\n"
        "           value  ------------- Distribution ------------- count    \n"
        "              -4 |                                         0        \n"
        "              -2 |@@@@@@@@@@@@@@@@@@@@                     1        \n"
        "              -1 |@@@@@@@@@@@@@@@@@@@@                     1        \n"
        "               0 |                                         0        \n"
        "\n");
}

TEST_CASE("dtrace: weights below 0 go to the left") {
  CHECK(shown("dtrace", lone("@", histogram({bucket(1, 1, -3), bucket(2, 3, -1)}))) ==
        "\n"
        "           value  ------------- Distribution ------------- count    \n"
        "               0                                         | 0        \n"
        "               1           @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@| -3       \n"
        "               2                               @@@@@@@@@@| -1       \n"
        "               4                                         | 0        \n"
        "\n");
  CHECK(shown("dtrace", lone("@", histogram({bucket(1, 1, -1), bucket(2, 3, 3)}))) ==
        "\n"
        "           value  ------------- Distribution ------------- count    \n"
        "               0                     |                     0        \n"
        "               1                @@@@@|                     -1       \n"
        "               2                     |@@@@@@@@@@@@@@@      3        \n"
        "               4                     |                     0        \n"
        "\n");
}

TEST_CASE("dtrace: labels of magnitudes") {
  const auto drawn = [](std::vector<Bucket> buckets, std::optional<Bucket> before, std::optional<Bucket> after) {
    Histogram magnitudes = {.scale = Histogram::Scale::log_linear, .buckets = std::move(buckets)};
    magnitudes.before = before, magnitudes.after = after;
    std::string labels;
    const std::string text = shown("dtrace", lone("@", {.value = magnitudes}));
    for (const std::string_view line : split(text, '\n'))
      if (const size_t bar = line.find('|'); bar != line.npos) labels += std::string(trim(line.substr(0, bar))) + ",";
    return labels;
  };
  const Bucket middle = bucket(-9, 9, 1), above = bucket(10, 19, 1), below = bucket(-19, -10, 1);
  const Bucket least = {.low = -100, .high = -100, .open_low = true, .count = 1};
  const Bucket most = {.low = 100, .high = 100, .open_high = true, .count = 1};
  CHECK(drawn({above}, middle, bucket(20, 29, 0)) == "< 10,10,20,");
  CHECK(drawn({middle}, below, above) == "-10,abs() < 10,10,");
  CHECK(drawn({bucket(0, 9, 1)}, std::nullopt, above) == "-10,abs() < 10,10,");
  CHECK(drawn({bucket(0, 0, 1)}, std::nullopt, bucket(1, 1, 0)) == "-1,0,1,");
  CHECK(drawn({least, below, middle, above, most}, std::nullopt, std::nullopt) == "<= -100,-10,abs() < 10,10,>= 100,");
}

TEST_CASE("dtrace: rows and stacks") {
  CHECK(shown("dtrace", keyed("@", {{{text("bash"), number(42)}, unsigned_number(12)}})) ==
        "  bash                                                             42               12\n");
  CHECK(shown("dtrace", keyed("@", {{{kernel_stack()}, unsigned_number(3)}})) ==
        "\n"
        "              vmlinux`vfs_read+0x1\n"
        "              vmlinux`ksys_read+0x6b\n"
        "                3\n");
}

TEST_CASE("bcc: distributions") {
  CHECK(shown("bcc", keyed("@lat", {{{text("dd")},
                                     histogram({bucket(2, 3, 1), bucket(4, 7, 2)}, Histogram::Scale::log2,
                                               Unit::nanoseconds)}})) ==
        "\n@lat = dd\n"
        "     nsecs               : count     distribution\n"
        "         0 -> 1          : 0        |                                        |\n"
        "         2 -> 3          : 1        |********************                    |\n"
        "         4 -> 7          : 2        |****************************************|\n");
  CHECK(shown("bcc", lone("@", histogram({bucket(Wide(1) << 33, (Wide(1) << 34) - 1, 1)})))
            .starts_with("\n@\n"
                         "               value                         : count     distribution\n"
                         "                   0 -> 1                    : 0        |                    |\n"));
  CHECK(shown("bcc", lone("@", linear())) ==
        "\n@\n"
        "     value         : count     distribution\n"
        "        < 0        : 1        |********************                    |\n"
        "        0          : 0        |                                        |\n"
        "        2          : 2        |****************************************|\n"
        "        >= 10      : 1        |********************                    |\n");
}

TEST_CASE("bcc: tables and stacks") {
  CHECK(shown("bcc", keyed("@", {{{text("tcp_v4_send_check")}, unsigned_number(30, Show::count)}})) ==
        "\n@                                       COUNT\n"
        "tcp_v4_send_check                          30\n");
  CHECK(shown("bcc", keyed("@", {{{kernel_stack(), text("dd")}, unsigned_number(3, Show::count)}})) ==
        "\n  vfs_read\n  ksys_read\n    dd\n    3\n");
}

TEST_CASE("styles speak of the run as their models do") {
  const RunDescription file = {.script_name = "slow.d", .script = "x"},
                       text = {.script_name = "program", .script = "a { b }"};
  CHECK(find_style("awl")->active(1, text, true) == "awl: 1 probe active - Ctrl-C to stop\n");
  CHECK(find_style("awl")->active(2, text, false) == "awl: 2 probes active\n");
  CHECK(find_style("bpftrace")->active(1, text, true) == "Attached 1 probe\n");
  CHECK(find_style("bpftrace")->active(3, text, true) == "Attached 3 probes\n");
  CHECK(find_style("ply")->active(3, text, true).empty());
  CHECK(find_style("dtrace")->active(3, text, true) == "dtrace: description 'a { b }' matched 3 probes\n");
  CHECK(find_style("dtrace")->active(1, file, true) == "dtrace: script 'slow.d' matched 1 probe\n");
  CHECK(find_style("bcc")->active(1, file, true) == "Tracing ...  Hit Ctrl-C to end.\n");
  CHECK(find_style("strace") == nullptr);
}
