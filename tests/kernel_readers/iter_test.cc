// SPDX-License-Identifier: GPL-2.0-only
// Iterators, functions of modules, addresses, and the kernel's types as C.
#include <doctest/doctest.h>

#include "runtime/listing.h"
#include "runtime/providers/providers.h"
#include "tests/kernel_readers/world.h"

using namespace awl;
using namespace awl::test;

namespace {

struct World {
  World() : kernel(root.path(), fake_trials({})) {
    root.add_functions();
    root.add_btf();
    root.add_kprobe_pmu();
  }
  FakeRoot root;
  Kernel kernel;
};

std::string error_of(const Resolved &resolved) {
  CHECK(resolved.groups.empty());
  const std::string &all = resolved.diagnostics;
  const size_t help = all.rfind("help: ");
  return all.substr(0, all.find('\n') + 1) + (help == all.npos ? "" : all.substr(help));
}

std::string types_of(const Kernel &kernel, std::string_view pattern, bool details = false) {
  const Result<Listing> listing = list_types(kernel, pattern, details);
  if (!listing) return render(listing.error(), false);
  std::string text;
  for (const Listed &one : listing->probes) {
    text += one.name + "\n";
    for (const std::string &line : one.details) text += line + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("an iterator is known by its struct and its function") {
  const World world;
  const std::unique_ptr<Provider> iter = make_iter(world.kernel);
  const Resolved resolved = resolve(*iter, "it:task");
  REQUIRE(resolved.groups.size() == 1);
  const TargetGroup &group = resolved.groups[0];
  CHECK(names_of(group) == "iter:task");
  CHECK(group.section == "iter/task");
  CHECK(group.guard->symbol == "awl_iter_guard");
  CHECK(field(group, "args.task")->access == Access(LibraryCall{"awl_trace_arg", {1}}));
  CHECK(iter->list("iter:*", true)->at(0).details == std::vector<std::string>{"    struct task_struct * task"});
  CHECK(error_of(resolve(*iter, "iter:tsk")) ==
        "error: the kernel has no iterator over `tsk`\nhelp: did you mean `iter:task`?\n");
  CHECK(error_of(resolve(*iter, "iter")) ==
        "error: `iter` does not say what to walk over\nhelp: to see them all: awl -l 'iter:*'\n");
}

TEST_CASE("an iterator needs BTF") {
  const FakeRoot root;
  const Kernel kernel(root.path(), fake_trials({}));
  const Resolved resolved = resolve(*make_iter(kernel), "iter:task");
  REQUIRE(resolved.refused);
  CHECK(resolved.refused->kind == ErrorKind::unsupported);
}

TEST_CASE("an address in place of a function must be allowed") {
  const World world;
  const std::unique_ptr<Provider> kprobe = make_kprobe(world.kernel);
  CHECK(error_of(resolve(*kprobe, "kprobe:0xffffffff81000000")) ==
        "error: an address may lie in the middle of an instruction, and a probe there brings the kernel down\nhelp: "
        "`--unsafe` allows it\n");
  const Resolved allowed = resolve(*kprobe, "kprobe:0xffffffff81000000", {.fields = {"arg0"}}, {.unsafe = true});
  REQUIRE(allowed.groups.size() == 1);
  CHECK(names_of(allowed.groups[0]) == "kprobe:0xffffffff81000000");
  CHECK(allowed.groups[0].mechanism == "kprobe");
  CHECK(allowed.groups[0].targets[0].attach == "");
  CHECK(allowed.groups[0].targets[0].number == 0xffffffff81000000);
  CHECK(error_of(resolve(*make_fentry(world.kernel), "fentry:0x1000", {}, {.unsafe = true})) ==
        "error: `fentry` takes no address, but the name of a function\nhelp: try `kprobe:0x1000`\n");
  CHECK(error_of(resolve(*kprobe, "kprobe:12ab")).starts_with("error: `12ab` is neither a function nor an address\n"));
}

TEST_CASE("addresses of functions spare the kernel to look them up") {
  const World world;
  world.root.write("/sys/kernel/tracing/available_filter_functions_addrs",
                   "ffffffff81000010 vfs_read\nffffffff81000020 vfs_sync\nffffffffa0000030 xfs_open [xfs]\n");
  const std::unique_ptr<Provider> kprobe = make_kprobe(world.kernel);
  const Resolved all = resolve(*kprobe, "kprobe:vfs_*");
  REQUIRE(all.groups.size() == 1);
  CHECK(all.groups[0].mechanism == "kprobe.multi");
  CHECK(all.groups[0].targets.at(1).number == 0xffffffff81000020);
  // With addresses a module's functions can be told from others of the same name.
  const Resolved module = resolve(*kprobe, "kprobe:xfs:*", {}, {.via = "kprobe.multi"});
  REQUIRE(module.groups.size() == 1);
  CHECK(names_of(module.groups[0]) == "kprobe:xfs:xfs_open");
  CHECK(module.groups[0].targets.at(0).number == 0xffffffffa0000030);
}

TEST_CASE("fentry refuses what no kernel would trace by its name") {
  const World world;
  const Kernel kernel(world.root.path(), fake_trials({.trampoline = unsupported("it refuses fentry")}));
  const Resolved resolved = resolve(*make_fentry(kernel), "fentry:take_pair");
  REQUIRE(resolved.refused);
  CHECK(render(*resolved.refused, false) ==
        "error: cannot trace fentry:take_pair: the kernel does not offer it for tracing (it is marked notrace or was "
        "inlined)\n");
  CHECK(resolved.refused->kind == ErrorKind::other);
}

TEST_CASE("types as C") {
  const World world;
  CHECK(types_of(world.kernel, "struct point") == "struct point {\n\tint x;\n\tunsigned long y;\n};\n");
  CHECK(types_of(world.kernel, "struct po*") == "struct point\n");
  CHECK(types_of(world.kernel, "struct po*", true) == types_of(world.kernel, "struct point"));
  CHECK(types_of(world.kernel, "struct pint") ==
        "error: the kernel has no `struct pint`\nhelp: did you mean `struct point`?\n");
  CHECK(types_of(world.kernel, "union xyz*") ==
        "error: the kernel has no `union xyz*`\nhelp: to see them all: awl -l 'union *'\n");
  CHECK(!is_type_pattern("struct"));
  CHECK(!is_type_pattern("kprobe:struct x"));
  CHECK(is_type_pattern("enum x"));
}
