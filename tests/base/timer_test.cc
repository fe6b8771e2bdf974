// SPDX-License-Identifier: GPL-2.0-only
// Phase timers: what is timed, and how it is shown.
#include "src/base/timer.h"

#include <doctest/doctest.h>

#include <thread>

using namespace awl;

TEST_CASE("a phase ends the one before it") {
  Timers timers;
  timers.phase("parse");
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  timers.phase("check");
  timers.stop();
  timers.stop();
  REQUIRE(timers.phases().size() == 2);
  CHECK(timers.phases()[0].name == "parse");
  CHECK(timers.phases()[0].took >= std::chrono::milliseconds(2));
  CHECK(timers.phases()[1].name == "check");
}

TEST_CASE("one line a phase and the sum") {
  Timers timers;
  timers.phase("parse");
  timers.stop();
  const std::string text = timers.render();
  CHECK(text.starts_with("  parse          0."));
  CHECK(text.find("\n  total          0.") != std::string::npos);
  CHECK(text.ends_with(" ms\n"));
  CHECK(Timers().render() == "  total          0.00 ms\n");
}
