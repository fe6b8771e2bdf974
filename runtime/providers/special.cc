// SPDX-License-Identifier: GPL-2.0-only
// begin and end: blocks that run once, before the probes fire and after they have stopped. The kernel has no such
// events; the session runs the programs itself, so there is nothing to attach to here.
#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

class RunOnce final : public Provider {
 public:
  explicit RunOnce(ProviderDoc doc) : doc_(std::move(doc)) {}
  ProviderDoc doc() const override { return doc_; }
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override;
  Result<std::vector<std::unique_ptr<Attachment>>> attach(bpf_program *, const TargetGroup &) const override {
    return std::vector<std::unique_ptr<Attachment>>();
  }
  Result<std::vector<Listed>> list(std::string_view glob, bool) const override {
    const std::string name(doc_.name);
    if (!glob_match(glob, name) && !glob_match(glob, name + ":")) return std::vector<Listed>();
    return std::vector<Listed>{{.name = name}};
  }

 private:
  ProviderDoc doc_;
};

std::vector<TargetGroup> RunOnce::resolve(const ProbeSpec &spec, const BodyUses &, const ResolveOptions &,
                                          Diagnostics &diagnostics, std::optional<Error> &) const {
  const std::string_view rest = std::string_view(spec.text).substr(doc_.name.size());
  // bpftrace prints and accepts `begin:*`.
  if (!rest.empty() && rest != ":*") {
    diagnostics.error(part_span(spec, rest), "unexpected `{}` after `{}`", rest, doc_.name)
        .help("write `{} {{ ... }}`", doc_.name);
    return {};
  }
  TargetGroup group = {
      .span = spec.span, .provider = std::string(doc_.name), .mechanism = "test_run", .section = "raw_tp"};
  group.targets.push_back({.name = std::string(doc_.name)});
  group.filters_pids = false;
  group.runs_when_stopped = doc_.name == "end";
  return {group};
}

}  // namespace

std::unique_ptr<Provider> make_begin() {
  return std::make_unique<RunOnce>(ProviderDoc{.name = "begin",
                                               .form = "begin",
                                               .summary = "runs once, before any probe fires",
                                               .example = "begin { printf(\"counting\\n\"); exit(); }"});
}

std::unique_ptr<Provider> make_end() {
  return std::make_unique<RunOnce>(ProviderDoc{.name = "end",
                                               .form = "end",
                                               .summary = "runs once, after all probes have stopped",
                                               .example = "interval:s:1 { exit(); } end { printf(\"done\\n\"); }"});
}

}  // namespace awl
