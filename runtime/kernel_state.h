// SPDX-License-Identifier: GPL-2.0-only
// What a Kernel remembers. Seen only by the kernel_*.cc files, which share the work by source of knowledge: tracefs,
// the symbol table, BTF, trials.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/kernel.h"

namespace awl {

struct Kernel::State {
  std::string root;
  std::unique_ptr<KernelTrials> trials;

  std::optional<Result<std::string>> tracefs;

  std::string function_text;  // backs the names in `functions`
  std::optional<Result<std::vector<TraceableFunction>>> functions;
  std::optional<std::string> symbol_text;  // kallsyms

  bool btf_tried = false;
  btf *kernel_btf = nullptr;
  std::unordered_map<std::string_view, uint32_t> function_ids;

  std::optional<Status> kprobes, kprobe_multi;
  std::optional<bool> cookies;
  std::map<std::pair<uint32_t, bool>, Status> trampolines;  // by BTF id and at_exit

  ~State();
};

}  // namespace awl
