// SPDX-License-Identifier: GPL-2.0-only
// An object as the compiler would make it, written by hand, for the tests of the session. It listens to system calls
// of the process that ran its begin block only:
//
//   getppid   updates every map         getpgid   sends event 0, with columns
//   getsid    sends event 1, bare       getuid    sends an event that claims to be longer than it is
//   geteuid   inserts a new key into a map that is small
//
// What the maps and events mean is said by the manifests in fixture.cc.
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "bpf_lib/awl_abi.h"

#define MAPS 7
#define TEMPLATE(name)                \
  struct {                            \
    __uint(type, BPF_MAP_TYPE_HASH);  \
    __uint(max_entries, 1);           \
    __uint(key_size, 8);              \
    __uint(value_size, 8);            \
  } name SEC(".maps")

TEMPLATE(m_slot);
TEMPLATE(m_hash);
TEMPLATE(m_count);
TEMPLATE(m_stats);
TEMPLATE(m_banked);
TEMPLATE(m_banked_keys);
TEMPLATE(m_small);
TEMPLATE(awl_zero);

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} awl_ring SEC(".maps"), awl_control_ring SEC(".maps");

struct awl_control awl_control;
uint64_t awl_map_full[MAPS];
uint64_t awl_faults[1];
uint64_t awl_banks[MAPS];
uint64_t traced_process, small_keys;

struct columns {
  struct awl_event_header header;
  uint64_t number;
  int64_t negative;
  uint64_t truth;
  uint64_t probe;
  char comm[16];
  struct awl_event_string text;
  char bytes[8];
};

static __always_inline void *entry(void *map, void *key) {
  uint32_t first = 0;
  void *found = bpf_map_lookup_elem(map, key);
  if (found) return found;
  void *zero = bpf_map_lookup_elem(&awl_zero, &first);
  if (!zero) return 0;
  bpf_map_update_elem(map, key, zero, BPF_NOEXIST);
  return bpf_map_lookup_elem(map, key);
}

static __always_inline void add(void *map, void *key, uint64_t amount) {
  uint64_t *cell = entry(map, key);
  if (cell) __sync_fetch_and_add(cell, amount);
}

static __always_inline uint64_t bank_of(int map) { return *(volatile uint64_t *)&awl_banks[map]; }

static __always_inline void update_maps(void) {
  uint32_t first = 0, banked = bank_of(4);
  uint64_t thread = bpf_get_current_pid_tgid() & 0xffffffff;
  uint64_t *slot = bpf_map_lookup_elem(&m_slot, &first);
  if (slot) {
    slot[1] = 42;
    slot[0] = 1;
  }
  uint64_t *count = bpf_map_lookup_elem(&m_count, &first);
  if (count) __sync_fetch_and_add(count, 1);
  uint64_t *stats = entry(&m_stats, &thread);
  if (stats) {
    __sync_fetch_and_add(&stats[0], 3);
    __sync_fetch_and_add(&stats[1], 1);
  }
  bpf_map_update_elem(&m_hash, &thread, &traced_process, BPF_ANY);
  uint64_t *banked_count = bpf_map_lookup_elem(&m_banked, &banked);
  if (banked_count) __sync_fetch_and_add(banked_count, 1);
  uint64_t key[2] = {bank_of(5), thread};
  add(&m_banked_keys, key, 1);
}

static __always_inline void *reserve(uint64_t size) {
  void *record = bpf_ringbuf_reserve(&awl_ring, size, 0);
  if (!record) __sync_fetch_and_add(&awl_control.lost, 1);
  return record;
}

static __always_inline void send_columns(void) {
  struct columns *event = reserve(sizeof *event);
  if (!event) return;
  event->header.event = 0;
  event->header.size = sizeof *event;
  event->number = 18446744073709551615ull;
  event->negative = -5;
  event->truth = 1;
  event->probe = 1;
  bpf_get_current_comm(event->comm, sizeof event->comm);
  event->text.offset = __builtin_offsetof(struct columns, bytes);
  event->text.length = 3 | AWL_STRING_TRUNCATED;
  __builtin_memcpy(event->bytes, "abcdefg", 8);
  bpf_ringbuf_submit(event, 0);
}

/* An action: goes to the lane for actions when the other is full. */
static __always_inline void send_bare(uint32_t number, uint32_t size) {
  struct awl_event_header *event = bpf_ringbuf_reserve(&awl_ring, sizeof *event, 0);
  if (!event) event = bpf_ringbuf_reserve(&awl_control_ring, sizeof *event, 0);
  if (!event) return;
  event->event = number;
  event->size = size;
  bpf_ringbuf_submit(event, 0);
}

static __always_inline void insert_small(void) {
  uint64_t key = __sync_fetch_and_add(&small_keys, 1);
  if (bpf_map_update_elem(&m_small, &key, &key, BPF_ANY) != 0) __sync_fetch_and_add(&awl_map_full[6], 1);
}

SEC("raw_tp")
int begin_1(void *context) {
  traced_process = bpf_get_current_pid_tgid() >> 32;
  awl_faults[0] = 5;
  send_bare(1, sizeof(struct awl_event_header));
  return 0;
}

SEC("raw_tp/sys_enter")
int probe_1(struct bpf_raw_tracepoint_args *context) {
  if (*(volatile uint64_t *)&awl_control.stopped) return 0;
  if (bpf_get_current_pid_tgid() >> 32 != traced_process) return 0;
  switch (context->args[1]) {
    case NR_GETPPID: update_maps(); break;
    case NR_GETPGID: send_columns(); break;
    case NR_GETSID: send_bare(1, sizeof(struct awl_event_header)); break;
    case NR_GETUID: send_bare(1, 4096); break;
    case NR_GETEUID: insert_small(); break;
  }
  return 0;
}

SEC("raw_tp")
int end_1(void *context) {
  send_columns();
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
