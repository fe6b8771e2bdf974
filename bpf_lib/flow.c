/* SPDX-License-Identifier: GPL-2.0-only */
/* The frame round every probe: whether it runs at all, and scratch memory for what does not fit the BPF stack. */

u64 awl_stopped(void) { return awl_control.stopped; }

/*
 * Scratch memory, per CPU, one piece for each of AWL_LEVELS runs that may be under way on a CPU at once: a task, and
 * what interrupts it. User space (the code generator) sets the size.
 */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, AWL_LEVELS);
  __uint(key_size, 4);
  __uint(value_size, 8);
} awl_scratch SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __uint(key_size, 4);
  __uint(value_size, 8);
} awl_levels SEC(".maps");

/*
 * Take a level: its number, or AWL_LEVELS when all are taken, which is counted. The levels of a CPU are bits of a word;
 * taking one is atomic, since programs may also be preempted in favour of another task's, in any order.
 */
u32 awl_scratch_take(void) {
  u32 first = 0;
  u64 *taken = bpf_map_lookup_elem(&awl_levels, &first);
  if (!taken) return AWL_LEVELS;
#pragma unroll
  for (u32 level = 0; level < AWL_LEVELS; level++)
    if (!(__sync_fetch_and_or(taken, 1ull << level) & (1ull << level))) return level;
  __sync_fetch_and_add(&awl_control.busy, 1);
  return AWL_LEVELS;
}

void awl_scratch_give(u32 level) {
  u32 first = 0;
  u64 *taken = bpf_map_lookup_elem(&awl_levels, &first);
  if (taken) __sync_fetch_and_and(taken, ~(1ull << (level & 63)));
}

/*
 * The same for kernels before 5.12, which cannot take a bit and look at it in one step. There, runs nest strictly (an
 * interrupt ends before what it interrupted goes on), and a counter is enough.
 */
u32 awl_scratch_take_plain(void) {
  u32 first = 0;
  volatile u64 *depth = bpf_map_lookup_elem(&awl_levels, &first);
  if (!depth) return AWL_LEVELS;
  u64 level = *depth;
  if (level >= AWL_LEVELS) {
    __sync_fetch_and_add(&awl_control.busy, 1);
    return AWL_LEVELS;
  }
  *depth = level + 1;
  return level;
}

void awl_scratch_give_plain(u32 level) {
  u32 first = 0;
  volatile u64 *depth = bpf_map_lookup_elem(&awl_levels, &first);
  if (depth) *depth = level;
}

void *awl_scratch_at(u32 level) { return bpf_map_lookup_elem(&awl_scratch, &level); }
