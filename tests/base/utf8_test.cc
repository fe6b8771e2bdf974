// SPDX-License-Identifier: GPL-2.0-only
// Code points, widths and what must not be shown.
#include "src/base/utf8.h"

#include <doctest/doctest.h>

using namespace awl;

TEST_CASE("well-formed code points of every length") {
  CHECK(first_code_point("a").value == 'a');
  CHECK(first_code_point("\xc3\xa4x").value == 0xe4);
  CHECK(first_code_point("\xe4\xb8\xad").value == 0x4e2d);
  CHECK(first_code_point("\xf0\x9f\x98\x80").value == 0x1f600);
  CHECK(first_code_point("\xf0\x9f\x98\x80").length == 4);
}

TEST_CASE("what is not UTF-8 is one byte long") {
  // a lone continuation, a cut sequence, overlong forms, a surrogate, beyond the last code point
  for (const char *bytes :
       {"\x80", "\xe4\xb8", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
    const CodePoint c = first_code_point(bytes);
    CHECK_FALSE(c.valid);
    CHECK(c.length == 1);
  }
}

TEST_CASE("columns") {
  CHECK(display_width('a') == 1);
  CHECK(display_width(0xe4) == 1);
  CHECK(display_width(0x0301) == 0);
  CHECK(display_width(0x4e2d) == 2);
  CHECK(display_width(0xac00) == 2);
  CHECK(display_width(0x1f600) == 2);
  CHECK(display_width(0x2500) == 1);
}

TEST_CASE("invisible characters") {
  CHECK(is_invisible(0x1b));
  CHECK(is_invisible(0x85));
  CHECK(is_invisible(0x202e));
  CHECK(is_invisible(0x200b));
  CHECK(is_invisible(0xfeff));
  CHECK_FALSE(is_invisible(' '));
  CHECK_FALSE(is_invisible(0x4e2d));
}
