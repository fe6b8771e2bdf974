// SPDX-License-Identifier: GPL-2.0-only
// What bpftrace makes of values, shared by its text and its JSON: rows of histograms, the text of keys, the order of
// rows. See bpftrace_text.cc for how it looks.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "runtime/values.h"

namespace awl {

/// A row of a histogram: low <= v < end. Negative samples of a log2 histogram are one row without `low`.
struct BpftraceRow {
  std::optional<Wide> low, end;
  int64_t count = 0;
};

std::vector<BpftraceRow> bpftrace_rows(const Histogram &histogram);

/// 5, hi, (1, 2), { .a = 1 }, [1,2] ...; `escape`: strings are made safe for a terminal.
void append_bpftrace_value(std::string &out, const TypedValue &value, bool escape);

/// The plot of a time series: a point for each interval between the least and the greatest value.
void append_bpftrace_series(std::string &out, const TimeSeries &series);

/// The columns of a key, separated by `, `; a tuple that is the whole key without its parentheses.
void append_bpftrace_key(std::string &out, const std::vector<TypedValue> &key, bool escape);

/// Rows in bpftrace's order: those of numbers and aggregations by value, all others by key.
std::vector<const Row *> bpftrace_order(const Snapshot &snapshot);

}  // namespace awl
