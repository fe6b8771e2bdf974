// SPDX-License-Identifier: GPL-2.0-only
// Calling conventions; see calling.h.
#include "runtime/calling.h"

#include <algorithm>
#include <span>

namespace awl {
namespace {

using enum Register;

constexpr Register c_registers[] = {di, si, dx, cx, r8, r9};
constexpr Register go_registers[] = {ax, bx, cx, di, si, r8, r9, r10, r11};
constexpr size_t c_floating_registers = 8, go_floating_registers = 15;
/// The return address lies on top of the stack.
constexpr int64_t first_on_stack = 8;
/// Arguments on the stack whose number nobody declared.
constexpr uint64_t plain_on_stack = 10;

std::span<const Register> registers_of(Convention convention) {
  if (convention == Convention::go) return go_registers;
  return c_registers;
}

/// Hands out registers and stack in the order of the parameters.
class Placer {
 public:
  explicit Placer(Convention convention)
      : integers_(registers_of(convention)),
        floatings_left_(convention == Convention::go ? go_floating_registers : c_floating_registers) {}

  void skip_register() { integers_ = integers_.subspan(1); }
  ArgumentPlace place(const Shape &shape);

 private:
  ArgumentPlace place_on_stack(const Shape &shape);
  std::span<const Register> integers_;
  size_t floatings_left_;
  int64_t stack_ = first_on_stack;
};

ArgumentPlace Placer::place_on_stack(const Shape &shape) {
  const int64_t alignment = std::max<int64_t>(shape.alignment, 8);
  // Alignment counts from the arguments' begin, above the return address.
  const int64_t at = (stack_ - first_on_stack + alignment - 1) / alignment * alignment + first_on_stack;
  stack_ = at + (shape.size + 7) / 8 * 8;
  return at;
}

ArgumentPlace Placer::place(const Shape &shape) {
  const auto integers = static_cast<size_t>(std::ranges::count(shape.words, Word::integer));
  const size_t floatings = shape.words.size() - integers;
  // A parameter goes into registers as a whole or not at all.
  if (shape.in_memory || integers > integers_.size() || floatings > floatings_left_) return place_on_stack(shape);
  ArgumentPlace place;
  if (integers == 1 && floatings == 0 && shape.in_place) place = integers_.front();
  if (integers > 1 && floatings == 0 && shape.in_place)
    place = std::vector<Register>(integers_.begin(), integers_.begin() + static_cast<ptrdiff_t>(integers));
  integers_ = integers_.subspan(integers);
  floatings_left_ -= floatings;
  return place;
}

}  // namespace

std::vector<ArgumentPlace> place_arguments(Convention convention, const std::vector<Shape> &parameters,
                                           bool result_in_memory) {
  Placer placer(convention);
  // The caller passes the place for a large result as if it were the first argument.
  if (result_in_memory && convention == Convention::c) placer.skip_register();
  std::vector<ArgumentPlace> places;
  for (const Shape &shape : parameters) places.push_back(placer.place(shape));
  return places;
}

std::optional<ArgumentPlace> plain_argument(Convention convention, uint64_t index) {
  const std::span<const Register> registers = registers_of(convention);
  if (index < registers.size()) return registers[index];
  const uint64_t on_stack = index - registers.size();
  // Go leaves room on the stack for its register arguments, in an order that only their types tell.
  if (convention == Convention::go || on_stack >= plain_on_stack) return std::nullopt;
  return first_on_stack + static_cast<int64_t>(8 * on_stack);
}

std::optional<Access> argument_access(const ArgumentPlace &place, uint8_t width) {
  if (const auto *reg = std::get_if<Register>(&place)) return register_access({*reg, width});
  if (const auto *distance = std::get_if<int64_t>(&place))
    return memory_access({.base = Register::sp, .displacement = *distance}, width);
  return std::nullopt;
}

std::optional<Access> structure_access(const ArgumentPlace &place) {
  if (const auto *reg = std::get_if<Register>(&place)) return ContextWords{{static_cast<uint32_t>(*reg)}};
  if (const auto *distance = std::get_if<int64_t>(&place))
    return LibraryCall{"awl_stack_address", {static_cast<uint64_t>(Register::sp), static_cast<uint64_t>(*distance)}};
  const auto *registers = std::get_if<std::vector<Register>>(&place);
  if (registers == nullptr) return std::nullopt;
  ContextWords words;
  for (const Register reg : *registers) words.offsets.push_back(static_cast<uint32_t>(reg));
  return words;
}

}  // namespace awl
