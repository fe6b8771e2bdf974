/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Division as in C: rounded towards zero, for both signs. The BPF of older kernels divides unsigned numbers only.
 * A divisor of zero gives zero; the caller counts it.
 */

u64 awl_divide_unsigned(u64 a, u64 b) { return b ? a / b : 0; }
u64 awl_modulo_unsigned(u64 a, u64 b) { return b ? a % b : 0; }

static __always_inline u64 awl_magnitude(s64 v) { return v < 0 ? -(u64)v : (u64)v; }

u64 awl_divide_signed(s64 a, s64 b) {
  if (!b) return 0;
  u64 quotient = awl_magnitude(a) / awl_magnitude(b);
  return (a < 0) != (b < 0) ? -quotient : quotient;
}

u64 awl_modulo_signed(s64 a, s64 b) {
  if (!b) return 0;
  u64 remainder = awl_magnitude(a) % awl_magnitude(b);
  return a < 0 ? -remainder : remainder;
}

/* Numbers of 2, 4 and 8 bytes in the other order of bytes, the network's for a processor that puts the low one first. */
u64 awl_swap16(u64 value) { return __builtin_bswap16(value); }
u64 awl_swap32(u64 value) { return __builtin_bswap32(value); }
u64 awl_swap64(u64 value) { return __builtin_bswap64(value); }
