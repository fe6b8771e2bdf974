// SPDX-License-Identifier: GPL-2.0-only
// The list of providers. A new one is a file here, a declaration below and a line in providers.cc.
#pragma once
#include "lang/provider.h"
#include "runtime/kernel.h"

namespace awl {

/// All providers. `kernel` must outlive them. `pids`: the processes of -p, whose files probes on user programs go to.
Providers make_providers(const Kernel &kernel, const std::vector<int> &pids = {});

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
std::unique_ptr<Provider> make_uprobe(const Kernel &kernel, std::vector<int> pids);
std::unique_ptr<Provider> make_uretprobe(const Kernel &kernel, std::vector<int> pids);
std::unique_ptr<Provider> make_usdt(const Kernel &kernel, std::vector<int> pids);

}  // namespace awl
