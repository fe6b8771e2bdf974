// SPDX-License-Identifier: GPL-2.0-only
#include <doctest/doctest.h>

#include "runtime/losses.h"
#include "runtime/maps.h"
#include "runtime/object.h"

using namespace awl;

namespace {

Manifest manifest_with_map() {
  Manifest manifest;
  manifest.maps.push_back({.name = "@", .symbol = "m", .first_use = {}});
  manifest.faults.push_back({.span = {3, 4}, .message = "division by zero; 0 was used as the result"});
  return manifest;
}

Snapshot snapshot_of(std::vector<Value> values) {
  Snapshot snapshot{.name = "@", .keyed = true, .rows = {}};
  for (Value &value : values) snapshot.rows.push_back({.key = {}, .value = {.value = std::move(value)}});
  return snapshot;
}

}  // namespace

TEST_CASE("nothing lost, nothing said") { CHECK(notes_of({}, manifest_with_map(), nullptr).empty()); }

TEST_CASE("one is not many") {
  Losses losses{.lost_events = 1, .busy = 1, .malformed = 1, .map_full = {1}, .map_entries = {4096}, .faults = {1}};
  losses.missed = {{"kprobe:f", 1}, {"kprobe:g", 0}};
  Source source{"a.awl", "\n\nx / y"};
  std::vector<std::string> lines;
  for (const Note &note : notes_of(losses, manifest_with_map(), &source))
    lines.push_back(note.subject + ": " + std::to_string(note.count) + " " + note.message);
  CHECK(lines == std::vector<std::string>{
                     "output: 1 event was lost because the buffer was full",
                     "@: 1 update was dropped because the map is full (4096 keys)",
                     "a.awl:3:2: 1 time: division by zero; 0 was used as the result",
                     "kprobe:f: 1 hit was missed: the kernel could not run the probe at that moment",
                     "probes: 1 hit was missed: probes interrupted each other too deeply",
                     "output: 1 malformed event was dropped",
                 });
}

TEST_CASE("stacks that are missing, each kind once") {
  Losses losses{.stacks_full = 2, .stacks_collided = 1, .stacks_unwalked = 1, .stacks_truncated = 3, .stacks_room = 100};
  std::vector<std::string> lines;
  for (const Note &note : notes_of(losses, manifest_with_map(), nullptr))
    lines.push_back(note.subject + ": " + std::to_string(note.count) + " " + note.message);
  CHECK(lines == std::vector<std::string>{
                     "stacks: 2 stacks were lost because there is room for 100 different ones of a length",
                     "stacks: 1 stack was lost because others have the same hash",
                     "stacks: 1 stack was lost because the kernel could not follow it",
                     "stacks: 3 stacks were cut at the most frames that the kernel walks over",
                 });
}

TEST_CASE("the advice for a full map is a size that is enough, within reason") {
  auto advice = [](uint64_t dropped) {
    Losses losses{.map_full = {dropped}, .map_entries = {4096}};
    return notes_of(losses, manifest_with_map(), nullptr)[0].help;
  };
  CHECK(advice(5904) == "make room for more: --max-map-keys 16384");
  CHECK(advice(~uint64_t{0} / 2) == "make room for more: --max-map-keys 16777216");
}

TEST_CASE("the ring is a power of two within bounds") {
  CHECK(choose_ring_bytes(0) == 256 << 10);
  CHECK(choose_ring_bytes(uint64_t{1} << 30) == 4 << 20);
  CHECK(choose_ring_bytes(uint64_t{3} << 29) == 4 << 20);
  CHECK(choose_ring_bytes(~uint64_t{0}) == 16 << 20);
}

TEST_CASE("print's divisor divides what is counted") {
  Snapshot snapshot = snapshot_of({uint64_t{20}, uint64_t{300}});
  divide(snapshot, 10);
  CHECK(snapshot.rows[0].value.value == Value(uint64_t{2}));
  CHECK(snapshot.rows[1].value.value == Value(uint64_t{30}));
  divide(snapshot, 0);
  CHECK(snapshot.rows[1].value.value == Value(uint64_t{30}));

  Histogram histogram{.buckets = {{.low = 1, .high = 1, .count = 9}, {.low = 2, .high = 3, .count = 25}}};
  Snapshot others = snapshot_of({int64_t{-25}, histogram, Stats{.count = 2, .sum = 50}, Text{"x", false, 0}});
  divide(others, 10);
  CHECK(others.rows[0].value.value == Value(int64_t{-2}));
  Histogram divided{.buckets = {{.low = 2, .high = 3, .count = 2}}};
  CHECK(others.rows[1].value.value == Value(divided));
  CHECK(others.rows[2].value.value == Value(Stats{.count = 2, .sum = 5}));
  CHECK(others.rows[3].value.value == Value(Text{"x", false, 0}));
}

TEST_CASE("asked for without samples, a count or a sum is 0, and whatever else there is stays away") {
  MapDescription map{.name = "@", .symbol = "m", .first_use = {}, .value = u64_type};
  map.show = Show::count;
  map.merge = {Merge::add};
  REQUIRE(value_of_nothing(map));
  CHECK(value_of_nothing(map)->value == Value(uint64_t{0}));
  map.key = {{.type = u64_type}};
  CHECK_FALSE(value_of_nothing(map));
  map.key.clear();
  map.show = Show::maximum;
  map.merge = {Merge::maximum, Merge::maximum};
  CHECK_FALSE(value_of_nothing(map));
}
