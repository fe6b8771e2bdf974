// SPDX-License-Identifier: GPL-2.0-only
// Expressions. Arithmetic is done in 64 bits, signed if either side is; nothing is narrowed.
#include <bit>

#include "lang/codegen/emitter.h"
#include "src/base/check.h"

namespace awl {
namespace {

bool is_signed(const Type &type) { return type.kind == Kind::integer && type.is_signed; }

/// Raw tracepoints and fentry programs find each argument in a slot of 8 bytes; records of tracepoints hold fields of
/// their own size.
bool context_has_slots(const TargetGroup &group) { return group.section != "tp" && group.section.rfind("tp/", 0) != 0; }

}  // namespace

llvm::Value *Emitter::number(ExprId id) {
  const Expr &expr = program_.ast->operator[](id);
  library_.set_place(builder_, function_, expr.span);
  if (const auto *known = std::get_if<UseConstant>(&use_of(id))) return constant(known->value);
  return match(
      expr.node, [&](const IntegerLiteral &node) -> Value * { return constant(node.value); },
      [&](const StringLiteral &) -> Value * { AWL_CHECK(!"a string is not a number"); },
      [&](const NameRef &node) -> Value * { return name_number(id, node); },
      [&](const LocalRef &) -> Value * {
        return builder_.CreateLoad(builder_.getInt64Ty(),
                                   locals_[static_cast<uint32_t>(std::get<UseLocal>(use_of(id)).local)]);
      },
      [&](const MapRef &node) -> Value * { return map_number(id, node); },
      [&](const PositionalRef &) -> Value * { AWL_CHECK(!"parameters are constants"); },
      [&](const PositionalCount &) -> Value * { AWL_CHECK(!"parameters are constants"); },
      [&](const Call &node) -> Value * { return builtin_number(*node.callee.builtin); },
      [&](const MemberRef &) -> Value * { return field_number(std::get<UseField>(use_of(id)).index); },
      [&](const Unary &node) -> Value * {
        switch (node.op) {
          case UnaryOp::negate:
            return builder_.CreateNeg(number(node.operand));
          case UnaryOp::bit_not:
            return builder_.CreateNot(number(node.operand));
          case UnaryOp::dereference:
          case UnaryOp::address_of:
            break;
          case UnaryOp::logical_not:
            return builder_.CreateZExt(builder_.CreateNot(condition(node.operand)), builder_.getInt64Ty());
        }
        AWL_CHECK(!"every operator has a case");
      },
      [&](const auto &) -> Value * { AWL_CHECK(!"the grammar has it before the checker"); },
      [&](const Binary &node) -> Value * { return binary(id, node); },
      [&](const Ternary &node) -> Value * { return ternary(id, node); },
      [&](const Step &node) -> Value * { return step(id, node); });
}

llvm::Value *Emitter::condition(ExprId id) {
  const Expr &expr = program_.ast->operator[](id);
  library_.set_place(builder_, function_, expr.span);
  if (const auto *node = std::get_if<Binary>(&expr.node)) {
    if (node->op >= BinaryOp::equal && node->op <= BinaryOp::greater_equal) return compare(*node);
    if (node->op == BinaryOp::logical_and || node->op == BinaryOp::logical_or) return logical(*node);
  }
  if (const auto *node = std::get_if<Unary>(&expr.node); node && node->op == UnaryOp::logical_not)
    return builder_.CreateNot(condition(node->operand));
  return builder_.CreateIsNotNull(number(id));
}

llvm::Value *Emitter::name_number(ExprId id, const NameRef &name) {
  if (const auto *field = std::get_if<UseField>(&use_of(id))) return field_number(field->index);
  return builtin_number(*name.name.builtin);
}

llvm::Value *Emitter::builtin_number(const Builtin &row) {
  if (row.special == Special::probe_name || row.special == Special::function_name) return probe_number();
  if (!row.pure) return call(row.symbol, {});
  Value *&known = known_.numbers[&row];
  if (!known) known = call(row.symbol, {});
  return known;
}

/// The number of the target that fired, in Manifest::probes.
llvm::Value *Emitter::probe_number() {
  const TargetGroup &group = body_->group;
  Value *index = constant(0);
  if (group.identify == Identify::cookie) index = call("awl_cookie", {context_});
  if (group.identify == Identify::library) {
    std::vector<Value *> arguments{context_};
    for (uint64_t immediate : group.identify_call.immediates) arguments.push_back(constant(immediate));
    if (table_) arguments.insert(arguments.end(), {table_, constant(group.table.size())});
    index = call(group.identify_call.symbol, arguments);
  }
  return builder_.CreateAdd(index, constant(body_->first_probe));
}

llvm::Value *Emitter::field_number(uint32_t index) {
  Value *&known = known_.fields[index];
  if (known) return known;
  const Field &field = body_->group.fields[index];
  llvm::Type *narrow = builder_.getIntNTy(field.type.width * 8u);
  Value *raw = match(
      field.access,
      [&](const ContextLoad &access) -> Value * {
        llvm::Type *loaded = context_has_slots(body_->group) ? builder_.getInt64Ty() : narrow;
        llvm::LoadInst *load = builder_.CreateLoad(loaded, offset(context_, access.offset));
        // The verifier wants the access as it is written here, not merged with a neighbour or cut in two.
        load->setVolatile(true);
        return load;
      },
      [&](const LibraryCall &access) -> Value * {
        std::vector<Value *> arguments{context_};
        for (uint64_t immediate : access.immediates) arguments.push_back(constant(immediate));
        return call(access.symbol, arguments);
      },
      [&](const ContextBytes &) -> Value * { AWL_CHECK(!"bytes are read as strings"); },
      [&](const ContextDataLocation &) -> Value * { AWL_CHECK(!"located data is read as a string"); });
  raw = builder_.CreateTrunc(raw, narrow);
  known = field.type.is_signed ? builder_.CreateSExt(raw, builder_.getInt64Ty())
                               : builder_.CreateZExt(raw, builder_.getInt64Ty());
  return known;
}

llvm::Value *Emitter::binary(ExprId id, const Binary &node) {
  if (node.op >= BinaryOp::equal) return builder_.CreateZExt(condition(id), builder_.getInt64Ty());
  Value *lhs = number(node.lhs);
  Value *rhs = number(node.rhs);
  library_.set_place(builder_, function_, node.op_span);
  return arithmetic(node.op, lhs, rhs, is_signed(type_of(node.lhs)) || is_signed(type_of(node.rhs)),
                    is_signed(type_of(node.lhs)), program_.ast->operator[](id).span);
}

llvm::Value *Emitter::arithmetic(BinaryOp op, Value *lhs, Value *rhs, bool signed_operands, bool left_signed,
                                 Span span) {
  switch (op) {
    case BinaryOp::add:
      return builder_.CreateAdd(lhs, rhs);
    case BinaryOp::subtract:
      return builder_.CreateSub(lhs, rhs);
    case BinaryOp::multiply:
      return builder_.CreateMul(lhs, rhs);
    case BinaryOp::divide:
    case BinaryOp::modulo:
      return divide(op, lhs, rhs, signed_operands, span);
    // Only the low six bits of a shift's distance count, as in the processor.
    case BinaryOp::shift_left:
      return builder_.CreateShl(lhs, builder_.CreateAnd(rhs, constant(63)));
    case BinaryOp::shift_right: {
      Value *distance = builder_.CreateAnd(rhs, constant(63));
      return left_signed ? builder_.CreateAShr(lhs, distance) : builder_.CreateLShr(lhs, distance);
    }
    case BinaryOp::bit_and:
      return builder_.CreateAnd(lhs, rhs);
    case BinaryOp::bit_or:
      return builder_.CreateOr(lhs, rhs);
    case BinaryOp::bit_xor:
      return builder_.CreateXor(lhs, rhs);
    case BinaryOp::equal:
    case BinaryOp::not_equal:
    case BinaryOp::less:
    case BinaryOp::less_equal:
    case BinaryOp::greater:
    case BinaryOp::greater_equal:
    case BinaryOp::logical_and:
    case BinaryOp::logical_or:
      break;
  }
  AWL_CHECK(!"comparisons are conditions");
}

/// A divisor of zero gives 0 and is counted with its place.
llvm::Value *Emitter::divide(BinaryOp op, Value *lhs, Value *rhs, bool signed_operands, Span span) {
  bool modulo = op == BinaryOp::modulo;
  if (!llvm::isa<llvm::ConstantInt>(rhs) || llvm::cast<llvm::ConstantInt>(rhs)->isZero()) {
    BasicBlock *fault = new_block("fault"), *on = new_block("divide");
    builder_.CreateCondBr(builder_.CreateIsNull(rhs), fault, on);
    builder_.SetInsertPoint(fault);
    call("awl_fault", {fault_counter(span, modulo ? "remainder of a division by zero; 0 was used as the result"
                                                  : "division by zero; 0 was used as the result")});
    builder_.CreateBr(on);
    builder_.SetInsertPoint(on);
  }
  const char *symbol = modulo ? (signed_operands ? "awl_modulo_signed" : "awl_modulo_unsigned")
                              : (signed_operands ? "awl_divide_signed" : "awl_divide_unsigned");
  return call(symbol, {lhs, rhs});
}

llvm::Value *Emitter::compare(const Binary &node) {
  if (type_of(node.lhs).kind == Kind::string) {
    Value *equal = strings_equal(node.lhs, node.rhs);
    return node.op == BinaryOp::equal ? equal : builder_.CreateNot(equal);
  }
  Value *lhs = number(node.lhs);
  Value *rhs = number(node.rhs);
  bool with_sign = is_signed(type_of(node.lhs)) || is_signed(type_of(node.rhs));
  using P = llvm::CmpInst::Predicate;
  switch (node.op) {
    case BinaryOp::equal:
      return builder_.CreateICmpEQ(lhs, rhs);
    case BinaryOp::not_equal:
      return builder_.CreateICmpNE(lhs, rhs);
    case BinaryOp::less:
      return builder_.CreateICmp(with_sign ? P::ICMP_SLT : P::ICMP_ULT, lhs, rhs);
    case BinaryOp::less_equal:
      return builder_.CreateICmp(with_sign ? P::ICMP_SLE : P::ICMP_ULE, lhs, rhs);
    case BinaryOp::greater:
      return builder_.CreateICmp(with_sign ? P::ICMP_SGT : P::ICMP_UGT, lhs, rhs);
    default:
      return builder_.CreateICmp(with_sign ? P::ICMP_SGE : P::ICMP_UGE, lhs, rhs);
  }
}

llvm::Value *Emitter::strings_equal(ExprId lhs, ExprId rhs) {
  const auto *left = std::get_if<UseText>(&use_of(lhs));
  const auto *right = std::get_if<UseText>(&use_of(rhs));
  if (left && right) return builder_.getInt1(left->text == right->text);
  if (left) return equals_text(string_at(rhs), type_of(rhs).size, left->text);
  if (right) return equals_text(string_at(lhs), type_of(lhs).size, right->text);
  Value *a = string_at(lhs);
  Value *b = string_at(rhs);
  return builder_.CreateIsNotNull(
      call("awl_str_equal", {a, b, constant(std::min(type_of(lhs).size, type_of(rhs).size))}));
}

/// Eight bytes at a time, the NUL included; differences are collected, so that there is one branch at the end.
llvm::Value *Emitter::equals_text(Value *buffer, uint32_t size, std::string_view text) {
  if (text.size() + 1 > size) return builder_.getFalse();
  uint32_t bytes = static_cast<uint32_t>(text.size()) + 1;
  Value *difference = constant(0);
  for (uint32_t at = 0; at < bytes; at += 8) {
    uint64_t word = 0;
    uint32_t here = std::min(8u, bytes - at);
    for (uint32_t i = 0; i < here && at + i < text.size(); i++)
      word |= static_cast<uint64_t>(static_cast<unsigned char>(text[at + i])) << (8 * i);
    Value *loaded = builder_.CreateAlignedLoad(builder_.getInt64Ty(), offset(buffer, at), llvm::Align(8));
    uint64_t mask = here == 8 ? ~0ull : (1ull << (8 * here)) - 1;
    Value *wrong = builder_.CreateAnd(builder_.CreateXor(loaded, constant(word)), constant(mask));
    difference = builder_.CreateOr(difference, wrong);
  }
  return builder_.CreateIsNull(difference);
}

/// && and || evaluate their right side only when it matters.
llvm::Value *Emitter::logical(const Binary &node) {
  bool conjunction = node.op == BinaryOp::logical_and;
  Value *lhs = condition(node.lhs);
  BasicBlock *from = builder_.GetInsertBlock(), *more = new_block("more"), *done = new_block("done");
  builder_.CreateCondBr(lhs, conjunction ? more : done, conjunction ? done : more);
  builder_.SetInsertPoint(more);
  Value *rhs;
  {
    Branch branch(*this);
    rhs = condition(node.rhs);
  }
  BasicBlock *last = builder_.GetInsertBlock();
  builder_.CreateBr(done);
  builder_.SetInsertPoint(done);
  llvm::PHINode *result = builder_.CreatePHI(builder_.getInt1Ty(), 2);
  result->addIncoming(builder_.getInt1(!conjunction), from);
  result->addIncoming(rhs, last);
  return result;
}

llvm::Value *Emitter::ternary(ExprId, const Ternary &node) {
  // c ?: b evaluates c once.
  Value *value = node.yes ? nullptr : number(node.condition);
  Value *holds = node.yes ? condition(node.condition) : builder_.CreateIsNotNull(value);
  BasicBlock *yes = new_block("yes"), *no = new_block("no"), *done = new_block("done");
  builder_.CreateCondBr(holds, yes, no);
  auto arm = [&](BasicBlock *block, ExprId id) {
    builder_.SetInsertPoint(block);
    Branch branch(*this);
    Value *result = number(id);
    BasicBlock *end = builder_.GetInsertBlock();
    builder_.CreateBr(done);
    return std::pair{result, end};
  };
  std::pair<Value *, BasicBlock *> first{value, yes};
  if (node.yes) {
    first = arm(yes, *node.yes);
  } else {
    builder_.SetInsertPoint(yes);
    builder_.CreateBr(done);
  }
  auto second = arm(no, node.no);
  builder_.SetInsertPoint(done);
  llvm::PHINode *result = builder_.CreatePHI(builder_.getInt64Ty(), 2);
  result->addIncoming(first.first, first.second);
  result->addIncoming(second.first, second.second);
  return result;
}

llvm::Value *Emitter::step(ExprId id, const Step &node) {
  const Expr &target = program_.ast->operator[](node.target);
  BinaryOp op = node.increment ? BinaryOp::add : BinaryOp::subtract;
  if (const auto *map = std::get_if<MapRef>(&target.node)) {
    Value *before = map_update(*map, std::get<UseMap>(use_of(node.target)).map, op, constant(1),
                               is_signed(type_of(node.target)), program_.ast->operator[](id).span);
    return node.prefix ? arithmetic(op, before, constant(1), false, false, target.span) : before;
  }
  Value *place = locals_[static_cast<uint32_t>(std::get<UseLocal>(use_of(node.target)).local)];
  Value *before = builder_.CreateLoad(builder_.getInt64Ty(), place);
  Value *after = arithmetic(op, before, constant(1), false, false, target.span);
  builder_.CreateStore(after, place);
  return node.prefix ? after : before;
}

}  // namespace awl
