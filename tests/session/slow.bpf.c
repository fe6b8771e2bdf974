// SPDX-License-Identifier: GPL-2.0-only
// A program that takes its time: fifty milliseconds, and says when it has begun and ended.
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "bpf_lib/awl_abi.h"

volatile uint64_t begun, ended;

struct wait {
  uint64_t until;
};

static long is_over(uint32_t round, struct wait *wait) { return bpf_ktime_get_ns() > wait->until; }

SEC("raw_tp")
int slow(void *context) {
  struct wait wait = {.until = bpf_ktime_get_ns() + 50000000};
  begun = 1;
  bpf_loop(1 << 23, is_over, &wait, 0);
  ended = 1;
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
