// SPDX-License-Identifier: GPL-2.0-only
// See bpftrace_values.h.
#include "runtime/sinks/bpftrace_values.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "runtime/render.h"

namespace awl {
namespace {

bool is_ordered_by_value(const Value &value) {
  return !std::holds_alternative<Text>(value) && !std::holds_alternative<Tuple>(value) &&
         !std::holds_alternative<Array>(value) && !std::holds_alternative<Buffer>(value) &&
         !std::holds_alternative<Stack>(value) && !std::holds_alternative<Symbol>(value);
}

}  // namespace

std::vector<BpftraceRow> bpftrace_rows(const Histogram &histogram) {
  std::vector<BpftraceRow> rows;
  const bool by_powers = histogram.scale == Histogram::Scale::log2;
  for (const Bucket &bucket : histogram.buckets) {
    if (by_powers && bucket.high < 0) {
      if (rows.empty()) rows.push_back({.low = std::nullopt, .end = 0, .count = 0});
      rows.front().count += bucket.count;
      continue;
    }
    BpftraceRow row = {.low = bucket.low, .end = bucket.high + 1, .count = bucket.count};
    if (bucket.open_low) row.low.reset();
    if (bucket.open_high) row.end.reset();
    rows.push_back(row);
  }
  return rows;
}

void append_bpftrace_value(std::string &out, const TypedValue &value, bool escape) {
  // Nothing tells there that a stack was cut.
  if (const Stack *stack = std::get_if<Stack>(&value.value); stack && stack->truncated) {
    Stack whole = *stack;
    whole.truncated = false;
    return append_stack(out, whole, escape);
  }
  if (const Symbol *symbol = std::get_if<Symbol>(&value.value); symbol && symbol->address == 0) {
    out += '0';
    return;
  }
  const Stats *stats = std::get_if<Stats>(&value.value);
  if (stats && stats->only_number) return append_integer(out, stats->number());
  if (!stats) return append_value(out, value, {.escape = escape, .plain = true});
  fmt::format_to(std::back_inserter(out), "{{ .count = {}, .average = ", stats->count);
  append_integer(out, stats->number());
  out += ", .total = ";
  append_integer(out, stats->sum);
  out += " }";
}

void append_bpftrace_key(std::string &out, const std::vector<TypedValue> &key, bool escape) {
  const std::vector<TypedValue> *columns = &key;
  if (key.size() == 1)
    if (const Tuple *tuple = std::get_if<Tuple>(&key[0].value); tuple && tuple->names.empty()) columns = &tuple->values;
  for (size_t i = 0; i < columns->size(); i++) {
    if (i > 0) out += ", ";
    append_bpftrace_value(out, (*columns)[i], escape);
  }
}

std::vector<const Row *> bpftrace_order(const Snapshot &snapshot) {
  std::vector<const Row *> rows;
  rows.reserve(snapshot.rows.size());
  for (const Row &row : snapshot.rows) rows.push_back(&row);
  if (!snapshot.ordered && !rows.empty() && !is_ordered_by_value(rows[0]->value.value))
    std::ranges::stable_sort(rows, [](const Row *a, const Row *b) { return key_before(*a, *b); });
  return rows;
}

}  // namespace awl
