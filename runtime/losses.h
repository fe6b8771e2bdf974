// SPDX-License-Identifier: GPL-2.0-only
// What a run lost, counted on both sides of the border, as notes: one line for each thing that went wrong, never
// one for each time it did. Pure.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lang/image.h"
#include "runtime/values.h"
#include "src/base/source.h"

namespace awl {

struct Losses {
  uint64_t lost_events = 0;                              // found the ring full
  uint64_t busy = 0;                                     // runs of a probe skipped for lack of scratch memory
  uint64_t unfollowed = 0;                               // processes that --follow had no room for
  uint64_t malformed = 0;                                // records that no event could be made of
  uint64_t stacks_full = 0, stacks_collided = 0, stacks_unwalked = 0, stacks_truncated = 0;
  uint64_t stacks_room = 0;                              // stacks that fit each of the kernel's maps of them
  std::vector<uint64_t> map_full;                        // by map: updates dropped
  std::vector<uint64_t> map_entries;                     // by map: keys that it had room for
  std::vector<uint64_t> faults;                          // by fault
  std::vector<std::pair<std::string, uint64_t>> missed;  // by program: hits that the kernel did not deliver
};

/// Notes for all that is not zero. Subject, count and message read as one line: "@: 5904 updates were dropped because
/// the map is full (4096 keys)". `source` places faults; without it they have no place.
std::vector<Note> notes_of(const Losses &losses, const Manifest &manifest, const Source *source);

/// "time" or "times", the word before something that happened so often.
std::string_view times(uint64_t count);

/// Counters that programs go on raising, as they are now.
std::vector<uint64_t> copy_counts(std::span<uint64_t> counts);

}  // namespace awl
