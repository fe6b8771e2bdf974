// SPDX-License-Identifier: GPL-2.0-only
// Errors of the machine as text.
#include "src/base/result.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace awl;

TEST_CASE("an error shows the parts it has") {
  CHECK(render(Error{.what = "cannot open x"}, false) == "error: cannot open x\n");
  CHECK(render(Error{.what = "cannot open x", .why = "permission denied", .help = "run as root: sudo awl"}, false) ==
        "error: cannot open x: permission denied\nhelp: run as root: sudo awl\n");
  CHECK(render(Error{.what = "a", .help = "b"}, true) == "\x1b[1;31merror:\x1b[0m a\n\x1b[1;36mhelp:\x1b[0m b\n");
}

TEST_CASE("an error cannot give orders to the terminal, but may have lines") {
  CHECK(render(Error{.what = "bad \x1b[2J name", .why = "first\nsecond"}, false) ==
        "error: bad \\x1b[2J name: first\nsecond\n");
}

TEST_CASE("errno in lower case") {
  CHECK(errno_text(EACCES) == "permission denied");
  CHECK(errno_text(ENOENT) == "no such file or directory");
}

TEST_CASE("a result holds one of the two") {
  const Result<int> good = 42;
  const Result<int> bad = Error{.what = "no"};
  CHECK(good);
  CHECK(*good == 42);
  CHECK_FALSE(bad);
  CHECK(bad.error().what == "no");
  const Status status = Done{};
  CHECK(status);
}
