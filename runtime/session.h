// SPDX-License-Identifier: GPL-2.0-only
// One run of a compiled script: open, load, attach, poll, stop. Knows the manifest and the kernel; does not know
// the language. Everything it prints goes through a Sink.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lang/image.h"
#include "lang/provider.h"
#include "runtime/sinks/sink.h"
#include "src/base/result.h"
#include "src/base/source.h"

namespace awl {

struct SessionOptions {
  bool verbose = false;     // -v: the kernel's whole verifier log with a refusal
  bool measure = false;     // --stats: have the kernel count runs, and time them, which costs some
  uint64_t ring_bytes = 0;  // 0: choose from the free memory
  bool maps_by_name = false;  // at the end maps come by name, not in the order of the script
  bool debug_info = false;  // frames of user stacks with source lines and inlined calls
};

/// What became of one program and its probes.
struct ProgramStatistics {
  std::string probes;  // "kprobe:vfs_read and 12 more"
  std::string mechanism;
  uint64_t runs = 0, nanoseconds = 0, missed = 0;
};

class Session {
 public:
  /// `source` places faults and refusals in the script; it may be null for a precompiled image. All of them must
  /// outlive the session.
  static Result<std::unique_ptr<Session>> open(const ProgramImage &image, const Providers &providers,
                                               const SessionOptions &options, const Source *source);
  virtual ~Session() = default;

  /// Create the maps and give the programs to the kernel's verifier.
  virtual Status load() = 0;
  /// For a script compiled with `follow`, before attach(): look at these processes and all that they start.
  virtual Status follow(std::span<const int> pids) = 0;
  /// The process of -c, for `cpid`; before attach().
  virtual void set_child(int pid) = 0;
  /// Run `begin` blocks, then attach everything else. On an error nothing stays attached.
  virtual Status attach(Sink &sink) = 0;
  /// Handle what the rings hold; waits up to `timeout` for more. False once the script said exit().
  virtual bool poll(Sink &sink, std::chrono::milliseconds timeout) = 0;
  /// poll() wants to be called this often even when nothing comes; less than nothing: it need not be.
  virtual std::chrono::milliseconds patience() const = 0;
  /// A file descriptor that is readable when poll() would have work (for the caller's own poll loop).
  virtual int event_fd() const = 0;
  /// awl got one of signals_of(): run the `self` blocks for it.
  virtual void signalled(int number) = 0;
  /// Stop the probes, drain the rings, run `end` blocks, drain again, print all maps that are not empty, report
  /// losses as notes. Prints before it detaches, so that the result is there at once.
  virtual void finish(Sink &sink, bool print_maps) = 0;
  /// What a map of the manifest, by its index, has in it now.
  virtual Result<Snapshot> snapshot(size_t map) = 0;
  /// A sentence for each program to some of whose probes the kernel said no.
  virtual std::vector<std::string> left_out() const = 0;
  /// Probes that are attached, for the start line.
  virtual size_t probe_count() const = 0;
  /// The script has begin/end only: nothing to wait for.
  virtual bool has_live_probes() const = 0;
  /// What exit(n) gave, if the script said it.
  virtual std::optional<int> exit_code() const = 0;
  /// Losses and faults, valid after finish().
  virtual const std::vector<Note> &notes() const = 0;
  /// One row for each program, in the order of the script; counts are zero without `measure`.
  virtual std::vector<ProgramStatistics> statistics() const = 0;
  /// What remains attached is slow to close: a background process should do it (see Attachment::slow_to_close).
  virtual bool slow_to_close() const = 0;
};

/// Signals that the script has blocks for (`self:signal:SIGUSR1`).
std::vector<int> signals_of(const Manifest &manifest);

}  // namespace awl
