// SPDX-License-Identifier: GPL-2.0-only
// Builtins about bytes: what can be compared and written, room in strings, addresses of the network, paths of files,
// lines for the kernel's log.
#include <arpa/inet.h>

#include <algorithm>

#include "bpf_lib/awl_abi.h"
#include "lang/check.h"

namespace awl {
namespace {

/// What the kernel's bpf_trace_printk() takes.
constexpr size_t most_logged = 3;

/// Bytes of the value itself: a buffer begins with their number.
uint32_t bytes_of(const Type &type) {
  return type.kind == Kind::buffer ? type.size - static_cast<uint32_t>(sizeof(uint32_t)) : type.size;
}

}  // namespace

/// memcmp(), write_user(): values that lie in memory, and how many of their bytes.
Type Checker::some_bytes(ExprId id, const Call &node) {
  const Builtin &row = *node.callee.builtin;
  function(id, node);
  if (node.arguments.size() < 3) return set(id, row.result());
  auto wanted = constant_of(node.arguments[2]);
  for (size_t i = 0; wanted && i < 2; i++) {
    const Type &type = body_->type_of[static_cast<uint32_t>(node.arguments[i])];
    if (row.parameters[i].accepts != Accepts::memory || !is_memory(type.kind) || *wanted <= bytes_of(type)) continue;
    Span span = at(node.arguments[i]).span;
    out_->error(at(node.arguments[2]).span, "`{}` has {} bytes, not {}", source_text(span), bytes_of(type), *wanted)
        .label(span, "{}", an(type));
  }
  return set(id, row.result());
}

Type Checker::capacity(ExprId id, const Call &node) {
  function(id, node);
  ExprId string = node.arguments[0];
  const std::string *text = text_of(string);
  uint64_t room = text ? text->size() + 1 : body_->type_of[static_cast<uint32_t>(string)].size;
  return set(id, u64_type, UseConstant{room});
}

Type Checker::parse_address(ExprId id, const Call &node) {
  function(id, node);
  Type byte = integer_type(1, false);
  const std::string *text = text_of(node.arguments[0]);
  if (!text) return set(id, simple_type(Kind::unknown));
  for (auto [family, size] : {std::pair(AF_INET, 4u), std::pair(AF_INET6, 16u)}) {
    std::string bytes(size, '\0');
    if (inet_pton(family, text->c_str(), bytes.data()) == 1) return set(id, array_type(byte, size), UseText{bytes});
  }
  out_->error(at(node.arguments[0]).span, "`{}` is no address of IPv4 or IPv6", brief(*text))
      .help("for example `pton(\"127.0.0.1\")` or `pton(\"::1\")`");
  return set(id, simple_type(Kind::unknown));
}

/// Of a `struct path`, or of an address of one.
Type Checker::path(ExprId id, const Call &node) {
  ExprId from = node.arguments[0];
  Type type = value(from);
  uint32_t size = options_.max_strlen;
  if (node.arguments.size() > 1) {
    number(node.arguments[1], "the length of a path");
    auto known = constant_of(node.arguments[1]);
    if (known && *known >= 1 && *known <= options_.max_strlen)
      size = static_cast<uint32_t>(*known);
    else
      out_->error(at(node.arguments[1]).span, "the length of a path must be a number from 1 to {}",
                  options_.max_strlen);
  }
  bool fits = type.kind == Kind::structure ? type.name == "struct path" && type.space != AddressSpace::none
                                           : type.is_number();
  if (!fits && type.kind != Kind::unknown)
    out_->error(at(from).span, "`path` takes a `struct path` of the kernel, but `{}` is {}",
                source_text(at(from).span), an(type))
        .help("that of a `struct file *f` is `f->f_path`");
  return set(id, string_type(size));
}

/// An argument of the probe as it is: the kernel trusts no other pointer.
Type Checker::socket_cookie(ExprId id, const Call &node) {
  ExprId socket = node.arguments[0];
  value(socket);
  const auto *use = std::get_if<UseField>(&body_->use_of[static_cast<uint32_t>(socket)]);
  const LibraryCall *access = use ? std::get_if<LibraryCall>(&body_->group.fields[use->index].access) : nullptr;
  if ((!access || access->symbol != "awl_trace_arg") && final_ && !body_->group.provider.empty())
    out_->error(at(socket).span, "the kernel takes only an argument of the probe here, and `{}` is none",
                source_text(at(socket).span))
        .help("for example `fentry:tcp_close {{ @ = socket_cookie(args.sk); }}`");
  return set(id, u64_type);
}

/// By the distance from the probe, whose own place the processor's registers tell.
Type Checker::user_address(ExprId id, const Call &node) {
  function(id, node);
  const TargetGroup &group = body_->group;
  if (group.provider.empty()) return set(id, pointer_type(AddressSpace::user, ""));
  bool here = group.provider == "uprobe" || group.provider == "usdt";
  if (!here || group.targets.size() != 1 || group.targets[0].places.size() != 1) {
    out_->error(at(id).span, "`uaddr` needs to know where the probe is, and {}",
                here ? "this one is at several places" : "only `uprobe` and `usdt` tell that")
        .help("give it a block of its own: `uprobe:program:function {{ ... }}`");
  }
  return set(id, pointer_type(AddressSpace::user, ""));
}

/// The variable takes the type of the map's values.
Type Checker::find(ExprId id, const Call &node) {
  const MapRef *map = map_argument(node, 0);
  const auto *variable = std::get_if<LocalRef>(&at(node.arguments.back()).node);
  if (!map || !variable) {
    ExprId wrong = node.arguments[map ? node.arguments.size() - 1 : 0];
    out_->error(at(wrong).span, "`find` takes {}, but `{}` is none", map ? "a variable last" : "a map first",
                source_text(at(wrong).span))
        .help("write `find(@name, key, $value)`");
    return set(id, bool_type);
  }
  MapRef entry = *map;
  entry.key.insert(entry.key.end(), node.arguments.begin() + 1, node.arguments.end() - 1);
  entry.keyed = !entry.key.empty();
  map_reference(node.arguments[0], entry, false);
  if (!map_state(*map).keyed) {
    out_->error(at(node.arguments[0]).span, "`{}` has no keys", map_state(*map).shown);
    return set(id, bool_type);
  }
  give_local(node.arguments.back(), *variable, read_type(map_state(*map), at(node.arguments[0]).span),
             node.arguments[0]);
  return set(id, bool_type);
}

/// The kernel's own printf: few values, and only these conversions.
Type Checker::kernel_log(ExprId id, const Call &node) {
  size_t before = out_->all().size();
  Type type = printf(id, node);
  if (out_->all().size() != before) return set(id, none_type);
  if (node.arguments.size() > 1 + most_logged) {
    out_->error(at(node.arguments[1 + most_logged]).span, "`debugf` takes at most {} values, the kernel's limit",
                most_logged)
        .help("`printf` takes more");
    return set(id, none_type);
  }
  if (!final_) return type;
  // The event was only made to check the format; the line goes elsewhere.
  std::string format;
  size_t next = 1;
  for (const FormatPiece &piece : program_.events.back().format) {
    for (char letter : piece.text) format += letter == '%' ? "%%" : std::string(1, letter);
    if (!piece.has_conversion) continue;
    const Type &given = body_->type_of[static_cast<uint32_t>(node.arguments[next++])];
    char letter = piece.conversion.letter;
    if (given.kind == Kind::string && letter == 's')
      format += "%s";
    else if (given.is_number() && (letter == 'd' || letter == 'i' || letter == 'u' || letter == 'x'))
      format += std::string("%ll") + (letter == 'i' ? 'd' : letter);
    else if (given.is_number() && letter == 'p')
      format += "0x%llx";
    else
      out_->error(at(node.arguments[next - 1]).span, "the kernel cannot print `%{}` of {}", letter, an(given))
          .help("`debugf` knows %d, %u, %x, %p and %s");
  }
  program_.events.pop_back();
  return set(id, none_type, UseText{format});
}

}  // namespace awl
