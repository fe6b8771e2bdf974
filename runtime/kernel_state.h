// SPDX-License-Identifier: GPL-2.0-only
// What a Kernel remembers. Seen only by the kernel_*.cc files, which share the work by source of knowledge: tracefs,
// the symbol table, BTF, trials.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/kernel.h"

namespace awl {

/// Names of what a directory holds, hidden files left out; none when it cannot be read.
std::vector<std::string> names_in(const std::string &path);

struct Kernel::State {
  std::string root;
  std::unique_ptr<KernelTrials> trials;

  std::optional<Result<std::string>> tracefs;

  std::string function_text;  // backs the names in `functions`
  std::optional<Result<std::vector<TraceableFunction>>> functions;
  std::optional<std::string> symbol_text;  // kallsyms
  std::optional<std::set<std::string, std::less<>>> blacklist;

  bool btf_tried = false;
  btf *kernel_btf = nullptr;
  using FunctionIds = std::unordered_map<std::string_view, uint32_t>;
  FunctionIds function_ids;
  struct ModuleBtf {
    btf *types = nullptr;
    FunctionIds ids;
  };
  std::map<std::string, ModuleBtf, std::less<>> modules;

  std::optional<std::vector<RawTracepoint>> raw_tracepoints;

  std::optional<Status> kprobes, kprobe_multi;
  std::optional<bool> cookies, raw_cookies, preempts, preempts_tracepoints;
  std::map<std::tuple<uint32_t, std::string, bool>, Status> trampolines;  // by BTF id, module and at_exit

  ~State();
};

}  // namespace awl
