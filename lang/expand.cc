// SPDX-License-Identifier: GPL-2.0-only
#include "lang/expand.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "lang/ast_copy.h"

namespace awl {
namespace {

using Kind = MacroParameter::Kind;

/// Nodes that a script may grow to: macros that use macros twice double with each level.
constexpr size_t most_nodes = 1000000;

/// One use of a macro or function, while its body is copied.
struct Frame {
  const Macro *macro;
  const std::vector<ExprId> *arguments;
  const Frame *caller;  // whose names the arguments are written in
  size_t number;        // of this use
};

class Expansion final : public AstCopy {
  /// Runs `copy` with the names of another frame.
  template <class F>
  auto in_frame(const Frame *frame, F copy) {
    const Frame *const outer = std::exchange(frame_, frame);
    auto result = copy();
    frame_ = outer;
    return result;
  }

 public:
  Expansion(const Ast &from, Ast &to, const Definitions &definitions, const NamedParameters &named,
            Diagnostics &diagnostics)
      : AstCopy(from, to), definitions_(definitions), getopt_(named, diagnostics), diagnostics_(diagnostics) {}

  ExprId expr(ExprId id) override {
    const Expr &node = from_[id];
    if (const NameRef *name = std::get_if<NameRef>(&node.node)) {
      if (const std::optional<ExprId> argument = value_argument(name->name.text)) return in_caller(*argument);
      if (const Macro *macro = bare_macro(name->name.text)) return use(*macro, {}, node.span);
    }
    const Call *call = std::get_if<Call>(&node.node);
    if (call && call->callee.text == "getopt") return parameter(node.span, *call);
    if (call)
      if (const std::optional<const Macro *> macro = find(*call, node.span))
        return *macro ? use(**macro, call->arguments, node.span) : to_.add_expr(node.span, IntegerLiteral{0});
    return AstCopy::expr(id);
  }

  StmtId stmt(StmtId id) override {
    const ExprStatement *statement = std::get_if<ExprStatement>(&from_[id].node);
    const Call *call = statement ? std::get_if<Call>(&from_[statement->expr].node) : nullptr;
    if (!call) return AstCopy::stmt(id);
    const std::optional<const Macro *> macro = find(*call, from_[id].span);
    if (!macro || !*macro || (*macro)->result) return AstCopy::stmt(id);
    return within<StmtId>(**macro, call->arguments, from_[id].span, [&] { return stmt((*macro)->body); });
  }

  std::optional<std::string> finish() { return getopt_.finish(); }

 protected:
  std::string local(const std::string &name) override {
    if (!frame_) return name;
    if (const std::optional<ExprId> argument = argument_of(Kind::local, name)) {
      const std::string &passed = std::get<LocalRef>(from_[*argument].node).name;
      return in_frame(frame_->caller, [&] { return local(passed); });
    }
    return fmt::format("{}#{}", name, frame_->number);
  }

  std::string map(const std::string &name) override {
    const std::optional<ExprId> argument = argument_of(Kind::map, name);
    if (!argument) return name;
    const std::string &passed = std::get<MapRef>(from_[*argument].node).name;
    return in_frame(frame_->caller, [&] { return map(passed); });
  }

 private:
  ExprId parameter(Span span, const Call &call) {
    const Getopt::Value value = getopt_.value(from_, span, call);
    const ExprId literal = to_.add_expr(span, value.node);
    return value.negative ? to_.add_expr(span, Unary{UnaryOp::negate, literal}) : literal;
  }

  ExprId in_caller(ExprId id) {
    return in_frame(frame_->caller, [&] { return expr(id); });
  }

  std::optional<ExprId> argument_of(Kind kind, std::string_view name) const {
    if (!frame_ || frame_->macro->result) return std::nullopt;
    const std::vector<MacroParameter> &parameters = frame_->macro->parameters;
    for (size_t i = 0; i < parameters.size(); i++)
      if (parameters[i].kind == kind && parameters[i].name == name) return (*frame_->arguments)[i];
    return std::nullopt;
  }
  std::optional<ExprId> value_argument(std::string_view name) const { return argument_of(Kind::value, name); }

  const Macro *bare_macro(std::string_view name) const {
    for (const Macro &macro : definitions_.macros)
      if (!macro.result && macro.parameters.empty() && macro.name.text == name) return &macro;
    return nullptr;
  }

  bool accepts(const MacroParameter &parameter, ExprId argument) const {
    const decltype(Expr::node) &node = from_[argument].node;
    if (parameter.type || parameter.kind == Kind::value) return true;
    if (parameter.kind == Kind::local) return std::holds_alternative<LocalRef>(node);
    const MapRef *map = std::get_if<MapRef>(&node);
    return map && !map->keyed;
  }

  bool accepts(const Macro &macro, const std::vector<ExprId> &arguments) const {
    if (macro.parameters.size() != arguments.size()) return false;
    for (size_t i = 0; i < arguments.size(); i++)
      if (!accepts(macro.parameters[i], arguments[i])) return false;
    return true;
  }

  /// The macro or function that a call means: of several the one that takes most by name. Nothing when the script
  /// has none called so, null when none of them fits, which is reported.
  std::optional<const Macro *> find(const Call &call, Span span) {
    const Macro *best = nullptr, *other = nullptr;
    size_t most = 0;
    for (const Macro &macro : definitions_.macros) {
      if (macro.name.text != call.callee.text) continue;
      other = &macro;
      if (!accepts(macro, call.arguments)) continue;
      const size_t exact = 1 + static_cast<size_t>(std::ranges::count_if(
                                   macro.parameters, [](const MacroParameter &p) { return p.kind != Kind::value; }));
      if (exact > most) best = &macro;
      most = std::max(most, exact);
    }
    if (!other) return std::nullopt;
    if (!call.options.empty()) best = nullptr;
    if (!best) report_misfit(*other, call, span);
    return best;
  }

  void report_misfit(const Macro &macro, const Call &call, Span span) {
    std::string list;
    for (const MacroParameter &p : macro.parameters)
      list += fmt::format("{}{}{}", list.empty() ? "" : ", ",
                          p.kind == Kind::local ? "$"
                          : p.kind == Kind::map ? "@"
                                                : "",
                          p.name);
    const bool count = macro.parameters.size() != call.arguments.size();
    Diagnostics::Draft draft = count
                                   ? diagnostics_.error(span, "`{}` takes {} argument{}, here are {}", call.callee.text,
                                                        macro.parameters.size(),
                                                        macro.parameters.size() == 1 ? "" : "s", call.arguments.size())
                                   : diagnostics_.error(span, "`{}` cannot take these arguments", call.callee.text);
    draft.label(macro.name.span, "defined here")
        .help("it is called as `{}({})`{}", call.callee.text, list,
              count ? "" : ": a variable for `$`, a map without key for `@`");
  }

  /// Copies something of a macro's body for one use of it.
  template <class Id, class F>
  Id within(const Macro &macro, const std::vector<ExprId> &arguments, Span span, F copy) {
    for (const Frame *frame = frame_; frame; frame = frame->caller)
      if (frame->macro == &macro) return refuse<Id>(span, macro, "uses itself");
    if (to_.expr_count() > most_nodes) return refuse<Id>(span, macro, "makes this script too large");
    const Span body = from_[macro.body].span;
    diagnostics_.note_use(body, span);
    const Frame frame = {&macro, &arguments, frame_, ++uses_};
    return in_frame(&frame, copy);
  }

  template <class Id>
  Id refuse(Span span, const Macro &macro, const char *why) {
    diagnostics_.error(macro.name.span, "`{}` {}", macro.name.text, why)
        .label(span, "used here")
        .help("macros and functions are put in place before the script runs, so they cannot call themselves");
    if constexpr (std::is_same_v<Id, StmtId>)
      return to_.add_stmt(span, Block{});
    else
      return to_.add_expr(span, IntegerLiteral{0});
  }

  ExprId use(const Macro &macro, const std::vector<ExprId> &arguments, Span span) {
    if (macro.result) return call_function(macro, arguments, span);
    const BlockExpr &block = std::get<BlockExpr>(from_[macro.value].node);
    const ExprId body = block.statements.empty() && block.result ? *block.result : macro.value;
    return within<ExprId>(macro, arguments, span, [&] { return expr(body); });
  }

  ExprId call_function(const Macro &macro, const std::vector<ExprId> &arguments, Span span) {
    return within<ExprId>(macro, arguments, span, [&] {
      std::vector<StmtId> statements;
      for (size_t i = 0; i < arguments.size(); i++) {
        const MacroParameter &parameter = macro.parameters[i];
        const ExprId value = in_caller(arguments[i]);
        statements.push_back(to_.add_stmt(parameter.span, Let{local(parameter.name), parameter.type, value}));
      }
      statements.push_back(stmt(macro.body));
      const StmtId body = to_.add_stmt(from_[macro.body].span, Block{std::move(statements)});
      return to_.add_expr(span, InlineCall{macro.name.text, body, *macro.result});
    });
  }

  const Definitions &definitions_;
  Getopt getopt_;
  Diagnostics &diagnostics_;
  const Frame *frame_ = nullptr;
  size_t uses_ = 0;
};

}  // namespace

Ast expand(const Ast &ast, const Definitions &definitions, const NamedParameters &named, Diagnostics &diagnostics) {
  Ast result;
  Expansion expansion(ast, result, definitions, named, diagnostics);
  for (const ProbeBlock &block : ast.probes) expansion.probe(block);
  result.parameters_help = expansion.finish();
  result.map_declarations = ast.map_declarations;
  result.config = ast.config;
  return result;
}

}  // namespace awl
