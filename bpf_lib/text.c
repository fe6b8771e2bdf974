/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What scripts ask of strings. Each string comes with the size of its buffer, a constant, which bounds the loops.
 */

u64 awl_strlen(const char *s, u64 size) {
  u64 i = 0;
  for (; i < size; i++)
    if (!s[i]) break;
  return i;
}

/* 0 when the first `count` bytes are the same, or both end before. */
u64 awl_strncmp(const char *a, u64 a_size, const char *b, u64 b_size, u64 count) {
  for (u64 i = 0; i < a_size && i < b_size; i++) {
    if (i >= count) return 0;
    if (a[i] != b[i]) return 1;
    if (!a[i]) return 0;
  }
  return 0;
}

/* Below 0, 0 or above 0 as `a` is before, at or behind `b` in the order of their bytes. */
s64 awl_strcmp(const char *a, u64 a_size, const char *b, u64 b_size) {
  for (u64 i = 0; i < a_size && i < b_size; i++) {
    if (a[i] != b[i]) return (s64)(u8)a[i] - (u8)b[i];
    if (!a[i]) return 0;
  }
  return 0;
}

/* Where `needle` begins in `text`, or -1. */
s64 awl_strstr(const char *text, u64 size, const char *needle, u64 needle_size) {
  for (u64 i = 0; i < size; i++) {
    for (u64 j = 0; j < needle_size; j++) {
      if (!needle[j]) return i;
      if (i + j >= size || text[i + j] != needle[j]) break;
    }
    if (!text[i]) break;
  }
  return -1;
}
u64 awl_strcontains(const char *text, u64 size, const char *needle, u64 needle_size) {
  return awl_strstr(text, size, needle, needle_size) >= 0;
}

/* `out` has room for both. */
void awl_concatenate(char *out, const char *a, u64 a_size, const char *b, u64 b_size) {
  s64 got = bpf_probe_read_kernel_str(out, a_size, a);
  u64 used = got > 0 ? got - 1 : 0;
  AWL_OPAQUE(used);
  if (used >= a_size) used = 0;
  bpf_probe_read_kernel_str(out + used, b_size, b);
}

/*
 * Append string `index` of an argument vector in user space, and the separator before it, to a record under
 * construction (see awl_event_append). Gives the tail's new length, or one above `room` when the vector has ended.
 */
u64 awl_join_part(void *record, u64 fixed, u64 used, u64 room, u64 vector, u64 index, u64 most, const char *separator,
                  u64 separator_size) {
  if (used > room) return used;
  u64 address = 0;
  bpf_probe_read_user(&address, 8, (void *)(vector + 8 * index));
  if (!address) return room + 1 + used;
  char *tail = (char *)record + fixed;
  used &= room - 1;
  if (index) {
    bpf_probe_read_kernel(tail + used, separator_size, separator);
    used = (used + separator_size) & (room - 1);
  }
  s64 got = bpf_probe_read_user_str(tail + used, most, (void *)address);
  return used + (got > 0 ? (u64)(got - 1) & (room - 1) : 0);
}
/* The end of it: offset and length, and off. */
void awl_join_end(u32 event, void *record, u64 fixed, u64 used, u64 room, struct awl_event_string *column) {
  if (used > room) used -= room + 1;
  used &= room - 1;
  column->offset = fixed;
  column->length = used;
  awl_event_output(event, record, fixed, used, room);
}

/* A buffer: its length, at most `most`, and the bytes. `space`: 0 any, 1 kernel, 2 user. */
void awl_buffer(u32 *out, u64 most, u64 address, u64 length, u64 space, volatile u64 *faults) {
  if (length > most) length = most;
  AWL_OPAQUE(length);
  if (length > most) return;
  *out = length;
  if (space == 1 || (space == 0 && AWL_IS_KERNEL(address)))
    awl_count_fault(bpf_probe_read_kernel(out + 1, length, (void *)address), faults);
  else
    awl_count_fault(bpf_probe_read_user(out + 1, length, (void *)address), faults);
}
