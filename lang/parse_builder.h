// SPDX-License-Identifier: GPL-2.0-only
// What the actions of the grammar do: add nodes to the Ast, see to it that the tree stays shallow enough for
// passes that recurse, and say what is wrong where the grammar accepts more than the language does. The
// grammar (parser.yy) knows of no diagnostics, this file of no tokens.
#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "lang/ast.h"
#include "lang/definitions.h"
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

/// What a `for` goes over: a map, or with an end the numbers before it.
struct Range {
  ExprId first;
  std::optional<ExprId> end;
};

/// A variable where it is declared.
struct NewLocal {
  std::string name;
  Span span;
};

class Builder {
 public:
  /// What is found goes to the tree and the definitions, which may have the contents of other files already.
  Builder(Lexer &lexer, Ast &ast, Definitions &definitions, Diagnostics &diagnostics)
      : lexer_(lexer),
        ast_(ast),
        definitions_(definitions),
        diagnostics_(diagnostics),
        depth_(ast.expr_count(), max_nesting) {}

  Lexer &lexer() { return lexer_; }
  Diagnostics &diagnostics() { return diagnostics_; }
  /// True the first time that this open bracket is made out to be the cause of an error.
  bool blame(Span bracket);

  ExprId expr(Span span, decltype(Expr::node) node);
  ExprId binary(Span span, BinaryOp op, ExprId lhs, ExprId rhs, Span op_span);
  ExprId call(Span span, Identifier callee, std::vector<ExprId> arguments, std::vector<CallOption> options = {});
  /// @name[key]; @m[(a, b)] and @m[a, b] are the same.
  ExprId entry(Span span, std::string map, std::vector<ExprId> key);
  /// object[index]: an entry of a map, also in ply's spelling without `@`, or an element of an array.
  ExprId index(Span span, ExprId object, std::vector<ExprId> index);
  /// $t.0
  ExprId element(Span span, ExprId object, IntegerLiteral number, Span number_span);
  ExprId tuple(Span span, ExprId first, std::vector<ExprId> rest);
  ExprId record(Span span, RecordLiteral record);
  ExprId if_value(std::vector<IfArm> arms, std::optional<StmtId> otherwise);
  /// The value of a block is its last expression, when no `;` ends it.
  ExprId value_block(StmtId block);

  TypeName type(Span span, std::string words);
  TypeName type_of(Span span, const std::variant<TypeName, ExprId> &of);
  TypeName pointer(Span span, TypeName to);
  TypeName array(Span span, TypeName of, std::optional<uint64_t> count);
  /// A name that no builtin has, where both a type and a value may stand, is a type.
  std::variant<TypeName, ExprId> type_or_value(ExprId expr);

  StmtId stmt(Span span, decltype(Stmt::node) node);
  /// `last` is a statement that ends with the block and not with `;`.
  StmtId block(Span span, std::vector<StmtId> statements, std::optional<StmtId> last = std::nullopt);
  /// Only locals and maps can be assigned to; `_ = value` evaluates and discards.
  StmtId assign(Span span, ExprId target, std::optional<BinaryOp> op, ExprId value);
  /// delete @m[k]: a call in other clothes.
  StmtId delete_entry(Span span, Identifier callee, ExprId entry);
  StmtId loop(Span span, NewLocal local, Range range, StmtId body);
  StmtId if_chain(std::vector<IfArm> arms, std::optional<StmtId> otherwise);

  /// `(x = 1)`: what to say of it depends on what is around it, so it waits for one of the next two.
  ExprId inner_assignment(Span op_span, ExprId target);
  /// A whole condition or predicate was read.
  ExprId condition(ExprId condition);
  /// A whole statement without blocks was read.
  StmtId simple_statement(StmtId statement);

  // What stands outside of probes.
  void import(Span span, std::string path);
  void declare_map(std::string map, Span span, Identifier kind, IntegerLiteral capacity);
  void setting(Identifier key, std::optional<std::string> text, Span value);
  void begin_macro(Identifier name, std::vector<MacroParameter> parameters);
  void end_macro(StmtId body);
  void begin_function(Identifier name, std::vector<MacroParameter> parameters, TypeName result);
  void end_function(StmtId body);

  void probe(ProbeBlock block);
  void no_probe(Span block);

 private:
  void limit(size_t depth, Span span);
  bool is_parameter(std::string_view name) const;
  void begin(Macro macro);
  std::optional<ExprId> value_of(std::vector<StmtId> &statements);
  void report_assignments(const char *where);

  Lexer &lexer_;
  Ast &ast_;
  Definitions &definitions_;
  Diagnostics &diagnostics_;
  std::optional<Macro> open_macro_;  // whose block is being read
  std::vector<uint32_t> depth_;      // by ExprId
  std::vector<Span> inner_assignments_;
  std::vector<Span> blamed_;
  std::unordered_map<uint32_t, ExprId> block_values_;  // of blocks that end with an expression and no `;`
};

}  // namespace awl
