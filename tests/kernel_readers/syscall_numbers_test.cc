// SPDX-License-Identifier: GPL-2.0-only
// The table of system call numbers against the running kernel: count a call's own tracepoint, make the call by the
// number, and see whether it was that one. Needs root and tracefs; elsewhere only the table itself is looked at.
#include "runtime/providers/syscall_numbers.h"

#include <doctest/doctest.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/kernel.h"
#include "src/base/fd.h"

using namespace awl;

namespace {

/// Counts hits of a tracepoint by this thread; without a descriptor when the kernel does not let us.
Fd open_counter(uint64_t id) {
  perf_event_attr attributes = {};
  attributes.size = sizeof(attributes);
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.config = id;
  return Fd(static_cast<int>(::syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC)));
}

uint64_t count(const Fd &counter) {
  uint64_t hits = 0;
  REQUIRE(::read(counter.get(), &hits, sizeof(hits)) == sizeof(hits));
  return hits;
}

}  // namespace

TEST_CASE("names that user space and the kernel share, and names that they do not") {
  CHECK(syscall_number("read") == SYS_read);
  CHECK(syscall_number("openat") == SYS_openat);
  CHECK(syscall_number("newuname") == SYS_uname);
  CHECK(syscall_number("umount") == SYS_umount2);
  CHECK(syscall_number("mseal") == 462);
  CHECK_FALSE(syscall_number("nonesuch"));
  CHECK_FALSE(syscall_number(""));
}

TEST_CASE("the running kernel agrees on every number that is not simply the headers'") {
  const Kernel kernel;
  size_t tried = 0;
  // Arguments of all ones make each of these fail at once. uretprobe is missing: outside its trampoline it kills.
  for (std::string_view name :
       {"newstat",       "newlstat",    "newfstat",   "newuname",          "sendfile64",        "umount",
        "uprobe",        "cachestat",   "fchmodat2",  "map_shadow_stack",  "futex_wake",        "futex_wait",
        "futex_requeue", "statmount",   "listmount",  "lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules",
        "mseal",         "setxattrat",  "getxattrat", "listxattrat",       "removexattrat",     "open_tree_attr",
        "file_getattr",  "file_setattr"}) {
    const Result<uint64_t> id = kernel.tracepoint_id("syscalls", "sys_enter_" + std::string(name));
    const Fd counter = id ? open_counter(*id) : Fd();
    const std::optional<uint32_t> number = syscall_number(name);
    if (!counter || !number) continue;
    const uint64_t before = count(counter);
    ::syscall(*number, -1, -1, -1, -1, -1, -1);
    CHECK_MESSAGE(count(counter) == before + 1, name);
    tried++;
  }
  if (tried == 0) MESSAGE("no tracepoints of system calls here: numbers not compared");
}
