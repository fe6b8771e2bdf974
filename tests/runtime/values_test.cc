// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/values.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/runtime/capture.h"

using namespace awl;

namespace {

/// The first key column, in the order after sorting, spelled out.
std::string order_of(std::vector<Row> rows) {
  Snapshot snapshot = {.name = "@", .keyed = true, .rows = std::move(rows)};
  sort_rows(snapshot);
  std::string order;
  for (const Row &row : snapshot.rows) order += (order.empty() ? "" : " ") + render_value(row.key.front());
  return order;
}

TypedValue stats(uint64_t count, Wide sum) { return {.value = Stats{.count = count, .sum = sum}, .show = Show::stats}; }

}  // namespace

TEST_CASE("the total of a histogram") {
  CHECK(Histogram{}.total() == 0);
  Histogram histogram = {.buckets = {bucket(0, 0, 3), bucket(1, 1, 0), bucket(2, 3, 4)}};
  CHECK(histogram.total() == 7);
  histogram.buckets.push_back(bucket(4, 7, std::numeric_limits<int64_t>::max()));
  CHECK(histogram.total() == std::numeric_limits<int64_t>::max());
}

TEST_CASE("weights below 0 make a total smaller, and a bar's whole larger") {
  const Histogram histogram = {.buckets = {bucket(0, 0, 3), bucket(1, 1, -10), bucket(2, 3, 4)}};
  CHECK(histogram.total() == -3);
  CHECK(histogram.weight() == 17);
}

TEST_CASE("rows in the order that a script asks for") {
  const auto ordered = [](bool descending, bool by_key) {
    Snapshot snapshot = {.name = "@", .keyed = true, .rows = {{{number(1)}, number(30)}, {{number(2)}, number(-1)},
                                                              {{number(3)}, number(4)}}};
    sort_rows(snapshot);
    order_rows(snapshot, descending, by_key);
    CHECK(snapshot.ordered);
    std::string order;
    for (const Row &row : snapshot.rows) order += render_value(row.key[0]);
    return order;
  };
  CHECK(ordered(false, false) == "231");
  CHECK(ordered(true, false) == "132");
  CHECK(ordered(false, true) == "123");
  CHECK(ordered(true, true) == "321");
}

TEST_CASE("rows are sorted by value, then by key") {
  CHECK(order_of({{{number(1)}, number(30)}, {{number(2)}, number(-1)}, {{number(3)}, number(4)}}) == "2 3 1");
  CHECK(order_of({{{text("b")}, number(1)}, {{text("a")}, number(1)}, {{text("B")}, number(1)}}) == "B a b");
  CHECK(order_of({{{number(10)}, number(1)}, {{number(9)}, number(1)}, {{number(-2)}, number(1)}}) == "-2 9 10");
}

TEST_CASE("unsigned numbers beyond 2^63 are large, not negative") {
  const uint64_t large = uint64_t(1) << 63;
  CHECK(order_of({{{text("large")}, unsigned_number(large)}, {{text("small")}, unsigned_number(1)}}) == "small large");
  CHECK(order_of({{{unsigned_number(large)}, number(1)}, {{unsigned_number(1)}, number(1)}}) ==
        "1 9223372036854775808");
  CHECK(order_of({{{address(large)}, number(1)}, {{address(1)}, number(1)}}) == "0x1 0x8000000000000000");
}

TEST_CASE("later key columns decide when earlier ones are equal") {
  Snapshot snapshot = {.name = "@", .keyed = true};
  snapshot.rows = {{{text("a"), number(2)}, number(1)}, {{text("a"), number(1)}, number(1)}};
  sort_rows(snapshot);
  CHECK(snapshot.rows.front().key[1] == number(1));
}

TEST_CASE("strings are compared byte by byte, as unsigned bytes") {
  CHECK(order_of({{{number(1)}, text("\xff")}, {{number(2)}, text("a")}, {{number(3)}, text("a\x01")}}) == "2 3 1");
}

TEST_CASE("histograms are sorted by their total, stats by their average") {
  CHECK(order_of({{{number(1)}, histogram({bucket(0, 0, 5), bucket(1, 1, 5)})},
                  {{number(2)}, histogram({bucket(0, 0, 9)})},
                  {{number(3)}, histogram({})}}) == "3 2 1");
  CHECK(order_of({{{number(1)}, stats(1, 50)}, {{number(2)}, stats(10, 60)}, {{number(3)}, stats(1, -1)}}) == "3 2 1");
}

TEST_CASE("values of several kinds have an order, too") {
  CHECK(order_of({{{number(1)}, text("a")}, {{number(2)}, number(7)}, {{number(3)}, {.value = true}}}) == "3 2 1");
}
