// SPDX-License-Identifier: GPL-2.0-only
// Probes that are not there, and their alternatives.
#include <doctest/doctest.h>

#include "tests/lang/check_fixture.h"

using namespace awl;
using namespace awl::test;

namespace {

/// "fake:a, other:b": the probes that became programs.
std::string probes_of(const Checked &checked) {
  if (!checked.program()) return "none";
  std::string text;
  for (const CheckedBody &body : checked.program()->bodies)
    text += (text.empty() ? "" : ", ") + body.group.targets.at(0).name;
  return text;
}

}  // namespace

TEST_CASE("the first alternative that is there is taken") {
  const Checked checked("refused:x || nonesuch:y || fake:a || other:b { @ = count(); }");
  CHECK(checked.complaints() == "");
  CHECK(!checked.refused());
  CHECK(probes_of(checked) == "fake:a");
  CHECK(probes_of(Checked("fake:a || fake:b, other:c { @ = count(); }")) == "fake:a, other:c");
}

TEST_CASE("when no alternative is there, the first says why") {
  const Checked refused("refused:x || nonesuch:y { @ = count(); }");
  REQUIRE(refused.refused());
  CHECK(refused.refused()->what == "cannot trace refused:x");
  const Checked unknown("nonesuch:y || refused:x { @ = count(); }");
  CHECK(unknown.complaints().starts_with("error: unknown probe provider `nonesuch`\n"));
}

TEST_CASE("|| wants a probe behind it") {
  CHECK(Checked("fake:a || { @ = count(); }").complaints().starts_with("error: `||` without a probe behind it\n"));
}
