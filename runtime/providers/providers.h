// SPDX-License-Identifier: GPL-2.0-only
// The list of providers. A new one is a file here, a declaration below and a line in providers.cc.
#pragma once
#include "lang/provider.h"
#include "runtime/kernel.h"

namespace awl {

struct Traced {
  std::vector<int> pids = {};
  bool follow = false;  // and all that they start
};

/// All providers. `kernel` must outlive them. `traced`: those of -p, whose files probes on user programs go to.
Providers make_providers(const Kernel &kernel, const Traced &traced = {});

std::unique_ptr<Provider> make_begin();
std::unique_ptr<Provider> make_end();
std::unique_ptr<Provider> make_interval();
std::unique_ptr<Provider> make_profile();
std::unique_ptr<Provider> make_software();
std::unique_ptr<Provider> make_hardware(const Kernel &kernel);
std::unique_ptr<Provider> make_watchpoint(const Kernel &kernel);
std::unique_ptr<Provider> make_iter(const Kernel &kernel);
std::unique_ptr<Provider> make_self();
std::unique_ptr<Provider> make_tracepoint(const Kernel &kernel);
std::unique_ptr<Provider> make_rawtracepoint(const Kernel &kernel);
std::unique_ptr<Provider> make_syscall(const Kernel &kernel);
std::unique_ptr<Provider> make_kprobe(const Kernel &kernel);
std::unique_ptr<Provider> make_kretprobe(const Kernel &kernel);
std::unique_ptr<Provider> make_fentry(const Kernel &kernel);
std::unique_ptr<Provider> make_fexit(const Kernel &kernel);
/// uprobe and uretprobe, which look at the same files: a type of a file is the same in both.
void add_user_functions(Providers &providers, const Kernel &kernel, const Traced &traced);
std::unique_ptr<Provider> make_usdt(const Kernel &kernel, const Traced &traced);

}  // namespace awl
