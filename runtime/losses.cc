// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/losses.h"

#include <algorithm>
#include <atomic>
#include <bit>

#include <fmt/format.h>

namespace awl {
namespace {

/// No map that we would advise is larger.
constexpr uint64_t largest_advice = uint64_t{1} << 24;

std::string plural(uint64_t count, std::string_view noun) {
  return fmt::format("{}{}", noun, count == 1 ? " was" : "s were");
}

Note full_map(const std::string &name, uint64_t dropped, uint64_t entries) {
  // Each dropped update may have been a key of its own, so this many are enough in any case.
  uint64_t enough = std::min(std::bit_ceil(std::min(entries + dropped, largest_advice)), largest_advice);
  return {.kind = Note::Kind::map_full,
          .count = dropped,
          .subject = name,
          .message = fmt::format("{} dropped because the map is full ({} keys)", plural(dropped, "update"), entries),
          .help = fmt::format("make room for more: --max-map-keys {}", enough)};
}

Note fault(const FaultDescription &description, uint64_t count, const Source *source) {
  std::string place = "script";
  if (source) {
    Position at = source->position(description.span.begin);
    place = fmt::format("{}:{}:{}", source->name, at.line, at.column);
  }
  return {.kind = Note::Kind::fault,
          .count = count,
          .subject = place,
          .message = fmt::format("{}: {}", times(count), description.message),
          .help = {}};
}

/// Programs of these are what a kernel preempts; the other kinds of probes on the same place are not.
std::string_view missed_help(std::string_view probe) {
  for (std::string_view kind : {"fentry:", "fexit:"})
    if (probe.starts_with(kind)) return "a kprobe or kretprobe on the same function misses nothing when it is preempted";
  if (probe.starts_with("rawtracepoint:")) return "the tracepoint of the same name misses nothing when it is preempted";
  return {};
}

Note missed(const std::string &probe, uint64_t count, std::string_view why) {
  return {.kind = Note::Kind::missed,
          .count = count,
          .subject = probe,
          .message = fmt::format("{} missed: {}", plural(count, "hit"), why),
          .help = std::string(missed_help(probe))};
}

void add_stacks(const Losses &losses, std::vector<Note> &notes) {
  auto add = [&](uint64_t count, std::string message) {
    if (count)
      notes.push_back({.kind = Note::Kind::fault, .count = count, .subject = "stacks", .message = message, .help = {}});
  };
  add(losses.stacks_full, fmt::format("{} lost because there is room for {} different ones of a length",
                                      plural(losses.stacks_full, "stack"), losses.stacks_room));
  add(losses.stacks_collided, plural(losses.stacks_collided, "stack") + " lost because others have the same hash");
  add(losses.stacks_unwalked, plural(losses.stacks_unwalked, "stack") + " lost because the kernel could not follow it");
  add(losses.stacks_truncated,
      plural(losses.stacks_truncated, "stack") + " cut at the most frames that the kernel walks over");
}

uint64_t at(const std::vector<uint64_t> &counts, size_t i) { return i < counts.size() ? counts[i] : 0; }

}  // namespace

std::string_view times(uint64_t count) { return count == 1 ? "time" : "times"; }

std::vector<Note> notes_of(const Losses &losses, const Manifest &manifest, const Source *source) {
  std::vector<Note> notes;
  if (uint64_t count = losses.lost_events)
    notes.push_back({.kind = Note::Kind::lost_events,
                     .count = count,
                     .subject = "output",
                     .message = plural(count, "event") + " lost because the buffer was full",
                     .help = "print less, or less often: aggregate in a map"});
  for (size_t i = 0; i < manifest.maps.size(); i++)
    if (uint64_t dropped = at(losses.map_full, i))
      notes.push_back(full_map(manifest.maps[i].name, dropped, at(losses.map_entries, i)));
  add_stacks(losses, notes);
  for (size_t i = 0; i < manifest.faults.size(); i++)
    if (uint64_t count = at(losses.faults, i)) notes.push_back(fault(manifest.faults[i], count, source));
  for (const auto &[probe, count] : losses.missed)
    if (count) notes.push_back(missed(probe, count, "the kernel could not run the probe at that moment"));
  if (losses.busy) notes.push_back(missed("probes", losses.busy, "probes interrupted each other too deeply"));
  if (losses.unfollowed)
    notes.push_back({.kind = Note::Kind::missed,
                     .count = losses.unfollowed,
                     .subject = "--follow",
                     .message = plural(losses.unfollowed, "fork") + " not followed: there are too many processes at once",
                     .help = {}});
  if (uint64_t count = losses.malformed)
    notes.push_back({.kind = Note::Kind::fault,
                     .count = count,
                     .subject = "output",
                     .message = plural(count, "malformed event") + " dropped",
                     .help = {}});
  return notes;
}

std::vector<uint64_t> copy_counts(std::span<uint64_t> counts) {
  std::vector<uint64_t> copy;
  for (uint64_t &count : counts) copy.push_back(std::atomic_ref(count).load(std::memory_order_relaxed));
  return copy;
}

}  // namespace awl
