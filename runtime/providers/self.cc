// SPDX-License-Identifier: GPL-2.0-only
// self:signal:NAME: runs when awl itself gets a signal, so that a script can be asked for a report while it goes on.
// The session runs the program; there is nothing in the kernel to attach to.
#include <csignal>

#include <fmt/format.h>

#include "runtime/providers/links.h"
#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

struct Signal {
  std::string_view name;
  int number;
};
/// Those that mean nothing to awl already.
constexpr Signal signals[] = {{"SIGUSR1", SIGUSR1}, {"SIGUSR2", SIGUSR2}};

constexpr std::string_view kind = "signal:";

class Self final : public Provider {
 public:
  ProviderDoc doc() const override {
    return {.name = "self",
            .form = "self:signal:SIGUSR1, self:signal:SIGUSR2",
            .summary = "runs when awl itself gets the signal",
            .example = "tracepoint:sched:sched_switch { @[comm] = count(); } self:signal:SIGUSR1 { print(@); }"};
  }
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override;
  Result<Attachments> attach(bpf_program *, const TargetGroup &) const override { return Attachments(); }
  Result<std::vector<Listed>> list(std::string_view glob, bool) const override {
    std::vector<Listed> listed;
    for (const Signal &signal : signals) {
      Listed entry = {.name = fmt::format("self:signal:{}", signal.name)};
      if (glob_match(glob, entry.name)) listed.push_back(std::move(entry));
    }
    return listed;
  }
};

std::vector<TargetGroup> Self::resolve(const ProbeSpec &spec, const BodyUses &, const ResolveOptions &,
                                       Diagnostics &diagnostics, std::optional<Error> &) const {
  const std::string_view rest = after_provider(spec);
  const std::string_view name = rest.starts_with(kind) ? rest.substr(kind.size()) : std::string_view();
  for (const Signal &signal : signals) {
    if (signal.name != name) continue;
    TargetGroup group = {.span = spec.span, .provider = "self", .mechanism = "test_run", .section = "raw_tp"};
    group.targets.push_back(
        {.name = fmt::format("self:signal:{}", name), .number = static_cast<uint64_t>(signal.number)});
    group.filters_pids = false;
    return {group};
  }
  diagnostics
      .error(name.empty() ? spec.span : part_span(spec, name), "`{}` is no signal that awl passes on",
             name.empty() ? std::string_view(spec.text) : name)
      .help("`self:signal:SIGUSR1` and `self:signal:SIGUSR2` are");
  return {};
}

}  // namespace

std::unique_ptr<Provider> make_self() { return std::make_unique<Self>(); }

}  // namespace awl
