/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Maps: finding and making entries. An update that finds the map full is counted, never hidden: `full` points at the
 * counter of that map.
 */

/* All zeros, as large as the largest value: what a new entry starts from. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __uint(key_size, 4);
  __uint(value_size, 8);
} awl_zero SEC(".maps");

void *awl_lookup(void *map, void *key) { return bpf_map_lookup_elem(map, key); }

/* The only entry of an unkeyed map, or the one of a bank. */
void *awl_slot(void *map, u32 index) { return bpf_map_lookup_elem(map, &index); }

/* The entry of `key`, made when there is none; null when the map is full. */
void *awl_entry(void *map, void *key, volatile u64 *full) {
  void *value = bpf_map_lookup_elem(map, key);
  if (value) return value;
  u32 first = 0;
  void *zero = bpf_map_lookup_elem(&awl_zero, &first);
  if (!zero) return 0;
  bpf_map_update_elem(map, key, zero, BPF_NOEXIST);
  value = bpf_map_lookup_elem(map, key);
  if (!value) __sync_fetch_and_add(full, 1);
  return value;
}

void awl_store(void *map, void *key, void *value, volatile u64 *full) {
  if (bpf_map_update_elem(map, key, value, BPF_ANY)) __sync_fetch_and_add(full, 1);
}

void awl_delete(void *map, void *key) { bpf_map_delete_elem(map, key); }

/* Something that the script did went wrong and is counted: a fault. */
void awl_fault(volatile u64 *counter) { __sync_fetch_and_add(counter, 1); }

void awl_add(u64 *place, u64 value) { __sync_fetch_and_add(place, value); }
