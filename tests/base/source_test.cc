// SPDX-License-Identifier: GPL-2.0-only
// Offsets, lines and columns.
#include "src/base/source.h"

#include <doctest/doctest.h>

using namespace awl;

TEST_CASE("join holds both spans in any order") {
  CHECK(join({3, 5}, {7, 9}) == Span{3, 9});
  CHECK(join({7, 9}, {3, 5}) == Span{3, 9});
  CHECK(join({1, 9}, {3, 5}) == Span{1, 9});
}

TEST_CASE("slice never leaves the text") {
  const Source source{"a", "hello"};
  CHECK(source.slice({1, 3}) == "el");
  CHECK(source.slice({3, 99}) == "lo");
  CHECK(source.slice({99, 100}) == "");
  CHECK(source.slice({4, 2}) == "");
}

TEST_CASE("columns count code points, not bytes") {
  const Source source{"a", "a\nb\xc3\xa4z\n"};  // b, a umlaut, z
  CHECK(source.position(0).line == 1);
  CHECK(source.position(0).column == 1);
  CHECK(source.position(2).line == 2);
  CHECK(source.position(5).line == 2);
  CHECK(source.position(5).column == 3);
  CHECK(source.position(7).line == 3);
  CHECK(source.position(7).column == 1);
  CHECK(source.position(1000).line == 3);
}

TEST_CASE("a line comes without its end, however that is written") {
  const Source source{"a", "one\r\ntwo\nthree"};
  CHECK(source.line_at(0) == "one");
  CHECK(source.line_at(4) == "one");  // on its newline
  CHECK(source.line_at(5) == "two");
  CHECK(source.line_at(9) == "three");
  CHECK(source.line_at(99) == "three");
  CHECK(Source{"a", ""}.line_at(0) == "");
}
