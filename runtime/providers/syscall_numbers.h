// SPDX-License-Identifier: GPL-2.0-only
// Numbers of system calls by the names that the kernel's tracepoints give them.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace awl {

/// The number of the system call whose tracepoints are sys_enter_NAME and sys_exit_NAME; nothing when it is not
/// known here (a kernel much newer than awl).
std::optional<uint32_t> syscall_number(std::string_view name);

/// All calls whose number is known, by the names that programs use: `stat`, where the kernel says `newstat`.
std::vector<std::string_view> syscall_names();

/// What the kernel's tracepoints call it: "newstat" for `stat`.
std::string_view kernel_syscall_name(std::string_view user_name);
/// What programs call it: "stat" for `newstat`.
std::string_view user_syscall_name(std::string_view kernel_name);

}  // namespace awl
