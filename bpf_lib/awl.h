/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Common ground of the in-kernel library: types, helpers, the globals it shares with user space.
 *
 * Everything that runs in the kernel and is not the user's own arithmetic is C in this folder, compiled once when awl
 * is built, to bitcode. The code generator adds the script's functions to that very module and inlines what they call,
 * so a call costs nothing and whatever is not called is not there. No vmlinux.h: structures of the kernel are declared
 * as flavours (`task_struct___awl`) with the fields that are used, and relocated by libbpf when the program is loaded.
 */
#ifndef AWL_H
#define AWL_H

/* The first gives the others their types. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "awl_abi.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

/* Hides what the compiler knows about a number, so that it keeps the range check the verifier needs to see. */
#define AWL_OPAQUE(x) asm volatile("" : "+r"(x))

/* The space of an address that may be of either kind: on x86-64 those of the kernel have the highest bit. */
#define AWL_IS_KERNEL(address) ((s64)(address) < 0)

#define CORE __attribute__((preserve_access_index))

/* Globals of the object. Volatile, so that the compiler reads them when the program runs. */
volatile struct awl_control awl_control;

/*
 * The template of all maps of a script: the code generator makes a copy for each, user space sets type and sizes
 * before the object is loaded.
 */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1);
  __uint(key_size, 8);
  __uint(value_size, 8);
} awl_map_template SEC(".maps");

#endif
