// SPDX-License-Identifier: GPL-2.0-only
// System calls without their tracepoints: the kernel's sys_enter_X and sys_exit_X sit on two raw tracepoints that
// every system call passes. One program there, which looks its number up in a table, serves any number of them and
// is attached and detached at once, where each tracepoint takes 70 ms to close.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "lang/provider.h"
#include "runtime/kernel.h"

namespace awl {

/// "sys_enter" or "sys_exit", and the number of the call.
struct SyscallEvent {
  bool is_exit = false;
  uint32_t number = 0;
  std::string_view raw_tracepoint() const { return is_exit ? "sys_exit" : "sys_enter"; }
};

/// What the dispatch needs to stand in for a tracepoint; nothing when it is no system call or its number is unknown.
std::optional<SyscallEvent> syscall_event(std::string_view subsystem, std::string_view event);

/// The fields of the tracepoint as the raw tracepoint has them.
std::vector<Field> dispatch_fields(const SyscallEvent &event, const std::vector<TracepointField> &fields);

/// Attach the group's program to the raw tracepoint that all its targets share.
Result<std::vector<std::unique_ptr<Attachment>>> attach_dispatch(bpf_program *program, const TargetGroup &group);

/// Set the group's guard, table and, when the body asks which call it was, identification.
void set_dispatch(TargetGroup &group, bool is_exit, bool identity);

}  // namespace awl
