/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time in nanoseconds: since the machine started, with and without the time it slept; and since 1970, by the leap
 * seconds of atomic time or of the calendar. The latter two are known by their distance when the script started; the
 * helper for atomic time, of kernels from 6.1 on, sees a clock that is set meanwhile.
 */

u64 awl_nsecs(void) { return bpf_ktime_get_boot_ns(); }
u64 awl_nsecs_monotonic(void) { return bpf_ktime_get_ns(); }
u64 awl_nsecs_tai(void) { return bpf_ktime_get_tai_ns(); }
u64 awl_nsecs_tai_computed(void) { return bpf_ktime_get_boot_ns() + awl_control.tai_ns; }
u64 awl_nsecs_wall(void) { return bpf_ktime_get_boot_ns() + awl_control.wall_ns; }
u64 awl_elapsed(void) { return bpf_ktime_get_boot_ns() - awl_control.start_ns; }
u64 awl_jiffies(void) { return bpf_jiffies64(); }
