// SPDX-License-Identifier: GPL-2.0-only
// A map in the kernel as keys and values in raw bytes: all of it read, erased or overwritten with few system calls.
// Batch calls move thousands of entries at once; kernels and map types without them get a loop over the keys. What
// the bytes mean is decided in maps.cc.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "src/base/result.h"

namespace awl {

struct KernelMap {
  int fd = -1;
  bool keyed = false;    // a hash; otherwise an array that is never erased, only zeroed
  bool per_cpu = false;  // a value is one set of cells for each possible CPU
  uint32_t key_size = 4;
  uint32_t value_size = 8;  // of one CPU, a multiple of 8
  uint32_t entries = 1;     // arrays: how many; hashes: how many at most
};

/// 64-bit words that the kernel copies for one entry, those of all CPUs included.
size_t words_per_entry(const KernelMap &map);

/// One entry. Both spans die with the call.
using Visit = std::function<void(std::span<const std::byte> key, std::span<const uint64_t> words)>;

/// Every entry that is in the map from beginning to end of the call, exactly once.
Status for_each_entry(const KernelMap &map, const Visit &visit);
/// The same, key by key: what for_each_entry falls back to.
Status for_each_entry_singly(const KernelMap &map, const Visit &visit);

/// Keys lie one after the other. Keys that are gone meanwhile are passed over.
Status erase_entries(const KernelMap &map, std::span<const std::byte> keys);
/// All words of these entries to `words`, those of one entry, as words_per_entry counts them.
Status overwrite_entries(const KernelMap &map, std::span<const std::byte> keys, std::span<const uint64_t> words);

}  // namespace awl
