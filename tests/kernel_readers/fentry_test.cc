// SPDX-License-Identifier: GPL-2.0-only
// fentry and fexit: fields by BTF, and what is said of functions that a trampoline cannot serve.
#include <doctest/doctest.h>

#include "runtime/providers/providers.h"
#include "tests/kernel_readers/world.h"

using namespace awl;
using namespace awl::test;

namespace {

struct World {
  explicit World(Abilities abilities = {}, bool has_btf = true)
      : kernel(root.path(), fake_trials(std::move(abilities))) {
    root.add_functions();
    if (has_btf) root.add_btf();
  }
  Resolved entry(std::string spec) const { return resolve(*make_fentry(kernel), std::move(spec)); }
  Resolved exit(std::string spec) const { return resolve(*make_fexit(kernel), std::move(spec)); }
  FakeRoot root;
  Kernel kernel;
};

}  // namespace

TEST_CASE("arguments by name and number") {
  const World world;
  const Resolved entry = world.entry("fentry:vfs_read");
  REQUIRE(entry.groups.size() == 1);
  const TargetGroup &group = entry.groups[0];
  CHECK(names_of(group) == "fentry:vfs_read");
  CHECK(group.section == "fentry/vfs_read");
  CHECK(field(group, "args.file")->access == Access(LibraryCall{"awl_trace_arg", {0}}));
  CHECK(field(group, "args.flags")->access == Access(ContextLoad{8}));
  CHECK(field(group, "arg3")->access == Access(ContextLoad{24}));
  CHECK(field(group, "retval") == nullptr);
}

TEST_CASE("the result lies behind the arguments") {
  const World world;
  const Resolved exit = world.exit("kretfunc:vfs_read");
  CHECK(exit.groups.at(0).section == "fexit/vfs_read");
  CHECK(field(exit.groups[0], "retval")->access == Access(ContextLoad{32}));
  CHECK(field(exit.groups[0], "args.count")->access == Access(ContextLoad{24}));
  CHECK(field(world.exit("fexit:vfs_sync").groups.at(0), "retval") == nullptr);
}

TEST_CASE("a struct by value takes as many slots as it is long, and is no value") {
  const World world;
  const Resolved exit = world.exit("fexit:take_pair");
  const TargetGroup &group = exit.groups.at(0);
  CHECK(field(group, "args.pair") == nullptr);
  CHECK(field(group, "arg1") == nullptr);
  CHECK(field(group, "args.last")->access == Access(ContextLoad{24}));
  CHECK(field(group, "retval")->access == Access(ContextLoad{32}));
}

TEST_CASE("a pattern makes a program for each function that BTF knows") {
  const World world;
  const Resolved entry = world.entry("fentry:vfs_*");
  REQUIRE(entry.groups.size() == 2);  // vfs_write is not in BTF
  CHECK(names_of(entry.groups[0]) == "fentry:vfs_read");
  CHECK(names_of(entry.groups[1]) == "fentry:vfs_sync");
  CHECK(world.entry("fentry:zz*").diagnostics ==
        "error: no kernel function matches `zz*`\n --> script:1:8\n1 | fentry:zz*\n  |        ^^^\n"
        "help: to see them all: awl -l 'fentry:*'\n");
}

TEST_CASE("functions that BTF does not know, and functions that do not exist") {
  const World world;
  CHECK(
      world.exit("fexit:vfs_write").diagnostics ==
      "error: the kernel's BTF does not describe `vfs_write`, which fexit needs\n --> script:1:7\n1 | fexit:vfs_write\n"
      "  |       ^^^^^^^^^\nhelp: try `kretprobe:vfs_write`\n");
  CHECK(world.entry("fentry:vfs_raed").diagnostics ==
        "error: no kernel function `vfs_raed`\n --> script:1:8\n1 | fentry:vfs_raed\n  |        ^^^^^^^^\n"
        "help: did you mean `vfs_read`?\n");
  CHECK(world.entry("fentry:vfs_read+4").diagnostics ==
        "error: `fentry` takes no offset: it is at the function's first instruction\n --> script:1:17\n"
        "1 | fentry:vfs_read+4\n  |                 ^\n");
}

TEST_CASE("kernels without BTF or without trampolines") {
  const World no_btf({}, false);
  CHECK(render(*no_btf.entry("fentry:vfs_read").refused, false) ==
        "error: fentry:vfs_read cannot be traced by this kernel: it does not describe its functions "
        "(CONFIG_DEBUG_INFO_BTF is not "
        "set)\nhelp: `--vm` runs the same "
        "command on a kernel that can\n");
  const World refusing({.trampoline = unsupported("it refuses fexit (operation not permitted)")});
  const Resolved refused = refusing.exit("fexit:vfs_read");
  CHECK(refused.refused->kind == ErrorKind::unsupported);
  CHECK(render(*refused.refused, false) ==
        "error: fexit:vfs_read cannot be traced by this kernel: it refuses fexit (operation not permitted)\n"
        "help: `--vm` runs the same command on a kernel that can\n");
  const World forbidding({.trampoline = forbidden()});
  CHECK(forbidding.entry("fentry:vfs_read").refused->kind == ErrorKind::permission);
  CHECK(render(*forbidding.entry("fentry:vfs_read").refused, false) ==
        "error: cannot trace fentry:vfs_read: it takes root\nhelp: run as root: sudo awl ...\n");
}
