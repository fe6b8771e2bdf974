// SPDX-License-Identifier: GPL-2.0-only
// Bytes of a column to a typed value: the one place that knows how values lie in keys, map values and events.
// Bytes come from the kernel side and are believed in nothing: whatever does not fit is an absent value.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "lang/image.h"
#include "runtime/symbols.h"
#include "runtime/values.h"

namespace awl {

/// The value that `column` has in `bytes` (a key, a value or a whole event record), or nothing when the bytes end
/// before it does. Numbers of probes and enumerators become names; a number that has none stays a number. Without
/// `symbols` addresses stay addresses, and stacks have no frames.
std::optional<TypedValue> decode_column(const Column &column, std::span<const std::byte> bytes, const Names &names,
                                        Symbols *symbols = nullptr);

}  // namespace awl
