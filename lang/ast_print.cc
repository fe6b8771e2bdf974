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
    for (const ProbeSpec &spec : block.specs) {
      line("attach " + escape_text(spec.text), spec.span);
      for (const ProbeSpec &other : spec.alternatives) line("or " + escape_text(other.text), other.span);
    }
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

  static std::string type_text(const TypeName &type) {
    std::string text = type.of ? "typeof" : type.base;
    for (const TypeName::Suffix &suffix : type.suffixes) {
      if (suffix.pointer)
        text += " *";
      else
        text += suffix.count ? fmt::format("[{}]", *suffix.count) : "[]";
    }
    return text;
  }
  void type_or_expr(const std::variant<TypeName, ExprId> &of) {
    level_++;
    if (const auto *type = std::get_if<TypeName>(&of))
      line("type " + type_text(*type), type->span);
    else
      expr(std::get<ExprId>(of));
    level_--;
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
  void print(const BooleanLiteral &n, Span at) { line(n.value ? "true" : "false", at); }
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
    std::string options;
    for (const CallOption &option : n.options) options += fmt::format(", {}={}", option.name.text, option.word.text);
    line("call " + name(n.callee) + options, at);
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
  void print(const TupleLiteral &n, Span at) {
    line("tuple", at);
    children(n.elements);
  }
  void print(const RecordLiteral &n, Span at) {
    line("record", at);
    for (size_t i = 0; i < n.names.size(); i++) heading("field " + n.names[i].text, n.values[i]);
  }
  void print(const Cast &n, Span at) {
    line("cast " + type_text(n.type), at);
    children(n.operand);
  }
  void print(const Index &n, Span at) {
    line("index", at);
    children(n.object);
    children(n.index);
  }
  void print(const ElementRef &n, Span at) {
    line(fmt::format("element {}", n.number), at);
    children(n.object);
  }
  void print(const SizeOf &n, Span at) {
    line("sizeof", at);
    type_or_expr(n.of);
  }
  void print(const OffsetOf &n, Span at) {
    std::string path;
    for (const Identifier &part : n.path) path += (path.empty() ? "" : ".") + part.text;
    line("offsetof " + path, at);
    type_or_expr(n.of);
  }
  void print(const TypeExpr &n, Span at) { line("type " + type_text(n.type), at); }
  void print(const IfExpr &n, Span at) {
    line("if value", at);
    children(n.condition);
    children(n.yes);
    if (n.no) heading("else", *n.no);
  }
  void print(const BlockExpr &n, Span at) {
    line("block value", at);
    children(n.statements);
    if (n.result) heading("result", *n.result);
  }
  void print(const InlineCall &n, Span at) {
    line(fmt::format("inline {}, {}", n.name, type_text(n.result)), at);
    children(n.body);
  }
  void print(const Comptime &n, Span at) {
    line("comptime", at);
    children(n.operand);
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
  void print(const Return &n, Span at) {
    line("return", at);
    if (n.value) children(*n.value);
  }
  void print(const Let &n, Span at) {
    line(fmt::format("let ${}{}", n.name, n.type ? ": " + type_text(*n.type) : ""), at);
    if (n.value) children(*n.value);
  }
  void print(const While &n, Span at) {
    line("while", at);
    children(n.condition);
    children(n.body);
  }
  void print(const ForRange &n, Span at) {
    line("for $" + n.local, at);
    children(n.first);
    children(n.end);
    children(n.body);
  }
  void print(const ForMap &n, Span at) {
    line("for $" + n.local, at);
    children(n.map);
    children(n.body);
  }
  void print(const Unroll &n, Span at) {
    line("unroll", at);
    children(n.count);
    children(n.body);
  }
  void print(const Break &, Span at) { line("break", at); }
  void print(const Continue &, Span at) { line("continue", at); }

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
