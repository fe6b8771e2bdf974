// SPDX-License-Identifier: GPL-2.0-only
// Loops, jumps, and blocks that have a value.
#include "lang/check.h"
#include "src/base/check.h"

namespace awl {
namespace {

constexpr uint64_t most_unrolled = 100;

/// Places of variables that a statement brings along, two for each; expressions have even numbers (check_local.cc).
uint64_t place_of(StmtId id, uint64_t which) { return static_cast<uint64_t>(id) << 1 | 1 | which << 40; }

}  // namespace

void Checker::while_loop(const While &node) {
  body_->has_loops = true;
  condition(node.condition);
  loop_depth_++;
  statement(node.body);
  loop_depth_--;
}

void Checker::for_range(StmtId id, const ForRange &node) {
  body_->has_loops = true;
  Type first = number(node.first, "the start of a loop");
  Type end = number(node.end, "the end of a loop");
  settle_literals(node.first, node.end);
  std::optional<Type> joined = join_types(first, end);
  Type type = integer_type(8, !joined || joined->is_signed || joined->is_literal);
  LocalNumber variable = local_at(place_of(id, 0), type), start = local_at(place_of(id, 1), type);
  body_->locals[static_cast<uint32_t>(variable)] = type;
  body_->locals_of[static_cast<uint32_t>(id)] = {variable, start};
  open_scope();
  declare(node.local, variable);
  loop_depth_++;
  statement(node.body);
  loop_depth_--;
  close_scope();
}

void Checker::for_map(StmtId id, const ForMap &node) {
  body_->has_loops = true;
  const auto *map = std::get_if<MapRef>(&at(node.map).node);
  AWL_CHECK(map);
  map_reference(node.map, *map, true);
  MapState &state = map_state(*map);
  if (!state.keyed) {
    out_->error(at(node.map).span, "`{}` has no keys to go through", state.shown)
        .label(state.first_use, "used without a key here");
    return;
  }
  std::vector<Type> keys = state.key;
  for (Type &key : keys) key.is_literal = false;
  Type value = read_type(state, at(node.map).span);
  Type pair = tuple_type({keys.size() == 1 ? keys[0] : tuple_type(keys), value});
  LocalNumber variable = local_at(place_of(id, 0), pair);
  if (body_->locals[static_cast<uint32_t>(variable)] != pair) {
    body_->locals[static_cast<uint32_t>(variable)] = pair;
    changed_ = true;
  }
  body_->locals_of[static_cast<uint32_t>(id)] = {variable};
  open_scope();
  declare(node.local, variable);
  loop_depth_++;
  statement(node.body);
  loop_depth_--;
  close_scope();
}

void Checker::unroll(const Unroll &node) {
  number(node.count, "the number of rounds");
  auto known = constant_of(node.count);
  if (!known || *known < 1 || *known > most_unrolled)
    out_->error(at(node.count).span, "`unroll` takes a number from 1 to {} that is known before the script runs",
                most_unrolled)
        .help("a loop whose rounds are known only when it runs is `for ($i : 0..n) {{ }}`");
  loop_depth_++;
  statement(node.body);
  loop_depth_--;
}

void Checker::jump(StmtId id, const char *word) {
  if (loop_depth_ == 0)
    out_->error((*ast_)[id].span, "`{}` stands outside of any loop", word)
        .help("`return` ends the run of the probe");
}

/// In a probe a value given back is allowed and means nothing; in a function of the script it is the result.
void Checker::return_statement(const Return &node) {
  if (inline_results_.empty()) {
    if (node.value) number(*node.value, "what a probe returns");
    return;
  }
  if (node.value) widen_local(inline_results_.back(), value(*node.value), *node.value, "the result");
}

std::optional<bool> Checker::decided(ExprId condition) const {
  if (!std::holds_alternative<Comptime>(at(condition).node)) return std::nullopt;
  auto known = constant_of(condition);
  return known ? std::optional(*known != 0) : std::nullopt;
}

Type Checker::if_value(ExprId id, const IfExpr &node) {
  condition(node.condition);
  std::optional<bool> only = decided(node.condition);
  Type first = only == false ? simple_type(Kind::unknown) : expression(node.yes);
  Type second = simple_type(Kind::unknown);
  if (node.no && only != true) second = expression(*node.no);
  if (!node.no) return set(id, none_type);
  if (only) return set(id, *only ? first : second);
  if (first.kind == Kind::none || second.kind == Kind::none) return set(id, none_type);
  std::optional<Type> joined = join_types(first, second);
  if (!joined) {
    out_->error(at(id).span, "both results of `if` must be of one type")
        .label(at(node.yes).span, "{}", an(first))
        .label(at(*node.no).span, "{}", an(second));
    return set(id, first);
  }
  joined->is_literal = false;
  return set(id, *joined);
}

Type Checker::block_value(ExprId id, const BlockExpr &node) {
  open_scope();
  for (StmtId child : node.statements) statement(child);
  Type type = node.result ? expression(*node.result) : none_type;
  close_scope();
  return set(id, type);
}

Type Checker::inline_call(ExprId id, const InlineCall &node) {
  Type type = named_type(node.result);
  bool has_result = type.kind != Kind::none;
  LocalNumber result = local_at(static_cast<uint64_t>(id) << 1, has_result ? type : s64_type);
  inline_results_.push_back(result);
  int depth = loop_depth_;
  loop_depth_ = 0;
  statement(node.body);
  loop_depth_ = depth;
  inline_results_.pop_back();
  if (!has_result) return set(id, none_type, UseLocal{result});
  return set(id, body_->locals[static_cast<uint32_t>(result)], UseLocal{result});
}

}  // namespace awl
