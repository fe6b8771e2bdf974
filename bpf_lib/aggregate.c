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

/*
 * The same for cells that all CPUs share, because probes read them. A round is lost only to another CPU that raised
 * the cell; more of these than there are rounds, in the few instructions between, do not happen.
 */
static __always_inline void awl_raise_shared(u64 *cells, u64 key) {
  u64 seen = *(volatile u64 *)&cells[0];
  for (int i = 0; i < 64; i++) {
    if (key <= seen) break;
    u64 before = __sync_val_compare_and_swap(&cells[0], seen, key);
    if (before == seen) break;
    seen = before;
  }
  cells[1] = 1;
}
void awl_maximum_shared(u64 *cells, u64 value, u64 is_signed) {
  awl_raise_shared(cells, is_signed ? value ^ AWL_SIGN : value);
}
void awl_minimum_shared(u64 *cells, u64 value, u64 is_signed) {
  awl_raise_shared(cells, ~(is_signed ? value ^ AWL_SIGN : value));
}

/* What the cells say, for probes that read them: 0 when no sample came. */
u64 awl_maximum_value(u64 *cells, u64 is_signed) {
  if (!cells[1]) return 0;
  return is_signed ? cells[0] ^ AWL_SIGN : cells[0];
}
u64 awl_minimum_value(u64 *cells, u64 is_signed) {
  if (!cells[1]) return 0;
  return is_signed ? ~cells[0] ^ AWL_SIGN : ~cells[0];
}
u64 awl_average_value(u64 *cells, u64 is_signed) {
  return is_signed ? awl_divide_signed((s64)cells[0], (s64)cells[1]) : awl_divide_unsigned(cells[0], cells[1]);
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

/* Cells of `bits` bits for each power of two: see awl_abi.h. */
void awl_log_linear(u64 *cells, u64 value, u64 is_signed, u64 bits) {
  u64 cell = 0;
  if (!is_signed || (s64)value >= 0) {
    u64 highest = awl_bits(value);
    u64 shift = highest > bits ? highest - 1 - bits : 0;
    cell = 1 + value;
    if (highest > bits) cell = 1 + ((shift + 1) << bits) + ((value >> (shift & 63)) & ((1ull << bits) - 1));
  }
  AWL_OPAQUE(cell);
  if (cell >= AWL_LOG_LINEAR_CELLS(bits)) return;
  __sync_fetch_and_add(&cells[cell], 1);
}

void awl_deviation(u64 *cells, u64 value, u64 is_signed) {
  u64 magnitude = is_signed && (s64)value < 0 ? -value : value;
  u64 a = magnitude >> 32, b = (u32)magnitude;
  u64 products[3] = {b * b, a * b, a * a};
  __sync_fetch_and_add(&cells[0], value);
  __sync_fetch_and_add(&cells[1], 1);
#pragma unroll
  for (int i = 0; i < 3; i++) {
    __sync_fetch_and_add(&cells[2 + 2 * i], (u32)products[i]);
    __sync_fetch_and_add(&cells[3 + 2 * i], products[i] >> 32);
  }
}

void awl_quantize(u64 *cells, u64 value, u64 is_signed, u64 weight) {
  u64 cell = awl_bits(value);
  if (is_signed && (s64)value < 0) cell = 64 + awl_bits(-value);
  AWL_OPAQUE(cell);
  if (cell >= (is_signed ? AWL_QUANTIZE_CELLS_SIGNED : AWL_QUANTIZE_CELLS_UNSIGNED)) return;
  __sync_fetch_and_add(&cells[cell], weight);
}

/* `steps` buckets of width `step` from `low` on; one cell below, one above. */
void awl_lquantize(u64 *cells, u64 value, u64 is_signed, s64 low, u64 step, u64 steps, u64 weight) {
  u64 cell;
  if (is_signed ? (s64)value < low : low > 0 && value < (u64)low) {
    cell = 0;
  } else {
    cell = (value - (u64)low) / step;
    cell = cell < steps ? cell + 1 : steps + 1;
  }
  AWL_OPAQUE(cell);
  if (cell > steps + 1) return;
  __sync_fetch_and_add(&cells[cell], weight);
}

/*
 * `orders` magnitudes from `low`, a power of the factor, on; `most` buckets in a piece as long as from 0 to the lower
 * end of a magnitude. None is narrower than 1.
 */
void awl_llquantize(u64 *cells, u64 value, u64 is_signed, u64 factor, u64 low, u64 orders, u64 most, u64 buckets,
                    u64 weight) {
  u64 negative = is_signed && (s64)value < 0;
  if (negative) value = -value;
  u64 cell = value < low ? 0 : buckets + 1, from = low, base = 1;
  for (u64 i = 0; i < 64; i++) {
    if (cell == 0 || i >= orders) break;
    u64 parts = from < most ? from : most;
    u64 part = (value - from) / (from / parts);
    if (part < parts * (factor - 1)) {
      cell = base + part;
      break;
    }
    base += parts * (factor - 1);
    from *= factor;
  }
  if (negative && cell > 0) cell += buckets + 1;
  AWL_OPAQUE(cell);
  if (cell >= AWL_MAGNITUDE_CELLS(buckets, is_signed)) return;
  __sync_fetch_and_add(&cells[cell], weight);
}
