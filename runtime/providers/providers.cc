// SPDX-License-Identifier: GPL-2.0-only
// The list of providers, in the order of the manual.
#include "runtime/providers/providers.h"

namespace awl {

Providers make_providers(const Kernel &kernel, const Traced &traced) {
  Providers providers;
  providers.push_back(make_begin());
  providers.push_back(make_end());
  providers.push_back(make_tracepoint(kernel));
  providers.push_back(make_rawtracepoint(kernel));
  providers.push_back(make_syscall(kernel));
  providers.push_back(make_kprobe(kernel));
  providers.push_back(make_kretprobe(kernel));
  providers.push_back(make_fentry(kernel));
  providers.push_back(make_fexit(kernel));
  add_user_functions(providers, kernel, traced);
  providers.push_back(make_usdt(kernel, traced));
  providers.push_back(make_interval());
  providers.push_back(make_profile());
  providers.push_back(make_software());
  providers.push_back(make_hardware(kernel));
  providers.push_back(make_watchpoint(kernel));
  providers.push_back(make_iter(kernel));
  providers.push_back(make_self());
  return providers;
}

}  // namespace awl
