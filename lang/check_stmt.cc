// SPDX-License-Identifier: GPL-2.0-only
// Statements: assignments, aggregations, conditions.
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
        for (StmtId child : node.statements) statement(child);
      },
      [&](const If &node) {
        condition(node.condition);
        statement(node.then);
        if (node.otherwise) statement(*node.otherwise);
      },
      [](const Return &) {}, [](const auto &) { AWL_CHECK(!"the grammar has it before the checker"); });
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
  bool acts = std::holds_alternative<Step>(at(id).node) ||
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

void Checker::assign_local(const Assign &node, const LocalRef &local) {
  Type type = node.op ? number(node.value, fmt::format("the operand of `{}=`", spelling(*node.op))) : value(node.value);
  auto &numbers = local_numbers_[body_index_];
  auto found = numbers.find(local.name);
  if (node.op) {
    Type target = local_target(node, local);
    if (found == numbers.end() || target.kind == Kind::string) return;
    settle_literal(node.value, target);
  }
  if (found == numbers.end()) {
    // In the last walk a variable without a type follows from a mistake that has been told.
    if (type.kind == Kind::unknown && !final_) return;
    found = numbers.emplace(local.name, LocalNumber(body_->locals.size())).first;
    body_->locals.push_back(type);
    changed_ = true;
  }
  Type &known = body_->locals[static_cast<uint32_t>(found->second)];
  std::optional<Type> joined = join_types(known, type);
  if (!joined) {
    out_->error(at(node.value).span, "`${}` holds {}, but {} is assigned here", brief(local.name), an(known), an(type))
        .help("give the {} a variable of its own", describe(type));
    return;
  }
  if (*joined != known) changed_ = true;
  known = *joined;
  Type shown = known;
  shown.is_literal = false;
  set(node.target, shown, UseLocal{found->second});
}

/// The variable of `$x op= ...`, which must be a number already.
Type Checker::local_target(const Assign &node, const LocalRef &local) {
  Type type = expression(node.target);
  if (type.kind == Kind::string)
    out_->error(at(node.target).span, "`${}` holds a string, and `{}=` needs a number", brief(local.name),
                spelling(*node.op));
  return type;
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
  if (node.op && !state.aggregation && state.value.kind == Kind::string) {
    out_->error(at(node.target).span, "`{}` holds a string, and `{}=` needs a number", state.shown, spelling(*node.op))
        .label(*state.assigned, "a string is assigned here");
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

void Checker::linear_range(MapState &map, const Call &call) {
  std::vector<int64_t> numbers;
  for (size_t i = 1; i < call.arguments.size(); i++) {
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
    out_->error(at(call.arguments.back()).span, "the step {} is not above 0", step);
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
    out_->error(join(at(call.arguments[1]).span, at(call.arguments.back()).span),
                "`{}` has buckets from {} to {} by {} here, but from {} to {} by {} elsewhere", map.shown, low, high,
                step, map.low, map.high, map.step)
        .label(map.aggregation_span, "first used here")
        .help("give each histogram a map of its own name");
    return;
  }
  map.low = low, map.high = high, map.step = step;
}

}  // namespace awl
