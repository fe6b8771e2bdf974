// SPDX-License-Identifier: GPL-2.0-only
// printa() with a format: the entries of several maps that have the same key share a line.
#pragma once
#include <functional>
#include <vector>

#include "runtime/values.h"

namespace awl {

/// Calls `line` for each key that is in one of the maps, in the order of the values in the first map, then of those in
/// the others, then of the keys. A map without the key has 0 there. Conversions of the format take the parts of the key
/// one after the other; those with an @ take the values, and when there are more of these than maps, the last one again.
void for_each_joined(const std::vector<Snapshot> &maps, const std::vector<FormatPiece> &format,
                     const std::function<void(const PrintfEvent &)> &line);

}  // namespace awl
