// SPDX-License-Identifier: GPL-2.0-only
#include <doctest/doctest.h>

#include "runtime/sinks/difference.h"
#include "runtime/sinks/merge.h"
#include "runtime/sinks/top_picture.h"
#include "tests/runtime/capture.h"

using namespace awl;

namespace {

Snapshot keyed(std::string name, std::vector<Row> rows) { return {std::move(name), true, std::move(rows)}; }
TypedValue count(uint64_t n) { return unsigned_number(n, Show::count); }

Snapshot reads(uint64_t dd) { return keyed("@reads", {{{text("dd")}, count(dd)}, {{text("sh")}, count(5)}}); }

}  // namespace

TEST_CASE("a difference has the rows that differ, with what is new and what is gone") {
  const Snapshot before = keyed("@r", {{{text("cat")}, count(10)}, {{text("dd")}, count(100)}, {{text("sh")}, count(5)}});
  const Snapshot after = keyed("@r", {{{text("dd")}, count(150)}, {{text("ls")}, count(2)}, {{text("sh")}, count(5)}});
  CHECK(difference(before, after) ==
        "@r: count\n"
        "  cat                                            10            -          -10   gone\n"
        "  dd                                            100          150          +50   +50.0%\n"
        "  ls                                              -            2           +2   new\n");
  CHECK(difference(before, before).empty());
}

TEST_CASE("a difference of histograms tells how percentiles shift") {
  const auto lat = [](uint64_t low, uint64_t high) {
    return keyed("@lat", {{{text("dd")}, histogram({bucket(512, 1023, low), bucket(1024, 2047, high)})}});
  };
  CHECK(difference(lat(9, 1), lat(4, 6)) ==
        "@lat: quantize\n"
        "  dd: 10 -> 10 samples, p50 [512, 1023] -> [1024, 2047], p99 [1024, 2047] as before\n"
        "    [512, 1023]                                   9            4           -5   -55.6%\n"
        "    [1024, 2047]                                  1            6           +5   +500.0%\n");
}

TEST_CASE("a difference of percentiles tells how they shift, and one of deviations is that of two numbers") {
  const auto percentiles = [](std::vector<Bucket> sketch) {
    Tuple value = {.names = {"count", "p50"}, .values = {unsigned_number(0), number(0)}, .sketch = std::move(sketch)};
    settle_percentiles(value);
    return Row{{text("dd")}, {.value = value, .show = Show::percentiles}};
  };
  const Snapshot before = keyed("@p", {percentiles({bucket(512, 519, 9), bucket(1024, 1039, 1)})});
  CHECK(difference(before, keyed("@p", {percentiles({bucket(512, 519, 4), bucket(1024, 1039, 6)})})) ==
        "@p: pct\n  dd: 10 -> 10 samples, p50 [512, 519] -> [1024, 1039], p99 [1024, 1039] as before\n");
  CHECK(difference(before, keyed("@p", {})) ==
        "@p: pct\n  dd: 10 -> 0 samples, p50 [512, 519] -> none, p99 [1024, 1039] -> none\n");
  CHECK(difference(before, before).empty());
  const auto deviation = [](uint64_t squares) {
    return keyed("@d", {{{}, {.value = Stats{.count = 8, .sum = 40, .only_number = true, .squares = Squares{squares, 0, 0}},
                              .show = Show::deviation}}});
  };
  CHECK(difference(deviation(232), deviation(328)) ==
        "@d: stddev\n                                                  2            4           +2   +100.0%\n");
}

TEST_CASE("percentiles lie in a bucket") {
  const Histogram ten = {.buckets = {bucket(1, 1, 5), bucket(2, 3, 4), bucket(4, 7, 1)}};
  CHECK(percentile(ten, 0.5)->low == 1);
  CHECK(percentile(ten, 0.51)->low == 2);
  CHECK(percentile(ten, 0.99)->low == 4);
  CHECK(percentile(ten, 0)->low == 1);
  CHECK(percentile(Histogram{}, 0.5) == nullptr);
}

TEST_CASE("folded differences have both numbers") {
  CHECK(folded_difference(reads(3), reads(4)) == "dd 3 4\nsh 5 5\n");
  CHECK(folded_difference(keyed("@", {}), reads(4)) == "dd 0 4\nsh 0 5\n");
}

TEST_CASE("top: the largest first, with what is new and its rate") {
  CHECK(top_picture(reads(142), reads(130), 2, {}, 10, 80, {"printed"}) ==
        "awl: @reads count, 2 rows; 1-9 sort, r turns, q ends\n"
        "         new        per s  key: value\n"
        "          12          6.0  dd: 142\n"
        "           0          0.0  sh: 5\n"
        "printed\n");
  CHECK(top_picture(reads(142), reads(130), 2, {.column = 2}, 10, 30, {}) ==
        "awl: @reads count, 2 rows; 1-9\n"
        "         new        per s  key\n"
        "           0          0.0  sh:\n"
        "          12          6.0  dd:\n");
}

TEST_CASE("top: only what fits, and a cleared map begins again") {
  CHECK(top_picture(reads(142), reads(150), 1, {}, 4, 80, {}) ==
        "awl: @reads count, 2 rows; 1-9 sort, r turns, q ends\n"
        "         new        per s  key: value\n"
        "         142        142.0  dd: 142\n");
}

TEST_CASE("top: names cannot move the cursor") {
  const std::string picture = top_picture(keyed("@", {{{text("\x1b[2J\n")}, count(1)}}), {}, 1, {}, 10, 80, {});
  CHECK(picture.find('\x1b') == std::string::npos);
  CHECK(picture.find("\\x1b[2J\\n: 1\n") != std::string::npos);
}

TEST_CASE("averages of two runs are added by their samples") {
  const auto average = [](uint64_t samples, Wide sum) {
    return TypedValue{.value = Stats{.count = samples, .sum = sum, .only_number = true}, .show = Show::average};
  };
  TypedValue sum = average(1, 10);
  add_value(sum, average(3, 2));
  CHECK(sum == average(4, 12));
  CHECK(can_be_added(sum));
  CHECK_FALSE(can_be_added({.value = int64_t{5}, .show = Show::average}));  // as awl wrote it before
  Capture out("text");
  out->map({"@", false, {{{}, sum}}}, true);
  CHECK(out.text() == "@: 3\n");
}

TEST_CASE("a histogram of two runs has the empty buckets that one run over both would have") {
  const auto sum = [](Histogram a, Histogram b) {
    TypedValue value = {.value = std::move(a)};
    add_value(value, {.value = std::move(b)});
    return std::get<Histogram>(value.value).buckets;
  };
  using Scale = Histogram::Scale;
  const auto part = [](Scale scale, Histogram::Grid grid, Bucket only) {
    return Histogram{.scale = scale, .buckets = {only}, .grid = grid};
  };
  using Buckets = std::vector<Bucket>;
  const Histogram::Grid quarters = {.bits = 2};
  CHECK(sum(part(Scale::log2, quarters, bucket(8, 9, 1)), part(Scale::log2, quarters, bucket(6, 6, 2))) ==
        Buckets{bucket(6, 6, 2), bucket(7, 7, 0), bucket(8, 9, 1)});
  CHECK(sum(part(Scale::log2, quarters, bucket(14, 15, 1)), part(Scale::log2, quarters, bucket(20, 23, 2))) ==
        Buckets{bucket(14, 15, 1), bucket(16, 19, 0), bucket(20, 23, 2)});
  const Histogram::Grid tens = {.step = 10};
  const Bucket below = {.low = -1, .high = -1, .open_low = true, .count = 3};
  CHECK(sum(part(Scale::linear, tens, below), part(Scale::linear, tens, bucket(20, 25, 1))) ==
        Buckets{below, bucket(0, 9, 0), bucket(10, 19, 0), bucket(20, 25, 1)});
  const Histogram::Grid magnitudes = {.factor = 10, .steps = 20, .nearest = 10};
  CHECK(sum(part(Scale::log_linear, magnitudes, bucket(-19, -15, 1)), part(Scale::log_linear, magnitudes, bucket(15, 19, 1))) ==
        Buckets{bucket(-19, -15, 1), bucket(-14, -10, 0), bucket(-9, 9, 0), bucket(10, 14, 0), bucket(15, 19, 1)});
  CHECK(sum(part(Scale::log2, {}, bucket(1, 1, 4)), part(Scale::log2, {}, bucket(1, 1, -4))).empty());
}

TEST_CASE("what was recorded before grids is filled by one bucket") {
  TypedValue sum = histogram({bucket(0, 9, 1)}, Histogram::Scale::linear);
  add_value(sum, histogram({bucket(30, 39, 1)}, Histogram::Scale::linear));
  CHECK(std::get<Histogram>(sum.value).buckets == std::vector<Bucket>{bucket(0, 9, 1), bucket(10, 29, 0), bucket(30, 39, 1)});
}
