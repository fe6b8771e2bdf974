// SPDX-License-Identifier: GPL-2.0-only
// Named phase timers: every phase of a run is one, `--stats` prints them.
#pragma once
#include <chrono>
#include <string>
#include <vector>

namespace awl {

class Timers {
 public:
  struct Phase {
    std::string name;
    std::chrono::nanoseconds took;
  };
  /// Ends the phase before it (if one runs) and starts `name`.
  void phase(std::string name);
  /// Ends the running phase.
  void stop();
  /// One line a phase: "  parse          0.12 ms", and the sum.
  std::string render() const;
  const std::vector<Phase> &phases() const { return phases_; }

 private:
  using Clock = std::chrono::steady_clock;
  std::vector<Phase> phases_;
  std::string running_;
  Clock::time_point since_;
};

}  // namespace awl
