// SPDX-License-Identifier: GPL-2.0-only
// Diagnostics to the last blank: what a person sees.
#include "src/base/diag.h"

#include <doctest/doctest.h>

using namespace awl;

namespace {

const Source slow = {"slow.awl", "kprobe:f\n{\n  @lat[comm] = quantise(nsecs - @start[tid]);\n}\n"};

/// The span of the first `what` in the source.
Span find(const Source &source, std::string_view what) {
  const uint32_t begin = static_cast<uint32_t>(source.text.find(what));
  return {begin, begin + static_cast<uint32_t>(what.size())};
}

}  // namespace

TEST_CASE("the picture in the header") {
  Diagnostics d;
  d.error(find(slow, "quantise"), "unknown function `{}`", "quantise").help("did you mean `{}`?", "quantize");
  CHECK(d.failed());
  CHECK(d.render(slow, false) ==
        "error: unknown function `quantise`\n"
        " --> slow.awl:3:16\n"
        "3 |   @lat[comm] = quantise(nsecs - @start[tid]);\n"
        "  |                ^^^^^^^^\n"
        "help: did you mean `quantize`?\n");
}

TEST_CASE("colour") {
  Diagnostics d;
  d.warning({0, 6}, "odd").label({7, 8}, "this").help("no");
  CHECK_FALSE(d.failed());
  CHECK(d.render({"a", "kprobe:f"}, true) ==
        "\x1b[1;33mwarning:\x1b[0m odd\n"
        " --> a:1:1\n"
        "1 | kprobe:f\n"
        "  | \x1b[1;33m^^^^^^\x1b[0m\n"
        "  |        \x1b[1;36m^ this\x1b[0m\n"
        "\x1b[1;36mhelp:\x1b[0m no\n");
}

TEST_CASE("labels quote their own line, and the gutter fits the largest number") {
  const Source source = {"a", "first\n\n\n\n\n\n\n\n\ntenth line\n"};
  Diagnostics d;
  d.error(find(source, "first"), "two places").label(find(source, "line"), "the other");
  CHECK(d.render(source, false) ==
        "error: two places\n"
        "  --> a:1:1\n"
        " 1 | first\n"
        "   | ^^^^^\n"
        "10 | tenth line\n"
        "   |       ^^^^ the other\n");
}

TEST_CASE("several are sorted by place, repetitions go, a blank line is between") {
  const Source source = {"a", "one two"};
  Diagnostics d;
  d.error({4, 7}, "second");
  d.error({0, 3}, "first");
  d.error({0, 3}, "other");
  d.error({0, 3}, "first");
  CHECK(d.render(source, false) ==
        "error: first\n --> a:1:1\n1 | one two\n  | ^^^\n"
        "\n"
        "error: other\n --> a:1:1\n1 | one two\n  | ^^^\n"
        "\n"
        "error: second\n --> a:1:5\n1 | one two\n  |     ^^^\n");
}

TEST_CASE("at most max_shown are shown") {
  const Source source = {"a", std::string(30, 'x')};
  Diagnostics d;
  for (uint32_t i = 0; i < 25; i++) d.error({i, i + 1}, "bad");
  const std::string text = d.render(source, false);
  CHECK(text.ends_with("                   ^\n\n5 more not shown\n"));
  size_t shown = 0;
  for (size_t at = 0; (at = text.find("error:", at)) != std::string::npos; at++) shown++;
  CHECK(shown == Diagnostics::max_shown);
}

TEST_CASE("the end of the file is behind the last character") {
  Diagnostics d;
  d.error({9, 9}, "more expected");
  CHECK(d.render({"a", "begin {\n\n"}, false) ==
        "error: more expected\n"
        " --> a:1:8\n"
        "1 | begin {\n"
        "  |        ^\n");
}

TEST_CASE("an empty script") {
  Diagnostics d;
  d.error({0, 0}, "nothing here");
  CHECK(d.render({"a", ""}, false) == "error: nothing here\n --> a:1:1\n1 |\n  | ^\n");
}

TEST_CASE("a span over several lines is underlined to the end of its first") {
  Diagnostics d;
  d.error({2, 12}, "long");
  CHECK(d.render({"a", "a bcd\nefg\nhij\n"}, false) == "error: long\n --> a:1:3\n1 | a bcd\n  |   ^^^\n");
}

TEST_CASE("tabs, wide characters, combining marks and controls keep the carets in place") {
  Diagnostics tab, wide, mark, control;
  tab.error({2, 3}, "x");
  CHECK(tab.render({"a", "a\tX\n"}, false) == "error: x\n --> a:1:3\n1 | a   X\n  |     ^\n");
  wide.error({6, 9}, "x");
  CHECK(wide.render({"a", "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\n"}, false) ==
        "error: x\n --> a:1:3\n1 | \xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\n  |     ^^\n");
  mark.error({3, 4}, "x");
  CHECK(mark.render({"a", "e\xcc\x81X\n"}, false) == "error: x\n --> a:1:3\n1 | e\xcc\x81X\n  |  ^\n");
  control.error({1, 2}, "stray \x1b");
  CHECK(control.render({"\x07", "a\x1b z\n"}, false) ==
        "error: stray \\x1b\n --> \\x07:1:2\n1 | a\\x1b z\n  |  ^^^^\n");
}

TEST_CASE("a long line is cut around the span") {
  std::string text(1000, 'a');
  text.replace(500, 3, "XYZ");
  Diagnostics d;
  d.error({500, 503}, "x");
  CHECK(d.render({"n", text}, false) == "error: x\n --> n:1:501\n1 | ..." + std::string(60, 'a') + "XYZ" +
                                            std::string(97, 'a') + "...\n  | " + std::string(63, ' ') + "^^^\n");
}

TEST_CASE("carriage returns are part of the line end") {
  Diagnostics d;
  d.error({0, 5}, "x");
  CHECK(d.render({"a", "ab\r\ncd\r\n"}, false) == "error: x\n --> a:1:1\n1 | ab\n  | ^^\n");
}
