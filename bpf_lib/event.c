/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events to user space. Data (printf, print of values, time) goes through one ring, in order. Actions (print of a map,
 * clear, zero, exit) take the same way to keep that order, but have a ring of their own to fall back on: a flood of
 * data can delay them, never lose them.
 */

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 262144);
} awl_ring SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 65536);
} awl_control_ring SEC(".maps");

/*
 * Room for a record of constant size in the ring, null when it is full. The caller looks at the pointer, once: the
 * verifier of 6.1 does not know, at a second look, that it was not null at the first, and sees a record that is never
 * given back.
 */
void *awl_event_reserve(u64 size) { return bpf_ringbuf_reserve(&awl_ring, size, 0); }
void awl_event_lost(void) { __sync_fetch_and_add(&awl_control.lost, 1); }
void awl_event_submit(void *record, u32 event, u64 size) {
  struct awl_event_header *header = record;
  header->event = event;
  header->size = size;
  bpf_ringbuf_submit(record, 0);
}

/*
 * Append the string `from` (at most `size` bytes with its NUL) to a record that is being built in scratch memory:
 * `used` bytes of its tail are taken, the tail holds `room` bytes, a power of two, and as many again lie behind it.
 * Writes offset and length at `column`; gives the tail's new length.
 */
u64 awl_event_append(void *record, u64 fixed, u64 used, u64 room, struct awl_event_string *column, const char *from,
                     u64 size) {
  used &= room - 1;
  s64 got = bpf_probe_read_kernel_str((char *)record + fixed + used, size, from);
  u64 length = got > 0 ? (u64)(got - 1) & (room - 1) : 0;
  column->offset = fixed + used;
  column->length = length;
  return used + length;
}

void awl_event_output(u32 event, void *record, u64 fixed, u64 used, u64 room) {
  struct awl_event_header *header = record;
  used &= 2 * room - 1;
  header->event = event;
  header->size = fixed + used;
  if (bpf_ringbuf_output(&awl_ring, record, fixed + used, 0)) __sync_fetch_and_add(&awl_control.lost, 1);
}

struct awl_action {
  struct awl_event_header header;
  u64 argument;
};

void awl_action(u32 event, u64 argument) {
  struct awl_action *action = bpf_ringbuf_reserve(&awl_ring, sizeof(*action), 0);
  if (!action) action = bpf_ringbuf_reserve(&awl_control_ring, sizeof(*action), 0);
  if (!action) {
    __sync_fetch_and_add(&awl_control.lost, 1);
    return;
  }
  action->header.event = event;
  action->header.size = sizeof(*action);
  action->argument = argument;
  bpf_ringbuf_submit(action, BPF_RB_FORCE_WAKEUP);
}

/* exit(): nothing runs after it. */
void awl_exit(u32 event, u64 status) {
  awl_control.stopped = 1;
  awl_action(event, status);
}
