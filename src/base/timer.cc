// SPDX-License-Identifier: GPL-2.0-only
// Phase timers; see timer.h.
#include "src/base/timer.h"

#include <fmt/format.h>

namespace awl {
namespace {

double milliseconds(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

}  // namespace

void Timers::phase(std::string name) {
  stop();
  running_ = std::move(name);
  since_ = Clock::now();
}

void Timers::stop() {
  if (running_.empty()) return;
  phases_.push_back({std::move(running_), std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - since_)});
  running_.clear();
}

//   parse          0.12 ms
//   total          0.12 ms
std::string Timers::render() const {
  std::string result;
  std::chrono::nanoseconds sum{0};
  for (const Phase &phase : phases_) {
    result += fmt::format("  {:<12} {:>6.2f} ms\n", phase.name, milliseconds(phase.took));
    sum += phase.took;
  }
  return result + fmt::format("  {:<12} {:>6.2f} ms\n", "total", milliseconds(sum));
}

}  // namespace awl
