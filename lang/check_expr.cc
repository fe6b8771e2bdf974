// SPDX-License-Identifier: GPL-2.0-only
// Expressions: names, operators, types.
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

Type text_type(std::string_view text) { return string_type(static_cast<uint32_t>((text.size() + 8) & ~size_t(7))); }

}  // namespace

std::optional<Type> join_types(const Type &a, const Type &b) {
  if (a.kind == Kind::unknown) return b;
  if (b.kind == Kind::unknown || a == b) return a;
  if (a.kind == Kind::string && b.kind == Kind::string) return string_type(std::max(a.size, b.size));
  if (a.kind == Kind::pointer && b.kind == Kind::pointer)
    return pointer_type(a.space == b.space ? a.space : AddressSpace::none, a.pointee == b.pointee ? a.pointee : "");
  if (!a.is_number() || !b.is_number()) return std::nullopt;
  bool a_signed = a.kind == Kind::integer && a.is_signed, b_signed = b.kind == Kind::integer && b.is_signed;
  Type joined = integer_type(8, a_signed || b_signed);
  if (a.is_literal) joined.is_signed = b_signed;
  if (b.is_literal) joined.is_signed = a_signed;
  joined.is_literal = a.is_literal && b.is_literal;
  if (joined.is_literal) joined.is_signed = true;
  if (a.unit == b.unit || b.is_literal) joined.unit = a.unit;
  if (a.is_literal) joined.unit = b.unit;
  return joined;
}

std::optional<uint64_t> fold(BinaryOp op, uint64_t lhs, uint64_t rhs, bool is_signed) {
  auto l = static_cast<int64_t>(lhs), r = static_cast<int64_t>(rhs);
  switch (op) {
    case BinaryOp::add: return lhs + rhs;
    case BinaryOp::subtract: return lhs - rhs;
    case BinaryOp::multiply: return lhs * rhs;
    case BinaryOp::divide:
      if (!rhs) return std::nullopt;
      if (is_signed && r == -1) return 0 - lhs;
      return is_signed ? static_cast<uint64_t>(l / r) : lhs / rhs;
    case BinaryOp::modulo:
      if (!rhs) return std::nullopt;
      if (is_signed && r == -1) return 0;
      return is_signed ? static_cast<uint64_t>(l % r) : lhs % rhs;
    case BinaryOp::shift_left: return lhs << (rhs & 63);
    case BinaryOp::shift_right: return is_signed ? static_cast<uint64_t>(l >> (rhs & 63)) : lhs >> (rhs & 63);
    case BinaryOp::bit_and: return lhs & rhs;
    case BinaryOp::bit_or: return lhs | rhs;
    case BinaryOp::bit_xor: return lhs ^ rhs;
    case BinaryOp::equal: return lhs == rhs;
    case BinaryOp::not_equal: return lhs != rhs;
    case BinaryOp::less: return is_signed ? l < r : lhs < rhs;
    case BinaryOp::less_equal: return is_signed ? l <= r : lhs <= rhs;
    case BinaryOp::greater: return is_signed ? l > r : lhs > rhs;
    case BinaryOp::greater_equal: return is_signed ? l >= r : lhs >= rhs;
    case BinaryOp::logical_and: return lhs && rhs;
    case BinaryOp::logical_or: return lhs || rhs;
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
      [&](const Ternary &node) { return ternary(id, node); }, [&](const Step &node) { return step(id, node); });
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
    out_->error(at(id).span, "`args` as a whole is not a value").help("name a field of it: `args.x`; `awl -lv` lists them");
    return set(id, s64_type);
  }
  return type;
}

Type Checker::number(ExprId id, std::string_view role) {
  Type type = value(id);
  if (type.is_number() || type.kind == Kind::unknown) return type;
  out_->error(at(id).span, "{} must be a number, but `{}` is a {}", role, source_text(at(id).span), describe(type));
  return set(id, s64_type);
}

void Checker::condition(ExprId id) {
  Type type = value(id);
  if (type.is_number() || type.kind == Kind::unknown) return;
  auto draft = out_->error(at(id).span, "a condition must be a number, but `{}` is a {}", source_text(at(id).span),
                           describe(type));
  if (type.kind == Kind::string) draft.help("compare it: `{} == \"...\"`", source_text(at(id).span));
}

Type Checker::name(ExprId id, const NameRef &node) {
  const Builtin *row = node.name.builtin;
  if (!row) return field(id, node.name.text, node.name.span);
  if (row->form != Form::value) {
    out_->error(node.name.span, "`{}` is a function and needs parentheses", row->name)
        .help("write `{}({})`", node.name.text, row->parameters.empty() ? "" : "...");
    return set(id, s64_type);
  }
  return set(id, row->result());
}

Type Checker::field(ExprId id, const std::string &name, Span span) {
  const auto &fields = body_->group.fields;
  for (uint32_t i = 0; i < fields.size(); i++)
    if (fields[i].name == name) return set(id, fields[i].type, UseField{i});
  if (name == "args" || name == "data") return set(id, simple_type(Kind::record));
  const std::string &provider = body_->group.provider;
  std::vector<std::string_view> known = builtin_names();
  bool in_args = name.rfind("args.", 0) == 0;
  if (in_args) known.clear();
  for (const Field &field : fields)
    if ((field.name.rfind("args.", 0) == 0) == in_args) known.push_back(field.name);
  std::string_view shown = in_args ? std::string_view(name).substr(5) : std::string_view(name);
  bool of_probes = in_args || name == "retval" || is_argument_name(name);
  auto draft = in_args ? out_->error(span, "`{}` has no argument `{}`", body_->group.targets[0].name, shown)
               : of_probes ? out_->error(span, "`{}` is not available in {} probes", name, provider)
                           : out_->error(span, "unknown name `{}`", name);
  if (auto near = did_you_mean(name, known); near && !(of_probes && !in_args)) {
    draft.help("did you mean `{}`?", *near);
  } else if (in_args && !known.empty()) {
    std::string list;
    for (std::string_view other : known) list += fmt::format("{}`{}`", list.empty() ? "" : ", ", other);
    draft.help("it has {}", list);
  } else if (of_probes) {
    draft.help("`awl -lv '{}'` lists what the probe has", body_->group.targets[0].name);
  }
  return set(id, s64_type);
}

Type Checker::member(ExprId id, const MemberRef &node) {
  const auto *object = std::get_if<NameRef>(&at(node.object).node);
  if (object && !object->name.builtin && (object->name.text == "args" || object->name.text == "data"))
    return field(id, "args." + node.field.text, node.field.span);
  Type type = value(node.object);
  out_->error(node.field.span, "a {} has no field `{}`", describe(type), node.field.text)
      .help("fields belong to `args`");
  return set(id, s64_type);
}

Type Checker::local(ExprId id, const LocalRef &node) {
  auto &numbers = local_numbers_[body_index_];
  auto found = numbers.find(node.name);
  if (found == numbers.end()) {
    std::vector<std::string_view> known;
    std::vector<std::string> spelled;
    for (const auto &[name, number] : numbers) spelled.push_back("$" + name);
    known.assign(spelled.begin(), spelled.end());
    auto draft = out_->error(at(id).span, "`${}` is used, but nothing is ever assigned to it", node.name);
    if (auto near = did_you_mean("$" + node.name, known)) draft.help("did you mean `{}`?", *near);
    return set(id, simple_type(Kind::unknown));
  }
  Type type = body_->locals[static_cast<uint32_t>(found->second)];
  if (type.kind == Kind::integer) type.is_literal = false;
  return set(id, type, UseLocal{found->second});
}

Type Checker::positional(ExprId id, const PositionalRef &node) {
  if (node.number == 0 || node.number > options_.parameters.size()) {
    out_->warning(at(id).span, "there is no parameter ${}; it reads as 0", node.number)
        .help("parameters follow the script: awl script.awl first second");
    return set(id, literal_integer(0, Unit::none), UseConstant{0});
  }
  const std::string &text = options_.parameters[node.number - 1];
  int64_t number = 0;
  bool negative = !text.empty() && text[0] == '-';
  std::string_view digits = std::string_view(text).substr(negative);
  int base = 10;
  if (digits.size() > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X')) digits.remove_prefix(2), base = 16;
  uint64_t magnitude = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
    return set(id, text_type(text), UseText{text});
  number = static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
  Type type = negative ? s64_type : literal_integer(magnitude, Unit::none);
  return set(id, type, UseConstant{static_cast<uint64_t>(number)});
}

Type Checker::unary(ExprId id, const Unary &node) {
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
  if (divides && constant_of(node.rhs) == 0)
    out_->error(at(node.rhs).span, "division by zero").help("the divisor is 0 whenever this runs");
  bool shifts = node.op == BinaryOp::shift_left || node.op == BinaryOp::shift_right;
  Type result = shifts ? integer_type(8, lhs.kind == Kind::integer && lhs.is_signed) : *join_types(lhs, rhs);
  // Differences may be negative whatever they are made of; a time divided by 1000 counts something else.
  if (node.op == BinaryOp::subtract) result.is_signed = true, result.is_literal = false;
  if (node.op != BinaryOp::add && node.op != BinaryOp::subtract) result.unit = Unit::none;
  result.width = 8;
  auto l = constant_of(node.lhs), r = constant_of(node.rhs);
  if (l && r)
    if (auto known = fold(node.op, *l, *r, result.is_signed)) return set(id, result, UseConstant{*known});
  return set(id, result);
}

Type Checker::comparison(ExprId id, const Binary &node, const Type &lhs, const Type &rhs) {
  bool equality = node.op == BinaryOp::equal || node.op == BinaryOp::not_equal;
  if (lhs.kind == Kind::unknown || rhs.kind == Kind::unknown) return set(id, bool_type);
  if (!join_types(lhs, rhs) || lhs.kind == Kind::probe || lhs.kind == Kind::function) {
    auto draft = out_->error(node.op_span, "a {} cannot be compared with a {}", describe(lhs), describe(rhs));
    draft.label(at(node.lhs).span, "a {}", describe(lhs)).label(at(node.rhs).span, "a {}", describe(rhs));
    const Type &other = lhs.kind == Kind::string ? rhs : lhs;
    ExprId address = lhs.kind == Kind::string ? node.rhs : node.lhs;
    if (other.kind == Kind::pointer)
      draft.help("`str({})` is the string at that address", source_text(at(address).span));
  } else if (lhs.kind == Kind::string && !equality) {
    out_->error(node.op_span, "strings can be compared with `==` and `!=` only");
  }
  auto l = constant_of(node.lhs), r = constant_of(node.rhs);
  if (l && r && lhs.is_number())
    return set(id, bool_type, UseConstant{*fold(node.op, *l, *r, join_types(lhs, rhs)->is_signed)});
  return set(id, bool_type);
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
        .label(left, "a {}", describe(first))
        .label(at(node.no).span, "a {}", describe(second));
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
    give_map_value(node.target, *map, one, target.span);
    Type type = map_state(*map).value;
    type.is_literal = false;
    return set(id, type);
  }
  if (std::holds_alternative<LocalRef>(target.node)) {
    Type type = number(node.target, fmt::format("the operand of `{}`", sign));
    return set(id, type);
  }
  out_->error(target.span, "`{}` changes a map or a variable, but `{}` is neither", sign, source_text(target.span));
  return set(id, s64_type);
}

}  // namespace awl
