// SPDX-License-Identifier: GPL-2.0-only
// Strings: every expression that has one knows how to write it into a given buffer.
#include "lang/codegen/emitter.h"
#include "src/base/check.h"

namespace awl {

llvm::Value *Emitter::string_at(ExprId id) {
  uint32_t size = type_of(id).size;
  if (const auto *local = std::get_if<UseLocal>(&use_of(id))) return locals_[static_cast<uint32_t>(local->local)];
  const Expr &expr = program_.ast->operator[](id);
  const auto *name = std::get_if<NameRef>(&expr.node);
  if (name && name->name.builtin && name->name.builtin->pure) {
    auto known = known_.strings.find(name->name.builtin);
    if (known != known_.strings.end()) return known->second;
    Value *buffer = temporary(size);
    string_into(id, buffer, size, true);
    return known_.strings[name->name.builtin] = buffer;
  }
  Value *buffer = temporary(size);
  string_into(id, buffer, size, false);
  return buffer;
}

void Emitter::string_into(ExprId id, Value *to, uint32_t size, bool pad) {
  const Expr &expr = program_.ast->operator[](id);
  library_.set_place(builder_, function_, expr.span);
  if (const auto *text = std::get_if<UseText>(&use_of(id))) return store_text(to, text->text, size, pad);
  uint32_t own = type_of(id).size;
  auto copy_from = [&](Value *from) {
    if (pad && own < size) zero(to, size);
    copy(to, from, std::min(own, size));
  };
  match(
      expr.node,
      [&](const NameRef &node) {
        if (const auto *field = std::get_if<UseField>(&use_of(id))) return field_string(field->index, to, size, pad);
        auto known = known_.strings.find(node.name.builtin);
        if (known != known_.strings.end()) return copy_from(known->second);
        if (pad && own < size) zero(to, size);
        if (own <= size) {
          call(node.name.builtin->symbol, {to});
        } else {
          copy_from(string_at(id));
        }
      },
      [&](const LocalRef &) { copy_from(locals_[static_cast<uint32_t>(std::get<UseLocal>(use_of(id)).local)]); },
      [&](const MapRef &node) {
        if (own <= size) {
          if (pad && own < size) zero(to, size);
          map_string_into(id, node, to, own);
        } else {
          copy_from(string_at(id));
        }
      },
      [&](const Call &node) { str_call(node, own, to, size, pad); },
      [&](const MemberRef &) { field_string(std::get<UseField>(use_of(id)).index, to, size, pad); },
      [&](const Ternary &node) { ternary_string(node, to, size, pad); },
      [&](const StringLiteral &) { AWL_CHECK(!"literals are texts"); },
      [&](const PositionalRef &) { AWL_CHECK(!"parameters are texts"); },
      [&](const PositionalCount &) { AWL_CHECK(!"a count is a number"); },
      [&](const IntegerLiteral &) { AWL_CHECK(!"a number is not a string"); },
      [&](const Unary &) { AWL_CHECK(!"a number is not a string"); },
      [&](const Binary &) { AWL_CHECK(!"a number is not a string"); },
      [&](const Step &) { AWL_CHECK(!"a number is not a string"); },
      [&](const auto &) { AWL_CHECK(!"the grammar has it before the checker"); });
}

void Emitter::ternary_string(const Ternary &node, Value *to, uint32_t size, bool pad) {
  BasicBlock *yes = new_block("yes"), *no = new_block("no"), *done = new_block("done");
  builder_.CreateCondBr(condition(node.condition), yes, no);
  for (auto [block, arm] : {std::pair{yes, *node.yes}, std::pair{no, node.no}}) {
    builder_.SetInsertPoint(block);
    Branch branch(*this);
    string_into(arm, to, size, pad);
    builder_.CreateBr(done);
  }
  builder_.SetInsertPoint(done);
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
      [&](const LibraryCall &) -> Value * { AWL_CHECK(!"a number is not a string"); });
  if (pad) zero(to, size);
  uint32_t limit = field.type.size ? std::min(size, field.type.size) : size;
  call("awl_str_kernel", {to, constant(limit), address});
}

void Emitter::str_call(const Call &node, uint32_t own, Value *to, uint32_t size, bool pad) {
  if (type_of(node.arguments[0]).kind == Kind::string) return string_into(node.arguments[0], to, size, pad);
  Value *address = number(node.arguments[0]);
  const Type &type = type_of(node.arguments[0]);
  const char *symbol = "awl_str_any";
  if (type.kind == Kind::pointer && type.space == AddressSpace::user) symbol = "awl_str_user";
  if (type.kind == Kind::pointer && type.space == AddressSpace::kernel) symbol = "awl_str_kernel";
  if (pad) zero(to, size);
  call(symbol, {to, constant(std::min(own, size)), address});
}

}  // namespace awl
