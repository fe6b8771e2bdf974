// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/joined.h"

#include <algorithm>
#include <optional>

namespace awl {
namespace {

/// A key and what each map has there.
struct Joined {
  std::vector<TypedValue> key;
  std::vector<std::optional<TypedValue>> values;
};

/// What stands in the place of an entry that a map has not.
TypedValue nothing_like(const Snapshot &map) {
  if (map.rows.empty()) return {.value = int64_t{0}};
  TypedValue nothing = map.rows[0].value;
  std::visit([](auto &value) { value = {}; }, nothing.value);
  if (Histogram *histogram = std::get_if<Histogram>(&nothing.value))
    histogram->scale = std::get<Histogram>(map.rows[0].value.value).scale;
  if (Stats *stats = std::get_if<Stats>(&nothing.value))
    stats->only_number = nothing.show == Show::average || nothing.show == Show::deviation;
  return nothing;
}

std::vector<Joined> join(const std::vector<Snapshot> &maps) {
  struct Source {
    const Row *row;
    size_t map;
  };
  std::vector<Source> sources;
  for (size_t i = 0; i < maps.size(); i++)
    for (const Row &row : maps[i].rows) sources.push_back({&row, i});
  std::ranges::stable_sort(sources, [](const Source &a, const Source &b) { return key_before(*a.row, *b.row); });
  std::vector<Joined> lines;
  const Row *last = nullptr;
  for (const Source &source : sources) {
    if (!last || key_before(*last, *source.row))
      lines.push_back({source.row->key, std::vector<std::optional<TypedValue>>(maps.size())});
    last = source.row;
    lines.back().values[source.map] = source.row->value;
  }
  return lines;
}

/// Lines as rows that compare as the lines do: by the first value, the other values, the key.
std::vector<Row> rows_of(const std::vector<Joined> &lines, const std::vector<Snapshot> &maps) {
  std::vector<TypedValue> nothing;
  for (const Snapshot &map : maps) nothing.push_back(nothing_like(map));
  std::vector<Row> rows;
  for (const Joined &line : lines) {
    Row row = {.key = {}, .value = line.values[0].value_or(nothing[0])};
    for (size_t i = 1; i < maps.size(); i++) row.key.push_back(line.values[i].value_or(nothing[i]));
    row.key.insert(row.key.end(), line.key.begin(), line.key.end());
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

void for_each_joined(const std::vector<Snapshot> &maps, const std::vector<FormatPiece> &format,
                     const std::function<void(const PrintfEvent &)> &line) {
  const std::vector<Row> rows = rows_of(join(maps), maps);
  PrintfEvent event = {format, {}};
  for (const size_t i : ranks_of(rows)) {
    const Row &row = rows[i];
    size_t next_value = 0, next_key = maps.size() - 1;
    event.values.clear();
    for (const FormatPiece &piece : format) {
      if (!piece.has_conversion) continue;
      if (!piece.conversion.of_map) {
        event.values.push_back(row.key[next_key++]);
        continue;
      }
      event.values.push_back(next_value == 0 ? row.value : row.key[next_value - 1]);
      next_value = std::min(next_value + 1, maps.size() - 1);
    }
    line(event);
  }
}

}  // namespace awl
