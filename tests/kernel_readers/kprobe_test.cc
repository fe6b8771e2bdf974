// SPDX-License-Identifier: GPL-2.0-only
// kprobe and kretprobe: which mechanism is chosen on which kernel, and what is said when there is none.
#include <doctest/doctest.h>

#include "runtime/providers/providers.h"
#include "tests/kernel_readers/world.h"

using namespace awl;
using namespace awl::test;

namespace {

struct World {
  explicit World(Abilities abilities = {}, bool has_pmu = true, bool has_btf = true)
      : kernel(root.path(), fake_trials(std::move(abilities))) {
    root.add_functions();
    if (has_pmu) root.add_kprobe_pmu();
    if (has_btf) root.add_btf();
  }
  Resolved entry(std::string spec, BodyUses uses = {}, ResolveOptions options = {}) const {
    return resolve(*make_kprobe(kernel), std::move(spec), std::move(uses), std::move(options));
  }
  Resolved exit(std::string spec, BodyUses uses = {}, ResolveOptions options = {}) const {
    return resolve(*make_kretprobe(kernel), std::move(spec), std::move(uses), std::move(options));
  }
  FakeRoot root;
  Kernel kernel;
};

const Abilities no_trampolines = {.trampoline = unsupported("it refuses fentry (not supported)")};

}  // namespace

TEST_CASE("one function that BTF knows goes by trampoline") {
  const World world;
  const Resolved entry = world.entry("kprobe:vfs_read", {.fields = {"arg0", "arg1"}, .identity = true});
  REQUIRE(entry.groups.size() == 1);
  const TargetGroup &group = entry.groups[0];
  CHECK(group.provider == "kprobe");
  CHECK(group.mechanism == "fentry");
  CHECK(group.section == "fentry/vfs_read");
  CHECK(group.identify == Identify::constant);
  CHECK(names_of(group) == "kprobe:vfs_read");
  CHECK(group.targets[0].function == "vfs_read");
  CHECK(field(group, "arg0")->access == Access(LibraryCall{"awl_trace_arg", {0}}));
  CHECK(field(group, "arg0")->type == pointer_type(AddressSpace::kernel, "struct file"));
  CHECK(field(group, "arg1")->access == Access(ContextLoad{8}));
  CHECK(field(group, "arg1")->type == integer_type(4, true));
  CHECK(field(group, "args.file") == nullptr);
  const Resolved exit = world.exit("kretprobe:vfs_read", {.fields = {"retval"}});
  CHECK(exit.groups.at(0).section == "fexit/vfs_read");
  CHECK(field(exit.groups[0], "retval")->access == Access(ContextLoad{32}));
  CHECK(field(exit.groups[0], "retval")->type == integer_type(8, true));
  CHECK(field(exit.groups[0], "arg0") == nullptr);
}

TEST_CASE("a kernel that preempts trampolines gets kprobes, which miss nothing") {
  World world;
  world.root.write("/sys/kernel/debug/sched/preempt", "none voluntary (full)\n");
  CHECK(world.entry("kprobe:vfs_read").groups.at(0).mechanism == "kprobe.multi");
  CHECK(world.exit("kretprobe:vfs_read").groups.at(0).mechanism == "kprobe.multi");
  CHECK(world.entry("kprobe:vfs_read", {}, {.via = "fentry"}).groups.at(0).mechanism == "fentry");
  World without_kprobes(Abilities{.kprobes = unsupported("it has no kprobes"), .kprobe_multi = unsupported("none")});
  without_kprobes.root.write("/sys/kernel/debug/sched/preempt", "none voluntary (full)\n");
  CHECK(without_kprobes.entry("kprobe:vfs_read").groups.at(0).mechanism == "fentry");
}

TEST_CASE("arguments mean the same without trampolines") {
  const World world(no_trampolines);
  const Resolved entry = world.entry("kprobe:vfs_read", {.fields = {"arg0", "arg1"}});
  const TargetGroup &group = entry.groups.at(0);
  CHECK(group.mechanism == "kprobe");
  CHECK(group.section == "kprobe");
  CHECK(field(group, "arg0")->access == Access(LibraryCall{"awl_kprobe_arg", {0}}));
  CHECK(field(group, "arg0")->type.kind == Kind::pointer);
  CHECK(field(group, "arg1")->type == integer_type(4, true));
  CHECK(field(group, "arg5")->type == u64_type);
  CHECK(field(group, "arg6") == nullptr);
  const Resolved exit = world.exit("kretprobe:vfs_read", {.fields = {"retval"}});
  CHECK(exit.groups.at(0).section == "kretprobe");
  CHECK(field(exit.groups[0], "retval")->access == Access(LibraryCall{"awl_kprobe_return", {}}));
}

TEST_CASE("without BTF everything has 64 bits") {
  const World world({}, true, false);
  const Resolved entry = world.entry("kprobe:vfs_read", {.fields = {"arg1"}});
  CHECK(entry.groups.at(0).mechanism == "kprobe");
  CHECK(field(entry.groups[0], "arg1")->type == u64_type);
  const Resolved exit = world.exit("kretprobe:vfs_read", {.fields = {"retval"}});
  CHECK(field(exit.groups.at(0), "retval")->type == s64_type);
}

TEST_CASE("what a trampoline lacks comes from the registers") {
  const World world;
  CHECK(world.entry("kprobe:vfs_read", {.fields = {"arg5"}}).groups.at(0).mechanism == "kprobe");
  CHECK(world.entry("kprobe:printk").groups.at(0).mechanism == "kprobe");
  CHECK(world.entry("kprobe:vfs_read+4", {.fields = {"arg0"}}).groups.at(0).mechanism == "kprobe");
  CHECK(world.entry("kprobe:hidden").groups.at(0).mechanism == "kprobe");
  // Behind a struct by value, registers and parameters count differently.
  const Resolved pair = world.entry("kprobe:take_pair", {.fields = {"arg2"}}, {.via = "kprobe"});
  CHECK(field(pair.groups.at(0), "arg0")->type == integer_type(4, true));
  CHECK(field(pair.groups[0], "arg2")->type == u64_type);
}

TEST_CASE("offsets and modules") {
  const World world;
  const Resolved offset = world.entry("kprobe:vfs_read+0x10");
  CHECK(names_of(offset.groups.at(0)) == "kprobe:vfs_read+16");
  CHECK(offset.groups[0].targets[0].number == 16);
  CHECK(offset.groups[0].targets[0].attach == "vfs_read");
  CHECK(world.entry("kprobe:vfs_read+0").groups.at(0).mechanism == "fentry");
  const Resolved module = world.entry("kprobe:xfs:xfs_open");
  CHECK(names_of(module.groups.at(0)) == "kprobe:xfs:xfs_open");
  CHECK(module.groups[0].targets[0].attach == "xfs:xfs_open");
  CHECK(names_of(world.entry("kprobe:vmlinux:vfs_read").groups.at(0)) == "kprobe:vfs_read");
  CHECK(names_of(world.entry("kprobe:xfs:*").groups.at(0)) == "kprobe:xfs:xfs_open");
  CHECK(world.entry("kprobe:vmlinux:*").groups.at(0).targets.size() == 4);
}

TEST_CASE("a void function has no result, by whatever mechanism") {
  const World world;
  for (std::string_view via : {"", "kretprobe", "kprobe.multi", "fexit"}) {
    const Resolved resolved = world.exit("kretprobe:vfs_sync", {.fields = {"retval"}}, {.via = std::string(via)});
    REQUIRE(resolved.groups.size() == 1);
    CHECK(field(resolved.groups[0], "retval") == nullptr);
  }
  CHECK(world.exit("kretprobe:vfs_sync", {}, {.via = "fexit"}).groups.size() == 1);
}

TEST_CASE("patterns go by kprobe.multi") {
  const World world;
  const Resolved entry = world.entry("kprobe:vfs_*", {.identity = true});
  REQUIRE(entry.groups.size() == 1);
  CHECK(names_of(entry.groups[0]) == "kprobe:vfs_read kprobe:vfs_sync kprobe:vfs_write");
  CHECK(entry.groups[0].mechanism == "kprobe.multi");
  CHECK(entry.groups[0].section == "kprobe.multi");
  CHECK(entry.groups[0].identify == Identify::cookie);
  CHECK(world.entry("kprobe:vfs_*").groups.at(0).identify == Identify::constant);
  CHECK(world.exit("kretprobe:vfs_*").groups.at(0).section == "kretprobe.multi");
  CHECK(names_of(world.entry("kprobe:tw*").groups.at(0)) == "kprobe:twice");
}

TEST_CASE("functions whose used arguments differ do not share a program") {
  const World world;
  const Resolved entry = world.entry("kprobe:vfs_*", {.fields = {"arg0"}});
  REQUIRE(entry.groups.size() == 3);
  CHECK(field(entry.groups[0], "arg0")->type == pointer_type(AddressSpace::none, ""));
  CHECK(field(entry.groups[1], "arg0")->type == integer_type(4, true));
  CHECK(field(entry.groups[2], "arg0")->type == u64_type);
  const Resolved exit = world.exit("kretprobe:vfs_*", {.fields = {"retval"}});
  REQUIRE(exit.groups.size() == 1);
  CHECK(names_of(exit.groups[0]) == "kretprobe:vfs_read kretprobe:vfs_write");
  CHECK(exit.diagnostics ==
        "warning: left out because they have no `retval`: `kretprobe:vfs_sync`\n --> script:1:1\n1 | kretprobe:vfs_*\n"
        "  | ^^^^^^^^^^^^^^^\n");
}

TEST_CASE("patterns without kprobe.multi, with cookies and without") {
  const World cookies({.kprobe_multi = unsupported("no")});
  const Resolved together = cookies.entry("kprobe:vfs_*", {.identity = true});
  REQUIRE(together.groups.size() == 1);
  CHECK(together.groups[0].mechanism == "kprobe");
  CHECK(together.groups[0].identify == Identify::cookie);
  const World old({.kprobe_multi = unsupported("no"), .cookies = false});
  CHECK(old.entry("kprobe:vfs_*", {.identity = true}).groups.size() == 3);
  CHECK(old.entry("kprobe:vfs_*").groups.size() == 1);
}

TEST_CASE("a name of several functions means all of them where the kernel tells addresses") {
  const World world;
  world.root.write("/sys/kernel/tracing/available_filter_functions_addrs",
                   "ffffffff81000010 twice\nffffffff81000020 twice\nffffffff81000030 twofold\n");
  const Resolved multi = world.entry("kprobe:twice");
  REQUIRE(multi.groups.size() == 1);
  CHECK(multi.groups[0].mechanism == "kprobe.multi");
  CHECK(names_of(multi.groups[0]) == "kprobe:twice kprobe:twice");
  CHECK(multi.groups[0].targets[0].number == 0xffffffff81000010);
  CHECK(multi.groups[0].targets[1].number == 0xffffffff81000020);
  const Resolved singles = world.entry("kprobe:tw*", {}, {.via = "kprobe"});
  REQUIRE(singles.groups.size() == 1);
  const std::vector<Target> &targets = singles.groups[0].targets;
  CHECK(names_of(singles.groups[0]) == "kprobe:twice kprobe:twice kprobe:twofold");
  CHECK(targets[1].attach.empty());
  CHECK(targets[1].number == 0xffffffff81000020);
  CHECK(targets[2].attach == "twofold");
  CHECK(targets[2].number == 0);
}

TEST_CASE("too many functions for a kernel that takes them one by one") {
  const World world({.kprobe_multi = unsupported("no")});
  std::string list;
  for (int i = 0; i < 1025; i++) list += "f" + std::to_string(i) + "\n";
  world.root.write("/sys/kernel/tracing/available_filter_functions", list);
  CHECK(
      world.entry("kprobe:f*").diagnostics ==
      "error: `f*` matches 1025 functions, and this kernel takes at most 1024 at once\n --> script:1:8\n1 | kprobe:f*\n"
      "  |        ^^\nhelp: a narrower pattern\n");
}

TEST_CASE("a forced mechanism") {
  const World world;
  CHECK(world.entry("kprobe:vfs_read", {}, {.via = "kprobe"}).groups.at(0).mechanism == "kprobe");
  CHECK(world.entry("kprobe:vfs_read", {}, {.via = "kprobe.multi"}).groups.at(0).mechanism == "kprobe.multi");
  CHECK(world.exit("kretprobe:vfs_read", {}, {.via = "kprobe"}).groups.at(0).mechanism == "kretprobe");
  CHECK(world.exit("kretprobe:vfs_read", {}, {.via = "fentry"}).groups.at(0).mechanism == "fexit");
  CHECK(world.entry("kprobe:vfs_*", {}, {.via = "kprobe"}).groups.at(0).mechanism == "kprobe");
  CHECK(world.entry("kprobe:vfs_read", {}, {.via = "raw_tp"}).groups.at(0).mechanism == "fentry");
  CHECK(render(*world.entry("kprobe:vfs_read", {.fields = {"arg5"}}, {.via = "fentry"}).refused, false) ==
        "error: cannot trace kprobe:vfs_read: the script uses more than fentry has\nhelp: leave out `--via`\n");
  CHECK(render(*world.entry("kprobe:vfs_*", {}, {.via = "fentry"}).refused, false) ==
        "error: cannot trace kprobe:vfs_*: fentry takes single functions without offset\n"
        "help: leave out `--via`\n");
  CHECK(world.entry("kprobe:vfs_read+4", {}, {.via = "kprobe.multi"}).refused->why ==
        "kprobe.multi takes functions without offset or module");
  const World old({.kprobe_multi = unsupported("it refuses kprobe.multi (invalid argument)")});
  CHECK(old.entry("kprobe:vfs_read", {}, {.via = "kprobe.multi"}).refused->why ==
        "it refuses kprobe.multi (invalid argument)");
}

TEST_CASE("a kernel that has nothing") {
  const World world({.trampoline = unsupported("it refuses fexit (operation not permitted)")}, false);
  const Resolved resolved = world.exit("kretprobe:vfs_read");
  REQUIRE(resolved.refused);
  CHECK(resolved.refused->kind == ErrorKind::unsupported);
  CHECK(render(*resolved.refused, false) ==
        "error: kretprobe:vfs_read cannot be traced by this kernel: it has no kprobes (CONFIG_KPROBES is not set) and "
        "it refuses fexit (operation not permitted)\n"
        "help: `--vm` runs the same command on a kernel that can\n");
}

TEST_CASE("a user who may not") {
  const World world({.kprobes = forbidden(), .kprobe_multi = forbidden(), .trampoline = forbidden()});
  for (std::string_view spec : {"kprobe:vfs_read", "kprobe:vfs_*"}) {
    const Resolved resolved = world.entry(std::string(spec));
    REQUIRE(resolved.refused);
    CHECK(resolved.refused->kind == ErrorKind::permission);
    CHECK(render(*resolved.refused, false) ==
          "error: cannot trace " + std::string(spec) + ": it takes root\nhelp: run as root: sudo awl ...\n");
  }
}

TEST_CASE("functions that do not exist") {
  const World world;
  CHECK(world.entry("kprobe:vfs_raed").diagnostics ==
        "error: no kernel function `vfs_raed`\n --> script:1:8\n1 | kprobe:vfs_raed\n  |        ^^^^^^^^\n"
        "help: did you mean `vfs_read`?\n");
  CHECK(world.entry("kprobe:zzzzzz").diagnostics ==
        "error: no kernel function `zzzzzz`\n --> script:1:8\n1 | kprobe:zzzzzz\n  |        ^^^^^^\n");
  CHECK(world.entry("kprobe:zz*").diagnostics ==
        "error: no kernel function matches `zz*`\n --> script:1:8\n1 | kprobe:zz*\n  |        ^^^\n"
        "help: to see them all: awl -l 'kprobe:*'\n");
  CHECK(world.entry("kprobe:ext4:vfs_read").diagnostics ==
        "error: no kernel function `vfs_read` in the module `ext4`\n --> script:1:13\n1 | kprobe:ext4:vfs_read\n"
        "  |             ^^^^^^^^\nhelp: it can be traced as `kprobe:vfs_read`\n");
}

TEST_CASE("specs that are none") {
  const World world;
  CHECK(world.entry("kprobe:vfs_read+x").diagnostics ==
        "error: `x` is not an offset: a number of bytes is, as 16 or 0x10\n --> script:1:17\n1 | kprobe:vfs_read+x\n"
        "  |                 ^\n");
  CHECK(world.entry("kprobe:vfs_*+4").diagnostics ==
        "error: an offset needs one function, and `vfs_*` is a pattern\n --> script:1:14\n1 | kprobe:vfs_*+4\n"
        "  |              ^\n");
  CHECK(
      world.exit("kretprobe:vfs_read+4").diagnostics ==
      "error: `kretprobe` takes no offset: it is at the function's return\n --> script:1:20\n1 | kretprobe:vfs_read+4\n"
      "  |                    ^\n");
  for (std::string_view spec : {"kprobe", "kprobe:", "kprobe::f", "kprobe:m:", "kprobe:a:b:c"})
    CHECK(world.entry(std::string(spec)).diagnostics ==
          "error: `" + std::string(spec) +
              "` is not of the form `kprobe:[module:]function[+offset]`\n --> script:1:1\n1 | " + std::string(spec) +
              "\n  | " + std::string(spec.size(), '^') + "\nhelp: for example `kprobe:vfs_read`\n");
}
