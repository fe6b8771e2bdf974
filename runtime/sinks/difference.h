// SPDX-License-Identifier: GPL-2.0-only
// What has changed between two snapshots of one map, of two runs for example.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/sinks/sink.h"

namespace awl {

/// What differs in one row, as text that is safe to show.
struct DifferenceRow {
  enum class Kind : uint8_t { value, histogram, bucket } kind = Kind::value;  // buckets follow their histogram
  std::string name;                                                           // the key, or the bucket's interval
  std::string before, after;                                                  // of a histogram: all its samples
  std::string change, part;                                                   // "+50", "+50.0%"
  std::string median, tail;  // of a histogram: in which buckets p50 and p99 lie
};
std::vector<DifferenceRow> difference_rows(const Snapshot &before, const Snapshot &after);
/// "@lat: quantize".
std::string difference_title(const Snapshot &before, const Snapshot &after);

/// The comparison as text; empty when nothing has changed.
std::string difference(const Snapshot &before, const Snapshot &after);

/// `root;leaf before after`, a line for each path of either.
std::string folded_difference(const Snapshot &before, const Snapshot &after);

/// A flame graph of the second ones, coloured by what has changed. The first of a pair has the name of the second.
using SnapshotPairs = std::vector<std::pair<Snapshot, Snapshot>>;
enum class Embedding : uint8_t { file, page };  // an SVG of its own, or a part of HTML
void write_flamegraph_difference(Writer &writer, const SnapshotPairs &maps, Embedding embedding = Embedding::file);

/// Both together as one page that needs nothing else. `before` and `after`: what the runs are called.
void write_html_difference(Writer &writer, std::string_view before, std::string_view after, const SnapshotPairs &maps);

/// The interval that the sample at `share` (0.5: the median) of all of them lies in; null for an empty histogram.
const Bucket *percentile(const Histogram &histogram, double share);

}  // namespace awl
