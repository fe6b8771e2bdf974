// SPDX-License-Identifier: GPL-2.0-only
// Calls of functions of the builtins table. A plain one is a call of its function in bpf_lib: numbers are given as
// they are, what lies in memory as a pointer and its size.
#include "lang/codegen/emitter.h"
#include "src/base/check.h"

#include <llvm/IR/Intrinsics.h>

namespace awl {

llvm::Value *Emitter::call_number(ExprId id, const Call &node) {
  const Builtin &row = *node.callee.builtin;
  if (row.special == Special::same_number || row.special == Special::address_space) return number(node.arguments[0]);
  if (row.special == Special::find) return find(node);
  if (row.special == Special::user_address) return user_address(id, node);
  if (row.special == Special::per_cpu_address) return per_cpu_address(id, node);
  if (row.special == Special::socket_cookie) return socket_cookie(node);
  if (row.special == Special::timestamp) return number(node.arguments[1]);
  if (row.special == Special::byte_swap) return byte_swap(node.arguments[0], type_of(id).width);
  if (row.special == Special::hardware_address) return hardware_address(node.arguments[0]);
  if (row.special == Special::has_key) return has_key(node);
  if (row.special == Special::length) return length(id, node);
  if (row.special == Special::kernel_address || row.special == Special::processor_register ||
      (row.special == Special::loaded_word && !node.arguments.empty())) {
    const std::string &name = std::get<UseText>(use_of(node.arguments[0])).text;
    if (row.special == Special::processor_register) return processor_register(name);
    return loaded_word(row.loaded, name, span_of(id));
  }
  if (const auto *use = std::get_if<UseSymbol>(&use_of(id)); use && use->symbol != row.symbol)
    return call(use->symbol, {});
  if (row.form == Form::value && (node.arguments.empty() || row.special == Special::choice)) return builtin_number(row);
  return call(row.symbol, library_arguments(row, node.arguments));
}

llvm::Value *Emitter::byte_swap(ExprId operand, unsigned width) {
  if (width == 1) return number(operand);
  llvm::Type *narrow = builder_.getIntNTy(width * 8);
  Value *turned = builder_.CreateUnaryIntrinsic(llvm::Intrinsic::bswap, builder_.CreateTrunc(number(operand), narrow));
  return builder_.CreateZExt(turned, builder_.getInt64Ty());
}

/// Six bytes of memory, or of a number.
llvm::Value *Emitter::hardware_address(ExprId operand) {
  const Type &type = type_of(operand);
  if (!is_memory(type.kind)) {
    if (type.kind != Kind::pointer) return number(operand);
    return builder_.CreateAnd(
        read_number(target_of(operand), u64_type, 8, span_of(operand)), constant((1ull << 48) - 1));
  }
  Value *word = temporary(8);
  zero(word, 8);
  if (is_place(operand)) {
    read_bytes(place_of(operand), word, 6, span_of(operand));
  } else {
    copy(word, memory_at(operand), 6);
  }
  return builder_.CreateLoad(builder_.getInt64Ty(), word);
}

llvm::Value *Emitter::has_key(const Call &node) {
  MapNumber map = std::get<UseMap>(use_of(node.arguments[0])).map;
  MapRef entry = std::get<MapRef>(program_.ast->operator[](node.arguments[0]).node);
  entry.key.insert(entry.key.end(), node.arguments.begin() + 1, node.arguments.end());
  Value *found = builder_.CreateIsNotNull(map_value(entry, map, false));
  return builder_.CreateZExt(found, builder_.getInt64Ty());
}

llvm::Value *Emitter::length(ExprId id, const Call &node) {
  ExprId operand = node.arguments[0];
  const auto *use = std::get_if<UseLocal>(&use_of(id));
  Kind kind = type_of(operand).kind;
  if (is_stack(kind)) return call("awl_stack_length", {memory_at(operand)});
  if (!use) return call("awl_strlen", {memory_at(operand), constant(type_of(operand).size)});
  AWL_CHECK(frame_);
  MapNumber map = std::get<UseMap>(use_of(operand)).map;
  const MapDescription &description = this->description(map);
  builder_.CreateStore(constant(0), local_place(use->local));
  llvm::Function *body = loop_body(4, span_of(id), [&](llvm::Function *f) {
    if (description.banked) {
      BasicBlock *current = new_block("current");
      Value *entry = builder_.CreateAlignedLoad(builder_.getInt64Ty(), f->getArg(1), llvm::Align(8));
      builder_.CreateCondBr(builder_.CreateICmpEQ(entry, bank(map)), current, jumps_.back().again);
      builder_.SetInsertPoint(current);
    }
    Value *counter = local_place(use->local);
    builder_.CreateStore(builder_.CreateAdd(builder_.CreateLoad(builder_.getInt64Ty(), counter), constant(1)), counter);
  });
  call("awl_for_each", {map_pointer(map), body, frame_});
  return builder_.CreateLoad(builder_.getInt64Ty(), local_place(use->local));
}

/// A function whose result is memory.
void Emitter::call_into(ExprId id, const Call &node, Value *to, uint32_t size, bool pad) {
  const Builtin &row = *node.callee.builtin;
  const Type &own = type_of(id);
  if (row.special == Special::str) return str_call(node, own.size, to, size, pad);
  // The others write as much as their own type has.
  Value *whole = own.size > size ? temporary(own.size) : to;
  if (pad) zero(whole, std::max(own.size, own.size > size ? own.size : size));
  if (row.special == Special::concatenate)
    concatenate_into(node, whole);
  else if (row.special == Special::buffer)
    buffer_into(id, node, whole);
  else if (row.special == Special::network_address)
    network_address_into(node, whole);
  else if (row.special == Special::stack)
    stack_into(id, whole);
  else if (row.special == Special::path)
    path_into(id, node, whole);
  else if (row.special == Special::plain)
    call(row.symbol, library_arguments(row, node.arguments, {whole}));
  else
    AWL_CHECK(!"every function that gives memory has a case");
  if (whole != to) copy(to, whole, size);
}

void Emitter::concatenate_into(const Call &node, Value *to) {
  std::vector<Value *> arguments{to};
  for (ExprId argument : node.arguments) {
    arguments.push_back(memory_at(argument));
    arguments.push_back(constant(type_of(argument).size));
  }
  call("awl_concatenate", arguments);
}

void Emitter::buffer_into(ExprId id, const Call &node, Value *to) {
  ExprId operand = node.arguments[0];
  const Type &from = type_of(operand);
  uint32_t most = type_of(id).size - 4;
  Place place = is_memory(from.kind) ? place_of(operand) : target_of(operand);
  uint64_t space = place.space == AddressSpace::user ? 2 : place.space == AddressSpace::any ? 0 : 1;
  Value *length = node.arguments.size() > 1 ? number(node.arguments[1])
                  : is_memory(from.kind)    ? constant(from.size)
                                            : constant(most);
  if (is_memory(from.kind)) most = std::min(most, from.size);
  if (const auto *known = llvm::dyn_cast<llvm::ConstantInt>(length))
    most = static_cast<uint32_t>(std::min<uint64_t>(most, known->getZExtValue()));
  call("awl_buffer", {to, constant(most), as_number(place.address), length, constant(space),
                      read_fault(span_of(id))});
}

/// {u64 family, 16 bytes}: AF_INET is 2, AF_INET6 is 10.
void Emitter::network_address_into(const Call &node, Value *to) {
  ExprId operand = node.arguments.back();
  const Type &type = type_of(operand);
  zero(to, 24);
  Value *family = constant(is_memory(type.kind) && type.size == 16 ? 10 : 2);
  if (node.arguments.size() == 2) family = number(node.arguments[0]);
  builder_.CreateStore(family, to);
  if (!is_memory(type.kind))
    builder_.CreateStore(number(operand), offset(to, 8));
  else if (is_place(operand))
    read_bytes(place_of(operand), offset(to, 8), type.size, span_of(operand));
  else
    copy(offset(to, 8), memory_at(operand), type.size);
}

void Emitter::join(ExprId id, const Call &node) {
  uint32_t event = static_cast<uint32_t>(std::get<UseEvent>(use_of(id)).event);
  uint32_t fixed = program_.events[event].record_size;
  std::string separator = " ";
  if (node.arguments.size() > 1) separator = std::get<UseText>(use_of(node.arguments[1])).text;
  Value *vector = number(node.arguments[0]);
  Value *between = temporary(static_cast<uint32_t>(separator.size()) + 1);
  store_text(between, separator, static_cast<uint32_t>(separator.size()) + 1, false);
  Value *record = temporary(fixed + 2 * AWL_JOIN_ROOM);
  Value *used = constant(0);
  for (uint64_t i = 0; i < AWL_JOIN_STRINGS; i++)
    used = call("awl_join_part", {record, constant(fixed), used, constant(AWL_JOIN_ROOM), vector, constant(i),
                                  constant(AWL_JOIN_STRING), between, constant(separator.size())});
  call("awl_join_end", {constant32(event), record, constant(fixed), used, constant(AWL_JOIN_ROOM),
                        offset(record, sizeof(awl_event_header))});
}

/// The message and, as the next event, the end of the script.
void Emitter::assertion(ExprId id, const Call &node) {
  BasicBlock *failed = new_block("failed"), *on = new_block("holds");
  builder_.CreateCondBr(condition(node.arguments[0]), on, failed);
  builder_.SetInsertPoint(failed);
  uint32_t event = static_cast<uint32_t>(std::get<UseEvent>(use_of(id)).event);
  library_.library_map("awl_ring");
  event_record(event, {});
  call("awl_exit", {constant32(event + 1), constant(1)});
  leave();
  builder_.CreateBr(on);
  builder_.SetInsertPoint(on);
}

}  // namespace awl
