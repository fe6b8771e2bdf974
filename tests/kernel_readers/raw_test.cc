// SPDX-License-Identifier: GPL-2.0-only
// Raw tracepoints, system calls by their own names, and tracepoints that do without their record.
#include <doctest/doctest.h>

#include "runtime/providers/providers.h"
#include "tests/kernel_readers/world.h"

using namespace awl;
using namespace awl::test;

namespace {

struct World {
  World() : kernel(root.path(), fake_trials({})) {
    root.add_tracefs();
    root.add_btf();
  }
  FakeRoot root;
  Kernel kernel;
};

std::string error_of(const Provider &provider, std::string_view spec) {
  const Resolved resolved = resolve(provider, std::string(spec));
  CHECK(resolved.groups.empty());
  const std::string &all = resolved.diagnostics;
  const size_t help = all.rfind("help: ");
  return all.substr(0, all.find('\n') + 1) + (help == all.npos ? "" : all.substr(help));
}

/// "sched_switch/raw_tp sched_wakeup/raw_tp"
std::string sections_of(const Resolved &resolved) {
  std::string text;
  for (const TargetGroup &group : resolved.groups)
    text += (text.empty() ? "" : "; ") + names_of(group) + " in " + group.section;
  return text;
}

std::vector<std::string> names_of(const Result<std::vector<Listed>> &listed) {
  std::vector<std::string> names;
  for (const Listed &one : *listed) names.push_back(one.name);
  return names;
}

}  // namespace

TEST_CASE("raw tracepoints are those that BTF has a type for") {
  const World world;
  const std::vector<RawTracepoint> expected = {{"pelt_tp", ""}, {"sched_switch", ""}, {"sched_wakeup", ""}};
  CHECK(world.kernel.raw_tracepoints() == expected);
  CHECK(world.kernel.raw_tracepoint("pelt_tp", "vmlinux") != nullptr);
  CHECK(world.kernel.raw_tracepoint("pelt_tp", "xfs") == nullptr);
  CHECK(world.kernel.raw_tracepoint("pelt", "") == nullptr);
}

TEST_CASE("a raw tracepoint has named arguments where BTF has them") {
  const World world;
  const std::unique_ptr<Provider> raw = make_rawtracepoint(world.kernel);
  const Resolved resolved = resolve(*raw, "rawtracepoint:sched_switch", {.fields = {"args.prev", "arg0"}});
  CHECK(sections_of(resolved) == "rawtracepoint:sched_switch in tp_btf/sched_switch");
  const TargetGroup &group = resolved.groups.at(0);
  CHECK(field(group, "args.prev")->type == pointer_type(AddressSpace::kernel, "struct task_struct"));
  CHECK(field(group, "args.prev")->access == Access(LibraryCall{"awl_trace_arg", {1}}));
  CHECK(field(group, "arg0")->type == integer_type(1, false));
  CHECK(field(group, "args.__data") == nullptr);
  CHECK(field(group, "arg2") == nullptr);
}

TEST_CASE("without names arguments are numbers") {
  const World world;
  const std::unique_ptr<Provider> raw = make_rawtracepoint(world.kernel);
  const Resolved resolved = resolve(*raw, "rt:vmlinux:sched_wakeup", {.fields = {"arg1"}});
  CHECK(sections_of(resolved) == "rawtracepoint:sched_wakeup in raw_tp");
  CHECK(field(resolved.groups.at(0), "arg1")->access == Access(ContextLoad{8}));
  CHECK(sections_of(resolve(*raw, "rt:sched_switch", {.fields = {"arg1"}}, {.via = "raw_tp"})) ==
        "rawtracepoint:sched_switch in raw_tp");
}

TEST_CASE("raw tracepoints whose arguments are not used share a program") {
  const World world;
  const std::unique_ptr<Provider> raw = make_rawtracepoint(world.kernel);
  CHECK(sections_of(resolve(*raw, "rt:sched_*")) == "rawtracepoint:sched_switch rawtracepoint:sched_wakeup in raw_tp");
  const Resolved asking = resolve(*raw, "rt:sched_*", {.identity = true});
  REQUIRE(asking.groups.size() == 1);
  CHECK(asking.groups[0].identify == Identify::cookie);
  const Kernel old(world.root.path(), fake_trials({.raw_cookies = false}));
  CHECK(resolve(*make_rawtracepoint(old), "rt:sched_*", {.identity = true}).groups.size() == 2);
}

TEST_CASE("raw tracepoints that are not there") {
  const World world;
  const std::unique_ptr<Provider> raw = make_rawtracepoint(world.kernel);
  CHECK(error_of(*raw, "rt:sched_swich") ==
        "error: no raw tracepoint is called `sched_swich`\nhelp: did you mean `rawtracepoint:sched_switch`?\n");
  CHECK(error_of(*raw, "rt:xyz*") ==
        "error: no raw tracepoint matches `xyz*`\nhelp: to see them all: awl -l 'rawtracepoint:*'\n");
  CHECK(error_of(*raw, "rt") ==
        "error: `rt` is not of the form `rawtracepoint:[module:]event`\nhelp: for example "
        "`rawtracepoint:sched_switch`\n");
  const FakeRoot empty;
  const Kernel bare(empty.path(), fake_trials({}));
  CHECK(sections_of(resolve(*make_rawtracepoint(bare), "rt:some_event", {.fields = {"arg0"}})) ==
        "rawtracepoint:some_event in raw_tp");
}

TEST_CASE("raw tracepoints in a listing") {
  const World world;
  const Result<std::vector<Listed>> listed = make_rawtracepoint(world.kernel)->list("rawtracepoint:sched_s*", true);
  REQUIRE(listed);
  CHECK(names_of(listed) == std::vector<std::string>{"rawtracepoint:sched_switch"});
  CHECK(listed->at(0).details == std::vector<std::string>{"    bool preempt", "    struct task_struct * prev"});
}

TEST_CASE("a tracepoint whose fields are not used needs no record") {
  const World world;
  const std::unique_ptr<Provider> tracepoint = make_tracepoint(world.kernel);
  CHECK(sections_of(resolve(*tracepoint, "tracepoint:sched:sched_switch")) ==
        "tracepoint:sched:sched_switch in raw_tp");
  CHECK(sections_of(resolve(*tracepoint, "tracepoint:sched:*")) ==
        "tracepoint:sched:sched_switch tracepoint:sched:sched_wakeup in raw_tp");
  CHECK(resolve(*tracepoint, "tracepoint:sched:*", {.identity = true}).groups.at(0).identify == Identify::cookie);
  CHECK(sections_of(resolve(*tracepoint, "tracepoint:sched:sched_wakeup", {.fields = {"args.pid"}})) ==
        "tracepoint:sched:sched_wakeup in tp");
  CHECK(sections_of(resolve(*tracepoint, "tracepoint:sched:sched_wakeup", {}, {.via = "perf"})) ==
        "tracepoint:sched:sched_wakeup in tp");
  const Resolved refused =
      resolve(*tracepoint, "tracepoint:sched:sched_wakeup", {.fields = {"args.pid"}}, {.via = "raw_tp"});
  REQUIRE(refused.refused);
  CHECK(refused.refused->why == "only a system call, or a block that uses no fields, can be");
}

TEST_CASE("system calls by the names that programs use") {
  const World world;
  const std::unique_ptr<Provider> syscall = make_syscall(world.kernel);
  const Resolved entry = resolve(*syscall, "syscall:openat", {.fields = {"args.filename", "arg3"}});
  CHECK(sections_of(entry) == "syscall:openat in raw_tp/sys_enter");
  const TargetGroup &group = entry.groups.at(0);
  CHECK(group.targets.at(0).function == "openat");
  CHECK(group.guard->symbol == "awl_syscall_guard_enter");
  CHECK(field(group, "args.filename")->access == Access(LibraryCall{"awl_syscall_arg", {1}}));
  CHECK(field(group, "args.filename")->type == pointer_type(AddressSpace::user, "char"));
  CHECK(field(group, "arg3")->type == u64_type);
  CHECK(field(group, "retval") == nullptr);
  CHECK(field(group, "args.__syscall_nr") == nullptr);
}

TEST_CASE("the return of a system call has its arguments, too") {
  const World world;
  const std::unique_ptr<Provider> syscall = make_syscall(world.kernel);
  const Resolved exit = resolve(*syscall, "sc:read:return", {.fields = {"retval", "args.fd"}});
  CHECK(sections_of(exit) == "syscall:read:return in raw_tp/sys_exit");
  CHECK(field(exit.groups.at(0), "retval")->access == Access(ContextLoad{8}));
  CHECK(field(exit.groups.at(0), "retval")->type == s64_type);
  CHECK(field(exit.groups.at(0), "args.fd")->access == Access(LibraryCall{"awl_syscall_arg", {0}}));
  CHECK(exit.groups.at(0).guard->symbol == "awl_syscall_guard_exit");
  // The registers are the new program's by then.
  const Resolved execve = resolve(*syscall, "sc:execve:return", {.fields = {"retval"}});
  CHECK(execve.groups.at(0).fields.size() == 1);
}

TEST_CASE("any number of system calls is one program") {
  const World world;
  const std::unique_ptr<Provider> syscall = make_syscall(world.kernel);
  const Resolved all = resolve(*syscall, "syscall:*", {.identity = true});
  REQUIRE(all.groups.size() == 1);
  CHECK(all.groups[0].targets.size() > 300);
  CHECK(all.groups[0].identify == Identify::library);
  const Resolved some = resolve(*syscall, "syscall:?stat", {});
  CHECK(names_of(some.groups.at(0)) == "syscall:fstat syscall:lstat syscall:ustat");
  CHECK(names_of(resolve(*syscall, "syscall:newstat", {}).groups.at(0)) == "syscall:stat");
}

TEST_CASE("system calls that are none") {
  const World world;
  const std::unique_ptr<Provider> syscall = make_syscall(world.kernel);
  CHECK(error_of(*syscall, "syscall:opanat:return") ==
        "error: no system call is called `opanat`\nhelp: did you mean `syscall:openat:return`?\n");
  CHECK(error_of(*syscall, "syscall:xyz*") ==
        "error: no system call matches `xyz*`\nhelp: to see them all: awl -l 'syscall:*'\n");
  CHECK(error_of(*syscall, "syscall:a:b").starts_with("error: `syscall:a:b` is not of the form"));
  CHECK(error_of(*syscall, "syscall").ends_with("help: for example `syscall:openat` or `syscall:openat:return`\n"));
}

TEST_CASE("system calls in a listing") {
  const World world;
  const std::unique_ptr<Provider> syscall = make_syscall(world.kernel);
  CHECK(names_of(syscall->list("syscall:opena*", false)) ==
        std::vector<std::string>{"syscall:openat", "syscall:openat2"});
  CHECK(names_of(syscall->list("syscall:read:return", false)) == std::vector<std::string>{"syscall:read:return"});
  CHECK(syscall->list("syscall:read", true)->at(0).details ==
        std::vector<std::string>{"    unsigned int fd", "    char * buf", "    size_t count"});
  CHECK(syscall->list("syscall:*", false)->size() == 2 * syscall->list("*", false)->size());
}
