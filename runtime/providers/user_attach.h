// SPDX-License-Identifier: GPL-2.0-only
// Attaching to places in files: one link for all the places of a file where the kernel has uprobe.multi, one perf
// event for each place elsewhere.
#pragma once
#include <string_view>
#include <vector>

#include "lang/provider.h"
#include "runtime/providers/links.h"
#include "runtime/providers/providers.h"
#include "runtime/uprobe_trials.h"

namespace awl {

/// Mechanisms, as -v and --via name them.
inline constexpr std::string_view by_uprobe_multi = "uprobe.multi";
inline constexpr std::string_view by_uprobe = "uprobe";

/// Without uprobe.multi each place takes a perf event of its own, and milliseconds to attach and detach.
inline constexpr size_t max_single_uprobes = 1024;

/// The mechanism for that many places, or why there is none.
Result<std::string_view> choose_uprobe(const UprobeTrials &trials, std::string_view via, size_t places);

/// libbpf's section for a program: at the return of functions or at instructions.
std::string_view uprobe_section(std::string_view mechanism, bool at_return);

/// Target::attach is the file and Target::places are offsets in it. `traced`: those of -p, where the kernel
/// can be told; the program itself looks at them, too.
Result<Attachments> attach_user(bpf_program *program, const TargetGroup &group, const Traced &traced,
                                const UprobeTrials &trials);

}  // namespace awl
