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

/// Before the probes are attached: have new processes put into the set, then put `pids` in and all that they have
/// started before. The attachment keeps it up to date.
Result<std::unique_ptr<Attachment>> follow_processes(const Object &object, std::span<const int> pids);

/// After the probes: have those that end taken out of the set. What hangs on the same event runs in the order of
/// attaching, and a probe on the end of a process wants to see it.
Result<std::unique_ptr<Attachment>> forget_processes(const Object &object);

}  // namespace awl
