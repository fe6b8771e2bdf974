// SPDX-License-Identifier: GPL-2.0-only
// Visits every expression and statement of a piece of the tree, parents before their children, in the order of the
// script. Passes that only look for something use this instead of a match of their own.
#pragma once
#include <functional>

#include "lang/ast.h"

namespace awl {

/// The direct children of a node, in the order of the script.
void for_each_child(const decltype(Expr::node) &node, const std::function<void(ExprId)> &expr,
                    const std::function<void(StmtId)> &stmt);
void for_each_child(const decltype(Stmt::node) &node, const std::function<void(ExprId)> &expr,
                    const std::function<void(StmtId)> &stmt);

struct Visitor {
  std::function<void(ExprId)> expr;  // either may be empty
  std::function<void(StmtId)> stmt;
};

void walk(const Ast &ast, ExprId id, const Visitor &visitor);
void walk(const Ast &ast, StmtId id, const Visitor &visitor);
/// The predicate and the body.
void walk(const Ast &ast, const ProbeBlock &block, const Visitor &visitor);

}  // namespace awl
