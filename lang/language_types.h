// SPDX-License-Identifier: GPL-2.0-only
#pragma once
#include "lang/ctypes.h"

namespace awl {

/// The types whose names the language knows by itself: uint32, bool, unsigned long, size_t ...
const CTypes &language_types();
/// Where there is nothing to know.
const CTypes &no_types();

}  // namespace awl
