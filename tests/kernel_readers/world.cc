// SPDX-License-Identifier: GPL-2.0-only
// Kernels that are not there; see world.h.
#include "tests/kernel_readers/world.h"

#include <bpf/btf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "src/base/check.h"

namespace awl::test {
namespace {

class FakeTrials final : public KernelTrials {
 public:
  explicit FakeTrials(Abilities abilities) : abilities_(std::move(abilities)) {}
  Status kprobes(uint32_t) const override { return abilities_.kprobes; }
  Status kprobe_multi() const override { return abilities_.kprobe_multi; }
  Status trampoline(uint32_t, std::string_view, bool) const override { return abilities_.trampoline; }
  bool cookies() const override { return abilities_.cookies; }
  bool raw_cookies() const override { return abilities_.raw_cookies; }
  Status event(uint32_t, uint64_t) const override { return abilities_.event; }

 private:
  Abilities abilities_;
};

constexpr std::string_view common_fields =
    "format:\n"
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

std::string syscall_format(std::string_view fields) {
  return fmt::format(
      "name: x\nID: 1\n{}\tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;\n{}\nprint fmt: \"\"\n",
      common_fields, fields);
}

}  // namespace

const std::string_view sched_switch_format =
    "name: sched_switch\nID: 372\nformat:\n"
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
    "\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
    "\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n"
    "\tfield:long prev_state;\toffset:32;\tsize:8;\tsigned:1;\n"
    "\tfield:__data_loc char[] name;\toffset:40;\tsize:4;\tsigned:0;\n"
    "\tfield:__rel_loc char[] other;\toffset:44;\tsize:4;\tsigned:0;\n"
    "\tfield:__u8 saddr[4];\toffset:48;\tsize:4;\tsigned:0;\n"
    "\tfield:const void * skaddr;\toffset:56;\tsize:8;\tsigned:0;\n\n"
    "print fmt: \"field:none\"\n";

FakeRoot::FakeRoot() {
  std::string name = (std::filesystem::temp_directory_path() / "awl_test_XXXXXX").string();
  AWL_CHECK(::mkdtemp(name.data()) != nullptr);
  path_ = name;
  ::chmod(name.c_str(), 0755);
}

FakeRoot::~FakeRoot() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void FakeRoot::make_directory(std::string_view directory) const {
  std::filesystem::create_directories(path_ + std::string(directory));
}

void FakeRoot::write(std::string_view file, std::string_view text) const {
  const std::filesystem::path path = path_ + std::string(file);
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

void FakeRoot::add_tracefs() const {
  const std::string events = "/sys/kernel/tracing/events/";
  write("/sys/kernel/tracing/available_events",
        "syscalls:sys_exit_read\nsyscalls:sys_enter_read\nsyscalls:sys_enter_openat\nsyscalls:sys_enter_nonesuch\n"
        "sched:sched_wakeup\nsched:sched_switch\n");
  write(events + "sched/sched_switch/format", sched_switch_format);
  write(events + "sched/sched_switch/id", "372\n");
  write(events + "sched/sched_wakeup/format",
        fmt::format("{}\tfield:pid_t pid;\toffset:8;\tsize:4;\tsigned:1;\n", common_fields));
  write(events + "syscalls/sys_enter_read/format",
        syscall_format("\tfield:unsigned int fd;\toffset:16;\tsize:8;\tsigned:0;\n"
                       "\tfield:char * buf;\toffset:24;\tsize:8;\tsigned:0;\n"
                       "\tfield:size_t count;\toffset:32;\tsize:8;\tsigned:0;\n"));
  write(events + "syscalls/sys_enter_openat/format",
        syscall_format("\tfield:int dfd;\toffset:16;\tsize:8;\tsigned:0;\n"
                       "\tfield:const char * filename;\toffset:24;\tsize:8;\tsigned:0;\n"
                       "\tfield:int flags;\toffset:32;\tsize:8;\tsigned:0;\n"
                       "\tfield:umode_t mode;\toffset:40;\tsize:8;\tsigned:0;\n"
                       "\tfield:__data_loc char[] __filename_val;\toffset:48;\tsize:4;\tsigned:0;\n"));
  write(events + "syscalls/sys_enter_nonesuch/format",
        syscall_format("\tfield:int dfd;\toffset:16;\tsize:8;\tsigned:0;\n"));
  write(events + "syscalls/sys_exit_read/format",
        syscall_format("\tfield:long ret;\toffset:16;\tsize:8;\tsigned:1;\n"));
}

void FakeRoot::add_functions() const {
  write("/sys/kernel/tracing/available_filter_functions",
        "vfs_write\nvfs_read\nvfs_sync\ntwice\ntwice\nxfs_open [xfs]\n__ftrace_invalid_address___16\n");
  write("/proc/kallsyms",
        "0000000000000000 T vfs_read\n0000000000000000 T vfs_write\n0000000000000000 T vfs_sync\n"
        "0000000000000000 t twice\n0000000000000000 t twice\n0000000000000000 t xfs_open\t[xfs]\n"
        "00000000c0ffee08 D some_data\n0000000000000000 T __pfx_vfs_read\n0000000000000000 T do_int3\n"
        "0000000000000000 t bpf_prog_1\t[bpf]\n0000000000000000 T hidden\n");
  write("/sys/kernel/debug/kprobes/blacklist", "0x0000000000000000-0x0000000000000010\tdo_int3\n");
  make_directory("/sys/kernel/tracing/events");
}

void FakeRoot::add_kprobe_pmu() const { write("/sys/bus/event_source/devices/kprobe/type", "8\n"); }

void FakeRoot::add_btf() const {
  btf *made = btf__new_empty();
  const int s32 = btf__add_int(made, "int", 4, BTF_INT_SIGNED), u64 = btf__add_int(made, "unsigned long", 8, 0);
  const int s64 = btf__add_int(made, "long", 8, BTF_INT_SIGNED),
            character = btf__add_int(made, "char", 1, BTF_INT_SIGNED);
  const int file = btf__add_struct(made, "file", 16), file_pointer = btf__add_ptr(made, file);
  const int text = btf__add_ptr(made, btf__add_const(made, character));
  const int size = btf__add_typedef(made, "size_t", u64), ssize = btf__add_typedef(made, "ssize_t", s64);
  const int read = btf__add_func_proto(made, ssize);
  btf__add_func_param(made, "file", file_pointer);
  btf__add_func_param(made, "flags", s32);
  btf__add_func_param(made, "name", text);
  btf__add_func_param(made, "count", size);
  btf__add_func(made, "vfs_read", BTF_FUNC_STATIC, read);
  const int sync = btf__add_func_proto(made, 0);
  btf__add_func_param(made, "wait", s32);
  btf__add_func(made, "vfs_sync", BTF_FUNC_STATIC, sync);
  const int print = btf__add_func_proto(made, s32);
  btf__add_func_param(made, "format", text);
  btf__add_func_param(made, nullptr, 0);
  btf__add_func(made, "printk", BTF_FUNC_STATIC, print);
  const int pair = btf__add_func_proto(made, s32);
  btf__add_func_param(made, "first", s32);
  btf__add_func_param(made, "pair", file);
  btf__add_func_param(made, "last", s32);
  btf__add_func(made, "take_pair", BTF_FUNC_STATIC, pair);
  const int nothing = btf__add_ptr(made, 0), task = btf__add_ptr(made, btf__add_struct(made, "task_struct", 64));
  const int flag = btf__add_int(made, "bool", 1, BTF_INT_BOOL);
  const int iterate = btf__add_func_proto(made, s32);
  btf__add_func_param(made, "__data", nothing);
  btf__add_func_param(made, "preempt", flag);
  btf__add_func_param(made, "prev", task);
  btf__add_func(made, "__traceiter_sched_switch", BTF_FUNC_STATIC, iterate);
  for (const char *name : {"btf_trace_sched_switch", "btf_trace_sched_wakeup", "btf_trace_pelt_tp"})
    btf__add_typedef(made, name, btf__add_ptr(made, iterate));
  btf__add_struct(made, "point", 16);
  btf__add_field(made, "x", s32, 0, 0);
  btf__add_field(made, "y", u64, 64, 0);
  btf__add_struct(made, "bpf_iter__task", 16);
  const int walk = btf__add_func_proto(made, s32);
  btf__add_func_param(made, "meta", nothing);
  btf__add_func_param(made, "task", task);
  btf__add_func(made, "bpf_iter_task", BTF_FUNC_STATIC, walk);
  uint32_t bytes = 0;
  const char *raw = static_cast<const char *>(btf__raw_data(made, &bytes));
  write("/sys/kernel/btf/vmlinux", {raw, bytes});
  btf__free(made);
}

std::unique_ptr<KernelTrials> fake_trials(Abilities abilities) {
  return std::make_unique<FakeTrials>(std::move(abilities));
}

Resolved resolve(const Provider &provider, std::string spec, BodyUses uses, ResolveOptions options) {
  const Source source = {.name = "script", .text = spec};
  const Span whole = {0, static_cast<uint32_t>(spec.size())};
  Diagnostics diagnostics;
  Resolved resolved;
  resolved.groups = provider.resolve({std::move(spec), whole}, uses, options, diagnostics, resolved.refused);
  if (!diagnostics.empty()) resolved.diagnostics = diagnostics.render(source, false);
  return resolved;
}

std::string names_of(const TargetGroup &group) {
  std::string names;
  for (const Target &target : group.targets) names += (names.empty() ? "" : " ") + target.name;
  return names;
}

const Field *field(const TargetGroup &group, std::string_view name) {
  const auto found = std::ranges::find(group.fields, name, &Field::name);
  return found == group.fields.end() ? nullptr : &*found;
}

AsNobody::AsNobody() {
  if (::getuid() == 0) AWL_CHECK(::seteuid(65534) == 0);
}

AsNobody::~AsNobody() {
  if (::getuid() == 0) AWL_CHECK(::seteuid(0) == 0);
}

}  // namespace awl::test
