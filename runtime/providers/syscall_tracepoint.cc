// SPDX-License-Identifier: GPL-2.0-only
// System calls by dispatch; see syscall_tracepoint.h.
#include "runtime/providers/syscall_tracepoint.h"

#include <bpf/libbpf.h>

#include <algorithm>

#include <fmt/format.h>

#include "runtime/providers/links.h"
#include "runtime/providers/syscall_numbers.h"

namespace awl {
namespace {

// struct { struct trace_entry ent; int nr; unsigned long args[]; }: where the tracepoint's record has its arguments.
constexpr uint32_t arguments_offset = 16, argument_size = 8, max_arguments = 6;

constexpr std::string_view number_field = "__syscall_nr";

/// Contexts at the exit: {struct pt_regs *regs; long ret} and {struct trace_entry ent; long id; long ret}.
constexpr uint32_t raw_result_offset = 8, record_result_offset = 16;

constexpr std::string_view by_raw = "raw_tp dispatch", by_perf = "perf dispatch", raw_exit_section = "raw_tp/sys_exit";

/// The library's "awl_syscall_number_enter" and its like: only the context of the raw tracepoint sys_exit lacks the
/// call's number, and has functions of its own.
LibraryCall by_number(std::string_view what, bool lacks_number) {
  return {fmt::format("awl_syscall_{}_{}", what, lacks_number ? "exit" : "enter"), {}};
}

std::optional<Access> access_of(const SyscallEvent &event, const TracepointField &field) {
  if (field.name == number_field) return by_number("number", event.is_exit && !event.has_record);
  if (event.is_exit) return field.name == "ret" ? std::optional<Access>(syscall_result(event)) : std::nullopt;
  // Newer kernels append copies of the strings that the arguments point to; these are not arguments.
  const uint32_t index = (field.offset - arguments_offset) / argument_size;
  const bool is_argument = field.offset >= arguments_offset && field.size == argument_size && index < max_arguments;
  if (!is_argument || field.is_data_location) return std::nullopt;
  return LibraryCall{std::string(syscall_argument(event)), {index}};
}

}  // namespace

bool prefers_record(const Kernel &kernel, const ResolveOptions &options) {
  // The kernel runs at most 64 programs at an event (BPF_TRACE_MAX_PROGS), and other tracers have some there.
  constexpr size_t most_programs = 48;
  return options.programs < most_programs && kernel.may_preempt_tracepoints();
}

Access syscall_result(const SyscallEvent &event) {
  return ContextLoad{event.has_record ? record_result_offset : raw_result_offset};
}

std::string_view syscall_argument(const SyscallEvent &event) {
  if (!event.has_record) return "awl_syscall_arg";
  return event.is_exit ? "awl_syscall_task_arg" : "awl_syscall_record_arg";
}

void put_on_dispatch(TargetGroup &group, const SyscallEvent &event) {
  const std::string name = event.is_exit ? "sys_exit" : "sys_enter";
  group.mechanism = event.has_record ? by_perf : by_raw;
  group.section = (event.has_record ? "tp/raw_syscalls/" : "raw_tp/") + name;
  group.targets.front().attach = name;
  group.targets.front().number = event.number;
}

bool is_dispatch(const TargetGroup &group) { return group.mechanism == by_perf || group.mechanism == by_raw; }

std::optional<SyscallEvent> syscall_event(std::string_view subsystem, std::string_view event) {
  if (subsystem != "syscalls") return std::nullopt;
  for (std::string_view prefix : {"sys_enter_", "sys_exit_"}) {
    if (!event.starts_with(prefix)) continue;
    const std::optional<uint32_t> number = syscall_number(event.substr(prefix.size()));
    if (number) return SyscallEvent{.is_exit = prefix == "sys_exit_", .number = *number};
  }
  return std::nullopt;
}

std::vector<Field> dispatch_fields(const SyscallEvent &event, const std::vector<TracepointField> &fields) {
  std::vector<Field> result;
  for (const TracepointField &field : fields) {
    const std::optional<Access> access = access_of(event, field);
    if (access)
      result.push_back({.name = "args." + field.name, .type = tracepoint_field_type(field, true), .access = *access});
  }
  return result;
}

Result<Attachments> attach_dispatch(bpf_program *program, const TargetGroup &group) {
  TargetGroup shared = {.identify = Identify::constant};
  shared.targets.push_back(group.targets.front());
  if (group.mechanism == by_raw) return attach_raw_tracepoints(program, shared);
  const Target &target = shared.targets.front();
  return own_only_link(bpf_program__attach_tracepoint(program, "raw_syscalls", target.attach.c_str()), target.name, true);
}

void set_dispatch(TargetGroup &group, bool identity) {
  const bool lacks_number = group.section == raw_exit_section;
  uint64_t highest = 0;
  for (const Target &target : group.targets) highest = std::max(highest, target.number);
  group.table.assign(highest + 1, 0);
  for (size_t i = 0; i < group.targets.size(); i++) group.table[group.targets[i].number] = static_cast<uint16_t>(i + 1);
  group.guard = by_number("guard", lacks_number);
  group.identify = Identify::constant;
  if (!identity || group.targets.size() == 1) return;
  group.identify = Identify::library;
  group.identify_call = by_number("index", lacks_number);
}

}  // namespace awl
