/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loops whose rounds only the kernel knows. The body is a function of its own, long body(u64 round, void *frame) or
 * long body(void *map, void *key, void *value, void *frame), which gives 1 to end the loop.
 */

u64 awl_loop(u64 rounds, void *body, void *frame) { return bpf_loop(rounds, body, frame, 0); }
u64 awl_for_each(void *map, void *body, void *frame) { return bpf_for_each_map_elem(map, body, frame, 0); }
