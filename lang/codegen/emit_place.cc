// SPDX-License-Identifier: GPL-2.0-only
// Places: where the members, elements and targets of pointers lie that an expression names, and reading what is there.
// A place in the script's own memory is a pointer; one in the kernel or in a program is a number that a helper reads
// from.
#include "lang/codegen/emitter.h"
#include "src/base/check.h"

namespace awl {

Emitter::Value *Emitter::as_number(Value *pointer) {
  return pointer->getType()->isPointerTy() ? builder_.CreatePtrToInt(pointer, builder_.getInt64Ty()) : pointer;
}

Emitter::Place Emitter::moved(const Place &place, Value *bytes) {
  if (place.space != AddressSpace::none) return {builder_.CreateAdd(place.address, bytes), place.space};
  return {builder_.CreateGEP(builder_.getInt8Ty(), place.address, bytes), place.space};
}

/// Where a pointer's value leads.
Emitter::Place Emitter::target_of(ExprId pointer) {
  AddressSpace space = type_of(pointer).space;
  return {number(pointer), space == AddressSpace::none ? AddressSpace::any : space};
}

bool Emitter::is_place(ExprId id) const {
  const Use &use = use_of(id);
  if (std::holds_alternative<UseMember>(use)) return true;
  if (std::holds_alternative<UseField>(use)) return type_of(id).kind == Kind::structure;
  const auto &node = program_.ast->operator[](id).node;
  const auto *unary = std::get_if<Unary>(&node);
  return std::holds_alternative<Index>(node) || (unary && unary->op == UnaryOp::dereference);
}

Emitter::Place Emitter::place_of(ExprId id) {
  const Expr &expr = program_.ast->operator[](id);
  library_.set_place(builder_, function_, expr.span);
  if (const auto *member = std::get_if<UseMember>(&use_of(id))) {
    ExprId object = object_of(expr);
    Place whole = member->pointer ? target_of(object) : place_of(object);
    return moved(whole, constant(member->offset));
  }
  if (const auto *field = std::get_if<UseField>(&use_of(id)); field && is_place(id)) return field_place(field->index);
  if (const auto *index = std::get_if<Index>(&expr.node)) return element_place(id, *index);
  if (const auto *unary = std::get_if<Unary>(&expr.node); unary && unary->op == UnaryOp::dereference)
    return target_of(unary->operand);
  return {memory_at(id), AddressSpace::none};
}

/// A structure that a probe brings: where it lies in the program, or the registers that hold it put together.
Emitter::Place Emitter::field_place(uint32_t index) {
  const Field &field = body_->group.fields[index];
  const auto *words = std::get_if<ContextWords>(&field.access);
  if (!words) return {field_number(index), field.type.space};
  Value *whole = temporary(whole_words(field.type.size));
  for (uint32_t i = 0; i < words->offsets.size(); i++) {
    llvm::LoadInst *word = builder_.CreateLoad(builder_.getInt64Ty(), offset(context_, words->offsets[i]));
    word->setVolatile(true);
    builder_.CreateAlignedStore(word, offset(whole, 8 * i), llvm::Align(8));
  }
  return {whole, AddressSpace::none};
}

ExprId Emitter::object_of(const Expr &expr) {
  if (const auto *member = std::get_if<MemberRef>(&expr.node)) return member->object;
  if (const auto *element = std::get_if<ElementRef>(&expr.node)) return element->object;
  return std::get<Index>(expr.node).object;
}

/// An index that only the run knows may be out of bounds: then it is element 0 that is read, and a fault is counted.
Emitter::Place Emitter::element_place(ExprId id, const Index &node) {
  uint64_t stride = std::get<UseElements>(use_of(id)).stride;
  const Type &object = type_of(node.object);
  Place first = object.kind == Kind::pointer ? target_of(node.object) : place_of(node.object);
  Value *index = number(node.index);
  uint64_t count = object.kind == Kind::array ? array_count(object) : object.kind == Kind::string ? object.size : 0;
  bool known = std::holds_alternative<UseConstant>(use_of(node.index));
  if (count > 0 && !known) {
    Value *inside = builder_.CreateICmpULT(index, constant(count));
    BasicBlock *fault = new_block("outside"), *on = new_block("element");
    BasicBlock *from = builder_.GetInsertBlock();
    builder_.CreateCondBr(inside, on, fault);
    builder_.SetInsertPoint(fault);
    call("awl_fault", {fault_counter(span_of(id),
                                     fmt::format("index outside of {} elements; element 0 was used", count))});
    builder_.CreateBr(on);
    builder_.SetInsertPoint(on);
    llvm::PHINode *safe = builder_.CreatePHI(builder_.getInt64Ty(), 2);
    safe->addIncoming(index, from);
    safe->addIncoming(constant(0), fault);
    index = safe;
    // The verifier has to see the bound where the address is made.
    if (first.space == AddressSpace::none) index = call("awl_bounded", {index, constant(count)});
  }
  return moved(first, builder_.CreateMul(index, constant(stride)));
}

/// A number of `type` at a place, in 64 bits.
llvm::Value *Emitter::read_number(const Place &place, const Type &type, unsigned width, Span span) {
  llvm::Type *narrow = builder_.getIntNTy(width * 8u);
  Value *raw = nullptr;
  if (place.space == AddressSpace::none) {
    raw = builder_.CreateAlignedLoad(narrow, place.address, llvm::Align(width));
  } else {
    const char *symbol = place.space == AddressSpace::kernel ? "awl_read_kernel"
                         : place.space == AddressSpace::user ? "awl_read_user"
                                                             : "awl_read_any";
    raw = call(symbol, {place.address, constant(width), read_fault(span)});
    raw = builder_.CreateTrunc(raw, narrow);
  }
  if (width == 8) return raw;
  return type.is_signed ? builder_.CreateSExt(raw, builder_.getInt64Ty())
                        : builder_.CreateZExt(raw, builder_.getInt64Ty());
}

/// The value of an expression that is_place() and no memory kind.
llvm::Value *Emitter::place_number(ExprId id) {
  Span span = span_of(id);
  const Type &type = type_of(id);
  Place place = place_of(id);
  const auto *member = std::get_if<UseMember>(&use_of(id));
  if (member && member->bits) {
    Type word = integer_type(member->word, false);
    Value *raw = read_number(place, word, member->word, span);
    unsigned above = 64u - member->bits - member->shift;
    raw = builder_.CreateShl(raw, constant(above));
    Value *down = constant(64u - member->bits);
    return type.is_signed ? builder_.CreateAShr(raw, down) : builder_.CreateLShr(raw, down);
  }
  return read_number(place, type, number_width(id), span);
}

/// Numbers in tuples take 8 bytes, in C's memory as many as their type has.
unsigned Emitter::number_width(ExprId id) const {
  const Expr &expr = program_.ast->operator[](id);
  const auto *member = std::get_if<UseMember>(&use_of(id));
  if (member && !member->pointer && type_of(object_of(expr)).kind == Kind::tuple) return 8;
  return type_of(id).width;
}

Emitter::Value *Emitter::read_fault(Span span) {
  return fault_counter(span, "reads of memory that is not there; 0 was used");
}

/// The bytes at a place, as they are.
void Emitter::read_bytes(const Place &place, Value *to, uint32_t size, Span span) {
  if (place.space == AddressSpace::none) return copy(to, place.address, size);
  const char *symbol = place.space == AddressSpace::kernel ? "awl_bytes_kernel"
                       : place.space == AddressSpace::user ? "awl_bytes_user"
                                                           : "awl_bytes_any";
  call(symbol, {to, constant(size), place.address, read_fault(span)});
}

/// A string that the program has not used yet may not be in memory, and probes cannot wait for it.
Emitter::Value *Emitter::string_fault(std::optional<Span> span) {
  if (!span) return llvm::ConstantPointerNull::get(builder_.getPtrTy());
  return fault_counter(*span, "strings that are not in memory, or not yet; empty ones were used");
}

void Emitter::read_string(const Place &place, Value *to, uint32_t size, Span span) {
  const char *symbol = place.space == AddressSpace::user  ? "awl_str_user"
                       : place.space == AddressSpace::any ? "awl_str_any"
                                                          : "awl_str_kernel";
  call(symbol, {to, constant(size), as_number(place.address),
                place.space == AddressSpace::none ? string_fault() : string_fault(span)});
}

llvm::Value *Emitter::address_of(const Unary &node) {
  if (is_place(node.operand)) return as_number(place_of(node.operand).address);
  return as_number(local_place(std::get<UseLocal>(use_of(node.operand)).local));
}

}  // namespace awl
