// SPDX-License-Identifier: GPL-2.0-only
// tracefs where it is, where it is not, and where it may not be read.
#include <doctest/doctest.h>

#include <sys/stat.h>

#include "tests/kernel_readers/world.h"

using namespace awl;
using namespace awl::test;

TEST_CASE("tracefs in its own place, and below debugfs") {
  const FakeRoot root;
  root.make_directory("/sys/kernel/debug/tracing/events");
  CHECK(*Kernel(root.path()).tracefs() == root.path() + "/sys/kernel/debug/tracing");
  root.make_directory("/sys/kernel/tracing");  // there, but nothing is mounted on it
  CHECK(*Kernel(root.path()).tracefs() == root.path() + "/sys/kernel/debug/tracing");
  root.make_directory("/sys/kernel/tracing/events");
  CHECK(*Kernel(root.path()).tracefs() == root.path() + "/sys/kernel/tracing");
}

TEST_CASE("tracefs that is not mounted") {
  const FakeRoot root;
  const Kernel kernel(root.path());
  REQUIRE_FALSE(kernel.tracefs());
  CHECK(render(kernel.tracefs().error(), false) ==
        "error: cannot list tracepoints: tracefs is not mounted at " + root.path() +
            "/sys/kernel/tracing\nhelp: sudo mount -t tracefs tracefs /sys/kernel/tracing\n");
  CHECK_FALSE(kernel.tracepoints());
  CHECK_FALSE(kernel.tracepoint_fields("sched", "sched_switch"));
  CHECK_FALSE(kernel.tracepoint_id("sched", "sched_switch"));
}

TEST_CASE("tracefs that may not be read") {
  const FakeRoot root;
  root.add_tracefs();
  const std::string directory = root.path() + "/sys/kernel/tracing";
  REQUIRE(::chmod(directory.c_str(), 0) == 0);
  {
    const AsNobody nobody;
    const Kernel kernel(root.path());
    REQUIRE_FALSE(kernel.tracefs());
    CHECK(kernel.tracefs().error().kind == ErrorKind::permission);
    CHECK(render(kernel.tracefs().error(), false) ==
          "error: cannot read " + directory + ": permission denied\nhelp: run as root: sudo awl ...\n");
  }
  REQUIRE(::chmod(directory.c_str(), 0700) == 0);  // so that it can be removed
}

TEST_CASE("tracepoints from the list, sorted") {
  const FakeRoot root;
  root.add_tracefs();
  CHECK(*Kernel(root.path()).tracepoints() ==
        std::vector<std::string>{"sched:sched_switch", "sched:sched_wakeup", "syscalls:sys_enter_nonesuch",
                                 "syscalls:sys_enter_openat", "syscalls:sys_enter_read", "syscalls:sys_exit_read"});
}

TEST_CASE("tracepoints from directories where the list is missing; those of ftrace cannot be attached to") {
  const FakeRoot root;
  for (std::string_view event : {"sched/b", "sched/a", "ftrace/print"})
    root.write("/sys/kernel/tracing/events/" + std::string(event) + "/format", "");
  root.write("/sys/kernel/tracing/events/sched/enable", "0");
  CHECK(*Kernel(root.path()).tracepoints() == std::vector<std::string>{"sched:a", "sched:b"});
}

TEST_CASE("fields and numbers of one tracepoint") {
  const FakeRoot root;
  root.add_tracefs();
  root.write("/sys/kernel/tracing/events/sched/sched_wakeup/id", "many\n");
  const Kernel kernel(root.path());
  CHECK(kernel.tracepoint_fields("sched", "sched_switch")->size() == 9);
  CHECK(*kernel.tracepoint_id("sched", "sched_switch") == 372);
  CHECK(kernel.tracepoint_id("sched", "sched_wakeup").error().why == "it holds no number");
  CHECK(kernel.tracepoint_id("sched", "nonesuch").error().why == "no such file or directory");
  CHECK(kernel.tracepoint_fields("sched", "nonesuch").error().why == "no such file or directory");
}

TEST_CASE("lists of processors") {
  CHECK(parse_cpu_list("0\n") == std::vector<int>{0});
  CHECK(parse_cpu_list("0-2,8,10-11\n") == std::vector<int>{0, 1, 2, 8, 10, 11});
  for (std::string_view wrong : {"", "x", "3-1", "1-", "-1", "0,,1", "0-99999999"})
    CHECK(parse_cpu_list(wrong).empty());
  CHECK_FALSE(online_cpus().empty());
}
