// SPDX-License-Identifier: GPL-2.0-only
// Structures of DWARF; see dwarf_structures.h.
//
// Every source file that includes a header brings a description of its structures. Those that say the same get the
// same spelling, so that values from two source files are of one type; those that differ, a number.
#include "runtime/dwarf_structures.h"

#include <dwarf.h>

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "runtime/dwarf_types.h"

namespace awl {
namespace {

/// Arrays of arrays, and typedefs between them; only damaged files have more.
constexpr int deepest = 32;
/// No member is larger, and the layout's numbers have 32 bits.
constexpr uint64_t largest = 1u << 30;

std::optional<uint64_t> number_of(Dwarf_Die die, unsigned attribute) {
  Dwarf_Attribute value;
  Dwarf_Word number = 0;
  if (dwarf_attr_integrate(&die, attribute, &value) == nullptr || dwarf_formudata(&value, &number) != 0)
    return std::nullopt;
  return number;
}

std::string name_of(Dwarf_Die die) {
  const char *name = dwarf_diename(&die);
  return name == nullptr ? "" : name;
}

uint32_t size_of(Dwarf_Die die) {
  Dwarf_Word size = 0;
  return dwarf_aggregate_size(&die, &size) == 0 && size < largest ? static_cast<uint32_t>(size) : 0;
}

bool is_declaration(Dwarf_Die die) { return dwarf_hasattr(&die, DW_AT_declaration) != 0; }

std::vector<Dwarf_Die> children(Dwarf_Die die) {
  std::vector<Dwarf_Die> found;
  Dwarf_Die child;
  if (dwarf_child(&die, &child) != 0) return found;
  do found.push_back(child);
  while (dwarf_siblingof(&child, &child) == 0);
  return found;
}

/// Names, places and sizes agree.
bool is_same(Dwarf_Die a, Dwarf_Die b) {
  if (size_of(a) != size_of(b) || is_declaration(a) != is_declaration(b)) return false;
  const auto part = [](Dwarf_Die die) {
    const std::optional<Dwarf_Die> type = bare_type(referred_die(die, DW_AT_type));
    return std::tuple(dwarf_tag(&die), name_of(die), number_of(die, DW_AT_data_member_location),
                      number_of(die, DW_AT_data_bit_offset), dwarf_c_type(type), type ? size_of(*type) : 0);
  };
  return std::ranges::equal(children(a), children(b), {}, part, part);
}

/// Brackets and stars would be read as those of arrays and pointers.
std::string plain(std::string name) {
  std::ranges::replace(name, '[', '(');
  std::ranges::replace(name, ']', ')');
  return name;
}

std::string_view keyword(int tag) {
  return tag == DW_TAG_union_type ? "union" : tag == DW_TAG_class_type ? "class" : "struct";
}

}  // namespace

DwarfStructures::DwarfStructures(std::string file) : file_(plain(std::move(file))) {
  std::ranges::replace(file_, '*', '+');
}

std::string DwarfStructures::spelling(Dwarf_Die compound) const {
  std::string &known = spellings_[compound.addr];
  if (!known.empty()) return known;
  const std::string name = name_of(compound);
  const std::string_view word = keyword(dwarf_tag(&compound));
  for (int number = 1; known.empty(); number++) {
    std::string tried = fmt::format("{} {} of {}", word, name.empty() ? "{...}" : plain(name), file_);
    if (number > 1) tried += fmt::format(" ({})", number);
    const auto [place, is_new] = known_.try_emplace(tried, Known{compound});
    if (is_new || (!name.empty() && is_same(place->second.die, compound))) known = tried;
  }
  return known;
}

Type DwarfStructures::array_of(Dwarf_Die array, int depth) const {
  Type type = at_depth(referred_die(array, DW_AT_type), depth + 1);
  if (type.kind == Kind::none || type.kind == Kind::record) return type;
  // Bounds stand from the outermost to the innermost.
  for (const Dwarf_Die &bound : children(array) | std::views::reverse) {
    if (dwarf_tag(const_cast<Dwarf_Die *>(&bound)) != DW_TAG_subrange_type) continue;
    uint64_t count = 0;
    if (const auto said = number_of(bound, DW_AT_count))
      count = *said;
    else if (const auto last = number_of(bound, DW_AT_upper_bound))
      count = *last + 1;
    if (count > largest / std::max(memory_size(type), 1u)) count = 0;
    type = array_type(type, static_cast<uint32_t>(count));
  }
  return type;
}

Type DwarfStructures::at_depth(std::optional<Dwarf_Die> type, int depth) const {
  type = bare_type(type);
  if (!type || depth > deepest) return none_type;
  const int tag = dwarf_tag(&*type);
  if (is_dwarf_compound(tag)) return structure_type(spelling(*type), size_of(*type));
  if (tag == DW_TAG_array_type) return array_of(*type, depth);
  if (!is_dwarf_pointer(tag)) return dwarf_number_type(type);
  const std::optional<Dwarf_Die> target = bare_type(referred_die(*type, DW_AT_type));
  if (!target) return pointer_type(AddressSpace::user, "void");
  // A pointer to a pointer is a place where an address lies; what has no spelling of the language keeps that of C.
  const Type leads_to = at_depth(target, depth + 1);
  const bool is_text = leads_to.kind == Kind::integer && leads_to.width == 1 && leads_to.is_signed;
  const bool is_spelled = leads_to.is_number() || leads_to.kind == Kind::structure || leads_to.kind == Kind::array;
  return pointer_type(AddressSpace::user, is_text || !is_spelled ? dwarf_c_type(target) : spelling_of(leads_to));
}

Type DwarfStructures::type_of(std::optional<Dwarf_Die> type) const { return at_depth(type, 0); }

std::optional<Type> DwarfStructures::find(std::string_view spelling) const {
  const auto found = known_.find(spelling);
  if (found == known_.end()) return std::nullopt;
  return structure_type(std::string(spelling), size_of(found->second.die));
}

/// A base class is like an anonymous member: what it has is reached through it.
void DwarfStructures::add_member(Dwarf_Die member, CStructure &to) const {
  const int tag = dwarf_tag(&member);
  const bool is_static = dwarf_hasattr(&member, DW_AT_external) != 0 || dwarf_hasattr(&member, DW_AT_const_value) != 0;
  // Only the program knows while it runs where a virtual base lies.
  const bool is_virtual = number_of(member, DW_AT_virtuality).value_or(0) != 0;
  if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) || is_static || is_virtual) return;
  CMember made = {.name = tag == DW_TAG_member ? name_of(member) : "",
                  .type = type_of(referred_die(member, DW_AT_type)),
                  .bit_offset = 8 * number_of(member, DW_AT_data_member_location).value_or(0),
                  .bits = static_cast<uint32_t>(number_of(member, DW_AT_bit_size).value_or(0))};
  if (const auto bit = number_of(member, DW_AT_data_bit_offset)) made.bit_offset = *bit;
  // Before DWARF 4 the bits were counted from the other end of the word.
  if (const auto above = number_of(member, DW_AT_bit_offset))
    made.bit_offset += 8ull * made.type.width - *above - made.bits;
  if (made.type.kind != Kind::none && made.type.kind != Kind::record) to.members.push_back(std::move(made));
}

const CStructure *DwarfStructures::structure(std::string_view spelling) const {
  const auto found = known_.find(spelling);
  if (found == known_.end() || is_declaration(found->second.die)) return nullptr;
  // Reading members makes more types known; a map's entries stay where they are.
  Known &known = found->second;
  if (known.structure) return known.structure.get();
  auto made = std::make_unique<CStructure>();
  made->spelling = std::string(spelling);
  made->size = size_of(known.die);
  made->is_union = dwarf_tag(&known.die) == DW_TAG_union_type;
  for (const Dwarf_Die &child : children(known.die)) add_member(child, *made);
  known.structure = std::move(made);
  return known.structure.get();
}

}  // namespace awl
