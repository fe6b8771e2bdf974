// SPDX-License-Identifier: GPL-2.0-only
// Statements.
#include "lang/codegen/emitter.h"
#include "src/base/check.h"

namespace awl {

void Emitter::statement(StmtId id) {
  const Stmt &stmt = program_.ast->operator[](id);
  library_.set_place(builder_, function_, stmt.span);
  match(
      stmt.node,
      [&](const ExprStatement &node) {
        const Expr &expr = program_.ast->operator[](node.expr);
        if (const auto *call_node = std::get_if<Call>(&expr.node)) return call_statement(node.expr, *call_node);
        if (type_of(node.expr).kind == Kind::string)
          string_at(node.expr);
        else
          number(node.expr);
      },
      [&](const Assign &node) { assign(node, stmt.span); },
      [&](const Block &node) {
        for (StmtId child : node.statements) statement(child);
      },
      [&](const If &node) { if_statement(node); }, [&](const Return &) { leave(); },
      [&](const auto &) { AWL_CHECK(!"the grammar has it before the checker"); });
}

/// What follows can not be reached; the optimiser removes it.
void Emitter::leave() {
  builder_.CreateBr(exit_);
  builder_.SetInsertPoint(new_block("unreached"));
}

void Emitter::call_statement(ExprId id, const Call &node) {
  const Builtin &row = *node.callee.builtin;
  switch (row.special) {
    case Special::plain:
      if (row.form == Form::value) number(id);
      return;
    case Special::probe_name:
    case Special::function_name:
      return;
    case Special::str:
      string_at(id);
      return;
    case Special::delete_entry:
      if (std::holds_alternative<UseEvent>(use_of(id))) return event_call(id, node);
      return map_delete(node);
    case Special::printf:
    case Special::print:
    case Special::clear:
    case Special::zero:
    case Special::time:
      return event_call(id, node);
    case Special::exit:
      event_call(id, node);
      return leave();
  }
}

void Emitter::assign(const Assign &node, Span span) {
  const Expr &target = program_.ast->operator[](node.target);
  bool with_sign = type_of(node.target).is_signed;
  bool either_signed = with_sign || type_of(node.value).is_signed;
  if (const auto *map = std::get_if<MapRef>(&target.node)) {
    MapNumber number_of_map = std::get<UseMap>(use_of(node.target)).map;
    if (node.op) {
      Value *operand = number(node.value);
      map_update(*map, number_of_map, *node.op, operand, either_signed, span);
      return;
    }
    const auto *call_node = std::get_if<Call>(&program_.ast->operator[](node.value).node);
    if (call_node && call_node->callee.builtin && call_node->callee.builtin->form == Form::aggregation)
      return map_aggregate(*map, number_of_map, *call_node);
    return map_assign(*map, number_of_map, node.value);
  }
  LocalNumber local = std::get<UseLocal>(use_of(node.target)).local;
  Value *place = locals_[static_cast<uint32_t>(local)];
  const Type &type = body_->locals[static_cast<uint32_t>(local)];
  if (type.kind == Kind::string) {
    // The new value may be made of the old one; the temporary is what makes $x = cond ? $x : "..." right.
    Value *fresh = string_at(node.value);
    uint32_t own = type_of(node.value).size;
    if (own < type.size) zero(place, type.size);
    copy(place, fresh, std::min(own, type.size));
    return;
  }
  Value *value = number(node.value);
  if (node.op) {
    Value *before = builder_.CreateLoad(builder_.getInt64Ty(), place);
    value = arithmetic(*node.op, before, value, either_signed, with_sign, span);
  }
  builder_.CreateStore(value, place);
}

void Emitter::if_statement(const If &node) {
  BasicBlock *then = new_block("then"), *done = new_block("endif");
  BasicBlock *otherwise = node.otherwise ? new_block("else") : done;
  builder_.CreateCondBr(condition(node.condition), then, otherwise);
  auto arm = [&](BasicBlock *block, StmtId body) {
    builder_.SetInsertPoint(block);
    Branch branch(*this);
    statement(body);
    builder_.CreateBr(done);
  };
  arm(then, node.then);
  if (node.otherwise) arm(otherwise, *node.otherwise);
  builder_.SetInsertPoint(done);
}

}  // namespace awl
