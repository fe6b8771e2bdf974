// SPDX-License-Identifier: GPL-2.0-only
// Types of DWARF; see dwarf_types.h.
#include "runtime/dwarf_types.h"

#include <dwarf.h>

#include <algorithm>

#include <fmt/format.h>

namespace awl {
namespace {

/// Types may contain themselves through pointers only, so this is never reached but by damaged files.
constexpr int deepest = 32;
/// C passes larger values in memory.
constexpr uint64_t register_bytes = 16;

std::string name_of(Dwarf_Die die) {
  const char *name = dwarf_diename(&die);
  return name == nullptr ? "" : name;
}

uint64_t size_of(Dwarf_Die die) {
  Dwarf_Word size = 0;
  return dwarf_aggregate_size(&die, &size) == 0 ? size : 0;
}

uint64_t number_of(Dwarf_Die die, unsigned attribute) {
  Dwarf_Attribute value;
  Dwarf_Word number = 0;
  if (dwarf_attr_integrate(&die, attribute, &value) != nullptr) dwarf_formudata(&value, &number);
  return number;
}

bool is_wrapper(int tag) {
  return tag == DW_TAG_typedef || tag == DW_TAG_const_type || tag == DW_TAG_volatile_type ||
         tag == DW_TAG_restrict_type || tag == DW_TAG_atomic_type;
}
bool is_floating(Dwarf_Die die) {
  return dwarf_tag(&die) == DW_TAG_base_type && number_of(die, DW_AT_encoding) == DW_ATE_float;
}

bool is_signed_encoding(uint64_t encoding) { return encoding == DW_ATE_signed || encoding == DW_ATE_signed_char; }

}  // namespace

bool is_dwarf_pointer(int tag) {
  return tag == DW_TAG_pointer_type || tag == DW_TAG_reference_type || tag == DW_TAG_rvalue_reference_type;
}
bool is_dwarf_compound(int tag) {
  return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

std::optional<Dwarf_Die> bare_type(std::optional<Dwarf_Die> type) {
  for (int depth = 0; type && is_wrapper(dwarf_tag(&*type)) && depth < deepest; depth++)
    type = referred_die(*type, DW_AT_type);
  return type;
}

namespace {

Type number_type(uint64_t size, bool is_signed) {
  if (size != 1 && size != 2 && size != 4 && size != 8) return {.kind = Kind::record, .size = uint32_t(size)};
  return integer_type(static_cast<uint8_t>(size), is_signed);
}

Type base_type(Dwarf_Die die) {
  const uint64_t encoding = number_of(die, DW_AT_encoding), size = size_of(die);
  if (encoding == DW_ATE_boolean && size == 1) return bool_type;
  if (encoding == DW_ATE_float || encoding == DW_ATE_complex_float)
    return {.kind = Kind::record, .size = static_cast<uint32_t>(size)};
  return number_type(size, is_signed_encoding(encoding));
}

Type enumeration_type(Dwarf_Die die) {
  const std::optional<Dwarf_Die> under = bare_type(referred_die(die, DW_AT_type));
  const bool is_signed = under && is_signed_encoding(number_of(*under, DW_AT_encoding));
  return number_type(size_of(die), is_signed);
}

std::string tagged(std::string_view keyword, Dwarf_Die die) {
  const std::string name = name_of(die);
  return fmt::format("{} {}", keyword, name.empty() ? "{...}" : name);
}

uint64_t array_length(Dwarf_Die array) {
  uint64_t length = 1;
  Dwarf_Die child;
  if (dwarf_child(&array, &child) != 0) return 0;
  do {
    if (dwarf_tag(&child) != DW_TAG_subrange_type) continue;
    const bool has_count = dwarf_hasattr(&child, DW_AT_count) != 0;
    length *= has_count ? number_of(child, DW_AT_count) : number_of(child, DW_AT_upper_bound) + 1;
  } while (dwarf_siblingof(&child, &child) == 0);
  return length;
}

std::string c_type(std::optional<Dwarf_Die> type, int depth) {
  if (!type || depth > deepest) return "void";
  const int tag = dwarf_tag(&*type);
  const auto inner = [&] { return c_type(referred_die(*type, DW_AT_type), depth + 1); };
  switch (tag) {
    case DW_TAG_const_type:
      return fmt::format("const {}", inner());
    case DW_TAG_volatile_type:
      return fmt::format("volatile {}", inner());
    case DW_TAG_restrict_type:
    case DW_TAG_atomic_type:
      return inner();
    case DW_TAG_reference_type:
      return fmt::format("{} &", inner());
    case DW_TAG_rvalue_reference_type:
      return fmt::format("{} &&", inner());
    case DW_TAG_structure_type:
      return tagged("struct", *type);
    case DW_TAG_class_type:
      return tagged("class", *type);
    case DW_TAG_union_type:
      return tagged("union", *type);
    case DW_TAG_enumeration_type:
      return tagged("enum", *type);
    case DW_TAG_array_type:
      return fmt::format("{}[{}]", inner(), array_length(*type));
    case DW_TAG_subroutine_type:
      return fmt::format("{} (...)", inner());
    case DW_TAG_pointer_type: {
      const std::optional<Dwarf_Die> target = referred_die(*type, DW_AT_type);
      std::optional<Dwarf_Die> function = bare_type(target);
      if (function && dwarf_tag(&*function) == DW_TAG_subroutine_type)
        return fmt::format("{} (*)(...)", c_type(referred_die(*function, DW_AT_type), depth + 1));
      const std::string pointee = inner();
      return pointee.ends_with('*') ? pointee + "*" : pointee + " *";
    }
    default:
      return name_of(*type);
  }
}

Word &word_at(std::vector<Word> &words, uint64_t offset) {
  const size_t index = offset / 8;
  if (words.size() <= index) words.resize(index + 1, Word::floating);
  return words[index];
}

/// Mark what the words of a compound consist of: one integer in a word makes it an integer.
void classify(std::optional<Dwarf_Die> type, uint64_t offset, std::vector<Word> &words, int depth) {
  type = bare_type(type);
  if (!type || depth > deepest || offset >= register_bytes) return;
  if (dwarf_tag(&*type) == DW_TAG_array_type) {
    const std::optional<Dwarf_Die> element = bare_type(referred_die(*type, DW_AT_type));
    const uint64_t step = element ? std::max<uint64_t>(size_of(*element), 1) : 1;
    const uint64_t length = std::min<uint64_t>(array_length(*type), register_bytes);
    for (uint64_t i = 0; i < length; i++) classify(element, offset + i * step, words, depth + 1);
    return;
  }
  if (!is_dwarf_compound(dwarf_tag(&*type))) {
    Word &word = word_at(words, offset);
    if (!is_floating(*type)) word = Word::integer;
    return;
  }
  Dwarf_Die child;
  if (dwarf_child(&*type, &child) != 0) return;
  do {
    const int tag = dwarf_tag(&child);
    // Static members have no place in the value.
    if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) || dwarf_hasattr(&child, DW_AT_external)) continue;
    classify(referred_die(child, DW_AT_type), offset + number_of(child, DW_AT_data_member_location), words, depth + 1);
  } while (dwarf_siblingof(&child, &child) == 0);
}

/// Go takes a value apart into its numbers, each of which has a register of its own.
void flatten(std::optional<Dwarf_Die> type, uint64_t offset, Shape &shape, int depth) {
  type = bare_type(type);
  if (!type || depth > deepest) return;
  const int tag = dwarf_tag(&*type);
  if (tag == DW_TAG_array_type) {
    // Of arrays only those with one element go into registers.
    if (array_length(*type) == 1) flatten(referred_die(*type, DW_AT_type), offset, shape, depth + 1);
    return;
  }
  if (!is_dwarf_compound(tag)) {
    shape.in_place &= offset == 8 * shape.words.size();
    shape.words.push_back(is_floating(*type) ? Word::floating : Word::integer);
    return;
  }
  Dwarf_Die child;
  if (dwarf_child(&*type, &child) != 0) return;
  do {
    if (dwarf_tag(&child) == DW_TAG_member)
      flatten(referred_die(child, DW_AT_type), offset + number_of(child, DW_AT_data_member_location), shape, depth + 1);
  } while (dwarf_siblingof(&child, &child) == 0);
}

}  // namespace

std::optional<Dwarf_Die> referred_die(Dwarf_Die die, unsigned attribute) {
  Dwarf_Attribute reference;
  Dwarf_Die target;
  if (dwarf_attr_integrate(&die, attribute, &reference) == nullptr) return std::nullopt;
  if (dwarf_formref_die(&reference, &target) == nullptr) return std::nullopt;
  return target;
}

Type dwarf_number_type(std::optional<Dwarf_Die> type) {
  type = bare_type(type);
  if (!type) return none_type;
  const int tag = dwarf_tag(&*type);
  if (tag == DW_TAG_base_type) return base_type(*type);
  if (tag == DW_TAG_enumeration_type) return enumeration_type(*type);
  return {.kind = Kind::record, .size = static_cast<uint32_t>(size_of(*type))};
}

std::string dwarf_c_type(std::optional<Dwarf_Die> type) { return c_type(type, 0); }

Shape dwarf_shape(std::optional<Dwarf_Die> type, Convention convention) {
  type = bare_type(type);
  Shape shape;
  if (!type || is_dwarf_pointer(dwarf_tag(&*type))) return {.words = {Word::integer}};
  shape.size = static_cast<uint32_t>(size_of(*type));
  if (convention == Convention::go) {
    flatten(type, 0, shape, 0);
    // An array of several elements goes to the stack, and a struct with it.
    shape.in_memory = shape.words.empty() && shape.size > 0;
    return shape;
  }
  // What has a copy constructor is passed by address.
  if (number_of(*type, DW_AT_calling_convention) == DW_CC_pass_by_reference) return {.words = {Word::integer}};
  const bool is_long_double = is_floating(*type) && shape.size > 8;
  shape.in_memory = shape.size > register_bytes || is_long_double;
  if (is_long_double) shape.alignment = 16;
  if (shape.in_memory) return shape;
  if (dwarf_tag(&*type) == DW_TAG_base_type && shape.size == register_bytes) {
    shape.alignment = 16;
    shape.words = {Word::integer, Word::integer};
  } else {
    classify(type, 0, shape.words, 0);
  }
  return shape;
}

}  // namespace awl
