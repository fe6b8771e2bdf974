// SPDX-License-Identifier: GPL-2.0-only
// Programs on perf events: clocks, counters, watchpoints. The events belong to processors, never to single threads:
// so every thread of a process is covered, those that are yet to be born, too, and `-p` is a test in the program.
#pragma once
#include <linux/perf_event.h>

#include <cstdint>
#include <string_view>

#include "runtime/providers/links.h"

namespace awl {

/// An event that runs a BPF program each `period` times.
perf_event_attr event_attributes(uint32_t type, uint64_t config, uint64_t period);

/// Run the program when the event happens on this processor.
Result<std::unique_ptr<Attachment>> attach_event(bpf_program *program, perf_event_attr attributes, int cpu,
                                                 std::string_view what);

/// The same on all processors that are online.
Result<Attachments> attach_everywhere(bpf_program *program, const perf_event_attr &attributes, std::string_view what);

}  // namespace awl
