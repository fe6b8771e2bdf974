// SPDX-License-Identifier: GPL-2.0-only
// Registers by name, where the contexts of BPF programs have them: struct pt_regs of x86-64, which is part of the
// kernel's interface and does not change.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace awl {

/// Bytes from the start of the context; nothing when there is no such register.
std::optional<uint32_t> register_offset(std::string_view name);
/// One name for each.
std::vector<std::string_view> register_names();
/// Whether programs of this libbpf section get registers as their context.
bool has_registers(std::string_view section);

}  // namespace awl
