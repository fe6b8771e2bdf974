/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is running: the process, the thread, the user, the processor. */

u64 awl_pid(void) { return bpf_get_current_pid_tgid() >> 32; }
u64 awl_tid(void) { return (u32)bpf_get_current_pid_tgid(); }
u64 awl_uid(void) { return (u32)bpf_get_current_uid_gid(); }
u64 awl_gid(void) { return bpf_get_current_uid_gid() >> 32; }
u64 awl_cpu(void) { return bpf_get_smp_processor_id(); }

/* Writes 16 bytes: the name, padded with NULs. */
void awl_comm(char *out) { bpf_get_current_comm(out, 16); }
