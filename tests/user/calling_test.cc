// SPDX-License-Identifier: GPL-2.0-only
// Where arguments lie: both conventions, from shapes made up here.
#include "runtime/calling.h"

#include <doctest/doctest.h>

using namespace awl;

namespace {
const Shape integer = {.words = {Word::integer}};
const Shape floating = {.words = {Word::floating}};
const Shape pair = {.words = {Word::integer, Word::integer}, .size = 16};
const Shape large = {.in_memory = true, .size = 24};

std::vector<ArgumentPlace> c(const std::vector<Shape> &shapes, bool result_in_memory = false) {
  return place_arguments(Convention::c, shapes, result_in_memory);
}
}  // namespace

TEST_CASE("six integers in registers, the others on the stack") {
  const auto places = c({integer, integer, integer, integer, integer, integer, integer, integer});
  CHECK(places[0] == ArgumentPlace(Register::di));
  CHECK(places[3] == ArgumentPlace(Register::cx));
  CHECK(places[5] == ArgumentPlace(Register::r9));
  CHECK(places[6] == ArgumentPlace(int64_t(8)));
  CHECK(places[7] == ArgumentPlace(int64_t(16)));
}

TEST_CASE("floating point numbers and large structs take no integer register") {
  const auto places = c({floating, integer, large, integer});
  CHECK(places[0] == ArgumentPlace());
  CHECK(places[1] == ArgumentPlace(Register::di));
  CHECK(places[2] == ArgumentPlace(int64_t(8)));
  CHECK(places[3] == ArgumentPlace(Register::si));
}

TEST_CASE("a pair that finds one register goes to the stack, and the register to who comes next") {
  const auto places = c({pair, integer, pair, pair, integer});
  CHECK(places[0] == ArgumentPlace(std::vector{Register::di, Register::si}));
  CHECK(places[1] == ArgumentPlace(Register::dx));
  CHECK(places[3] == ArgumentPlace(int64_t(8)));
  CHECK(places[4] == ArgumentPlace(Register::r9));
}

TEST_CASE("a structure is the words of its registers, or its address on the stack") {
  CHECK(structure_access(ArgumentPlace(std::vector{Register::di, Register::si})) == Access(ContextWords{{112, 104}}));
  CHECK(structure_access(ArgumentPlace(Register::dx)) == Access(ContextWords{{96}}));
  CHECK(structure_access(ArgumentPlace(int64_t(8))) == Access(LibraryCall{"awl_stack_address", {152, 8}}));
  CHECK(!structure_access(ArgumentPlace()));
}

TEST_CASE("words that do not lie where their registers say are not put together") {
  const Shape halves = {.words = {Word::integer, Word::integer}, .in_place = false};
  const auto places = place_arguments(Convention::go, {halves, integer}, false);
  CHECK(places[0] == ArgumentPlace());
  CHECK(places[1] == ArgumentPlace(Register::cx));
}

TEST_CASE("a large result's place is the first argument") {
  CHECK(c({integer}, true)[0] == ArgumentPlace(Register::si));
  CHECK(place_arguments(Convention::go, {integer}, true)[0] == ArgumentPlace(Register::ax));
}

TEST_CASE("what is aligned to 16 bytes leaves a gap on the stack") {
  const Shape wide = {.in_memory = true, .size = 16, .alignment = 16};
  const auto places = c({large, wide, large});
  CHECK(places[1] == ArgumentPlace(int64_t(40)));
  CHECK(places[2] == ArgumentPlace(int64_t(56)));
}

TEST_CASE("Go has registers of its own") {
  CHECK(*plain_argument(Convention::go, 1) == ArgumentPlace(Register::bx));
  CHECK(*plain_argument(Convention::go, 8) == ArgumentPlace(Register::r11));
  CHECK(!plain_argument(Convention::go, 9));
  CHECK(*plain_argument(Convention::c, 6) == ArgumentPlace(int64_t(8)));
  CHECK(!plain_argument(Convention::c, 16));
}
