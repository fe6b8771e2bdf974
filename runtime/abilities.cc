// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/abilities.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <iterator>

#include "src/base/fd.h"

namespace awl {

bool can_compare_atomically() {
  static const bool can = [] {
    const bpf_insn program[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
        {.code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .src_reg = BPF_REG_0, .off = -8},
        {.code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = BPF_REG_10, .src_reg = BPF_REG_0, .off = -8, .imm = BPF_CMPXCHG},
        {.code = BPF_JMP | BPF_EXIT},
    };
    return static_cast<bool>(
        Fd(bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "awl_try", "GPL", program, std::size(program), nullptr)));
  }();
  return can;
}

bool can_call_loops() {
  static const bool can = libbpf_probe_bpf_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_loop, nullptr) == 1;
  return can;
}

}  // namespace awl
