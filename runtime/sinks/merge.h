// SPDX-License-Identifier: GPL-2.0-only
// Adding up snapshots of one map: of a run that prints and clears it, of several runs or machines. Exact: what was
// counted by whole numbers is added as whole numbers.
#pragma once
#include "runtime/values.h"

namespace awl {

/// `sum` becomes what would be there had both been counted in one: counts, sums, averages, deviations, histograms, percentiles
/// and stats() are added, of minima and maxima the extreme one stays. Plain values cannot be added; the later one stays.
void add_value(TypedValue &sum, const TypedValue &more);
bool can_be_added(const TypedValue &value);

/// The same for all rows, by key. Rows come sorted.
void add_snapshot(Snapshot &sum, const Snapshot &more);

/// A map over the time of a run, as sum() of all that was in it.
class MapHistory {
 public:
  /// A snapshot that was not taken out is part of the next one and replaced by it.
  void add(const Snapshot &snapshot);
  Snapshot sum() const;

 private:
  Snapshot taken_, latest_;
};

}  // namespace awl
