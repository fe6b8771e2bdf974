// SPDX-License-Identifier: GPL-2.0-only
// Stacks that nobody holds any more make room for others, so that a run that prints and clears may go on for as long
// as one likes. A stack lies once in the kernel, and maps and events hold its id; that the last of these is gone nobody
// notices, so from time to time we look.
//
// Nothing stands still meanwhile. A new epoch begins, and after a grace period every program writes it into the stacks
// that it asks for (bpf_lib/stack.c); what was asked for before is in the maps by then, or in the ring. The events are
// handled, the maps looked through, and what is of an older epoch and in no map is taken out. An entry is looked at and
// removed in one step of the kernel's; one that was asked for in between is put back.
//
// Ids must not wander from map to map while we look, so scripts that keep stacks as values, or walk over a map with
// stacks in its keys, keep all they had.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_set>
#include <vector>

#include "lang/image.h"
#include "runtime/entries.h"
#include "runtime/grace.h"
#include "runtime/object.h"

namespace awl {

class StackCollector {
 public:
  /// `maps`: as those of the manifest lie in the kernel. The object must outlive this.
  StackCollector(const Object &object, const Manifest &manifest, std::vector<KernelMap> maps);

  /// Whether there is anything that can ever be taken out.
  bool has_work() const { return !epoch_.empty(); }
  /// So many stacks have come that it is time to look.
  bool is_due() const;
  /// `handle_events` hands over all that was sent before it was called; false: not all of it came, so nothing is taken
  /// out this time.
  Status collect(const std::function<bool()> &handle_events);

 private:
  uint64_t added() const;
  Status mark(std::unordered_set<uint64_t> &held) const;
  Status sweep(const KernelMap &stacks, uint64_t epoch, const std::unordered_set<uint64_t> &held);

  std::vector<const MapDescription *> holders_;  // maps with stacks in their keys
  std::vector<KernelMap> holder_maps_, stack_maps_;
  std::span<uint64_t> epoch_, added_;
  uint64_t added_before_ = 0, kept_ = 0;
  GracePeriod grace_;
};

}  // namespace awl
