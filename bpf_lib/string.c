/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Strings are buffers of a size known at compile time, closed by a NUL, and zero behind it where the caller asks for
 * that (map keys are compared byte by byte). Small ones are moved by loads and stores that the code generator emits;
 * these functions, each one helper call, are for the large ones.
 */

/* Reading from address 0 always fails, and a failed read fills the buffer with zeros: the shortest way to do so. */
void awl_zero_fill(void *out, u64 size) { bpf_probe_read_kernel(out, size, 0); }

/* The string at `address`, at most size - 1 bytes of it; an unreadable address gives the empty string. */
void awl_str_kernel(char *out, u64 size, u64 address) {
  if (bpf_probe_read_kernel_str(out, size, (void *)address) < 0) *out = 0;
}
void awl_str_user(char *out, u64 size, u64 address) {
  if (bpf_probe_read_user_str(out, size, (void *)address) < 0) *out = 0;
}

/* An address that may be of either kind: user space first, which fails cleanly on kernel addresses. */
void awl_str_any(char *out, u64 size, u64 address) {
  if (bpf_probe_read_user_str(out, size, (void *)address) >= 0) return;
  awl_str_kernel(out, size, address);
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
