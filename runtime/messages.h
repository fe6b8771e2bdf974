// SPDX-License-Identifier: GPL-2.0-only
// What a script says to people rather than to its output, and the files and commands that it names.
#pragma once
#include "runtime/events.h"
#include "runtime/sinks/sink.h"
#include "src/base/source.h"

namespace awl {

/// errorf and warnf: a line with its place on the other channel. cat: the beginning of a file, system: what a
/// command prints, both as output; or what the sink makes of them. `source` may be null, and then no place is told.
void send_message(const MessageAction &message, const Source *source, Sink &sink);

}  // namespace awl
