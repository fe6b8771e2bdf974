// SPDX-License-Identifier: GPL-2.0-only
// Loops, and calls of the script's own functions.
//
// A loop whose rounds are not known is a call of bpf_loop() or of bpf_for_each_map_elem(), and its body a function of
// its own, which the kernel verifies once instead of round by round. So that every name means the same inside, the
// body is given a frame on the stack with the program's context and its scratch memory: the verifier follows pointers
// that are kept there. Variables lie in the scratch memory: on the stack the verifier would know their values, and
// count through the rounds of `while ($i < 100000)` one by one.
//
// `return` inside a body cannot leave the program: it notes where to go on, in the first word of the scratch memory,
// and ends the loop; whoever started the loop looks there.
#include "lang/codegen/emitter.h"
#include "src/base/check.h"

namespace awl {
namespace {

/// Where the pointers lie in a frame.
constexpr uint32_t frame_context = 0, frame_scratch = 8, frame_bytes = 16;
/// What the first word of the scratch memory says; a function of the script that is being expanded has a number from `leave_call` on.
constexpr uint64_t leave_not = 0, leave_probe = 1, leave_call = 2;

/// Of the stack, for the temporaries of a loop's body: all functions of a program share 512 bytes.
constexpr uint32_t body_budget = 48;
/// Rounds of a loop on kernels without bpf_loop(), where the verifier walks through each of them.
constexpr uint64_t most_plain_rounds = 128;


}  // namespace

/// Gives every variable its place. Without loops each is an alloca, which the optimiser dissolves.
void Emitter::place_locals(const CheckedBody &body) {
  locals_.clear();
  frame_ = nullptr;
  bool framed = body.has_loops && options_.loop_calls();
  if (framed) scratch_used_ = 8;  // where to leave to
  for (const Type &type : body.locals) {
    uint32_t size = std::max(8u, whole_words(type.size));
    if (!framed) {
      locals_.push_back({.fixed = temporary(size), .offset = 0});
      continue;
    }
    locals_.push_back({.fixed = nullptr, .offset = scratch_used_});
    scratch_used_ += size;
  }
  if (framed) {
    stack_used_ += frame_bytes;
    llvm::IRBuilder<> entry(allocas_, allocas_->begin());
    frame_ = entry.CreateAlloca(llvm::ArrayType::get(entry.getInt64Ty(), frame_bytes / 8));
    builder_.CreateStore(context_, offset(frame_, frame_context));
    builder_.CreateStore(scratch_, offset(frame_, frame_scratch));
    builder_.CreateStore(constant(leave_not), scratch_);
  }
  for (size_t i = 0; i < body.locals.size(); i++)
    zero(local_place(LocalNumber(i)), std::max(8u, whole_words(body.locals[i].size)));
}

Emitter::Value *Emitter::local_place(LocalNumber local) {
  const LocalPlace &place = locals_[static_cast<uint32_t>(local)];
  if (place.fixed) return place.fixed;
  return offset(scratch_, place.offset);
}

/// A function for a loop's body, with `parameters` words of which the last is the frame; `emit` writes what it does.
/// Going on gives 0, ending the loop 1.
llvm::Function *Emitter::loop_body(unsigned parameters, Span span, const std::function<void(llvm::Function *)> &emit) {
  auto outside = std::tuple{function_, context_, frame_, scratch_, allocas_, exit_, builder_.saveIP(), stack_used_};
  Known known = std::move(known_);
  std::vector<Jumps> jumps = std::move(jumps_);
  known_ = {}, jumps_ = {};
  std::string name = fmt::format("body_{}_{}", manifest_.programs.size(), loops_++);
  llvm::Function *body = function_ = library_.add_loop_body(name, parameters, span);
  in_loop_body_++;
  stack_used_ = stack_budget - body_budget;
  allocas_ = new_block("allocas");
  BasicBlock *start = new_block("start"), *again = new_block("again"), *stop = new_block("stop");
  exit_ = stop;
  frame_ = body->getArg(parameters - 1);
  builder_.SetInsertPoint(start);
  library_.set_place(builder_, body, span);
  context_ = builder_.CreateLoad(builder_.getPtrTy(), offset(frame_, frame_context));
  scratch_ = builder_.CreateLoad(builder_.getPtrTy(), offset(frame_, frame_scratch));
  jumps_.push_back({again, stop});
  emit(body);
  if (!builder_.GetInsertBlock()->getTerminator()) builder_.CreateBr(again);
  builder_.SetInsertPoint(again);
  builder_.CreateRet(constant(0));
  builder_.SetInsertPoint(stop);
  builder_.CreateRet(constant(1));
  builder_.SetInsertPoint(allocas_);
  library_.set_place(builder_, body, span);
  builder_.CreateBr(start);
  in_loop_body_--;
  llvm::IRBuilderBase::InsertPoint place;
  std::tie(function_, context_, frame_, scratch_, allocas_, exit_, place, stack_used_) = outside;
  builder_.restoreIP(place);
  library_.set_place(builder_, function_, span);
  known_ = std::move(known);
  jumps_ = std::move(jumps);
  return body;
}

/// Behind a loop: go where a `return` inside of it wanted to.
void Emitter::after_loop() {
  // What is known of strings and numbers stays; variables are in memory and were changed there.
  Value *leave = builder_.CreateAlignedLoad(builder_.getInt64Ty(), scratch_, llvm::Align(8));
  BasicBlock *on = new_block("after"), *away = new_block("away");
  builder_.CreateCondBr(builder_.CreateIsNull(leave), on, away);
  builder_.SetInsertPoint(away);
  if (!inlines_.empty() && inlines_.back().in_loop_body == in_loop_body_) {
    BasicBlock *here = new_block("returned");
    builder_.CreateCondBr(builder_.CreateICmpEQ(leave, constant(leave_call + inlines_.size() - 1)), here, exit_);
    builder_.SetInsertPoint(here);
    builder_.CreateStore(constant(leave_not), scratch_);
    builder_.CreateBr(inlines_.back().end);
  } else {
    builder_.CreateBr(exit_);
  }
  builder_.SetInsertPoint(on);
}

/// What follows can not be reached; the optimiser removes it.
void Emitter::leave() {
  if (in_loop_body_) builder_.CreateStore(constant(leave_probe), scratch_);
  builder_.CreateBr(exit_);
  builder_.SetInsertPoint(new_block("unreached"));
}

void Emitter::jump(BasicBlock *target) {
  builder_.CreateBr(target);
  builder_.SetInsertPoint(new_block("unreached"));
}

void Emitter::return_statement(const Return &node) {
  if (inlines_.empty()) {
    if (node.value) number(*node.value);
    return leave();
  }
  const Inline &call = inlines_.back();
  if (node.value) assign_local(call.result, *node.value);
  if (call.in_loop_body == in_loop_body_) return jump(call.end);
  builder_.CreateStore(constant(leave_call + inlines_.size() - 1), scratch_);
  jump(exit_);
}

void Emitter::inline_call(ExprId id, const InlineCall &node) {
  BasicBlock *end = new_block("returned");
  inlines_.push_back({end, std::get<UseLocal>(use_of(id)).local, in_loop_body_});
  zero(local_place(inlines_.back().result), whole_words(body_->locals[static_cast<uint32_t>(inlines_.back().result)].size));
  {
    Branch branch(*this);
    statement(node.body);
  }
  builder_.CreateBr(end);
  builder_.SetInsertPoint(end);
  inlines_.pop_back();
}

/// A loop that the verifier walks through.
void Emitter::plain_loop(Value *rounds, Span span, const std::function<void(Value *round, BasicBlock *stop)> &body) {
  bool bounded = !rounds || !llvm::isa<llvm::ConstantInt>(rounds);
  Value *counter = temporary(8);
  builder_.CreateStore(constant(0), counter);
  BasicBlock *test = new_block("test"), *run = new_block("round"), *next = new_block("next"), *stop = new_block("stop");
  builder_.CreateBr(test);
  builder_.SetInsertPoint(test);
  Value *round = builder_.CreateLoad(builder_.getInt64Ty(), counter);
  if (bounded) {
    BasicBlock *on = new_block("within"), *cut = new_block("cut");
    builder_.CreateCondBr(builder_.CreateICmpULT(round, constant(most_plain_rounds)), on, cut);
    builder_.SetInsertPoint(cut);
    call("awl_fault", {fault_counter(span, fmt::format("loops cut after {} rounds: this kernel has no bpf_loop()",
                                                       most_plain_rounds))});
    builder_.CreateBr(stop);
    builder_.SetInsertPoint(on);
  }
  builder_.CreateCondBr(rounds ? builder_.CreateICmpULT(round, rounds) : builder_.getTrue(), run, stop);
  builder_.SetInsertPoint(run);
  jumps_.push_back({next, stop});
  {
    Branch branch(*this);
    body(round, stop);
  }
  jumps_.pop_back();
  builder_.CreateBr(next);
  builder_.SetInsertPoint(next);
  builder_.CreateStore(builder_.CreateAdd(builder_.CreateLoad(builder_.getInt64Ty(), counter), constant(1)), counter);
  builder_.CreateBr(test);
  builder_.SetInsertPoint(stop);
}

void Emitter::while_loop(const While &node, Span span) {
  auto round = [&](BasicBlock *stop) {
    BasicBlock *go = new_block("go");
    builder_.CreateCondBr(condition(node.condition), go, stop);
    builder_.SetInsertPoint(go);
    statement(node.body);
  };
  if (!frame_) return plain_loop(nullptr, span, [&](Value *, BasicBlock *stop) { round(stop); });
  llvm::Function *body = loop_body(2, span, [&](llvm::Function *) { round(exit_); });
  Value *done = call("awl_loop", {constant(AWL_MAX_ROUNDS), body, frame_});
  count_cut_loops(done, span);
  after_loop();
}

/// A loop that went all the way was cut: bpf_loop() counts the round that ended it, too, so one that stopped by itself
/// in the last round counts as cut. It is the 8388608th.
void Emitter::count_cut_loops(Value *done, Span span) {
  BasicBlock *cut = new_block("cut"), *on = new_block("whole");
  builder_.CreateCondBr(builder_.CreateICmpEQ(done, constant(AWL_MAX_ROUNDS)), cut, on);
  builder_.SetInsertPoint(cut);
  call("awl_fault", {fault_counter(span, fmt::format("loops cut after {} rounds", AWL_MAX_ROUNDS))});
  builder_.CreateBr(on);
  builder_.SetInsertPoint(on);
}

void Emitter::for_range(StmtId id, const ForRange &node, Span span) {
  const auto &locals = body_->locals_of.at(static_cast<uint32_t>(id));
  Value *first = number(node.first), *end = number(node.end);
  bool with_sign = body_->locals[static_cast<uint32_t>(locals[0])].is_signed;
  Value *any = with_sign ? builder_.CreateICmpSLT(first, end) : builder_.CreateICmpULT(first, end);
  Value *rounds = builder_.CreateSelect(any, builder_.CreateSub(end, first), constant(0));
  builder_.CreateStore(first, local_place(locals[1]));
  auto round = [&](Value *number) {
    Value *start = builder_.CreateLoad(builder_.getInt64Ty(), local_place(locals[1]));
    builder_.CreateStore(builder_.CreateAdd(start, number), local_place(locals[0]));
    statement(node.body);
  };
  if (!frame_) return plain_loop(rounds, span, [&](Value *number, BasicBlock *) { round(number); });
  llvm::Function *body = loop_body(2, span, [&](llvm::Function *f) { round(f->getArg(0)); });
  // More rounds than the kernel takes are as many as it takes, and are told.
  Value *most = constant(AWL_MAX_ROUNDS);
  if (auto *known = llvm::dyn_cast<llvm::ConstantInt>(rounds); known && known->getZExtValue() < AWL_MAX_ROUNDS) {
    call("awl_loop", {rounds, body, frame_});
    return after_loop();
  }
  Value *done = call("awl_loop", {builder_.CreateSelect(builder_.CreateICmpULT(rounds, most), rounds, most), body, frame_});
  Value *cut = builder_.CreateSelect(builder_.CreateICmpUGT(rounds, most), done, constant(0));
  count_cut_loops(cut, span);
  after_loop();
}

void Emitter::for_map(StmtId id, const ForMap &node, Span span) {
  MapNumber map = std::get<UseMap>(use_of(node.map)).map;
  const MapDescription &description = this->description(map);
  LocalNumber pair = body_->locals_of.at(static_cast<uint32_t>(id))[0];
  const Type &type = body_->locals[static_cast<uint32_t>(pair)];
  AWL_CHECK(frame_);
  if (has_stack(type.parts[0].type)) manifest_.copies_stacks = true;
  llvm::Function *body = loop_body(4, span, [&](llvm::Function *f) {
    Value *key = f->getArg(1), *value = f->getArg(2);
    if (description.banked) {  // entries of the other bank are not there any more
      BasicBlock *current = new_block("current");
      Value *bank_of_entry = builder_.CreateAlignedLoad(builder_.getInt64Ty(), key, llvm::Align(8));
      builder_.CreateCondBr(builder_.CreateICmpEQ(bank_of_entry, bank(map)), current, jumps_.back().again);
      builder_.SetInsertPoint(current);
      key = offset(key, 8);
    }
    Value *place = local_place(pair);
    const Part &key_part = type.parts[0], &value_part = type.parts[1];
    copy(offset(place, key_part.offset), key, whole_words(key_part.type.size));
    Value *to = offset(place, value_part.offset);
    if (description.show != Show::none)
      aggregate_value_into(description, value, to);
    else
      copy(to, value, whole_words(value_part.type.size));
    statement(node.body);
  });
  call("awl_for_each", {map_pointer(map), body, frame_});
  after_loop();
}

void Emitter::unroll(const Unroll &node) {
  uint64_t rounds = std::get<UseConstant>(use_of(node.count)).value;
  BasicBlock *stop = new_block("unrolled");
  for (uint64_t i = 0; i < rounds; i++) {
    BasicBlock *next = new_block("next");
    jumps_.push_back({next, stop});
    {
      Branch branch(*this);
      statement(node.body);
    }
    jumps_.pop_back();
    builder_.CreateBr(next);
    builder_.SetInsertPoint(next);
  }
  builder_.CreateBr(stop);
  builder_.SetInsertPoint(stop);
}

}  // namespace awl
