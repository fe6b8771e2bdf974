// SPDX-License-Identifier: GPL-2.0-only
// What has changed between two snapshots of one map, of two runs for example.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "runtime/sinks/sink.h"

namespace awl {

/// The comparison as text; empty when nothing has changed.
std::string difference(const Snapshot &before, const Snapshot &after);

/// `root;leaf before after`, a line for each path of either.
std::string folded_difference(const Snapshot &before, const Snapshot &after);

/// A flame graph of the second ones, coloured by what has changed. The first of a pair has the name of the second.
void write_flamegraph_difference(Writer &writer, const std::vector<std::pair<Snapshot, Snapshot>> &maps);

/// The interval that the sample at `share` (0.5: the median) of all of them lies in; null for an empty histogram.
const Bucket *percentile(const Histogram &histogram, double share);

}  // namespace awl
