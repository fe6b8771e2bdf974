/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tseries(): what happened in each of the last intervals (layout in awl_abi.h). An interval's cells are taken over by
 * a later one, and a probe that interrupts another on the same CPU may come in the middle of that. So there are two
 * sides: one word, changed at once, says whose cells these are and which side counts, and the other side was emptied
 * the time before. No sample is lost to the change, and none of the old interval is left in the new one.
 */

static __always_inline void awl_series_at(u64 *cells, u64 value, u64 is_signed, u64 interval, u64 intervals, u64 keep,
                                          u64 atomic) {
  u64 now = bpf_ktime_get_boot_ns(), number = now / interval + 1, at = number % intervals;
  AWL_OPAQUE(at);
  if (at >= intervals) return;
  u64 *own = cells + at * AWL_SERIES_CELLS, seen = *(volatile u64 *)own;
  if (seen >> 1 < number) {
    u64 next = number << 1 | (~seen & 1), before = seen;
    if (atomic)
      before = __sync_val_compare_and_swap(own, seen, next);
    else
      *(volatile u64 *)own = next;
    if (before == seen) {
      u64 *old = own + 1 + 2 * (seen & 1);
      old[0] = 0;
      old[1] = 0;
      seen = next;
    } else {
      seen = before;
    }
  }
  if (seen >> 1 != number) return; /* held up until these cells belonged to a later interval */
  u64 *kept = own + 1 + 2 * (seen & 1);
  u64 key = is_signed ? value ^ AWL_SIGN : value;
  if (keep == AWL_SERIES_MINIMUM) key = ~key;
  if (keep == AWL_SERIES_NEWEST) {
    if (now < *(volatile u64 *)&kept[1]) return;
    kept[0] = value;
    kept[1] = now;
  } else if (keep == AWL_SERIES_SUM) {
    __sync_fetch_and_add(&kept[0], value);
    __sync_fetch_and_add(&kept[1], 1);
  } else if (atomic) {
    awl_raise(kept, key);
  } else {
    awl_raise_plain(kept, key);
  }
}

void awl_series(u64 *cells, u64 value, u64 is_signed, u64 interval, u64 intervals, u64 keep) {
  awl_series_at(cells, value, is_signed, interval, intervals, keep, 1);
}

/* For kernels before 5.12, which have no compare-and-exchange. */
void awl_series_plain(u64 *cells, u64 value, u64 is_signed, u64 interval, u64 intervals, u64 keep) {
  awl_series_at(cells, value, is_signed, interval, intervals, keep, 0);
}
