/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Aggregations: how a sample changes its cells (layouts in awl_abi.h). Cells are per CPU, yet every change is atomic:
 * an interrupt or an NMI on the same CPU may run another probe of the same script in the middle of it, and counts are
 * exact here. `cells` is never null.
 */

void awl_count(u64 *cells) { __sync_fetch_and_add(&cells[0], 1); }

void awl_sum(u64 *cells, u64 value) {
  __sync_fetch_and_add(&cells[0], value);
  cells[1] = 1;
}

void awl_average(u64 *cells, u64 value) {
  __sync_fetch_and_add(&cells[0], value);
  __sync_fetch_and_add(&cells[1], 1);
}

/*
 * The greater of cell and key. Only what interrupts this CPU can come between, each level once, so a handful of rounds
 * is always enough.
 */
static __always_inline void awl_raise(u64 *cells, u64 key) {
  u64 seen = *(volatile u64 *)&cells[0];
#pragma unroll
  for (int i = 0; i < 5; i++) {
    if (key <= seen) break;
    u64 before = __sync_val_compare_and_swap(&cells[0], seen, key);
    if (before == seen) break;
    seen = before;
  }
  cells[1] = 1;
}

/* The same for kernels before 5.12, which have no compare-and-exchange: what interrupts may win. */
static __always_inline void awl_raise_plain(u64 *cells, u64 key) {
  if (key > *(volatile u64 *)&cells[0]) *(volatile u64 *)&cells[0] = key;
  cells[1] = 1;
}

#define AWL_SIGN (1ull << 63)
void awl_maximum(u64 *cells, u64 value, u64 is_signed) { awl_raise(cells, is_signed ? value ^ AWL_SIGN : value); }
void awl_minimum(u64 *cells, u64 value, u64 is_signed) { awl_raise(cells, ~(is_signed ? value ^ AWL_SIGN : value)); }
void awl_maximum_plain(u64 *cells, u64 value, u64 is_signed) {
  awl_raise_plain(cells, is_signed ? value ^ AWL_SIGN : value);
}
void awl_minimum_plain(u64 *cells, u64 value, u64 is_signed) {
  awl_raise_plain(cells, ~(is_signed ? value ^ AWL_SIGN : value));
}

/* Number of significant bits: 0 for 0, 64 for values with the highest bit set. */
static __always_inline u64 awl_bits(u64 v) {
  u64 bits = 0;
  if (v >> 32) bits += 32, v >>= 32;
  if (v >> 16) bits += 16, v >>= 16;
  if (v >> 8) bits += 8, v >>= 8;
  if (v >> 4) bits += 4, v >>= 4;
  if (v >> 2) bits += 2, v >>= 2;
  if (v >> 1) bits += 1, v >>= 1;
  return bits + v;
}

/* Hides what the compiler knows about a number, so that it keeps the range check the verifier needs to see. */
#define AWL_OPAQUE(x) asm volatile("" : "+r"(x))

void awl_quantize(u64 *cells, u64 value, u64 is_signed) {
  u64 cell = awl_bits(value);
  if (is_signed && (s64)value < 0) cell = 64 + awl_bits(-value);
  AWL_OPAQUE(cell);
  if (cell >= (is_signed ? AWL_QUANTIZE_CELLS_SIGNED : AWL_QUANTIZE_CELLS_UNSIGNED)) return;
  __sync_fetch_and_add(&cells[cell], 1);
}

/* `steps` buckets of width `step` from `low` on; one cell below, one above. */
void awl_lquantize(u64 *cells, u64 value, u64 is_signed, s64 low, u64 step, u64 steps) {
  u64 cell;
  if (is_signed ? (s64)value < low : low > 0 && value < (u64)low) {
    cell = 0;
  } else {
    cell = (value - (u64)low) / step;
    cell = cell < steps ? cell + 1 : steps + 1;
  }
  AWL_OPAQUE(cell);
  if (cell > steps + 1) return;
  __sync_fetch_and_add(&cells[cell], 1);
}
