// SPDX-License-Identifier: GPL-2.0-only
// iter: a walk over all objects of a kind that the kernel has right now: tasks, open files, mappings, maps. The block
// runs once for each; there is nothing to wait for afterwards. The session walks; see runtime/walk.h.
#include <bpf/btf.h>
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

/// Iterators over the contents of one map or socket, which would have to be named.
constexpr std::string_view need_an_object[] = {"bpf_map_elem", "bpf_sk_storage_map", "sockmap"};

class Iter final : public Provider {
 public:
  explicit Iter(const Kernel &kernel) : kernel_(kernel) {}
  ProviderDoc doc() const override {
    return {.name = "iter",
            .aliases = {"it"},
            .form = "iter:kind",
            .summary =
                "runs once for each object of a kind that the kernel has now (task, task_file, task_vma, bpf_map, "
                "tcp ...), then the script ends",
            .example = "iter:task { @tasks = count(); }"};
  }
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override;
  Result<Attachments> attach(bpf_program *, const TargetGroup &) const override;
  Result<std::vector<Listed>> list(std::string_view glob, bool details) const override;

 private:
  std::vector<std::string> kinds() const;
  std::optional<KernelFunction> function_of(std::string_view kind) const;

  const Kernel &kernel_;
};

/// BTF has a struct bpf_iter__KIND for each.
std::vector<std::string> Iter::kinds() const {
  constexpr std::string_view prefix = "bpf_iter__";
  std::vector<std::string> kinds;
  const btf *types = kernel_.kernel_btf();
  for (uint32_t id = 1; types != nullptr && id < btf__type_cnt(types); id++) {
    const btf_type *type = btf__type_by_id(types, id);
    const std::string_view name = btf_is_struct(type) ? btf__name_by_offset(types, type->name_off) : "";
    if (!name.starts_with(prefix)) continue;
    const std::string_view kind = name.substr(prefix.size());
    const bool is_plain = std::ranges::find(need_an_object, kind) == std::end(need_an_object);
    if (is_plain && function_of(kind)) kinds.emplace_back(kind);
  }
  std::ranges::sort(kinds);
  return kinds;
}

/// The parameters of bpf_iter_KIND are what a program gets: what all kinds have (`meta`), then the object.
std::optional<KernelFunction> Iter::function_of(std::string_view kind) const {
  std::optional<KernelFunction> function = kernel_.function(fmt::format("bpf_iter_{}", kind));
  const bool is_iterator = function && function->parameters.size() > 1 && function->parameters[0].first == "meta";
  return is_iterator ? function : std::nullopt;
}

std::vector<TargetGroup> Iter::resolve(const ProbeSpec &spec, const BodyUses &, const ResolveOptions &,
                                       Diagnostics &diagnostics, std::optional<Error> &refused) const {
  const std::string_view kind = after_provider(spec);
  if (kernel_.kernel_btf() == nullptr) {
    refused = cannot_trace(spec.text, {.why = "it does not describe its types (CONFIG_DEBUG_INFO_BTF is not set)",
                                       .kind = ErrorKind::unsupported});
    return {};
  }
  const std::vector<std::string> all = kinds();
  if (std::ranges::find(all, kind) == all.end()) {
    const std::vector<std::string_view> names(all.begin(), all.end());
    Diagnostics::Draft draft =
        kind.empty() ? diagnostics.error(spec.span, "`{}` does not say what to walk over", spec.text)
                     : diagnostics.error(part_span(spec, kind), "the kernel has no iterator over `{}`", kind);
    if (const std::optional<std::string_view> near = did_you_mean(kind, names))
      draft.help("did you mean `iter:{}`?", *near);
    else
      draft.help("to see them all: awl -l 'iter:*'");
    return {};
  }
  TargetGroup group = {.span = spec.span, .provider = "iter", .mechanism = "iter"};
  group.section = fmt::format("iter/{}", kind);
  group.targets.push_back({.name = fmt::format("iter:{}", kind), .attach = std::string(kind)});
  // The kernel calls once more at the end, without an object.
  group.guard = LibraryCall{"awl_iter_guard", {}};
  group.filters_pids = false;
  group.fields = trampoline_fields(*function_of(kind), false, true, true);
  return {group};
}

Result<Attachments> Iter::attach(bpf_program *program, const TargetGroup &group) const {
  return own_only_link(bpf_program__attach_iter(program, nullptr), group.targets.front().name, false);
}

Result<std::vector<Listed>> Iter::list(std::string_view glob, bool details) const {
  std::vector<Listed> listed;
  if (!may_list(glob, "iter")) return listed;
  for (const std::string &kind : kinds()) {
    Listed entry = {.name = fmt::format("iter:{}", kind)};
    if (!glob_match(glob, entry.name)) continue;
    const std::optional<KernelFunction> function = details ? function_of(kind) : std::nullopt;
    for (size_t i = 1; function && i < function->declarations.size(); i++)
      entry.details.push_back("    " + function->declarations[i]);
    listed.push_back(std::move(entry));
  }
  return listed;
}

}  // namespace

std::unique_ptr<Provider> make_iter(const Kernel &kernel) { return std::make_unique<Iter>(kernel); }

}  // namespace awl
