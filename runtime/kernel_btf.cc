// SPDX-License-Identifier: GPL-2.0-only
// The kernel's description of its own types and functions. Parsing takes ten milliseconds or more, so it happens
// when the first question comes, and functions are indexed by name at once: libbpf's own look-up walks all types.
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>

#include "runtime/btf_types.h"
#include "runtime/kernel_state.h"

namespace awl {

namespace {

/// The functions among the types from `first` on.
void index_functions(const btf *types, uint32_t first, std::unordered_map<std::string_view, uint32_t> &ids) {
  const uint32_t end = btf__type_cnt(types);
  ids.reserve((end - first) / 2);
  for (uint32_t id = first; id < end; id++) {
    const btf_type *type = btf__type_by_id(types, id);
    if (btf_is_func(type)) ids.emplace(btf__name_by_offset(types, type->name_off), id);
  }
}

}  // namespace

Kernel::State::~State() {
  for (auto &[name, module] : modules) btf__free(module.types);
  btf__free(kernel_btf);
}

btf *Kernel::kernel_btf() const {
  if (state_->btf_tried) return state_->kernel_btf;
  state_->btf_tried = true;
  state_->kernel_btf = btf__parse_raw((state_->root + "/sys/kernel/btf/vmlinux").c_str());
  if (state_->kernel_btf != nullptr) index_functions(state_->kernel_btf, 1, state_->function_ids);
  return state_->kernel_btf;
}

std::optional<KernelFunction> Kernel::function(std::string_view name) const {
  if (kernel_btf() == nullptr) return std::nullopt;
  const auto found = state_->function_ids.find(name);
  if (found == state_->function_ids.end()) return std::nullopt;
  return btf_function(state_->kernel_btf, found->second);
}

bool Kernel::may_fentry(std::string_view name) const {
  if (kernel_btf() == nullptr) return false;
  const auto found = state_->function_ids.find(name);
  return found != state_->function_ids.end() && btf_fits_trampoline(state_->kernel_btf, found->second);
}

std::optional<KernelFunction> Kernel::module_function(std::string_view module, std::string_view name) const {
  if (module.empty() || module == "vmlinux") return function(name);
  if (kernel_btf() == nullptr || module.find('/') != module.npos) return std::nullopt;
  auto known = state_->modules.find(module);
  if (known == state_->modules.end()) {
    State::ModuleBtf types;
    const std::string path = fmt::format("{}/sys/kernel/btf/{}", state_->root, module);
    types.types = btf__parse_raw_split(path.c_str(), state_->kernel_btf);
    if (types.types != nullptr) index_functions(types.types, btf__type_cnt(state_->kernel_btf), types.ids);
    known = state_->modules.emplace(module, std::move(types)).first;
  }
  const auto found = known->second.ids.find(name);
  if (found == known->second.ids.end()) return std::nullopt;
  KernelFunction function = btf_function(known->second.types, found->second);
  function.module = module;
  return function;
}

}  // namespace awl
