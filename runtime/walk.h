// SPDX-License-Identifier: GPL-2.0-only
// Running an iterator: reading from its file makes the kernel walk on and call the program for each object.
#pragma once
#include <functional>

#include "lang/provider.h"
#include "src/base/result.h"

namespace awl {

/// Walk to the end. The program writes a byte for each object, so a read comes back after some of them, and `pause`
/// is called to take out what the program has sent: the buffer between need not hold it all. It ends the walk by
/// returning false.
Status walk(const Attachment &iterator, const std::function<bool()> &pause);

}  // namespace awl
