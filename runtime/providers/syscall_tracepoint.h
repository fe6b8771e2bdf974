// SPDX-License-Identifier: GPL-2.0-only
// System calls without their tracepoints: the kernel's sys_enter_X and sys_exit_X sit on two raw tracepoints that
// every system call passes. One program there, which looks its number up in a table, serves any number of them and
// is attached and detached at once, where each tracepoint takes 70 ms to close.
//
// Where the kernel preempts programs on raw tracepoints, and so misses hits, the program sits on the perf event of the
// tracepoint raw_syscalls:sys_enter or sys_exit instead, which all calls pass as well ("perf dispatch").
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "lang/provider.h"
#include "runtime/kernel.h"

namespace awl {

/// Entry or exit of the call with this number, seen by the raw tracepoint or by the record of the perf event.
struct SyscallEvent {
  bool is_exit = false;
  uint32_t number = 0;
  bool has_record = false;
};

/// What the dispatch needs to stand in for a tracepoint; nothing when it is no system call or its number is unknown.
/// Without a record.
std::optional<SyscallEvent> syscall_event(std::string_view subsystem, std::string_view event);

/// The fields of the call's own tracepoint as the dispatch has them.
std::vector<Field> dispatch_fields(const SyscallEvent &event, const std::vector<TracepointField> &fields);

/// Whether a script's next dispatch should sit on the perf event: where raw tracepoints are preempted, as long as the
/// event has room.
bool prefers_record(const Kernel &kernel, const ResolveOptions &options);

/// Where the result is; arguments have the library function of this name.
Access syscall_result(const SyscallEvent &event);
std::string_view syscall_argument(const SyscallEvent &event);

/// Make the group, which has one target, one of the dispatch: mechanism, section, number.
void put_on_dispatch(TargetGroup &group, const SyscallEvent &event);
bool is_dispatch(const TargetGroup &group);

/// Attach the group's program to what all its targets share.
Result<std::vector<std::unique_ptr<Attachment>>> attach_dispatch(bpf_program *program, const TargetGroup &group);

/// Set the group's guard, table and, when the body asks which call it was, identification.
void set_dispatch(TargetGroup &group, bool identity);

}  // namespace awl
