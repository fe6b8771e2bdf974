// SPDX-License-Identifier: GPL-2.0-only
// Types that the script names: in casts, declarations, sizeof and offsetof; and what printing a structure needs.
#include <algorithm>

#include "bpf_lib/awl_abi.h"
#include "lang/check.h"
#include "src/base/check.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// Structures within structures; more than any of the kernel's has, and an end for one that is made to have none.
constexpr int deepest_structure = 32;

bool is_text(const Type &element) { return element.kind == Kind::integer && element.width == 1 && element.is_signed; }

}  // namespace

std::optional<FoundMember> find_member(const CTypes &types, const CStructure &structure, std::string_view name) {
  for (const CMember &member : structure.members) {
    if (member.name == name) return FoundMember{member.type, member.bit_offset, member.bits};
    if (!member.name.empty() || member.type.kind != Kind::structure) continue;
    const CStructure *inner = types.structure(member.type.name);
    if (!inner) continue;
    if (auto found = find_member(types, *inner, name)) {
      found->bit_offset += member.bit_offset;
      return found;
    }
  }
  return std::nullopt;
}

Type Checker::named_type(const TypeName &name) {
  Type type = none_type;
  size_t next = 0;
  if (name.of) {
    type = expression(*name.of);
    type.is_literal = false;
  } else if (name.base == "string" || name.base == "buffer") {
    bool sized = !name.suffixes.empty() && !name.suffixes[0].pointer && name.suffixes[0].count;
    uint32_t size = sized ? static_cast<uint32_t>(std::min<uint64_t>(*name.suffixes[0].count, AWL_MAX_STRING))
                          : options_.max_strlen;
    if (sized) next = 1;
    type = name.base == "string" ? string_type(std::max(size, 1u)) : buffer_type(size);
  } else {
    std::optional<Type> found = types_->find(name.base);
    if (!found) {
      if (!final_) return simple_type(Kind::unknown);
      auto draft = out_->error(name.span, "unknown type `{}`", brief(name.base));
      std::vector<std::string> known = types_->known_names();
      if (auto near = did_you_mean(name.base, std::vector<std::string_view>(known.begin(), known.end())))
        draft.help("did you mean `{}`?", *near);
      return simple_type(Kind::unknown);
    }
    type = *found;
  }
  // The bounds of arrays stand from the outermost to the innermost.
  while (next < name.suffixes.size()) {
    size_t end = next;
    while (end < name.suffixes.size() && !name.suffixes[end].pointer) end++;
    for (size_t i = end; i-- > next;)
      type = array_type(type, static_cast<uint32_t>(name.suffixes[i].count.value_or(0)));
    if (end < name.suffixes.size()) type = pointer_type(AddressSpace::none, spelling_of(type));
    next = end + 1;
  }
  return type;
}

Type Checker::type_of_name_or_expr(const std::variant<TypeName, ExprId> &of) {
  if (const auto *name = std::get_if<TypeName>(&of)) return named_type(*name);
  return expression(std::get<ExprId>(of));
}

std::optional<uint64_t> Checker::size_of_pointee(const Type &pointer) const {
  if (pointer.pointee.empty() || pointer.pointee == "void") return 1;
  std::optional<Type> target = find_type(pointer.pointee);
  if (!target || target->kind == Kind::none) return std::nullopt;
  return memory_size(*target);
}

Type Checker::cast(ExprId id, const Cast &node) {
  Type type = named_type(node.type);
  Type from = value(node.operand);
  if (type.kind == Kind::unknown || from.kind == Kind::unknown) return set(id, simple_type(Kind::unknown));
  auto refuse = [&](std::string_view why) {
    out_->error(at(id).span, "{} cannot be cast to `{}`", an(from), spelling_of(type)).help("{}", why);
    return set(id, simple_type(Kind::unknown));
  };
  bool number_like = !is_memory(type.kind) && type.kind != Kind::none;
  if (number_like) {
    bool small_array = from.kind == Kind::array && from.size <= 8;
    bool word = from.is_number() || !is_memory(from.kind);
    if (!word && !small_array) return refuse(from.kind == Kind::string ? "a string is no number" : "only numbers can");
    if (type.kind == Kind::pointer && from.kind == Kind::pointer) type.space = from.space;
    if (auto known = constant_of(node.operand); known && type.kind == Kind::integer) {
      unsigned spare = 64 - 8u * type.width;
      uint64_t bits = *known << spare;
      bits = type.is_signed ? static_cast<uint64_t>(static_cast<int64_t>(bits) >> spare) : bits >> spare;
      return set(id, type, UseConstant{bits});
    }
    if (type.kind == Kind::boolean)
      if (auto known = constant_of(node.operand)) return set(id, type, UseConstant{*known != 0});
    return set(id, type);
  }
  if (type.kind == Kind::string && from.kind == Kind::string) return set(id, type);
  if (type.kind == Kind::string && from.kind == Kind::array && memory_size(from.parts[0].type) == 1)
    return set(id, type);
  if (type.kind == Kind::buffer && (from.kind == Kind::buffer || from.kind == Kind::array || from.kind == Kind::string))
    return set(id, type);
  if (type.kind == Kind::array) {
    uint32_t element = memory_size(type.parts[0].type), bytes = from.is_number() ? from.width : from.size;
    if (from.is_number() && from.is_literal) bytes = 8;
    if (!from.is_number() && from.kind != Kind::array) return refuse("a number or an array can");
    if (array_count(type) == 0 && element > 0) type = array_type(type.parts[0].type, bytes / element);
    if (from.kind == Kind::array && from.size != type.size) return refuse("an array of the same size can");
    if (type.size > 8 && from.is_number()) return refuse("a number has 8 bytes");
    return set(id, type);
  }
  if (type == from) return set(id, type);
  return refuse(type.kind == Kind::structure ? "cast a pointer, and look at what it points to: `*(struct x *)p`"
                                             : "these have nothing in common");
}

Type Checker::size_of(ExprId id, const SizeOf &node) {
  Type type = type_of_name_or_expr(node.of);
  Type result = integer_type(8, false);
  result.is_literal = true;
  uint64_t size = type.kind == Kind::none ? 1 : memory_size(type);
  return set(id, result, UseConstant{size});
}

Type Checker::offset_of(ExprId id, const OffsetOf &node) {
  Type type = type_of_name_or_expr(node.of);
  if (type.kind == Kind::pointer)
    if (auto target = find_type(type.pointee)) type = *target;
  uint64_t bits = 0;
  for (const Identifier &part : node.path) {
    if (type.kind == Kind::unknown) break;
    const CStructure *structure = type.kind == Kind::structure ? types_->structure(type.name) : nullptr;
    auto found = structure ? find_member(*types_, *structure, part.text) : std::nullopt;
    if (!found) {
      if (structure)
        report_member(*structure, part);
      else
        out_->error(part.span, "{} has no member `{}`", an(type), brief(part.text));
      break;
    }
    bits += found->bit_offset;
    type = found->type;
  }
  Type result = integer_type(8, false);
  result.is_literal = true;
  return set(id, result, UseConstant{bits / 8});
}

Type Checker::complete(const Type &type, int depth) {
  Type whole = type;
  whole.is_literal = false;
  if (whole.kind == Kind::integer && !whole.name.empty()) {
    auto &known = program_.names.enumerations;
    if (std::ranges::find(known, whole.name, &EnumerationDescription::spelling) == known.end())
      if (const auto *enumerators = types_->enumeration(whole.name)) known.push_back({whole.name, *enumerators});
  }
  for (Part &part : whole.parts) part.type = complete(part.type, depth + 1);
  if (whole.kind != Kind::structure || depth > deepest_structure) return whole;
  const CStructure *structure = types_->structure(whole.name);
  if (!structure) return whole;
  whole.parts.clear();
  for (const CMember &member : structure->members) {
    Part part{.name = member.name, .type = complete(member.type, depth + 1)};
    if (part.type.kind == Kind::array && is_text(part.type.parts[0].type))
      part.type = {.kind = Kind::string, .width = 1, .size = part.type.size};
    uint64_t word_bits = member.bits ? 8u * member.type.width : 8;
    part.offset = static_cast<uint32_t>(member.bit_offset / word_bits * word_bits / 8);
    part.shift = static_cast<uint8_t>(member.bits ? member.bit_offset % word_bits : 0);
    part.bits = static_cast<uint8_t>(member.bits);
    // Members of members without a name are members of the whole.
    if (part.name.empty() && part.type.kind == Kind::structure) {
      for (Part inner : part.type.parts) {
        inner.offset += part.offset;
        whole.parts.push_back(std::move(inner));
      }
      continue;
    }
    whole.parts.push_back(std::move(part));
  }
  return whole;
}

}  // namespace awl
