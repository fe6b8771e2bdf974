// SPDX-License-Identifier: GPL-2.0-only
// `config = { key = value; }`: settings that a script brings along.
#pragma once
#include <vector>

#include "lang/compile.h"

namespace awl {

/// Puts the entries into `options` and `manifest`, those of the environment (BPFTRACE_MAX_STRLEN) last; unknown keys and values that do not fit go to `diagnostics`.
/// Settings of bpftrace that awl has no use for, because it has no such limit, are accepted and do nothing.
void apply_config(const std::vector<ConfigEntry> &config,
                  const std::vector<std::pair<std::string, std::string>> &environment, CompileOptions &options,
                  Manifest &manifest, Diagnostics &diagnostics);

}  // namespace awl
