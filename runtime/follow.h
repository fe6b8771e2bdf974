// SPDX-License-Identifier: GPL-2.0-only
// --follow: which processes are looked at, while some end and others are started. The set lies in the kernel
// (bpf_lib/follow.c); here it gets its first members.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "lang/provider.h"
#include "runtime/object.h"
#include "src/base/result.h"

namespace awl {

/// Attach the programs that keep the set, then put `pids` in and all that they have started before. The attachments
/// keep it up to date. Empty when the object follows nobody.
Result<std::vector<std::unique_ptr<Attachment>>> follow_processes(const Object &object, std::span<const int> pids);

}  // namespace awl
