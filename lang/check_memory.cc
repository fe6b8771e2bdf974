// SPDX-License-Identifier: GPL-2.0-only
// What lies in memory: members of structures, elements of arrays and tuples, what pointers lead to.
//
// A structure or an array that an address leads to is not read before something of it is used: its type says in which
// address space it lies, and a member of it is one read of that member. Once it is assigned to something it is bytes
// of the script's own.
#include <algorithm>

#include "lang/check.h"
#include "src/base/check.h"
#include "src/base/text.h"

namespace awl {

/// How the thing at an address is seen by the language: text is a string, pointers lead where the address leads.
Type Checker::place_type(Type type, AddressSpace space) const {
  if (type.kind == Kind::pointer && type.space == AddressSpace::none && space != AddressSpace::any) type.space = space;
  if (type.kind == Kind::structure) type.space = space;
  if (type.kind != Kind::array) return type;
  const Type &element = type.parts[0].type;
  bool text = element.kind == Kind::integer && element.width == 1 && element.is_signed;
  // One byte more, for the NUL that a name of full length lacks.
  if (text) return string_type(type.size ? type.size + 1 : options_.max_strlen);
  type.space = space;
  return type;
}

void Checker::report_member(const CStructure &structure, const Identifier &field) {
  if (!final_) return;
  std::vector<std::string_view> names;
  for (const CMember &member : structure.members)
    if (!member.name.empty()) names.push_back(member.name);
  auto draft = out_->error(field.span, "`{}` has no member `{}`", structure.spelling, brief(field.text));
  if (auto near = did_you_mean(field.text, names))
    draft.help("did you mean `{}`?", *near);
  else if (structure.spelling.find(" of ") != structure.spelling.npos)  // a program's, which no listing has
    draft.help("it has {}", fmt::join(names, ", "));
  else
    draft.help("awl -lv '{}' shows its members", structure.spelling);
}

Type Checker::member_of(ExprId id, const Type &object, const Identifier &field, Span object_span) {
  if (object.kind == Kind::unknown) return set(id, object);
  if (object.kind == Kind::tuple) {
    for (const Part &part : object.parts)
      if (part.name == field.text) return set(id, part.type, UseMember{.offset = part.offset});
    std::vector<std::string_view> names;
    for (const Part &part : object.parts) names.push_back(part.name);
    auto draft = out_->error(field.span, "the {} has no field `{}`", describe(object), brief(field.text));
    if (auto near = did_you_mean(field.text, names))
      draft.help("did you mean `{}`?", *near);
    else if (!names.empty() && names[0].empty())
      draft.help("elements of a tuple have numbers: `{}.0`", source_text(object_span));
    else
      draft.help("it has {}", fmt::join(names, ", "));
    return set(id, simple_type(Kind::unknown));
  }
  bool pointer = object.kind == Kind::pointer;
  const std::string &spelling = pointer ? object.pointee : object.name;
  const CStructure *structure = nullptr;
  if (pointer || object.kind == Kind::structure) {
    std::optional<Type> target = find_type(spelling);  // a typedef's name leads to its structure
    structure = types_->structure(target && target->kind == Kind::structure ? target->name : spelling);
  }
  if (!structure) {
    auto draft = out_->error(field.span, "`{}` is {} and has no field `{}`", source_text(object_span), an(object),
                             brief(field.text));
    if (pointer || object.kind == Kind::structure)
      draft.help("what `{}` is made of is not known here", spelling.empty() ? "void" : spelling);
    else if (object.is_number())
      draft.help("say what lies there: `((struct x *){})->{}`", source_text(object_span), brief(field.text));
    else
      draft.help("fields belong to `args`, structures and records");
    return set(id, simple_type(Kind::unknown));
  }
  auto found = find_member(*types_, *structure, field.text);
  if (!found) {
    report_member(*structure, field);
    return set(id, simple_type(Kind::unknown));
  }
  AddressSpace space = object.space;
  if (pointer && space == AddressSpace::none) space = AddressSpace::any;
  UseMember use{.offset = found->bit_offset / 8, .pointer = pointer};
  if (found->bits) {
    uint64_t word = 8ull * found->type.width;
    use.offset = found->bit_offset / word * word / 8;
    use.shift = static_cast<uint8_t>(found->bit_offset % word);
    use.bits = static_cast<uint8_t>(found->bits);
    use.word = found->type.width;
  }
  return set(id, place_type(found->type, space), use);
}

Type Checker::element(ExprId id, const ElementRef &node) {
  Type object = value(node.object);
  if (object.kind == Kind::unknown) return set(id, object);
  if (object.kind != Kind::tuple) {
    out_->error(at(id).span, "`{}` is {}, and only tuples have elements by number",
                source_text(at(node.object).span), an(object))
        .help("elements of an array are `x[{}]`", node.number);
    return set(id, simple_type(Kind::unknown));
  }
  if (node.number >= object.parts.size()) {
    out_->error(at(id).span, "the tuple has {} element{}, and no `.{}`", object.parts.size(),
                object.parts.size() == 1 ? "" : "s", node.number)
        .help("they are numbered from 0");
    return set(id, simple_type(Kind::unknown));
  }
  const Part &part = object.parts[node.number];
  return set(id, part.type, UseMember{.offset = part.offset});
}

Type Checker::index(ExprId id, const Index &node) {
  Type object = value(node.object);
  number(node.index, "an index");
  if (object.kind == Kind::unknown) return set(id, object);
  auto known = constant_of(node.index);
  if (object.kind == Kind::tuple && known && *known < object.parts.size()) {
    const Part &part = object.parts[*known];
    return set(id, part.type, UseMember{.offset = part.offset});
  }
  auto check_bound = [&](uint64_t count) {
    if (count == 0 || !known || *known < count) return;
    out_->error(at(node.index).span, "the index {} is outside of {} elements", static_cast<int64_t>(*known), count)
        .help("they are numbered from 0 to {}", count - 1);
  };
  if (object.kind == Kind::string) {
    check_bound(object.size);
    return set(id, integer_type(1, true), UseElements{1});
  }
  if (object.kind == Kind::array) {
    check_bound(array_count(object));
    const Type &element = object.parts[0].type;
    return set(id, place_type(element, object.space), UseElements{memory_size(element)});
  }
  if (object.kind == Kind::pointer) {
    std::optional<Type> target = find_type(object.pointee);
    if (target && target->kind != Kind::none) {
      AddressSpace space = object.space == AddressSpace::none ? AddressSpace::any : object.space;
      return set(id, place_type(*target, space), UseElements{memory_size(*target)});
    }
  }
  out_->error(at(id).span, "`{}` is {} and has no elements", source_text(at(node.object).span), an(object))
      .help("arrays, tuples, strings and pointers to something known have");
  return set(id, simple_type(Kind::unknown));
}

Type Checker::dereference(ExprId id, const Unary &node) {
  Type pointer = value(node.operand);
  if (pointer.kind == Kind::unknown) return set(id, pointer);
  std::optional<Type> target;
  if (pointer.kind == Kind::pointer) target = find_type(pointer.pointee);
  // An address of nothing in particular, a number or what kaddr() gives, leads to a word, as in bpftrace.
  const bool is_bare = pointer.kind == Kind::integer || (pointer.kind == Kind::pointer && pointer.pointee.empty());
  if (is_bare) target = u64_type;
  if (target && target->kind != Kind::none) {
    AddressSpace space = pointer.space == AddressSpace::none ? AddressSpace::any : pointer.space;
    // A single character is a number; a string is read by str().
    return set(id, place_type(*target, space), UseElements{memory_size(*target)});
  }
  out_->error(at(id).span, "what lies at `{}` is not known: it is {}", source_text(at(node.operand).span), an(pointer))
      .help("say what it points to: `*(uint64 *){}`", source_text(at(node.operand).span));
  return set(id, simple_type(Kind::unknown));
}

Type Checker::address_of(ExprId id, const Unary &node) {
  Type type = value(node.operand);
  if (type.kind == Kind::unknown) return set(id, type);
  const Use &use = body_->use_of[static_cast<uint32_t>(node.operand)];
  bool place = std::holds_alternative<UseLocal>(use) || std::holds_alternative<UseElements>(use) ||
               (std::holds_alternative<UseMember>(use) && !std::get<UseMember>(use).bits);
  if (!place) {
    out_->error(at(id).span, "`{}` has no address", source_text(at(node.operand).span))
        .help("variables and what pointers lead to have one");
    return set(id, simple_type(Kind::unknown));
  }
  // The script's own memory is the kernel's.
  AddressSpace space = std::holds_alternative<UseLocal>(use) ? AddressSpace::kernel : type.space;
  return set(id, pointer_type(space == AddressSpace::any ? AddressSpace::none : space, spelling_of(type)));
}

Type Checker::tuple(ExprId id, const TupleLiteral &node) {
  std::vector<Type> elements;
  for (ExprId element : node.elements) elements.push_back(value(element));
  if (std::ranges::any_of(elements, [](const Type &type) { return type.kind == Kind::unknown; }) && final_)
    return set(id, simple_type(Kind::unknown));
  return set(id, tuple_type(elements));
}

Type Checker::record(ExprId id, const RecordLiteral &node) {
  std::vector<Type> elements;
  std::vector<std::string> names;
  for (size_t i = 0; i < node.names.size(); i++) {
    elements.push_back(value(node.values[i]));
    if (std::ranges::find(names, node.names[i].text) != names.end())
      out_->error(node.names[i].span, "the record has two fields `{}`", brief(node.names[i].text));
    names.push_back(node.names[i].text);
  }
  return set(id, tuple_type(elements, names));
}

/// `args` as a whole: a record of what the probe's fields hold.
Type Checker::arguments_record(ExprId id) {
  std::vector<Type> elements;
  std::vector<std::string> names;
  for (const Field &field : body_->group.fields) {
    if (!field.name.starts_with("args.") || field.type.kind == Kind::unknown || field.type.kind == Kind::record)
      continue;
    Type type = field.type;
    if (type.kind == Kind::string && type.size == 0) type.size = options_.max_strlen;
    elements.push_back(type);
    names.push_back(field.name.substr(5));
  }
  return set(id, tuple_type(elements, names), UseArguments{});
}

}  // namespace awl
