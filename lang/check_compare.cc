// SPDX-License-Identifier: GPL-2.0-only
// Comparisons: which values may be held against each other, and what a comparison of two constants gives.
#include "lang/check.h"

namespace awl {

void Checker::settle_literal(ExprId id, const Type &met) {
  Type &type = body_->type_of[static_cast<uint32_t>(id)];
  if (!type.is_literal || met.is_literal || !met.is_number()) return;
  type.is_signed = met.kind == Kind::integer && met.is_signed;
}

void Checker::settle_literals(ExprId lhs, ExprId rhs) {
  settle_literal(lhs, body_->type_of[static_cast<uint32_t>(rhs)]);
  settle_literal(rhs, body_->type_of[static_cast<uint32_t>(lhs)]);
}

/// Names of probes and functions are numbers in the kernel, of which several may stand for one name: they are compared
/// with texts that are known now.
bool Checker::compares_names(const Binary &node, const Type &lhs, const Type &rhs) const {
  const auto is_name = [](const Type &type) { return type.kind == Kind::probe || type.kind == Kind::function; };
  return (is_name(lhs) && text_of(node.rhs)) || (is_name(rhs) && text_of(node.lhs));
}

Type Checker::comparison(ExprId id, const Binary &node, const Type &lhs, const Type &rhs) {
  bool equality = node.op == BinaryOp::equal || node.op == BinaryOp::not_equal;
  if (lhs.kind == Kind::unknown || rhs.kind == Kind::unknown) return set(id, bool_type);
  if (equality && compares_names(node, lhs, rhs)) return set(id, bool_type);
  if (!join_types(lhs, rhs) || lhs.kind == Kind::probe || lhs.kind == Kind::function) {
    auto draft = out_->error(node.op_span, "{} cannot be compared with {}", an(lhs), an(rhs));
    draft.label(at(node.lhs).span, "{}", an(lhs)).label(at(node.rhs).span, "{}", an(rhs));
    const Type &other = lhs.kind == Kind::string ? rhs : lhs;
    ExprId address = lhs.kind == Kind::string ? node.rhs : node.lhs;
    if (other.kind == Kind::pointer)
      draft.help("`str({})` is the string at that address", source_text(at(address).span));
    else if (const auto *digits = std::get_if<IntegerLiteral>(&at(address).node); digits && other.is_number())
      draft.help("quote it: `\"{}\"`", digits->value);
    else if (lhs.kind == Kind::probe || rhs.kind == Kind::probe || lhs.kind == Kind::function ||
             rhs.kind == Kind::function)
      draft.help("a probe's name can be printed, be a key, or be compared by `==` and `!=` with a string literal");
  } else if (is_memory(lhs.kind) && !equality) {
    out_->error(node.op_span, "{}s can be compared with `==` and `!=` only",
                lhs.kind == Kind::structure ? "structure" : describe(lhs));
  }
  settle_literals(node.lhs, node.rhs);
  const std::string *left = text_of(node.lhs), *right = text_of(node.rhs);
  if (left && right && equality)
    return set(id, bool_type, UseConstant{(*left == *right) == (node.op == BinaryOp::equal)});
  auto l = constant_of(node.lhs), r = constant_of(node.rhs);
  if (l && r && lhs.is_number())
    return set(id, bool_type, UseConstant{*fold(node.op, *l, *r, join_types(lhs, rhs)->is_signed)});
  return set(id, bool_type);
}

}  // namespace awl
