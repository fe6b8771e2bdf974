// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/decode.h"

#include <cstring>

#include "bpf_lib/awl_abi.h"
#include "runtime/named_values.h"

namespace awl {
namespace {

using Bytes = std::span<const std::byte>;

/// The name of a thread is 16 bytes with its NUL; sinks pad columns of them to what can be seen.
constexpr uint32_t comm_size = 16;

template <class T>
std::optional<T> load(Bytes bytes, size_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::string text_of(Bytes bytes) { return {reinterpret_cast<const char *>(bytes.data()), bytes.size()}; }

Value fixed_string(uint32_t size, Bytes bytes) {
  std::string text = text_of(bytes);
  if (size_t end = text.find('\0'); end != text.npos) text.resize(end);
  return Text{std::move(text), false, size == comm_size ? comm_size - 1 : 0};
}

std::optional<Value> variable_string(const Column &column, Bytes bytes) {
  std::optional<awl_event_string> place = load<awl_event_string>(bytes, column.offset);
  if (!place) return std::nullopt;
  uint32_t length = place->length & ~AWL_STRING_TRUNCATED;
  if (place->offset > bytes.size() || bytes.size() - place->offset < length) return std::nullopt;
  bool truncated = place->length & AWL_STRING_TRUNCATED;
  return Text{text_of(bytes.subspan(place->offset, length)), truncated, 0};
}

Value name_of(uint64_t number, Kind kind, const std::vector<ProbeName> &probes) {
  if (number >= probes.size()) return number;
  return Text{kind == Kind::function ? probes[number].function : probes[number].probe, false, 0};
}

/// Numbers in memory of C are as wide as their type, in maps and records 8 bytes.
std::optional<uint64_t> load_number(Bytes bytes, size_t offset, unsigned width, bool with_sign) {
  if (offset > bytes.size() || bytes.size() - offset < width) return std::nullopt;
  uint64_t bits = 0;
  std::memcpy(&bits, bytes.data() + offset, width);
  if (with_sign && width < 8 && bits >> (8 * width - 1)) bits |= ~uint64_t{0} << (8 * width);
  return bits;
}

class Decoder {
 public:
  Decoder(const Names &names, Symbols *symbols) : names_(names), symbols_(symbols) {}

  /// A value of `type` that begins at `offset`; `width` is the number of bytes that a number has there.
  std::optional<TypedValue> at(const Type &type, Bytes bytes, size_t offset, unsigned width) const {
    std::optional<Value> value = is_memory(type.kind) ? memory(type, bytes, offset)
                                                      : number(type, load_number(bytes, offset, width, type.is_signed));
    if (!value) return std::nullopt;
    const uint8_t bytes_of_integer = type.kind == Kind::integer ? type.width : 8;
    return TypedValue{.value = std::move(*value), .unit = type.unit, .show = Show::none, .width = bytes_of_integer};
  }

  std::optional<Value> number(const Type &type, std::optional<uint64_t> bits) const {
    if (!bits) return std::nullopt;
    switch (type.kind) {
      case Kind::boolean:
        return *bits != 0;
      case Kind::pointer:
        return Address{*bits};
      case Kind::probe:
      case Kind::function:
        return name_of(*bits, type.kind, names_.probes);
      case Kind::integer:
        if (!type.name.empty()) return enumerator(type, static_cast<int64_t>(*bits));
        if (type.is_signed) return static_cast<int64_t>(*bits);
        return *bits;
      case Kind::kernel_symbol:
        return symbols_ ? symbols_->kernel(*bits) : Symbol{.address = *bits};
      case Kind::mac:
        return Text{hardware_address_text(*bits), false, 0};
      case Kind::timestamp:
        return Text{timestamp_text(type.name, *bits), false, 0};
      case Kind::username:
        return Text{user_name(*bits), false, 0};
      case Kind::cgroup_path:
        return Text{cgroup_path(*bits), false, 0};
      default:
        return std::nullopt;
    }
  }

 private:
  std::optional<Value> memory(const Type &type, Bytes bytes, size_t offset) const {
    if (offset > bytes.size() || bytes.size() - offset < type.size) return std::nullopt;
    switch (type.kind) {
      case Kind::string:
        return fixed_string(type.size, bytes.subspan(offset, type.size));
      case Kind::tuple:
      case Kind::structure:
        return parts(type, bytes.subspan(offset, type.size));
      case Kind::array:
        return elements(type, bytes.subspan(offset, type.size));
      case Kind::inet:
        return network_address(bytes.subspan(offset, type.size));
      case Kind::buffer:
        return buffer(bytes.subspan(offset, type.size));
      case Kind::kernel_stack:
      case Kind::user_stack:
        return stack(type, load<awl_stack>(bytes, offset));
      case Kind::user_symbol:
        return user_symbol(load<uint64_t>(bytes, offset), load<uint64_t>(bytes, offset + sizeof(uint64_t)));
      default:
        return std::nullopt;
    }
  }

  static std::optional<Value> network_address(Bytes bytes) {
    std::optional<uint64_t> family = load<uint64_t>(bytes, 0);
    if (!family || bytes.size() < 24) return std::nullopt;
    return Text{network_address_text(*family, bytes.subspan<8, 16>()), false, 0};
  }

  Value enumerator(const Type &type, int64_t number) const {
    for (const EnumerationDescription &enumeration : names_.enumerations)
      if (enumeration.spelling == type.name)
        for (const CEnumerator &known : enumeration.enumerators)
          if (known.value == number) return EnumValue{number, known.name};
    return EnumValue{number, ""};
  }

  std::optional<Value> parts(const Type &type, Bytes bytes) const {
    Tuple tuple;
    for (const Part &part : type.parts) {
      std::optional<TypedValue> value = this->part(type, part, bytes);
      if (!value) return std::nullopt;
      if (!part.name.empty() || type.kind == Kind::structure) tuple.names.push_back(part.name);
      tuple.values.push_back(std::move(*value));
    }
    return tuple;
  }

  std::optional<TypedValue> part(const Type &whole, const Part &part, Bytes bytes) const {
    if (part.bits == 0) return at(part.type, bytes, part.offset, whole.kind == Kind::tuple ? 8 : part.type.width);
    std::optional<uint64_t> word = load_number(bytes, part.offset, part.type.width, false);
    if (!word) return std::nullopt;
    unsigned above = 64u - part.bits;
    uint64_t field = *word >> part.shift << above;
    field = part.type.is_signed ? static_cast<uint64_t>(static_cast<int64_t>(field) >> above) : field >> above;
    std::optional<Value> value = number(part.type, field);
    if (!value) return std::nullopt;
    return TypedValue{.value = std::move(*value), .unit = part.type.unit, .show = Show::none};
  }

  std::optional<Value> elements(const Type &type, Bytes bytes) const {
    const Type &element = type.parts.at(0).type;
    uint32_t size = memory_size(element), count = array_count(type);
    Array array;
    for (uint32_t i = 0; i < count; i++) {
      std::optional<TypedValue> value = at(element, bytes, size_t{i} * size, element.width);
      if (!value) return std::nullopt;
      array.values.push_back(std::move(*value));
    }
    return array;
  }

  static std::optional<Value> buffer(Bytes bytes) {
    std::optional<uint32_t> length = load<uint32_t>(bytes, 0);
    if (!length || *length > bytes.size() - sizeof(uint32_t)) return std::nullopt;
    return Buffer{text_of(bytes.subspan(sizeof(uint32_t), *length))};
  }

  static Stack::Style style_of(const Type &type) {
    if (type.name == "perf") return Stack::Style::perf;
    if (type.name == "raw") return Stack::Style::raw;
    return type.name == "build_id" ? Stack::Style::build_id : Stack::Style::plain;
  }

  std::optional<Value> stack(const Type &type, std::optional<awl_stack> value) const {
    if (!value) return std::nullopt;
    bool user = type.kind == Kind::user_stack;
    if (symbols_) return symbols_->stack(*value, user, style_of(type));
    return Stack{.style = style_of(type), .frames = {}, .user = user, .lost = value->frames > 0};
  }

  std::optional<Value> user_symbol(std::optional<uint64_t> address, std::optional<uint64_t> process) const {
    if (!address || !process) return std::nullopt;
    return symbols_ ? symbols_->user(static_cast<uint32_t>(*process), *address) : Symbol{.address = *address};
  }

  const Names &names_;
  Symbols *symbols_;
};

}  // namespace

std::optional<TypedValue> decode_column(const Column &column, Bytes bytes, const Names &names, Symbols *symbols) {
  if (!column.variable) return Decoder(names, symbols).at(column.type, bytes, column.offset, 8);
  std::optional<Value> value = variable_string(column, bytes);
  if (!value) return std::nullopt;
  return TypedValue{.value = std::move(*value), .unit = column.type.unit, .show = Show::none};
}

}  // namespace awl
