// SPDX-License-Identifier: GPL-2.0-only
// Trials of uprobes with a program that does nothing; see uprobe_trials.h.
#include "runtime/uprobe_trials.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "src/base/fd.h"

namespace awl {
namespace {

/// BPF_TRACE_UPROBE_MULTI, which is younger than some headers.
constexpr auto trace_uprobe_multi = static_cast<bpf_attach_type>(48);

// r0 = 0; exit
constexpr bpf_insn return_zero[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
                                    {.code = BPF_JMP | BPF_EXIT}};

Error refused(std::string_view mechanism, int error) {
  const bool is_permission = error == EPERM || error == EACCES;
  Error refusal = {.what = fmt::format("cannot use {}", mechanism)};
  refusal.why = fmt::format("it refuses {} ({})", mechanism, errno_text(error));
  refusal.kind = ErrorKind::unsupported;
  if (is_permission && ::geteuid() != 0)
    refusal = {.what = refusal.what,
               .why = "it takes root, or the capabilities CAP_BPF and CAP_PERFMON",
               .help = "run as root: sudo awl ...",
               .kind = ErrorKind::permission};
  return refusal;
}

class RealUprobeTrials final : public UprobeTrials {
 public:
  Status single() const override;
  Status multi() const override;
  bool multi_by_process() const override;

 private:
  /// A link on the file `/`, which can hold no probe: the errno tells how far the kernel got.
  int try_multi(int pid) const;
  mutable std::optional<int> any_process_, no_process_;
};

Status RealUprobeTrials::single() const {
  if (::access("/sys/bus/event_source/devices/uprobe/type", F_OK) == 0) return Done{};
  return Error{.what = "cannot use uprobes",
               .why = "it has no uprobes (CONFIG_UPROBE_EVENTS is not set)",
               .kind = ErrorKind::unsupported};
}

int RealUprobeTrials::try_multi(int pid) const {
  bpf_prog_load_opts load = {.sz = sizeof(load), .expected_attach_type = trace_uprobe_multi};
  const int loaded =
      bpf_prog_load(BPF_PROG_TYPE_KPROBE, "awl_trial", "GPL", return_zero, std::size(return_zero), &load);
  const Fd program(loaded < 0 ? -1 : loaded);
  if (!program) return errno;
  const unsigned long offset = 0;
  bpf_link_create_opts options = {.sz = sizeof(options)};
  options.uprobe_multi.path = "/";
  options.uprobe_multi.offsets = &offset;
  options.uprobe_multi.cnt = 1;
  options.uprobe_multi.pid = static_cast<__u32>(pid);
  const int link = bpf_link_create(program.get(), 0, trace_uprobe_multi, &options);
  if (link >= 0) ::close(link);
  return link >= 0 ? 0 : -link;
}

Status RealUprobeTrials::multi() const {
  if (!any_process_) any_process_ = try_multi(0);
  // The file is no regular one: only a kernel that knows these links gets so far as to see that.
  if (*any_process_ == EBADF) return Done{};
  return refused("uprobe.multi", *any_process_);
}

bool RealUprobeTrials::multi_by_process() const {
  // The kernels that take processes for processes refuse a number that none can have.
  if (!no_process_) no_process_ = try_multi(-1);
  return *no_process_ == EINVAL;
}

}  // namespace

std::unique_ptr<UprobeTrials> real_uprobe_trials() { return std::make_unique<RealUprobeTrials>(); }

}  // namespace awl
