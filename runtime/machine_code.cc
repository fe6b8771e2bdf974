// SPDX-License-Identifier: GPL-2.0-only
// Decoding with capstone; see machine_code.h.
#include "runtime/machine_code.h"

#include <capstone/capstone.h>

namespace awl {
namespace {

/// One instruction after the other.
class Decoder {
 public:
  explicit Decoder(std::span<const uint8_t> code) : next_(code.data()), left_(code.size()) {
    if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle_) != CS_ERR_OK) return;
    cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
    instruction_ = cs_malloc(handle_);
  }
  ~Decoder() {
    if (instruction_ != nullptr) cs_free(instruction_, 1);
    if (handle_ != 0) cs_close(&handle_);
  }
  Decoder(const Decoder &) = delete;
  Decoder &operator=(const Decoder &) = delete;

  /// False at the end and at what is no instruction.
  bool next() { return instruction_ != nullptr && cs_disasm_iter(handle_, &next_, &left_, &end_, instruction_); }
  const cs_insn &instruction() const { return *instruction_; }
  /// Offset behind the instruction.
  uint64_t end() const { return end_; }

 private:
  csh handle_ = 0;
  cs_insn *instruction_ = nullptr;
  const uint8_t *next_;
  size_t left_;
  uint64_t end_ = 0;
};

/// cmp with the field of Go's `g` that holds the end of the stack: [r14+16], and [rcx+16] before Go 1.17.
bool compares_stack_end(const cs_insn &instruction) {
  constexpr int64_t stack_guard = 16;
  if (instruction.id != X86_INS_CMP || instruction.detail == nullptr) return false;
  const cs_x86_op &right = instruction.detail->x86.operands[1];
  return right.type == X86_OP_MEM && right.mem.disp == stack_guard && right.mem.index == X86_REG_INVALID &&
         (right.mem.base == X86_REG_R14 || right.mem.base == X86_REG_RCX);
}

}  // namespace

std::optional<bool> begins_instruction(std::span<const uint8_t> code, uint64_t offset) {
  if (offset == 0) return true;
  Decoder decoder(code);
  while (decoder.next())
    if (decoder.end() >= offset) return decoder.end() == offset;
  return std::nullopt;
}

std::optional<std::vector<uint64_t>> return_offsets(std::span<const uint8_t> code) {
  std::vector<uint64_t> offsets;
  Decoder decoder(code);
  while (decoder.next())
    if (decoder.instruction().id == X86_INS_RET) offsets.push_back(decoder.instruction().address);
  if (decoder.end() < code.size()) return std::nullopt;
  return offsets;
}

uint64_t behind_stack_check(std::span<const uint8_t> code) {
  constexpr int longest_check = 8;  // instructions
  Decoder decoder(code);
  for (int i = 0; i < longest_check && decoder.next(); i++) {
    if (!compares_stack_end(decoder.instruction())) continue;
    return decoder.next() && decoder.instruction().id == X86_INS_JBE ? decoder.end() : 0;
  }
  return 0;
}

}  // namespace awl
