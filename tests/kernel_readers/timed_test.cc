// SPDX-License-Identifier: GPL-2.0-only
// begin, end, interval and profile: every way to write them, and every way to get them wrong.
#include <doctest/doctest.h>

#include "runtime/providers/providers.h"
#include "tests/kernel_readers/world.h"

using namespace awl;
using namespace awl::test;

namespace {

/// "interval:s:1 1000000000"
std::string timed(const Provider &provider, std::string_view spec) {
  const Resolved resolved = resolve(provider, std::string(spec));
  CHECK(resolved.diagnostics == "");
  if (resolved.groups.size() != 1) return "no group";
  const Target &target = resolved.groups[0].targets.at(0);
  return target.name + " " + std::to_string(target.number);
}

std::string error_of(const Provider &provider, std::string_view spec) {
  const Resolved resolved = resolve(provider, std::string(spec));
  CHECK(resolved.groups.empty());
  return resolved.diagnostics;
}

}  // namespace

TEST_CASE("periods in every spelling") {
  const std::unique_ptr<Provider> interval = make_interval(), profile = make_profile();
  CHECK(timed(*interval, "interval:s:1") == "interval:s:1 1000000000");
  CHECK(timed(*interval, "interval:1s") == "interval:s:1 1000000000");
  CHECK(timed(*interval, "i:ms:20") == "interval:ms:20 20000000");
  CHECK(timed(*interval, "interval:500ms") == "interval:ms:500 500000000");
  CHECK(timed(*interval, "interval:us:100") == "interval:us:100 100000");
  CHECK(timed(*interval, "interval:50000") == "interval:ns:50000 50000");
  CHECK(timed(*interval, "interval:ns:50000") == "interval:ns:50000 50000");
  CHECK(timed(*interval, "tick-1s") == "interval:s:1 1000000000");
  CHECK(timed(*interval, "tick-10hz") == "interval:hz:10 100000000");
  CHECK(timed(*interval, "tick-10") == "interval:hz:10 100000000");
  CHECK(timed(*interval, "INTERVAL:S:1") == "interval:s:1 1000000000");
  CHECK(timed(*profile, "profile:hz:99") == "profile:hz:99 10101010");
  CHECK(timed(*profile, "p:99hz") == "profile:hz:99 10101010");
  CHECK(timed(*profile, "profile-997") == "profile:hz:997 1003009");
  CHECK(timed(*profile, "profile-10ms") == "profile:ms:10 10000000");
}

TEST_CASE("canonical names can be written again") {
  const std::unique_ptr<Provider> interval = make_interval();
  for (std::string_view spec : {"interval:s:1", "interval:hz:10", "interval:ns:50000", "interval:m:2", "interval:h:1"})
    CHECK(timed(*interval, spec).starts_with(spec));
}

TEST_CASE("periods that are none") {
  const std::unique_ptr<Provider> interval = make_interval();
  CHECK(error_of(*interval, "interval") ==
        "error: `interval` without a period\n --> script:1:1\n1 | interval\n  | ^^^^^^^^\nhelp: for example "
        "`interval:s:1`\n");
  CHECK(error_of(*interval, "interval:xs:3") ==
        "error: unknown unit `xs`\n --> script:1:10\n1 | interval:xs:3\n  |          ^^\n"
        "help: units are hz, ns, us, ms, s, m and h\n");
  CHECK(error_of(*interval, "interval:s:-1") ==
        "error: `s:-1` is not a period: a positive whole number and a unit are\n --> script:1:10\n1 | interval:s:-1\n"
        "  |          ^^^^\nhelp: for example `interval:s:1` or `interval:100ms`\n");
  CHECK(error_of(*interval, "interval:s:0") ==
        "error: `s:0` is out of range: a period lies between 1 microsecond and 292 years\n --> script:1:10\n"
        "1 | interval:s:0\n  |          ^^^\n");
  for (std::string_view spec :
       {"interval:", "interval:s", "interval:s:", "interval:s:1:2", "interval:1.5s", "interval:s:99999999999999",
        "interval:hz:2000000", "interval:999", "interval:s:18446744073709551616", "tick-"})
    CHECK(error_of(*interval, spec) != "");
}

TEST_CASE("periods below the kernel's timers are taken with a warning") {
  const Resolved resolved = resolve(*make_profile(), "profile:us:5");
  CHECK(resolved.groups.size() == 1);
  CHECK(resolved.diagnostics ==
        "warning: `us:5` is faster than the kernel's timers: they fire every 10 microseconds at most\n --> script:1:9\n"
        "1 | profile:us:5\n  |         ^^^^\n");
}

TEST_CASE("begin and end stand alone") {
  const std::unique_ptr<Provider> begin = make_begin(), end = make_end();
  for (std::string_view spec : {"begin", "BEGIN", "begin:*"}) {
    const Resolved resolved = resolve(*begin, std::string(spec));
    REQUIRE(resolved.groups.size() == 1);
    CHECK(names_of(resolved.groups[0]) == "begin");
    CHECK(resolved.groups[0].mechanism == "test_run");
    CHECK(resolved.groups[0].section == "raw_tp");
  }
  CHECK(names_of(resolve(*end, "END").groups.at(0)) == "end");
  CHECK(
      error_of(*begin, "begin:x") ==
      "error: unexpected `:x` after `begin`\n --> script:1:6\n1 | begin:x\n  |      ^^\nhelp: write `begin { ... }`\n");
}

TEST_CASE("a spec whose text is not the script's own is marked as a whole") {
  Diagnostics diagnostics;
  std::optional<Error> refused;
  const Source source = {.name = "script", .text = "interval:ms:$1"};
  CHECK(make_interval()->resolve({"interval:ms:many", {0, 14}}, {}, {}, diagnostics, refused).empty());
  CHECK(
      diagnostics.render(source, false) ==
      "error: `ms:many` is not a period: a positive whole number and a unit are\n --> script:1:1\n1 | interval:ms:$1\n"
      "  | ^^^^^^^^^^^^^^\nhelp: for example `interval:s:1` or `interval:100ms`\n");
}
