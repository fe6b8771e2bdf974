// SPDX-License-Identifier: GPL-2.0-only
// What the kernel refuses among many places is found, left out and told; what is about the machine is an error.
#include "runtime/providers/attach_most.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "runtime/left_out.h"

using namespace awl;

namespace {

class Nothing final : public Attachment {};

/// A kernel that refuses certain places, and counts what it is asked.
struct World {
  std::set<size_t> refused;
  Error reason = {.what = "cannot attach", .why = "it is refused"};
  std::set<size_t> attached = {};
  size_t asked = 0, widest = 0;

  Result<Attachments> attach(size_t places, size_t at_once, size_t places_of_target = 1) {
    std::vector<Target> targets;
    std::vector<size_t> owners;
    for (size_t i = 0; i < places; i++) owners.push_back(i / places_of_target);
    for (size_t i = 0; i <= (places - 1) / places_of_target; i++) targets.push_back({.name = "t" + std::to_string(i)});
    return attach_most(targets, owners, at_once, [&](size_t begin, size_t end) -> Result<std::unique_ptr<Attachment>> {
      asked++;
      widest = std::max(widest, end - begin);
      if (refused.lower_bound(begin) != refused.lower_bound(end)) return reason;
      for (size_t i = begin; i < end; i++) CHECK(attached.insert(i).second);
      return std::unique_ptr<Attachment>(std::make_unique<Nothing>());
    });
  }
};

/// What is told, and only once.
LeftOut left_out(const Attachments &links) {
  size_t times = 0;
  for (const auto &link : links)
    if (dynamic_cast<const LeftOut *>(link.get()) != nullptr) times++;
  CHECK(times <= 1);
  const auto *last = links.empty() ? nullptr : dynamic_cast<const LeftOut *>(links.back().get());
  return last == nullptr ? LeftOut(0, "") : LeftOut(last->count, last->text);
}

}  // namespace

TEST_CASE("where nothing is refused there is one link") {
  World world;
  const Result<Attachments> links = world.attach(5000, 5000);
  REQUIRE(links);
  CHECK(links->size() == 1);
  CHECK(world.asked == 1);
  CHECK(left_out(*links).count == 0);
}

TEST_CASE("all but the refused places are attached, each once") {
  for (const std::set<size_t> &refused : {std::set<size_t>{0}, {4999}, {2500}, {0, 1, 2, 63, 64, 4000, 4999}}) {
    World world{.refused = refused};
    const Result<Attachments> links = world.attach(5000, 5000);
    REQUIRE(links);
    CHECK(world.attached.size() == 5000 - refused.size());
    CHECK(left_out(*links).count == refused.size());
    CHECK(world.asked < 80 + 14 * refused.size());
  }
}

TEST_CASE("what is left out is told once, by name and number") {
  World one{.refused = {3}};
  CHECK(left_out(*one.attach(10, 10)).text == "1 probe left out, because the kernel refuses it: `t3`: it is refused");
  World many{.refused = {1, 2, 3, 7}};
  CHECK(left_out(*many.attach(10, 1)).text ==
        "4 probes left out, because the kernel refuses them: `t1`, `t2` and 2 more: it is refused");
  World places{.refused = {2, 3, 4}};
  CHECK(left_out(*places.attach(10, 10, 2)).text ==
        "2 probes left out, because the kernel refuses them: `t1`, `t2`: it is refused");
}

TEST_CASE("one at a time, where a link takes one") {
  World world{.refused = {5}};
  const Result<Attachments> links = world.attach(20, 1);
  REQUIRE(links);
  CHECK(world.widest == 1);
  CHECK(world.asked == 20);
  CHECK(world.attached.size() == 19);
}

TEST_CASE("refused as a whole") {
  World world{.refused = {0, 1, 2}};
  const Result<Attachments> links = world.attach(3, 3);
  REQUIRE_FALSE(links);
  CHECK(links.error().why == "it is refused");
}

TEST_CASE("what is no fault of a place is an error at once") {
  World forbidden{.refused = {5}, .reason = {.why = "it takes root", .kind = ErrorKind::permission}};
  CHECK_FALSE(forbidden.attach(1000, 1000));
  CHECK(forbidden.asked == 1);
  World full{.refused = {5}, .reason = {.why = "too many open files", .help = "raise the limit"}};
  CHECK(full.attach(1000, 1).error().why == "too many open files");
  CHECK(full.asked == 6);
}

TEST_CASE("hundreds of refusals are no exceptions") {
  World world;
  for (size_t i = 0; i < 1000; i += 2) world.refused.insert(i);
  CHECK_FALSE(world.attach(1000, 1000));
}
