// SPDX-License-Identifier: GPL-2.0-only
// Which functions there are, which can be traced, and what BTF says of them.
#include <doctest/doctest.h>

#include "tests/kernel_readers/world.h"

using namespace awl;
using namespace awl::test;

namespace {
std::vector<std::string> names(const Kernel &kernel) {
  const Result<std::vector<TraceableFunction>> &functions = kernel.traceable_functions();
  REQUIRE(functions);
  std::vector<std::string> result;
  for (const TraceableFunction &function : *functions)
    result.push_back(std::string(function.module) + ":" + std::string(function.name));
  return result;
}
}  // namespace

TEST_CASE("functions that the kernel offers") {
  const FakeRoot root;
  root.add_functions();
  CHECK(names(Kernel(root.path())) ==
        std::vector<std::string>{":twice", ":twice", ":vfs_read", ":vfs_sync", ":vfs_write", "xfs:xfs_open"});
}

TEST_CASE("functions from the symbols where the kernel's list cannot be read") {
  const FakeRoot root;
  root.add_functions();
  root.write("/sys/kernel/tracing/available_filter_functions", "");
  CHECK_FALSE(Kernel(root.path()).traceable_functions());
  const FakeRoot other;
  other.write("/proc/kallsyms",
              "0 T b\n0 t a\t[m]\n0 D data\n0 T refused\n0 t prog\t[bpf]\n0 T a.cold\n0 T __pfx_b\ngarbage\n");
  other.write("/sys/kernel/debug/kprobes/blacklist", "0x0-0x1\trefused\n");
  CHECK(names(Kernel(other.path())) == std::vector<std::string>{"m:a", ":b"});
}

TEST_CASE("no list and no symbols") {
  const FakeRoot root;
  const Kernel kernel(root.path());
  REQUIRE_FALSE(kernel.traceable_functions());
  CHECK(kernel.traceable_functions().error().what == "cannot list the kernel's functions");
  CHECK(kernel.traceable_functions().error().kind == ErrorKind::permission);
  CHECK_FALSE(kernel.has_function("vfs_read"));
}

TEST_CASE("functions that exist, and what speaks against them") {
  const FakeRoot root;
  root.add_functions();
  const Kernel kernel(root.path());
  CHECK(kernel.has_function("hidden"));
  CHECK_FALSE(kernel.has_function("some_data"));
  CHECK_FALSE(kernel.has_function("vfs_rea"));
  CHECK(kernel.why_untraceable("vfs_read").empty());
  CHECK(kernel.why_untraceable("do_int3") == "it is on the kernel's kprobe blacklist");
  CHECK(kernel.why_untraceable("twice") == "there are 2 functions of this name");
  CHECK(kernel.why_untraceable("hidden") ==
        "the kernel does not offer it for tracing (it is marked notrace or was inlined)");
}

TEST_CASE("functions by BTF") {
  const FakeRoot root;
  root.add_btf();
  const Kernel kernel(root.path());
  REQUIRE(kernel.kernel_btf() != nullptr);
  const std::optional<KernelFunction> read = kernel.function("vfs_read");
  REQUIRE(read);
  REQUIRE(read->parameters.size() == 4);
  CHECK(read->parameters[0].first == "file");
  CHECK(read->parameters[0].second == pointer_type(AddressSpace::kernel, "struct file"));
  CHECK(read->parameters[1].second == integer_type(4, true));
  CHECK(read->parameters[2].second == pointer_type(AddressSpace::none, "char"));
  CHECK(read->parameters[3].second == integer_type(8, false));
  CHECK(read->result == integer_type(8, true));
  CHECK(read->declarations ==
        std::vector<std::string>{"struct file * file", "int flags", "const char * name", "size_t count"});
  CHECK(read->result_declaration == "ssize_t");
  CHECK(kernel.function("vfs_sync")->result.kind == Kind::none);
  CHECK(kernel.function("printk")->variadic);
  const Type by_value = kernel.function("take_pair")->parameters[1].second;
  CHECK(by_value.kind == Kind::record);
  CHECK(by_value.size == 16);
  CHECK_FALSE(kernel.function("nonesuch"));
  CHECK(kernel.has_function("printk"));
}

TEST_CASE("no BTF, or something else in its place") {
  const FakeRoot root;
  CHECK(Kernel(root.path()).kernel_btf() == nullptr);
  root.write("/sys/kernel/btf/vmlinux", "this is not BTF");
  const Kernel kernel(root.path());
  CHECK(kernel.kernel_btf() == nullptr);
  CHECK_FALSE(kernel.function("vfs_read"));
}

TEST_CASE("kprobes need their PMU, and then a trial") {
  const FakeRoot root;
  const Kernel without(root.path(), fake_trials({}));
  REQUIRE_FALSE(without.has_kprobes());
  CHECK(without.has_kprobes().error().kind == ErrorKind::unsupported);
  CHECK(without.has_kprobes().error().why == "it has no kprobes (CONFIG_KPROBES is not set)");
  root.add_kprobe_pmu();
  CHECK(Kernel(root.path(), fake_trials({})).has_kprobes());
  CHECK_FALSE(Kernel(root.path(), fake_trials({.kprobes = forbidden()})).has_kprobes());
  root.write("/sys/bus/event_source/devices/kprobe/type", "eight");
  CHECK_FALSE(Kernel(root.path(), fake_trials({})).has_kprobes());
}
