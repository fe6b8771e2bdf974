// SPDX-License-Identifier: GPL-2.0-only
// Numbers of system calls by the names that the kernel's tracepoints give them.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace awl {

/// The number of the system call whose tracepoints are sys_enter_NAME and sys_exit_NAME; nothing when it is not
/// known here (a kernel much newer than awl).
std::optional<uint32_t> syscall_number(std::string_view name);

}  // namespace awl
