// SPDX-License-Identifier: GPL-2.0-only
// Values that live in memory (strings, tuples, structures, arrays, buffers): every expression that has one knows how
// to write it into given bytes. The type of the destination decides the layout: a string may be longer there, and so
// may one inside a tuple.
#include "lang/codegen/emitter.h"
#include "src/base/check.h"

namespace awl {

/// Bytes that hold the value, of type_of(id) and padded; not to be written to.
llvm::Value *Emitter::memory_at(ExprId id) {
  if (const auto *local = std::get_if<UseLocal>(&use_of(id));
      local && std::holds_alternative<LocalRef>(program_.ast->operator[](id).node))
    return local_place(local->local);
  const Type &type = type_of(id);
  const Expr &expr = program_.ast->operator[](id);
  const auto *name = std::get_if<NameRef>(&expr.node);
  if (is_place(id) && type.kind != Kind::string) {
    Place place = place_of(id);
    if (place.space == AddressSpace::none) return place.address;
  }
  if (name && name->name.builtin && name->name.builtin->pure) {
    auto known = known_.strings.find(name->name.builtin);
    if (known != known_.strings.end()) return known->second;
    Value *buffer = temporary(type.size);
    memory_into(id, buffer, type, true);
    return known_.strings[name->name.builtin] = buffer;
  }
  Value *buffer = temporary(type.size);
  memory_into(id, buffer, type, type.kind != Kind::string);
  return buffer;
}

/// Any value into memory: a number as 8 bytes.
void Emitter::store(ExprId id, Value *to, const Type &target, bool pad) {
  if (is_memory(type_of(id).kind))
    memory_into(id, to, target, pad);
  else
    builder_.CreateStore(number(id), to);
}

/// From one layout to another, both in the script's own memory.
void Emitter::convert(Value *from, const Type &own, Value *to, const Type &target, bool pad) {
  if (own.kind == Kind::tuple && own != target) {
    for (size_t i = 0; i < own.parts.size(); i++) {
      const Part &source = own.parts[i], &destination = target.parts[i];
      Value *read = offset(from, source.offset), *written = offset(to, destination.offset);
      if (is_memory(source.type.kind))
        convert(read, source.type, written, destination.type, pad);
      else
        builder_.CreateStore(builder_.CreateAlignedLoad(builder_.getInt64Ty(), read, llvm::Align(8)), written);
    }
    return;
  }
  if (pad && own.size < target.size) zero(to, target.size);
  copy(to, from, std::min(own.size, target.size));
}

void Emitter::memory_into(ExprId id, Value *to, const Type &target, bool pad) {
  const Expr &expr = program_.ast->operator[](id);
  library_.set_place(builder_, function_, expr.span);
  const Type &own = type_of(id);
  if (const auto *text = std::get_if<UseText>(&use_of(id)))
    return own.kind == Kind::array ? store_bytes(to, text->text) : store_text(to, text->text, target.size, pad);
  if (is_place(id)) return place_into(id, to, target, pad);
  if (const auto *field = std::get_if<UseField>(&use_of(id))) return field_string(field->index, to, target.size, pad);
  auto convert_from = [&](Value *from) { convert(from, own, to, target, pad); };
  // What writes its value as a whole needs room for all of it, which a shorter destination may lack.
  auto whole = [&](auto write) {
    if (own.size > target.size || (own.kind == Kind::tuple && own != target)) {
      Value *buffer = temporary(own.size);
      write(buffer);
      return convert_from(buffer);
    }
    if (pad && own.size < target.size) zero(to, target.size);
    write(to);
  };
  auto impossible = [](const auto &) { AWL_CHECK(!"a number is not in memory"); };
  match(
      expr.node,
      [&](const NameRef &node) {
        if (std::holds_alternative<UseArguments>(use_of(id))) return arguments_into(to, target, pad);
        auto known = known_.strings.find(node.name.builtin);
        if (known != known_.strings.end()) return convert_from(known->second);
        whole([&](Value *buffer) {
          if (node.name.builtin->special == Special::stack) return stack_into(id, buffer);
          call(node.name.builtin->symbol, library_arguments(*node.name.builtin, {}, {buffer}));
        });
      },
      [&](const LocalRef &) { convert_from(local_place(std::get<UseLocal>(use_of(id)).local)); },
      [&](const MapRef &node) { whole([&](Value *buffer) { map_memory_into(id, node, buffer); }); },
      [&](const Call &node) { call_into(id, node, to, target.size, pad); },
      [&](const Ternary &node) { ternary_into(node, to, target, pad); },
      [&](const TupleLiteral &node) { elements_into(node.elements, to, target, pad); },
      [&](const RecordLiteral &node) { elements_into(node.values, to, target, pad); },
      [&](const Cast &node) { cast_into(id, node, to, target, pad); },
      [&](const Comptime &node) { memory_into(node.operand, to, target, pad); },
      [&](const IfExpr &node) { if_into(node, to, target, pad); },
      [&](const BlockExpr &node) {
        for (StmtId child : node.statements) statement(child);
        memory_into(*node.result, to, target, pad);
      },
      [&](const InlineCall &node) {
        inline_call(id, node);
        convert_from(local_place(std::get<UseLocal>(use_of(id)).local));
      },
      [&](const StringLiteral &n) { impossible(n); }, [&](const PositionalRef &n) { impossible(n); },
      [&](const PositionalCount &n) { impossible(n); }, [&](const IntegerLiteral &n) { impossible(n); },
      [&](const BooleanLiteral &n) { impossible(n); }, [&](const Unary &n) { impossible(n); },
      [&](const Binary &n) { impossible(n); }, [&](const Step &n) { impossible(n); },
      [&](const SizeOf &n) { impossible(n); }, [&](const OffsetOf &n) { impossible(n); },
      [&](const TypeExpr &n) { impossible(n); }, [&](const MemberRef &n) { impossible(n); },
      [&](const ElementRef &n) { impossible(n); }, [&](const Index &n) { impossible(n); });
}

void Emitter::place_into(ExprId id, Value *to, const Type &target, bool pad) {
  const Type &own = type_of(id);
  Place place = place_of(id);
  if (own.kind == Kind::string) {
    // In a tuple strings are padded and closed; in C's memory they end where they end.
    if (pad) zero(to, target.size);
    return read_string(place, to, std::min(own.size, target.size), span_of(id));
  }
  if (place.space == AddressSpace::none) return convert(place.address, own, to, target, pad);
  read_bytes(place, to, own.size, span_of(id));
}

void Emitter::elements_into(const std::vector<ExprId> &elements, Value *to, const Type &target, bool pad) {
  for (size_t i = 0; i < elements.size(); i++)
    store(elements[i], offset(to, target.parts[i].offset), target.parts[i].type, pad);
}

/// `args`: its fields in the order that the checker gave them.
void Emitter::arguments_into(Value *to, const Type &target, bool pad) {
  for (const Part &part : target.parts) {
    uint32_t index = 0;
    while (body_->group.fields[index].name != "args." + part.name) index++;
    Value *place = offset(to, part.offset);
    if (part.type.kind == Kind::structure)
      read_bytes(field_place(index), place, part.type.size, body_->group.span);
    else if (is_memory(part.type.kind))
      field_string(index, place, part.type.size, pad);
    else
      builder_.CreateStore(field_number(index), place);
  }
}

void Emitter::cast_into(ExprId id, const Cast &node, Value *to, const Type &target, bool pad) {
  const Type &from = type_of(node.operand), &own = type_of(id);
  if (!is_memory(from.kind)) {  // the bytes of a number
    Value *word = temporary(8);
    builder_.CreateStore(number(node.operand), word);
    return convert(word, {.kind = Kind::buffer, .size = std::min(8u, own.size)}, to, target, pad);
  }
  if (own.kind == Kind::buffer && from.kind != Kind::buffer) {
    uint32_t bytes = std::min(from.size, target.size - 4);
    if (pad) zero(to, target.size);
    // A buffer's bytes begin at 4; the copy is bytewise.
    Value *source = memory_at(node.operand);
    builder_.CreateStore(constant32(bytes), to);
    call("awl_copy", {offset(to, 4), constant(bytes), source});
    return;
  }
  if (own.kind == Kind::string && from.kind == Kind::array) {
    if (pad) zero(to, target.size);
    return read_string(place_of(node.operand), to, std::min(own.size, target.size), span_of(node.operand));
  }
  memory_into(node.operand, to, target, pad);
}

void Emitter::two_arms(Value *holds, const std::function<void()> &yes, const std::function<void()> &no) {
  BasicBlock *first = new_block("yes"), *second = new_block("no"), *done = new_block("done");
  builder_.CreateCondBr(holds, first, second);
  for (auto [block, arm] : {std::pair{first, &yes}, std::pair{second, &no}}) {
    builder_.SetInsertPoint(block);
    Branch branch(*this);
    (*arm)();
    builder_.CreateBr(done);
  }
  builder_.SetInsertPoint(done);
}

void Emitter::ternary_into(const Ternary &node, Value *to, const Type &target, bool pad) {
  two_arms(
      condition(node.condition), [&] { memory_into(*node.yes, to, target, pad); },
      [&] { memory_into(node.no, to, target, pad); });
}

void Emitter::if_into(const IfExpr &node, Value *to, const Type &target, bool pad) {
  if (std::optional<bool> only = decided(node.condition))
    return memory_into(*only ? node.yes : *node.no, to, target, pad);
  two_arms(
      condition(node.condition), [&] { memory_into(node.yes, to, target, pad); },
      [&] { memory_into(*node.no, to, target, pad); });
}

/// A string inside the context: bytes at an offset, or where a location word says.
void Emitter::field_string(uint32_t index, Value *to, uint32_t size, bool pad) {
  const Field &field = body_->group.fields[index];
  Value *base = builder_.CreatePtrToInt(context_, builder_.getInt64Ty());
  Value *address = match(
      field.access,
      [&](const ContextBytes &access) -> Value * { return builder_.CreateAdd(base, constant(access.offset)); },
      [&](const ContextDataLocation &access) -> Value * {
        llvm::LoadInst *location = builder_.CreateLoad(builder_.getInt32Ty(), offset(context_, access.offset));
        location->setVolatile(true);
        Value *distance = builder_.CreateAnd(builder_.CreateZExt(location, builder_.getInt64Ty()), constant(0xffff));
        return builder_.CreateAdd(builder_.CreateAdd(base, constant(access.base)), distance);
      },
      [&](const ContextLoad &) -> Value * { AWL_CHECK(!"a number is not a string"); },
      [&](const ContextWords &) -> Value * { AWL_CHECK(!"a structure is a place"); },
      [&](const LibraryCall &) -> Value * { AWL_CHECK(!"a number is not a string"); });
  if (pad) zero(to, size);
  uint32_t limit = field.type.size ? std::min(size, field.type.size) : size;
  call("awl_str_kernel", {to, constant(limit), address, string_fault()});
}

void Emitter::str_call(const Call &node, uint32_t own, Value *to, uint32_t size, bool pad) {
  if (type_of(node.arguments[0]).kind == Kind::string)
    return memory_into(node.arguments[0], to, string_type(size), pad);
  Value *address = number(node.arguments[0]);
  const Type &type = type_of(node.arguments[0]);
  const char *symbol = "awl_str_any";
  if (type.kind == Kind::pointer && type.space == AddressSpace::user) symbol = "awl_str_user";
  if (type.kind == Kind::pointer && type.space == AddressSpace::kernel) symbol = "awl_str_kernel";
  if (pad) zero(to, size);
  call(symbol, {to, constant(std::min(own, size)), address, string_fault(span_of(node.arguments[0]))});
}

}  // namespace awl
