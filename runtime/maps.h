// SPDX-License-Identifier: GPL-2.0-only
// The script's maps: entries of the kernel, merged over CPUs and banks, to rows of typed values; clearing and
// zeroing. Print-and-clear loses nothing: the kernel side is switched to the other bank, every program that may
// still hold the old one is waited for, and then the old bank belongs to us alone (bpf_lib/awl_abi.h).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lang/image.h"
#include "runtime/entries.h"
#include "runtime/grace.h"
#include "runtime/symbols.h"
#include "runtime/values.h"
#include "src/base/result.h"

namespace awl {

/// The kernel's side of a map description, all but the fd. `keyed` capacities hold for each bank.
KernelMap kernel_map(const MapDescription &map);

class Maps {
 public:
  /// `maps`: one for each of the manifest, by index. `banks`: the numbers that the kernel side writes by, by map;
  /// one for each map when one is banked. `symbols` names addresses in keys and values.
  Maps(const Manifest &manifest, std::vector<KernelMap> maps, std::span<uint64_t> banks,
       Symbols *symbols = nullptr);

  /// What is in the map now.
  /// `top`: only the rows with the so many largest values, when it is above 0; names of others are not looked for.
  Result<Snapshot> read(size_t map, int64_t top = 0);
  /// What is in the map, and the map is empty after it: each update is in this snapshot or in a later one.
  Result<Snapshot> take(size_t map, int64_t top = 0);
  Status clear(size_t map);
  /// All values become 0, all keys stay.
  Status zero(size_t map);
  /// Keeps the entries with the `rows` largest values, below 0 those with the smallest, and removes all others.
  Status truncate(size_t map, int64_t rows);

 private:
  struct Gathered;
  Status gather(size_t map, std::optional<uint64_t> bank, Gathered &out) const;
  Snapshot render(size_t map, const Gathered &gathered, int64_t top) const;
  std::vector<size_t> by_rank(size_t map, const Gathered &gathered) const;
  std::optional<Row> row_of(size_t map, const Gathered &gathered, size_t i, Symbols *symbols) const;
  std::optional<TypedValue> value_of(size_t map, std::span<const uint64_t> words, Symbols *symbols) const;
  Result<uint64_t> switch_bank(size_t map);
  Status drain(size_t map, Gathered &out);
  Status wipe(size_t map, const Gathered &gathered);

  const Manifest &manifest_;
  std::vector<KernelMap> maps_;
  std::span<uint64_t> banks_;
  std::vector<bool> zeroed_;  // zero() was called: empty cells are a value, not the absence of one
  Symbols *symbols_;
  GracePeriod grace_;
};

/// What an unkeyed count or sum without samples is when it is asked for: 0. Nothing for all other maps.
std::optional<TypedValue> value_of_nothing(const MapDescription &map);

/// print(@m, top, divisor): numbers, and the counts of histograms, are divided; less than 2 changes nothing.
void divide(Snapshot &snapshot, int64_t divisor);
void divide(TypedValue &value, int64_t divisor);

}  // namespace awl
