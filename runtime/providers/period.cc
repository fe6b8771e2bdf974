// SPDX-License-Identifier: GPL-2.0-only
// Periods of timed probes; see period.h.
#include "runtime/providers/period.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "runtime/providers/spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

struct TimeUnit {
  std::string_view name;
  uint64_t nanoseconds;  // 0: a frequency
  std::string_view canonical;
};
constexpr TimeUnit units[] = {
    {"hz", 0, "hz"},
    {"ns", 1, "ns"},
    {"nsec", 1, "ns"},
    {"us", 1'000, "us"},
    {"usec", 1'000, "us"},
    {"ms", 1'000'000, "ms"},
    {"msec", 1'000'000, "ms"},
    {"s", 1'000'000'000, "s"},
    {"sec", 1'000'000'000, "s"},
    {"m", 60'000'000'000, "m"},
    {"min", 60'000'000'000, "m"},
    {"h", 3'600'000'000'000, "h"},
    {"hour", 3'600'000'000'000, "h"},
};
constexpr std::string_view unit_help = "units are hz, ns, us, ms, s, m and h";

/// perf takes periods up to 63 bits wide.
constexpr uint64_t longest_period_ns = ~0ull >> 1;

const TimeUnit *find_unit(std::string_view name) {
  const std::string lower = to_lower(name);
  const auto found = std::ranges::find(units, lower, &TimeUnit::name);
  return found == std::end(units) ? nullptr : found;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Number and unit as views into the spec.
struct Parts {
  std::string_view number, unit;
};

/// "s:1" or "1s" or "1000".
Parts take_parts(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon != text.npos) return {.number = text.substr(colon + 1), .unit = text.substr(0, colon)};
  const auto end = std::ranges::find_if_not(text, is_digit);
  const size_t digits = static_cast<size_t>(end - text.begin());
  return {.number = text.substr(0, digits), .unit = text.substr(digits)};
}

/// Nanoseconds of `count` units; nothing when there is no such period.
std::optional<uint64_t> to_nanoseconds(uint64_t count, const TimeUnit &unit) {
  if (count == 0) return std::nullopt;
  if (unit.nanoseconds == 0) return 1'000'000'000 / count;
  if (count > longest_period_ns / unit.nanoseconds) return std::nullopt;
  return count * unit.nanoseconds;
}

/// Text behind the provider's name: after the colon, or after DTrace's dash.
std::string_view after_name(const ProbeSpec &spec, std::string_view provider, bool &has_dash) {
  const std::string_view text = spec.text;
  const size_t separator = text.find_first_of(":-");
  has_dash = separator != text.npos && text[separator] == '-';
  return separator == text.npos ? text.substr(std::min(provider.size(), text.size())) : text.substr(separator + 1);
}

}  // namespace

std::optional<Period> parse_period(const ProbeSpec &spec, std::string_view provider, std::string_view plain_unit,
                                   Diagnostics &diagnostics) {
  bool has_dash = false;
  const std::string_view text = after_name(spec, provider, has_dash);
  if (text.empty()) {
    diagnostics.error(spec.span, "`{}` without a period", spec.text).help("for example `{}:{}`", provider, "s:1");
    return std::nullopt;
  }
  const Parts parts = take_parts(text);
  const std::string_view unit_name = !parts.unit.empty() ? parts.unit : has_dash ? plain_unit : "ns";
  uint64_t count = 0;
  const auto [end, error] = std::from_chars(parts.number.data(), parts.number.data() + parts.number.size(), count);
  if (error != std::errc() || end != parts.number.data() + parts.number.size()) {
    diagnostics.error(part_span(spec, text), "`{}` is not a period: a positive whole number and a unit are", text)
        .help("for example `{}:s:1` or `{}:100ms`", provider, provider);
    return std::nullopt;
  }
  const TimeUnit *unit = find_unit(unit_name);
  if (unit == nullptr) {
    diagnostics.error(part_span(spec, parts.unit), "unknown unit `{}`", unit_name).help("{}", unit_help);
    return std::nullopt;
  }
  const std::optional<uint64_t> period = to_nanoseconds(count, *unit);
  if (!period || *period < shortest_period_ns) {
    diagnostics.error(part_span(spec, text), "`{}` is out of range: a period lies between 1 microsecond and 292 years",
                      text);
    return std::nullopt;
  }
  if (*period < fastest_period_ns)
    diagnostics.warning(part_span(spec, text),
                        "`{}` is faster than the kernel's timers: they fire every 10 microseconds at most", text);
  return Period{.nanoseconds = *period, .canonical = fmt::format("{}:{}", unit->canonical, count)};
}

TargetGroup timed_group(const ProbeSpec &spec, std::string_view provider, const Period &period) {
  TargetGroup group = {
      .span = spec.span, .provider = std::string(provider), .mechanism = "perf", .section = "perf_event"};
  group.targets.push_back({.name = fmt::format("{}:{}", provider, period.canonical), .number = period.nanoseconds});
  return group;
}

perf_event_attr timer_attributes(const Target &target) {
  return event_attributes(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, target.number);
}

}  // namespace awl
