// SPDX-License-Identifier: GPL-2.0-only
// Operands of the assembler, each form of them.
#include "runtime/providers/usdt_arguments.h"

#include <doctest/doctest.h>

#include "runtime/registers.h"

using namespace awl;

namespace {
std::optional<uint64_t> symbol(std::string_view name) {
  if (name == "counter") return 0x4000;
  return std::nullopt;
}
UsdtArgument only(std::string_view text) {
  const std::vector<UsdtArgument> arguments = parse_usdt_arguments(text, 0x1000, symbol);
  REQUIRE(arguments.size() == 1);
  return arguments[0];
}
Access memory(const MemoryPlace &place, uint8_t width) { return memory_access(place, width); }
}  // namespace

TEST_CASE("registers of all widths") {
  CHECK(only("8@%rax").access == Access(ContextLoad{80}));
  CHECK(only("-4@%edi").access == Access(ContextLoad{112}));
  CHECK(only("-4@%edi").type == integer_type(4, true));
  CHECK(only("2@%r10w").access == Access(ContextLoad{56}));
  CHECK(only("1@%r15b").type == integer_type(1, false));
  CHECK(only("-1@%bpl").access == Access(ContextLoad{32}));
  CHECK(only("1@%ah").access == Access(LibraryCall{"awl_second_byte", {80}}));
  CHECK(only("8@%al").type.width == 1);
}

TEST_CASE("constants") {
  CHECK(only("-4@$-70000").access == constant_access(-70000));
  CHECK(only("8@$0xff").access == constant_access(255));
  CHECK(only("8@$counter+2").access == constant_access(0x4002));
}

TEST_CASE("memory") {
  CHECK(only("-8@-16(%rbp)").access == memory({.base = Register::bp, .displacement = -16}, 8));
  CHECK(only("1@(%r12)").access == memory({.base = Register::r12}, 1));
  CHECK(only("-4@8(%rsi,%rdi,4)").access ==
        memory({.base = Register::si, .index = Register::di, .scale = 4, .displacement = 8}, 4));
  CHECK(only("4@(%rsi,%rdi)").access == memory({.base = Register::si, .index = Register::di}, 4));
  CHECK(only("4@counter(,%rax,8)").access == memory({.index = Register::ax, .scale = 8, .displacement = 0x4000}, 4));
}

TEST_CASE("variables lie at a distance from the program counter") {
  CHECK(only("-4@counter(%rip)").access == memory({.base = Register::ip, .displacement = 0x3000}, 4));
  CHECK(only("-4@counter+8(%rip)").access == memory({.base = Register::ip, .displacement = 0x3008}, 4));
  CHECK(only("-4@4+counter(%rip)").access == memory({.base = Register::ip, .displacement = 0x3004}, 4));
}

TEST_CASE("what cannot be read keeps its place in the order") {
  const auto arguments = parse_usdt_arguments("8f@%xmm0 8@unknown(%rip) -4@%fs:-4 4@( %rdi , %rax , 2 ) 4@$1", 0, symbol);
  REQUIRE(arguments.size() == 5);
  CHECK(!arguments[0].access);
  CHECK(!arguments[1].access);
  CHECK(!arguments[2].access);
  CHECK(arguments[3].access == memory({.base = Register::di, .index = Register::ax, .scale = 2}, 4));
  CHECK(arguments[4].access == constant_access(1));
}
