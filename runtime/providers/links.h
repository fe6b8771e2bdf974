// SPDX-License-Identifier: GPL-2.0-only
// libbpf's links as Attachments, and the kernel's refusals as Errors.
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "lang/provider.h"

struct bpf_link;

namespace awl {

using Attachments = std::vector<std::unique_ptr<Attachment>>;

/// Own a link that libbpf made. `link` is null when it failed, with errno set; `what` is the target's name.
/// `is_slow`: see Attachment::slow_to_close.
Result<std::unique_ptr<Attachment>> own_link(bpf_link *link, std::string_view what, bool is_slow);

/// The same for a group that has one link.
Result<Attachments> own_only_link(bpf_link *link, std::string_view what, bool is_slow);

/// Attach the program to the raw tracepoints that the group's targets name.
Result<Attachments> attach_raw_tracepoints(bpf_program *program, const TargetGroup &group);

/// "cannot attach `what`: why", with advice where errno calls for it.
Error attach_error(std::string_view what, int error_number);

}  // namespace awl
