// SPDX-License-Identifier: GPL-2.0-only
// Checked bodies to LLVM IR: control flow, arithmetic, and calls into bpf_lib. No BPF helper, map operation or kernel
// structure is touched from here. Numbers are i64 values; strings are buffers, and whoever needs one says where it
// shall be written (`string_into`), so that a key or a record is filled in place.
#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bpf_lib/awl_abi.h"
#include "lang/codegen/codegen.h"
#include "lang/codegen/module.h"

namespace awl {

class Emitter {
 public:
  Emitter(const CheckedProgram &program, const CompileOptions &options, Manifest &manifest);

  /// Emit one program for a body and describe it in the manifest.
  void emit_body(const CheckedBody &body);
  /// After the last body: what is known only now.
  void finish();
  LibraryModule &library() { return library_; }

 private:
  using Value = llvm::Value;
  using BasicBlock = llvm::BasicBlock;

  // emitter.cc: the frame of a program, and places for values
  void emit_guards();
  void compute_common_values();
  void emit_pid_filter();
  void close_scratch(BasicBlock *start, BasicBlock *out);
  BasicBlock *new_block(const char *name);
  /// Values computed so far, forgotten at the end of a scope: code in a branch does not dominate what follows it.
  struct Known {
    std::unordered_map<const Builtin *, Value *> numbers, strings;
    std::unordered_map<uint32_t, Value *> fields;
  };
  class Branch;
  Value *call(std::string_view symbol, std::vector<Value *> arguments);
  Value *constant(uint64_t value);
  Value *constant32(uint32_t value);
  Value *offset(Value *base, uint64_t bytes);
  /// Memory of `size` bytes for the rest of the run: BPF stack while there is room, else scratch.
  Value *temporary(uint32_t size);
  void zero(Value *memory, uint32_t size);
  void copy(Value *to, Value *from, uint32_t size);
  void store_text(Value *to, std::string_view text, uint32_t size, bool pad);
  Value *fault_counter(Span span, std::string message);
  /// Code for the case that a pointer, of a map's entry or of room in the ring, is not null.
  template <class Body, class Otherwise>
  void when_there(Value *pointer, Body body, Otherwise otherwise);
  template <class Body>
  void when_there(Value *pointer, Body body) {
    when_there(pointer, body, [] {});
  }

  // emit_expr.cc
  const Type &type_of(ExprId id) const { return body_->type_of[static_cast<uint32_t>(id)]; }
  const Use &use_of(ExprId id) const { return body_->use_of[static_cast<uint32_t>(id)]; }
  Value *number(ExprId id);
  Value *condition(ExprId id);
  /// Write a string into `to`, which has `size` bytes; with `pad` everything behind its NUL is zero.
  void string_into(ExprId id, Value *to, uint32_t size, bool pad);
  /// A buffer that holds the string, of type_of(id).size bytes.
  Value *string_at(ExprId id);
  Value *name_number(ExprId id, const NameRef &name);
  Value *builtin_number(const Builtin &row);
  Value *probe_number();
  Value *field_number(uint32_t index);
  Value *arithmetic(BinaryOp op, Value *lhs, Value *rhs, bool is_signed, bool left_signed, Span span);
  Value *divide(BinaryOp op, Value *lhs, Value *rhs, bool is_signed, Span span);
  Value *binary(ExprId id, const Binary &node);
  Value *compare(const Binary &node);
  Value *strings_equal(ExprId lhs, ExprId rhs);
  Value *equals_text(Value *buffer, uint32_t size, std::string_view text);
  Value *logical(const Binary &node);
  Value *ternary(ExprId id, const Ternary &node);
  Value *step(ExprId id, const Step &node);
  void ternary_string(const Ternary &node, Value *to, uint32_t size, bool pad);
  void field_string(uint32_t index, Value *to, uint32_t size, bool pad);
  void str_call(const Call &node, uint32_t own_size, Value *to, uint32_t size, bool pad);

  // emit_map.cc
  const MapDescription &description(MapNumber map) const { return program_.maps[static_cast<uint32_t>(map)]; }
  Value *map_pointer(MapNumber map);
  Value *full_counter(MapNumber map);
  Value *bank(MapNumber map);
  Value *map_key(const MapRef &node, MapNumber map);
  /// The value's place, made when `create`; may be null at run time.
  Value *map_value(const MapRef &node, MapNumber map, bool create);
  Value *map_number(ExprId id, const MapRef &node);
  void map_string_into(ExprId id, const MapRef &node, Value *to, uint32_t size);
  void map_assign(const MapRef &node, MapNumber map, ExprId value);
  void map_aggregate(const MapRef &node, MapNumber map, const Call &call);
  Value *map_update(const MapRef &node, MapNumber map, BinaryOp op, Value *operand, bool left_signed, Span span);
  void map_delete(const Call &node);

  // emit_stmt.cc
  void statement(StmtId id);
  void assign(const Assign &node, Span span);
  void if_statement(const If &node);
  void call_statement(ExprId id, const Call &node);
  void leave();

  // emit_event.cc
  void event_call(ExprId id, const Call &node);
  void event_record(uint32_t event, const std::vector<ExprId> &values);
  void event_record_variable(uint32_t event, const std::vector<ExprId> &values);

  const CheckedProgram &program_;
  const CompileOptions &options_;
  Manifest &manifest_;
  LibraryModule library_;
  llvm::IRBuilder<> builder_;
  std::unordered_map<uint32_t, llvm::GlobalVariable *> maps_;
  llvm::GlobalVariable *full_ = nullptr, *banks_ = nullptr, *faults_ = nullptr;
  uint32_t scratch_bytes_ = 0;  // the largest need of all programs

  // The program being emitted.
  const CheckedBody *body_ = nullptr;
  llvm::Function *function_ = nullptr;
  Value *context_ = nullptr;
  llvm::GlobalVariable *table_ = nullptr;
  BasicBlock *allocas_ = nullptr, *exit_ = nullptr;
  std::vector<Value *> locals_;
  Known known_;
  llvm::Instruction *scratch_ = nullptr;  // stands for the scratch pointer until it is known whether one is needed
  uint32_t scratch_used_ = 0, stack_used_ = 0;
};

/// Code that may not run: what it computes is forgotten when the guard dies.
class Emitter::Branch {
 public:
  explicit Branch(Emitter &emitter) : emitter_(emitter), saved_(emitter.known_) {}
  ~Branch() { emitter_.known_ = std::move(saved_); }
  Branch(const Branch &) = delete;
  Branch &operator=(const Branch &) = delete;

 private:
  Emitter &emitter_;
  Known saved_;
};

template <class Body, class Otherwise>
void Emitter::when_there(Value *pointer, Body body, Otherwise otherwise) {
  BasicBlock *there = new_block("there"), *missing = new_block("missing"), *done = new_block("done");
  builder_.CreateCondBr(builder_.CreateIsNotNull(pointer), there, missing);
  builder_.SetInsertPoint(there);
  body();
  builder_.CreateBr(done);
  builder_.SetInsertPoint(missing);
  otherwise();
  builder_.CreateBr(done);
  builder_.SetInsertPoint(done);
}

}  // namespace awl
