// SPDX-License-Identifier: GPL-2.0-only
// Listings over all providers, and finding a provider by its name.
#include "runtime/listing.h"

#include <doctest/doctest.h>

#include "runtime/providers/providers.h"
#include "src/base/text.h"
#include "tests/kernel_readers/world.h"

using namespace awl;
using namespace awl::test;

namespace {

struct World {
  explicit World(Abilities abilities = {}) : kernel(root.path(), fake_trials(std::move(abilities))) {
    root.add_tracefs();
    root.add_functions();
    root.add_btf();
    root.add_kprobe_pmu();
  }
  /// Names, and details below them, one a line.
  std::string list(std::string_view pattern, bool details = false) const {
    const Result<Listing> listing = list_probes(providers, pattern, details);
    if (!listing) return render(listing.error(), false);
    std::string text;
    for (const Listed &probe : listing->probes) {
      text += probe.name + "\n";
      for (const std::string &detail : probe.details) text += detail + "\n";
    }
    return text;
  }
  FakeRoot root;
  Kernel kernel;
  Providers providers = make_providers(kernel);
};

/// A listing less the lines that come from tables of ours and not from the kernel.
std::string without_tables(const std::string &listing) {
  std::string text;
  for (std::string_view line : split(listing, '\n'))
    if (!line.empty() && !line.starts_with("syscall:") && !line.starts_with("software:") &&
        !line.starts_with("hardware:"))
      text.append(line).append("\n");
  return text;
}

std::string_view provider_of(const Providers &providers, std::string_view spec) {
  const Provider *provider = find_provider(providers, spec);
  return provider == nullptr ? "none" : provider->doc().name;
}

}  // namespace

TEST_CASE("providers by name, alias and case") {
  const World world;
  CHECK(provider_of(world.providers, "kprobe:vfs_read") == "kprobe");
  CHECK(provider_of(world.providers, "KProbe:vfs_read") == "kprobe");
  CHECK(provider_of(world.providers, "k:vfs_read") == "kprobe");
  CHECK(provider_of(world.providers, "K:vfs_read") == "none");
  CHECK(provider_of(world.providers, "kr:vfs_read") == "kretprobe");
  CHECK(provider_of(world.providers, "kfunc:vfs_read") == "fentry");
  CHECK(provider_of(world.providers, "fr:vfs_read") == "fexit");
  CHECK(provider_of(world.providers, "t:a:b") == "tracepoint");
  CHECK(provider_of(world.providers, "BEGIN") == "begin");
  CHECK(provider_of(world.providers, "END") == "end");
  CHECK(provider_of(world.providers, "tick-1s") == "interval");
  CHECK(provider_of(world.providers, "profile-997") == "profile");
  CHECK(provider_of(world.providers, "kprob:vfs_read") == "none");
  CHECK(provider_of(world.providers, "") == "none");
}

TEST_CASE("listing by glob, alias and name") {
  const World world;
  CHECK(world.list("tracepoint:sched:*") == "tracepoint:sched:sched_switch\ntracepoint:sched:sched_wakeup\n");
  CHECK(world.list("t:sched:*") == "tracepoint:sched:sched_switch\ntracepoint:sched:sched_wakeup\n");
  CHECK(world.list("*wakeup") == "rawtracepoint:sched_wakeup\ntracepoint:sched:sched_wakeup\n");
  CHECK(world.list("sched:sched_switch") ==
        "error: no probe matches `sched:sched_switch`\nhelp: to see them all: awl -l '*'\n");
  CHECK(world.list("kprobe:vfs_*") == "kprobe:vfs_read\nkprobe:vfs_sync\nkprobe:vfs_write\n");
  CHECK(world.list("fexit") == "fexit:vfs_read\nfexit:vfs_sync\n");
  CHECK(world.list("begin") == "begin\n");
  CHECK(world.list("interval") == "interval:hz:10\ninterval:ms:100\ninterval:s:1\n");
}

TEST_CASE("everything is sorted and leaves the doubles of returns out") {
  const World world;
  CHECK(world.list("vfs_read") == "fentry:vfs_read\nkprobe:vfs_read\n");
  CHECK(world.list("k*:vfs_read") == "kprobe:vfs_read\nkretprobe:vfs_read\n");
  CHECK(without_tables(world.list("*")) ==
        "begin\nend\nfentry:vfs_read\nfentry:vfs_sync\ninterval:hz:10\ninterval:ms:100\ninterval:s:1\niter:task\nkprobe:"
        "vfs_read\n"
        "kprobe:vfs_sync\nkprobe:vfs_write\nkprobe:xfs_open\nprofile:hz:99\nprofile:ms:10\nrawtracepoint:pelt_"
        "tp\nrawtracepoint:sched_switch\nrawtracepoint:sched_wakeup\nself:signal:SIGUSR1\nself:signal:"
        "SIGUSR2\ntracepoint:sched:sched_"
        "switch\n"
        "tracepoint:sched:sched_wakeup\ntracepoint:syscalls:sys_enter_nonesuch\ntracepoint:syscalls:sys_enter_openat\n"
        "tracepoint:syscalls:sys_enter_read\ntracepoint:syscalls:sys_exit_read\n");
}

TEST_CASE("every line can be pasted back") {
  const World world;
  const Result<Listing> listing = list_probes(world.providers, "*", false);
  REQUIRE(listing);
  for (const Listed &probe : listing->probes) {
    const Provider *provider = find_provider(world.providers, probe.name);
    REQUIRE(provider != nullptr);
    const Resolved resolved = resolve(*provider, probe.name);
    REQUIRE(resolved.groups.size() == 1);
    CHECK(names_of(resolved.groups[0]) == probe.name);
  }
}

TEST_CASE("what could not be asked for is not listed") {
  const World world;
  CHECK(world.list("kprobe:twice") == "error: no probe matches `kprobe:twice`\nhelp: to see them all: awl -l '*'\n");
  const World told;
  told.root.write("/sys/kernel/tracing/available_filter_functions_addrs",
                  "ffffffff81000010 twice\nffffffff81000020 twice\nffffffff81000030 do_int3\n");
  CHECK(told.list("kprobe:*") == "kprobe:twice\n");
}

TEST_CASE("details") {
  const World world;
  CHECK(world.list("tracepoint:syscalls:sys_enter_read", true) ==
        "tracepoint:syscalls:sys_enter_read\n    int __syscall_nr\n    unsigned int fd\n    char * buf\n    size_t "
        "count\n");
  const std::string parameters =
      "    struct file * file\n    int flags\n    const char * name\n    size_t count\n    ssize_t retval\n";
  CHECK(world.list("kprobe:vfs_read", true) == "kprobe:vfs_read\n" + parameters);
  CHECK(world.list("fexit:vfs_read", true) == "fexit:vfs_read\n" + parameters);
  CHECK(world.list("kprobe:xfs_open", true) == "kprobe:xfs_open\n");
}

TEST_CASE("nothing found") {
  const World world;
  CHECK(world.list("kprobe:vfs_raed") ==
        "error: no probe matches `kprobe:vfs_raed`\nhelp: did you mean `kprobe:vfs_read`?\n");
  CHECK(world.list("sched_swich") == "error: no probe matches `sched_swich`\nhelp: did you mean `sched_switch`?\n");
  CHECK(world.list("kprobe:zz*") == "error: no probe matches `kprobe:zz*`\nhelp: to see them all: awl -l '*'\n");
}

TEST_CASE("providers that cannot answer") {
  const World world({.kprobes = unsupported("it has none"), .trampoline = unsupported("it refuses fentry")});
  const Result<Listing> listing = list_probes(world.providers, "*", false);
  REQUIRE(listing);
  CHECK(listing->unavailable.size() == 2);
  CHECK(world.list("kprobe:vfs_*") ==
        "error: kprobe:* cannot be traced by this kernel: it has none\nhelp: `--vm` runs the same "
        "command on a kernel that can\n");
  CHECK(world.list("fentry:vfs_*") ==
        "error: fentry:* cannot be traced by this kernel: it refuses fentry\nhelp: `--vm` runs the same "
        "command on a kernel that can\n");
  const FakeRoot empty;
  const Kernel kernel(empty.path(), fake_trials({}));
  const Result<Listing> tracepoints = list_probes(make_providers(kernel), "tracepoint:*", false);
  REQUIRE_FALSE(tracepoints);
  CHECK(tracepoints.error().help == "sudo mount -t tracefs tracefs /sys/kernel/tracing");
}
