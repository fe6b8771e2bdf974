// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/entries.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <unordered_set>

namespace awl {
namespace {

/// What one batch call moves, as long as the kernel does not ask for more: large enough that the system call does
/// not count, small enough to stay in the cache.
constexpr size_t batch_bytes = size_t{1} << 20;

/// In-kernel ENOTSUPP, which has no name for programs but comes out of bpf(2).
constexpr int not_supported_in_kernel = 524;

bool lacks_batches(int error) { return error == EINVAL || error == not_supported_in_kernel || error == EOPNOTSUPP; }

Error map_error(const char *what, int error) {
  return {.what = what, .why = errno_text(error), .kind = error == EPERM ? ErrorKind::permission : ErrorKind::other};
}

uint32_t batch_size(const KernelMap &map) {
  size_t entry = map.key_size + words_per_entry(map) * sizeof(uint64_t);
  size_t wanted = std::max<size_t>(batch_bytes / entry, 64);
  return static_cast<uint32_t>(std::min<size_t>(wanted, std::max(map.entries, 1u)));
}

struct Buffers {
  std::vector<std::byte> keys;
  std::vector<uint64_t> words;
  void resize(const KernelMap &map, uint32_t entries) {
    keys.resize(size_t{entries} * map.key_size);
    words.resize(entries * words_per_entry(map));
  }
  void visit(const KernelMap &map, uint32_t entries, const Visit &visitor) const {
    size_t width = words_per_entry(map);
    for (size_t i = 0; i < entries; i++)
      visitor(std::span(keys).subspan(i * map.key_size, map.key_size), std::span(words).subspan(i * width, width));
  }
};

Status read_array(const KernelMap &map, const Visit &visit) {
  std::vector<uint64_t> words(words_per_entry(map));
  for (uint32_t i = 0; i < map.entries; i++) {
    if (bpf_map_lookup_elem(map.fd, &i, words.data()) != 0) return map_error("cannot read a map", errno);
    visit(std::as_bytes(std::span(&i, 1)), words);
  }
  return Done{};
}

}  // namespace

size_t words_per_entry(const KernelMap &map) {
  size_t words = (size_t{map.value_size} + 7) / 8;
  return map.per_cpu ? words * static_cast<size_t>(libbpf_num_possible_cpus()) : words;
}

Status for_each_entry(const KernelMap &map, const Visit &visit) {
  if (!map.keyed) return read_array(map, visit);
  Buffers buffers;
  uint32_t room = batch_size(map);
  buffers.resize(map, room);
  // The kernel's cursor: a bucket's number for hash maps; room for a key should a kernel want one.
  std::vector<std::byte> cursor(std::max<size_t>(map.key_size, sizeof(uint64_t)));
  bool started = false;
  for (;;) {
    uint32_t count = room;
    int result = bpf_map_lookup_batch(map.fd, started ? cursor.data() : nullptr, cursor.data(), buffers.keys.data(),
                                      buffers.words.data(), &count, nullptr);
    int error = result == 0 ? 0 : errno;
    if (error == ENOSPC) {  // one bucket holds more than there is room for; nothing was taken
      room *= 2;
      buffers.resize(map, room);
      continue;
    }
    if (!started && lacks_batches(error)) return for_each_entry_singly(map, visit);
    if (error != 0 && error != ENOENT) return map_error("cannot read a map", error);
    buffers.visit(map, count, visit);
    if (error == ENOENT) return Done{};
    started = true;
  }
}

Status for_each_entry_singly(const KernelMap &map, const Visit &visit) {
  if (!map.keyed) return read_array(map, visit);
  Buffers buffers;
  buffers.resize(map, 1);
  // When the key at hand is deleted meanwhile the kernel starts again at the beginning; a key must not count twice
  // for that, and a map that changes faster than it is read must come to an end.
  std::unordered_set<std::string> seen;
  std::vector<std::byte> next(map.key_size);
  bool started = false;
  while (bpf_map_get_next_key(map.fd, started ? buffers.keys.data() : nullptr, next.data()) == 0) {
    started = true;
    buffers.keys = next;
    if (!seen.emplace(reinterpret_cast<const char *>(next.data()), next.size()).second) {
      if (seen.size() >= map.entries) break;
      continue;
    }
    if (bpf_map_lookup_elem(map.fd, next.data(), buffers.words.data()) != 0) continue;  // gone meanwhile
    buffers.visit(map, 1, visit);
  }
  return Done{};
}

Status erase_entries(const KernelMap &map, std::span<const std::byte> keys) {
  std::vector<std::byte> own(keys.begin(), keys.end());  // bpf(2) wants them writable
  size_t total = own.size() / map.key_size;
  bool batches = true;
  for (size_t done = 0; done < total;) {
    std::byte *key = own.data() + done * map.key_size;
    uint32_t count = batches ? static_cast<uint32_t>(total - done) : 1;
    int result = batches ? bpf_map_delete_batch(map.fd, key, &count, nullptr) : bpf_map_delete_elem(map.fd, key);
    int error = result == 0 ? 0 : errno;
    if (batches && lacks_batches(error)) {
      batches = false;
      continue;
    }
    if (error != 0 && error != ENOENT) return map_error("cannot clear a map", error);
    if (batches && error == ENOENT) count++;  // the one that stopped the batch was gone already
    done += count;
  }
  return Done{};
}

Status overwrite_entries(const KernelMap &map, std::span<const std::byte> keys, std::span<const uint64_t> words) {
  // One by one: a batch cannot be told to leave out keys that are gone, and would bring them back.
  for (size_t at = 0; at + map.key_size <= keys.size(); at += map.key_size)
    if (bpf_map_update_elem(map.fd, keys.data() + at, words.data(), BPF_EXIST) != 0 && errno != ENOENT)
      return map_error("cannot write a map", errno);
  return Done{};
}

}  // namespace awl
