/* SPDX-License-Identifier: GPL-2.0-only */
/* Time in nanoseconds since boot, suspended time included. */

u64 awl_nsecs(void) { return bpf_ktime_get_boot_ns(); }
u64 awl_elapsed(void) { return bpf_ktime_get_boot_ns() - awl_control.start_ns; }
u64 awl_jiffies(void) { return bpf_jiffies64(); }
