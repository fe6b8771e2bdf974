// SPDX-License-Identifier: GPL-2.0-only
// What the kernel can do for probes on user programs, found out by trying. An interface, so that tests can play
// kernels that are not there.
#pragma once
#include <memory>

#include "src/base/result.h"

namespace awl {

class UprobeTrials {
 public:
  virtual ~UprobeTrials() = default;
  /// One perf event for each place.
  virtual Status single() const = 0;
  /// One link for many places of a file.
  virtual Status multi() const = 0;
  /// Whether such a link can be for one process. The first kernels that had them confused threads with processes.
  virtual bool multi_by_process() const = 0;
};

/// Those of the running kernel, each tried once.
std::unique_ptr<UprobeTrials> real_uprobe_trials();

}  // namespace awl
