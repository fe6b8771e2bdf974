// SPDX-License-Identifier: GPL-2.0-only
// From places in programs to groups that share a BPF program, with the mechanism that the kernel has for them.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/provider.h"
#include "runtime/debug_info.h"
#include "runtime/kernel.h"
#include "runtime/uprobe_trials.h"

namespace awl {

/// `singles` have one target each, the section of a single uprobe or uretprobe, and no mechanism yet.
std::vector<TargetGroup> finish_groups(std::vector<TargetGroup> singles, const BodyUses &uses, std::string_view via,
                                       const Kernel &kernel, const UprobeTrials &trials, Diagnostics &diagnostics,
                                       std::optional<Error> &refused);

/// Parameters and result in C, for -lv.
std::vector<std::string> signature_details(const FunctionSignature &signature);

}  // namespace awl
