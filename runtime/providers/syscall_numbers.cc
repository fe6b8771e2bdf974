// SPDX-License-Identifier: GPL-2.0-only
// Numbers of system calls; see syscall_numbers.h.
//
// A wrong number would count the wrong system call without a word, so tests/kernel_readers compares all that are
// not simply the headers' with the running kernel.
#include "runtime/providers/syscall_numbers.h"

#include <algorithm>
#include <iterator>

namespace awl {
namespace {

struct Row {
  std::string_view name;
  uint32_t number;
};

constexpr Row from_headers[] = {
#include "runtime/providers/syscall_numbers.inc"
};

/// Calls younger than the headers of long-lived distributions. Since 424 a new call has the same number on every
/// architecture; the two before are x86's own.
constexpr Row younger[] = {
#if defined(__x86_64__)
    {"uretprobe", 335},         {"uprobe", 336},
#endif
    {"cachestat", 451},         {"fchmodat2", 452},        {"map_shadow_stack", 453},
    {"futex_wake", 454},        {"futex_wait", 455},       {"futex_requeue", 456},
    {"statmount", 457},         {"listmount", 458},        {"lsm_get_self_attr", 459},
    {"lsm_set_self_attr", 460}, {"lsm_list_modules", 461}, {"mseal", 462},
    {"setxattrat", 463},        {"getxattrat", 464},       {"listxattrat", 465},
    {"removexattrat", 466},     {"open_tree_attr", 467},   {"file_getattr", 468},
    {"file_setattr", 469},
};

/// Tracepoints are called after the function in the kernel, which is not always what user space calls it.
struct Alias {
  std::string_view kernel, user;
};
constexpr Alias aliases[] = {
    {"newstat", "stat"},   {"newlstat", "lstat"},      {"newfstat", "fstat"},
    {"newuname", "uname"}, {"sendfile64", "sendfile"}, {"umount", "umount2"},
};

template <size_t size>
std::optional<uint32_t> find(const Row (&rows)[size], std::string_view name) {
  const auto row = std::ranges::find(rows, name, &Row::name);
  if (row == std::end(rows)) return std::nullopt;
  return row->number;
}

}  // namespace

std::optional<uint32_t> syscall_number(std::string_view name) {
  name = user_syscall_name(name);
  const std::optional<uint32_t> number = find(from_headers, name);
  return number ? number : find(younger, name);
}

std::vector<std::string_view> syscall_names() {
  std::vector<std::string_view> names;
  for (const Row &row : from_headers) names.push_back(row.name);
  for (const Row &row : younger) names.push_back(row.name);
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

std::string_view kernel_syscall_name(std::string_view user_name) {
  const auto alias = std::ranges::find(aliases, user_name, &Alias::user);
  return alias == std::end(aliases) ? user_name : alias->kernel;
}

std::string_view user_syscall_name(std::string_view kernel_name) {
  const auto alias = std::ranges::find(aliases, kernel_name, &Alias::kernel);
  return alias == std::end(aliases) ? kernel_name : alias->user;
}

}  // namespace awl
