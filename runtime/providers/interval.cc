// SPDX-License-Identifier: GPL-2.0-only
// interval: a clock that ticks on one processor, whichever is the first; for printing now and then.
#include "runtime/kernel.h"
#include "runtime/providers/period.h"
#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

class Interval final : public Provider {
 public:
  ProviderDoc doc() const override {
    return {.name = "interval",
            .aliases = {"i", "tick"},
            .form = "interval:UNIT:COUNT, interval:COUNTUNIT, tick-COUNTUNIT",
            .summary = "fires periodically on one processor; units are hz, ns, us, ms, s, m and h",
            .example = "tracepoint:sched:sched_switch { @ = count(); } interval:s:1 { print(@); clear(@); }"};
  }
  std::vector<TargetGroup> resolve(const ProbeSpec &spec, const BodyUses &, const ResolveOptions &,
                                   Diagnostics &diagnostics, std::optional<Error> &) const override {
    const std::optional<Period> period = parse_period(spec, "interval", "hz", diagnostics);
    if (!period) return {};
    TargetGroup group = timed_group(spec, "interval", *period);
    group.filters_pids = false;
    return {group};
  }
  Result<Attachments> attach(bpf_program *program, const TargetGroup &group) const override;
  Result<std::vector<Listed>> list(std::string_view glob, bool) const override;
};

Result<Attachments> Interval::attach(bpf_program *program, const TargetGroup &group) const {
  const Target &target = group.targets.front();
  Result<std::unique_ptr<Attachment>> timer =
      attach_event(program, timer_attributes(target), online_cpus().front(), target.name);
  if (!timer) return timer.error();
  Attachments attachments;
  attachments.push_back(std::move(*timer));
  return attachments;
}

/// Periods have no end; these few show the form.
Result<std::vector<Listed>> Interval::list(std::string_view glob, bool) const {
  std::vector<Listed> listed;
  for (std::string_view name : {"interval:hz:10", "interval:ms:100", "interval:s:1"})
    if (glob_match(glob, name)) listed.push_back({.name = std::string(name)});
  return listed;
}

}  // namespace

std::unique_ptr<Provider> make_interval() { return std::make_unique<Interval>(); }

}  // namespace awl
