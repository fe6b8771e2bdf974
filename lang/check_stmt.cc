// SPDX-License-Identifier: GPL-2.0-only
// Statements: assignments, aggregations, conditions.
#include <algorithm>

#include "lang/check.h"
#include "src/base/check.h"

#include "bpf_lib/awl_abi.h"

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
  if (row.show == Show::log_linear_histogram) bits(state, call);
  if (row.show == Show::percentiles) percentages(state, call);
  if (row.show == Show::log2_histogram && call.arguments.size() > 1) number(call.arguments[1], "a weight");
  std::optional<Type> joined = join_types(state.value, sample);
  if (joined && *joined != state.value) {
    state.value = *joined;
    changed_ = true;
  }
}

/// What an aggregation is made of. Counting by a string is done by a key.
Type Checker::sample(const Call &call) {
  ExprId id = call.arguments[0];
  Type type = value(id);
  if (type.is_number() || type.kind == Kind::unknown) return type;
  out_->error(at(id).span, "`{}()` needs a number, but `{}` is {}", call.callee.builtin->name, source_text(at(id).span),
              an(type))
      .help("to count by it, make it a key: `@[{}] = count();`", source_text(at(id).span));
  return set(id, s64_type);
}

void Checker::bits(MapState &map, const Call &call) {
  uint32_t bits = 0;
  if (call.arguments.size() > 1) {
    number(call.arguments[1], "the number of bits");
    auto known = constant_of(call.arguments[1]);
    if (!known || *known > 5) {
      out_->error(at(call.arguments[1]).span, "the bits of a histogram are a number from 0 to 5")
          .help("each bit doubles the buckets of a power of two");
      return;
    }
    bits = static_cast<uint32_t>(*known);
  }
  if (map.assigned && map.aggregation_span.begin != call.callee.span.begin && map.bits != bits && final_)
    out_->error(call.callee.span, "`{}` has {} bits here, but {} elsewhere", map.shown, bits, map.bits)
        .label(map.aggregation_span, "first used here");
  if (!map.bits) map.bits = bits;
}

void Checker::percentages(MapState &map, const Call &call) {
  map.bits = AWL_PERCENTILE_BITS;
  std::vector<int64_t> wanted;
  for (size_t i = 1; i < call.arguments.size(); i++) {
    number(call.arguments[i], "a percentage");
    auto known = constant_of(call.arguments[i]);
    if (!known || *known > 100) {
      out_->error(at(call.arguments[i]).span, "a percentage is a number from 0 to 100");
      return;
    }
    wanted.push_back(static_cast<int64_t>(*known));
  }
  if (!wanted.empty()) map.percentages = wanted;
}

void Checker::linear_range(MapState &map, const Call &call) {
  std::vector<int64_t> numbers;
  if (call.arguments.size() > 4) number(call.arguments[4], "a weight");
  for (size_t i = 1; i < std::min<size_t>(call.arguments.size(), 4); i++) {
    number(call.arguments[i], "a limit of the histogram");
    auto known = constant_of(call.arguments[i]);
    if (!known) {
      out_->error(at(call.arguments[i]).span,
                  "`{}` is not known before the script runs, as the range of a histogram must be",
                  source_text(at(call.arguments[i]).span))
          .help("write a number");
      return;
    }
    numbers.push_back(static_cast<int64_t>(*known));
  }
  int64_t low = numbers[0], high = numbers[1], step = numbers.size() > 2 ? numbers[2] : 1;
  if (step <= 0) {
    out_->error(at(call.arguments[3]).span, "the step {} is not above 0", step);
    return;
  }
  if (low >= high) {
    out_->error(at(call.arguments[2]).span, "the upper limit {} is not above the lower limit {}", high, low);
    return;
  }
  uint64_t buckets = (static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + static_cast<uint64_t>(step) - 1) /
                     static_cast<uint64_t>(step);
  if (buckets > AWL_LQUANTIZE_MAX_CELLS - 2) {
    out_->error(call.callee.span, "{} buckets are too many; a linear histogram has at most {}", buckets,
                AWL_LQUANTIZE_MAX_CELLS - 2)
        .help("a step of {} would do",
              (static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + AWL_LQUANTIZE_MAX_CELLS - 3) /
                  (AWL_LQUANTIZE_MAX_CELLS - 2));
    return;
  }
  bool first = map.low == 0 && map.high == 0;
  if (!first && (map.low != low || map.high != high || map.step != step)) {
    out_->error(awl::join(at(call.arguments[1]).span, at(call.arguments[std::min<size_t>(call.arguments.size(), 4) - 1]).span),
                "`{}` has buckets from {} to {} by {} here, but from {} to {} by {} elsewhere", map.shown, low, high,
                step, map.low, map.high, map.step)
        .label(map.aggregation_span, "first used here")
        .help("give each histogram a map of its own name");
    return;
  }
  map.low = low, map.high = high, map.step = step;
}

}  // namespace awl
