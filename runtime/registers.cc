// SPDX-License-Identifier: GPL-2.0-only
// Registers and what they point to, as accesses of a program; see registers.h.
#include "runtime/registers.h"

#include "bpf_lib/awl_abi.h"

namespace awl {
namespace {

using enum Register;

struct Named {
  std::string_view name;  // without the letter that tells the width
  Register whole;
};
// The eight old registers: "rax", "eax", "ax", "al".
constexpr Named old_registers[] = {{"ax", ax}, {"bx", bx}, {"cx", cx}, {"dx", dx},
                                   {"si", si}, {"di", di}, {"bp", bp}, {"sp", sp}};
constexpr Named new_registers[] = {{"r8", r8},   {"r9", r9},   {"r10", r10}, {"r11", r11},
                                   {"r12", r12}, {"r13", r13}, {"r14", r14}, {"r15", r15}};
constexpr Named low_bytes[] = {{"al", ax},  {"bl", bx},  {"cl", cx},  {"dl", dx},
                               {"sil", si}, {"dil", di}, {"bpl", bp}, {"spl", sp}};
constexpr Named high_bytes[] = {{"ah", ax}, {"bh", bx}, {"ch", cx}, {"dh", dx}};
constexpr Register by_dwarf_number[] = {ax, dx, cx, bx, si, di, bp, sp, r8, r9, r10, r11, r12, r13, r14, r15};

template <size_t N>
std::optional<Register> find(const Named (&table)[N], std::string_view name) {
  for (const Named &one : table)
    if (one.name == name) return one.whole;
  return std::nullopt;
}

/// The letter behind a new register tells how much of it: r8d, r8w, r8b.
std::optional<uint8_t> width_of(std::string_view suffix) {
  if (suffix.empty()) return 8;
  if (suffix == "d") return 4;
  if (suffix == "w") return 2;
  if (suffix == "b" || suffix == "l") return 1;
  return std::nullopt;
}

uint64_t number_of(std::optional<Register> reg) { return reg ? static_cast<uint64_t>(*reg) : AWL_NO_REGISTER; }

}  // namespace

std::optional<RegisterPart> register_named(std::string_view name) {
  if (name == "rip") return RegisterPart{ip};
  if (const auto byte = find(low_bytes, name)) return RegisterPart{*byte, 1};
  if (const auto byte = find(high_bytes, name)) return RegisterPart{*byte, 1, true};
  if (const auto word = find(old_registers, name)) return RegisterPart{*word, 2};
  if (name.starts_with('e'))
    if (const auto half = find(old_registers, name.substr(1))) return RegisterPart{*half, 4};
  if (!name.starts_with('r')) return std::nullopt;
  if (const auto whole = find(old_registers, name.substr(1))) return RegisterPart{*whole};
  const size_t digits_end = name.find_first_not_of("0123456789", 1);
  const std::string_view suffix = digits_end == name.npos ? std::string_view() : name.substr(digits_end);
  const auto whole = find(new_registers, name.substr(0, digits_end));
  const auto width = width_of(suffix);
  if (!whole || !width) return std::nullopt;
  return RegisterPart{*whole, *width};
}

std::optional<Register> register_numbered(uint64_t dwarf_number) {
  if (dwarf_number >= std::size(by_dwarf_number)) return std::nullopt;
  return by_dwarf_number[dwarf_number];
}

Access register_access(const RegisterPart &part) {
  if (part.is_high) return LibraryCall{"awl_second_byte", {number_of(part.whole)}};
  return ContextLoad{static_cast<uint32_t>(part.whole)};
}

Access memory_access(const MemoryPlace &place, uint8_t width) {
  return LibraryCall{
      "awl_user_memory",
      {number_of(place.base), number_of(place.index), place.scale, static_cast<uint64_t>(place.displacement), width}};
}

Access constant_access(int64_t value) { return LibraryCall{"awl_constant", {static_cast<uint64_t>(value)}}; }

}  // namespace awl
