// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/symbols/demangle.h"

#include <doctest/doctest.h>

using namespace awl;

TEST_CASE("C++") {
  CHECK(demangle("_ZN3foo3barEi") == "foo::bar(int)");
  CHECK(demangle("_ZNSt6vectorIiSaIiEE9push_backEOi") == "std::vector<int, std::allocator<int> >::push_back(int&&)");
}

TEST_CASE("Rust, in both forms") {
  CHECK(demangle("_ZN4core3fmt5write17h0123456789abcdefE") == "core::fmt::write");
  CHECK(demangle("_RNvCskwGfYPst2Cb_3foo16example_function") == "foo::example_function");
}

TEST_CASE("other names stay") {
  CHECK(demangle("main") == "main");
  CHECK(demangle("main.(*T).work") == "main.(*T).work");
  CHECK(demangle("") == "");
  CHECK(demangle("_Z") == "_Z");
  CHECK(demangle("_Zx") == "_Zx");
  CHECK(demangle("_ZN3foo") == "_ZN3foo");
  CHECK(demangle("_R") == "_R");
  CHECK(demangle("_ZN9999999999999999999999foo") == "_ZN9999999999999999999999foo");
}

TEST_CASE("a name that is longer than any") {
  std::string name = "_Z" + std::string(100'000, 'P');
  CHECK(demangle(name) == name);
}
