// SPDX-License-Identifier: GPL-2.0-only
// The verbs that work on recordings: `awl merge A.json ...` adds up runs, `awl diff A.json B.json` compares two.
#pragma once
#include "src/options.h"

namespace awl {

int merge_recordings(const Options &options);
int diff_recordings(const Options &options);

}  // namespace awl
