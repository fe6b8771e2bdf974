// SPDX-License-Identifier: GPL-2.0-only
#include "lang/type.h"

#include <fmt/format.h>

namespace awl {

Type integer_type(uint8_t width, bool is_signed, Unit unit) {
  return {.kind = Kind::integer, .width = width, .is_signed = is_signed, .unit = unit};
}

Type string_type(uint32_t size) { return {.kind = Kind::string, .width = 1, .size = size}; }

Type pointer_type(AddressSpace space, std::string pointee) {
  return {.kind = Kind::pointer, .width = 8, .space = space, .pointee = std::move(pointee)};
}

Type simple_type(Kind kind) { return {.kind = kind}; }

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
  }
  return "value";
}

}  // namespace awl
