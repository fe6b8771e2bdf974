// SPDX-License-Identifier: GPL-2.0-only
// What this kernel has: tracefs, BTF, features. Everything is looked up once, on first use, and features are tried,
// never guessed from a version. Readers take a root directory so that tests can feed them files of their own.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/type.h"
#include "src/base/result.h"

struct btf;

namespace awl {

/// A field of a tracepoint's format file.
struct TracepointField {
  std::string declaration;  // "const char * filename", as the file has it without offset and size
  std::string name;         // "filename"
  std::string c_type;       // "const char *"
  uint32_t offset = 0, size = 0;
  bool is_signed = false;
  bool is_array = false;          // char comm[16]
  bool is_data_location = false;  // __data_loc char[] name
  bool is_relative_location = false;
};

/// Parse a format file (/sys/kernel/tracing/events/SUBSYSTEM/EVENT/format). Errors name the line.
Result<std::vector<TracepointField>> parse_tracepoint_format(std::string_view text);

/// The type that a field has in the language (user pointers for system calls).
/// A string whose length only the event knows has size 0; a field that is no value of the language (an array of
/// numbers, a struct) has kind `unknown`.
Type tracepoint_field_type(const TracepointField &field, bool is_syscall);

/// A kernel function as BTF describes it.
struct KernelFunction {
  std::string name;
  std::string module = {};  // "": the kernel itself
  uint32_t btf_id = 0;
  /// A parameter that is no number (a struct by value) has a type of kind `record`, whose size is its bytes.
  std::vector<std::pair<std::string, Type>> parameters;
  Type result;  // none for void
  bool variadic = false;
  std::vector<std::string> declarations;  // of the parameters, in C: "struct file * file", "size_t count"
  std::string result_declaration;         // "ssize_t"
};

/// A function that kprobes may go to, and the module that it is in ("" for the kernel itself).
struct TraceableFunction {
  std::string_view name, module;
  uint64_t address = 0;  // of the place that tracing changes; 0 where the kernel does not tell
  auto operator<=>(const TraceableFunction &) const = default;
};

/// A tracepoint as programs see it before its arguments become a record, and the module that it is in ("": the kernel).
struct RawTracepoint {
  std::string name, module;
  auto operator<=>(const RawTracepoint &) const = default;
};

/// What the kernel is asked by trying. An interface, so that tests can play kernels that are not there.
class KernelTrials {
 public:
  virtual ~KernelTrials() = default;
  /// `pmu_type`: content of /sys/bus/event_source/devices/kprobe/type.
  virtual Status kprobes(uint32_t pmu_type) const = 0;
  virtual Status kprobe_multi() const = 0;
  /// Attach a tracing program that does nothing to the function with this BTF id, and take it away.
  virtual Status trampoline(uint32_t btf_id, std::string_view module, bool at_exit) const = 0;
  virtual bool cookies() const = 0;
  /// The same for programs on raw tracepoints.
  virtual bool raw_cookies() const = 0;
  /// Open a perf event of this kind on a processor and close it.
  virtual Status event(uint32_t type, uint64_t config) const = 0;
};
/// Those of the running kernel.
std::unique_ptr<KernelTrials> real_trials();

class Kernel {
 public:
  /// `root` is prepended to /sys and /proc paths; empty in real life.
  explicit Kernel(std::string root = {});
  Kernel(std::string root, std::unique_ptr<KernelTrials> trials);
  ~Kernel();
  Kernel(const Kernel &) = delete;
  Kernel &operator=(const Kernel &) = delete;

  /// The tracefs directory, or why it cannot be used (not mounted: with the mount command; no permission).
  const Result<std::string> &tracefs() const;
  /// All events as "subsystem:event", sorted. Uses available_events, or the directories when it is unreadable.
  Result<std::vector<std::string>> tracepoints() const;
  Result<std::vector<TracepointField>> tracepoint_fields(std::string_view subsystem, std::string_view event) const;
  Result<uint64_t> tracepoint_id(std::string_view subsystem, std::string_view event) const;

  /// All that BTF knows, sorted by name; none without BTF.
  const std::vector<RawTracepoint> &raw_tracepoints() const;
  /// The one of this name, in any module or in the one that is named; null when there is none.
  const RawTracepoint *raw_tracepoint(std::string_view name, std::string_view module) const;

  /// Functions that kprobes may go to: available_filter_functions, else kallsyms' text symbols less the blacklist.
  /// Sorted by name; several functions may have the same. Reading takes tens of milliseconds.
  const Result<std::vector<TraceableFunction>> &traceable_functions() const;
  /// Whether there is a function of this name at all, traceable or not (BTF, then kallsyms).
  bool has_function(std::string_view name) const;
  /// The module that has the only function of this name; empty when there is none, or it is the kernel's own.
  std::string module_of(std::string_view name) const;
  /// Where a symbol lies; nothing when there is none or the kernel hides its addresses.
  std::optional<uint64_t> symbol_address(std::string_view name) const;
  /// Why a kprobe on an existing function may be refused: "it is on the kernel's kprobe blacklist"; empty when
  /// nothing speaks against it.
  std::string why_untraceable(std::string_view name) const;
  /// Whether kprobes must not go there. What the kernel's code for tracing itself needs is on this list.
  bool is_blacklisted(std::string_view name) const;

  /// The kernel's BTF (loaded once), or null when the kernel has none.
  btf *kernel_btf() const;
  std::optional<KernelFunction> function(std::string_view name) const;
  /// Whether function() gives one that fits_trampoline(), without the cost of describing it: listings ask for all.
  bool may_fentry(std::string_view name) const;
  /// The same for a module that is loaded.
  std::optional<KernelFunction> module_function(std::string_view module, std::string_view name) const;

  /// Tried, each once: whether the kernel takes it. The text says why not.
  Status has_kprobes() const;
  Status has_kprobe_multi() const;
  /// Tried with this very function: attach a program that does nothing, at entry or exit, and take it away.
  Status can_fentry(const KernelFunction &function, bool at_exit) const;
  bool has_cookies() const;
  bool has_raw_cookies() const;
  /// Whether the kernel may turn to another task in the middle of a program on a trampoline (fentry, fexit, BPF
  /// iterators). Until that program goes on, all other hits on its processor are missed; kprobes are safe from that.
  bool may_preempt() const;
  /// The same for programs on raw tracepoints; those on perf events of tracepoints are safe, but for the tracepoints
  /// of single system calls.
  bool may_preempt_tracepoints() const;
  /// Whether this machine counts such a hardware event (a perf_event_attr's type and config).
  Status can_count(uint32_t type, uint64_t config) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The kernel that awl runs on.
Kernel &this_kernel();

/// CPUs that are online, from /sys/devices/system/cpu/online.
std::vector<int> online_cpus();
/// "0-3,8" -> 0 1 2 3 8; empty when the text is no such list.
std::vector<int> parse_cpu_list(std::string_view text);

}  // namespace awl
