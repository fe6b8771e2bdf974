// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/maps.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <numeric>
#include <string>
#include <unordered_map>

#include "bpf_lib/awl_abi.h"
#include "runtime/decode.h"
#include "runtime/histogram.h"
#include "runtime/named_values.h"
#include "runtime/series.h"

namespace awl {
namespace {

constexpr size_t bank_bytes = sizeof(uint64_t);
constexpr size_t slot_header_words = sizeof(awl_slot_header) / sizeof(uint64_t);

/// The bank that an entry lies in: an array's index, the first eight bytes of a hash's key.
uint64_t bank_of(const KernelMap &map, std::span<const std::byte> key) {
  uint64_t bank = 0;
  std::memcpy(&bank, key.data(), map.keyed ? bank_bytes : sizeof(uint32_t));
  return bank;
}

/// The script's part of a key, at the offsets that the manifest gives it: the bank's place is there, and empty.
std::string own_key(const KernelMap &map, bool banked, std::span<const std::byte> key) {
  if (!map.keyed) return {};
  std::string own(reinterpret_cast<const char *>(key.data()), key.size());
  if (banked) own.replace(0, bank_bytes, bank_bytes, '\0');
  return own;
}

/// The keys that the kernel may have for an entry: one, or one in each bank.
void append_kernel_keys(std::vector<std::byte> &keys, const MapDescription &map, const std::string &own) {
  const auto bytes = std::as_bytes(std::span(own));
  for (uint64_t bank = 0; bank < (map.banked ? AWL_BANKS : 1); bank++) {
    keys.insert(keys.end(), bytes.begin(), bytes.end());
    if (map.banked) std::memcpy(keys.data() + keys.size() - bytes.size(), &bank, bank_bytes);
  }
}

}  // namespace

/// Entries with their CPUs merged: the values of row i are words [i * width, (i + 1) * width).
struct Maps::Gathered {
  size_t width = 1;
  std::vector<std::string> keys;  // one empty key for a map without keys
  std::vector<uint64_t> words;
  std::vector<std::byte> kernel_keys;            // as the kernel has them, for erasing
  std::unordered_map<std::string, size_t> rows;  // banked maps: where a key is, since both banks may have it

  std::span<const uint64_t> row(size_t i) const { return std::span(words).subspan(i * width, width); }
  /// The words of a key's row, added as zeros when the key is new.
  std::span<uint64_t> place(std::string key, bool unique) {
    size_t row = keys.size();
    if (!unique) row = rows.try_emplace(key, row).first->second;
    if (row == keys.size()) {
      keys.push_back(std::move(key));
      words.resize(words.size() + width);
    }
    return std::span(words).subspan(row * width, width);
  }
};

KernelMap kernel_map(const MapDescription &map) {
  bool keyed = map.storage == Storage::hash || map.storage == Storage::per_cpu_hash;
  uint32_t banks = map.banked ? AWL_BANKS : 1;
  return {.keyed = keyed,
          .per_cpu = map.storage == Storage::per_cpu_slot || map.storage == Storage::per_cpu_hash,
          .key_size = keyed ? map.key_size : static_cast<uint32_t>(sizeof(uint32_t)),
          .value_size = map.value_size,
          .entries = keyed ? map.capacity * banks : banks};
}

Maps::Maps(const Manifest &manifest, std::vector<KernelMap> maps, std::span<uint64_t> banks, Symbols *symbols)
    : manifest_(manifest),
      maps_(std::move(maps)),
      banks_(banks),
      zeroed_(manifest.maps.size()),
      symbols_(symbols) {}

/// Reads one bank, or all there is. A key that both banks have is merged when it is an aggregation; of a plain
/// value the current bank's is the newer one.
Status Maps::gather(size_t index, std::optional<uint64_t> bank, Gathered &out) const {
  const KernelMap &map = maps_[index];
  const MapDescription &description = manifest_.maps[index];
  bool banked = description.banked, plain = description.show == Show::none;
  uint64_t current = banked ? std::atomic_ref(banks_[index]).load() : 0;
  out.width = plain ? map.value_size / sizeof(uint64_t) : description.merge.size();
  return for_each_entry(map, [&](std::span<const std::byte> key, std::span<const uint64_t> words) {
    uint64_t entry_bank = banked ? bank_of(map, key) : 0;
    if (bank && *bank != entry_bank) return;
    out.kernel_keys.insert(out.kernel_keys.end(), key.begin(), key.end());
    size_t before = out.keys.size();
    std::span<uint64_t> row = out.place(own_key(map, banked, key), !banked || bank);
    if (plain) {
      bool is_new = out.keys.size() > before, is_set = map.keyed || words[0] != 0;
      if (is_new || (entry_bank == current && is_set)) std::copy_n(words.begin(), row.size(), row.begin());
      return;
    }
    size_t stride = map.value_size / sizeof(uint64_t);
    for (size_t at = 0; at + stride <= words.size(); at += stride) {
      if (description.show == Show::time_series)
        merge_series(row, words.subspan(at, row.size()), description);
      else
        merge_cells(row, words.subspan(at, row.size()), description.merge);
    }
  });
}

/// Nothing for what was never set: a slot without a value, cells that no sample reached. (A key whose cells are all
/// empty was just inserted and gets its first sample at this very moment, unless zero() emptied it.)
std::optional<TypedValue> Maps::value_of(size_t index, std::span<const uint64_t> words, Symbols *symbols) const {
  const MapDescription &map = manifest_.maps[index];
  if (map.show == Show::none) {
    bool slot = map.storage == Storage::slot;
    if (slot && words[0] == 0) return std::nullopt;
    Column column{.type = map.value};
    return decode_column(column, std::as_bytes(words.subspan(slot ? slot_header_words : 0)), manifest_.names, symbols);
  }
  if (!is_empty(words, map.show)) {
    TypedValue value = value_of_cells(words, map);
    if (TimeSeries *series = std::get_if<TimeSeries>(&value.value))
      for (TimeSeries::Point &point : series->points) point.start += static_cast<int64_t>(boot_epoch_ns());
    return value;
  }
  if (!zeroed_[index]) return std::nullopt;
  // Cells of zero are no extreme of anything, so the 0 that zero() means has to be said.
  if (map.show != Show::minimum && map.show != Show::maximum) return value_of_cells(words, map);
  Value nought = map.is_signed() ? Value(int64_t{0}) : Value(uint64_t{0});
  return TypedValue{.value = nought, .unit = map.value.unit, .show = map.show};
}

std::optional<Row> Maps::row_of(size_t index, const Gathered &gathered, size_t i, Symbols *symbols) const {
  const MapDescription &map = manifest_.maps[index];
  std::optional<TypedValue> value = value_of(index, gathered.row(i), symbols);
  if (!value) return std::nullopt;
  Row row{.key = {}, .value = std::move(*value)};
  row.key.reserve(map.key.size());
  for (const Column &column : map.key)
    if (auto part = decode_column(column, std::as_bytes(std::span(gathered.keys[i])), manifest_.names, symbols))
      row.key.push_back(std::move(*part));
  return row;
}

/// The entries that have a value, the smallest first.
std::vector<size_t> Maps::by_rank(size_t index, const Gathered &gathered) const {
  std::optional<Unnamed> unnamed;
  if (symbols_) unnamed.emplace(*symbols_);
  std::vector<Row> rows;
  std::vector<size_t> entries, ranked;
  for (size_t i = 0; i < gathered.keys.size(); i++)
    if (std::optional<Row> row = row_of(index, gathered, i, unnamed ? &*unnamed : nullptr)) {
      entries.push_back(i);
      rows.push_back(std::move(*row));
    }
  for (const size_t rank : ranks_of(rows)) ranked.push_back(entries[rank]);
  return ranked;
}

Snapshot Maps::render(size_t index, const Gathered &gathered, int64_t top) const {
  const MapDescription &map = manifest_.maps[index];
  Snapshot snapshot{.name = map.name, .keyed = !map.key.empty(), .rows = {}};
  std::vector<size_t> shown(gathered.keys.size());
  std::iota(shown.begin(), shown.end(), size_t{0});
  const auto most = static_cast<size_t>(std::max<int64_t>(top, 0));
  if (most > 0 && most < shown.size()) {
    shown = by_rank(index, gathered);
    shown.erase(shown.begin(), shown.end() - static_cast<std::ptrdiff_t>(std::min(most, shown.size())));
  }
  snapshot.rows.reserve(shown.size());
  for (const size_t i : shown)
    if (std::optional<Row> row = row_of(index, gathered, i, symbols_)) snapshot.rows.push_back(std::move(*row));
  sort_rows(snapshot);
  return snapshot;
}

Result<Snapshot> Maps::read(size_t map, int64_t top) {
  Gathered gathered;
  if (Status done = gather(map, std::nullopt, gathered); !done) return done.error();
  return render(map, gathered, top);
}

/// The old bank's number; nobody writes there any more.
Result<uint64_t> Maps::switch_bank(size_t map) {
  std::atomic_ref bank(banks_[map]);
  uint64_t old = bank.load();
  bank.store((old + 1) % AWL_BANKS);
  if (Status waited = grace_.wait(); !waited) return waited.error();
  return old;
}

Status Maps::wipe(size_t map, const Gathered &gathered) {
  if (maps_[map].keyed) return erase_entries(maps_[map], gathered.kernel_keys);
  std::vector<uint64_t> zeros(words_per_entry(maps_[map]));
  return overwrite_entries(maps_[map], gathered.kernel_keys, zeros);
}

Status Maps::drain(size_t map, Gathered &out) {
  std::optional<uint64_t> bank;
  if (manifest_.maps[map].banked) {
    Result<uint64_t> old = switch_bank(map);
    if (!old) return old.error();
    bank = *old;
  }
  if (Status done = gather(map, bank, out); !done) return done.error();
  return wipe(map, out);
}

Result<Snapshot> Maps::take(size_t map, int64_t top) {
  Gathered gathered;
  if (Status done = drain(map, gathered); !done) return done.error();
  Snapshot snapshot = render(map, gathered, top);
  zeroed_[map] = false;
  return snapshot;
}

Status Maps::clear(size_t map) {
  Gathered gathered;
  zeroed_[map] = false;
  return drain(map, gathered);
}

Status Maps::zero(size_t index) {
  const KernelMap &map = maps_[index];
  std::optional<uint64_t> bank;  // the other bank is empty, and must stay so
  if (manifest_.maps[index].banked) bank = std::atomic_ref(banks_[index]).load();
  std::vector<uint64_t> zeros(words_per_entry(map));
  Gathered gathered;
  if (Status done = gather(index, bank, gathered); !done) return done.error();
  zeroed_[index] = true;
  // A slot that is set stays set; one that is not stays without a value.
  const MapDescription &description = manifest_.maps[index];
  if (description.storage == Storage::slot && description.show == Show::none) zeros[0] = gathered.words[0];
  return overwrite_entries(map, gathered.kernel_keys, zeros);
}

/// Samples that come between the look and the removal go with the entry: they count as come before.
Status Maps::truncate(size_t index, int64_t rows) {
  const KernelMap &map = maps_[index];
  const uint64_t kept = rows < 0 ? -static_cast<uint64_t>(rows) : static_cast<uint64_t>(rows);
  if (!map.keyed || kept == 0) return kept == 0 ? clear(index) : Status(Done{});
  Gathered gathered;
  if (Status done = gather(index, std::nullopt, gathered); !done) return done;
  const std::vector<size_t> order = by_rank(index, gathered);
  if (kept >= order.size()) return Done{};
  const size_t first = rows < 0 ? kept : 0, end = rows < 0 ? order.size() : order.size() - kept;
  std::vector<std::byte> gone;
  for (size_t i = first; i < end; i++) append_kernel_keys(gone, manifest_.maps[index], gathered.keys[order[i]]);
  return erase_entries(map, gone);
}

std::optional<TypedValue> value_of_nothing(const MapDescription &map) {
  if (!map.key.empty() || (map.show != Show::count && map.show != Show::sum)) return std::nullopt;
  return value_of_cells(std::vector<uint64_t>(map.merge.size()), map);
}

namespace {

struct Divide {
  int64_t by;  // 2 or more
  void operator()(int64_t &number) const { number /= by; }
  void operator()(uint64_t &number) const { number /= static_cast<uint64_t>(by); }
  void operator()(Stats &stats) const { stats.sum /= by; }
  void operator()(Histogram &histogram) const {
    std::vector<Bucket> &buckets = histogram.buckets;
    for (Bucket &bucket : buckets) (*this)(bucket.count);
    auto used = [](const Bucket &bucket) { return bucket.count != 0; };
    buckets.erase(std::find_if(buckets.rbegin(), buckets.rend(), used).base(), buckets.end());
    buckets.erase(buckets.begin(), std::find_if(buckets.begin(), buckets.end(), used));
  }
  void operator()(TimeSeries &series) const {
    for (TimeSeries::Point &point : series.points)
      if (point.value) *point.value /= by;
  }
  void operator()(bool &) const {}
  void operator()(Text &) const {}
  void operator()(Address &) const {}
  void operator()(EnumValue &) const {}
  void operator()(Buffer &) const {}
  void operator()(Tuple &) const {}
  void operator()(Array &) const {}
  void operator()(Symbol &) const {}
  void operator()(Stack &) const {}
};

}  // namespace

void divide(TypedValue &value, int64_t divisor) {
  if (divisor <= 1) return;
  // A part of a deviation or of percentiles is a number of its own, which nobody adds up.
  if (const Stats *stats = std::get_if<Stats>(&value.value); stats && stats->squares)
    value.value = static_cast<uint64_t>(stats->number());
  Tuple *parts = std::get_if<Tuple>(&value.value);
  if (parts && value.show == Show::percentiles) {
    parts->sketch.clear();
    for (TypedValue &part : parts->values)  // the values that samples had, but not how many there were
      if (int64_t *number = std::get_if<int64_t>(&part.value)) *number /= divisor;
    return;
  }
  std::visit(Divide{divisor}, value.value);
}

void divide(Snapshot &snapshot, int64_t divisor) {
  for (Row &row : snapshot.rows) divide(row.value, divisor);
}

}  // namespace awl
