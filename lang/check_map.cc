// SPDX-License-Identifier: GPL-2.0-only
// Maps: keys, what may be read, what may be put in.
#include "lang/check.h"
#include "src/base/check.h"
#include "src/base/text.h"

namespace awl {
namespace {

std::string_view plural(size_t n) { return n == 1 ? "" : "s"; }

}  // namespace

Checker::MapState &Checker::map_state(const MapRef &map) {
  auto found = map_numbers_.find(map.name);
  AWL_CHECK(found != map_numbers_.end());
  return maps_[static_cast<uint32_t>(found->second)];
}

MapNumber Checker::map_number(const MapRef &map) const { return map_numbers_.at(map.name); }

void Checker::map_reference(ExprId id, const MapRef &map, bool whole) {
  MapState &state = map_state(map);
  body_->use_of[static_cast<uint32_t>(id)] = UseMap{map_number(map)};
  Span span = at(id).span;
  if (map.keyed != state.keyed) {
    if (whole && !map.keyed) return;
    if (map.keyed)
      out_->error(span, "`{}` is used with a key here, but without one elsewhere", state.shown)
          .label(state.first_use, "used without a key here")
          .help("a map either has keys or holds one value; give one of the two another name");
    else
      out_->error(span, "`{}` is used without a key here, but with one elsewhere", state.shown)
          .label(state.first_use, "used with a key here")
          .help("a map either has keys or holds one value; give one of the two another name");
    for (ExprId key : map.key) value(key);
    return;
  }
  std::vector<Type> types;
  for (ExprId key : map.key) types.push_back(value(key));
  // A tuple in the place of several keys is these keys: @m[$k] with $k = (pid, comm).
  if (types.size() == 1 && types[0].kind == Kind::tuple && state.key.size() > 1 &&
      types[0].parts.size() == state.key.size()) {
    Type parts = types[0];
    types.clear();
    for (const Part &part : parts.parts) types.push_back(part.type);
  }
  if (state.key.empty()) {
    state.key = types;
    for (ExprId key : map.key) state.key_spans.push_back(at(key).span);
    changed_ |= !types.empty();
    return;
  }
  if (types.size() != state.key.size()) {
    out_->error(span, "`{}` is used with {} key{} here, but it has {}", state.shown, types.size(), plural(types.size()),
                state.key.size())
        .label(state.first_use, "used with {} key{} here", state.key.size(), plural(state.key.size()));
    return;
  }
  for (size_t i = 0; i < types.size(); i++) {
    std::optional<Type> joined = join_types(state.key[i], types[i]);
    if (!joined) {
      std::string which = types.size() == 1 ? "the key" : fmt::format("key {}", i + 1);
      out_->error(at(map.key[i]).span, "{} of `{}` is {} elsewhere, but {} here", which, state.shown, an(state.key[i]),
                  an(types[i]))
          .label(state.key_spans[i], "{} here", an(state.key[i]))
          .help("give one of the two maps another name");
      continue;
    }
    if (*joined != state.key[i]) changed_ = true;
    state.key[i] = *joined;
  }
}

Type Checker::read_type(MapState &state, Span span) {
  if (!state.aggregation) {
    Type type = state.value;
    if (type.kind == Kind::integer) type.is_literal = false;
    return type;
  }
  Type sample = state.value;
  if (sample.is_literal) sample.is_signed = sample.is_literal = false;
  Type number = integer_type(8, sample.is_signed, sample.unit);
  if (!state.read) changed_ = true;
  state.read = true;
  switch (state.aggregation->show) {
    case Show::count:
      return u64_type;
    case Show::sum:
    case Show::minimum:
    case Show::maximum:
    case Show::average:
      return number;
    case Show::stats:
      return tuple_type({u64_type, number, number}, {"count", "average", "total"});
    case Show::none:
    case Show::log2_histogram:
    case Show::linear_histogram:
    case Show::log_linear_histogram:
    case Show::percentiles:
    case Show::deviation:
    case Show::magnitudes:
    case Show::time_series:
      break;
  }
  out_->error(span, "`{}` is made by `{}()`, which has no value that a probe could read", state.shown,
              state.aggregation->name)
      .label(state.aggregation_span, "made here")
      .help("`print({})` shows it", state.shown);
  return simple_type(Kind::unknown);
}

Type Checker::map_read(ExprId id, const MapRef &map) {
  map_reference(id, map, false);
  MapState &state = map_state(map);
  return set(id, read_type(state, at(id).span), UseMap{map_number(map)});
}

void Checker::give_map_value(ExprId target, const MapRef &map, const Type &type, Span span) {
  map_reference(target, map, false);
  MapState &state = map_state(map);
  state.attempted = true;
  if (state.aggregation) {
    out_->error(span, "`{}` is an aggregation by `{}()`, and a plain value cannot be put into it", state.shown,
                state.aggregation->name)
        .label(state.aggregation_span, "made an aggregation here")
        .help("give the plain value a map of its own name");
    return;
  }
  std::optional<Type> joined = join_types(state.value, type);
  if (!joined) {
    out_->error(span, "`{}` holds {}, but {} is assigned here", state.shown, an(state.value), an(type))
        .label(*state.assigned, "{} is assigned here", an(state.value))
        .help("give the {} a map of its own", describe(type));
    return;
  }
  if (!state.assigned) state.assigned = span;
  if (*joined != state.value) changed_ = true;
  state.value = *joined;
  set(target, state.value, UseMap{map_number(map)});
}

}  // namespace awl
