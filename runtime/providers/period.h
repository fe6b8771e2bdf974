// SPDX-License-Identifier: GPL-2.0-only
// How often a timed probe fires, in the many ways that tracers write it:
//
//   interval:s:1   interval:1s   interval:500ms   tick-10hz   profile:hz:99   profile:99hz   profile-997
//
// and the perf event that fires so often.
#pragma once
#include <string>
#include <string_view>

#include "runtime/providers/perf_event.h"

namespace awl {

struct Period {
  uint64_t nanoseconds = 0;
  std::string canonical;  // "hz:99", "s:1"
};

/// The kernel's timers do not fire faster, whatever is asked.
inline constexpr uint64_t fastest_period_ns = 10'000;
/// Below this a period is taken for a mistake.
inline constexpr uint64_t shortest_period_ns = 1'000;

/// Parse what follows the provider's name ("hz:99", "99hz", "500ms", "1000": nanoseconds, or `plain_unit` where the
/// form was `profile-997`). Mistakes go to `diagnostics`.
std::optional<Period> parse_period(const ProbeSpec &spec, std::string_view provider, std::string_view plain_unit,
                                   Diagnostics &diagnostics);

/// The single group of a timed probe.
TargetGroup timed_group(const ProbeSpec &spec, std::string_view provider, const Period &period);

/// The clock that ticks so.
perf_event_attr timer_attributes(const Target &target);

}  // namespace awl
