/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that an address leads to: numbers of 1 to 8 bytes, and bytes as they lie there. A read that fails gives
 * zeros and is counted in `faults`.
 */

static __always_inline void awl_count_fault(long result, volatile u64 *faults) {
  if (result) __sync_fetch_and_add(faults, 1);
}

u64 awl_read_kernel(u64 address, u64 size, volatile u64 *faults) {
  u64 value = 0;
  awl_count_fault(bpf_probe_read_kernel(&value, size, (void *)address), faults);
  return value;
}
u64 awl_read_user(u64 address, u64 size, volatile u64 *faults) {
  u64 value = 0;
  awl_count_fault(bpf_probe_read_user(&value, size, (void *)address), faults);
  return value;
}
u64 awl_read_any(u64 address, u64 size, volatile u64 *faults) {
  u64 value = 0;
  long result = AWL_IS_KERNEL(address) ? bpf_probe_read_kernel(&value, size, (void *)address)
                                       : bpf_probe_read_user(&value, size, (void *)address);
  awl_count_fault(result, faults);
  return value;
}

void awl_bytes_kernel(void *to, u64 size, u64 address, volatile u64 *faults) {
  awl_count_fault(bpf_probe_read_kernel(to, size, (void *)address), faults);
}
void awl_bytes_user(void *to, u64 size, u64 address, volatile u64 *faults) {
  awl_count_fault(bpf_probe_read_user(to, size, (void *)address), faults);
}
void awl_bytes_any(void *to, u64 size, u64 address, volatile u64 *faults) {
  long result = AWL_IS_KERNEL(address) ? bpf_probe_read_kernel(to, size, (void *)address)
                                       : bpf_probe_read_user(to, size, (void *)address);
  awl_count_fault(result, faults);
}

/* The first byte that differs among the first `count`: how much greater it is in `a`; 0 when there is none. */
s64 awl_memcmp(const u8 *a, u64 a_size, const u8 *b, u64 b_size, u64 count) {
  for (u64 i = 0; i < a_size && i < b_size; i++) {
    if (i >= count) return 0;
    if (a[i] != b[i]) return (s64)a[i] - b[i];
  }
  return 0;
}

/* Addresses that are no addresses but errors: the last page, as the kernel's IS_ERR has it. */
u64 awl_is_error(u64 address) { return address >= (u64)-4095; }

/*
 * Where a variable that each processor has of its own lies for `processor`: the kernel keeps the distances in a
 * table. Zero when there is no such processor.
 */
u64 awl_per_cpu_address(u64 variable, u64 distances, u64 processors, u64 processor) {
  u64 distance = 0;
  if (processor >= processors) return 0;
  if (bpf_probe_read_kernel(&distance, sizeof(distance), (u64 *)distances + processor)) return 0;
  return variable + distance;
}

/* An index that is known to be below `count`, in a form that the verifier sees. */
u64 awl_bounded(u64 index, u64 count) {
  AWL_OPAQUE(index);
  return index < count ? index : 0;
}

/* 1 when `size` bytes, a multiple of 8, are the same. */
u64 awl_same_bytes(const u64 *a, const u64 *b, u64 size) {
  for (u64 i = 0; i < size / 8; i++)
    if (a[i] != b[i]) return 0;
  return 1;
}
