// SPDX-License-Identifier: GPL-2.0-only
// The assembler's operands as accesses; see usdt_arguments.h.
#include "runtime/providers/usdt_arguments.h"

#include <charconv>

#include "runtime/registers.h"
#include "src/base/text.h"

namespace awl {
namespace {

std::optional<int64_t> parse_integer(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  const bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, is_hex ? 16 : 10);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return static_cast<int64_t>(is_negative ? 0 - value : value);
}

/// A sum of numbers and at most one variable: "-8", "counter", "counter+4", "4+counter-8".
struct Displacement {
  int64_t number = 0;
  bool has_symbol = false;
};
std::optional<Displacement> parse_displacement(std::string_view text, const FindSymbol &symbol) {
  Displacement sum;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("+-", 1), text.size());
    const std::string_view term = text.substr(0, end);
    text.remove_prefix(end);
    std::optional<int64_t> value = parse_integer(term);
    if (!value) {
      const std::optional<uint64_t> address = symbol(term.starts_with('+') ? term.substr(1) : term);
      if (!address || sum.has_symbol) return std::nullopt;
      sum.has_symbol = true;
      value = static_cast<int64_t>(*address);
    }
    sum.number += *value;
  }
  return sum;
}

std::optional<Register> parse_register(std::string_view text) {
  if (!text.starts_with('%')) return std::nullopt;
  const std::optional<RegisterPart> part = register_named(text.substr(1));
  if (!part || part->width != 8) return std::nullopt;
  return part->whole;
}

/// "displacement(base,index,scale)", all but the parentheses optional.
std::optional<MemoryPlace> parse_memory(std::string_view text, uint64_t address, const FindSymbol &symbol) {
  const size_t open = text.find('(');
  const auto displacement = parse_displacement(text.substr(0, open), symbol);
  if (!displacement) return std::nullopt;
  MemoryPlace place = {.displacement = displacement->number};
  if (open == text.npos) return place;
  if (!text.ends_with(')')) return std::nullopt;
  const std::vector<std::string_view> parts = split(text.substr(open + 1, text.size() - open - 2), ',');
  if (parts.size() > 3) return std::nullopt;
  if (const std::string_view base = trim(parts[0]); !base.empty()) {
    place.base = parse_register(base);
    if (!place.base) return std::nullopt;
  }
  if (parts.size() > 1) {
    place.index = parse_register(trim(parts[1]));
    if (!place.index) return std::nullopt;
  }
  if (parts.size() > 2) {
    const std::optional<int64_t> scale = parse_integer(trim(parts[2]));
    if (!scale) return std::nullopt;
    place.scale = static_cast<uint64_t>(*scale);
  }
  // A variable is named, not its distance; the program counter knows where the program was loaded.
  if (place.base == Register::ip && displacement->has_symbol) place.displacement -= static_cast<int64_t>(address);
  return place;
}

std::optional<Access> parse_operand(std::string_view text, Type &type, uint64_t address, const FindSymbol &symbol) {
  if (text.starts_with('$')) {
    const auto value = parse_displacement(text.substr(1), symbol);
    if (!value) return std::nullopt;
    return constant_access(value->number);
  }
  if (text.starts_with('%')) {
    const std::optional<RegisterPart> part = register_named(text.substr(1));
    if (!part) return std::nullopt;
    type.width = std::min(type.width, part->width);
    return register_access(*part);
  }
  const std::optional<MemoryPlace> place = parse_memory(text, address, symbol);
  if (!place) return std::nullopt;
  return memory_access(*place, type.width);
}

UsdtArgument parse_argument(std::string_view text, uint64_t address, const FindSymbol &symbol) {
  UsdtArgument argument = {.text = std::string(text), .type = s64_type};
  const size_t at = text.find('@');
  if (at != text.npos) {
    // "8f@" is a floating point number, which no register of the context holds.
    const std::optional<int64_t> width = parse_integer(text.substr(0, at));
    const int64_t bytes = width ? std::abs(*width) : 0;
    if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) return argument;
    argument.type = integer_type(static_cast<uint8_t>(bytes), *width < 0);
  }
  const std::string_view operand = at == text.npos ? text : text.substr(at + 1);
  argument.access = parse_operand(operand, argument.type, address, symbol);
  return argument;
}

}  // namespace

std::vector<UsdtArgument> parse_usdt_arguments(std::string_view text, uint64_t address, const FindSymbol &symbol) {
  std::vector<UsdtArgument> arguments;
  size_t begin = 0;
  int depth = 0;
  for (size_t i = 0; i <= text.size(); i++) {
    // Blanks separate arguments, but not within parentheses.
    if (i < text.size() && text[i] == '(') depth++;
    if (i < text.size() && text[i] == ')') depth--;
    if (i < text.size() && (text[i] != ' ' || depth > 0)) continue;
    const std::string_view one = text.substr(begin, i - begin);
    if (!one.empty()) arguments.push_back(parse_argument(one, address, symbol));
    begin = i + 1;
  }
  return arguments;
}

}  // namespace awl
