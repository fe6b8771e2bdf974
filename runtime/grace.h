// SPDX-License-Identifier: GPL-2.0-only
// Waiting until every BPF program that runs now has ended.
#pragma once
#include "src/base/fd.h"
#include "src/base/result.h"

namespace awl {

/// Our programs run inside RCU read sections, so what is needed is a synchronize_rcu() of the kernel's. bpf(2)
/// promises one to whoever replaces the inner map of a map of maps: a program must not be left with the old one.
/// That is the promise used here, with a map of maps that no program ever sees.
///
/// membarrier(MEMBARRIER_CMD_GLOBAL) is a synchronize_rcu(), too, but kernels with nohz_full CPUs refuse it, and a
/// machine with one CPU skips it. Sleepable programs would need more than either; awl has none.
class GracePeriod {
 public:
  Status wait();

 private:
  Status prepare();
  Fd inner_, outer_;
};

}  // namespace awl
