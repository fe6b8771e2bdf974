// SPDX-License-Identifier: GPL-2.0-only
// Kernels that are not there: a root directory with the files that a kernel would show, and answers to trials.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/provider.h"
#include "runtime/kernel.h"

namespace awl::test {

/// A directory that goes when the test ends.
class FakeRoot {
 public:
  FakeRoot();
  ~FakeRoot();
  FakeRoot(const FakeRoot &) = delete;
  FakeRoot &operator=(const FakeRoot &) = delete;
  const std::string &path() const { return path_; }
  /// Write a file and the directories above it.
  void write(std::string_view file, std::string_view text) const;
  void make_directory(std::string_view directory) const;
  /// tracefs with sched_switch, sched_wakeup, two pairs of system calls, and one that no table of numbers knows.
  void add_tracefs() const;
  /// Six functions, one of them on the blacklist, one twice, one in a module.
  void add_functions() const;
  /// BTF that describes vfs_read, vfs_sync (void), printk (variadic) and take_pair (a struct by value), the raw
  /// tracepoints sched_switch (with its arguments), sched_wakeup and pelt_tp, the iterator task and struct point.
  void add_btf() const;
  void add_kprobe_pmu() const;

 private:
  std::string path_;
};

/// What the trials of this kernel say.
struct Abilities {
  Status kprobes = Done{}, kprobe_multi = Done{}, trampoline = Done{}, event = Done{};
  bool cookies = true, raw_cookies = true;
};
std::unique_ptr<KernelTrials> fake_trials(Abilities abilities);

inline Error unsupported(std::string why) { return {.why = std::move(why), .kind = ErrorKind::unsupported}; }
inline Error forbidden() {
  return {.why = "it takes root", .help = "run as root: sudo awl ...", .kind = ErrorKind::permission};
}

/// What became of a spec.
struct Resolved {
  std::vector<TargetGroup> groups;
  std::string diagnostics;
  std::optional<Error> refused;
};
Resolved resolve(const Provider &provider, std::string spec, BodyUses uses = {}, ResolveOptions options = {});

/// "kprobe:a kprobe:b"
std::string names_of(const TargetGroup &group);
const Field *field(const TargetGroup &group, std::string_view name);

/// Text that sched_switch's format file has in real life.
extern const std::string_view sched_switch_format;

/// While it lives, files are opened as a user who may do nothing; does nothing itself where the test is not run by
/// root, as such a user is what it is after.
class AsNobody {
 public:
  AsNobody();
  ~AsNobody();
  AsNobody(const AsNobody &) = delete;
  AsNobody &operator=(const AsNobody &) = delete;
};

}  // namespace awl::test
