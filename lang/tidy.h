// SPDX-License-Identifier: GPL-2.0-only
// awl --fmt: a script in its canonical form. It works on tokens and what is between them, not on the tree, so that
// comments, lines of the preprocessor and declarations in C stay where they are. Spaces are decided here alone; of
// line ends it keeps those that mean something to the author: a block on one line stays on one, and a long list stays
// broken where it was. So what has been formatted once does not change again.
#pragma once
#include <string>

#include "src/base/source.h"

namespace awl {

/// The script must be one that parses.
std::string tidy(const Source &source);

}  // namespace awl
