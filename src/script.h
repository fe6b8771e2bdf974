// SPDX-License-Identifier: GPL-2.0-only
// The text of the script that a command line names.
#pragma once
#include "src/base/result.h"
#include "src/base/source.h"
#include "src/options.h"

namespace awl {

/// The script and where it comes from: -e, standard input for `-`, a file, or the program itself. A readable file wins
/// over program text; a path that is not there is not taken for a program.
Result<Source> read_source(const Options &options);

}  // namespace awl
