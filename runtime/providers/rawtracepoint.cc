// SPDX-License-Identifier: GPL-2.0-only
// rawtracepoint: a tracepoint before the kernel has made a record of it. The arguments are those of the kernel's own
// call. By two mechanisms:
//
//   tp_btf   BTF gives the arguments names and types; one program for each event
//   raw_tp   nothing of the arguments is used, or BTF does not know them: then they are numbers
#include <bpf/libbpf.h>

#include <algorithm>

#include <fmt/format.h>

#include "runtime/providers/functions.h"
#include "runtime/providers/groups.h"
#include "runtime/providers/links.h"
#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr std::string_view by_btf = "tp_btf", by_number = "raw_tp";

/// Without BTF nobody says how many arguments an event has; the kernel refuses to attach what looks beyond them.
constexpr uint32_t most_arguments = 12, slot_size = 8;

struct Pattern {
  std::string_view module, event;
};

class Raw final : public Provider {
 public:
  explicit Raw(const Kernel &kernel) : kernel_(kernel) {}
  ProviderDoc doc() const override {
    return {.name = "rawtracepoint",
            .aliases = {"rt"},
            .form = "rawtracepoint:[module:]event",
            .summary = "a tracepoint with the arguments of the kernel's own call: arg0 ..., and by name args.NAME",
            .example = "rawtracepoint:sched_switch { @[comm] = count(); }"};
  }
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override;
  Result<Attachments> attach(bpf_program *program, const TargetGroup &group) const override {
    return attach_raw_tracepoints(program, group);
  }
  Result<std::vector<Listed>> list(std::string_view glob, bool details) const override;

 private:
  std::vector<RawTracepoint> find(const ProbeSpec &, Pattern, Diagnostics &) const;
  TargetGroup group_for(const ProbeSpec &, const RawTracepoint &, const BodyUses &, const ResolveOptions &) const;
  std::optional<KernelFunction> call_of(const RawTracepoint &) const;

  const Kernel &kernel_;
};

std::optional<Pattern> parse(const ProbeSpec &spec, Diagnostics &diagnostics) {
  const std::vector<std::string_view> parts = split(after_provider(spec), ':');
  if (parts.size() <= 2 && std::ranges::none_of(parts, &std::string_view::empty))
    return parts.size() == 1 ? Pattern{{}, parts[0]} : Pattern{parts[0], parts[1]};
  diagnostics.error(spec.span, "`{}` is not of the form `rawtracepoint:[module:]event`", spec.text)
      .help("for example `rawtracepoint:sched_switch`");
  return std::nullopt;
}

std::string name_of(const RawTracepoint &event) {
  return event.module.empty() ? fmt::format("rawtracepoint:{}", event.name)
                              : fmt::format("rawtracepoint:{}:{}", event.module, event.name);
}

std::vector<RawTracepoint> Raw::find(const ProbeSpec &spec, Pattern pattern, Diagnostics &diagnostics) const {
  const std::vector<RawTracepoint> &all = kernel_.raw_tracepoints();
  std::vector<RawTracepoint> events;
  std::vector<std::string_view> names;
  for (const RawTracepoint &event : all) {
    const std::string_view module = event.module.empty() ? "vmlinux" : std::string_view(event.module);
    const bool is_there = pattern.module.empty() || glob_match(pattern.module, module);
    if (is_there && glob_match(pattern.event, event.name)) events.push_back(event);
    names.push_back(event.name);
  }
  if (!events.empty()) return events;
  // A kernel without BTF does not list its events, so it has to be asked by attaching.
  if (all.empty() && !is_glob(pattern.event)) return {{std::string(pattern.event), ""}};
  const std::string_view rest = after_provider(spec);
  Diagnostics::Draft draft = diagnostics.error(part_span(spec, rest), "no raw tracepoint {} `{}`",
                                               is_glob(rest) ? "matches" : "is called", rest);
  if (const auto near = is_glob(rest) ? std::nullopt : did_you_mean(pattern.event, names); near)
    draft.help("did you mean `rawtracepoint:{}`?", *near);
  else
    draft.help("to see them all: awl -l 'rawtracepoint:*'");
  return {};
}

/// The function behind the event, whose first parameter is the tracepoint's own business.
std::optional<KernelFunction> Raw::call_of(const RawTracepoint &event) const {
  std::optional<KernelFunction> call = kernel_.module_function(event.module, "__traceiter_" + event.name);
  if (!call || call->parameters.empty()) return std::nullopt;
  call->parameters.erase(call->parameters.begin());
  call->declarations.erase(call->declarations.begin());
  return call;
}

std::vector<Field> numbered_fields() {
  std::vector<Field> fields;
  for (uint32_t i = 0; i < most_arguments; i++)
    fields.push_back({fmt::format("arg{}", i), u64_type, ContextLoad{i * slot_size}});
  return fields;
}

TargetGroup Raw::group_for(const ProbeSpec &spec, const RawTracepoint &event, const BodyUses &uses,
                           const ResolveOptions &options) const {
  TargetGroup group = {.span = spec.span, .provider = "rawtracepoint", .mechanism = std::string(by_number)};
  group.section = by_number;
  group.targets.push_back({.name = name_of(event), .attach = event.name});
  if (!uses.any() && options.via != by_btf) return group;
  group.fields = numbered_fields();
  const std::optional<KernelFunction> call = options.via == by_number ? std::nullopt : call_of(event);
  if (!call) return group;
  group.mechanism = by_btf;
  group.section = fmt::format("{}/{}", by_btf, event.name);
  group.fields = trampoline_fields(*call, false, true, true);
  return group;
}

std::vector<TargetGroup> Raw::resolve(const ProbeSpec &spec, const BodyUses &uses, const ResolveOptions &options,
                                      Diagnostics &diagnostics, std::optional<Error> &) const {
  const std::optional<Pattern> pattern = parse(spec, diagnostics);
  if (!pattern) return {};
  std::vector<TargetGroup> singles;
  for (const RawTracepoint &event : find(spec, *pattern, diagnostics))
    singles.push_back(group_for(spec, event, uses, options));
  leave_out_incomplete(singles, uses, diagnostics);
  const bool asks_cookie = uses.identity && singles.size() > 1;
  return merge_targets(std::move(singles), uses, asks_cookie && kernel_.has_raw_cookies());
}

Result<std::vector<Listed>> Raw::list(std::string_view glob, bool details) const {
  std::vector<Listed> listed;
  if (!may_list(glob, "rawtracepoint")) return listed;
  for (const RawTracepoint &event : kernel_.raw_tracepoints()) {
    Listed entry = {.name = name_of(event)};
    if (!glob_match(glob, entry.name)) continue;
    const std::optional<KernelFunction> call = details ? call_of(event) : std::nullopt;
    if (call)
      for (const std::string &declaration : call->declarations) entry.details.push_back("    " + declaration);
    listed.push_back(std::move(entry));
  }
  return listed;
}

}  // namespace

std::unique_ptr<Provider> make_rawtracepoint(const Kernel &kernel) { return std::make_unique<Raw>(kernel); }

}  // namespace awl
