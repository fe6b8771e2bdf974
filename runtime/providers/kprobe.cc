// SPDX-License-Identifier: GPL-2.0-only
// kprobe and kretprobe: entry and return of kernel functions, and single instructions. What the user writes is not
// how it is attached; the cheapest mechanism that still has what the body uses is taken:
//
//   fentry, fexit   one function that BTF describes, on a kernel that has trampolines
//   kprobe.multi    a pattern: one program and one link for all its functions
//   kprobe          everything else: one perf event for each function
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include "runtime/providers/attach_most.h"
#include "runtime/providers/functions.h"
#include "runtime/providers/groups.h"
#include "runtime/providers/links.h"
#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// Without kprobe.multi each function takes a perf event of its own, and milliseconds to attach and detach.
constexpr size_t max_single_events = 1024;

constexpr std::string_view by_multi = "kprobe.multi";

class Kprobe final : public Provider {
 public:
  Kprobe(const Kernel &kernel, FunctionProbe probe) : kernel_(kernel), probe_(probe) {}
  ProviderDoc doc() const override;
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override;
  Result<Attachments> attach(bpf_program *, const TargetGroup &) const override;
  Result<std::vector<Listed>> list(std::string_view glob, bool details) const override;

 private:
  std::string_view trampoline() const { return probe_.at_exit ? "fexit" : "fentry"; }
  bool allows(const ResolveOptions &, std::string_view mechanism) const;
  bool prefers_trampoline(const ResolveOptions &) const;
  bool is_repeated(std::string_view function) const;
  bool can_attach(std::span<const TraceableFunction> same_name) const;
  Result<std::vector<TraceableFunction>> find(const ProbeSpec &, const FunctionPattern &, Diagnostics &) const;
  Result<TargetGroup> on_trampoline(const ProbeSpec &, const FunctionPattern &, const BodyUses &) const;
  Result<std::string_view> choose_kprobe(const ResolveOptions &, const FunctionPattern &,
                                         const std::vector<TraceableFunction> &) const;
  std::vector<TargetGroup> on_kprobes(const ProbeSpec &, const FunctionPattern &,
                                      const std::vector<TraceableFunction> &, const BodyUses &,
                                      std::string_view mechanism, Diagnostics &) const;
  Error refusal(std::string_view name, const Error *no_trampoline, const Error *no_kprobe) const;
  Result<std::unique_ptr<Attachment>> attach_single(bpf_program *, const Target &, uint64_t cookie) const;
  Result<std::unique_ptr<Attachment>> attach_multi(bpf_program *, const TargetGroup &, size_t begin, size_t end) const;

  const Kernel &kernel_;
  FunctionProbe probe_;
};

ProviderDoc Kprobe::doc() const {
  if (probe_.at_exit)
    return {.name = probe_.name,
            .aliases = {"kr"},
            .form = "kretprobe:[module:]function, kretprobe:address",
            .summary = "return of a kernel function, or of all that match a glob; retval is its result",
            .example = "kretprobe:vfs_read { @bytes = quantize(retval); }"};
  return {.name = probe_.name,
          .aliases = {"k"},
          .form = "kprobe:[module:]function[+offset], kprobe:address",
          .summary = "entry of a kernel function, or of all that match a glob; arg0 ... arg5 are its arguments",
          .example = "kprobe:vfs_* { @[func] = count(); }"};
}

/// --via names one mechanism for the whole script; a name that means nothing here is for other probes.
bool Kprobe::allows(const ResolveOptions &options, std::string_view mechanism) const {
  const auto is_trampoline = [](std::string_view name) { return name == "fentry" || name == "fexit"; };
  const auto is_single = [](std::string_view name) { return name == "kprobe" || name == "kretprobe"; };
  const std::string_view via = options.via;
  if (!is_trampoline(via) && !is_single(via) && via != by_multi) return true;
  return via == mechanism || (is_trampoline(via) && is_trampoline(mechanism)) ||
         (is_single(via) && is_single(mechanism));
}

/// Whether a trampoline is the first choice for a single function. The kernel may preempt its program, and misses the
/// processor's hits until it goes on; kprobes cost more and miss none.
bool Kprobe::prefers_trampoline(const ResolveOptions &options) const {
  if (!allows(options, trampoline())) return false;
  const bool is_free = allows(options, probe_.name);
  return !is_free || !kernel_.may_preempt() || !kernel_.has_kprobes();
}

/// Whether several functions that can be traced have the name, and the kernel tells them apart by address.
bool Kprobe::is_repeated(std::string_view function) const {
  const Result<std::vector<TraceableFunction>> &all = kernel_.traceable_functions();
  if (!all) return false;
  const auto same = std::ranges::equal_range(*all, function, {}, &TraceableFunction::name);
  return same.size() > 1 && same.front().address != 0;
}

/// The functions that the spec means; a mistake is reported and gives none.
Result<std::vector<TraceableFunction>> Kprobe::find(const ProbeSpec &spec, const FunctionPattern &pattern,
                                                    Diagnostics &diagnostics) const {
  if (pattern.address != 0) return std::vector<TraceableFunction>{{pattern.function, {}}};
  std::vector<TraceableFunction> functions;
  // The list of functions takes long to read; for a single one BTF will do, and if that does not know it, it may be
  // one of several with the same name.
  const bool is_name = !pattern.has_glob() && pattern.module.empty();
  if (is_name && (pattern.offset > 0 || kernel_.function(pattern.function) || !is_repeated(pattern.function))) {
    if (kernel_.has_function(pattern.function)) functions.push_back({pattern.function, {}});
  } else {
    Result<std::vector<TraceableFunction>> matching = matching_functions(kernel_, pattern);
    if (!matching) return matching.error();
    functions = std::move(*matching);
  }
  if (functions.empty()) report_no_function(kernel_, spec, pattern, diagnostics);
  return functions;
}

/// One function by fentry or fexit, or why not.
Result<TargetGroup> Kprobe::on_trampoline(const ProbeSpec &spec, const FunctionPattern &pattern,
                                          const BodyUses &uses) const {
  const std::optional<KernelFunction> function = described_function(kernel_, pattern);
  const auto cannot = [&](std::string why) { return Error{.why = std::move(why), .help = "leave out `--via`"}; };
  if (uses.registers) return cannot("the script needs a kprobe's registers");
  if (!function || !fits_trampoline(*function)) return cannot(fmt::format("its BTF lacks what {} needs", trampoline()));
  TargetGroup group = {.span = spec.span, .provider = std::string(probe_.name), .mechanism = std::string(trampoline())};
  group.section = fmt::format("{}/{}", trampoline(), function->name);
  group.targets.push_back(function_target(probe_, pattern, pattern.function));
  group.fields = trampoline_fields(*function, probe_.at_exit, !probe_.at_exit, false);
  // What registers hold beyond the declared parameters, and what a void function leaves behind, only kprobes see.
  if (used_fields(group.fields, uses).size() < used_fields(register_fields(&*function, probe_.at_exit), uses).size())
    return cannot(fmt::format("the script uses more than {} has", trampoline()));
  const Status can = kernel_.can_fentry(*function, probe_.at_exit);
  if (!can) return can.error();
  return group;
}

/// "kprobe.multi" or "kprobe": what `functions` of them can be attached by.
Result<std::string_view> Kprobe::choose_kprobe(const ResolveOptions &options, const FunctionPattern &pattern,
                                               const std::vector<TraceableFunction> &functions) const {
  // kprobe.multi resolves plain names, so without addresses it could miss a module that was asked for; and it takes no
  // offsets.
  const bool has_addresses =
      std::ranges::none_of(functions, [](const TraceableFunction &function) { return function.address == 0; });
  const bool is_plain = (pattern.module.empty() || has_addresses) && pattern.offset == 0 && pattern.address == 0;
  const bool is_forced = !allows(options, probe_.name);
  if (is_forced && !is_plain)
    return Error{.why = "kprobe.multi takes functions without offset or module", .help = "leave out `--via`"};
  if (is_plain && allows(options, by_multi) && (functions.size() > 1 || is_forced || kernel_.may_preempt())) {
    const Status multi = kernel_.has_kprobe_multi();
    if (multi) return by_multi;
    if (is_forced) return multi.error();
  }
  const Status kprobes = kernel_.has_kprobes();
  if (!kprobes) return kprobes.error();
  return probe_.name;
}

/// A pointer's target tells the functions of a pattern apart where their programs need not differ.
void forget_pointees(std::vector<Field> &fields) {
  for (Field &field : fields)
    if (field.type.kind == Kind::pointer) field.type = pointer_type(AddressSpace::none, "");
}

std::vector<TargetGroup> Kprobe::on_kprobes(const ProbeSpec &spec, const FunctionPattern &pattern,
                                            const std::vector<TraceableFunction> &functions, const BodyUses &uses,
                                            std::string_view mechanism, Diagnostics &diagnostics) const {
  std::vector<TargetGroup> singles;
  for (size_t i = 0; i < functions.size(); i++) {
    const auto &[name, module, address] = functions[i];
    const bool is_one_of_several = (i > 0 && functions[i - 1].name == name) ||
                                   (i + 1 < functions.size() && functions[i + 1].name == name);
    TargetGroup group = {.span = spec.span, .provider = std::string(probe_.name), .mechanism = std::string(mechanism)};
    group.section = mechanism == by_multi ? fmt::format("{}.multi", probe_.name) : std::string(probe_.name);
    group.targets.push_back(function_target(probe_, pattern, name));
    if (mechanism == by_multi || is_one_of_several) group.targets.front().number = address;
    if (mechanism != by_multi && is_one_of_several) group.targets.front().attach.clear();
    const std::optional<KernelFunction> function =
        uses.fields.empty() || pattern.address != 0 ? std::nullopt : kernel_.module_function(module, name);
    group.fields = register_fields(function && pattern.offset == 0 ? &*function : nullptr, probe_.at_exit);
    if (functions.size() > 1) forget_pointees(group.fields);
    singles.push_back(std::move(group));
  }
  leave_out_incomplete(singles, uses, diagnostics);
  const bool asks_cookie = uses.identity && singles.size() > 1 && mechanism != by_multi;
  return merge_targets(std::move(singles), uses, !asks_cookie || kernel_.has_cookies());
}

/// Why neither way is open. A reason is null when that way was not tried.
Error Kprobe::refusal(std::string_view name, const Error *no_trampoline, const Error *no_kprobe) const {
  const std::string what = fmt::format("{}:{}", probe_.name, name);
  std::string why;
  for (const Error *reason : {no_kprobe, no_trampoline}) {
    if (reason == nullptr) continue;
    if (reason->kind == ErrorKind::permission) return cannot_trace(what, *reason);
    why += (why.empty() ? "" : " and ") + reason->why;
  }
  // Without kprobes another kernel is the way out, whatever kept the trampoline from it.
  const Error &decisive = no_kprobe ? *no_kprobe : *no_trampoline;
  return cannot_trace(what, {.why = why, .help = decisive.help, .kind = decisive.kind});
}

std::vector<TargetGroup> Kprobe::resolve(const ProbeSpec &spec, const BodyUses &uses, const ResolveOptions &options,
                                         Diagnostics &diagnostics, std::optional<Error> &refused) const {
  const std::optional<FunctionPattern> pattern = parse_function(spec, probe_, options, diagnostics);
  if (!pattern) return {};
  const Result<std::vector<TraceableFunction>> functions = find(spec, *pattern, diagnostics);
  if (!functions) refused = functions.error();
  if (!functions || functions->empty()) return {};
  std::optional<Error> no_trampoline;
  const bool is_single = !pattern->has_glob() && pattern->address == 0 && pattern->offset == 0;
  if (is_single && prefers_trampoline(options)) {
    const Result<TargetGroup> group = on_trampoline(spec, *pattern, uses);
    if (group) return {*group};
    no_trampoline = group.error();
  }
  const Error *reason = no_trampoline ? &*no_trampoline : nullptr;
  if (!allows(options, probe_.name) && !allows(options, by_multi)) {
    const Error needs_one = {.why = fmt::format("{} takes single functions without offset", trampoline()),
                             .help = "leave out `--via`"};
    refused = refusal(pattern->function, reason == nullptr ? &needs_one : reason, nullptr);
    return {};
  }
  const Result<std::string_view> mechanism = choose_kprobe(options, *pattern, *functions);
  if (!mechanism) {
    refused = refusal(pattern->function, reason, &mechanism.error());
    return {};
  }
  if (*mechanism != by_multi && functions->size() > max_single_events) {
    diagnostics
        .error(part_span(spec, after_provider(spec)),
               "`{}` matches {} functions, and this kernel takes at most {} at once", after_provider(spec),
               functions->size(), max_single_events)
        .help("a narrower pattern");
    return {};
  }
  return on_kprobes(spec, *pattern, *functions, uses, *mechanism, diagnostics);
}

Result<std::unique_ptr<Attachment>> Kprobe::attach_single(bpf_program *program, const Target &target,
                                                          uint64_t cookie) const {
  bpf_kprobe_opts options = {
      .sz = sizeof(options), .bpf_cookie = cookie, .offset = target.number, .retprobe = probe_.at_exit};
  // Without a name the offset is an address.
  const char *name = target.attach.empty() ? nullptr : target.attach.c_str();
  bpf_link *link = bpf_program__attach_kprobe_opts(program, name, &options);
  const int error = errno;
  if (link != nullptr) return own_link(link, target.name, true);
  Error refused = attach_error(target.name, error);
  if (error == EILSEQ) refused.why = "no instruction starts at that offset";
  const std::string reason =
      refused.kind == ErrorKind::permission || target.number > 0 ? "" : kernel_.why_untraceable(target.function);
  if (!reason.empty()) refused.why = reason;
  return refused;
}

Result<std::unique_ptr<Attachment>> Kprobe::attach_multi(bpf_program *program, const TargetGroup &group, size_t begin,
                                                         size_t end) const {
  std::vector<const char *> names;
  std::vector<unsigned long> addresses;
  std::vector<__u64> cookies;
  for (size_t i = begin; i < end; i++) {
    const Target &target = group.targets[i];
    cookies.push_back(i);
    names.push_back(target.attach.c_str());
    if (target.number != 0) addresses.push_back(target.number);
  }
  bpf_kprobe_multi_opts options = {.sz = sizeof(options), .cnt = names.size(), .retprobe = probe_.at_exit};
  // The kernel has to look each name up among all its symbols; addresses spare it that.
  if (addresses.size() == names.size())
    options.addrs = addresses.data();
  else
    options.syms = names.data();
  if (group.identify == Identify::cookie) options.cookies = cookies.data();
  bpf_link *link = bpf_program__attach_kprobe_multi_opts(program, nullptr, &options);
  const int error = errno;
  std::string what = group.targets[begin].name;
  if (names.size() > 1) what += fmt::format(" and {} more", names.size() - 1);
  if (link != nullptr) return own_link(link, what, true);
  Error refused = attach_error(what, error);
  const std::string reason = names.size() > 1 ? "" : kernel_.why_untraceable(group.targets[begin].function);
  if (!reason.empty()) refused.why = reason;
  return refused;
}

Result<Attachments> Kprobe::attach(bpf_program *program, const TargetGroup &group) const {
  if (group.mechanism == trampoline())
    return own_only_link(bpf_program__attach_trace(program), group.targets.front().name, true);
  std::vector<size_t> places(group.targets.size());
  std::iota(places.begin(), places.end(), size_t{0});
  const bool is_multi = group.mechanism == by_multi;
  return attach_most(group.targets, places, is_multi ? places.size() : 1, [&](size_t begin, size_t end) {
    const uint64_t cookie = group.identify == Identify::cookie ? begin : 0;
    return is_multi ? attach_multi(program, group, begin, end) : attach_single(program, group.targets[begin], cookie);
  });
}

/// A line of a listing is a probe that can be asked for: by trampoline, or where a kprobe may go and finds its place.
bool Kprobe::can_attach(std::span<const TraceableFunction> same_name) const {
  const TraceableFunction &first = same_name.front();
  if (kernel_.may_fentry(first.name)) return true;
  return (same_name.size() == 1 || first.address != 0) && !kernel_.is_blacklisted(first.name);
}

Result<std::vector<Listed>> Kprobe::list(std::string_view glob, bool details) const {
  std::vector<Listed> listed;
  // As many again as the entries, and nothing new: only those who ask for returns see them.
  if (!may_list(glob, probe_.name) || (probe_.at_exit && !asks_for(glob, probe_.name))) return listed;
  const Status kprobes = kernel_.has_kprobes();
  // Without permission to attach, the list is still of use.
  if (!kprobes && kprobes.error().kind == ErrorKind::unsupported) return refusal("*", nullptr, &kprobes.error());
  const Result<std::vector<TraceableFunction>> &functions = kernel_.traceable_functions();
  if (!functions) return functions.error();
  for (size_t i = 0, next = 0; i < functions->size(); i = next) {
    const TraceableFunction &function = (*functions)[i];
    for (next = i + 1; next < functions->size() && (*functions)[next].name == function.name;) next++;
    Listed one = {.name = fmt::format("{}:{}", probe_.name, function.name)};
    if (!glob_match(glob, one.name) || !can_attach(std::span(*functions).subspan(i, next - i))) continue;
    const std::optional<KernelFunction> known = details ? kernel_.function(function.name) : std::nullopt;
    if (known) one.details = function_details(*known);
    listed.push_back(std::move(one));
  }
  return listed;
}

}  // namespace

std::unique_ptr<Provider> make_kprobe(const Kernel &kernel) {
  return std::make_unique<Kprobe>(kernel, FunctionProbe{"kprobe", false});
}
std::unique_ptr<Provider> make_kretprobe(const Kernel &kernel) {
  return std::make_unique<Kprobe>(kernel, FunctionProbe{"kretprobe", true});
}

}  // namespace awl
