// SPDX-License-Identifier: GPL-2.0-only
// Text to ProgramImage: the phases in order. A pure function of the script, its parameters and what the providers
// say: no root, no kernel, no libbpf.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lang/checked.h"
#include "lang/ctypes.h"
#include "bpf_lib/awl_abi.h"
#include "lang/image.h"
#include "lang/parse.h"
#include "lang/provider.h"
#include "src/base/timer.h"

namespace awl {

struct CompileOptions {
  Parameters parameters;       // $1, $2 ...
  NamedParameters named;       // --name=value, for getopt()
  std::vector<int> pids;       // -p: only these processes; empty: all
  bool follow = false;         // --follow: a set of processes that the running programs keep up to date
  uint32_t max_strlen = 1024;  // bytes that str() reads at most, with the NUL
  std::string stack_mode = {}; // how kstack and ustack are shown that do not say it: "perf", "raw", "build_id"
  uint32_t most_frames = AWL_STACK_MOST;  // that the kernel walks over
  std::vector<std::pair<std::string, std::string>> environment;  // settings, which win over those of the script
  uint32_t map_capacity = 0;   // entries of a keyed map; 0: the default
  bool atomic_compare = true;  // the kernel has compare-and-exchange for BPF (5.12)
  /// ... and bpf_loop() (5.17); else the verifier walks through all rounds of a loop. Asked when there is a loop.
  std::function<bool()> loop_calls = [] { return true; };
  const CTypes *types = nullptr;  // the kernel's C types; null: none are known
  ResolveOptions resolve;
};

enum class Stage : uint8_t { none, tokens, ast, types, plan, ir, assembly, manifest, elf };

struct Compiled {
  ProgramImage image;
  std::string dump;  // text of the stage asked for
  std::optional<std::string> help;  // on the script's own parameters, when that was asked for; then nothing else is here
};

/// Compile; the text of imported files is added to `source`. Mistakes go to `diagnostics`, a kernel that cannot do it to `refused`. Empty when either happened.
/// With a `stage` the text of that stage is put into `dump` and later phases are not run.
std::optional<Compiled> compile(Source &source, const Providers &providers, const CompileOptions &options,
                                Stage stage, Diagnostics &diagnostics, std::optional<Error> &refused, Timers &timers);

}  // namespace awl
