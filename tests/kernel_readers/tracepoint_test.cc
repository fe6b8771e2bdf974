// SPDX-License-Identifier: GPL-2.0-only
// Tracepoints: from specs to groups, by perf event and by dispatch.
#include <doctest/doctest.h>

#include "runtime/providers/providers.h"
#include "tests/kernel_readers/world.h"

using namespace awl;
using namespace awl::test;

namespace {

struct World {
  explicit World(Abilities abilities = {}) : kernel(root.path(), fake_trials(std::move(abilities))) {
    root.add_tracefs();
  }
  Resolved resolve(std::string spec, BodyUses uses = {}, ResolveOptions options = {}) const {
    return test::resolve(*provider, std::move(spec), std::move(uses), std::move(options));
  }
  FakeRoot root;
  Kernel kernel;
  std::unique_ptr<Provider> provider = make_tracepoint(kernel);
};

}  // namespace

TEST_CASE("one tracepoint, in both spellings") {
  const World world;
  for (std::string_view spec : {"tracepoint:sched:sched_switch", "t:sched/sched_switch"}) {
    const Resolved resolved = world.resolve(std::string(spec), {.fields = {"args.prev_pid"}, .identity = true});
    REQUIRE(resolved.groups.size() == 1);
    const TargetGroup &group = resolved.groups[0];
    CHECK(names_of(group) == "tracepoint:sched:sched_switch");
    CHECK(group.mechanism == "perf");
    CHECK(group.section == "tp");
    CHECK(group.identify == Identify::constant);
    CHECK(field(group, "args.prev_pid")->type == integer_type(4, true));
    CHECK(field(group, "args.prev_pid")->access == Access(ContextLoad{24}));
    CHECK(field(group, "args.prev_comm")->access == Access(ContextBytes{8}));
    CHECK(field(group, "args.name")->access == Access(ContextDataLocation{40, 0}));
    CHECK(field(group, "args.other")->access == Access(ContextDataLocation{44, 48}));
    CHECK(field(group, "args.common_pid") == nullptr);
    CHECK(field(group, "args.saddr") == nullptr);
  }
}

TEST_CASE("globs share a program, told apart by a cookie where that matters") {
  const World world;
  const Resolved counted = world.resolve("tracepoint:sched:*");
  REQUIRE(counted.groups.size() == 1);
  CHECK(names_of(counted.groups[0]) == "tracepoint:sched:sched_switch tracepoint:sched:sched_wakeup");
  CHECK(counted.groups[0].identify == Identify::constant);
  CHECK(world.resolve("tracepoint:sched_*").groups.at(0).targets.size() == 2);
  const Resolved named = world.resolve("tracepoint:sched:*", {.identity = true});
  REQUIRE(named.groups.size() == 1);
  CHECK(named.groups[0].identify == Identify::cookie);
  const World old({.cookies = false});
  const Resolved apart = old.resolve("tracepoint:sched:*", {.identity = true});
  REQUIRE(apart.groups.size() == 2);
  CHECK(apart.groups[0].identify == Identify::constant);
}

TEST_CASE("targets without a field that others have are left out") {
  const World world;
  const Resolved resolved = world.resolve("tracepoint:sched:*", {.fields = {"args.prev_pid"}});
  REQUIRE(resolved.groups.size() == 1);
  CHECK(names_of(resolved.groups[0]) == "tracepoint:sched:sched_switch");
  CHECK(resolved.diagnostics ==
        "warning: left out because they have no `args.prev_pid`: `tracepoint:sched:sched_wakeup`\n --> script:1:1\n"
        "1 | tracepoint:sched:*\n  | ^^^^^^^^^^^^^^^^^^\n");
  // A field that nobody has is the checker's to report, and for that it needs the groups.
  CHECK(world.resolve("tracepoint:sched:*", {.fields = {"args.nonesuch"}}).groups.size() == 1);
}

TEST_CASE("system calls by dispatch") {
  const World world;
  const Resolved resolved = world.resolve("tracepoint:syscalls:sys_enter_openat", {.fields = {"args.filename"}});
  REQUIRE(resolved.groups.size() == 1);
  const TargetGroup &group = resolved.groups[0];
  CHECK(group.mechanism == "raw_tp dispatch");
  CHECK(group.section == "raw_tp/sys_enter");
  CHECK(group.guard == LibraryCall{"awl_syscall_guard_enter", {}});
  CHECK(group.identify == Identify::constant);
  CHECK(field(group, "args.filename")->access == Access(LibraryCall{"awl_syscall_arg", {1}}));
  CHECK(field(group, "args.filename")->type == pointer_type(AddressSpace::user, "char"));
  CHECK(field(group, "args.dfd")->type == integer_type(4, true));
  CHECK(field(group, "args.mode")->type == integer_type(2, false));
  CHECK(field(group, "args.__filename_val") == nullptr);
  for (std::string_view name : {"args.__syscall_nr", "args.id", "args.nr"})
    CHECK(field(group, name)->access == Access(LibraryCall{"awl_syscall_number_enter", {}}));
}

#if defined(__x86_64__)
TEST_CASE("many system calls take one program with a table") {
  const World world;
  const Resolved resolved = world.resolve("tracepoint:syscalls:sys_enter_*", {.identity = true});
  REQUIRE(resolved.groups.size() == 2);
  const TargetGroup &group = resolved.groups[0];
  CHECK(names_of(group) == "tracepoint:syscalls:sys_enter_openat tracepoint:syscalls:sys_enter_read");
  CHECK(group.identify == Identify::library);
  CHECK(group.identify_call == LibraryCall{"awl_syscall_index_enter", {}});
  REQUIRE(group.table.size() == 258);
  CHECK(group.table[257] == 1);
  CHECK(group.table[0] == 2);
  CHECK(group.table[1] == 0);
  // A call whose number is not known keeps its own tracepoint.
  CHECK(names_of(resolved.groups[1]) == "tracepoint:syscalls:sys_enter_nonesuch");
  CHECK(resolved.groups[1].mechanism == "perf");
  CHECK_FALSE(resolved.groups[1].guard);
}
#endif

TEST_CASE("returns of system calls") {
  const World world;
  const Resolved resolved = world.resolve("tracepoint:syscalls:sys_exit_read", {.fields = {"args.ret"}});
  const TargetGroup &group = resolved.groups.at(0);
  CHECK(group.section == "raw_tp/sys_exit");
  CHECK(group.guard == LibraryCall{"awl_syscall_guard_exit", {}});
  CHECK(field(group, "args.ret")->access == Access(ContextLoad{8}));
  CHECK(field(group, "args.ret")->type == integer_type(8, true));
}

TEST_CASE("a kernel that preempts raw tracepoints gets the dispatch by perf events") {
  World world;
  world.root.write("/sys/kernel/debug/sched/preempt", "full (lazy)\n");
  world.root.write("/proc/sys/kernel/osrelease", "7.0.1-amd64\n");
  const Resolved enter = world.resolve("tracepoint:syscalls:sys_enter_openat", {.fields = {"args.filename"}});
  CHECK(enter.groups.at(0).mechanism == "perf dispatch");
  CHECK(enter.groups[0].section == "tp/raw_syscalls/sys_enter");
  CHECK(enter.groups[0].guard == LibraryCall{"awl_syscall_guard_enter", {}});
  CHECK(field(enter.groups[0], "args.filename")->access == Access(LibraryCall{"awl_syscall_record_arg", {1}}));
  const Resolved exit = world.resolve("tracepoint:syscalls:sys_exit_read", {.fields = {"args.ret"}});
  CHECK(exit.groups.at(0).section == "tp/raw_syscalls/sys_exit");
  CHECK(exit.groups[0].guard == LibraryCall{"awl_syscall_guard_enter", {}});
  CHECK(field(exit.groups[0], "args.ret")->access == Access(ContextLoad{16}));
  CHECK(world.resolve("tracepoint:sched:sched_switch").groups.at(0).mechanism == "perf");
  for (const ResolveOptions &options : {ResolveOptions{.via = "raw_tp"}, ResolveOptions{.programs = 50}})
    CHECK(world.resolve("tracepoint:syscalls:sys_exit_read", {}, options).groups.at(0).section == "raw_tp/sys_exit");
}

TEST_CASE("which kernels preempt what") {
  const FakeRoot root;
  // Each kernel looks once.
  const auto kernel = [&] { return std::make_unique<Kernel>(root.path(), fake_trials({})); };
  CHECK_FALSE(kernel()->may_preempt());
  root.write("/proc/version", "Linux version 6.12.1-amd64 (x) #1 SMP PREEMPT_DYNAMIC Debian 6.12.1\n");
  CHECK(kernel()->may_preempt());
  CHECK_FALSE(kernel()->may_preempt_tracepoints());
  root.write("/proc/sys/kernel/osrelease", "10.2.0\n");
  CHECK(kernel()->may_preempt_tracepoints());
  root.write("/sys/kernel/debug/sched/preempt", "none (voluntary) full\n");
  CHECK_FALSE(kernel()->may_preempt());
  CHECK_FALSE(kernel()->may_preempt_tracepoints());
}

TEST_CASE("what the dispatch lacks comes from the tracepoint itself") {
  const World world;
  const Resolved resolved = world.resolve("tracepoint:syscalls:sys_enter_openat", {.fields = {"args.__filename_val"}});
  CHECK(resolved.groups.at(0).mechanism == "perf");
  CHECK(field(resolved.groups[0], "args.__filename_val")->access == Access(ContextDataLocation{48, 0}));
}

TEST_CASE("the mechanism may be forced") {
  const World world;
  const Resolved perf = world.resolve("tracepoint:syscalls:sys_enter_read", {.fields = {"args.fd"}}, {.via = "perf"});
  CHECK(perf.groups.at(0).mechanism == "perf");
  CHECK(field(perf.groups[0], "args.fd")->access == Access(ContextLoad{16}));
  CHECK(field(perf.groups[0], "args.fd")->type == integer_type(4, false));
  CHECK(world.resolve("tracepoint:syscalls:sys_enter_read", {}, {.via = "raw_tp"}).groups.size() == 1);
  CHECK(world.resolve("tracepoint:sched:sched_switch", {}, {.via = "kprobe"}).groups.size() == 1);
  const Resolved refused = world.resolve("tracepoint:sched:sched_switch", {}, {.via = "raw_tp"});
  CHECK(refused.groups.empty());
  CHECK(render(*refused.refused, false) ==
        "error: cannot attach `tracepoint:sched:sched_switch` by raw_tp: only a system call, or a block that uses no "
        "fields, can be\n");
}

TEST_CASE("tracepoints that do not exist") {
  const World world;
  CHECK(world.resolve("tracepoint:sched:sched_swich").diagnostics ==
        "error: no tracepoint `sched:sched_swich`\n --> script:1:12\n1 | tracepoint:sched:sched_swich\n"
        "  |            ^^^^^^^^^^^^^^^^^\nhelp: did you mean `tracepoint:sched:sched_switch`?\n");
  CHECK(world.resolve("tracepoint:zz:qq").diagnostics ==
        "error: no tracepoint `zz:qq`\n --> script:1:12\n1 | tracepoint:zz:qq\n  |            ^^^^^\n"
        "help: to see them all: awl -l 'tracepoint:*'\n");
  CHECK(world.resolve("tracepoint:sched:x*").diagnostics ==
        "error: no tracepoint matches `sched:x*`\n --> script:1:12\n1 | tracepoint:sched:x*\n  |            ^^^^^^^^\n"
        "help: to see them all: awl -l 'tracepoint:*'\n");
  CHECK(world.resolve("tracepoint:sched_switch").diagnostics ==
        "error: `tracepoint:sched_switch` is not of the form `tracepoint:subsystem:event`\n --> script:1:1\n"
        "1 | tracepoint:sched_switch\n  | ^^^^^^^^^^^^^^^^^^^^^^^\nhelp: to find one: awl -l "
        "'tracepoint:*sched_switch*'\n");
  for (std::string_view spec : {"tracepoint", "tracepoint:", "tracepoint::", "tracepoint:a:", "tracepoint::b",
                                "tracepoint:a:b:c", "tracepoint:a/b/c"})
    CHECK(world.resolve(std::string(spec))
              .diagnostics.starts_with("error: `" + std::string(spec) + "` is not of the form"));
}

TEST_CASE("a field that the language cannot hold") {
  const World world;
  CHECK(world.resolve("tracepoint:sched:sched_switch", {.fields = {"args.saddr"}}).diagnostics ==
        "error: `args.saddr` of `tracepoint:sched:sched_switch` is `__u8[4]`, which is neither a number nor a string\n"
        " --> script:1:1\n1 | tracepoint:sched:sched_switch\n  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n");
}

TEST_CASE("a tracepoint whose format is broken is not called missing") {
  const World world;
  world.root.write("/sys/kernel/tracing/events/sched/sched_wakeup/format", "garbage");
  const Resolved resolved = world.resolve("tracepoint:sched:sched_wakeup");
  CHECK(resolved.diagnostics == "");
  CHECK(render(*resolved.refused, false) ==
        "error: cannot understand the tracepoint's format: it has no line `format:`\n");
}

TEST_CASE("no tracefs, no tracepoints") {
  const FakeRoot root;
  const Kernel kernel(root.path());
  const std::unique_ptr<Provider> provider = make_tracepoint(kernel);
  for (std::string_view spec : {"tracepoint:sched:sched_switch", "tracepoint:sched:*"}) {
    const Resolved resolved = resolve(*provider, std::string(spec));
    REQUIRE(resolved.refused);
    CHECK(resolved.diagnostics == "");
    CHECK(resolved.refused->help == "sudo mount -t tracefs tracefs /sys/kernel/tracing");
  }
}
