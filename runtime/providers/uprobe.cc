// SPDX-License-Identifier: GPL-2.0-only
// uprobe and uretprobe: entry and return of functions of user programs and libraries, and single instructions.
//
// Functions of Go are different. Their stacks move when they grow, so a return probe, which replaces the return
// address on the stack, would crash the program; probes go to the return instructions instead. And they begin anew
// after their stack has grown, so a probe at entry goes behind that check, where it counts each call once.
#include <fmt/format.h>

#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "runtime/providers/user_attach.h"
#include "runtime/providers/user_functions.h"
#include "runtime/providers/user_groups.h"
#include "src/base/text.h"

namespace awl {
namespace {

class Uprobe final : public Provider {
 public:
  Uprobe(const Kernel &kernel, Traced traced, bool at_exit, ProgramFiles &binaries,
         std::unique_ptr<ProgramFiles> own = nullptr)
      : kernel_(kernel),
        pids_(std::move(traced.pids)),
        follow_(traced.follow),
        at_exit_(at_exit),
        trials_(real_uprobe_trials()),
        own_(std::move(own)),
        binaries_(binaries) {}
  ProviderDoc doc() const override;
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override;
  Result<Attachments> attach(bpf_program *program, const TargetGroup &group) const override {
    return attach_user(program, group, {pids_, follow_}, *trials_);
  }
  Result<std::vector<Listed>> list(std::string_view glob, bool details) const override;
  const CTypes *types() const override { return &binaries_; }

 private:
  UserForm form() const { return {name(), at_exit_, !pids_.empty()}; }
  std::string_view name() const { return at_exit_ ? "uretprobe" : "uprobe"; }
  TargetGroup make_single(const ProbeSpec &, const ProgramFile &, std::string label, std::string function) const;
  bool add_places(TargetGroup &, const ProgramFile &, const std::vector<uint64_t> &addresses) const;
  Result<TargetGroup> on_function(const ProbeSpec &, const ProgramFile &, const NamedFunction &,
                                  const BodyUses &) const;
  void on_functions(const ProbeSpec &, const UserSpec &, const ProgramFile &, const BodyUses &, Diagnostics &,
                    std::vector<TargetGroup> &) const;
  void on_inlined(const ProbeSpec &, const UserSpec &, const ProgramFile &, std::vector<TargetGroup> &) const;
  void on_offset(const ProbeSpec &, const UserSpec &, const ProgramFile &, Diagnostics &,
                 std::vector<TargetGroup> &) const;
  void on_address(const ProbeSpec &, const UserSpec &, const ProgramFile &, const BodyUses &, Diagnostics &,
                  std::vector<TargetGroup> &) const;
  void on_line(const ProbeSpec &, const UserSpec &, const ProgramFile &, Diagnostics &,
               std::vector<TargetGroup> &) const;
  void report_none(const ProbeSpec &, const UserSpec &, const std::vector<ProgramFile *> &, Diagnostics &) const;

  const Kernel &kernel_;
  std::vector<int> pids_;
  bool follow_;
  bool at_exit_;
  std::unique_ptr<UprobeTrials> trials_;
  std::unique_ptr<ProgramFiles> own_;
  ProgramFiles &binaries_;
};

ProviderDoc Uprobe::doc() const {
  if (at_exit_)
    return {.name = "uretprobe",
            .aliases = {"ur"},
            .form = "uretprobe:file:function",
            .summary = "return of a function of a program or library; retval is its result",
            .example = "uretprobe:libc:malloc / retval == 0 / { @failed[comm] = count(); }"};
  return {.name = "uprobe",
          .aliases = {"u"},
          .form = "uprobe:file:function[+offset]",
          .summary = "function of a program or library, or all that match a glob; arg0 ... are its arguments, args.name "
                     "and args.name->member where there is debug information",
          .example = "uprobe:libc:malloc { @bytes[comm] = quantize(arg0); }"};
}

std::string file_label(const ProgramFile &binary) { return spec_quoted(binary.name); }

void report(const ProbeSpec &spec, std::string_view part, const Error &error, Diagnostics &diagnostics) {
  const std::string why = error.why.empty() ? "" : ": " + error.why;
  auto draft = diagnostics.error(part_span(spec, part), "{}{}", error.what, why);
  if (!error.help.empty()) draft.help("{}", error.help);
}

TargetGroup Uprobe::make_single(const ProbeSpec &spec, const ProgramFile &binary, std::string label,
                                std::string function) const {
  TargetGroup group = {.span = spec.span, .provider = std::string(name())};
  group.targets.push_back({.name = fmt::format("{}:{}{}", name(), file_label(binary), label),
                           .function = std::move(function),
                           .attach = binary.elf->path()});
  return group;
}

bool Uprobe::add_places(TargetGroup &group, const ProgramFile &binary, const std::vector<uint64_t> &addresses) const {
  for (const uint64_t address : addresses)
    if (const std::optional<uint64_t> offset = binary.elf->code_offset(address))
      group.targets[0].places.push_back({*offset});
  return !group.targets[0].places.empty();
}

Result<TargetGroup> Uprobe::on_function(const ProbeSpec &spec, const ProgramFile &binary, const NamedFunction &named,
                                        const BodyUses &uses) const {
  const ElfFunction &function = *named.function;
  TargetGroup group = make_single(spec, binary, ":" + named.spec(), named.label);
  Result<std::vector<uint64_t>> addresses =
      at_exit_ ? return_addresses(binary, function) : entry_addresses(binary, function);
  if (!addresses) return addresses.error();
  // Sections are completed when the mechanism is known; the difference matters already.
  const bool by_return_probe = at_exit_ && addresses->empty();
  group.section = uprobe_section(by_uprobe, by_return_probe);
  add_places(group, binary, by_return_probe ? std::vector<uint64_t>{function.address} : *addresses);
  std::optional<FunctionSignature> signature;
  if (!uses.fields.empty()) signature = binary.debug->signature(function);
  group.fields = function_fields(binary, function, at_exit_, signature ? &*signature : nullptr);
  return group;
}

void Uprobe::on_functions(const ProbeSpec &spec, const UserSpec &user, const ProgramFile &binary, const BodyUses &uses,
                          Diagnostics &diagnostics, std::vector<TargetGroup> &singles) const {
  const std::vector<NamedFunction> functions = matching_functions(binary, user);
  if (functions.empty()) on_inlined(spec, user, binary, singles);
  std::optional<Error> first_error;
  const size_t before = singles.size();
  for (const NamedFunction &named : functions) {
    if (named.function->is_indirect) {
      first_error =
          Error{.what = fmt::format("`{}` only chooses an implementation when the program starts", named.label),
                .help = fmt::format("to see the implementations: awl -l '{}:{}:*{}*'", name(), file_label(binary),
                                    named.label)};
      continue;
    }
    Result<TargetGroup> group = on_function(spec, binary, named, uses);
    if (group)
      singles.push_back(std::move(*group));
    else if (!first_error)
      first_error = group.error();
  }
  if (singles.size() == before && first_error) report(spec, user.function.written, *first_error, diagnostics);
}

/// A function of which only copies are left, in the functions that called it.
void Uprobe::on_inlined(const ProbeSpec &spec, const UserSpec &user, const ProgramFile &binary,
                        std::vector<TargetGroup> &singles) const {
  const std::string &name = user.function.text;
  if (at_exit_ || user.is_demangled || is_glob(name)) return;
  for (const InlinedCall &call : binary.debug->inlined_calls(name)) {
    TargetGroup group = make_single(spec, binary, ":" + spec_quoted(name), name);
    group.section = uprobe_section(by_uprobe, false);
    group.fields = inlined_fields(call.signature);
    if (add_places(group, binary, {call.address})) singles.push_back(std::move(group));
  }
}

void Uprobe::on_offset(const ProbeSpec &spec, const UserSpec &user, const ProgramFile &binary, Diagnostics &diagnostics,
                       std::vector<TargetGroup> &singles) const {
  for (const NamedFunction &named : matching_functions(binary, user)) {
    const ElfFunction &function = *named.function;
    if (function.size > 0 && user.offset >= function.size) {
      diagnostics.error(part_span(spec, user.function.written), "`{}` has {} bytes, and {} is outside of it",
                        named.label, function.size, user.offset);
      return;
    }
    const uint64_t address = function.address + user.offset;
    if (const Status status = check_address(binary, address); !status)
      return report(spec, user.function.written, status.error(), diagnostics);
    TargetGroup group = make_single(spec, binary, fmt::format(":{}+{}", named.spec(), user.offset), named.label);
    group.section = uprobe_section(by_uprobe, false);
    group.fields = instruction_fields();
    if (add_places(group, binary, {address})) singles.push_back(std::move(group));
  }
}

void Uprobe::on_address(const ProbeSpec &spec, const UserSpec &user, const ProgramFile &binary, const BodyUses &uses,
                        Diagnostics &diagnostics, std::vector<TargetGroup> &singles) const {
  const ElfFunction *function = binary.elf->function_at(*user.address);
  Status status = check_address(binary, *user.address);
  if (status && at_exit_ && function != nullptr && function->address != *user.address)
    status = Error{.what = fmt::format("0x{:x} is not the begin of `{}`", *user.address, function->name),
                   .help = fmt::format("`{}:{}:{}`", name(), file_label(binary), function->name)};
  if (!status) return report(spec, user.function.written, status.error(), diagnostics);
  const std::string label = fmt::format(":0x{:x}", *user.address);
  TargetGroup group = make_single(spec, binary, label, function == nullptr ? "" : std::string(function->name));
  group.section = uprobe_section(by_uprobe, at_exit_);
  group.fields = instruction_fields();
  if (function != nullptr && function->address == *user.address) {
    Result<TargetGroup> whole = on_function(spec, binary, {function, std::string(function->name)}, uses);
    if (!whole) return report(spec, user.function.written, whole.error(), diagnostics);
    whole->targets[0].name = group.targets[0].name;
    group = std::move(*whole);
  } else if (at_exit_) {
    group.fields = {{"retval", s64_type, register_access({Register::ax})}};
  }
  if (group.targets[0].places.empty()) add_places(group, binary, {*user.address});
  singles.push_back(std::move(group));
}

void Uprobe::on_line(const ProbeSpec &spec, const UserSpec &user, const ProgramFile &binary, Diagnostics &diagnostics,
                     std::vector<TargetGroup> &singles) const {
  const auto at = part_span(spec, user.source.written);
  if (!binary.debug->exists()) {
    diagnostics.error(at, "`{}` has no debug information, and lines need it", binary.name)
        .help("compile it with `-g`, or install its package of debug symbols");
    return;
  }
  const LineSearch found = binary.debug->find_line(user.source.text, user.line);
  if (found.places.empty()) {
    auto draft = found.has_file
                     ? diagnostics.error(at, "no code belongs to line {} of `{}`", user.line, user.source.text)
                     : diagnostics.error(at, "`{}` has no source file `{}`", binary.name, user.source.text);
    if (found.next_line) draft.help("the next line with code is {}", *found.next_line);
    return;
  }
  for (const LinePlace &place : found.places) {
    TargetGroup group = make_single(spec, binary, fmt::format("@{}:{}", user.source.text, user.line), place.function);
    group.section = uprobe_section(by_uprobe, false);
    group.fields = instruction_fields();
    if (add_places(group, binary, {place.address})) singles.push_back(std::move(group));
  }
}

void Uprobe::report_none(const ProbeSpec &spec, const UserSpec &user, const std::vector<ProgramFile *> &binaries,
                         Diagnostics &diagnostics) const {
  const std::string_view function = user.function.text;
  const Span at = part_span(spec, user.function.written);
  if (binaries.size() != 1) {
    diagnostics.error(at, "none of {} files has a function `{}`", binaries.size(), function);
    return;
  }
  const ProgramFile &binary = *binaries[0];
  if (binary.elf->functions().empty()) {
    diagnostics.error(at, "`{}` has no function `{}`: it has no symbols at all", binary.name, function)
        .help("a copy that is not stripped, its debug symbols, or an address: `{}:{}:0x...`", name(),
              file_label(binary));
    return;
  }
  if (is_glob(function) && !user.is_demangled) {
    diagnostics.error(at, "no function of `{}` matches `{}`", binary.name, function)
        .help("to see them all: awl -l '{}:{}:*'", name(), file_label(binary));
    return;
  }
  auto draft = diagnostics.error(at, "`{}` has no function `{}`", binary.name, function);
  if (const std::optional<std::string> near = nearest_function(binary, user)) draft.help("did you mean `{}`?", *near);
}

std::vector<TargetGroup> Uprobe::resolve(const ProbeSpec &spec, const BodyUses &uses, const ResolveOptions &options,
                                         Diagnostics &diagnostics, std::optional<Error> &refused) const {
  const std::optional<UserSpec> user = parse_user_spec(spec, form(), diagnostics);
  if (!user) return {};
  const size_t mistakes = diagnostics.all().size();
  const std::vector<ProgramFile *> binaries = open_files(spec, user->file, pids_, binaries_, diagnostics);
  std::vector<TargetGroup> singles;
  for (const ProgramFile *binary : binaries) {
    if (user->line > 0)
      on_line(spec, *user, *binary, diagnostics, singles);
    else if (user->address)
      on_address(spec, *user, *binary, uses, diagnostics, singles);
    else if (user->offset > 0)
      on_offset(spec, *user, *binary, diagnostics, singles);
    else
      on_functions(spec, *user, *binary, uses, diagnostics, singles);
  }
  if (singles.empty() && diagnostics.all().size() == mistakes) report_none(spec, *user, binaries, diagnostics);
  if (singles.empty()) return {};
  return finish_groups(std::move(singles), uses, options.via, kernel_, *trials_, diagnostics, refused);
}

Result<std::vector<Listed>> Uprobe::list(std::string_view glob, bool details) const {
  if (!asks_for(glob, name())) return std::vector<Listed>{};
  Diagnostics diagnostics;
  const ProbeSpec spec = {.text = std::string(glob)};
  std::optional<UserSpec> user = parse_user_spec(spec, form(), diagnostics);
  if (!user) user = UserSpec{.file = spec_parts(after_provider(spec))[0], .function = {"*", "*"}};
  const Result<std::vector<ProgramFile *>> binaries = open_files(user->file.text, pids_, binaries_);
  if (!binaries) return binaries.error();
  std::vector<Listed> listed;
  for (const ProgramFile *binary : *binaries) {
    for (const NamedFunction &named : matching_functions(*binary, *user)) {
      if (named.function->is_indirect) continue;
      Listed one = {.name = fmt::format("{}:{}:{}", name(), file_label(*binary), named.spec())};
      const auto signature = details ? binary->debug->signature(*named.function) : std::nullopt;
      if (signature) one.details = signature_details(*signature);
      listed.push_back(std::move(one));
    }
  }
  if (listed.empty() && binaries->size() == 1) {
    const auto near = nearest_function(*(*binaries)[0], *user);
    return Error{.what = fmt::format("no probe matches `{}`", glob),
                 .help = near ? fmt::format("did you mean `{}:{}:{}`?", name(), file_label(*(*binaries)[0]), *near)
                              : fmt::format("to see them all: awl -l '{}:{}:*'", name(), file_label(*(*binaries)[0]))};
  }
  return listed;
}

}  // namespace

void add_user_functions(Providers &providers, const Kernel &kernel, const Traced &traced) {
  auto own = std::make_unique<ProgramFiles>();
  ProgramFiles &binaries = *own;
  providers.push_back(std::make_unique<Uprobe>(kernel, traced, false, binaries, std::move(own)));
  providers.push_back(std::make_unique<Uprobe>(kernel, traced, true, binaries));
}

}  // namespace awl
