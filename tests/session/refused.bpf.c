// SPDX-License-Identifier: GPL-2.0-only
// A program that the verifier refuses: it reads where a number points that nobody has checked.
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

SEC("raw_tp")
int begin_1(void *context) {
  char *anywhere = (char *)bpf_get_current_pid_tgid();
  return anywhere[5];  // this line is to blame
}

char LICENSE[] SEC("license") = "GPL";
