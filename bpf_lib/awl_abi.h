/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes that cross the border between kernel and user space, declared once, for the C in this folder and for
 * the C++ of lang/codegen and runtime. Nothing else may know a layout.
 */
#ifndef AWL_ABI_H
#define AWL_ABI_H

#ifdef __cplusplus
#include <cstdint>
#define AWL_ASSERT_SIZE(type, size) static_assert(sizeof(type) == (size))
#else
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;
typedef signed int int32_t;
typedef signed long long int64_t;
#define AWL_ASSERT_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
#endif

/*
 * Aggregations: 64-bit cells, one set per CPU, all starting at zero.
 *
 *   count        [0] hits
 *   sum          [0] sum (wraps)           [1] touched: 1 once a sample came
 *   min, max     [0] greatest order key    [1] touched
 *                The order key of v is v for unsigned samples, v ^ 2^63 for signed ones; for min it is inverted,
 *                so that "greatest wins" and "zero loses against everything" hold for both.
 *   avg, stats   [0] sum (wraps)           [1] samples
 *   quantize     [0] samples that were 0; [k] for 1 <= k <= 64: samples v > 0 whose highest bit is k - 1, that is
 *                2^(k-1) <= v < 2^k; signed samples have 64 more: [64 + k] holds -2^k < v <= -2^(k-1)
 *                (and -2^63 itself is in [64 + 64]).
 *   hist, pct    [0] samples below 0; then cells of b bits, b > 0: [1 + v] for 0 <= v < 2^b, and for larger v with
 *                highest bit e the cell 1 + (e - b + 1) * 2^b + (v >> (e - b)) % 2^b.
 *   stddev       [0] sum (wraps)  [1] samples  [2..7] sums of the low and the high 32 bits of b*b, a*b and a*a,
 *                where a and b are the high and the low half of a sample's magnitude.
 *   llquantize   [0] samples nearer to 0 than factor^low; [1 + i], i < B: those in bucket i, upwards; [B + 1]: those from
 *                factor^(high + 1) on; for signed samples the same again for those below 0, [B + 1 + i] like [i], i > 0.
 *   tseries      for each interval five cells, at (t / interval + 1) % intervals: [0] 2 * (t / interval + 1) + side;
 *                [1 + 2 * side] a value or a sum of values or a greatest order key, and behind it the samples or, for
 *                the newest value, its time; the other side is empty, or is just being emptied.
 *   lquantize    [0] v < low; [1 + i] low + i * step <= v < low + (i + 1) * step; the last: v >= high.
 */
#define AWL_QUANTIZE_CELLS_UNSIGNED 65
#define AWL_QUANTIZE_CELLS_SIGNED 129
#define AWL_LQUANTIZE_MAX_CELLS 1002
#define AWL_LOG_LINEAR_CELLS(bits) (1 + (65 - (bits)) * (1 << (bits)))
#define AWL_PERCENTILE_BITS 6
#define AWL_DEVIATION_CELLS 8
#define AWL_MAGNITUDE_CELLS(buckets, is_signed) ((is_signed) ? 2 * (buckets) + 3 : (buckets) + 2)
#define AWL_SERIES_CELLS 5
/* The kernel gives a value at most 32 KiB on each CPU. */
#define AWL_MAX_CELLS 4096

/* What awl_series() keeps of the samples in an interval. */
#define AWL_SERIES_NEWEST 0
#define AWL_SERIES_SUM 1
#define AWL_SERIES_MAXIMUM 2
#define AWL_SERIES_MINIMUM 3

/* An event record starts with this; its columns follow (Manifest::events says where). */
struct awl_event_header {
  uint32_t event; /* index into Manifest::events */
  uint32_t size;  /* of the whole record, with this header */
};
AWL_ASSERT_SIZE(struct awl_event_header, 8);

/* A string of variable length inside an event record. */
struct awl_event_string {
  uint32_t offset; /* from the start of the record */
  uint32_t length; /* without a NUL; bit 31: the source was longer than this */
};
AWL_ASSERT_SIZE(struct awl_event_string, 8);
#define AWL_STRING_TRUNCATED 0x80000000u

/*
 * A stack as a value: its frames lie once in a map of the kernel, under `id`; two stacks are the same when all of this
 * is. Which of the maps has them follows from their number.
 */
struct awl_stack {
  uint64_t id;      /* 0: no frames were kept */
  uint32_t process; /* whose addresses they are; 0 for the kernel's */
  uint16_t frames;
  uint16_t flags;
};
AWL_ASSERT_SIZE(struct awl_stack, 16);
#define AWL_STACK_TRUNCATED 1 /* there are more frames than the kernel walks over */
#define AWL_STACK_LOST 2      /* it could not be walked, or not be kept */

/* Words of an entry of each of the maps: frames, and the epoch. With what the kernel adds it fills 256, 512 and 2048
 * bytes; the last one is for kernels that walk over more than usual. */
#define AWL_STACK_SHORT 24
#define AWL_STACK_MIDDLE 56
#define AWL_STACK_DEEP 128
#define AWL_STACK_WHOLE 1024
/* What the kernel walks over unless an administrator says otherwise (kernel.perf_event_max_stack). */
#define AWL_STACK_MOST 127

/* What became of stacks that are not as they should be; a global variable named awl_stack_losses. */
struct awl_stack_losses {
  uint64_t full;       /* no room, or no memory, for another one */
  uint64_t collisions; /* two different ones with one id, twice in a row */
  uint64_t unwalked;   /* the kernel could not follow it */
  uint64_t truncated;
};
AWL_ASSERT_SIZE(struct awl_stack_losses, 32);

/* One plain value without a key: storage `slot`. */
struct awl_slot_header {
  uint64_t is_set; /* 0 until the first assignment, and again after delete() */
};
AWL_ASSERT_SIZE(struct awl_slot_header, 8);

/*
 * The word that both sides share while a script runs; a global variable of the BPF object named awl_control.
 */
struct awl_control {
  uint64_t start_ns; /* CLOCK_BOOTTIME when the script started; set by user space before load */
  uint64_t stopped;  /* set by exit() in the kernel and by user space at the end: probes return at once */
  uint64_t lost;     /* events that found the ring full */
  uint64_t busy;     /* probe runs skipped because all scratch levels of the CPU were taken */
  uint64_t unfollowed; /* processes that --follow had no room for */
  /* Set by user space before the first probe fires. */
  uint64_t wall_ns;   /* time of day, in nanoseconds since 1970, when the machine started */
  uint64_t tai_ns;    /* what atomic time is ahead of the time since the machine started */
  uint64_t child;     /* process of -c, or 0 */
  uint64_t pid_namespace_device, pid_namespace; /* awl's own, as stat() has it */
};
AWL_ASSERT_SIZE(struct awl_control, 80);

/* Directories on the way from a file to the root that path() goes through; a power of two. */
#define AWL_PATH_PARTS 64
#define AWL_PATH_WORDS (AWL_PATH_PARTS + 4)
/* Bytes behind those of a path that a part of it may reach into. */
#define AWL_PATH_SLACK 264

/* Processes that --follow can look at at once. */
#define AWL_FOLLOWED 32768

/*
 * Banked maps (a script that prints and clears): the kernel side writes into bank awl_banks[map]; user space flips
 * it, waits until no program can still hold the old number (a grace period), and then owns the old bank alone.
 * An unkeyed banked map has two entries, a keyed one has the bank's number as the first 8 bytes of its key.
 */
#define AWL_BANKS 2

/* Longest string and buffer, with NUL. */
#define AWL_MAX_STRING 65536

/* What join() sends at most, and of how many strings; a power of two. */
#define AWL_JOIN_ROOM 4096
#define AWL_JOIN_STRINGS 16
#define AWL_JOIN_STRING 1024

/* Rounds of a loop, by the kernel's own limit. */
#define AWL_MAX_ROUNDS 8388608

/* Runs of probes that may be under way on one CPU at once, each with scratch memory: a task, a soft interrupt, a hard
 * interrupt, an NMI, and as many again for preempted tasks. */
#define AWL_LEVELS 8

/* In calls of awl_user_memory: no base or no index. */
#define AWL_NO_REGISTER 0xffff

#endif
