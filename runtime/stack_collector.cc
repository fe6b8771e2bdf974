// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/stack_collector.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "runtime/stacks.h"

namespace awl {
namespace {

/// With fewer new ones it is not worth the while; each of the kernel's maps has room for sixteen times as many.
constexpr uint64_t least_added = uint64_t{1} << 14;

bool has_stack(const std::vector<Column> &key) {
  return std::ranges::any_of(key, [](const Column &column) { return has_stack(column.type); });
}

void add_ids(const Type &type, std::span<const std::byte> bytes, size_t at, std::unordered_set<uint64_t> &ids) {
  if (is_stack(type.kind) && at + sizeof(awl_stack) <= bytes.size()) {
    awl_stack stack;
    std::memcpy(&stack, bytes.data() + at, sizeof stack);
    if (stack.id != 0) ids.insert(stack.id);
  }
  for (const Part &part : type.parts) add_ids(part.type, bytes, at + part.offset, ids);
}

}  // namespace

StackCollector::StackCollector(const Object &object, const Manifest &manifest, std::vector<KernelMap> maps)
    : stack_maps_(stack_maps_of(object)) {
  const auto keeps = [](const MapDescription &map) { return has_stack(map.value); };
  if (manifest.copies_stacks || std::ranges::any_of(manifest.maps, keeps)) return;
  for (size_t i = 0; i < maps.size(); i++) {
    if (!has_stack(manifest.maps[i].key)) continue;
    holders_.push_back(&manifest.maps[i]);
    holder_maps_.push_back(maps[i]);
  }
  epoch_ = object.words("awl_stack_epoch");
  added_ = object.words("awl_stacks_added");
}

uint64_t StackCollector::added() const { return added_.empty() ? 0 : std::atomic_ref(added_[0]).load(); }

/// As many new ones as there were, so that looking at all of them costs little for each.
bool StackCollector::is_due() const { return has_work() && added() - added_before_ >= std::max(least_added, kept_); }

Status StackCollector::collect(const std::function<bool()> &handle_events) {
  added_before_ = added();
  const uint64_t epoch = std::atomic_ref(epoch_[0]).fetch_add(1) + 1;
  if (Status waited = grace_.wait(); !waited) return waited;
  if (!handle_events()) return Done{};
  std::unordered_set<uint64_t> held;
  if (Status done = mark(held); !done) return done;
  kept_ = 0;
  for (const KernelMap &stacks : stack_maps_)
    if (Status done = sweep(stacks, epoch, held); !done) return done;
  return Done{};
}

Status StackCollector::mark(std::unordered_set<uint64_t> &held) const {
  for (size_t i = 0; i < holders_.size(); i++) {
    const auto visit = [&](std::span<const std::byte> key, std::span<const uint64_t>) {
      for (const Column &column : holders_[i]->key) add_ids(column.type, key, column.offset, held);
    };
    if (Status done = for_each_entry(holder_maps_[i], visit); !done) return done;
  }
  return Done{};
}

Status StackCollector::sweep(const KernelMap &stacks, uint64_t epoch, const std::unordered_set<uint64_t> &held) {
  std::vector<uint64_t> unused;
  const auto visit = [&](std::span<const std::byte> key, std::span<const uint64_t> words) {
    uint64_t id = 0;
    std::memcpy(&id, key.data(), sizeof id);
    if (words.back() < epoch && !held.contains(id))
      unused.push_back(id);
    else
      kept_++;
  };
  if (Status done = for_each_entry(stacks, visit); !done) return done;
  std::vector<uint64_t> words(words_per_entry(stacks));
  for (const uint64_t id : unused) {
    if (bpf_map_lookup_and_delete_elem(stacks.fd, &id, words.data()) != 0) continue;
    const bool asked_for_again = words.back() >= epoch;
    if (!asked_for_again) continue;
    kept_++;
    // Whoever comes first of us and of a program that misses it: it is the same stack.
    if (bpf_map_update_elem(stacks.fd, &id, words.data(), BPF_NOEXIST) != 0 && errno != EEXIST)
      return Error{.what = "cannot keep a stack", .why = errno_text(errno)};
  }
  return Done{};
}

}  // namespace awl
