// SPDX-License-Identifier: GPL-2.0-only
// Expressions. Arithmetic is done in 64 bits, signed if either side is; nothing is narrowed.
#include <bit>

#include "lang/check.h"
#include "lang/codegen/emitter.h"
#include "src/base/check.h"

namespace awl {
namespace {

bool is_signed(const Type &type) { return type.kind == Kind::integer && type.is_signed; }

/// Raw tracepoints and fentry programs find each argument in a slot of 8 bytes; records of tracepoints hold fields of
/// their own size.
bool context_has_slots(const TargetGroup &group) { return group.section != "tp" && group.section.rfind("tp/", 0) != 0; }

/// `begin` and `end` are written in capitals, too.
bool name_is(std::string_view name, std::string_view text) {
  return text == name || (text == "BEGIN" && name == "begin") || (text == "END" && name == "end");
}

}  // namespace

llvm::Value *Emitter::number(ExprId id) {
  const Expr &expr = program_.ast->operator[](id);
  library_.set_place(builder_, function_, expr.span);
  if (const auto *known = std::get_if<UseConstant>(&use_of(id))) return constant(known->value);
  if (is_place(id)) return place_number(id);
  auto impossible = [](const auto &) -> Value * { AWL_CHECK(!"constants, places and memory are no numbers here"); };
  return match(
      expr.node, [&](const IntegerLiteral &node) -> Value * { return constant(node.value); },
      [&](const NameRef &node) -> Value * { return name_number(id, node); },
      [&](const LocalRef &) -> Value * {
        return builder_.CreateLoad(builder_.getInt64Ty(), local_place(std::get<UseLocal>(use_of(id)).local));
      },
      [&](const MapRef &node) -> Value * { return map_number(id, node); },
      [&](const Call &node) -> Value * { return call_number(id, node); },
      [&](const MemberRef &) -> Value * { return field_number(std::get<UseField>(use_of(id)).index); },
      [&](const Unary &node) -> Value * {
        switch (node.op) {
          case UnaryOp::negate:
            return builder_.CreateNeg(number(node.operand));
          case UnaryOp::bit_not:
            return builder_.CreateNot(number(node.operand));
          case UnaryOp::address_of:
            return address_of(node);
          case UnaryOp::dereference:
            break;
          case UnaryOp::logical_not:
            return builder_.CreateZExt(builder_.CreateNot(condition(node.operand)), builder_.getInt64Ty());
        }
        AWL_CHECK(!"every operator has a case");
      },
      [&](const Binary &node) -> Value * { return binary(id, node); },
      [&](const Ternary &node) -> Value * { return ternary(id, node); },
      [&](const Step &node) -> Value * { return step(id, node); },
      [&](const Cast &node) -> Value * { return cast(id, node); },
      [&](const IfExpr &node) -> Value * { return if_value(node); },
      [&](const BlockExpr &node) -> Value * {
        for (StmtId child : node.statements) statement(child);
        return node.result ? number(*node.result) : constant(0);
      },
      [&](const InlineCall &node) -> Value * {
        inline_call(id, node);
        return builder_.CreateLoad(builder_.getInt64Ty(), local_place(std::get<UseLocal>(use_of(id)).local));
      },
      [&](const Comptime &node) -> Value * { return number(node.operand); },
      [&](const StringLiteral &n) { return impossible(n); }, [&](const BooleanLiteral &n) { return impossible(n); },
      [&](const PositionalRef &n) { return impossible(n); }, [&](const PositionalCount &n) { return impossible(n); },
      [&](const TupleLiteral &n) { return impossible(n); }, [&](const RecordLiteral &n) { return impossible(n); },
      [&](const Index &n) { return impossible(n); }, [&](const ElementRef &n) { return impossible(n); },
      [&](const SizeOf &n) { return impossible(n); }, [&](const OffsetOf &n) { return impossible(n); },
      [&](const TypeExpr &n) { return impossible(n); });
}

/// A number in the width of another type, or the bytes of a small array as a number.
llvm::Value *Emitter::cast(ExprId id, const Cast &node) {
  const Type &type = type_of(id), &from = type_of(node.operand);
  Value *value = nullptr;
  if (is_memory(from.kind)) {
    Value *word = temporary(8);
    builder_.CreateStore(constant(0), word);
    copy(word, memory_at(node.operand), from.size);
    value = builder_.CreateLoad(builder_.getInt64Ty(), word);
  } else {
    value = number(node.operand);
  }
  if (type.kind == Kind::boolean) return builder_.CreateZExt(builder_.CreateIsNotNull(value), builder_.getInt64Ty());
  if (type.kind != Kind::integer || type.width == 8) return value;
  value = builder_.CreateTrunc(value, builder_.getIntNTy(type.width * 8u));
  return type.is_signed ? builder_.CreateSExt(value, builder_.getInt64Ty())
                        : builder_.CreateZExt(value, builder_.getInt64Ty());
}

std::optional<bool> Emitter::decided(ExprId condition) const {
  const auto *known = std::get_if<UseConstant>(&use_of(condition));
  if (!known || !std::holds_alternative<Comptime>(program_.ast->operator[](condition).node)) return std::nullopt;
  return known->value != 0;
}

llvm::Value *Emitter::number_of_arms(const std::function<Value *()> &yes, const std::function<Value *()> &no,
                                     Value *holds) {
  Value *results[2];
  BasicBlock *ends[2];
  auto arm = [&](int i, const std::function<Value *()> &value) {
    results[i] = value();
    ends[i] = builder_.GetInsertBlock();
  };
  two_arms(holds, [&] { arm(0, yes); }, [&] { arm(1, no); });
  llvm::PHINode *result = builder_.CreatePHI(builder_.getInt64Ty(), 2);
  for (int i = 0; i < 2; i++) result->addIncoming(results[i], ends[i]);
  return result;
}

/// As a statement, or where the value is nothing, an arm may be missing or have no value.
llvm::Value *Emitter::if_value(const IfExpr &node) {
  auto value = [&](std::optional<ExprId> id) -> Value * { return id ? number(*id) : constant(0); };
  if (std::optional<bool> only = decided(node.condition)) return value(*only ? node.yes : node.no);
  return number_of_arms([&] { return value(node.yes); }, [&] { return value(node.no); }, condition(node.condition));
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
  if (row.special == Special::caller) return caller();
  if (row.special == Special::loaded_word) return loaded_word(row.loaded, "", body_->block->span);
  if (!row.pure) return call(row.symbol, library_arguments(row, {}));
  Value *&known = known_.numbers[&row];
  if (!known) known = call(row.symbol, library_arguments(row, {}));
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
      [&](const ContextWords &) -> Value * { AWL_CHECK(!"a structure is a place"); },
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
  if (const auto *elements = std::get_if<UseElements>(&use_of(id))) {
    Value *&moved_by = type_of(node.lhs).kind == Kind::pointer ? rhs : lhs;
    moved_by = builder_.CreateMul(moved_by, constant(elements->stride));
  }
  return arithmetic(node.op, lhs, rhs, is_signed(type_of(node.lhs)) || is_signed(type_of(node.rhs)),
                    is_signed(type_of(node.lhs)), span_of(id));
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
  const auto is_name = [&](ExprId id) { return type_of(id).kind == Kind::probe || type_of(id).kind == Kind::function; };
  if (is_name(node.lhs) || is_name(node.rhs)) {
    Value *equal = name_equals(node.lhs, node.rhs);
    return node.op == BinaryOp::equal ? equal : builder_.CreateNot(equal);
  }
  if (is_memory(type_of(node.lhs).kind)) {
    Value *equal = type_of(node.lhs).kind == Kind::string ? strings_equal(node.lhs, node.rhs)
                                                          : memory_equal(node.lhs, node.rhs);
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

/// Whether the name of a probe or a function, on either side, is the text on the other: whether its number is one of
/// those whose targets are called so.
llvm::Value *Emitter::name_equals(ExprId lhs, ExprId rhs) {
  const auto *left = std::get_if<UseText>(&use_of(lhs));
  const std::string &text = left ? left->text : std::get<UseText>(use_of(rhs)).text;
  const ExprId name = left ? rhs : lhs;
  Value *fired = number(name), *equal = builder_.getFalse();
  for (const CheckedBody &body : program_.bodies)
    for (size_t i = 0; i < body.group.targets.size(); i++) {
      const Target &target = body.group.targets[i];
      if (!name_is(type_of(name).kind == Kind::function ? target.function : target.name, text)) continue;
      equal = builder_.CreateOr(equal, builder_.CreateICmpEQ(fired, constant(body.first_probe + i)));
    }
  return equal;
}

llvm::Value *Emitter::strings_equal(ExprId lhs, ExprId rhs) {
  const auto *left = std::get_if<UseText>(&use_of(lhs));
  const auto *right = std::get_if<UseText>(&use_of(rhs));
  if (left && right) return builder_.getInt1(left->text == right->text);
  if (left) return equals_text(memory_at(rhs), type_of(rhs).size, left->text);
  if (right) return equals_text(memory_at(lhs), type_of(lhs).size, right->text);
  Value *a = memory_at(lhs);
  Value *b = memory_at(rhs);
  return builder_.CreateIsNotNull(
      call("awl_str_equal", {a, b, constant(std::min(type_of(lhs).size, type_of(rhs).size))}));
}

/// Tuples, structures, arrays, buffers: the same bytes, in a layout that has room for both.
llvm::Value *Emitter::memory_equal(ExprId lhs, ExprId rhs) {
  Type both = *join_types(type_of(lhs), type_of(rhs));
  uint32_t size = whole_words(both.size);
  Value *sides[2];
  for (int i = 0; i < 2; i++) {
    sides[i] = temporary(size);
    zero(sides[i], size);
    memory_into(i == 0 ? lhs : rhs, sides[i], both, true);
  }
  return builder_.CreateIsNotNull(call("awl_same_bytes", {sides[0], sides[1], constant(size)}));
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
  return number_of_arms([&] { return node.yes ? number(*node.yes) : value; }, [&] { return number(node.no); }, holds);
}

llvm::Value *Emitter::step(ExprId id, const Step &node) {
  const Expr &target = program_.ast->operator[](node.target);
  BinaryOp op = node.increment ? BinaryOp::add : BinaryOp::subtract;
  if (const auto *map = std::get_if<MapRef>(&target.node)) {
    Value *before = map_update(*map, std::get<UseMap>(use_of(node.target)).map, op, constant(1),
                               is_signed(type_of(node.target)), span_of(id));
    return node.prefix ? arithmetic(op, before, constant(1), false, false, target.span) : before;
  }
  Value *place = local_place(std::get<UseLocal>(use_of(node.target)).local);
  Value *before = builder_.CreateLoad(builder_.getInt64Ty(), place);
  Value *after = arithmetic(op, before, constant(1), false, false, target.span);
  after = narrowed(after, type_of(node.target));
  builder_.CreateStore(after, place);
  return node.prefix ? after : before;
}

}  // namespace awl
