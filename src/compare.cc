// SPDX-License-Identifier: GPL-2.0-only
#include "src/compare.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "runtime/sinks/difference.h"
#include "runtime/sinks/merge.h"
#include "src/base/text.h"
#include "src/output.h"
#include "src/recording.h"
#include "src/run.h"

namespace awl {
namespace {

/// The map of that name, or an empty one.
Snapshot find(const Recording &recording, const std::string &name) {
  const auto found = std::ranges::find(recording.maps, name, &Snapshot::name);
  return found == recording.maps.end() ? Snapshot{.name = name} : *found;
}

/// Each map of either, as it is in both.
SnapshotPairs pairs_of(const Recording &a, const Recording &b) {
  std::vector<std::string> names;
  for (const Recording *recording : {&a, &b})
    for (const Snapshot &map : recording->maps)
      if (std::ranges::find(names, map.name) == names.end()) names.push_back(map.name);
  SnapshotPairs pairs;
  for (const std::string &name : names) pairs.emplace_back(find(a, name), find(b, name));
  return pairs;
}

Error usage(std::string what, std::string help) { return {std::move(what), "", std::move(help), ErrorKind::usage}; }

template <class Write>
int write_out(const Options &options, const Write &write) {
  auto output = OutputFile::open(options.output);
  if (!output) return fail(output.error());
  Writer writer(output->fd());
  write(writer);
  writer.flush();
  if (writer.broken() && writer.error() != EPIPE)
    return fail({"cannot write the output", errno_text(writer.error()), ""});
  Status committed = output->commit();
  return committed ? 0 : fail(committed.error());
}

void add_notes(std::vector<Note> &sum, const std::vector<Note> &more) {
  for (const Note &note : more) {
    const auto same = [&note](const Note &other) {
      return other.kind == note.kind && other.subject == note.subject && other.message == note.message;
    };
    const auto found = std::ranges::find_if(sum, same);
    found == sum.end() ? sum.push_back(note) : void(found->count += note.count);
  }
}

}  // namespace

int diff_recordings(const Options &options) {
  if (options.positional.size() != 3)
    return fail(usage("`awl diff` compares two files", "awl diff before.json after.json"));
  constexpr std::string_view formats[] = {"text", "folded", "flamegraph", "html"};
  if (std::ranges::find(formats, options.format) == std::end(formats))
    return fail(usage(fmt::format("`awl diff` has no format `{}`", options.format),
                      fmt::format("known formats: {}", fmt::join(formats, ", "))));
  auto before = read_recording(options.positional[1]);
  if (!before) return fail(before.error());
  auto after = read_recording(options.positional[2]);
  if (!after) return fail(after.error());
  const SnapshotPairs pairs = pairs_of(*before, *after);
  return write_out(options, [&](Writer &writer) {
    if (options.format == "flamegraph") return write_flamegraph_difference(writer, pairs);
    if (options.format == "html")
      return write_html_difference(writer, options.positional[1], options.positional[2], pairs);
    std::string text;
    for (const auto &[a, b] : pairs) {
      const bool folded = options.format == "folded";
      const std::string part = folded ? folded_difference(a, b) : difference(a, b);
      if (!folded && !text.empty() && !part.empty()) text += '\n';
      text += part;
    }
    writer.write(text.empty() && options.format == "text" ? "no difference\n" : text);
  });
}

int merge_recordings(const Options &options) {
  if (options.positional.size() < 2) return fail(usage("`awl merge` needs files", "awl merge a.json b.json ..."));
  std::vector<Recording> recordings;
  std::vector<Snapshot> sums;
  std::vector<Note> notes;
  for (size_t i = 1; i < options.positional.size(); i++) {
    auto read = read_recording(options.positional[i]);
    if (!read) return fail(read.error());
    recordings.push_back(std::move(*read));  // keeps the names of symbols
    for (const Snapshot &map : recordings.back().maps) {
      const auto found = std::ranges::find(sums, map.name, &Snapshot::name);
      found == sums.end() ? sums.push_back(map) : add_snapshot(*found, map);
    }
    add_notes(notes, recordings.back().notes);
  }
  for (const Snapshot &map : sums)
    if (recordings.size() > 1 && !map.rows.empty() && !can_be_added(map.rows[0].value))
      std::fputs(fmt::format("awl: warning: {}: the values cannot be added up; of keys that are in several files the "
                             "last one's is shown\n",
                             map.name)
                     .c_str(),
                 stderr);
  size_t columns = 0;
  for (const Snapshot &map : sums)
    for (const Row &row : map.rows) columns = std::max(columns, row.key.size());
  return write_out(options, [&](Writer &writer) {
    std::unique_ptr<Sink> sink = make_sink(writer, options, Source{"merge", ""}, columns);
    sink->start(0);
    for (const Snapshot &map : sums)
      if (!map.rows.empty()) sink->map(map, false);
    for (const Note &note : notes) sink->note(note);
    sink->end();
  });
}

}  // namespace awl
