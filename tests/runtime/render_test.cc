// SPDX-License-Identifier: GPL-2.0-only
#include <doctest/doctest.h>

#include <limits>

#include "runtime/render.h"
#include "tests/runtime/capture.h"

using namespace awl;

namespace {

constexpr int64_t s64_min = std::numeric_limits<int64_t>::min();
constexpr uint64_t u64_max = std::numeric_limits<uint64_t>::max();

/// printf with one conversion between brackets, so that padding can be seen.
std::string formatted(const Conversion &conversion, const TypedValue &value, bool escape = true) {
  return render_printf({{.text = "[", .has_conversion = true, .conversion = conversion}, {.text = "]"}}, {value},
                       escape);
}

std::string formatted(char letter, const TypedValue &value, bool escape = true) {
  return formatted({.letter = letter}, value, escape);
}

std::string picture(const TypedValue &value, bool unicode = false) {
  std::string out;
  append_histogram(out, std::get<Histogram>(value.value), unicode);
  return out;
}

/// The range of a histogram's only bucket, as it is shown.
std::string range(Wide low, Wide high, Unit unit = Unit::none, Histogram::Scale scale = Histogram::Scale::linear) {
  const std::string row = picture(histogram({bucket(low, high, 1)}, scale, unit));
  return row.substr(1, row.find('\t', 1) - 1);
}

}  // namespace

TEST_CASE("plain text of values") {
  CHECK(render_value(number(42)) == "42");
  CHECK(render_value(number(s64_min)) == "-9223372036854775808");
  CHECK(render_value(unsigned_number(u64_max)) == "18446744073709551615");
  CHECK(render_value({.value = true}) == "true");
  CHECK(render_value({.value = false}) == "false");
  CHECK(render_value(address(0xffffffff81000000)) == "0xffffffff81000000");
  CHECK(render_value(address(0)) == "0x0");
  CHECK(render_value(text("dd", 15)) == "dd");
  CHECK(render_value(text("/etc/pass", 0, true)) == "/etc/pass..");
  CHECK(render_value(number(4096, Unit::bytes)) == "4096");
  CHECK(render_value({.value = Stats{.count = 3, .sum = -16}}) == "count 3, average -5, total -16");
  CHECK(render_value({.value = Stats{.count = 3, .sum = 3072}, .unit = Unit::nanoseconds}) ==
        "count 3, average 1.02us, total 3.07us");
  CHECK(render_value({.value = Stats{}}) == "count 0, average 0, total 0");
}

TEST_CASE("text from outside cannot steer a terminal") {
  CHECK(render_value(text("a\x1b[31mb\n\x07")) == "a\\x1b[31mb\\n\\x07");
  CHECK(render_value(text("\xc2\x9b"
                          "31m")) == "\\xc2\\x9b31m");
  CHECK(render_value(text("\xff\xfe")) == "\\xff\\xfe");
  CHECK(render_value(text("naïve")) == "naïve");
}

TEST_CASE("times keep three digits and are cut, not rounded") {
  const std::pair<int64_t, const char *> times[] = {
      {0, "0ns"},
      {999, "999ns"},
      {1000, "1.00us"},
      {1024, "1.02us"},
      {16384, "16.3us"},
      {131071, "131us"},
      {999'999, "999us"},
      {1'048'576, "1.04ms"},
      {59'999'999, "59.9ms"},
      {1'000'000'000, "1.00s"},
      {2'500'000'000'000, "2500s"},
      {-1024, "-1.02us"},
  };
  for (const auto &[ns, expected] : times) CHECK(render_value(number(ns, Unit::nanoseconds)) == expected);
  CHECK(render_value({.value = u64_max, .unit = Unit::nanoseconds}) == "18446744073s");
  CHECK(render_value(number(s64_min, Unit::nanoseconds)) == "-9223372036s");
}

TEST_CASE("integers are printed as C prints them") {
  CHECK(formatted('d', number(-1)) == "[-1]");
  CHECK(formatted('d', unsigned_number(u64_max)) == "[-1]");
  CHECK(formatted('d', number(int64_t(1) << 40)) == "[1099511627776]");
  CHECK(formatted('i', number(s64_min)) == "[-9223372036854775808]");
  CHECK(formatted('u', number(-1)) == "[18446744073709551615]");
  CHECK(formatted('x', number(-1)) == "[ffffffffffffffff]");
  CHECK(formatted('X', number(0xbeef)) == "[BEEF]");
  CHECK(formatted('o', number(8)) == "[10]");
  CHECK(formatted('p', address(0xabc)) == "[0xabc]");
  CHECK(formatted('p', number(0)) == "[0x0]");
  CHECK(formatted('d', {.value = true}) == "[1]");
  CHECK(formatted('d', address(16)) == "[16]");
}

TEST_CASE("flags, width and precision") {
  CHECK(formatted({.width = 6, .letter = 'd'}, number(-42)) == "[   -42]");
  CHECK(formatted({.left = true, .width = 6, .letter = 'd'}, number(-42)) == "[-42   ]");
  CHECK(formatted({.zero = true, .width = 6, .letter = 'd'}, number(-42)) == "[-00042]");
  CHECK(formatted({.zero = true, .width = 6, .precision = 3, .letter = 'd'}, number(-42)) == "[  -042]");
  CHECK(formatted({.plus = true, .letter = 'd'}, number(42)) == "[+42]");
  CHECK(formatted({.space = true, .letter = 'd'}, number(42)) == "[ 42]");
  CHECK(formatted({.alternate = true, .letter = 'x'}, number(255)) == "[0xff]");
  CHECK(formatted({.alternate = true, .letter = 'o'}, number(8)) == "[010]");
  CHECK(formatted({.alternate = true, .zero = true, .width = 10, .letter = 'x'}, number(255)) == "[0x000000ff]");
  CHECK(formatted({.precision = 0, .letter = 'd'}, number(0)) == "[]");
  CHECK(formatted({.width = 8, .letter = 'p'}, address(0xabc)) == "[   0xabc]");
  CHECK(formatted({.width = 65535, .letter = 'd'}, number(7)).size() == 65537);
}

TEST_CASE("length modifiers narrow, others do not") {
  CHECK(formatted({.bits = 8, .letter = 'd'}, number(0x1ff)) == "[-1]");
  CHECK(formatted({.bits = 8, .letter = 'u'}, number(-1)) == "[255]");
  CHECK(formatted({.bits = 16, .letter = 'x'}, number(0x12345)) == "[2345]");
  CHECK(formatted({.bits = 16, .letter = 'd'}, number(0x7fff)) == "[32767]");
}

TEST_CASE("%s takes any value") {
  CHECK(formatted('s', text("dd", 15)) == "[dd]");
  CHECK(formatted('s', number(-7)) == "[-7]");
  CHECK(formatted('s', number(1024, Unit::nanoseconds)) == "[1.02us]");
  CHECK(formatted('s', address(255)) == "[0xff]");
  CHECK(formatted('s', {.value = true}) == "[true]");
  CHECK(formatted('s', {.value = Stats{.count = 1, .sum = 2}}) == "[count 1, average 2, total 2]");
  CHECK(formatted({.width = 6, .letter = 's'}, text("dd")) == "[    dd]");
  CHECK(formatted({.left = true, .width = 6, .letter = 's'}, text("dd")) == "[dd    ]");
  CHECK(formatted({.width = 6, .letter = 's'}, text("é")) == "[     é]");
  CHECK(formatted('s', text("abc", 0, true)) == "[abc..]");
}

TEST_CASE("a precision cuts strings between characters and escapes") {
  CHECK(formatted({.precision = 3, .letter = 's'}, text("abcdef", 0, true)) == "[abc]");
  CHECK(formatted({.precision = 9, .letter = 's'}, text("abc", 0, true)) == "[abc..]");
  CHECK(formatted({.precision = 2, .letter = 's'}, text("ééé")) == "[éé]");
  CHECK(formatted({.precision = 2, .letter = 's'}, text("\x1b\x80\x80z")) == "[\\x1b\\x80]");
  CHECK(formatted({.precision = 0, .letter = 's'}, text("abc")) == "[]");
  CHECK(formatted({.precision = 2, .letter = 's'}, number(1234)) == "[12]");
}

TEST_CASE("%v prints a value its own way") {
  CHECK(formatted('v', text("dd", 15)) == "[dd             ]");
  CHECK(formatted({.width = 4, .letter = 'v'}, text("dd", 15)) == "[  dd]");
  CHECK(formatted('v', text("dd")) == "[dd]");
  CHECK(formatted('v', number(16384, Unit::nanoseconds)) == "[16.3us]");
}

TEST_CASE("%c is a byte") {
  CHECK(formatted('c', number('A')) == "[A]");
  CHECK(formatted('c', number(0x141)) == "[A]");
  CHECK(formatted('c', number(27)) == "[\\x1b]");
  CHECK(formatted('c', number(27), false) == "[\x1b]");
  CHECK(formatted('c', number(0), false) == std::string("[\0]", 3));
  CHECK(formatted({.width = 3, .letter = 'c'}, number('A')) == "[  A]");
}

TEST_CASE("a conversion that does not fit its value shows the value") {
  const TypedValue cut_short = text("a\x1b", 0, true);
  for (char letter : {'d', 'i', 'u', 'o', 'x', 'X', 'c', 'p', 's', 'v'}) {
    CAPTURE(letter);
    CHECK(formatted(letter, cut_short) == "[a\\x1b..]");
    CHECK(formatted(letter, {.value = Stats{.count = 1, .sum = 2}}) == "[count 1, average 2, total 2]");
    CHECK(formatted(letter, histogram({bucket(4, 7, 1)})) ==
          "[\n\t[   4,    7]\t       1 ┤████████████████████████████████│]");
  }
}

TEST_CASE("values are taken in order; missing ones leave nothing, spare ones are not shown") {
  const FormatPiece d = {.text = "", .has_conversion = true, .conversion = {.letter = 'd'}};
  const FormatPiece comma_d = {.text = ", ", .has_conversion = true, .conversion = {.letter = 'd'}};
  CHECK(render_printf({d, comma_d, {.text = "\n"}}, {number(1), number(2)}, true) == "1, 2\n");
  CHECK(render_printf({d, comma_d, {.text = "\n"}}, {number(1)}, true) == "1, \n");
  CHECK(render_printf({{.text = "100%\n"}}, {number(1)}, true) == "100%\n");
  CHECK(render_printf({}, {}, true).empty());
}

TEST_CASE("escapes are for terminals only when asked for; the script's own text is left alone") {
  const FormatPiece s = {.text = "\x1b[1m", .has_conversion = true, .conversion = {.letter = 's'}};
  CHECK(render_printf({s}, {text("\x1b[2J")}, true) == "\x1b[1m\\x1b[2J");
  CHECK(render_printf({s}, {text("\x1b[2J")}, false) == "\x1b[1m\x1b[2J");
}

TEST_CASE("ranges of powers of two") {
  constexpr Histogram::Scale log2 = Histogram::Scale::log2;
  const Wide two_to_63 = Wide(1) << 63;
  CHECK(range(0, 0, Unit::none, log2) == "[   0,    1]");
  CHECK(range(1, 1, Unit::none, log2) == "[   0,    1]");
  CHECK(range(2, 3, Unit::none, log2) == "[   2,    3]");
  CHECK(range(256, 511, Unit::none, log2) == "[ 256,  511]");
  CHECK(range(512, 1023, Unit::none, log2) == "[ 512,   1k)");
  CHECK(range(1024, 2047, Unit::none, log2) == "[  1k,   2k)");
  CHECK(range(524288, 1048575, Unit::none, log2) == "[512k,   1M)");
  CHECK(range(Wide(1) << 60, (Wide(1) << 61) - 1, Unit::none, log2) == "[  1E,   2E)");
  CHECK(range(two_to_63, (Wide(1) << 64) - 1, Unit::none, log2) == "[  8E,  16E)");
  CHECK(range(-1, -1, Unit::none, log2) == "[  -1]      ");
  CHECK(range(-3, -2, Unit::none, log2) == "[  -3,   -2]");
  CHECK(range(-511, -256, Unit::none, log2) == "[-511, -256]");
  CHECK(range(-1023, -512, Unit::none, log2) == "( -1k, -512]");
  CHECK(range(-8191, -4096, Unit::none, log2) == "( -8k,  -4k]");
  CHECK(range(-two_to_63 + 1, -(two_to_63 / 2), Unit::none, log2) == "( -8E,  -4E]");
  CHECK(range(-two_to_63, -two_to_63, Unit::none, log2) == "[ -8E]      ");
}

TEST_CASE("ranges of equal width") {
  CHECK(range(10, 19) == "[  10,   19]");
  CHECK(range(3, 3) == "[   3]      ");
  CHECK(range(0, 1023) == "[   0,   1k)");
  CHECK(range(1000, 1099) == "[1000, 1099]");
  CHECK(range(10140, 10239) == "[10140, 10239]");
  CHECK(range(-100, -1) == "[-100,   -1]");
  CHECK(range(-2048, -1025) == "[ -2k,  -1k)");
  CHECK(range(-1024, 1023) == "[ -1k,   1k)");
}

TEST_CASE("ranges of times and sizes") {
  constexpr Unit ns = Unit::nanoseconds;
  CHECK(range(0, 0, ns, Histogram::Scale::log2) == "[   0ns,    1ns]");
  CHECK(range(256, 511, ns) == "[ 256ns,  511ns]");
  CHECK(range(512, 1023, ns) == "[ 512ns, 1.02us]");
  CHECK(range(1024, 2047, ns) == "[1.02us, 2.04us]");
  CHECK(range(16384, 32767, ns) == "[16.3us, 32.7us]");
  CHECK(range(1'073'741'824, 2'147'483'647, ns) == "[ 1.07s,  2.14s]");
  CHECK(range(0, 999, ns) == "[   0ns,  999ns]");
  CHECK(range(1000, 1999, ns) == "[1.00us, 2.00us)");
  CHECK(range(-1023, -512, ns) == "[-1.02us,  -512ns]");
  CHECK(range(Wide(1) << 63, (Wide(1) << 64) - 1, ns) == "[ 9223372036s, 18446744073s]");
  CHECK(range(512, 1023, Unit::bytes) == "[512B,  1kB)");
}

TEST_CASE("open ends of linear histograms line up with the other rows") {
  const TypedValue value = histogram({{.low = 9, .high = 9, .open_low = true, .count = 1},
                                      bucket(10, 1023, 2),
                                      {.low = 1024, .high = 1024, .open_high = true, .count = 1}},
                                     Histogram::Scale::linear);
  CHECK(picture(value) ==
        "\t        < 10\t       1 |########                        |\n"
        "\t[  10,   1k)\t       2 |################                |\n"
        "\t       >= 1k\t       1 |########                        |\n");
}

TEST_CASE("bars are parts of the whole, in eighths of a cell") {
  const auto bar = [](int64_t count, int64_t rest, bool unicode) {
    const std::string rows = picture(histogram({bucket(2, 3, count), bucket(4, 7, rest)}), unicode);
    const size_t start = rows.find(unicode ? "┤" : "|");
    return rows.substr(start, rows.find('\n') - start);
  };
  CHECK(bar(1, 0, true) == "┤████████████████████████████████│");
  CHECK(bar(1, 255, true) == "┤▏                               │");
  CHECK(bar(9, 361, true) == "┤▊                               │");
  CHECK(bar(111, 259, true) == "┤█████████▋                      │");
  CHECK(bar(160, 210, true) == "┤█████████████▉                  │");
  CHECK(bar(1, 1'000'000, true) == "┤                                │");
  constexpr int64_t most = std::numeric_limits<int64_t>::max();
  CHECK(bar(most, 0, true) == "┤████████████████████████████████│");
  CHECK(bar(most, most, true) == "┤████████████████                │");
  CHECK(bar(1, 1, false) == "|################                |");
  CHECK(bar(1, 0, false) == "|################################|");
}

TEST_CASE("bars of what is below 0 go to the left from the middle") {
  const Histogram both = {.buckets = {bucket(1, 1, 1), bucket(2, 3, -3), bucket(4, 7, -1)}};
  const auto drawn = [&both](bool unicode) {
    std::string text;
    append_histogram(text, both, unicode);
    return text;
  };
  CHECK(drawn(true) ==
        "\t[   0,    1]\t       1 ┤                │███            │\n"
        "\t[   2,    3]\t      -3 ┤      ▐█████████│               │\n"
        "\t[   4,    7]\t      -1 ┤             ███│               │\n");
  CHECK(drawn(false) ==
        "\t[   0,    1]\t       1 |                |###            |\n"
        "\t[   2,    3]\t      -3 |      ##########|               |\n"
        "\t[   4,    7]\t      -1 |             ###|               |\n");
}

TEST_CASE("a time series is a line for each interval") {
  setenv("TZ", "UTC", 1);
  tzset();
  TimeSeries series = {.interval = 250'000'000, .points = {{500'000'000, 9}, {750'000'000, std::nullopt}, {1'000'000'000, 18}}};
  CHECK(render_value({.value = series}) ==
        "\n\t00:00:00.500\t       9 ┤████████████████                │\n"
        "\t00:00:00.750\t       - ┤                                │\n"
        "\t00:00:01.000\t      18 ┤████████████████████████████████│");
  CHECK(render_value({.value = TimeSeries{}}) == "\n\t(no samples)");
  CHECK(time_of_day(1'234'567'891, 1'000'000) == "00:00:01.234");
  CHECK(time_of_day(1'234'567'891, 1'500) == "00:00:01.234567891");
  CHECK(time_of_day(1'234'567'891, 50'000) == "00:00:01.234567");
}

TEST_CASE("an empty histogram has no rows") { CHECK(picture(histogram({})).empty()); }

TEST_CASE("stacks in their forms") {
  Stack stack{.frames = {{.address = 0x1234, .name = "inner", .offset = 4, .module = "/bin/x", .inlined = true},
                         {.address = 0x1234, .name = "outer\n", .offset = 0, .module = "/bin/x", .file = "x.c", .line = 7},
                         {.address = 0xff}}};
  auto text = [&](Stack::Style style) {
    stack.style = style;
    return render_value({.value = stack});
  };
  CHECK(text(Stack::Style::plain) == "\n        [inlined] inner+4\n        outer\\n@x.c:7\n        0xff\n");
  CHECK(text(Stack::Style::perf) ==
        "\n\t1234 inner+4 (/bin/x) (inlined)\n\t1234 outer\\n@x.c:7 (/bin/x)\n\tff 0xff ([unknown])\n");
  CHECK(text(Stack::Style::raw) == "\n        1234\n        1234\n        ff\n");
  stack.frames[1].name = "c0ffee";
  CHECK(text(Stack::Style::build_id) == "\n        inner 0x4\n        c0ffee 0x0\n        0xff\n");
  stack = {.truncated = true};
  CHECK(text(Stack::Style::plain) == "\n        ...\n");
  stack = {.lost = true};
  CHECK(text(Stack::Style::plain) == "\n        <lost>\n");
}
