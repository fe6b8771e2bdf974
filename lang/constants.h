// SPDX-License-Identifier: GPL-2.0-only
// Constants that scripts take from the kernel's headers by `#include <...>`: errors, signals, flags of system calls.
// They are macros there, so that the kernel's own description of its types (BTF) does not have them.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace awl {

std::optional<int64_t> system_constant(std::string_view name);

}  // namespace awl
