// SPDX-License-Identifier: GPL-2.0-only
// What the actions of the grammar do: add nodes to the Ast, see to it that the tree stays shallow enough for
// passes that recurse, and say what is wrong where the grammar accepts more than the language does. The
// grammar (parser.yy) knows of no diagnostics, this file of no tokens.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "lang/ast.h"
#include "src/base/diag.h"

namespace awl {

class Lexer;

/// Levels that brackets, blocks and operators may be nested in each other. Later passes recurse over the tree;
/// the limit is what makes that safe.
inline constexpr uint32_t max_nesting = 2000;

/// One `if (condition) block` of a chain of them.
struct IfArm {
  Span span;
  ExprId condition;
  StmtId then;
};

class Builder {
 public:
  Builder(Lexer &lexer, Ast &ast, Diagnostics &diagnostics) : lexer_(lexer), ast_(ast), diagnostics_(diagnostics) {}

  Lexer &lexer() { return lexer_; }
  Diagnostics &diagnostics() { return diagnostics_; }
  /// True the first time that this open bracket is made out to be the cause of an error.
  bool blame(Span bracket);

  ExprId expr(Span span, decltype(Expr::node) node);
  ExprId binary(Span span, BinaryOp op, ExprId lhs, ExprId rhs, Span op_span);
  ExprId call(Span span, Identifier callee, std::vector<ExprId> arguments);

  StmtId stmt(Span span, decltype(Stmt::node) node);
  /// `last` is a statement that ends with the block and not with `;`.
  StmtId block(Span span, std::vector<StmtId> statements, std::optional<StmtId> last = std::nullopt);
  /// Only locals and maps can be assigned to; `_ = value` evaluates and discards.
  StmtId assign(Span span, ExprId target, std::optional<BinaryOp> op, ExprId value);
  /// delete @m[k]: a call in other clothes.
  StmtId delete_entry(Span span, Identifier callee, ExprId entry);
  /// `return x`, which is a mistake.
  StmtId return_value(Span span, Span value);
  StmtId if_chain(std::vector<IfArm> arms, std::optional<StmtId> otherwise);

  /// `(x = 1)`: what to say of it depends on what is around it, so it waits for one of the next two.
  ExprId inner_assignment(Span op_span, ExprId target);
  /// A whole condition or predicate was read.
  ExprId condition(ExprId condition);
  /// A whole statement without blocks was read.
  StmtId simple_statement(StmtId statement);

  void probe(ProbeBlock block);
  void no_probe(Span block);

 private:
  void limit(size_t depth, Span span);
  void report_assignments(const char *where);

  Lexer &lexer_;
  Ast &ast_;
  Diagnostics &diagnostics_;
  std::vector<uint32_t> depth_;  // by ExprId
  std::vector<Span> inner_assignments_;
  std::vector<Span> blamed_;
};

}  // namespace awl
