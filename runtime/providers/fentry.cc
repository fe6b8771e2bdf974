// SPDX-License-Identifier: GPL-2.0-only
// fentry and fexit: kernel functions by way of a trampoline. The cheapest probe on a function, with named and typed
// arguments, for whatever BTF describes. One program for each function.
#include <bpf/libbpf.h>

#include <algorithm>

#include <fmt/format.h>

#include "runtime/providers/functions.h"
#include "runtime/providers/links.h"
#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// A glob makes a program for each function; a thousand of them take the verifier seconds.
constexpr size_t max_functions = 1024;

class Trampoline final : public Provider {
 public:
  Trampoline(const Kernel &kernel, FunctionProbe probe) : kernel_(kernel), probe_(probe) {}
  ProviderDoc doc() const override;
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override;
  Result<Attachments> attach(bpf_program *, const TargetGroup &) const override;
  Result<std::vector<Listed>> list(std::string_view glob, bool details) const override;

 private:
  std::vector<KernelFunction> find(const ProbeSpec &, const FunctionPattern &, Diagnostics &,
                                   std::optional<Error> &) const;
  bool check_known(const ProbeSpec &, const FunctionPattern &, Diagnostics &) const;

  const Kernel &kernel_;
  FunctionProbe probe_;
};

ProviderDoc Trampoline::doc() const {
  if (probe_.at_exit)
    return {.name = probe_.name,
            .aliases = {"fr", "kretfunc"},
            .form = "fexit:[module:]function",
            .summary = "return of a kernel function, by trampoline; args.NAME and retval are typed",
            .example = "fexit:vfs_read { @bytes = quantize(retval); }"};
  return {.name = probe_.name,
          .aliases = {"f", "kfunc"},
          .form = "fentry:[module:]function",
          .summary = "entry of a kernel function, by trampoline; args.NAME are typed",
          .example = "fentry:vfs_read { @[args.count] = count(); }"};
}

/// BTF must know the one function that is named.
bool Trampoline::check_known(const ProbeSpec &spec, const FunctionPattern &pattern, Diagnostics &diagnostics) const {
  if (described_function(kernel_, pattern)) return true;
  if (!kernel_.has_function(pattern.function)) {
    report_no_function(kernel_, spec, pattern, diagnostics);
    return false;
  }
  diagnostics
      .error(part_span(spec, pattern.function), "the kernel's BTF does not describe `{}`, which {} needs",
             pattern.function, probe_.name)
      .help("try `{}:{}`", probe_.at_exit ? "kretprobe" : "kprobe", pattern.function);
  return false;
}

std::vector<KernelFunction> Trampoline::find(const ProbeSpec &spec, const FunctionPattern &pattern,
                                             Diagnostics &diagnostics, std::optional<Error> &refused) const {
  std::vector<KernelFunction> functions;
  if (!pattern.has_glob()) {
    if (check_known(spec, pattern, diagnostics)) functions.push_back(*described_function(kernel_, pattern));
    return functions;
  }
  Result<std::vector<TraceableFunction>> matching = matching_functions(kernel_, pattern);
  if (!matching) {
    refused = matching.error();
    return {};
  }
  keep_each_name_once(*matching);
  for (const TraceableFunction &name : *matching) {
    std::optional<KernelFunction> function = kernel_.module_function(name.module, name.name);
    if (function && fits_trampoline(*function)) functions.push_back(std::move(*function));
  }
  if (functions.empty()) report_no_function(kernel_, spec, pattern, diagnostics);
  if (functions.size() <= max_functions) return functions;
  diagnostics
      .error(part_span(spec, after_provider(spec)), "`{}` matches {} functions, and at most {} can be traced at once",
             after_provider(spec), functions.size(), max_functions)
      .help("`{}:` with the same pattern takes any number", probe_.at_exit ? "kretprobe" : "kprobe");
  return {};
}

std::vector<TargetGroup> Trampoline::resolve(const ProbeSpec &spec, const BodyUses &, const ResolveOptions &options,
                                             Diagnostics &diagnostics, std::optional<Error> &refused) const {
  const std::optional<FunctionPattern> pattern = parse_function(spec, probe_, options, diagnostics);
  if (!pattern) return {};
  if (kernel_.kernel_btf() == nullptr) {
    const std::string why = "it does not describe its functions (CONFIG_DEBUG_INFO_BTF is not set)";
    refused = cannot_trace(spec.text, {.why = why, .kind = ErrorKind::unsupported});
    return {};
  }
  const std::vector<KernelFunction> functions = find(spec, *pattern, diagnostics, refused);
  if (functions.empty()) return {};
  // One trial speaks for the kernel; what only a single function of many refuses, attaching it will tell.
  const Status can = kernel_.can_fentry(functions.front(), probe_.at_exit);
  if (!can) {
    const std::string name = fmt::format("{}:{}", probe_.name, functions.front().name);
    const std::string reason = kernel_.why_untraceable(functions.front().name);
    // What no kernel would take needs no other kernel.
    refused = reason.empty() || can.error().kind != ErrorKind::unsupported
                  ? cannot_trace(name, can.error())
                  : Error{.what = fmt::format("cannot trace {}", name), .why = reason};
    return {};
  }
  std::vector<TargetGroup> groups;
  for (const KernelFunction &function : functions) {
    TargetGroup group = {
        .span = spec.span, .provider = std::string(probe_.name), .mechanism = std::string(probe_.name)};
    group.section = fmt::format("{}/{}", probe_.name, function.name);
    group.targets.push_back(function_target(probe_, {.module = pattern->module}, function.name));
    group.fields = trampoline_fields(function, probe_.at_exit, true, true);
    groups.push_back(std::move(group));
  }
  return groups;
}

Result<Attachments> Trampoline::attach(bpf_program *program, const TargetGroup &group) const {
  return own_only_link(bpf_program__attach_trace(program), group.targets.front().name, true);
}

Result<std::vector<Listed>> Trampoline::list(std::string_view glob, bool details) const {
  std::vector<Listed> listed;
  // As many again as the entries, and nothing new: only those who ask for returns see them.
  if (!may_list(glob, probe_.name) || (probe_.at_exit && !asks_for(glob, probe_.name))) return listed;
  if (kernel_.kernel_btf() == nullptr) return listed;
  Result<std::vector<TraceableFunction>> all = matching_functions(kernel_, {.function = "*"});
  if (!all) return all.error();
  keep_each_name_once(*all);
  bool is_tried = false;
  for (const TraceableFunction &name : *all) {
    Listed entry = {.name = fmt::format("{}:{}", probe_.name, name.name)};
    if (!glob_match(glob, entry.name)) continue;
    if (!kernel_.may_fentry(name.name)) continue;
    const std::optional<KernelFunction> function =
        details || !is_tried ? kernel_.function(name.name) : std::optional<KernelFunction>();
    const Status can = is_tried ? Status(Done{}) : kernel_.can_fentry(*function, probe_.at_exit);
    if (!can && can.error().kind == ErrorKind::unsupported)
      return cannot_trace(fmt::format("{}:*", probe_.name), can.error());
    is_tried = true;
    if (details) entry.details = function_details(*function);
    listed.push_back(std::move(entry));
  }
  return listed;
}

}  // namespace

std::unique_ptr<Provider> make_fentry(const Kernel &kernel) {
  return std::make_unique<Trampoline>(kernel, FunctionProbe{"fentry", false});
}
std::unique_ptr<Provider> make_fexit(const Kernel &kernel) {
  return std::make_unique<Trampoline>(kernel, FunctionProbe{"fexit", true});
}

}  // namespace awl
