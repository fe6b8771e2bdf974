// SPDX-License-Identifier: GPL-2.0-only
// Stacks: memory to walk into, a call to walk, a call to keep what was found (bpf_lib/stack.c); and registers.
#include <linux/bpf.h>

#include <algorithm>

#include "lang/codegen/emitter.h"
#include "lang/registers.h"
#include "src/base/check.h"

namespace awl {
namespace {

/// Frames of the tracer that a program may see on top of the stack.
constexpr uint32_t most_skipped = 3;

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return text.starts_with(start); });
}

struct Room {
  uint32_t words;
  const char *keep;
};

/// Frames that are skipped have to fit too, if the kernel walks over as many: kernels before 5.18 skip after they have
/// cut the stack to its room.
Room room_for(uint32_t depth, uint32_t slack) {
  const uint32_t frames = depth + slack;
  if (frames < AWL_STACK_SHORT) return {AWL_STACK_SHORT, "awl_stack_keep_short"};
  if (frames < AWL_STACK_MIDDLE) return {AWL_STACK_MIDDLE, "awl_stack_keep_middle"};
  if (depth < AWL_STACK_DEEP) return {AWL_STACK_DEEP, "awl_stack_keep_deep"};
  return {AWL_STACK_WHOLE, "awl_stack_keep_whole"};
}

}  // namespace

/// Programs that the kernel calls as functions see themselves, and what called them, on top of the stack.
llvm::Value *Emitter::tracer_frames() {
  std::string_view section = body_->group.section;
  if (starts_with_any(section, {"raw_tp", "raw_tracepoint", "tp_btf"})) return call("awl_tracer_skip", {});
  constexpr uint32_t program_and_trampoline = 2;
  return constant(starts_with_any(section, {"fentry", "fexit", "fmod_ret"}) ? program_and_trampoline : 0);
}

/// The value of kstack or ustack: struct awl_stack.
void Emitter::stack_into(ExprId id, Value *to) {
  const auto *limit = std::get_if<UseDepth>(&use_of(id));
  uint32_t depth = limit ? limit->frames : options_.most_frames;
  bool user = type_of(id).kind == Kind::user_stack;
  uint32_t slack = user ? 0 : most_skipped;
  Room room = room_for(depth, slack);
  Value *frames = temporary(room.words * 8);
  Value *flags = user ? constant(BPF_F_USER_STACK) : tracer_frames();
  uint32_t walked = std::min(depth + slack, room.words);
  Value *bytes = constant(walked * 8ull);
  bool at_entry = user && walked > 1 && body_->group.section.starts_with("uprobe");
  Value *got = at_entry ? call("awl_stack_walk_entry",
                               {context_, frames, bytes, processor_register("ip"), processor_register("sp")})
                        : call("awl_stack_walk", {context_, frames, bytes, flags});
  zero(offset(frames, depth * 8ull), (room.words - depth) * 8);
  // Only one that should be whole is worth a word when it is cut.
  uint64_t most = limit ? ~0ull : options_.most_frames - std::min(slack, options_.most_frames - 1);
  call(room.keep, {to, frames, got, constant(depth), constant(most), constant(user)});
}

/// Contexts that are registers begin with them, whatever follows.
llvm::Value *Emitter::processor_register(const std::string &name) {
  llvm::LoadInst *load = builder_.CreateLoad(builder_.getInt64Ty(), offset(context_, register_offset(name).value()));
  load->setVolatile(true);
  return load;
}

llvm::Value *Emitter::caller() { return call("awl_caller", {context_, tracer_frames()}); }

}  // namespace awl
