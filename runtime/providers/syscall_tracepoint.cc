// SPDX-License-Identifier: GPL-2.0-only
// System calls by dispatch; see syscall_tracepoint.h.
#include "runtime/providers/syscall_tracepoint.h"

#include <algorithm>

#include "runtime/providers/links.h"
#include "runtime/providers/syscall_numbers.h"

namespace awl {
namespace {

// struct { struct trace_entry ent; int nr; unsigned long args[]; }: where the tracepoint's record has its arguments.
constexpr uint32_t arguments_offset = 16, argument_size = 8, max_arguments = 6;

constexpr std::string_view number_field = "__syscall_nr";

/// Context of the raw tracepoint sys_exit: {struct pt_regs *regs; long ret}.
constexpr uint32_t result_offset = 8;

std::optional<Access> access_of(const SyscallEvent &event, const TracepointField &field) {
  if (field.name == number_field)
    return LibraryCall{event.is_exit ? "awl_syscall_number_exit" : "awl_syscall_number_enter", {}};
  if (event.is_exit) return field.name == "ret" ? std::optional<Access>(ContextLoad{result_offset}) : std::nullopt;
  // Newer kernels append copies of the strings that the arguments point to; these are not arguments.
  const uint32_t index = (field.offset - arguments_offset) / argument_size;
  const bool is_argument = field.offset >= arguments_offset && field.size == argument_size && index < max_arguments;
  if (!is_argument || field.is_data_location) return std::nullopt;
  return LibraryCall{"awl_syscall_arg", {index}};
}

}  // namespace

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
  return attach_raw_tracepoints(program, shared);
}

void set_dispatch(TargetGroup &group, bool is_exit, bool identity) {
  uint64_t highest = 0;
  for (const Target &target : group.targets) highest = std::max(highest, target.number);
  group.table.assign(highest + 1, 0);
  for (size_t i = 0; i < group.targets.size(); i++) group.table[group.targets[i].number] = static_cast<uint16_t>(i + 1);
  group.guard = LibraryCall{is_exit ? "awl_syscall_guard_exit" : "awl_syscall_guard_enter", {}};
  group.identify = Identify::constant;
  if (!identity || group.targets.size() == 1) return;
  group.identify = Identify::library;
  group.identify_call = {is_exit ? "awl_syscall_index_exit" : "awl_syscall_index_enter", {}};
}

}  // namespace awl
