// SPDX-License-Identifier: GPL-2.0-only
#include "lang/ast_walk.h"

namespace awl {
namespace {

class Children {
 public:
  Children(const std::function<void(ExprId)> &expr, const std::function<void(StmtId)> &stmt)
      : expr_(expr), stmt_(stmt) {}

  template <class Node>
  void of(const Node &node) {
    match(node, [&](const auto &alternative) { below(alternative); });
  }

 private:
  void go(ExprId id) { expr_(id); }
  void go(StmtId id) { stmt_(id); }
  template <class Id>
  void go(const std::vector<Id> &ids) {
    for (Id id : ids) go(id);
  }
  template <class Id>
  void go(const std::optional<Id> &id) {
    if (id) go(*id);
  }
  void go(const TypeName &type) { go(type.of); }
  void go(const std::variant<TypeName, ExprId> &of) {
    match(of, [&](const auto &alternative) { go(alternative); });
  }

  void below(const IntegerLiteral &) {}
  void below(const BooleanLiteral &) {}
  void below(const StringLiteral &) {}
  void below(const NameRef &) {}
  void below(const LocalRef &) {}
  void below(const MapRef &n) { go(n.key); }
  void below(const PositionalRef &) {}
  void below(const PositionalCount &) {}
  void below(const Call &n) { go(n.arguments); }
  void below(const MemberRef &n) { go(n.object); }
  void below(const Unary &n) { go(n.operand); }
  void below(const Binary &n) { go(n.lhs), go(n.rhs); }
  void below(const Ternary &n) { go(n.condition), go(n.yes), go(n.no); }
  void below(const TupleLiteral &n) { go(n.elements); }
  void below(const RecordLiteral &n) { go(n.values); }
  void below(const Cast &n) { go(n.type), go(n.operand); }
  void below(const Index &n) { go(n.object), go(n.index); }
  void below(const ElementRef &n) { go(n.object); }
  void below(const SizeOf &n) { go(n.of); }
  void below(const OffsetOf &n) { go(n.of); }
  void below(const TypeExpr &n) { go(n.type); }
  void below(const IfExpr &n) { go(n.condition), go(n.yes), go(n.no); }
  void below(const BlockExpr &n) { go(n.statements), go(n.result); }
  void below(const InlineCall &n) { go(n.body); }
  void below(const Comptime &n) { go(n.operand); }
  void below(const Step &n) { go(n.target); }

  void below(const ExprStatement &n) { go(n.expr); }
  void below(const Assign &n) { go(n.target), go(n.value); }
  void below(const Block &n) { go(n.statements); }
  void below(const If &n) { go(n.condition), go(n.then), go(n.otherwise); }
  void below(const Return &n) { go(n.value); }
  void below(const Let &n) {
    if (n.type) go(*n.type);
    go(n.value);
  }
  void below(const While &n) { go(n.condition), go(n.body); }
  void below(const ForRange &n) { go(n.first), go(n.end), go(n.body); }
  void below(const ForMap &n) { go(n.map), go(n.body); }
  void below(const Unroll &n) { go(n.count), go(n.body); }
  void below(const Break &) {}
  void below(const Continue &) {}

  const std::function<void(ExprId)> &expr_;
  const std::function<void(StmtId)> &stmt_;
};

class Walker {
 public:
  Walker(const Ast &ast, const Visitor &visitor) : ast_(ast), visitor_(visitor) {}

  void go(ExprId id) {
    if (visitor_.expr) visitor_.expr(id);
    for_each_child(ast_[id].node, expr_, stmt_);
  }
  void go(StmtId id) {
    if (visitor_.stmt) visitor_.stmt(id);
    for_each_child(ast_[id].node, expr_, stmt_);
  }

 private:
  const Ast &ast_;
  const Visitor &visitor_;
  const std::function<void(ExprId)> expr_ = [this](ExprId id) { go(id); };
  const std::function<void(StmtId)> stmt_ = [this](StmtId id) { go(id); };
};

}  // namespace

void for_each_child(const decltype(Expr::node) &node, const std::function<void(ExprId)> &expr,
                    const std::function<void(StmtId)> &stmt) {
  Children(expr, stmt).of(node);
}
void for_each_child(const decltype(Stmt::node) &node, const std::function<void(ExprId)> &expr,
                    const std::function<void(StmtId)> &stmt) {
  Children(expr, stmt).of(node);
}

void walk(const Ast &ast, ExprId id, const Visitor &visitor) { Walker(ast, visitor).go(id); }
void walk(const Ast &ast, StmtId id, const Visitor &visitor) { Walker(ast, visitor).go(id); }

void walk(const Ast &ast, const ProbeBlock &block, const Visitor &visitor) {
  if (block.predicate) walk(ast, *block.predicate, visitor);
  walk(ast, block.body, visitor);
}

}  // namespace awl
