// SPDX-License-Identifier: GPL-2.0-only
// Functions of the builtins table: the types of their arguments by the table, and those few whose result depends on
// what they are given.
#include <algorithm>

#include "bpf_lib/awl_abi.h"
#include "lang/check.h"
#include "src/base/check.h"

namespace awl {

/// Strings that join() puts together, and the bytes it takes of each.
static constexpr uint32_t joined_bytes = AWL_JOIN_ROOM;

void Checker::argument(const Call &node, size_t index, const Parameter &parameter) {
  ExprId id = node.arguments[index];
  std::string role = fmt::format("`{}` of `{}`", parameter.name, node.callee.builtin->name);
  switch (parameter.accepts) {
    case Accepts::pointer:
      if (value(id).kind == Kind::kernel_symbol) return;  // an address with a name
      number(id, role);
      return;
    case Accepts::integer:
    case Accepts::constant:
      number(id, role);
      return;
    case Accepts::string: {
      Type type = value(id);
      if (type.kind == Kind::string || type.kind == Kind::unknown) return;
      out_->error(at(id).span, "{} must be a string, but `{}` is {}", role, source_text(at(id).span), an(type))
          .help("`str({})` is the string at an address", source_text(at(id).span));
      return;
    }
    case Accepts::literal:
      value(id);
      if (!text_of(id) && final_)
        out_->error(at(id).span, "{} must be a string literal", role);
      return;
    case Accepts::memory: {
      Type type = value(id);
      if (is_memory(type.kind) || type.kind == Kind::unknown) return;
      out_->error(at(id).span, "{} must be bytes in memory, but `{}` is {}", role, source_text(at(id).span), an(type))
          .help("`buf({}, 16)` is what lies at an address", source_text(at(id).span));
      return;
    }
    case Accepts::map:
    case Accepts::entry:
      return;
    case Accepts::any:
    case Accepts::rest:
      value(id);
      return;
  }
}

/// A function whose result type the table tells.
Type Checker::function(ExprId id, const Call &node) {
  const Builtin &row = *node.callee.builtin;
  for (size_t i = 0; i < node.arguments.size(); i++)
    argument(node, i, row.parameters[std::min(i, row.parameters.size() - 1)]);
  Type type = row.result();
  if (type.kind == Kind::string && type.size == 0) type = string_type(options_.max_strlen);
  return set(id, type);
}

Type Checker::byte_swap(ExprId id, const Call &node) {
  Type type = number(node.arguments[0], "what `bswap` turns");
  Type result = integer_type(type.is_literal ? 8 : type.width, false);
  return set(id, result);
}

Type Checker::concatenate(ExprId id, const Call &node) {
  function(id, node);
  auto size = [&](size_t i) { return body_->type_of[static_cast<uint32_t>(node.arguments[i])].size; };
  return set(id, string_type(whole_words(size(0) + size(1))));
}

/// An array of bytes tells its length, an address needs one.
Type Checker::buffer(ExprId id, const Call &node) {
  Type from = value(node.arguments[0]);
  if (from.kind == Kind::array || from.kind == Kind::string || from.kind == Kind::structure) {
    uint64_t asked = from.size;
    if (node.arguments.size() > 1) {
      number(node.arguments[1], "the length that `buf` reads");
      asked = constant_of(node.arguments[1]).value_or(from.size);
    }
    return set(id, buffer_type(static_cast<uint32_t>(std::min<uint64_t>({from.size, options_.max_strlen, asked}))));
  }
  if (from.kind == Kind::unknown) return set(id, from);
  number(node.arguments[0], "the address that `buf` reads");
  if (node.arguments.size() < 2) {
    out_->error(at(id).span, "`buf` does not know how many bytes there are at `{}`",
                source_text(at(node.arguments[0]).span))
        .help("write `buf({}, 16)`", source_text(at(node.arguments[0]).span));
    return set(id, buffer_type(8));
  }
  number(node.arguments[1], "the length that `buf` reads");
  auto known = constant_of(node.arguments[1]);
  return set(id, buffer_type(static_cast<uint32_t>(std::min<uint64_t>(known.value_or(UINT64_MAX), options_.max_strlen))));
}

Type Checker::network_address(ExprId id, const Call &node) {
  ExprId address = node.arguments.back();
  if (node.arguments.size() == 2) number(node.arguments[0], "the address family");
  Type type = value(address);
  bool bytes = type.kind == Kind::array && (type.size == 4 || type.size == 16);
  if (!bytes && type.kind == Kind::structure && (type.size == 4 || type.size == 16)) bytes = true;
  if (!bytes && !type.is_number() && type.kind != Kind::unknown)
    out_->error(at(address).span, "a network address has 4 or 16 bytes, but `{}` is {}", source_text(at(address).span),
                an(type));
  return set(id, simple_type(Kind::inet));
}

Type Checker::hardware_address(ExprId id, const Call &node) {
  Type type = value(node.arguments[0]);
  bool fits = (type.kind == Kind::array && type.size >= 6) || type.is_number() || type.kind == Kind::unknown ||
              (type.kind == Kind::string && type.size >= 6);
  if (!fits)
    out_->error(at(node.arguments[0]).span, "a hardware address has 6 bytes, but `{}` is {}",
                source_text(at(node.arguments[0]).span), an(type));
  return set(id, simple_type(Kind::mac));
}

Type Checker::timestamp(ExprId id, const Call &node) {
  function(id, node);
  Type type = simple_type(Kind::timestamp);
  if (const std::string *format = text_of(node.arguments[0])) type.name = *format;
  return set(id, type);
}

Type Checker::has_key(ExprId id, const Call &node) {
  const MapRef *map = map_argument(node, 0);
  if (!map) {
    value(node.arguments[0]);
    out_->error(at(node.arguments[0]).span, "`has_key` takes a map, but `{}` is none",
                source_text(at(node.arguments[0]).span))
        .help("write `has_key(@name, key)`");
    return set(id, bool_type);
  }
  MapRef entry = *map;
  entry.key.insert(entry.key.end(), node.arguments.begin() + 1, node.arguments.end());
  entry.keyed = !entry.key.empty();
  map_reference(node.arguments[0], entry, false);
  if (!map_state(*map).keyed)
    out_->error(at(node.arguments[0]).span, "`{}` has no keys", map_state(*map).shown);
  return set(id, bool_type);
}

/// Of a map: its entries, counted one by one.
Type Checker::length(ExprId id, const Call &node) {
  const MapRef *map = map_argument(node, 0);
  if (!map || map->keyed) {
    Type type = value(node.arguments[0]);
    if (type.kind == Kind::string || is_stack(type.kind))
      return set(id, u64_type);
    if (type.kind == Kind::array)
      return set(id, u64_type, UseConstant{array_count(type)});
    if (type.kind != Kind::unknown)
      out_->error(at(node.arguments[0]).span, "`{}` is {} and has no length", source_text(at(node.arguments[0]).span),
                  an(type))
          .help("maps, stacks, strings and arrays have one");
    return set(id, u64_type);
  }
  map_reference(node.arguments[0], *map, true);
  if (!map_state(*map).keyed)
    out_->error(at(node.arguments[0]).span, "`{}` has no keys to count", map_state(*map).shown);
  body_->has_loops = true;
  LocalNumber counter = local_at(static_cast<uint64_t>(id) << 1, u64_type);
  return set(id, u64_type, UseLocal{counter});
}

Type Checker::join(ExprId id, const Call &node) {
  function(id, node);
  EventDescription event;
  event.kind = EventKind::printf;
  FormatPiece piece;
  piece.has_conversion = true;
  piece.conversion.letter = 's';
  event.format.push_back(piece);
  FormatPiece end;
  end.text = "\n";
  event.format.push_back(end);
  if (!final_) return set(id, none_type);
  event.span = at(id).span;
  event.columns.push_back({string_type(joined_bytes), sizeof(awl_event_header), true});
  event.record_size = sizeof(awl_event_header) + sizeof(awl_event_string);
  program_.events.push_back(std::move(event));
  return set(id, none_type, UseEvent{EventNumber(program_.events.size() - 1)});
}

/// printf() to another channel.
Type Checker::message(ExprId id, const Call &node, Channel channel) {
  Type type = printf(id, node);
  if (final_ && !program_.events.empty() && std::holds_alternative<UseEvent>(body_->use_of[static_cast<uint32_t>(id)]))
    program_.events.back().channel = channel;
  return type;
}

Type Checker::assertion(ExprId id, const Call &node) {
  condition(node.arguments[0]);
  EventDescription event;
  event.kind = EventKind::printf;
  event.channel = Channel::error;
  FormatPiece piece;
  piece.text = "assertion failed";
  if (node.arguments.size() > 1) {
    value(node.arguments[1]);
    const std::string *text = text_of(node.arguments[1]);
    if (text)
      piece.text += ": " + *text;
    else if (final_)
      out_->error(at(node.arguments[1]).span, "the message of `assert` must be a string literal");
  }
  event.format.push_back(piece);
  send(id, std::move(event), {});
  if (!final_) return set(id, none_type);
  EventNumber said = std::get<UseEvent>(body_->use_of[static_cast<uint32_t>(id)]).event;
  // The exit follows as an event of its own, the next one.
  EventDescription leave;
  leave.kind = EventKind::exit;
  leave.span = at(id).span;
  leave.columns.push_back({u64_type, sizeof(awl_event_header), false});
  leave.record_size = sizeof(awl_event_header) + 8;
  program_.events.push_back(std::move(leave));
  return set(id, none_type, UseEvent{said});
}

}  // namespace awl
