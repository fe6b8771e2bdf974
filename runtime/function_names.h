// SPDX-License-Identifier: GPL-2.0-only
// Names of functions as probes are written with them: of C++ and Rust, without the results of templates.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace awl {

/// "_ZN2ns1fEi" -> "ns::f(int)"; nothing when the name is not mangled. A zero-terminated name.
std::optional<std::string> demangle_function(const char *name);

/// "ns::f(int) const" -> "ns::f"; what has no parameters stays as it is.
std::string_view without_parameters(std::string_view demangled);

}  // namespace awl
