// SPDX-License-Identifier: GPL-2.0-only
// software, hardware, watchpoint and self: what they are written as, and every way to get them wrong.
#include <doctest/doctest.h>

#include "runtime/providers/providers.h"
#include "tests/kernel_readers/world.h"

using namespace awl;
using namespace awl::test;

namespace {

/// "software:page-faults:100 perf"
std::string resolved_name(const Provider &provider, std::string_view spec) {
  const Resolved resolved = resolve(provider, std::string(spec));
  CHECK(resolved.diagnostics == "");
  CHECK(!resolved.refused);
  if (resolved.groups.size() != 1) return "no group";
  CHECK(resolved.groups[0].section == "perf_event");
  return resolved.groups[0].targets.at(0).name + " " + resolved.groups[0].mechanism;
}

/// The first two lines of the message, without the place.
std::string error_of(const Provider &provider, std::string_view spec) {
  const Resolved resolved = resolve(provider, std::string(spec));
  CHECK(resolved.groups.empty());
  const std::string &all = resolved.diagnostics;
  const size_t help = all.rfind("help: ");
  return all.substr(0, all.find('\n') + 1) + (help == all.npos ? "" : all.substr(help));
}

}  // namespace

TEST_CASE("software events with their counts") {
  const std::unique_ptr<Provider> software = make_software();
  CHECK(resolved_name(*software, "software:page-faults") == "software:page-faults:100 perf");
  CHECK(resolved_name(*software, "s:faults:1") == "software:page-faults:1 perf");
  CHECK(resolved_name(*software, "software:cs") == "software:context-switches:1000 perf");
  CHECK(resolved_name(*software, "software:cpu") == "software:cpu-clock:1000000 perf");
  CHECK(resolved_name(*software, "software:minor-faults") == "software:minor-faults:100 perf");
  for (std::string_view one :
       {"alignment-faults", "bpf-output", "cpu-migrations", "dummy", "emulation-faults", "major-faults", "task-clock"})
    CHECK(resolved_name(*software, "software:" + std::string(one)) == "software:" + std::string(one) + ":1 perf");
  CHECK(field(resolve(*software, "software:faults").groups.at(0), "args.address") != nullptr);
  CHECK(field(resolve(*software, "software:cs").groups.at(0), "args.address") == nullptr);
  CHECK(resolve(*software, "software:faults").groups.at(0).filters_pids);
}

TEST_CASE("hardware events with their counts") {
  const FakeRoot root;
  const Kernel kernel(root.path(), fake_trials({}));
  const std::unique_ptr<Provider> hardware = make_hardware(kernel);
  CHECK(resolved_name(*hardware, "hardware:cache-misses") == "hardware:cache-misses:1000000 perf");
  CHECK(resolved_name(*hardware, "h:cycles") == "hardware:cpu-cycles:1000000 perf");
  CHECK(resolved_name(*hardware, "hardware:branches") == "hardware:branch-instructions:100000 perf");
  CHECK(resolved_name(*hardware, "hardware:branch-misses:7") == "hardware:branch-misses:7 perf");
  CHECK(hardware->list("hardware:*", false)->size() == 10);
  CHECK(hardware->list("hardware:c*", false)->size() == 3);
}

TEST_CASE("a machine without counters says so, and lists none") {
  const FakeRoot root;
  const Kernel kernel(root.path(), fake_trials({.event = unsupported("no such file or directory")}));
  const std::unique_ptr<Provider> hardware = make_hardware(kernel);
  const Resolved resolved = resolve(*hardware, "hardware:cache-misses");
  REQUIRE(resolved.refused);
  CHECK(render(*resolved.refused, false) ==
        "error: cannot count `cache-misses` on this machine: it has no hardware counters (most virtual machines have "
        "none)\n");
  // Another kernel on the same machine has none, either.
  CHECK(resolved.refused->kind == ErrorKind::other);
  CHECK(hardware->list("hardware:*", false)->empty());
  root.make_directory("/sys/bus/event_source/devices/cpu");
  CHECK(resolve(*hardware, "hardware:bus-cycles").refused->why == "its processor does not count that");
}

TEST_CASE("who may not open events is told how to") {
  const FakeRoot root;
  const Kernel kernel(root.path(), fake_trials({.event = forbidden()}));
  const Resolved resolved = resolve(*make_hardware(kernel), "hardware:cache-misses");
  REQUIRE(resolved.refused);
  CHECK(render(*resolved.refused, false) ==
        "error: cannot count `cache-misses` on this machine: it takes root\nhelp: run as root: sudo awl ...\n");
}

TEST_CASE("counters that are none") {
  const std::unique_ptr<Provider> software = make_software();
  CHECK(error_of(*software, "software:page-fault") ==
        "error: no software event `page-fault`\nhelp: did you mean `page-faults`?\n");
  CHECK(error_of(*software, "software:xyzzy") ==
        "error: no software event `xyzzy`\nhelp: to see them all: awl -l 'software:*'\n");
  CHECK(error_of(*software, "software") ==
        "error: `software` names no event\nhelp: to see them all: awl -l "
        "'software:*'\n");
  CHECK(error_of(*software, "s:cs:0") ==
        "error: `0` is not a count of events: a positive whole number is\nhelp: for example "
        "`software:alignment-faults:1000`\n");
  CHECK(error_of(*software, "s:cs:many").starts_with("error: `many` is not a count of events"));
  CHECK(error_of(*software, "s:cs:").starts_with("error: `` is not a count of events"));
  CHECK(error_of(*software, "s:cs:9223372036854775808").starts_with("error: `9223372036854775808` is not a count"));
}

TEST_CASE("what -l prints can be written as a probe") {
  const std::unique_ptr<Provider> software = make_software();
  const Result<std::vector<Listed>> all = software->list("software:*", false);
  REQUIRE(all);
  CHECK(all->size() == 11);
  for (const Listed &one : *all) CHECK(resolved_name(*software, one.name) == one.name + " perf");
  CHECK(software->list("software:page-faults", false)->size() == 1);
  CHECK(software->list("kprobe:*", false)->empty());
}

TEST_CASE("watchpoints by address and by symbol") {
  const FakeRoot root;
  root.add_functions();
  const Kernel kernel(root.path(), fake_trials({}));
  const std::unique_ptr<Provider> watchpoint = make_watchpoint(kernel);
  CHECK(resolved_name(*watchpoint, "watchpoint:0x1000:8:w") == "watchpoint:0x1000:8:w debug register");
  CHECK(resolved_name(*watchpoint, "w:4096:1:wr") == "watchpoint:0x1000:1:rw debug register");
  CHECK(resolved_name(*watchpoint, "w:0x1001:1:x") == "watchpoint:0x1001:1:x debug register");
  CHECK(resolved_name(*watchpoint, "w:some_data:8:w") == "watchpoint:0xc0ffee08:8:w debug register");
  CHECK(error_of(*watchpoint, "w:no_data:8:w") ==
        "error: the kernel has no symbol `no_data`, or does not tell its address\nhelp: write it as a number, as in "
        "`watchpoint:0x10000000:8:w`\n");
  CHECK(error_of(*watchpoint, "w:0xzz:8:w").starts_with("error: `0xzz` is not an address\n"));
  CHECK(error_of(*watchpoint, "w:0x1000:3:w") == "error: a processor watches 1, 2, 4 or 8 bytes, not `3`\n");
  CHECK(error_of(*watchpoint, "w:0x1004:8:w") ==
        "error: 0x1004 is not a multiple of 8, as the address of 8 bytes must be\n");
  for (std::string_view mode : {"r", "ww", "rx", "q"})
    CHECK(error_of(*watchpoint, "w:0x1000:8:" + std::string(mode)) ==
          "error: `" + std::string(mode) +
              "` is not what this processor can watch for\nhelp: w: writes, rw: reads and writes, x: execution\n");
  for (std::string_view spec : {"watchpoint", "w:0x1000", "w:0x1000:8", "w:0x1000:8:w:w", "w::8:w"})
    CHECK(error_of(*watchpoint, spec).ends_with("help: for example `watchpoint:0x10000000:8:w`\n"));
}

TEST_CASE("signals to awl") {
  const std::unique_ptr<Provider> self = make_self();
  const Resolved resolved = resolve(*self, "self:signal:SIGUSR1");
  REQUIRE(resolved.groups.size() == 1);
  CHECK(resolved.groups[0].targets.at(0).number == 10);
  CHECK(resolved.groups[0].section == "raw_tp");
  CHECK(!resolved.groups[0].filters_pids);
  CHECK(error_of(*self, "self:signal:SIGTERM") ==
        "error: `SIGTERM` is no signal that awl passes on\nhelp: `self:signal:SIGUSR1` and `self:signal:SIGUSR2` "
        "are\n");
  CHECK(error_of(*self, "self").starts_with("error: `self` is no signal"));
  CHECK(self->list("self:*", false)->size() == 2);
}
