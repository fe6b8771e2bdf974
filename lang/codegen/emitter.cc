// SPDX-License-Identifier: GPL-2.0-only
// The frame of a program:
//
//   allocas:  stack memory; return if the script has ended; guard (is this the system call?); -p filter
//   scratch:  take a level of scratch memory, only when the body needs it
//   start:    predicate and body
//   exit:     give the scratch level back
//   out:      return 0
#include "lang/codegen/emitter.h"

#include <bit>

#include "src/base/check.h"

namespace awl {
namespace {

constexpr uint32_t largest_on_stack = 64;
/// Up to here, memory is moved and cleared by plain loads and stores; beyond, by a helper.
constexpr uint32_t largest_inline = 64;


}  // namespace

Emitter::Emitter(const CheckedProgram &program, const CompileOptions &options, Manifest &manifest)
    : program_(program),
      options_(options),
      manifest_(manifest),
      library_(*program.source),
      builder_(library_.context()) {
  // Their sizes are known when all is emitted; until then a placeholder stands for the faults.
  faults_ = new llvm::GlobalVariable(library_.module(), builder_.getInt64Ty(), false,
                                     llvm::GlobalValue::ExternalLinkage, nullptr, "awl_faults_placeholder");
  if (!program.maps.empty()) {
    full_ = library_.add_words("awl_map_full", program.maps.size());
    banks_ = library_.add_words("awl_banks", program.maps.size());
  }
}

Emitter::BasicBlock *Emitter::new_block(const char *name) {
  return BasicBlock::Create(library_.context(), name, function_);
}

Emitter::Value *Emitter::constant(uint64_t value) { return builder_.getInt64(value); }
Emitter::Value *Emitter::constant32(uint32_t value) { return builder_.getInt32(value); }

Emitter::Value *Emitter::offset(Value *base, uint64_t bytes) {
  return bytes ? builder_.CreateConstGEP1_64(builder_.getInt8Ty(), base, bytes) : base;
}

Emitter::Value *Emitter::call(std::string_view symbol, std::vector<Value *> arguments) {
  return builder_.CreateCall(library_.function(symbol), arguments);
}

void Emitter::emit_body(const CheckedBody &body) {
  body_ = &body;
  std::string name = fmt::format("probe_{}", manifest_.programs.size());
  function_ = library_.add_program(name, body.group.section, body.block->span);
  context_ = function_->getArg(0);
  table_ = body.group.table.empty() ? nullptr : library_.add_table(name + "_table", body.group.table);
  known_ = {};
  jumps_.clear();
  scratch_used_ = stack_used_ = 0;
  path_room_ = {};
  loops_ = 0;

  allocas_ = new_block("allocas");
  BasicBlock *start = new_block("start");
  exit_ = new_block("exit");
  builder_.SetInsertPoint(start);
  library_.set_place(builder_, function_, body.block->span);
  // Replaced by the real pointer, or dropped, in close_scratch().
  scratch_ = builder_.CreateFreeze(llvm::PoisonValue::get(builder_.getPtrTy()));
  place_locals(body);
  if (body.block->predicate) {
    BasicBlock *hit = new_block("hit");
    builder_.CreateCondBr(condition(*body.block->predicate), hit, exit_);
    builder_.SetInsertPoint(hit);
  }
  compute_common_values();
  statement(body.block->body);
  if (!builder_.GetInsertBlock()->getTerminator()) builder_.CreateBr(exit_);

  BasicBlock *out = new_block("out");
  builder_.SetInsertPoint(out);
  builder_.CreateRet(builder_.getInt32(0));
  BasicBlock *ready = new_block("ready");
  builder_.SetInsertPoint(allocas_);
  library_.set_place(builder_, function_, body.block->span);
  exit_->moveBefore(out);
  emit_guards();
  builder_.CreateBr(ready);
  builder_.SetInsertPoint(ready);
  ready->moveBefore(start);
  close_scratch(start, out);
  manifest_.programs.push_back({name, body.group, body.first_probe});
}

/// What a body with many branches uses in many of them is computed once before all of them: a little work that may be
/// in vain, against a program many times as large.
void Emitter::compute_common_values() {
  constexpr int many = 8;
  std::unordered_map<const Builtin *, int> uses;
  for (uint32_t i = body_->type_of.first(); i < body_->type_of.end(); i++) {
    const auto *name = std::get_if<NameRef>(&(*program_.ast)[ExprId(i)].node);
    const Builtin *row = name ? name->name.builtin : nullptr;
    if (!row || !row->pure || row->symbol.empty() || ++uses[row] != many) continue;
    if (is_memory(body_->type_of[i].kind))
      memory_at(ExprId(i));
    else
      builtin_number(*row);
  }
}

/// Leaves the insertion point where the probe has fired for real.
void Emitter::emit_guards() {
  BasicBlock *quit = new_block("quit");
  auto require = [&](Value *holds) {
    BasicBlock *next = new_block("next");
    builder_.CreateCondBr(holds, next, quit);
    builder_.SetInsertPoint(next);
  };
  if (!body_->group.runs_when_stopped) require(builder_.CreateIsNull(call("awl_stopped", {})));
  if (const auto &guard = body_->group.guard) {
    std::vector<Value *> arguments{context_};
    for (uint64_t immediate : guard->immediates) arguments.push_back(constant(immediate));
    if (table_) arguments.insert(arguments.end(), {table_, constant(body_->group.table.size())});
    require(builder_.CreateIsNotNull(call(guard->symbol, arguments)));
  }
  if (body_->group.filters_pids && options_.follow) {
    require(builder_.CreateIsNotNull(call("awl_is_followed", {})));
  } else if (body_->group.filters_pids && !options_.pids.empty()) {
    Value *pid = call("awl_pid", {}), *wanted = nullptr;
    for (int number : options_.pids) {
      Value *same = builder_.CreateICmpEQ(pid, constant(static_cast<uint64_t>(number)));
      wanted = wanted ? builder_.CreateOr(wanted, same) : same;
    }
    require(wanted);
  }
  BasicBlock *here = builder_.GetInsertBlock();
  builder_.SetInsertPoint(quit);
  builder_.CreateRet(builder_.getInt32(0));
  builder_.SetInsertPoint(here);
}

/// From `ready` to `start`, over taking a level of scratch memory when the body asked for some.
void Emitter::close_scratch(BasicBlock *start, BasicBlock *out) {
  auto *placeholder = llvm::cast<llvm::Instruction>(scratch_);
  if (!scratch_used_) {
    placeholder->replaceAllUsesWith(llvm::ConstantPointerNull::get(builder_.getPtrTy()));
    placeholder->eraseFromParent();
    builder_.CreateBr(start);
    builder_.SetInsertPoint(exit_);
    builder_.CreateBr(out);
    return;
  }
  scratch_bytes_ = std::max(scratch_bytes_, scratch_used_);
  const char *suffix = options_.atomic_compare ? "" : "_plain";
  library_.library_map("awl_levels");
  Value *level = call(fmt::format("awl_scratch_take{}", suffix), {});
  BasicBlock *taken = new_block("taken");
  BasicBlock *free = new_block("give");
  builder_.CreateCondBr(builder_.CreateICmpULT(level, constant32(AWL_LEVELS)), taken, out);
  builder_.SetInsertPoint(taken);
  Value *memory = call("awl_scratch_at", {level});
  builder_.CreateCondBr(builder_.CreateIsNotNull(memory), start, free);
  placeholder->replaceAllUsesWith(memory);
  placeholder->eraseFromParent();
  builder_.SetInsertPoint(exit_);
  builder_.CreateBr(free);
  builder_.SetInsertPoint(free);
  call(fmt::format("awl_scratch_give{}", suffix), {level});
  builder_.CreateBr(out);
}

Emitter::Value *Emitter::temporary(uint32_t size) {
  size = whole_words(size);
  if (size <= largest_on_stack && stack_used_ + size <= stack_budget) {
    stack_used_ += size;
    llvm::IRBuilder<> entry(allocas_, allocas_->begin());
    llvm::AllocaInst *memory = entry.CreateAlloca(llvm::ArrayType::get(entry.getInt64Ty(), size / 8));
    return memory;
  }
  Value *memory = offset(scratch_, scratch_used_);
  scratch_used_ += size;
  return memory;
}

void Emitter::zero(Value *memory, uint32_t size) {
  if (size <= largest_inline)
    builder_.CreateMemSet(memory, builder_.getInt8(0), size, llvm::Align(8));
  else
    call("awl_zero_fill", {memory, constant(size)});
}

void Emitter::copy(Value *to, Value *from, uint32_t size) {
  if (size <= largest_inline)
    builder_.CreateMemCpy(to, llvm::Align(8), from, llvm::Align(8), size);
  else
    call("awl_copy", {to, constant(size), from});
}

void Emitter::store_text(Value *to, std::string_view text, uint32_t size, bool pad) {
  uint32_t used = static_cast<uint32_t>(std::min<size_t>(text.size(), size - 1)) + 1;
  if (pad && whole_words(used) < size) {
    zero(to, size);
  }
  for (uint32_t at = 0; at < used || (pad && at < std::min(whole_words(used), size)); at += 8) {
    uint64_t word = 0;
    for (uint32_t i = 0; i < 8 && at + i + 1 < used; i++)
      word |= static_cast<uint64_t>(static_cast<unsigned char>(text[at + i])) << (8 * i);
    builder_.CreateAlignedStore(constant(word), offset(to, at), llvm::Align(8));
  }
}

Emitter::Value *Emitter::fault_counter(Span span, std::string message) {
  size_t index = manifest_.faults.size();
  for (size_t i = 0; i < manifest_.faults.size(); i++)
    if (manifest_.faults[i].span == span && manifest_.faults[i].message == message) index = i;
  if (index == manifest_.faults.size()) manifest_.faults.push_back({span, std::move(message)});
  return offset(faults_, index * 8);
}

/// Programs of our own for --follow; the session attaches them by these names.
void Emitter::emit_follow() {
  library_.library_map("awl_followed");
  for (std::string_view event : {"fork", "exit"}) {
    llvm::Function *program =
        library_.add_program(fmt::format("awl_on_{}", event), fmt::format("raw_tp/sched_process_{}", event), {});
    builder_.SetInsertPoint(BasicBlock::Create(library_.context(), "entry", program));
    library_.set_place(builder_, program, {});
    call(fmt::format("awl_follow_{}", event), {program->getArg(0)});
    builder_.CreateRet(builder_.getInt32(0));
  }
}

/// The sizes of awl_scratch and of the fault counters depend on all programs.
void Emitter::finish() {
  if (options_.follow) emit_follow();
  llvm::GlobalVariable *faults = library_.add_words("awl_faults", std::max<size_t>(1, manifest_.faults.size()));
  faults_->replaceAllUsesWith(faults);
  faults_->eraseFromParent();
  manifest_.scratch_bytes = scratch_bytes_;
}

}  // namespace awl
