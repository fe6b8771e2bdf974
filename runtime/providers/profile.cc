// SPDX-License-Identifier: GPL-2.0-only
// profile: a clock that ticks on every processor; for sampling what they are doing.
#include "runtime/providers/period.h"
#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

class Profile final : public Provider {
 public:
  ProviderDoc doc() const override {
    return {.name = "profile",
            .aliases = {"p"},
            .form = "profile:UNIT:COUNT, profile:COUNTUNIT, profile-HZ",
            .summary = "fires periodically on every processor; units are hz, ns, us, ms, s, m and h",
            .example = "profile:hz:99 { @[comm] = count(); }"};
  }
  std::vector<TargetGroup> resolve(const ProbeSpec &spec, const BodyUses &, const ResolveOptions &,
                                   Diagnostics &diagnostics, std::optional<Error> &) const override {
    const std::optional<Period> period = parse_period(spec, "profile", "hz", diagnostics);
    if (!period) return {};
    return {timed_group(spec, "profile", *period)};
  }
  Result<Attachments> attach(bpf_program *program, const TargetGroup &group) const override;
  Result<std::vector<Listed>> list(std::string_view glob, bool) const override;
};

Result<Attachments> Profile::attach(bpf_program *program, const TargetGroup &group) const {
  const Target &target = group.targets.front();
  return attach_everywhere(program, timer_attributes(target), target.name);
}

/// Periods have no end; these few show the form.
Result<std::vector<Listed>> Profile::list(std::string_view glob, bool) const {
  std::vector<Listed> listed;
  for (std::string_view name : {"profile:hz:99", "profile:ms:10"})
    if (glob_match(glob, name)) listed.push_back({.name = std::string(name)});
  return listed;
}

}  // namespace

std::unique_ptr<Provider> make_profile() { return std::make_unique<Profile>(); }

}  // namespace awl
