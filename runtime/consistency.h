// SPDX-License-Identifier: GPL-2.0-only
// An image may come from a file, so what its numbers point at is looked at before anything follows them.
#pragma once
#include "lang/image.h"

namespace awl {

/// Every map that an event names is there, and every map has the cells that its aggregation reads.
bool is_consistent(const Manifest &manifest);

}  // namespace awl
