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

Type Checker::map_read(ExprId id, const MapRef &map) {
  map_reference(id, map, false);
  MapState &state = map_state(map);
  if (state.aggregation) {
    out_->error(at(id).span, "`{}` is an aggregation by `{}()`: it has a value for each CPU, which a probe cannot read",
                state.shown, state.aggregation->name)
        .label(state.aggregation_span, "made an aggregation here")
        .help("`print({})` shows it; a plain counter, `{}++`, can be read", state.shown, source_text(at(id).span));
    return set(id, simple_type(Kind::unknown), UseMap{map_number(map)});
  }
  Type type = state.value;
  if (type.kind == Kind::integer) type.is_literal = false;
  return set(id, type, UseMap{map_number(map)});
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
