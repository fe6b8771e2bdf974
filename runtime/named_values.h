// SPDX-License-Identifier: GPL-2.0-only
// Numbers that only this machine's tables and clocks can put into words: addresses, users, times, control groups.
#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace awl {

/// "127.0.0.1", "::1"; of another family the number of the family.
std::string network_address_text(uint64_t family, std::span<const std::byte, 16> address);
/// "AA:BB:CC:DD:EE:FF": the lowest byte first.
std::string hardware_address_text(uint64_t address);
/// A time since boot (nsecs) by a format of strftime, in local time. %f are the microseconds of the second, %k its
/// nanoseconds, %l its milliseconds.
std::string timestamp_text(const std::string &format, uint64_t since_boot_ns);
/// What has to be added to a time since boot to get the time of day.
uint64_t boot_epoch_ns();
/// The user's name, or the number when there is none.
std::string user_name(uint64_t uid);
/// The path of a control group (version 2) below its mount point, or the number when there is none any more.
std::string cgroup_path(uint64_t id);

}  // namespace awl
