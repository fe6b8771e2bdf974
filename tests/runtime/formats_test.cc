// SPDX-License-Identifier: GPL-2.0-only
// Small runs in every format that is text, to the letter.
#include <doctest/doctest.h>

#include <limits>

#include "runtime/sinks/merge.h"
#include "tests/runtime/capture.h"

using namespace awl;

namespace {

uint64_t stopped_clock() { return 1'000'000'000; }

const SinkOptions options = {.key_columns = 2, .now = stopped_clock};

Snapshot keyed(std::string name, std::vector<Row> rows) { return {std::move(name), true, std::move(rows)}; }
Snapshot lone(std::string name, TypedValue value) {
  return {.name = std::move(name), .rows = {{{}, std::move(value)}}};
}

TypedValue stack(std::vector<Symbol> frames, bool user = false) {
  return {.value = Stack{.frames = std::move(frames), .user = user}};
}
TypedValue count(uint64_t n) { return unsigned_number(n, Show::count); }

TypedValue sizes() { return histogram({bucket(-1, -1, 1), bucket(0, 0, 0), bucket(1, 1, 0), bucket(2, 3, 2)}); }

std::string shown(std::string_view format, const std::vector<Snapshot> &maps, bool asked = false) {
  Capture sink(format, options);
  sink->start(1);
  for (const Snapshot &map : maps) sink->map(map, asked);
  sink->end();
  return sink.text();
}

const std::string csv_head = "seconds,record,name,key1,key2,field,low,high,value,unit\r\n";

}  // namespace

TEST_CASE("csv: a line for each row, bucket and part of stats()") {
  CHECK(shown("csv", {keyed("@n", {{{text("dd"), number(7)}, number(42, Unit::nanoseconds)}})}) ==
        csv_head + "0.000000,map,n,dd,7,,,,42,ns\r\n");
  CHECK(shown("csv", {lone("@", sizes())}) == csv_head +
                                                  "0.000000,map,,,,,-1,-1,1,\r\n0.000000,map,,,,,0,0,0,\r\n"
                                                  "0.000000,map,,,,,1,1,0,\r\n0.000000,map,,,,,2,3,2,\r\n");
  CHECK(shown("csv", {keyed("@s", {{{text("a")}, {.value = Stats{.count = 2, .sum = 7}, .show = Show::stats}}})}) ==
        csv_head +
            "0.000000,map,s,a,,count,,,2,\r\n0.000000,map,s,a,,average,,,3,\r\n0.000000,map,s,a,,total,,,7,\r\n");
  CHECK(shown("csv", {keyed("@", {})}) == csv_head);
}

TEST_CASE("csv: open buckets have an empty edge") {
  const TypedValue open = histogram(
      {{.low = -1, .high = -1, .open_low = true, .count = 1}, {.low = 10, .high = 10, .open_high = true, .count = 3}},
      Histogram::Scale::linear);
  CHECK(shown("csv", {lone("@", open)}) == csv_head + "0.000000,map,,,,,,-1,1,\r\n0.000000,map,,,,,10,,3,\r\n");
}

TEST_CASE("csv: what a spreadsheet would calculate is text, and only text from outside is touched") {
  CHECK(shown("csv", {keyed("@", {{{text("=1+1"), number(-3)}, text("a,\"b\"\n")}})}) ==
        csv_head + "0.000000,map,,'=1+1,-3,,,,\"a,\"\"b\"\"\\n\",\r\n");
}

TEST_CASE("tsv: tabs between, none within") {
  CHECK(shown("tsv", {keyed("@", {{{text("a\tb,c"), number(1)}, number(2)}})}) ==
        "seconds\trecord\tname\tkey1\tkey2\tfield\tlow\thigh\tvalue\tunit\n"
        "0.000000\tmap\t\ta\\tb,c\t1\t\t\t\t2\t\n");
}

TEST_CASE("csv: events") {
  Capture sink("csv", options);
  sink->start(1);
  sink->printf({{{"a, b\n"}}, {}});
  sink->value({{number(1), text("x")}});
  sink->note({Note::Kind::map_full, 3, "@", "updates", ""});
  CHECK(sink.text() == csv_head +
                           "0.000000,printf,,,,,,,\"a, b\",\r\n"
                           "0.000000,value,,,,1,,,1,\r\n0.000000,value,,,,2,,,x,\r\n"
                           "0.000000,note,,,,'@: updates,,,3,\r\n");
}

TEST_CASE("folded: keys, then the user's frames, then the kernel's, from the root") {
  const TypedValue kernel = stack({{.name = "vfs_read", .offset = 4}, {.name = "sys;read"}});
  const TypedValue user = stack({{.name = "inner", .inlined = true}, {.name = "main"}}, true);
  CHECK(shown("folded", {keyed("@", {{{kernel}, count(3)}})}) == "sys:read;vfs_read 3\n");
  CHECK(shown("folded", {keyed("@", {{{kernel, user, text("dd")}, count(3)}})}) ==
        "dd;main;inner_[i];sys:read_[k];vfs_read_[k] 3\n");
  CHECK(shown("folded", {keyed("@", {{{text("b"), number(1)}, count(3)}, {{text("a"), number(2)}, count(4)}})}) ==
        "a;2 4\nb;1 3\n");
  CHECK(shown("folded", {lone("@a", count(1)), lone("@b", count(2))}) == "@a 1\n@b 2\n");
  CHECK(shown("folded", {}).empty());
  CHECK(shown("folded", {keyed("@", {{{stack({{.address = 16}, {.module = "/lib/libc.so.6"}}, true)}, count(1)}})}) ==
        "[libc.so.6];0x10 1\n");
}

TEST_CASE("folded: what was printed and not cleared counts once, what was taken out is added") {
  const auto with = [](uint64_t n, bool taken) {
    Snapshot snapshot = keyed("@", {{{text("a")}, count(n)}});
    snapshot.taken = taken;
    return snapshot;
  };
  CHECK(shown("folded", {with(1, false), with(5, false)}) == "a 5\n");
  CHECK(shown("folded", {with(1, true), with(5, true), with(2, false)}) == "a 8\n");
}

TEST_CASE("folded: what it has no place for is told") {
  Capture sink("folded", options);
  sink->map(keyed("@", {{{text("a")}, number(-1)}, {{text("b")}, text("x")}, {{text("c")}, number(0)}}), false);
  sink->printf({});
  sink->end();
  CHECK(sink.text().empty());
  CHECK(sink->left_out() ==
        "2 rows of maps without a positive number and 1 printed line left out, the format has no place for them");
}

TEST_CASE("openmetrics: bounds are inclusive, buckets add up, times are seconds") {
  CHECK(shown("openmetrics", {keyed("@lat", {{{text("dd")},
                                              histogram({bucket(8, 15, 2), bucket(16, 31, 1)}, Histogram::Scale::log2,
                                                        Unit::nanoseconds)}})}) ==
        "# TYPE awl_lat_seconds histogram\n"
        "# UNIT awl_lat_seconds seconds\n"
        "# HELP awl_lat_seconds quantize of @lat; without _sum, which buckets do not tell\n"
        "awl_lat_seconds_bucket{key=\"dd\",le=\"0.000000015\"} 2\n"
        "awl_lat_seconds_bucket{key=\"dd\",le=\"0.000000031\"} 3\n"
        "awl_lat_seconds_bucket{key=\"dd\",le=\"+Inf\"} 3\n"
        "# EOF\n");
  CHECK(shown("openmetrics", {lone("@", histogram({bucket(8, 15, 2)}))}).find("awl_map_bucket{le=\"15\"} 2\n") !=
        std::string::npos);
}

TEST_CASE("openmetrics: a histogram has its sum where buckets tell it, and no two samples of a family differ in that") {
  const auto of = [](std::vector<Bucket> buckets) { return shown("openmetrics", {lone("@h", histogram(std::move(buckets)))}); };
  CHECK(of({bucket(1, 1, 3), bucket(2, 3, 0), bucket(4, 4, 2)}) ==
        "# TYPE awl_h histogram\n# HELP awl_h quantize of @h\nawl_h_bucket{le=\"1\"} 3\nawl_h_bucket{le=\"3\"} 3\n"
        "awl_h_bucket{le=\"4\"} 5\nawl_h_bucket{le=\"+Inf\"} 5\nawl_h_count 5\nawl_h_sum 11\n# EOF\n");
  CHECK(of({bucket(-1, -1, 3)}).find("_sum ") == std::string::npos);  // the format forbids it
  CHECK(of({bucket(2, 3, 1)}).find("_sum ") == std::string::npos);
  const Snapshot two = keyed("@h", {{{text("a")}, histogram({bucket(1, 1, 1)})}, {{text("b")}, histogram({bucket(2, 3, 1)})}});
  CHECK(shown("openmetrics", {two}).find("_sum{") == std::string::npos);
}

TEST_CASE("openmetrics: negative weights are gauges, bucket by bucket") {
  const Bucket below = {.low = -1, .high = -1, .open_low = true, .count = 1};
  CHECK(shown("openmetrics", {lone("@w", histogram({below, bucket(0, 9, -4), {.low = 10, .high = 10, .open_high = true, .count = 2}}))}) ==
        "# TYPE awl_w gauge\n# HELP awl_w quantize of @w\nawl_w{ge=\"-Inf\",le=\"-1\"} 1\nawl_w{ge=\"0\",le=\"9\"} -4\n"
        "awl_w{ge=\"10\",le=\"+Inf\"} 2\n# EOF\n");
}

TEST_CASE("openmetrics: percentiles are a summary, deviations a gauge") {
  Tuple value = {.names = {"count", "p50", "p99.9", "max", "error"},
                 .values = {unsigned_number(0), number(0), number(0), number(0), text("0.8%")},
                 .sketch = {bucket(4, 4, 3), bucket(8, 9, 1)}};
  settle_percentiles(value);
  CHECK(shown("openmetrics", {lone("@p", {.value = value, .show = Show::percentiles})}) ==
        "# TYPE awl_p summary\n# HELP awl_p pct of @p\nawl_p_count 4\nawl_p{quantile=\"0.5\"} 4\n"
        "awl_p{quantile=\"0.999\"} 8\nawl_p{quantile=\"1\"} 9\n# EOF\n");
  const Stats deviation = {.count = 8, .sum = 40, .only_number = true, .squares = Squares{232, 0, 0}};
  CHECK(shown("openmetrics", {lone("@d", {.value = deviation, .show = Show::deviation})}) ==
        "# TYPE awl_d gauge\n# HELP awl_d stddev of @d\nawl_d 2\n# EOF\n");
}

TEST_CASE("openmetrics: counters, gauges, summaries and texts") {
  CHECK(shown("openmetrics", {keyed("@c", {{{text("a\\\"\n"), number(1)}, count(5)}})}) ==
        "# TYPE awl_c counter\n# HELP awl_c count of @c\nawl_c_total{key1=\"a\\\\\\\"\\\\n\",key2=\"1\"} 5\n# EOF\n");
  CHECK(shown("openmetrics", {lone("@g", number(-5))}) == "# TYPE awl_g gauge\n# HELP awl_g @g\nawl_g -5\n# EOF\n");
  CHECK(shown("openmetrics", {lone("@s", {.value = Stats{.count = 2, .sum = 7}, .show = Show::stats})}) ==
        "# TYPE awl_s summary\n# HELP awl_s stats of @s\nawl_s_count 2\nawl_s_sum 7\n# EOF\n");
  CHECK(shown("openmetrics", {lone("@t", text("x"))}) ==
        "# TYPE awl_t info\n# HELP awl_t @t\nawl_t_info{value=\"x\"} 1\n# EOF\n");
  CHECK(shown("openmetrics", {}) == "# EOF\n");
}

TEST_CASE("speedscope, chrome and firefox of nothing are whole documents") {
  CHECK(shown("speedscope", {}).ends_with("\"activeProfileIndex\":0,\"shared\":{\"frames\":[]},\"profiles\":[]}\n"));
  CHECK(shown("chrome", {}).ends_with("\"args\":{\"name\":\"awl\"}}\n]}\n"));
  CHECK(shown("firefox", {}).ends_with("\"libs\":[],\"pages\":[],\"counters\":[],\"threads\":[]}\n"));
}

TEST_CASE("merging adds what can be added") {
  Snapshot sum = keyed("@", {{{text("a")}, count(1)}});
  add_snapshot(sum, keyed("@", {{{text("b")}, count(2)}, {{text("a")}, count(3)}}));
  REQUIRE(sum.rows.size() == 2);
  CHECK(sum.rows[0].value == count(2));
  CHECK(sum.rows[1].value == count(4));
  const auto merged = [](TypedValue a, const TypedValue &b) {
    add_value(a, b);
    return a;
  };
  const auto extreme = [](int64_t n, Show show) { return TypedValue{.value = n, .show = show}; };
  CHECK(merged(extreme(-1, Show::minimum), extreme(-2, Show::minimum)) == extreme(-2, Show::minimum));
  CHECK(merged(extreme(-1, Show::maximum), extreme(-2, Show::maximum)) == extreme(-1, Show::maximum));
  CHECK(merged(number(1), number(2)) == number(2));
  CHECK(merged(histogram({bucket(1, 1, 1)}), histogram({bucket(8, 15, 2)})) ==
        histogram({bucket(1, 1, 1), bucket(2, 3, 0), bucket(4, 7, 0), bucket(8, 15, 2)}));
  CHECK(merged(histogram({bucket(-7, -4, 1)}), histogram({bucket(1, 1, 2)})) ==
        histogram({bucket(-7, -4, 1), bucket(-3, -2, 0), bucket(-1, -1, 0), bucket(0, 0, 0), bucket(1, 1, 2)}));
}
