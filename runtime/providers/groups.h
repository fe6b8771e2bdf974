// SPDX-License-Identifier: GPL-2.0-only
// From single targets to groups that share a program. Two targets may share one when all that the body uses lies at
// the same place with the same type in both.
#pragma once
#include <vector>

#include "lang/provider.h"

namespace awl {

/// The fields that the body names, in the provider's order.
std::vector<Field> used_fields(const std::vector<Field> &fields, const BodyUses &uses);

/// Leave out, with a warning, the targets that lack a field which others of the same spec have: a glob is meant for
/// those where the script makes sense. Each group has one target.
void leave_out_incomplete(std::vector<TargetGroup> &singles, const BodyUses &uses, Diagnostics &diagnostics);

/// Merge groups of one target each. `has_cookies`: a program with several targets can be told which one fired;
/// without it, targets whose identity matters stay apart.
std::vector<TargetGroup> merge_targets(std::vector<TargetGroup> singles, const BodyUses &uses, bool has_cookies);

}  // namespace awl
