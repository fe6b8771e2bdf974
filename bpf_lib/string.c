/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Strings are buffers of a size known at compile time, closed by a NUL, and zero behind it where the caller asks for
 * that (map keys are compared byte by byte). Small ones are moved by loads and stores that the code generator emits;
 * these functions, each one helper call, are for the large ones.
 */

/* Reading from address 0 always fails, and a failed read fills the buffer with zeros: the shortest way to do so. */
void awl_zero_fill(void *out, u64 size) { bpf_probe_read_kernel(out, size, 0); }

/* An unreadable address gives the empty string, and is counted in `faults` unless it is the null pointer. */
static __always_inline void awl_str_read(long result, char *out, u64 address, volatile u64 *faults) {
  if (result >= 0) return;
  *out = 0;
  if (faults && address) __sync_fetch_and_add(faults, 1);
}

/* The string at `address`, at most size - 1 bytes of it. */
void awl_str_kernel(char *out, u64 size, u64 address, volatile u64 *faults) {
  awl_str_read(bpf_probe_read_kernel_str(out, size, (void *)address), out, address, faults);
}
void awl_str_user(char *out, u64 size, u64 address, volatile u64 *faults) {
  awl_str_read(bpf_probe_read_user_str(out, size, (void *)address), out, address, faults);
}

/* An address that may be of either kind. */
void awl_str_any(char *out, u64 size, u64 address, volatile u64 *faults) {
  if (AWL_IS_KERNEL(address))
    awl_str_kernel(out, size, address, faults);
  else
    awl_str_user(out, size, address, faults);
}

/* A copy of a string that ends within `size`, zero behind its NUL when the source is. */
void awl_copy(char *out, u64 size, const char *from) { bpf_probe_read_kernel(out, size, from); }

/* 1 when two strings are equal; `size` is the smaller of the two buffers. */
u64 awl_str_equal(const char *a, const char *b, u64 size) {
  for (u64 i = 0; i < size; i++) {
    if (a[i] != b[i]) return 0;
    if (!a[i]) return 1;
  }
  return 1;
}
