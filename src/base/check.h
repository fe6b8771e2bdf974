// SPDX-License-Identifier: GPL-2.0-only
// The channel for bugs of ours, and only for them: no input, however bad, may reach it.
#pragma once

namespace awl {
[[noreturn]] void check_failed(const char *condition, const char *file, int line);
}

#define AWL_CHECK(condition) ((condition) ? static_cast<void>(0) : ::awl::check_failed(#condition, __FILE__, __LINE__))
