// SPDX-License-Identifier: GPL-2.0-only
//   @size[string[8]]: quantize s64, per_cpu_hash, 1048576 entries of 8 + 1032 bytes
#include "lang/dump.h"

#include <algorithm>

#include "src/base/text.h"

namespace awl {
namespace {

std::string_view name_of(Storage storage) {
  switch (storage) {
    case Storage::slot:
      return "slot";
    case Storage::hash:
      return "hash";
    case Storage::per_cpu_slot:
      return "per-cpu slot";
    case Storage::per_cpu_hash:
      return "per-cpu hash";
  }
  return "";
}

std::string_view name_of(Loaded value) {
  switch (value) {
    case Loaded::kernel_symbol:
      return "address";
    case Loaded::processors:
      return "processors";
    case Loaded::control_group:
      return "control group";
    case Loaded::user_symbol:
      return "user address";
  }
  return {};
}

std::string_view name_of(EventKind kind) {
  switch (kind) {
    case EventKind::printf:
      return "printf";
    case EventKind::print_value:
      return "print value";
    case EventKind::print_map:
      return "print map";
    case EventKind::clear:
      return "clear";
    case EventKind::print_joined:
      return "print joined";
    case EventKind::normalize:
      return "normalize";
    case EventKind::truncate:
      return "truncate";
    case EventKind::zero:
      return "zero";
    case EventKind::exit:
      return "exit";
    case EventKind::time:
      return "time";
  }
  return "";
}

std::string columns(const std::vector<Column> &list) {
  std::string text;
  for (const Column &column : list)
    text += fmt::format("{}{} at {}{}", text.empty() ? "" : ", ", short_type(column.type), column.offset,
                        column.variable ? " variable" : "");
  return text;
}

std::string map_line(const MapDescription &map) {
  std::string key = map.key.empty() ? "" : fmt::format("[{}]", columns(map.key));
  std::string range =
      map.show == Show::linear_histogram ? fmt::format(" {}..{} by {}", map.low, map.high, map.step) : "";
  return fmt::format("map {}{}: {} {}{}, {}, {} entries, key {} bytes, value {} bytes{}\n", map.name, key,
                     map.show == Show::none ? "value" : name_of(map.show), short_type(map.value), range,
                     name_of(map.storage), map.capacity, map.key_size, map.value_size, map.banked ? ", banked" : "");
}

std::string program_line(std::string_view symbol, const TargetGroup &group) {
  std::string text =
      fmt::format("program {}: {} by {}, section {}\n", symbol, group.provider, group.mechanism, group.section);
  for (const Target &target : group.targets) text += fmt::format("  {}\n", target.name);
  return text;
}

}  // namespace

std::string short_type(const Type &type) {
  switch (type.kind) {
    case Kind::integer:
      return fmt::format("{}{}{}", type.is_signed ? 's' : 'u', type.width * 8,
                         type.unit == Unit::nanoseconds ? " ns"
                         : type.unit == Unit::bytes     ? " bytes"
                                                        : "");
    case Kind::boolean:
      return "bool";
    case Kind::string:
      return fmt::format("string[{}]", type.size);
    case Kind::pointer: {
      std::string_view space = type.space == AddressSpace::user     ? "user "
                               : type.space == AddressSpace::kernel ? "kernel "
                                                                    : "";
      return fmt::format("{}{} *", space, type.pointee.empty() ? "void" : type.pointee);
    }
    case Kind::unknown:
    case Kind::none:
    case Kind::probe:
    case Kind::function:
    case Kind::record:
    case Kind::aggregate:
    case Kind::structure:
    case Kind::kernel_stack:
    case Kind::user_stack:
    case Kind::kernel_symbol:
    case Kind::user_symbol:
    case Kind::inet:
    case Kind::mac:
    case Kind::timestamp:
    case Kind::username:
    case Kind::cgroup_path:
      break;
    case Kind::tuple: {
      std::string text;
      for (const Part &part : type.parts)
        text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", part.name, part.name.empty() ? "" : "=",
                            short_type(part.type));
      return fmt::format("({})", text);
    }
    case Kind::array:
      return fmt::format("{}[{}]", short_type(type.parts[0].type), array_count(type));
    case Kind::buffer:
      return fmt::format("buffer[{}]", type.size - 4);
  }
  return describe(type);
}

std::string dump_types(const CheckedProgram &program) {
  std::string text;
  for (const MapDescription &map : program.maps) text += map_line(map);
  for (const CheckedBody &body : program.bodies) {
    text +=
        fmt::format("body {}{}\n", body.group.targets[0].name,
                    body.group.targets.size() > 1 ? fmt::format(" and {} more", body.group.targets.size() - 1) : "");
    std::vector<uint32_t> typed;
    for (uint32_t i = body.type_of.first(); i < body.type_of.end(); i++)
      if (body.type_of[i].kind != Kind::unknown) typed.push_back(i);
    auto span = [&](uint32_t i) { return (*program.ast)[ExprId(i)].span; };
    std::stable_sort(typed.begin(), typed.end(), [&](uint32_t a, uint32_t b) {
      return std::pair(span(a).begin, span(b).end) < std::pair(span(b).begin, span(a).end);
    });
    for (uint32_t i : typed) {
      Position at = program.source->position(span(i).begin);
      text += fmt::format("  {}:{}  {}  {}\n", at.line, at.column, short_type(body.type_of[i]),
                          escape_text(program.source->slice(span(i))));
    }
  }
  return text;
}

std::string dump_plan(const CheckedProgram &program) {
  std::string text;
  for (size_t i = 0; i < program.bodies.size(); i++)
    text += program_line(fmt::format("probe_{}", i), program.bodies[i].group);
  return text;
}

std::string dump_manifest(const Manifest &manifest) {
  std::string text;
  for (const MapDescription &map : manifest.maps) text += map_line(map);
  for (size_t i = 0; i < manifest.events.size(); i++) {
    const EventDescription &event = manifest.events[i];
    bool about_map =
        event.kind == EventKind::print_map || event.kind == EventKind::clear || event.kind == EventKind::zero ||
        event.kind == EventKind::normalize || event.kind == EventKind::truncate;
    text += fmt::format("event {}: {}{}{}, record {} bytes{}{}\n", i, name_of(event.kind),
                        about_map ? " " + manifest.maps[event.map].name : "", event.then_clear ? " then clear" : "",
                        event.record_size, event.columns.empty() ? "" : ": ", columns(event.columns));
  }
  for (const ProgramDescription &program : manifest.programs) text += program_line(program.symbol, program.group);
  for (size_t i = 0; i < manifest.faults.size(); i++)
    text += fmt::format("fault {}: {}\n", i, manifest.faults[i].message);
  for (const WordDescription &word : manifest.words)
    text += fmt::format("{} {}in {}\n", name_of(word.value), word.name.empty() ? "" : word.name + " ", word.variable);
  if (manifest.scratch_bytes) text += fmt::format("scratch {} bytes\n", manifest.scratch_bytes);
  return text;
}

}  // namespace awl
