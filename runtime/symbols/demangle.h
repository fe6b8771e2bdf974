// SPDX-License-Identifier: GPL-2.0-only
// Names as their authors wrote them: C++ and Rust write functions into object files in a form of their own.
#pragma once
#include <string>
#include <string_view>

namespace awl {

/// `_ZN3foo3barEi` to `foo::bar(int)`; every other name as it is.
std::string demangle(std::string_view name);

}  // namespace awl
