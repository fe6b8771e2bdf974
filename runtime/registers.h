// SPDX-License-Identifier: GPL-2.0-only
// Registers of x86-64 by the names of the assembler and by the numbers of DWARF, and where a probe finds them: the
// context of a uprobe is struct pt_regs, whose layout is part of the kernel's interface.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "lang/provider.h"

namespace awl {

/// Offsets in the context.
enum class Register : uint32_t {
  r15 = 0,
  r14 = 8,
  r13 = 16,
  r12 = 24,
  bp = 32,
  bx = 40,
  r11 = 48,
  r10 = 56,
  r9 = 64,
  r8 = 72,
  ax = 80,
  cx = 88,
  dx = 96,
  si = 104,
  di = 112,
  ip = 128,
  sp = 152,
};

/// A register or a part of it.
struct RegisterPart {
  Register whole;
  uint8_t width = 8;     // bytes
  bool is_high = false;  // %ah: the second byte
};

/// "rax", "eax", "ax", "al", "ah", "r8d", "xmm0" (nothing).
std::optional<RegisterPart> register_named(std::string_view name);
/// DWARF's number, 0 to 15.
std::optional<Register> register_numbered(uint64_t dwarf_number);

/// `width` bytes of the program's memory at base + index * scale + displacement.
struct MemoryPlace {
  std::optional<Register> base, index;
  uint64_t scale = 1;
  int64_t displacement = 0;
};

Access register_access(const RegisterPart &part);
Access memory_access(const MemoryPlace &place, uint8_t width);
Access constant_access(int64_t value);

}  // namespace awl
