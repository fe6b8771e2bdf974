// SPDX-License-Identifier: GPL-2.0-only
// Expressions: names, operators, types.
#include <algorithm>
#include <charconv>

#include "lang/check.h"
#include "src/base/check.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// "arg0", "arg12": an argument by number, whatever the probe.
bool is_argument_name(std::string_view name) {
  return name.size() > 3 && name.substr(0, 3) == "arg" && name.find_first_not_of("0123456789", 3) == name.npos;
}

Type literal_integer(uint64_t value, Unit unit) {
  Type type = integer_type(8, value <= INT64_MAX, unit);
  type.is_literal = value <= INT64_MAX;
  return type;
}

/// "`args.a`, `args.b`"; where there are many of them, how to see the rest.
std::string list_of(const std::vector<Field> &fields, std::string_view probe) {
  constexpr size_t shown = 12;
  std::string list;
  for (size_t i = 0; i < std::min(shown, fields.size()); i++)
    list += fmt::format("{}`{}`", i == 0 ? "" : ", ", fields[i].name);
  if (fields.size() > shown) list += fmt::format(" and {} more: awl -lv '{}'", fields.size() - shown, probe);
  return list;
}

/// Element by element; nothing when some do not go together.
std::optional<Type> join_tuples(const Type &a, const Type &b) {
  if (a.parts.size() != b.parts.size()) return std::nullopt;
  std::vector<Type> elements;
  std::vector<std::string> names;
  for (size_t i = 0; i < a.parts.size(); i++) {
    std::optional<Type> joined = join_types(a.parts[i].type, b.parts[i].type);
    if (!joined || a.parts[i].name != b.parts[i].name) return std::nullopt;
    elements.push_back(*joined);
    names.push_back(a.parts[i].name);
  }
  return tuple_type(elements, names);
}

Type text_type(std::string_view text) { return string_type(static_cast<uint32_t>((text.size() + 8) & ~size_t(7))); }

}  // namespace

std::optional<Type> join_types(const Type &a, const Type &b) {
  if (a.kind == Kind::unknown) return b;
  if (b.kind == Kind::unknown || a == b) return a;
  if (a.kind == Kind::string && b.kind == Kind::string) return string_type(std::max(a.size, b.size));
  if (a.kind == Kind::pointer && b.kind == Kind::pointer)
    return pointer_type(a.space == b.space ? a.space : AddressSpace::none, a.pointee == b.pointee ? a.pointee : "");
  if (a.kind == Kind::tuple && b.kind == Kind::tuple) return join_tuples(a, b);
  if (a.kind == Kind::buffer && b.kind == Kind::buffer) return a.size > b.size ? a : b;
  if (a.kind == b.kind && (a.kind == Kind::structure || a.kind == Kind::array) && a.size == b.size && a.name == b.name) {
    Type joined = a;
    if (a.space != b.space) joined.space = AddressSpace::none;
    return joined;
  }
  if (a.kind == b.kind && !a.is_number()) return a.name == b.name && a.size == b.size ? std::optional(a) : std::nullopt;
  if (!a.is_number() || !b.is_number()) return std::nullopt;
  bool a_signed = a.kind == Kind::integer && a.is_signed, b_signed = b.kind == Kind::integer && b.is_signed;
  Type joined = integer_type(8, a_signed || b_signed);
  if (a.is_literal) joined.is_signed = b_signed;
  if (b.is_literal) joined.is_signed = a_signed;
  joined.is_literal = a.is_literal && b.is_literal;
  if (joined.is_literal) joined.is_signed = true;
  if (a.name == b.name || b.is_literal) joined.name = a.name;
  if (a.is_literal) joined.name = b.name;
  if (a.width == b.width && a.kind == Kind::integer && b.kind == Kind::integer) joined.width = a.width;
  bool both = a.is_literal == b.is_literal;
  if (a.unit == b.unit || (both && a.is_literal && b.unit == Unit::none)) joined.unit = a.unit;
  if (both && a.is_literal && a.unit == Unit::none) joined.unit = b.unit;
  if (!both) joined.unit = a.is_literal ? b.unit : a.unit;
  return joined;
}

std::optional<uint64_t> fold(BinaryOp op, uint64_t lhs, uint64_t rhs, bool is_signed) {
  auto l = static_cast<int64_t>(lhs), r = static_cast<int64_t>(rhs);
  switch (op) {
    case BinaryOp::add:
      return lhs + rhs;
    case BinaryOp::subtract:
      return lhs - rhs;
    case BinaryOp::multiply:
      return lhs * rhs;
    case BinaryOp::divide:
      if (!rhs) return std::nullopt;
      if (is_signed && r == -1) return 0 - lhs;
      return is_signed ? static_cast<uint64_t>(l / r) : lhs / rhs;
    case BinaryOp::modulo:
      if (!rhs) return std::nullopt;
      if (is_signed && r == -1) return 0;
      return is_signed ? static_cast<uint64_t>(l % r) : lhs % rhs;
    case BinaryOp::shift_left:
      return lhs << (rhs & 63);
    case BinaryOp::shift_right:
      return is_signed ? static_cast<uint64_t>(l >> (rhs & 63)) : lhs >> (rhs & 63);
    case BinaryOp::bit_and:
      return lhs & rhs;
    case BinaryOp::bit_or:
      return lhs | rhs;
    case BinaryOp::bit_xor:
      return lhs ^ rhs;
    case BinaryOp::equal:
      return lhs == rhs;
    case BinaryOp::not_equal:
      return lhs != rhs;
    case BinaryOp::less:
      return is_signed ? l < r : lhs < rhs;
    case BinaryOp::less_equal:
      return is_signed ? l <= r : lhs <= rhs;
    case BinaryOp::greater:
      return is_signed ? l > r : lhs > rhs;
    case BinaryOp::greater_equal:
      return is_signed ? l >= r : lhs >= rhs;
    case BinaryOp::logical_and:
      return lhs && rhs;
    case BinaryOp::logical_or:
      return lhs || rhs;
  }
  return std::nullopt;
}

Type Checker::set(ExprId id, Type type, Use use) {
  body_->type_of[static_cast<uint32_t>(id)] = type;
  body_->use_of[static_cast<uint32_t>(id)] = std::move(use);
  return type;
}

std::optional<uint64_t> Checker::constant_of(ExprId id) const {
  const auto *known = std::get_if<UseConstant>(&body_->use_of[static_cast<uint32_t>(id)]);
  return known ? std::optional(known->value) : std::nullopt;
}

const std::string *Checker::text_of(ExprId id) const {
  const auto *known = std::get_if<UseText>(&body_->use_of[static_cast<uint32_t>(id)]);
  return known ? &known->text : nullptr;
}

Type Checker::expression(ExprId id) {
  return match(
      at(id).node,
      [&](const IntegerLiteral &node) {
        return set(id, literal_integer(node.value, node.unit), UseConstant{node.value});
      },
      [&](const StringLiteral &node) { return set(id, text_type(node.text), UseText{node.text}); },
      [&](const NameRef &node) { return name(id, node); }, [&](const LocalRef &node) { return local(id, node); },
      [&](const MapRef &node) { return map_read(id, node); },
      [&](const PositionalRef &node) { return positional(id, node); },
      [&](const PositionalCount &) {
        uint64_t count = options_.parameters.size();
        return set(id, literal_integer(count, Unit::none), UseConstant{count});
      },
      [&](const Call &node) { return call(id, node); }, [&](const MemberRef &node) { return member(id, node); },
      [&](const Unary &node) { return unary(id, node); }, [&](const Binary &node) { return binary(id, node); },
      [&](const Ternary &node) { return ternary(id, node); }, [&](const Step &node) { return step(id, node); },
      [&](const BooleanLiteral &node) { return set(id, bool_type, UseConstant{node.value}); },
      [&](const TupleLiteral &node) { return tuple(id, node); },
      [&](const RecordLiteral &node) { return record(id, node); }, [&](const Cast &node) { return cast(id, node); },
      [&](const Index &node) { return index(id, node); }, [&](const ElementRef &node) { return element(id, node); },
      [&](const SizeOf &node) { return size_of(id, node); },
      [&](const OffsetOf &node) { return offset_of(id, node); },
      [&](const TypeExpr &node) {
        out_->error(at(id).span, "a type stands where a value is needed");
        return set(id, named_type(node.type));
      },
      [&](const IfExpr &node) { return if_value(id, node); },
      [&](const BlockExpr &node) { return block_value(id, node); },
      [&](const InlineCall &node) { return inline_call(id, node); },
      [&](const Comptime &node) { return comptime(id, node); });
}

/// What is not known now is an error, since the whole point was to know it now.
Type Checker::comptime(ExprId id, const Comptime &node) {
  Type type = value(node.operand);
  if (auto known = constant_of(node.operand)) return set(id, type, UseConstant{*known});
  if (const std::string *text = text_of(node.operand)) return set(id, type, UseText{*text});
  if (type.kind != Kind::unknown)
    out_->error(at(node.operand).span, "`{}` is not known before the script runs", source_text(at(node.operand).span));
  return set(id, simple_type(Kind::unknown));
}

Type Checker::value(ExprId id) {
  Type type = expression(id);
  if (type.kind == Kind::none) {
    out_->error(at(id).span, "`{}` gives no value", source_text(at(id).span))
        .help("it is a statement and stands alone");
    return set(id, s64_type);
  }
  if (type.kind == Kind::aggregate) {
    const auto &node = std::get<Call>(at(id).node);
    out_->error(at(id).span, "the aggregation `{}()` can only be assigned to a map", node.callee.builtin->name)
        .help("write `@ = {};`", source_text(at(id).span));
    return set(id, s64_type);
  }
  if (type.kind == Kind::record) {
    if (std::holds_alternative<NameRef>(at(id).node)) {
      Type record = arguments_record(id);
      if (!record.parts.empty()) return record;
    }
    const auto &fields = body_->group.fields;
    auto draft = out_->error(at(id).span, "`{}` as a whole is not a value", source_text(at(id).span));
    if (std::ranges::any_of(fields, [](const Field &field) { return field.name.starts_with("args."); }))
      draft.help("name one of its fields: {}", list_of(fields, body_->group.targets[0].name));
    return set(id, s64_type);
  }
  return type;
}

Type Checker::number(ExprId id, std::string_view role) {
  Type type = value(id);
  if (type.is_number() || type.kind == Kind::unknown) return type;
  out_->error(at(id).span, "{} must be a number, but `{}` is {}", role, source_text(at(id).span), an(type));
  return set(id, s64_type);
}

void Checker::condition(ExprId id) {
  Type type = value(id);
  if (type.is_number() || type.kind == Kind::unknown) return;
  auto draft =
      out_->error(at(id).span, "a condition must be a number, but `{}` is {}", source_text(at(id).span), an(type));
  if (type.kind == Kind::string) draft.help("compare it: `{} == \"...\"`", source_text(at(id).span));
}

Type Checker::name(ExprId id, const NameRef &node) {
  const Builtin *row = node.name.builtin;
  if (!row) {
    bool of_probe = std::ranges::any_of(body_->group.fields, [&](const Field &f) { return f.name == node.name.text; });
    auto known = of_probe ? std::nullopt : types_->constant(node.name.text);
    if (known && known->type.kind == Kind::string) return set(id, text_type(known->text), UseText{known->text});
    if (known) return set(id, known->type, UseConstant{known->value});
    return field(id, node.name.text, node.name.span);
  }
  if (row->form != Form::value) {
    std::string form = row->parameters.empty() || row->parameters[0].optional ? "()" : "(...)";
    out_->error(node.name.span, "`{}` is a function and needs parentheses", node.name.text)
        .help("write `{}{}`", node.name.text, form);
    return set(id, simple_type(Kind::unknown));
  }
  return bare_builtin(id, *row, node.name.span);
}

Type Checker::field(ExprId id, const std::string &name, Span span) {
  const auto &fields = body_->group.fields;
  for (uint32_t i = 0; i < fields.size(); i++)
    if (fields[i].name == name) {
      Type type = fields[i].type;
      // A string whose length only the record knows.
      if (type.kind == Kind::string && type.size == 0) type.size = options_.max_strlen;
      return set(id, type, UseField{i});
    }
  if (name == "args" || name == "data") return set(id, simple_type(Kind::record));
  bool is_of_probe = name.starts_with("args.") || name == "retval" || is_argument_name(name);
  if (body_->group.provider.empty() && is_of_probe) return set(id, simple_type(Kind::unknown));
  report_field(name, span);
  return set(id, s64_type);
}

std::optional<std::string> Checker::probe_with(const std::string &field) const {
  const TargetGroup &group = body_->group;
  std::string_view target = group.targets[0].name;
  size_t colon = target.find(':');
  if (group.targets.size() > 1 || colon == target.npos) return std::nullopt;
  BodyUses uses;
  uses.fields.push_back(field);
  for (const auto &provider : providers_) {
    std::string name(provider->doc().name);
    if (name == group.provider) continue;
    ProbeSpec spec = {name + std::string(target.substr(colon)), group.span};
    Diagnostics unheard;
    std::optional<Error> refused;
    for (const TargetGroup &other : provider->resolve(spec, uses, options_.resolve, unheard, refused))
      if (std::ranges::find(other.fields, field, &Field::name) != other.fields.end()) return spec.text;
  }
  return std::nullopt;
}

void Checker::report_field(const std::string &name, Span span) {
  if (!final_) return;  // looking for what was meant takes time, and nobody would see it
  const std::vector<Field> &fields = body_->group.fields;
  const std::string &probe = body_->group.targets[0].name;
  bool in_args = name.starts_with("args.");
  bool of_probes = in_args || name == "retval" || is_argument_name(name);
  std::vector<std::string_view> known;
  if (!in_args) known = builtin_names();
  for (const Field &field : fields)
    if (field.name.starts_with("args.") == in_args) known.push_back(field.name);
  std::string shown = brief(in_args ? std::string_view(name).substr(5) : name);
  auto draft = in_args     ? out_->error(span, "`{}` has no argument `{}`", probe, shown)
               : of_probes ? out_->error(span, "`{}` has no `{}`", probe, shown)
                           : out_->error(span, "unknown name `{}`", shown);
  // One argument's number is as good a guess for another's as that of the probe next door.
  auto near = of_probes && !in_args ? std::nullopt : did_you_mean(name, known);
  bool is_argument = std::ranges::find(fields, "args." + name, &Field::name) != fields.end();
  std::optional<std::string> other = of_probes && !near ? probe_with(name) : std::nullopt;
  if (is_argument)
    draft.help("it is an argument of the probe: `args.{}`", name);
  else if (near)
    draft.help("did you mean `{}`?", *near);
  else if (other)
    draft.help("`{}` has it", *other);
  else if (of_probes && !fields.empty())
    draft.help("it has {}", list_of(fields, probe));
  else if (of_probes)
    draft.help("it has no arguments");
  else
    draft.help("a map is written `@{0}`, a variable `${0}`", shown);
}

Type Checker::member(ExprId id, const MemberRef &node) {
  const auto *object = std::get_if<NameRef>(&at(node.object).node);
  // An iterator's object is known to others as a field of its context.
  const bool is_context = object && object->name.text == "ctx" && body_->group.provider == "iter";
  if (is_context || (object && !object->name.builtin && (object->name.text == "args" || object->name.text == "data")))
    return field(id, "args." + node.field.text, node.field.span);
  return member_of(id, value(node.object), node.field, at(node.object).span);
}

Type Checker::positional(ExprId id, const PositionalRef &node) {
  if (node.number == 0 || node.number > options_.parameters.size()) {
    out_->warning(at(id).span, "there is no parameter ${}; it is taken for 0", node.number)
        .help("parameters follow the script: awl script.awl first second");
    return set(id, literal_integer(0, Unit::none), UseConstant{0});
  }
  const std::string &text = options_.parameters[node.number - 1];
  int64_t number = 0;
  bool negative = !text.empty() && text[0] == '-';
  std::string_view digits = std::string_view(text).substr(negative);
  int base = 10;
  if (digits.size() > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
    digits.remove_prefix(2), base = 16;
  uint64_t magnitude = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
    return set(id, text_type(text), UseText{text});
  number = static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
  Type type = negative ? s64_type : literal_integer(magnitude, Unit::none);
  return set(id, type, UseConstant{static_cast<uint64_t>(number)});
}

Type Checker::unary(ExprId id, const Unary &node) {
  if (node.op == UnaryOp::dereference) return dereference(id, node);
  if (node.op == UnaryOp::address_of) return address_of(id, node);
  if (node.op == UnaryOp::logical_not) {
    condition(node.operand);
    if (auto known = constant_of(node.operand)) return set(id, bool_type, UseConstant{!*known});
    return set(id, bool_type);
  }
  Type type = number(node.operand, fmt::format("the operand of `{}`", spelling(node.op)));
  bool negate = node.op == UnaryOp::negate;
  Type result = integer_type(8, negate || (type.kind == Kind::integer && type.is_signed && !type.is_literal),
                             negate ? type.unit : Unit::none);
  if (auto known = constant_of(node.operand)) return set(id, result, UseConstant{negate ? 0 - *known : ~*known});
  return set(id, result);
}

Type Checker::binary(ExprId id, const Binary &node) {
  if (node.op == BinaryOp::logical_and || node.op == BinaryOp::logical_or) {
    condition(node.lhs);
    condition(node.rhs);
    return set(id, bool_type);
  }
  bool compares = node.op >= BinaryOp::equal;
  if (compares) {
    Type lhs = value(node.lhs), rhs = value(node.rhs);
    return comparison(id, node, lhs, rhs);
  }
  std::string role = fmt::format("an operand of `{}`", spelling(node.op));
  Type lhs = number(node.lhs, role), rhs = number(node.rhs, role);
  if (lhs.kind == Kind::unknown || rhs.kind == Kind::unknown) return set(id, simple_type(Kind::unknown));
  bool divides = node.op == BinaryOp::divide || node.op == BinaryOp::modulo;
  if (divides && constant_of(node.rhs) == 0) out_->error(at(node.rhs).span, "division by zero");
  settle_literals(node.lhs, node.rhs);
  if (auto pointer = pointer_arithmetic(id, node, lhs, rhs)) return *pointer;
  bool shifts = node.op == BinaryOp::shift_left || node.op == BinaryOp::shift_right;
  Type result = shifts ? integer_type(8, lhs.kind == Kind::integer && lhs.is_signed) : *join_types(lhs, rhs);
  if (result.kind != Kind::integer) result = integer_type(8, false);
  // Differences may be negative whatever they are made of; a time divided by 1000 counts something else.
  if (node.op == BinaryOp::subtract) result.is_signed = true, result.is_literal = false;
  if (node.op != BinaryOp::add && node.op != BinaryOp::subtract) result.unit = Unit::none;
  result.width = 8;
  auto l = constant_of(node.lhs), r = constant_of(node.rhs);
  if (l && r)
    if (auto known = fold(node.op, *l, *r, result.is_signed)) return set(id, result, UseConstant{*known});
  return set(id, result);
}

/// A pointer and a number: by elements of what it points to, as in C.
std::optional<Type> Checker::pointer_arithmetic(ExprId id, const Binary &node, const Type &lhs, const Type &rhs) {
  bool adds = node.op == BinaryOp::add, subtracts = node.op == BinaryOp::subtract;
  if (!adds && !subtracts) return std::nullopt;
  bool left = lhs.kind == Kind::pointer && rhs.kind != Kind::pointer;
  bool right = rhs.kind == Kind::pointer && lhs.kind != Kind::pointer && adds;
  if (!left && !right) return std::nullopt;
  const Type &pointer = left ? lhs : rhs;
  std::optional<uint64_t> size = size_of_pointee(pointer);
  if (!size) {
    out_->error(at(id).span, "the size of `{}` is not known, which an address is moved by", pointer.pointee)
        .help("count bytes: `(uint64)p + n`");
    size = 1;
  }
  return set(id, pointer, UseElements{*size});
}

Type Checker::ternary(ExprId id, const Ternary &node) {
  Type first = node.yes ? simple_type(Kind::unknown) : number(node.condition, "the condition of `?:`");
  if (node.yes) {
    condition(node.condition);
    first = value(*node.yes);
  }
  Type second = value(node.no);
  std::optional<Type> joined = join_types(first, second);
  if (!joined) {
    Span left = at(node.yes ? *node.yes : node.condition).span;
    out_->error(at(id).span, "both results of `?:` must be of one type")
        .label(left, "{}", an(first))
        .label(at(node.no).span, "{}", an(second));
    return set(id, first);
  }
  joined->is_literal = false;
  return set(id, *joined);
}

Type Checker::step(ExprId id, const Step &node) {
  const Expr &target = at(node.target);
  const char *sign = node.increment ? "++" : "--";
  Type one = literal_integer(1, Unit::none);
  if (const auto *map = std::get_if<MapRef>(&target.node)) {
    if (Type now = map_state(*map).value; is_memory(now.kind)) {
      out_->error(target.span, "`{}` holds {}, and `{}` needs a number", map_state(*map).shown, an(now), sign);
      return set(id, s64_type);
    }
    give_map_value(node.target, *map, one, target.span);
    Type type = map_state(*map).value;
    type.is_literal = false;
    return set(id, type);
  }
  if (std::holds_alternative<LocalRef>(target.node)) {
    Type type = number(node.target, fmt::format("the operand of `{}`", sign));
    // `let $x; $x++;`
    if (const auto *use = std::get_if<UseLocal>(&body_->use_of[static_cast<uint32_t>(node.target)]);
        use && type.kind == Kind::unknown)
      widen_local(use->local, type = s64_type, node.target, "");
    return set(id, type);
  }
  out_->error(target.span, "`{}` changes a map or a variable, and `{}` is neither", sign, source_text(target.span))
      .help("only maps (`@name`) and variables (`$name`) can change");
  return set(id, s64_type);
}

}  // namespace awl
