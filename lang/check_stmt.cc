// SPDX-License-Identifier: GPL-2.0-only
// Statements: assignments, aggregations, conditions.
#include <algorithm>

#include "lang/check.h"
#include "src/base/check.h"

namespace awl {

void Checker::statement(StmtId id) {
  const Stmt &stmt = (*ast_)[id];
  match(
      stmt.node, [&](const ExprStatement &node) { expression_statement(node.expr); },
      [&](const Assign &node) { assign(node); },
      [&](const Block &node) {
        open_scope();
        for (StmtId child : node.statements) statement(child);
        close_scope();
      },
      [&](const If &node) {
        condition(node.condition);
        std::optional<bool> only = decided(node.condition);
        if (only != false) statement(node.then);
        if (node.otherwise && only != true) statement(*node.otherwise);
      },
      [&](const Return &node) { return_statement(node); }, [&](const Let &node) { let(id, node); },
      [&](const While &node) { while_loop(node); }, [&](const ForRange &node) { for_range(id, node); },
      [&](const ForMap &node) { for_map(id, node); }, [&](const Unroll &node) { unroll(node); },
      [&](const Break &) { jump(id, "break"); }, [&](const Continue &) { jump(id, "continue"); });
}

void Checker::expression_statement(ExprId id) {
  size_t reported = out_->all().size();
  Type type = expression(id);
  if (type.kind == Kind::aggregate) {
    const auto &node = std::get<Call>(at(id).node);
    out_->error(at(id).span, "the aggregation `{}()` is not assigned to a map", node.callee.builtin->name)
        .help("write `@ = {};`", source_text(at(id).span));
    return;
  }
  const auto *call = std::get_if<Call>(&at(id).node);
  bool acts = type.kind == Kind::none || std::holds_alternative<Step>(at(id).node) ||
              std::holds_alternative<InlineCall>(at(id).node) ||
              (call && (!call->callee.builtin || call->callee.builtin->form == Form::statement));
  if (!acts && out_->all().size() == reported)
    out_->warning(at(id).span, "the value of `{}` is not used", source_text(at(id).span));
}

void Checker::assign(const Assign &node) {
  const Expr &target = at(node.target);
  if (const auto *local = std::get_if<LocalRef>(&target.node)) return assign_local(node, *local);
  if (const auto *map = std::get_if<MapRef>(&target.node)) return assign_map(node, *map);
  value(node.value);
  out_->error(target.span, "`{}` cannot be assigned to", source_text(target.span))
      .help("only maps (`@name`) and variables (`$name`) can");
}

void Checker::assign_map(const Assign &node, const MapRef &map) {
  const auto *call = std::get_if<Call>(&at(node.value).node);
  const Builtin *row = call ? call->callee.builtin : nullptr;
  if (row && row->form == Form::aggregation) {
    if (node.op) {
      map_state(map).attempted = true;
      out_->error(at(node.value).span, "the aggregation `{}()` is assigned with `=`, not `{}=`", row->name,
                  spelling(*node.op))
          .help("write `{} = {};`: it adds up by itself", source_text(at(node.target).span),
                source_text(at(node.value).span));
      return;
    }
    return aggregate(node.target, map, node.value, *call);
  }
  Type type = node.op ? number(node.value, fmt::format("the operand of `{}=`", spelling(*node.op))) : value(node.value);
  MapState &state = map_state(map);
  if (node.op && !state.aggregation && is_memory(state.value.kind)) {
    out_->error(at(node.target).span, "`{}` holds {}, and `{}=` needs a number", state.shown, an(state.value),
                spelling(*node.op))
        .label(*state.assigned, "{} is assigned here", an(state.value));
    return;
  }
  give_map_value(node.target, map, type, at(node.value).span);
  if (node.op) settle_literal(node.value, state.value);
}

void Checker::aggregate(ExprId target, const MapRef &map, ExprId value_id, const Call &call) {
  const Builtin &row = *call.callee.builtin;
  map_reference(target, map, false);
  MapState &state = map_state(map);
  state.attempted = true;
  set(value_id, simple_type(Kind::aggregate));
  if (!arity(call, at(value_id).span)) return;
  if (state.assigned && state.aggregation != &row) {
    if (state.aggregation)
      out_->error(at(value_id).span, "`{}` is an aggregation by `{}()`, but `{}()` is assigned here", state.shown,
                  state.aggregation->name, row.name)
          .label(state.aggregation_span, "made an aggregation by `{}()` here", state.aggregation->name)
          .help("give each aggregation a map of its own name");
    else
      out_->error(at(value_id).span, "`{}` holds a plain value, but the aggregation `{}()` is assigned here",
                  state.shown, row.name)
          .label(*state.assigned, "{} is assigned here", an(state.value))
          .help("give the aggregation a map of its own");
    return;
  }
  if (!state.assigned) {
    state.assigned = at(value_id).span;
    state.aggregation = &row;
    state.aggregation_span = at(value_id).span;
    changed_ = true;
  }
  Type sample = integer_type(8, false);
  sample.is_literal = true;
  if (!call.arguments.empty()) sample = this->sample(call);
  if (row.show == Show::linear_histogram) linear_range(state, call);
  if (row.show == Show::magnitudes) magnitudes(state, call);
  if (row.show == Show::time_series) intervals(state, call);
  if (row.show == Show::log_linear_histogram) bits(state, call);
  if (row.show == Show::percentiles) percentages(state, call);
  if (row.show == Show::log2_histogram && call.arguments.size() > 1) number(call.arguments[1], "a weight");
  std::optional<Type> joined = join_types(state.value, sample);
  if (joined && *joined != state.value) {
    state.value = *joined;
    changed_ = true;
  }
}

}  // namespace awl
