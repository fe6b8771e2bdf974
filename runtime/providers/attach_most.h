// SPDX-License-Identifier: GPL-2.0-only
// Attaching what a pattern found, though the kernel refuses some of it.
//
// Nobody who asks for all functions of a library means one whose first instruction cannot be probed. But one such place
// makes the kernel refuse a whole link, and it does not say which it was: halving finds it. What is left out is told
// once, by name and number; a spec that is refused as a whole is an error.
#pragma once
#include <cstddef>
#include <functional>
#include <vector>

#include "runtime/providers/links.h"

namespace awl {

/// Attach the places [begin, end), or say why one of them is refused.
using AttachPlaces = std::function<Result<std::unique_ptr<Attachment>>(size_t begin, size_t end)>;

/// Attach all places that the kernel takes, at most `at_once` of them with a link. `places` says for each which of
/// the targets it belongs to.
Result<Attachments> attach_most(const std::vector<Target> &targets, const std::vector<size_t> &places, size_t at_once,
                                const AttachPlaces &attach);

}  // namespace awl
