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
        if (is_memory(type_of(node.expr).kind))
          memory_at(node.expr);
        else
          number(node.expr);
      },
      [&](const Assign &node) { assign(node, stmt.span); },
      [&](const Block &node) {
        for (StmtId child : node.statements) statement(child);
      },
      [&](const If &node) { if_statement(node); }, [&](const Return &node) { return_statement(node); },
      [&](const Let &node) {
        LocalNumber local = body_->locals_of.at(static_cast<uint32_t>(id))[0];
        const Type &type = body_->locals[static_cast<uint32_t>(local)];
        if (node.value) return assign_local(local, *node.value);
        zero(local_place(local), std::max(8u, whole_words(type.size)));  // anew in each round of a loop
      },
      [&](const While &node) { while_loop(node, stmt.span); },
      [&](const ForRange &node) { for_range(id, node, stmt.span); },
      [&](const ForMap &node) { for_map(id, node, stmt.span); }, [&](const Unroll &node) { unroll(node); },
      [&](const Break &) { jump(jumps_.back().stop); }, [&](const Continue &) { jump(jumps_.back().again); });
}

void Emitter::call_statement(ExprId id, const Call &node) {
  const Builtin &row = *node.callee.builtin;
  switch (row.special) {
    case Special::plain:
      if (is_memory(type_of(id).kind)) {
        memory_at(id);
      } else if (row.form == Form::value || row.form == Form::function) {
        number(id);
      } else if (!row.symbol.empty()) {
        call(row.symbol, library_arguments(row, node.arguments));
      }
      return;
    case Special::static_assertion:
    case Special::failure:
      return;
    case Special::kernel_log:
      return kernel_log(id, node);
    case Special::send_signal:
    case Special::compare_bytes:
      call(row.symbol, library_arguments(row, node.arguments));
      return;
    case Special::caller:
    case Special::kernel_address:
    case Special::processor_register:
      number(id);
      return;
    case Special::choice:
    case Special::find:
    case Special::capacity:
    case Special::question:
    case Special::address_space:
    case Special::loaded_word:
    case Special::user_address:
    case Special::per_cpu_address:
    case Special::socket_cookie:
    case Special::same_number:
    case Special::byte_swap:
    case Special::hardware_address:
    case Special::timestamp:
    case Special::has_key:
    case Special::length:
      number(id);
      return;
    case Special::probe_type:
    case Special::parse_address:
    case Special::path:
    case Special::network_address:
    case Special::buffer:
    case Special::concatenate:
      memory_at(id);
      return;
    case Special::join:
      return join(id, node);
    case Special::assertion:
      return assertion(id, node);
    case Special::probe_name:
    case Special::function_name:
      return;
    case Special::stack:
    case Special::str:
      memory_at(id);
      return;
    case Special::delete_entry:
      if (std::holds_alternative<UseEvent>(use_of(id))) return event_call(id, node);
      return map_delete(node);
    case Special::error_message:
    case Special::warning_message:
    case Special::cat:
    case Special::system:
    case Special::printf:
    case Special::print:
    case Special::clear:
    case Special::printa:
    case Special::normalize:
    case Special::denormalize:
    case Special::truncate:
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
  if (!node.op) return assign_local(local, node.value);
  Value *place = local_place(local);
  Value *value = number(node.value);
  Value *before = builder_.CreateLoad(builder_.getInt64Ty(), place);
  Value *after = arithmetic(*node.op, before, value, either_signed, with_sign, span);
  builder_.CreateStore(narrowed(after, type_of(node.target)), place);
}

/// A variable of a narrow type holds no more than that; words stay as they are.
llvm::Value *Emitter::narrowed(Value *value, const Type &type) {
  if (type.kind != Kind::integer || type.width >= 8) return value;
  Value *cut = builder_.CreateTrunc(value, builder_.getIntNTy(8u * type.width));
  return type.is_signed ? builder_.CreateSExt(cut, builder_.getInt64Ty())
                        : builder_.CreateZExt(cut, builder_.getInt64Ty());
}

void Emitter::assign_local(LocalNumber local, ExprId value) {
  const Type &type = body_->locals[static_cast<uint32_t>(local)];
  if (!is_memory(type.kind)) {
    Value *fresh = narrowed(number(value), type);
    builder_.CreateStore(fresh, local_place(local));
    return;
  }
  // The new value may be made of the old one; the temporary is what makes $x = cond ? $x : "..." right.
  Value *fresh = memory_at(value);
  convert(fresh, type_of(value), local_place(local), type, true);
}

void Emitter::if_statement(const If &node) {
  if (std::optional<bool> only = decided(node.condition)) {
    if (*only) return statement(node.then);
    if (node.otherwise) statement(*node.otherwise);
    return;
  }
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
