// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/joined.h"

#include <doctest/doctest.h>

#include "src/base/source.h"
#include "tests/runtime/capture.h"

using namespace awl;

namespace {

std::string lines(const std::string &format, const std::vector<Snapshot> &maps) {
  Diagnostics diagnostics;
  std::string text;
  for_each_joined(maps, parse_format(format, {}, diagnostics), [&](const PrintfEvent &line) {
    text += render_printf(line.format, line.values, true);
  });
  CHECK_FALSE(diagnostics.failed());
  return text;
}

Snapshot map_of(std::vector<std::pair<std::string, int64_t>> rows) {
  Snapshot snapshot{.name = "@", .keyed = true, .rows = {}};
  for (const auto &[key, value] : rows) snapshot.rows.push_back({{text(key)}, number(value)});
  return snapshot;
}

}  // namespace

TEST_CASE("a line for each key of the maps, 0 where a map has it not") {
  CHECK(lines("%s %@d %@d;", {map_of({{"a", 2}, {"b", 1}}), map_of({{"b", 5}, {"c", -7}})}) == "c 0 -7;b 1 5;a 2 0;");
}

TEST_CASE("equal values come by the values of the next map, then by key") {
  CHECK(lines("%s ", {map_of({{"a", 1}, {"b", 1}, {"c", 1}}), map_of({{"a", 9}, {"b", 3}, {"c", 3}})}) == "b c a ");
}

TEST_CASE("more values than maps: the last one again") {
  CHECK(lines("%@d %@d %@d;", {map_of({{"a", 2}})}) == "2 2 2;");
  CHECK(lines("%@d %@d %@d;", {map_of({{"a", 2}}), map_of({{"a", 3}})}) == "2 3 3;");
}

TEST_CASE("a histogram that is missing is an empty one") {
  Snapshot drawn{.name = "@q", .keyed = true, .rows = {{{text("a")}, histogram({bucket(1, 1, 2)})}}};
  CHECK(lines("%s%@d|", {drawn, map_of({{"b", 3}})}).starts_with("b|a\n\t[   0,    1]\t       2 "));
}
