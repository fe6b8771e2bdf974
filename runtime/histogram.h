// SPDX-License-Identifier: GPL-2.0-only
// Cells of an aggregation, merged over CPUs, to values. Pure arithmetic; the layout of the cells is the one that
// bpf_lib/aggregate.c writes (see bpf_lib/awl_abi.h).
#pragma once
#include <cstdint>
#include <span>

#include "lang/image.h"
#include "runtime/values.h"

namespace awl {

/// Add one CPU's cells to the sums, each by its rule.
void merge_cells(std::span<uint64_t> sum, std::span<const uint64_t> cells, std::span<const Merge> rules);

/// True when no sample ever reached these cells.
bool is_empty(std::span<const uint64_t> cells, Show show);

/// The value that merged cells stand for. Precondition: cells.size() == map.merge.size(), show != none.
TypedValue value_of_cells(std::span<const uint64_t> cells, const MapDescription &map);

}  // namespace awl
