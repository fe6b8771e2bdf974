// SPDX-License-Identifier: GPL-2.0-only
// The kernel's description of its own types and functions. Parsing takes ten milliseconds or more, so it happens
// when the first question comes, and functions are indexed by name at once: libbpf's own look-up walks all types.
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "runtime/btf_types.h"
#include "runtime/kernel_state.h"

namespace awl {

Kernel::State::~State() { btf__free(kernel_btf); }

btf *Kernel::kernel_btf() const {
  if (state_->btf_tried) return state_->kernel_btf;
  state_->btf_tried = true;
  state_->kernel_btf = btf__parse_raw((state_->root + "/sys/kernel/btf/vmlinux").c_str());
  if (state_->kernel_btf == nullptr) return nullptr;
  const uint32_t types = btf__type_cnt(state_->kernel_btf);
  state_->function_ids.reserve(types / 2);
  for (uint32_t id = 1; id < types; id++) {
    const btf_type *type = btf__type_by_id(state_->kernel_btf, id);
    if (btf_is_func(type)) state_->function_ids.emplace(btf__name_by_offset(state_->kernel_btf, type->name_off), id);
  }
  return state_->kernel_btf;
}

std::optional<KernelFunction> Kernel::function(std::string_view name) const {
  if (kernel_btf() == nullptr) return std::nullopt;
  const auto found = state_->function_ids.find(name);
  if (found == state_->function_ids.end()) return std::nullopt;
  return btf_function(state_->kernel_btf, found->second);
}

}  // namespace awl
