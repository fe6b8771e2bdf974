// SPDX-License-Identifier: GPL-2.0-only
// --dump=ast: one node a line, children indented below it, and where in the script it is.
//
//   probe [1:1]
//     attach kprobe:vfs_read [1:1]
//     block [1:17]
//       assign = [1:19]
//         map @ [1:19]
//         call count [1:23]
#include <fmt/format.h>

#include "lang/parse.h"
#include "src/base/text.h"

namespace awl {
namespace {

class Printer {
 public:
  Printer(const Ast &ast, const Source &source) : ast_(ast), source_(source) {}

  void probe(const ProbeBlock &block) {
    line("probe", block.span);
    level_++;
    for (const ProbeSpec &spec : block.specs) line("attach " + escape_text(spec.text), spec.span);
    if (block.predicate) heading("predicate", *block.predicate);
    stmt(block.body);
    level_--;
  }

  std::string take() { return std::move(text_); }

 private:
  void line(std::string_view what, Span span) {
    const Position place = source_.position(span.begin);
    text_ += fmt::format("{:{}}{} [{}:{}]\n", "", 2 * level_, what, place.line, place.column);
  }

  /// A line without a place of its own, and a node below it.
  template <class Id>
  void heading(std::string_view what, Id child) {
    text_ += fmt::format("{:{}}{}\n", "", 2 * level_, what);
    children(child);
  }

  void children(ExprId id) {
    level_++;
    expr(id);
    level_--;
  }
  void children(StmtId id) {
    level_++;
    stmt(id);
    level_--;
  }
  template <class Id>
  void children(const std::vector<Id> &ids) {
    for (Id id : ids) children(id);
  }

  /// `pid`; `comm, builtin`; `execname, builtin comm`.
  static std::string name(const Identifier &identifier) {
    if (!identifier.builtin) return identifier.text;
    if (identifier.builtin->name == identifier.text) return identifier.text + ", builtin";
    return fmt::format("{}, builtin {}", identifier.text, identifier.builtin->name);
  }

  void expr(ExprId id) {
    const Expr &node = ast_[id];
    match(node.node, [&](const auto &alternative) { print(alternative, node.span); });
  }
  void stmt(StmtId id) {
    const Stmt &node = ast_[id];
    match(node.node, [&](const auto &alternative) { print(alternative, node.span); });
  }

  void print(const IntegerLiteral &n, Span at) {
    line(fmt::format("number {}{}", n.value, n.unit == Unit::nanoseconds ? " ns" : ""), at);
  }
  void print(const StringLiteral &n, Span at) { line(fmt::format("string \"{}\"", escape_text(n.text)), at); }
  void print(const NameRef &n, Span at) { line("name " + name(n.name), at); }
  void print(const LocalRef &n, Span at) { line("local $" + n.name, at); }
  void print(const MapRef &n, Span at) {
    line("map @" + n.name + (n.keyed ? ", keyed" : ""), at);
    children(n.key);
  }
  void print(const PositionalRef &n, Span at) { line(fmt::format("parameter ${}", n.number), at); }
  void print(const PositionalCount &, Span at) { line("parameter $#", at); }
  void print(const Call &n, Span at) {
    line("call " + name(n.callee), at);
    children(n.arguments);
  }
  void print(const MemberRef &n, Span at) {
    line("member " + n.field.text, at);
    children(n.object);
  }
  void print(const Unary &n, Span at) {
    line(fmt::format("unary {}", spelling(n.op)), at);
    children(n.operand);
  }
  void print(const Binary &n, Span at) {
    line(fmt::format("binary {}", spelling(n.op)), at);
    children(n.lhs);
    children(n.rhs);
  }
  void print(const Ternary &n, Span at) {
    line(n.yes ? "ternary" : "elvis", at);
    children(n.condition);
    if (n.yes) children(*n.yes);
    children(n.no);
  }
  void print(const Step &n, Span at) {
    line(fmt::format("step {}{}", n.prefix ? "before " : "after ", n.increment ? "++" : "--"), at);
    children(n.target);
  }

  void print(const ExprStatement &n, Span at) {
    line("evaluate", at);
    children(n.expr);
  }
  void print(const Assign &n, Span at) {
    line(fmt::format("assign {}=", n.op ? spelling(*n.op) : ""), at);
    children(n.target);
    children(n.value);
  }
  void print(const Block &n, Span at) {
    line("block", at);
    children(n.statements);
  }
  void print(const If &n, Span at) {
    line("if", at);
    children(n.condition);
    children(n.then);
    if (n.otherwise) heading("else", *n.otherwise);
  }
  void print(const Return &, Span at) { line("return", at); }

  const Ast &ast_;
  const Source &source_;
  size_t level_ = 0;
  std::string text_;
};

}  // namespace

std::string dump_ast(const Ast &ast, const Source &source) {
  Printer printer(ast, source);
  for (const ProbeBlock &block : ast.probes) printer.probe(block);
  return printer.take();
}

}  // namespace awl
