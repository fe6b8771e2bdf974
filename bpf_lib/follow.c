/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --follow: the processes that are looked at, kept up to date where processes are made and end. User space puts the
 * first ones in; two programs of their own, on fork and exit, do the rest, so no child is missed however short it lives.
 */

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, AWL_FOLLOWED);
  __uint(key_size, 4);
  __uint(value_size, 4);
} awl_followed SEC(".maps");

struct awl_atomic {
  s32 counter;
} CORE;
struct signal_struct___follow {
  struct awl_atomic live;
} CORE;
struct task_struct___follow {
  s32 tgid;
  struct signal_struct___follow *signal;
} CORE;

u64 awl_is_followed(void) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  return bpf_map_lookup_elem(&awl_followed, &pid) != 0;
}

/* Raw tracepoint sched_process_fork {parent, child}. A new thread belongs to a process that is there already. */
void awl_follow_fork(void *ctx) {
  struct task_struct___follow *parent = (void *)((u64 *)ctx)[0], *child = (void *)((u64 *)ctx)[1];
  u32 from = BPF_CORE_READ(parent, tgid), to = BPF_CORE_READ(child, tgid), one = 1;
  if (from == to || !bpf_map_lookup_elem(&awl_followed, &from)) return;
  if (bpf_map_update_elem(&awl_followed, &to, &one, BPF_ANY)) __sync_fetch_and_add(&awl_control.unfollowed, 1);
}

/* Raw tracepoint sched_process_exit {task}: the number is free for others once the last thread has gone. */
void awl_follow_exit(void *ctx) {
  struct task_struct___follow *task = (void *)((u64 *)ctx)[0];
  u32 pid = BPF_CORE_READ(task, tgid);
  if (BPF_CORE_READ(task, signal, live.counter) == 0) bpf_map_delete_elem(&awl_followed, &pid);
}
