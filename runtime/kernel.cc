// SPDX-License-Identifier: GPL-2.0-only
// The kernel as a whole, and its processors; see kernel.h. What it knows from where lies in the kernel_*.cc files.
#include "runtime/kernel.h"

#include <unistd.h>

#include <charconv>

#include "runtime/kernel_state.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// No machine has more, and a list that says so is not believed.
constexpr int max_cpus = 1 << 16;

std::optional<int> parse_cpu(std::string_view text) {
  int cpu = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cpu);
  if (error != std::errc() || end != text.data() + text.size() || cpu < 0 || cpu >= max_cpus) return std::nullopt;
  return cpu;
}

}  // namespace

Kernel::Kernel(std::string root) : Kernel(std::move(root), real_trials()) {}

Kernel::Kernel(std::string root, std::unique_ptr<KernelTrials> trials) : state_(std::make_unique<State>()) {
  state_->root = std::move(root);
  state_->trials = std::move(trials);
}

Kernel::~Kernel() = default;

Kernel &this_kernel() {
  static Kernel kernel;
  return kernel;
}

std::vector<int> parse_cpu_list(std::string_view text) {
  std::vector<int> cpus;
  for (std::string_view range : split(trim(text), ',')) {
    const size_t dash = range.find('-');
    const std::optional<int> first = parse_cpu(range.substr(0, dash));
    const std::optional<int> last = dash == range.npos ? first : parse_cpu(range.substr(dash + 1));
    if (!first || !last || *last < *first) return {};
    for (int cpu = *first; cpu <= *last; cpu++) cpus.push_back(cpu);
  }
  return cpus;
}

std::vector<int> online_cpus() {
  std::vector<int> cpus = parse_cpu_list(read_file("/sys/devices/system/cpu/online").value_or(""));
  // Without /sys the numbers are not known; a machine that never unplugged a processor counts from 0.
  if (cpus.empty())
    for (int cpu = 0; cpu < static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)); cpu++) cpus.push_back(cpu);
  return cpus;
}

}  // namespace awl
