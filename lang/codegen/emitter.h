// SPDX-License-Identifier: GPL-2.0-only
// Checked bodies to LLVM IR: control flow, arithmetic, and calls into bpf_lib. No BPF helper, map operation or kernel
// structure is touched from here. Numbers are i64 values; strings are buffers, and whoever needs one says where it
// shall be written (`string_into`), so that a key or a record is filled in place.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "bpf_lib/awl_abi.h"
#include "lang/codegen/codegen.h"
#include "lang/codegen/module.h"

namespace awl {

/// The BPF stack has 512 bytes, of which the compiler wants some for itself and bpf_lib some for its locals.
inline constexpr uint32_t stack_budget = 224;

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
  void emit_follow();
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
  Span span_of(ExprId id) const { return program_.ast->operator[](id).span; }
  const Use &use_of(ExprId id) const { return body_->use_of[static_cast<uint32_t>(id)]; }
  Value *number(ExprId id);
  Value *condition(ExprId id);
  Value *name_number(ExprId id, const NameRef &name);
  Value *builtin_number(const Builtin &row);
  Value *probe_number();
  Value *field_number(uint32_t index);
  Value *arithmetic(BinaryOp op, Value *lhs, Value *rhs, bool is_signed, bool left_signed, Span span);
  Value *divide(BinaryOp op, Value *lhs, Value *rhs, bool is_signed, Span span);
  Value *binary(ExprId id, const Binary &node);
  Value *compare(const Binary &node);
  Value *memory_equal(ExprId lhs, ExprId rhs);
  Value *name_equals(ExprId lhs, ExprId rhs);
  Value *strings_equal(ExprId lhs, ExprId rhs);
  Value *equals_text(Value *buffer, uint32_t size, std::string_view text);
  Value *logical(const Binary &node);
  Value *ternary(ExprId id, const Ternary &node);
  Value *step(ExprId id, const Step &node);
  Value *if_value(const IfExpr &node);
  Value *cast(ExprId id, const Cast &node);
  Value *number_of_arms(const std::function<Value *()> &yes, const std::function<Value *()> &no, Value *holds);
  /// Whether a condition was decided before the script runs, so that one arm is not there at all.
  std::optional<bool> decided(ExprId condition) const;

  // emit_place.cc
  /// Where something lies: a pointer in the script's own memory, else a number.
  struct Place {
    Value *address;
    AddressSpace space;
  };
  Value *as_number(Value *pointer);
  Place moved(const Place &place, Value *bytes);
  Place target_of(ExprId pointer);
  bool is_place(ExprId id) const;
  Place place_of(ExprId id);
  Place field_place(uint32_t index);
  static ExprId object_of(const Expr &expr);
  Place element_place(ExprId id, const Index &node);
  Value *read_number(const Place &place, const Type &type, unsigned width, Span span);
  Value *place_number(ExprId id);
  unsigned number_width(ExprId id) const;
  Value *read_fault(Span span);
  void read_bytes(const Place &place, Value *to, uint32_t size, Span span);
  void read_string(const Place &place, Value *to, uint32_t size, Span span);
  /// Where strings that cannot be read are counted; without a place in the script, nowhere.
  Value *string_fault(std::optional<Span> span = std::nullopt);
  Value *address_of(const Unary &node);

  // emit_stack.cc
  void stack_into(ExprId id, Value *to);
  Value *processor_register(const std::string &name);
  Value *caller();
  Value *tracer_frames();

  // emit_builtin.cc
  std::vector<Value *> library_arguments(const Builtin &row, std::span<const ExprId> given,
                                         std::vector<Value *> arguments = {});
  Value *loaded_word(Loaded value, const std::string &name, Span span);
  Value *per_cpu_address(ExprId id, const Call &node);
  Value *socket_cookie(const Call &node);
  Value *user_address(ExprId id, const Call &node);
  Value *find(const Call &node);
  void path_into(ExprId id, const Call &node, Value *to);
  void kernel_log(ExprId id, const Call &node);
  void store_bytes(Value *to, std::string_view bytes);

  // emit_memory.cc
  /// Bytes that hold the value, laid out as type_of(id) says; not to be written to.
  Value *memory_at(ExprId id);
  /// Write a value into `to`, laid out as `target` says; with `pad` everything behind a string's NUL is zero.
  void memory_into(ExprId id, Value *to, const Type &target, bool pad);
  void store(ExprId id, Value *to, const Type &target, bool pad);
  void convert(Value *from, const Type &own, Value *to, const Type &target, bool pad);
  void place_into(ExprId id, Value *to, const Type &target, bool pad);
  void elements_into(const std::vector<ExprId> &elements, Value *to, const Type &target, bool pad);
  void arguments_into(Value *to, const Type &target, bool pad);
  void cast_into(ExprId id, const Cast &node, Value *to, const Type &target, bool pad);
  void ternary_into(const Ternary &node, Value *to, const Type &target, bool pad);
  void if_into(const IfExpr &node, Value *to, const Type &target, bool pad);
  void two_arms(Value *holds, const std::function<void()> &yes, const std::function<void()> &no);
  void field_string(uint32_t index, Value *to, uint32_t size, bool pad);
  void str_call(const Call &node, uint32_t own_size, Value *to, uint32_t size, bool pad);

  // emit_function.cc
  Value *call_number(ExprId id, const Call &node);
  Value *byte_swap(ExprId operand, unsigned width);
  Value *hardware_address(ExprId operand);
  Value *has_key(const Call &node);
  Value *length(ExprId id, const Call &node);
  void call_into(ExprId id, const Call &node, Value *to, uint32_t size, bool pad);
  void concatenate_into(const Call &node, Value *to);
  void buffer_into(ExprId id, const Call &node, Value *to);
  void network_address_into(const Call &node, Value *to);
  void join(ExprId id, const Call &node);
  void assertion(ExprId id, const Call &node);

  // emit_loop.cc
  void place_locals(const CheckedBody &body);
  Value *local_place(LocalNumber local);
  llvm::Function *loop_body(unsigned parameters, Span span, const std::function<void(llvm::Function *)> &emit);
  void after_loop();
  void leave();
  void jump(BasicBlock *target);
  void return_statement(const Return &node);
  void inline_call(ExprId id, const InlineCall &node);
  void plain_loop(Value *rounds, Span span, const std::function<void(Value *round, BasicBlock *stop)> &body);
  void while_loop(const While &node, Span span);
  void count_cut_loops(Value *done, Span span);
  void for_range(StmtId id, const ForRange &node, Span span);
  void for_map(StmtId id, const ForMap &node, Span span);
  void unroll(const Unroll &node);

  // emit_map.cc
  const MapDescription &description(MapNumber map) const { return program_.maps[static_cast<uint32_t>(map)]; }
  Value *map_pointer(MapNumber map);
  Value *full_counter(MapNumber map);
  Value *bank(MapNumber map);
  Value *map_key(const MapRef &node, MapNumber map);
  /// The value's place, made when `create`; may be null at run time.
  Value *map_value(const MapRef &node, MapNumber map, bool create);
  Value *map_number(ExprId id, const MapRef &node);
  void map_memory_into(ExprId id, const MapRef &node, Value *to);
  Value *aggregate_number(const MapDescription &map, Value *cells);
  void aggregate_value_into(const MapDescription &map, Value *cells, Value *to);
  void map_assign(const MapRef &node, MapNumber map, ExprId value);
  void map_aggregate(const MapRef &node, MapNumber map, const Call &call);
  Value *map_update(const MapRef &node, MapNumber map, BinaryOp op, Value *operand, bool left_signed, Span span);
  void map_delete(const Call &node);

  // emit_stmt.cc
  void statement(StmtId id);
  void assign(const Assign &node, Span span);
  void if_statement(const If &node);
  void assign_local(LocalNumber local, ExprId value);
  Value *narrowed(Value *value, const Type &type);
  void call_statement(ExprId id, const Call &node);

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
  std::unordered_map<std::string, llvm::GlobalVariable *> words_;  // that the runtime fills in, by what they are
  uint32_t scratch_bytes_ = 0;  // the largest need of all programs

  // The program being emitted.
  const CheckedBody *body_ = nullptr;
  llvm::Function *function_ = nullptr;
  Value *context_ = nullptr;
  llvm::GlobalVariable *table_ = nullptr;
  BasicBlock *allocas_ = nullptr, *exit_ = nullptr;
  struct LocalPlace {
    Value *fixed;  // an alloca; or null, and the variable lies at `offset` of the scratch memory
    uint32_t offset;
  };
  std::vector<LocalPlace> locals_;
  Value *frame_ = nullptr;    // see emit_loop.cc; null in a program without loops
  struct Jumps {
    BasicBlock *again, *stop;
  };
  std::vector<Jumps> jumps_;  // where `continue` and `break` go, the innermost loop last
  struct Inline {
    BasicBlock *end;
    LocalNumber result;
    int in_loop_body;
  };
  std::vector<Inline> inlines_;  // calls of the script's functions that are being expanded
  int in_loop_body_ = 0;         // depth
  uint32_t loops_ = 0;
  Known known_;
  Value *scratch_ = nullptr;  // stands for the scratch pointer until it is known whether one is needed
  uint32_t scratch_used_ = 0, stack_used_ = 0;
  struct {
    uint32_t offset = 0, size = 0;
  } path_room_;  // in the scratch memory, for one path after the other
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
