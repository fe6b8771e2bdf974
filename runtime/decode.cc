// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/decode.h"

#include <cstring>

#include "bpf_lib/awl_abi.h"

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

std::optional<Value> fixed_string(const Column &column, Bytes bytes) {
  if (column.offset > bytes.size() || bytes.size() - column.offset < column.type.size) return std::nullopt;
  std::string text = text_of(bytes.subspan(column.offset, column.type.size));
  if (size_t end = text.find('\0'); end != text.npos) text.resize(end);
  return Text{std::move(text), false, column.type.size == comm_size ? comm_size - 1 : 0};
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

std::optional<Value> word(const Column &column, Bytes bytes, const std::vector<ProbeName> &probes) {
  std::optional<uint64_t> bits = load<uint64_t>(bytes, column.offset);
  if (!bits) return std::nullopt;
  switch (column.type.kind) {
    case Kind::boolean:
      return *bits != 0;
    case Kind::pointer:
      return Address{*bits};
    case Kind::probe:
    case Kind::function:
      return name_of(*bits, column.type.kind, probes);
    case Kind::integer:
      if (column.type.is_signed) return static_cast<int64_t>(*bits);
      return *bits;
    case Kind::string:
    case Kind::unknown:
    case Kind::none:
    case Kind::record:
    case Kind::aggregate:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<TypedValue> decode_column(const Column &column, Bytes bytes, const std::vector<ProbeName> &probes) {
  std::optional<Value> value;
  if (column.type.kind != Kind::string)
    value = word(column, bytes, probes);
  else if (column.variable)
    value = variable_string(column, bytes);
  else
    value = fixed_string(column, bytes);
  if (!value) return std::nullopt;
  return TypedValue{.value = std::move(*value), .unit = column.type.unit, .show = Show::none};
}

}  // namespace awl
