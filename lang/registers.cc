// SPDX-License-Identifier: GPL-2.0-only
#include "lang/registers.h"

#include <algorithm>
#include <iterator>

namespace awl {
namespace {

struct Register {
  std::string_view name, other;
};
/// In the order of struct pt_regs, eight bytes each.
constexpr Register registers[] = {{"r15", ""},   {"r14", ""},   {"r13", ""},   {"r12", ""},     {"bp", "rbp"},
                                  {"bx", "rbx"}, {"r11", ""},   {"r10", ""},   {"r9", ""},      {"r8", ""},
                                  {"ax", "rax"}, {"cx", "rcx"}, {"dx", "rdx"}, {"si", "rsi"},   {"di", "rdi"},
                                  {"orig_ax", "orig_rax"},      {"ip", "rip"}, {"cs", ""},      {"flags", "eflags"},
                                  {"sp", "rsp"}, {"ss", ""}};

}  // namespace

std::optional<uint32_t> register_offset(std::string_view name) {
  auto found = std::ranges::find_if(registers, [&](const Register &r) { return r.name == name || r.other == name; });
  if (name.empty() || found == std::end(registers)) return std::nullopt;
  return static_cast<uint32_t>(found - std::begin(registers)) * 8;
}

std::vector<std::string_view> register_names() {
  std::vector<std::string_view> names;
  for (const Register &known : registers) names.push_back(known.name);
  return names;
}

bool has_registers(std::string_view section) {
  for (std::string_view kind : {"kprobe", "kretprobe", "uprobe", "uretprobe", "usdt", "perf_event"})
    if (section.starts_with(kind)) return true;
  return false;
}

}  // namespace awl
