// SPDX-License-Identifier: GPL-2.0-only
// Stacks of made-up frames, named by this very process and this very kernel.
#include "runtime/symbols/symbolizer.h"

#include <doctest/doctest.h>
#include <time.h>
#include <unistd.h>

#include <map>

using namespace awl;

namespace {

extern "C" __attribute__((noinline)) int awl_test_here(int x) { return x + 1; }

const uint64_t here = reinterpret_cast<uint64_t>(&awl_test_here);
const uint32_t self = static_cast<uint32_t>(getpid());

/// Frames by id, as a map of the kernel would have them.
struct Kept {
  std::map<uint64_t, std::vector<uint64_t>> stacks;
  awl_stack keep(uint64_t id, std::vector<uint64_t> frames, uint32_t process = 0, uint16_t flags = 0) {
    uint16_t count = static_cast<uint16_t>(frames.size());
    stacks[id] = std::move(frames);
    return {id, process, count, flags};
  }
  ReadFrames reader() {
    return [this](const awl_stack &stack) {
      auto found = stacks.find(stack.id);
      return found == stacks.end() ? std::vector<uint64_t>{} : found->second;
    };
  }
};

}  // namespace

TEST_CASE("frames of a process are named, the outer ones by the call and not by where it returns to") {
  Kept kept;
  Symbolizer symbols(kept.reader(), false, true);
  Stack stack = symbols.stack(kept.keep(1, {here, here + 1, 16}, self), true, Stack::Style::plain);
  REQUIRE(stack.frames.size() == 3);
  CHECK(stack.frames[0].name == "awl_test_here");
  CHECK(stack.frames[0].offset == 0);
  CHECK(stack.frames[0].module.ends_with("symbols_tests"));
  CHECK(stack.frames[1].name == "awl_test_here");
  CHECK(stack.frames[1].offset == 1);
  CHECK(stack.frames[2].name.empty());
  CHECK(stack.frames[2].address == 16);
  CHECK(stack.user);
  CHECK_FALSE(stack.lost);
}

TEST_CASE("the innermost frame at the first byte of a function is in it, an outer one is not") {
  Kept kept;
  Symbolizer symbols(kept.reader(), false, true);
  Stack stack = symbols.stack(kept.keep(1, {here, here}, self), true, Stack::Style::plain);
  CHECK(stack.frames[0].name == "awl_test_here");
  CHECK(stack.frames[1].name != "awl_test_here");
}

TEST_CASE("libraries and the functions that the kernel lends to processes") {
  Kept kept;
  Symbolizer symbols(kept.reader(), false, true);
  CHECK(symbols.user(self, reinterpret_cast<uint64_t>(&::time)).name.find("time") != std::string_view::npos);
  CHECK(symbols.user(self, reinterpret_cast<uint64_t>(&::getpid)).name.ends_with("getpid"));
  CHECK(symbols.user(0x3ffffff0, here).name.empty());
}

TEST_CASE("source lines when they are asked for") {
  Kept kept;
  Symbolizer symbols(kept.reader(), true, true);
  Symbol symbol = symbols.user(self, here);
  CHECK(symbol.name == "awl_test_here");
  if (!symbol.file.empty()) CHECK(symbol.file.ends_with("symbolizer_test.cc"));
}

TEST_CASE("raw frames are numbers, and build ids are those of the file") {
  Kept kept;
  Symbolizer symbols(kept.reader(), false, true);
  awl_stack value = kept.keep(1, {here}, self);
  CHECK(symbols.stack(value, true, Stack::Style::raw).frames == std::vector<Symbol>{{.address = here}});
  Stack by_id = symbols.stack(value, true, Stack::Style::build_id);
  REQUIRE(by_id.frames.size() == 1);
  CHECK(by_id.style == Stack::Style::build_id);
  CHECK(by_id.frames[0].name.size() % 2 == 0);
  CHECK(by_id.frames[0].offset > 0);
}

TEST_CASE("stacks that are gone, lost, cut or empty") {
  Kept kept;
  Symbolizer symbols(kept.reader(), false, false);
  CHECK(symbols.stack({77, 0, 3, 0}, false, Stack::Style::plain).lost);
  CHECK(symbols.stack({0, 0, 0, AWL_STACK_LOST}, false, Stack::Style::plain).lost);
  CHECK_FALSE(symbols.stack({0, self, 0, 0}, true, Stack::Style::plain).lost);
  Stack cut = symbols.stack(kept.keep(1, {16}, self, AWL_STACK_TRUNCATED), true, Stack::Style::plain);
  CHECK(cut.truncated);
  CHECK(cut.frames.size() == 1);
}

TEST_CASE("a hundred thousand different stacks") {
  Kept kept;
  Symbolizer symbols(kept.reader(), false, true);
  uint64_t seed = 1, frames = 0;
  for (uint64_t id = 1; id <= 100'000; id++) {
    std::vector<uint64_t> stack(25);
    for (uint64_t &frame : stack) {
      seed = seed * 6364136223846793005 + 1442695040888963407;
      frame = here + (seed >> 33) % 4096;
    }
    frames += symbols.stack(kept.keep(id, stack, self), true, Stack::Style::plain).frames.size();
    kept.stacks.clear();
  }
  CHECK(frames == 2'500'000);
}
