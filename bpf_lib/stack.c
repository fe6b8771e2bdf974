/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stacks. The kernel has a map of its own for them (bpf_get_stackid), which loses one of two stacks that fall into the
 * same bucket, and has room for all of them from the start. Here a stack is walked into scratch memory, and kept, once,
 * in an ordinary hash under a 64-bit hash of its frames; what is found there is compared, so that a stack is never
 * taken for another. Most stacks are short, so there are several maps, each for as many frames as fill a piece of the
 * kernel's allocator.
 *
 * The frames arrive with zeros behind them up to the size of the memory, and are looked at eight at a time. The last
 * word of an entry is no frame, but the epoch in which somebody last asked for the stack. User space throws away what
 * nobody holds any more (runtime/stack_store.h): it begins a new epoch, waits until no program can have seen an older
 * one, looks which stacks are in maps, and takes out those of older epochs that are in none. So whoever finds an entry
 * of an older epoch raises it, and looks whether it is still there.
 */

#define AWL_STACK_MAP(name, words) \
  struct { \
    __uint(type, BPF_MAP_TYPE_HASH); \
    __uint(max_entries, 1); \
    __uint(key_size, 8); \
    __uint(value_size, (words) * 8); \
  } name SEC(".maps")

AWL_STACK_MAP(awl_stacks_short, AWL_STACK_SHORT);
AWL_STACK_MAP(awl_stacks_middle, AWL_STACK_MIDDLE);
AWL_STACK_MAP(awl_stacks_deep, AWL_STACK_DEEP);
AWL_STACK_MAP(awl_stacks_whole, AWL_STACK_WHOLE);

volatile struct awl_stack_losses awl_stack_losses;
volatile u64 awl_stack_epoch; /* only ever grows */
volatile u64 awl_stacks_added;

/*
 * Frames that a program on a raw tracepoint sees on top of the traced function: its own, and those of the kernel that
 * lead to it. How many there are depends on how the kernel was compiled; user space has looked.
 */
volatile u64 awl_tracer_frames;
u64 awl_tracer_skip(void) { return awl_tracer_frames & 0xf; }

/* Frames to `frames`, as bpf_get_stack gives them: bytes, or a negative error. `flags`: frames to skip, user stack. */
s64 awl_stack_walk(void *ctx, u64 *frames, u64 bytes, u64 flags) { return bpf_get_stack(ctx, frames, bytes, flags); }

/*
 * The same in a uprobe, which may be at the first instruction of a function: its caller is then not where frame pointers
 * lead, but on top of the stack. Kernels from 6.12 on know that. Where the breakpoint is one sees by what follows it:
 * the rest of `endbr64`, or `mov %rsp,%rbp` behind a `push %rbp` of one byte.
 */
s64 awl_stack_walk_entry(void *ctx, u64 *frames, u64 bytes, u64 ip, u64 sp) {
  s64 got = bpf_get_stack(ctx, frames, bytes, BPF_F_USER_STACK);
  u32 code = 0;
  u64 caller = 0;
  if (got < 8 || bpf_probe_read_user(&code, sizeof(code), (void *)ip)) return got;
  code >>= 8;
  if (code != 0xfa1e0f && code != 0xe58948 && code != 0xec8b48) return got;
  if (bpf_probe_read_user(&caller, sizeof(caller), (void *)sp) || (got >= 16 && frames[1] == caller)) return got;
  got = bpf_get_stack(ctx, frames + 1, bytes - 8, BPF_F_USER_STACK);
  if (got < 8) return got;
  frames[0] = frames[1];
  frames[1] = caller;
  return got + 8;
}

/* Four multiplications run side by side; what they lose in mixing is made up for at the end. */
static __always_inline u64 awl_stack_hash(const u64 *frames, u32 count, u32 words) {
  u64 a = count, b = 0, c = 0, d = 0;
#pragma clang loop unroll(disable)
  for (u32 i = 0; i < words; i += 8) {
    if (i >= count) break;
    const u64 *at = frames + i;
    a = (a ^ at[0]) * 0x9e3779b97f4a7c15ull, b = (b ^ at[1]) * 0xc2b2ae3d27d4eb4full;
    c = (c ^ at[2]) * 0x165667b19e3779f9ull, d = (d ^ at[3]) * 0x27d4eb2f165667c5ull;
    a ^= a >> 29, b ^= b >> 31, c ^= c >> 33, d ^= d >> 30;
    a = (a ^ at[4]) * 0x9e3779b97f4a7c15ull, b = (b ^ at[5]) * 0xc2b2ae3d27d4eb4full;
    c = (c ^ at[6]) * 0x165667b19e3779f9ull, d = (d ^ at[7]) * 0x27d4eb2f165667c5ull;
    a ^= a >> 32, b ^= b >> 28, c ^= c >> 30, d ^= d >> 31;
  }
  u64 hash = a + (b << 17 | b >> 47) + (c << 31 | c >> 33) + (d << 47 | d >> 17);
  hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9ull;
  hash = (hash ^ hash >> 27) * 0x94d049bb133111ebull;
  hash ^= hash >> 31;
  return hash ? hash : 1;
}

static __always_inline int awl_stack_same(const u64 *a, const u64 *b, u32 count, u32 words) {
#pragma clang loop unroll(disable)
  for (u32 i = 0; i < words; i += 8) {
    if (i > count) break; /* the zero behind the last frame is compared too, so that a longer stack is another one */
    const u64 *x = a + i, *y = b + i;
    u64 differs = (x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) | (x[4] ^ y[4]) | (x[5] ^ y[5]) |
                  (x[6] ^ y[6]);
    if (i + 8 < words) differs |= x[7] ^ y[7]; /* the very last one is the epoch */
    if (differs) return 0;
  }
  return 1;
}

/*
 * Whether an entry is of this epoch already. Two epochs at the most are alive at once, so that an exchange can fail
 * once, because of somebody who still is in the older one.
 */
static __always_inline int awl_stack_is_young(u64 *epoch, u64 now) {
#pragma unroll
  for (u32 attempt = 0; attempt < 2; attempt++) {
    u64 seen = *(volatile u64 *)epoch;
    if (seen >= now) return 1;
    if (__sync_val_compare_and_swap(epoch, seen, now) == seen) return 0;
  }
  return 0;
}

static __always_inline int awl_stack_add(void *map, const u64 *id, const u64 *frames) {
  if (bpf_map_update_elem(map, id, frames, BPF_NOEXIST)) return 0;
  __sync_fetch_and_add(&awl_stacks_added, 1);
  return 1;
}

/* The id under which `map` has the frames now; 0 when it cannot have them. */
static __always_inline u64 awl_stack_find(void *map, u64 *frames, u32 count, u32 words) {
  u64 id = awl_stack_hash(frames, count, words), now = awl_stack_epoch;
  frames[words - 1] = now;
#pragma unroll
  for (u32 attempt = 0; attempt < 2; attempt++) {
    u64 *kept = bpf_map_lookup_elem(map, &id);
    if (!kept) {
      if (awl_stack_add(map, &id, frames)) return id;
      kept = bpf_map_lookup_elem(map, &id); /* another processor came first */
    }
    if (!kept) {
      __sync_fetch_and_add(&awl_stack_losses.full, 1);
      return 0;
    }
    if (awl_stack_same(kept, frames, count, words)) {
      if (awl_stack_is_young(kept + words - 1, now)) return id;
      /* It may just have been taken out; what was raised before that, user space puts back. */
      if (bpf_map_lookup_elem(map, &id) || awl_stack_add(map, &id, frames) || bpf_map_lookup_elem(map, &id)) return id;
      __sync_fetch_and_add(&awl_stack_losses.full, 1);
      return 0;
    }
    id++;
  }
  __sync_fetch_and_add(&awl_stack_losses.collisions, 1);
  return 0;
}

/*
 * What awl_stack_walk gave, to a value. `depth`: frames that were asked for. `most`: so many are all that the kernel
 * gives, and there may be more.
 */
static __always_inline u32 awl_stack_describe(struct awl_stack *out, s64 got, u64 depth, u64 most, u64 user) {
  u32 count = got < 0 ? 0 : (u32)got / 8;
  out->id = 0;
  out->process = user ? bpf_get_current_pid_tgid() >> 32 : 0;
  out->flags = 0;
  if (count >= most) {
    out->flags = AWL_STACK_TRUNCATED;
    __sync_fetch_and_add(&awl_stack_losses.truncated, 1);
  }
  /* A thread of the kernel has no user stack; nothing is wrong with that. */
  if (got < 0 && !user) {
    out->flags = AWL_STACK_LOST;
    __sync_fetch_and_add(&awl_stack_losses.unwalked, 1);
  }
  if (count > depth) count = depth;
  out->frames = count;
  return count;
}

static __always_inline void awl_stack_found(struct awl_stack *out, u32 count, u64 id) {
  out->id = id;
  if (count && !id) out->flags |= AWL_STACK_LOST, out->frames = 0;
}

/* For memory of AWL_STACK_SHORT words. */
void awl_stack_keep_short(struct awl_stack *out, u64 *frames, s64 got, u64 depth, u64 most, u64 user) {
  u32 count = awl_stack_describe(out, got, depth, most, user);
  if (!count) return;
  awl_stack_found(out, count, awl_stack_find(&awl_stacks_short, frames, count, AWL_STACK_SHORT));
}

void awl_stack_keep_middle(struct awl_stack *out, u64 *frames, s64 got, u64 depth, u64 most, u64 user) {
  u32 count = awl_stack_describe(out, got, depth, most, user);
  if (!count) return;
  u64 id = count < AWL_STACK_SHORT ? awl_stack_find(&awl_stacks_short, frames, count, AWL_STACK_SHORT)
                                    : awl_stack_find(&awl_stacks_middle, frames, count, AWL_STACK_MIDDLE);
  awl_stack_found(out, count, id);
}

static __always_inline u64 awl_stack_find_deep(u64 *frames, u32 count) {
  if (count < AWL_STACK_SHORT) return awl_stack_find(&awl_stacks_short, frames, count, AWL_STACK_SHORT);
  if (count < AWL_STACK_MIDDLE) return awl_stack_find(&awl_stacks_middle, frames, count, AWL_STACK_MIDDLE);
  return awl_stack_find(&awl_stacks_deep, frames, count, AWL_STACK_DEEP);
}

void awl_stack_keep_deep(struct awl_stack *out, u64 *frames, s64 got, u64 depth, u64 most, u64 user) {
  u32 count = awl_stack_describe(out, got, depth, most, user);
  if (count) awl_stack_found(out, count, awl_stack_find_deep(frames, count));
}

void awl_stack_keep_whole(struct awl_stack *out, u64 *frames, s64 got, u64 depth, u64 most, u64 user) {
  u32 count = awl_stack_describe(out, got, depth, most, user);
  if (!count) return;
  u64 id = count < AWL_STACK_DEEP ? awl_stack_find_deep(frames, count)
                                  : awl_stack_find(&awl_stacks_whole, frames, count, AWL_STACK_WHOLE);
  awl_stack_found(out, count, id);
}

u64 awl_stack_length(const struct awl_stack *stack) { return stack->frames; }

/*
 * The function that called the one with the probe. `skip`: frames of the tracer itself, three at most. Kernels before 5.18
 * skip after they have cut the stack to the room that there is for it.
 */
u64 awl_caller(void *ctx, u64 skip) {
  u64 frames[5] = {};
  bpf_get_stack(ctx, frames, sizeof(frames), (skip + 1) & 0xff);
  return frames[0];
}

/* An address of user space, with the process that it belongs to. */
void awl_user_symbol(u64 *out, u64 address) {
  out[0] = address;
  out[1] = bpf_get_current_pid_tgid() >> 32;
}
