// SPDX-License-Identifier: GPL-2.0-only
// usdt: probes that programmers have put into their programs and libraries (sys/sdt.h).
//
// A probe is a `nop` and a note that tells where it is and where its arguments lie there. Inlining makes several
// places of one probe, each with arguments somewhere else: a program serves all places where those that it uses lie
// alike.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "runtime/providers/usdt_arguments.h"
#include "runtime/providers/user_attach.h"
#include "runtime/providers/user_groups.h"
#include "runtime/providers/user_spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

struct UsdtSpec {
  SpecPart file;  // empty text: any file of the processes of -p
  SpecPart provider = {"*", {}};
  SpecPart name;
};

class Usdt final : public Provider {
 public:
  Usdt(const Kernel &kernel, Traced traced)
      : kernel_(kernel),
        pids_(std::move(traced.pids)),
        follow_(traced.follow),
        trials_(real_uprobe_trials()) {}
  ProviderDoc doc() const override;
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override;
  Result<Attachments> attach(bpf_program *program, const TargetGroup &group) const override {
    return attach_user(program, group, {pids_, follow_}, *trials_);
  }
  Result<std::vector<Listed>> list(std::string_view glob, bool details) const override;

 private:
  std::optional<UsdtSpec> parse(const ProbeSpec &) const;
  TargetGroup make_single(const ProbeSpec &, const ProgramFile &, const StaticProbe &, const BodyUses &) const;

  const Kernel &kernel_;
  std::vector<int> pids_;
  bool follow_;
  std::unique_ptr<UprobeTrials> trials_;
  mutable ProgramFiles binaries_;
};

ProviderDoc Usdt::doc() const {
  return {.name = "usdt",
          .aliases = {"U"},
          .form = "usdt:file:[provider:]name",
          .summary = "probe that a program or library has in its source (sys/sdt.h); arg0 ... are its arguments",
          .example = "usdt:libstdc++:throw { @[comm] = count(); }"};
}

bool matches(const SpecPart &part, std::string_view text) {
  return part.text.empty() || part.text == text || glob_match(part.text, text);
}

std::vector<const StaticProbe *> matching(const std::vector<StaticProbe> &probes, const UsdtSpec &spec) {
  std::vector<const StaticProbe *> found;
  for (const StaticProbe &probe : probes)
    if (matches(spec.provider, probe.provider) && matches(spec.name, probe.name)) found.push_back(&probe);
  return found;
}

std::vector<StaticProbe> probes_of(const ProgramFile &binary) {
  const Result<std::vector<StaticProbe>> probes = binary.elf->static_probes();
  return probes ? *probes : std::vector<StaticProbe>{};
}

std::string spec_of(const ProgramFile &binary, const StaticProbe &probe) {
  return fmt::format("usdt:{}:{}:{}", spec_quoted(binary.name), spec_quoted(probe.provider), spec_quoted(probe.name));
}

std::vector<UsdtArgument> arguments_of(const ProgramFile &binary, const StaticProbe &probe) {
  return parse_usdt_arguments(probe.arguments, probe.address,
                              [&](std::string_view name) { return binary.elf->symbol(name); });
}

/// "    int arg0": as a field of a listing.
std::string argument_detail(size_t index, const UsdtArgument &argument) {
  constexpr std::pair<uint8_t, std::string_view> c_names[] = {{1, "char"}, {2, "short"}, {4, "int"}, {8, "long"}};
  if (!argument.access) return fmt::format("    ? arg{} ({} cannot be read)", index, argument.text);
  const auto *named = std::ranges::find(c_names, argument.type.width, &std::pair<uint8_t, std::string_view>::first);
  return fmt::format("    {}{} arg{}", argument.type.is_signed ? "" : "unsigned ", named->second, index);
}

/// `file:provider:name`, `file:name`; with -p also `provider:name` and `name`.
std::optional<UsdtSpec> Usdt::parse(const ProbeSpec &spec) const {
  const std::vector<SpecPart> parts = spec_parts(after_provider(spec));
  UsdtSpec result;
  if (parts.size() > 3 || parts.back().text.empty()) return std::nullopt;
  result.name = parts.back();
  if (parts.size() == 3) result.provider = parts[1];
  if (parts.size() > 1) result.file = parts[0];
  if (result.file.text.empty() && pids_.empty()) return std::nullopt;
  const bool may_be_provider = parts.size() == 2 && !pids_.empty() && parts[0].text.find('/') == std::string::npos;
  if (!may_be_provider) return result;
  const Result<std::vector<UserFile>> files = find_files(parts[0].text, pids_);
  if (files && !files->empty()) return result;
  result.provider = std::exchange(result.file, SpecPart{});
  return result;
}

TargetGroup Usdt::make_single(const ProbeSpec &spec, const ProgramFile &binary, const StaticProbe &probe,
                              const BodyUses &uses) const {
  const ElfFunction *function = uses.identity ? binary.elf->function_at(probe.address) : nullptr;
  TargetGroup group = {.span = spec.span, .provider = "usdt"};
  group.section = uprobe_section(by_uprobe, false);
  Target target = {.name = spec_of(binary, probe),
                   .function = function == nullptr ? "" : std::string(function->name),
                   .attach = binary.elf->path()};
  CodePlace place = {.offset = *binary.elf->code_offset(probe.address)};
  if (probe.semaphore != 0) place.semaphore = binary.elf->data_offset(probe.semaphore).value_or(0);
  target.places.push_back(place);
  group.targets.push_back(std::move(target));
  if (uses.fields.empty()) return group;
  const std::vector<UsdtArgument> arguments = arguments_of(binary, probe);
  for (size_t i = 0; i < arguments.size(); i++)
    if (arguments[i].access) group.fields.push_back({fmt::format("arg{}", i), arguments[i].type, *arguments[i].access});
  return group;
}

/// What there is instead of what was sought.
Error nothing_found(const UsdtSpec &usdt, const std::vector<ProgramFile *> &binaries) {
  std::vector<StaticProbe> all;
  for (const ProgramFile *binary : binaries) std::ranges::move(probes_of(*binary), std::back_inserter(all));
  const std::string sought = usdt.provider.text == "*" || usdt.provider.text.empty()
                                 ? usdt.name.text
                                 : fmt::format("{}:{}", usdt.provider.text, usdt.name.text);
  if (binaries.size() != 1)
    return {.what = fmt::format("none of {} files has a USDT probe `{}`", binaries.size(), sought)};
  const std::string &file = binaries[0]->name;
  if (all.empty())
    return {.what = fmt::format("`{}` has no USDT probes", file), .help = "its functions can be probed with `uprobe`"};
  std::vector<std::string_view> names;
  for (const StaticProbe &probe : all) names.push_back(probe.name);
  const auto near = did_you_mean(usdt.name.text, names);
  const bool is_other = near && *near != usdt.name.text;
  return {.what = fmt::format("`{}` has no USDT probe `{}`", file, sought),
          .help = is_other ? fmt::format("did you mean `{}`?", *near)
                           : fmt::format("to see them all: awl -l 'usdt:{}:*'", spec_quoted(file))};
}

std::vector<TargetGroup> Usdt::resolve(const ProbeSpec &spec, const BodyUses &uses, const ResolveOptions &options,
                                       Diagnostics &diagnostics, std::optional<Error> &refused) const {
  const std::optional<UsdtSpec> usdt = parse(spec);
  if (!usdt) {
    diagnostics.error(spec.span, "`{}` is not of the form `usdt:file:[provider:]name`", spec.text)
        .help("for example `usdt:libstdc++:throw`");
    return {};
  }
  const size_t mistakes = diagnostics.all().size();
  const std::vector<ProgramFile *> binaries = open_files(spec, usdt->file, pids_, binaries_, diagnostics);
  std::vector<TargetGroup> singles;
  for (const ProgramFile *binary : binaries) {
    const Result<std::vector<StaticProbe>> probes = binary->elf->static_probes();
    if (!probes && binaries.size() == 1)
      diagnostics.error(part_span(spec, usdt->file.written), "{}: {}", probes.error().what, probes.error().why);
    if (!probes) continue;
    for (const StaticProbe *probe : matching(*probes, *usdt))
      if (binary->elf->code_offset(probe->address)) singles.push_back(make_single(spec, *binary, *probe, uses));
  }
  if (singles.empty() && diagnostics.all().size() == mistakes) {
    const Error nothing = nothing_found(*usdt, binaries);
    auto draft = diagnostics.error(part_span(spec, usdt->name.written), "{}", nothing.what);
    if (!nothing.help.empty()) draft.help("{}", nothing.help);
  }
  if (singles.empty()) return {};
  return finish_groups(std::move(singles), uses, options.via, kernel_, *trials_, diagnostics, refused);
}

Result<std::vector<Listed>> Usdt::list(std::string_view glob, bool details) const {
  if (!asks_for(glob, "usdt")) return std::vector<Listed>{};
  const ProbeSpec spec = {.text = std::string(glob)};
  std::optional<UsdtSpec> usdt = parse(spec);
  if (!usdt) usdt = UsdtSpec{.file = spec_parts(after_provider(spec))[0], .name = {"*", {}}};
  const Result<std::vector<ProgramFile *>> binaries = open_files(usdt->file.text, pids_, binaries_);
  if (!binaries) return binaries.error();
  std::map<std::string, std::vector<std::string>> listed;
  for (const ProgramFile *binary : *binaries) {
    const std::vector<StaticProbe> probes = probes_of(*binary);
    for (const StaticProbe *probe : matching(probes, *usdt)) {
      const auto [place, is_new] = listed.try_emplace(spec_of(*binary, *probe));
      if (!is_new || !details) continue;
      const std::vector<UsdtArgument> arguments = arguments_of(*binary, *probe);
      for (size_t i = 0; i < arguments.size(); i++) place->second.push_back(argument_detail(i, arguments[i]));
    }
  }
  if (listed.empty()) return nothing_found(*usdt, *binaries);
  std::vector<Listed> lines;
  for (auto &[name, lines_of] : listed) lines.push_back({name, std::move(lines_of)});
  return lines;
}

}  // namespace

std::unique_ptr<Provider> make_usdt(const Kernel &kernel, const Traced &traced) {
  return std::make_unique<Usdt>(kernel, traced);
}

}  // namespace awl
