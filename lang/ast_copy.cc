// SPDX-License-Identifier: GPL-2.0-only
#include "lang/ast_copy.h"

namespace awl {

/// The copy of one node: the same, with the ids of its children replaced by those of their copies.
class AstCopy::Nodes {
 public:
  explicit Nodes(AstCopy &copy) : copy_(copy) {}

  IntegerLiteral of(const IntegerLiteral &n) { return n; }
  BooleanLiteral of(const BooleanLiteral &n) { return n; }
  StringLiteral of(const StringLiteral &n) { return n; }
  NameRef of(const NameRef &n) { return {n.name}; }
  LocalRef of(const LocalRef &n) { return {copy_.local(n.name)}; }
  MapRef of(const MapRef &n) { return {copy_.map(n.name), all(n.key), n.keyed}; }
  PositionalRef of(const PositionalRef &n) { return n; }
  PositionalCount of(const PositionalCount &n) { return n; }
  Call of(const Call &n) { return {n.callee, all(n.arguments), n.options}; }
  MemberRef of(const MemberRef &n) { return {expr(n.object), n.field}; }
  Unary of(const Unary &n) { return {n.op, expr(n.operand)}; }
  Binary of(const Binary &n) {
    const ExprId lhs = expr(n.lhs), rhs = expr(n.rhs);
    return {n.op, lhs, rhs, n.op_span};
  }
  Ternary of(const Ternary &n) {
    const ExprId condition = expr(n.condition);
    const std::optional<ExprId> yes = maybe(n.yes);
    return {condition, yes, expr(n.no)};
  }
  TupleLiteral of(const TupleLiteral &n) { return {all(n.elements)}; }
  RecordLiteral of(const RecordLiteral &n) { return {n.names, all(n.values)}; }
  Cast of(const Cast &n) {
    TypeName to = type(n.type);
    return {std::move(to), expr(n.operand)};
  }
  Index of(const Index &n) {
    const ExprId object = expr(n.object);
    return {object, expr(n.index)};
  }
  ElementRef of(const ElementRef &n) { return {expr(n.object), n.number}; }
  SizeOf of(const SizeOf &n) { return {type_or_expr(n.of)}; }
  OffsetOf of(const OffsetOf &n) { return {type_or_expr(n.of), n.path}; }
  TypeExpr of(const TypeExpr &n) { return {type(n.type)}; }
  IfExpr of(const IfExpr &n) {
    const ExprId condition = expr(n.condition), yes = expr(n.yes);
    return {condition, yes, maybe(n.no)};
  }
  BlockExpr of(const BlockExpr &n) {
    std::vector<StmtId> statements = all(n.statements);
    return {std::move(statements), maybe(n.result)};
  }
  InlineCall of(const InlineCall &n) { return {n.name, stmt(n.body), type(n.result)}; }
  Comptime of(const Comptime &n) { return {expr(n.operand)}; }
  Step of(const Step &n) { return {expr(n.target), n.increment, n.prefix}; }

  ExprStatement of(const ExprStatement &n) { return {expr(n.expr)}; }
  Assign of(const Assign &n) {
    const ExprId target = expr(n.target);
    return {target, n.op, expr(n.value)};
  }
  Block of(const Block &n) { return {all(n.statements)}; }
  If of(const If &n) {
    const ExprId condition = expr(n.condition);
    const StmtId then = stmt(n.then);
    return {condition, then, maybe(n.otherwise)};
  }
  Return of(const Return &n) { return {maybe(n.value)}; }
  Let of(const Let &n) {
    std::optional<TypeName> declared;
    if (n.type) declared = type(*n.type);
    const std::optional<ExprId> value = maybe(n.value);  // before the name is there
    return {copy_.local(n.name), std::move(declared), value};
  }
  While of(const While &n) {
    const ExprId condition = expr(n.condition);
    return {condition, stmt(n.body)};
  }
  ForRange of(const ForRange &n) {
    const ExprId first = expr(n.first), end = expr(n.end);
    return {copy_.local(n.local), n.local_span, first, end, stmt(n.body)};
  }
  ForMap of(const ForMap &n) {
    const ExprId map = expr(n.map);
    return {copy_.local(n.local), n.local_span, map, stmt(n.body)};
  }
  Unroll of(const Unroll &n) {
    const ExprId count = expr(n.count);
    return {count, stmt(n.body)};
  }
  Break of(const Break &n) { return n; }
  Continue of(const Continue &n) { return n; }

 private:
  ExprId expr(ExprId id) { return copy_.expr(id); }
  StmtId stmt(StmtId id) { return copy_.stmt(id); }
  std::vector<ExprId> all(const std::vector<ExprId> &ids) {
    std::vector<ExprId> copies;
    for (ExprId id : ids) copies.push_back(expr(id));
    return copies;
  }
  std::vector<StmtId> all(const std::vector<StmtId> &ids) {
    std::vector<StmtId> copies;
    for (StmtId id : ids) copies.push_back(stmt(id));
    return copies;
  }
  std::optional<ExprId> maybe(const std::optional<ExprId> &id) { return id ? std::optional(expr(*id)) : std::nullopt; }
  std::optional<StmtId> maybe(const std::optional<StmtId> &id) { return id ? std::optional(stmt(*id)) : std::nullopt; }

  TypeName type(const TypeName &n) {
    TypeName copy = n;
    copy.span = n.span;
    copy.of = maybe(n.of);
    return copy;
  }
  std::variant<TypeName, ExprId> type_or_expr(const std::variant<TypeName, ExprId> &of) {
    if (const TypeName *named = std::get_if<TypeName>(&of)) return type(*named);
    return expr(std::get<ExprId>(of));
  }

  AstCopy &copy_;
};

ExprId AstCopy::expr(ExprId id) {
  const Expr &node = from_[id];
  decltype(Expr::node) copy = match(node.node, [&](const auto &n) { return decltype(Expr::node)(Nodes(*this).of(n)); });
  return to_.add_expr(node.span, std::move(copy));
}

StmtId AstCopy::stmt(StmtId id) {
  const Stmt &node = from_[id];
  decltype(Stmt::node) copy = match(node.node, [&](const auto &n) { return decltype(Stmt::node)(Nodes(*this).of(n)); });
  return to_.add_stmt(node.span, std::move(copy));
}

void AstCopy::probe(const ProbeBlock &block) {
  ProbeBlock copy = {block.span, block.specs, std::nullopt, {}};
  if (block.predicate) copy.predicate = expr(*block.predicate);
  copy.body = stmt(block.body);
  to_.probes.push_back(std::move(copy));
}

}  // namespace awl
