// SPDX-License-Identifier: GPL-2.0-only
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>

#include "tests/session/fixture.h"

int main(int argc, char **argv) {
  if (!awl::test::is_root()) std::fputs("note: tests that load BPF programs are skipped: they need root\n", stderr);
  return doctest::Context(argc, argv).run();
}
