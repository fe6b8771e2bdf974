// SPDX-License-Identifier: GPL-2.0-only
// Printing maps, and what changes how they are printed from then on: print(@m) with its options, printa() over several
// maps, normalize() and trunc(). The script only says what is wanted; user space does it when the event arrives, in the
// order in which the script said it.
#include "lang/check.h"

namespace awl {
namespace {

std::string_view plural(size_t n) { return n == 1 ? "" : "s"; }

}  // namespace

/// sort=asc|desc, by=key|value
bool Checker::row_order(const Call &node, RowOrder &order) {
  for (const CallOption &option : node.options) {
    const bool sort = option.name.text == "sort", by = option.name.text == "by";
    if (!sort && !by) {
      out_->error(option.name.span, "`{}` has no option `{}`", node.callee.builtin->name, brief(option.name.text))
          .help("its options are sort=asc, sort=desc, by=key and by=value");
      return false;
    }
    const std::string_view usual = sort ? "asc" : "value", other = sort ? "desc" : "key";
    if (option.word.text != usual && option.word.text != other) {
      out_->error(option.word.span, "`{}=` is `{}` or `{}`, but not `{}`", option.name.text, usual, other,
                  brief(option.word.text));
      return false;
    }
    (sort ? order.descending : order.by_key) = option.word.text == other;
    order.given = true;
  }
  return true;
}

/// The number of rows and the divisor of print(@m, top, div).
bool Checker::print_limits(const Call &node, EventDescription &event) {
  const MapState &state = map_state(*map_argument(node, 0));
  int64_t *settings[] = {&event.top, &event.divisor};
  for (size_t i = 1; i < node.arguments.size(); i++) {
    number(node.arguments[i], i == 1 ? "the number of rows" : "the divisor");
    const auto known = constant_of(node.arguments[i]);
    if (i <= 2 && known && static_cast<int64_t>(*known) >= 0) {
      *settings[i - 1] = static_cast<int64_t>(*known);
      continue;
    }
    const std::string text = source_text(at(node.arguments[i]).span);
    auto draft = i > 2 ? out_->error(at(node.arguments[i]).span, "`{}` is one argument too many to print a map", text)
                       : out_->error(at(node.arguments[i]).span, "`{}` is not a number known before the script runs",
                                     text);
    draft.help("`print({0}, 10)` shows the ten largest, `print({0}, 10, 1000)` divides values by 1000", state.shown);
    return false;
  }
  return true;
}

Type Checker::print(ExprId id, const Call &node) {
  EventDescription event;
  const MapRef *map = map_argument(node, 0);
  if (map && !map->keyed) {
    map_reference(node.arguments[0], *map, true);
    event.kind = EventKind::print_map;
    event.map = static_cast<uint32_t>(map_number(*map));
    event.then_clear = prints_that_clear_.contains(static_cast<uint32_t>(id));
    if (event.then_clear) map_state(*map).cleared = true;
    if (!print_limits(node, event) || !row_order(node, event.order)) return set(id, none_type);
    return send(id, std::move(event), {});
  }
  for (ExprId argument : node.arguments) value(argument);
  if (!node.options.empty()) {
    out_->error(node.options[0].name.span, "`{}=` orders the rows of a map, but no map is printed here",
                brief(node.options[0].name.text))
        .help("for example `print(@name, 10, sort=desc)`");
    return set(id, none_type);
  }
  event.kind = EventKind::print_value;
  return send(id, std::move(event), node.arguments);
}

/// printa(@m) is print(@m); with a format a line is printed for each key that one of the maps has.
Type Checker::printa(ExprId id, const Call &node) {
  if (const MapRef *map = map_argument(node, 0); map && !map->keyed) {
    if (node.arguments.size() == 1) return print(id, node);
    map_reference(node.arguments[0], *map, true);
    out_->error(at(node.arguments[0]).span, "the format of `printa` is missing")
        .help("write `printa(\"%@d\\n\", {});`", source_text(at(node.arguments[0]).span));
    return set(id, none_type);
  }
  value(node.arguments[0]);
  const auto *literal = std::get_if<StringLiteral>(&at(node.arguments[0]).node);
  if (!literal || node.arguments.size() < 2 || !node.options.empty()) {
    out_->error(at(node.arguments[0]).span, "`printa` takes a map, or a format and the maps that it shows")
        .help("for example `printa(\"%-16s %@10d %@10d\\n\", @reads, @writes);`");
    return set(id, none_type);
  }
  EventDescription event;
  event.kind = EventKind::print_joined;
  if (!joined_maps(node, event.joined)) return set(id, none_type);
  event.then_clear = prints_that_clear_.contains(static_cast<uint32_t>(id));
  if (event.then_clear) map_state(*map_argument(node, 1)).cleared = true;
  const size_t reported = out_->all().size();
  event.format = parse_format(literal->text, at(node.arguments[0]).span, *out_);
  if (out_->all().size() == reported) joined_keys(map_state(*map_argument(node, 1)), event.format);
  return send(id, std::move(event), {});
}

/// Maps that share lines have the same keys.
bool Checker::joined_maps(const Call &node, std::vector<uint32_t> &joined) {
  for (size_t i = 1; i < node.arguments.size(); i++) {
    const MapRef *map = map_argument(node, i);
    if (!map || map->keyed) {
      value(node.arguments[i]);
      out_->error(at(node.arguments[i]).span, "`printa` shows whole maps, but `{}` is none",
                  source_text(at(node.arguments[i]).span))
          .help("`printf` prints values");
      return false;
    }
    map_reference(node.arguments[i], *map, true);
    joined.push_back(static_cast<uint32_t>(map_number(*map)));
    const MapState &first = map_state(*map_argument(node, 1)), &other = map_state(*map);
    if (!final_ || have_same_keys(first, other)) continue;
    out_->error(at(node.arguments[i]).span, "`{}` has other keys than `{}`", other.shown, first.shown)
        .label(other.first_use, "`{}` is used with {} here", other.shown, key_list(other))
        .label(first.first_use, "`{}` with {} here", first.shown, key_list(first))
        .help("print maps whose keys differ one by one");
    return false;
  }
  return true;
}

bool Checker::have_same_keys(const MapState &a, const MapState &b) {
  if (a.key.size() != b.key.size()) return false;
  for (size_t i = 0; i < a.key.size(); i++)
    if (a.key[i].kind != b.key[i].kind || !join_types(a.key[i], b.key[i])) return false;
  return true;
}

/// "an integer and a string"
std::string Checker::key_list(const MapState &map) {
  std::string text;
  for (size_t i = 0; i < map.key.size(); i++)
    text += (i == 0 ? "" : i + 1 == map.key.size() ? " and " : ", ") + an(map.key[i]);
  return text.empty() ? "no key" : text;
}

/// Conversions without @ stand for the parts of the key, in their order.
void Checker::joined_keys(const MapState &map, const std::vector<FormatPiece> &format) {
  size_t used = 0;
  for (const FormatPiece &piece : format) {
    if (!piece.has_conversion || piece.conversion.of_map) continue;
    if (used == map.key.size()) {
      out_->error(piece.span, "the format shows {} part{} of the key, but `{}` has {}", used + 1, plural(used + 1),
                  map.shown, used == 0 ? "none" : std::to_string(used))
          .help("`%@{}` shows the value of an entry", piece.conversion.letter);
      return;
    }
    const Type &key = map.key[used++];
    const char letter = piece.conversion.letter;
    if (letter == 's' || letter == 'v' || letter == 'r' || !is_memory(key.kind)) continue;
    out_->error(piece.span, "`%{}` prints a number, but key {} of `{}` is {}", letter, used, map.shown, an(key))
        .help("`%s` prints it");
  }
}

/// normalize(@m, n), denormalize(@m)
Type Checker::normalize(ExprId id, const Call &node) {
  const MapRef *map = whole_map(node);
  if (!map) return set(id, none_type);
  EventDescription event;
  event.kind = EventKind::normalize;
  event.map = static_cast<uint32_t>(map_number(*map));
  if (node.arguments.size() > 1) {
    const Type type = number(node.arguments[1], "the divisor");
    const auto known = constant_of(node.arguments[1]);
    if (known && (*known == 0 || (type.is_signed && static_cast<int64_t>(*known) < 0))) {
      out_->error(at(node.arguments[1]).span, "`normalize` divides by a number above 0, but not by {}",
                  static_cast<int64_t>(*known));
      return set(id, none_type);
    }
  }
  return send_number(id, std::move(event), s64_type);
}

/// trunc(@m, 5) keeps the five largest, trunc(@m, -5) the five smallest; without a number nothing is kept.
Type Checker::truncate(ExprId id, const Call &node) {
  if (node.arguments.size() == 1) return map_action(id, node, EventKind::clear);
  const MapRef *map = whole_map(node);
  if (!map) return set(id, none_type);
  number(node.arguments[1], "the number of rows");
  EventDescription event;
  event.kind = EventKind::truncate;
  event.map = static_cast<uint32_t>(map_number(*map));
  return send_number(id, std::move(event), s64_type);
}

}  // namespace awl
