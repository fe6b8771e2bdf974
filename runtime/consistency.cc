// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/consistency.h"

#include <algorithm>

#include "bpf_lib/awl_abi.h"

namespace awl {
namespace {

bool is_about_map(EventKind kind) {
  return kind == EventKind::print_map || kind == EventKind::clear || kind == EventKind::zero ||
         kind == EventKind::normalize || kind == EventKind::truncate;
}

bool names_its_maps(const EventDescription &event, size_t maps) {
  if (event.kind == EventKind::print_joined && event.joined.empty()) return false;
  return (event.map < maps || !is_about_map(event.kind)) &&
         std::ranges::all_of(event.joined, [maps](uint32_t map) { return map < maps; });
}

/// The buckets of all magnitudes fill the cells, and no edge is too far out for arithmetic.
bool has_magnitudes(const MapDescription &map) {
  if (map.factor < 2 || map.low < 0 || map.high < map.low || map.step < map.factor) return false;
  const uint64_t factor = map.factor, most = static_cast<uint64_t>(map.step) / factor;
  uint64_t from = 1, buckets = 0;
  for (int64_t magnitude = 0; magnitude <= map.high; magnitude++) {
    if (magnitude > 0 && __builtin_mul_overflow(from, factor, &from)) return false;
    if (magnitude >= map.low) buckets += std::min(from, most) * (factor - 1);
    if (buckets > map.merge.size()) return false;
  }
  return map.merge.size() == AWL_MAGNITUDE_CELLS(buckets, map.is_signed());
}

bool has_its_cells(const MapDescription &map) {
  if (map.show == Show::none) return true;
  if (map.merge.empty()) return false;
  if (map.show == Show::magnitudes) return has_magnitudes(map);
  return map.show != Show::time_series ||
         (map.step > 0 && map.merge.size() == size_t{map.intervals} * AWL_SERIES_CELLS);
}

bool has_its_room(const MapDescription &map) {
  const size_t needed = map.show == Show::none ? sizeof(uint64_t) : map.merge.size() * sizeof(uint64_t);
  if (map.value_size % sizeof(uint64_t) != 0 || map.value_size < std::max(needed, sizeof(uint64_t))) return false;
  return !map.banked || map.key.empty() || map.key_size >= sizeof(uint64_t);
}

}  // namespace

bool is_consistent(const Manifest &manifest) {
  const auto fits = [&](const EventDescription &event) { return names_its_maps(event, manifest.maps.size()); };
  return std::ranges::all_of(manifest.events, fits) && std::ranges::all_of(manifest.maps, has_its_room) &&
         std::ranges::all_of(manifest.maps, has_its_cells);
}

}  // namespace awl
