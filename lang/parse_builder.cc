// SPDX-License-Identifier: GPL-2.0-only
// The actions of the grammar; see parse_builder.h.
#include "lang/parse_builder.h"

#include <algorithm>

#include "lang/ast_walk.h"
#include "lang/lexer.h"

namespace awl {

ExprId Builder::expr(Span span, decltype(Expr::node) node) {
  uint32_t deepest = 0;
  for_each_child(
      node, [&](ExprId id) { deepest = std::max(deepest, depth_[static_cast<uint32_t>(id)]); }, [](StmtId) {});
  limit(deepest + 1, span);
  depth_.push_back(deepest + 1);
  return ast_.add_expr(span, std::move(node));
}

ExprId Builder::binary(Span span, BinaryOp op, ExprId lhs, ExprId rhs, Span op_span) {
  return expr(span, Binary{op, lhs, rhs, op_span});
}

ExprId Builder::call(Span span, Identifier callee, std::vector<ExprId> arguments,
                     std::vector<CallOption> options) {
  return expr(span, Call{std::move(callee), std::move(arguments), std::move(options)});
}

StmtId Builder::stmt(Span span, decltype(Stmt::node) node) { return ast_.add_stmt(span, std::move(node)); }

StmtId Builder::block(Span span, std::vector<StmtId> statements, std::optional<StmtId> last) {
  if (last) statements.push_back(*last);
  const ExprStatement *value = last ? std::get_if<ExprStatement>(&ast_[*last].node) : nullptr;
  const std::optional<ExprId> result = value ? std::optional(value->expr) : std::nullopt;
  const StmtId id = stmt(span, Block{std::move(statements)});
  if (result) block_values_.emplace(static_cast<uint32_t>(id), *result);
  return id;
}

StmtId Builder::assign(Span span, ExprId target, std::optional<BinaryOp> op, ExprId value) {
  const Expr &expr = ast_[target];
  const NameRef *name = std::get_if<NameRef>(&expr.node);
  if (name && name->name.text == "_" && !op) return stmt(span, ExprStatement{value});
  if (std::holds_alternative<LocalRef>(expr.node) || std::holds_alternative<MapRef>(expr.node))
    return stmt(span, Assign{target, op, value});
  Diagnostics::Draft draft =
      diagnostics_.error(expr.span, "`{}` cannot be assigned to", lexer_.source().slice(expr.span));
  if (std::holds_alternative<ElementRef>(expr.node))
    draft.help("a tuple does not change: make a new one, as in `$t = (1, \"a\")`");
  else if (std::holds_alternative<MemberRef>(expr.node) || std::holds_alternative<Index>(expr.node))
    draft.help("what is inside a value or in memory can only be read; records are made as a whole: `(x = 1, y = 2)`");
  else
    draft.help("only locals (`$name`) and maps (`@name`) can change");
  return stmt(span, Assign{target, op, value});
}

StmtId Builder::delete_entry(Span span, Identifier callee, ExprId entry) {
  return simple_statement(stmt(span, ExprStatement{call(span, std::move(callee), {entry})}));
}

StmtId Builder::if_chain(std::vector<IfArm> arms, std::optional<StmtId> otherwise) {
  limit(arms.size(), arms.back().span);
  const uint32_t end = otherwise ? ast_[*otherwise].span.end : arms.back().span.end;
  for (; !arms.empty(); arms.pop_back()) {
    const IfArm &arm = arms.back();
    otherwise = stmt({arm.span.begin, end}, If{arm.condition, arm.then, otherwise});
  }
  return *otherwise;
}

StmtId Builder::loop(Span span, NewLocal local, Range range, StmtId body) {
  if (range.end) return stmt(span, ForRange{std::move(local.name), local.span, range.first, *range.end, body});
  const Expr &over = ast_[range.first];
  const MapRef *map = std::get_if<MapRef>(&over.node);
  if (!map || map->keyed)
    diagnostics_.error(over.span, "`for` cannot go over `{}`", lexer_.source().slice(over.span))
        .help("it goes over numbers, `for (${0} : 0..10)`, or a map, `for (${0} : @name)`", local.name);
  return stmt(span, ForMap{std::move(local.name), local.span, range.first, body});
}

ExprId Builder::inner_assignment(Span op_span, ExprId target) {
  inner_assignments_.push_back(op_span);
  return target;
}

ExprId Builder::condition(ExprId condition) {
  report_assignments("in a condition");
  return condition;
}

StmtId Builder::simple_statement(StmtId statement) {
  report_assignments("inside an expression");
  return statement;
}

void Builder::report_assignments(const char *where) {
  for (Span place : inner_assignments_) diagnostics_.error(place, "assignment {}", where).help("did you mean `==`?");
  inner_assignments_.clear();
}

void Builder::probe(ProbeBlock block) { ast_.probes.push_back(std::move(block)); }

void Builder::no_probe(Span block) {
  diagnostics_.error({block.begin, block.begin + 1}, "this block has no probe")
      .help("say before it when it is to run, as in `kprobe:vfs_read {{ @ = count(); }}`");
}

bool Builder::blame(Span bracket) {
  const bool first = std::ranges::find(blamed_, bracket) == blamed_.end();
  if (first) blamed_.push_back(bracket);
  return first;
}

void Builder::limit(size_t depth, Span span) {
  if (depth > max_nesting) lexer_.too_deep({span.begin, span.begin + 1});
}

}  // namespace awl
