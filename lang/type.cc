// SPDX-License-Identifier: GPL-2.0-only
#include "lang/type.h"

#include <algorithm>

#include <fmt/format.h>

namespace awl {

Type integer_type(uint8_t width, bool is_signed, Unit unit) {
  return {.kind = Kind::integer, .width = width, .is_signed = is_signed, .unit = unit};
}

Type string_type(uint32_t size) { return {.kind = Kind::string, .width = 1, .size = size}; }

Type pointer_type(AddressSpace space, std::string pointee) {
  return {.kind = Kind::pointer, .width = 8, .space = space, .pointee = std::move(pointee)};
}

Type simple_type(Kind kind) {
  uint32_t size = 8;
  if (kind == Kind::user_symbol || is_stack(kind)) size = 16;
  if (kind == Kind::inet) size = 24;
  return {.kind = kind, .size = size};
}

bool Type::operator==(const Type &) const = default;

bool is_memory(Kind kind) {
  switch (kind) {
    case Kind::string:
    case Kind::tuple:
    case Kind::structure:
    case Kind::array:
    case Kind::buffer:
    case Kind::user_symbol:
    case Kind::inet:
    case Kind::kernel_stack:
    case Kind::user_stack:
      return true;
    case Kind::unknown:
    case Kind::none:
    case Kind::integer:
    case Kind::boolean:
    case Kind::pointer:
    case Kind::probe:
    case Kind::function:
    case Kind::record:
    case Kind::aggregate:
    case Kind::kernel_symbol:
    case Kind::mac:
    case Kind::timestamp:
    case Kind::username:
    case Kind::cgroup_path:
      return false;
  }
  return false;
}

Type tuple_type(const std::vector<Type> &elements, const std::vector<std::string> &names) {
  Type tuple = {.kind = Kind::tuple, .size = 0};
  for (size_t i = 0; i < elements.size(); i++) {
    Type element = elements[i];
    element.is_literal = false;
    tuple.parts.push_back({.name = names.empty() ? "" : names[i], .type = element, .offset = tuple.size});
    tuple.size += whole_words(element.size);
  }
  return tuple;
}

Type array_type(const Type &element, uint32_t count) {
  Type array = {.kind = Kind::array, .size = memory_size(element) * count};
  array.parts.push_back({.name = "", .type = element});
  return array;
}

Type structure_type(std::string spelling, uint32_t size) {
  return {.kind = Kind::structure, .size = size, .name = std::move(spelling)};
}

Type buffer_type(uint32_t bytes) { return {.kind = Kind::buffer, .size = whole_words(bytes + 4)}; }

uint32_t array_count(const Type &array) {
  uint32_t element = array.parts.empty() ? 0 : memory_size(array.parts[0].type);
  return element ? array.size / element : 0;
}

uint32_t memory_size(const Type &type) { return type.is_number() ? type.width : type.size; }

std::string spelling_of(const Type &type) {
  switch (type.kind) {
    case Kind::integer:
      if (!type.name.empty()) return type.name;
      return fmt::format("{}int{}", type.is_signed ? "" : "u", type.width * 8);
    case Kind::boolean:
      return "bool";
    case Kind::none:
      return "void";
    case Kind::pointer:
      return fmt::format("{} *", type.pointee.empty() ? "void" : type.pointee);
    case Kind::structure:
      return type.name;
    case Kind::array: {
      // The bounds of an array of arrays stand from the outermost to the innermost.
      std::string element = spelling_of(type.parts[0].type);
      size_t bracket = element.find('[');
      return fmt::format("{}[{}]{}", element.substr(0, bracket), array_count(type),
                         bracket == element.npos ? "" : element.substr(bracket));
    }
    default:
      return describe(type);
  }
}

std::string describe(const Type &type) {
  switch (type.kind) {
    case Kind::unknown:
      return "value of unknown type";
    case Kind::none:
      return "nothing";
    case Kind::integer:
      return "integer";
    case Kind::boolean:
      return "boolean";
    case Kind::string:
      return "string";
    case Kind::pointer:
      return type.pointee.empty() ? "pointer" : fmt::format("pointer to `{}`", type.pointee);
    case Kind::probe:
      return "probe name";
    case Kind::function:
      return "function name";
    case Kind::record:
      return "record";
    case Kind::aggregate:
      return "aggregation";
    case Kind::tuple:
      return !type.parts.empty() && !type.parts[0].name.empty() ? "record" : "tuple";
    case Kind::structure:
      return fmt::format("`{}`", type.name);
    case Kind::array:
      return fmt::format("array of {} elements", array_count(type));
    case Kind::buffer:
      return "buffer";
    case Kind::kernel_stack:
      return "kernel stack";
    case Kind::user_stack:
      return "user stack";
    case Kind::kernel_symbol:
    case Kind::user_symbol:
      return "symbol";
    case Kind::inet:
      return "network address";
    case Kind::mac:
      return "hardware address";
    case Kind::timestamp:
      return "timestamp";
    case Kind::username:
      return "user name";
    case Kind::cgroup_path:
      return "control group path";
  }
  return "value";
}

bool has_stack(const Type &type) {
  const auto inside = [](const Part &part) { return has_stack(part.type); };
  return is_stack(type.kind) || std::ranges::any_of(type.parts, inside);
}

}  // namespace awl
