/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is running: the process, the thread, the user, the processor. */

u64 awl_pid(void) { return bpf_get_current_pid_tgid() >> 32; }
u64 awl_tid(void) { return (u32)bpf_get_current_pid_tgid(); }
u64 awl_uid(void) { return (u32)bpf_get_current_uid_gid(); }
u64 awl_gid(void) { return bpf_get_current_uid_gid() >> 32; }
u64 awl_child(void) { return awl_control.child; }
u64 awl_has_child(void) { return awl_control.child != 0; }
u64 awl_curtask(void) { return bpf_get_current_task(); }
u64 awl_cgroup(void) { return bpf_get_current_cgroup_id(); }
u64 awl_numa_node(void) { return bpf_get_numa_node_id(); }
u64 awl_random(void) { return bpf_get_prandom_u32(); }
u64 awl_cpu(void) { return bpf_get_smp_processor_id(); }

/* All bytes of a word from its first NUL on become zero; a word without one stays as it is. */
static __always_inline u64 awl_cut_word(u64 word) {
  u64 nul = (word - 0x0101010101010101ull) & ~word & 0x8080808080808080ull;
  return nul ? word & (((nul & -nul) >> 7) - 1) : word;
}

/*
 * Writes 16 bytes: the name, padded with NULs. Kernels around 6.1 leave the rest of an older, longer name behind the
 * NUL, and two keys that look the same would be two.
 */
void awl_comm(u64 *out) {
  bpf_get_current_comm(out, 16);
  u64 first = awl_cut_word(out[0]);
  out[1] = first == out[0] && (first >> 56) ? awl_cut_word(out[1]) : 0;
  out[0] = first;
}

/* The same ids as the tracer's own pid namespace has them; 0 for a process that is outside of it. */
static __always_inline struct bpf_pidns_info awl_ids_here(void) {
  struct bpf_pidns_info ids = {};
  bpf_get_ns_current_pid_tgid(awl_control.pid_namespace_device, awl_control.pid_namespace, &ids, sizeof(ids));
  return ids;
}
u64 awl_pid_here(void) { return awl_ids_here().tgid; }
u64 awl_tid_here(void) { return awl_ids_here().pid; }

/* Relatives of a task: of the current one when `task` is 0. */
struct task_struct___family {
  struct task_struct___family *real_parent, *group_leader;
  int pid, tgid;
  char comm[16];
} CORE;

static __always_inline struct task_struct___family *awl_task(u64 task) {
  return task ? (void *)task : (void *)bpf_get_current_task();
}
static __always_inline void awl_name_of(u64 *out, struct task_struct___family *task) {
  out[0] = out[1] = 0;
  bpf_core_read_str(out, 16, &task->comm);
}

u64 awl_ppid(u64 task) { return BPF_CORE_READ(awl_task(task), real_parent, tgid); }
u64 awl_leader_tid(u64 task) { return BPF_CORE_READ(awl_task(task), group_leader, pid); }
void awl_pcomm(u64 *out, u64 task) { awl_name_of(out, BPF_CORE_READ(awl_task(task), real_parent)); }
void awl_leader_comm(u64 *out, u64 task) { awl_name_of(out, BPF_CORE_READ(awl_task(task), group_leader)); }
