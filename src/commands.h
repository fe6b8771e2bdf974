// SPDX-License-Identifier: GPL-2.0-only
// The verbs beside running a script.
#pragma once
#include "src/options.h"

namespace awl {

int print_version();
int print_list(const Options &options);
int print_manual(const Options &options);

}  // namespace awl
