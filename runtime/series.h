// SPDX-License-Identifier: GPL-2.0-only
// tseries(): cells of intervals, as bpf_lib/series.c keeps them, to points in time. Each CPU has its own idea of which
// interval a place belongs to, so cells of two CPUs are added interval by interval and not one by one.
#pragma once
#include <cstdint>
#include <span>

#include "lang/image.h"
#include "runtime/values.h"

namespace awl {

/// Add one CPU's cells to the sums. Of two intervals in one place the newer one stays.
void merge_series(std::span<uint64_t> sum, std::span<const uint64_t> cells, const MapDescription &map);

/// From the oldest interval with a sample to the newest one, in time since boot.
TimeSeries series_of(std::span<const uint64_t> cells, const MapDescription &map);

}  // namespace awl
