// SPDX-License-Identifier: GPL-2.0-only
// What the kernel can do, found out by doing it with programs that do nothing. Versions are never compared: features
// are back-ported, and kernels are built without them.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <fmt/format.h>

#include "runtime/kernel_state.h"
#include "src/base/fd.h"
#include "src/base/text.h"

namespace awl {
namespace {

// r0 = 0; exit
constexpr bpf_insn return_zero[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
                                    {.code = BPF_JMP | BPF_EXIT}};

/// A program of two instructions of the given type; -1 and errno when the kernel refuses it.
Fd load_empty(bpf_prog_type type, bpf_attach_type attach_type, uint32_t btf_id = 0, int btf_fd = 0) {
  bpf_prog_load_opts options = {.sz = sizeof(options), .expected_attach_type = attach_type, .attach_btf_id = btf_id};
  options.attach_btf_obj_fd = static_cast<uint32_t>(btf_fd);
  const int fd = bpf_prog_load(type, "awl_trial", "GPL", return_zero, std::size(return_zero), &options);
  return Fd(fd < 0 ? -1 : fd);
}

Error lacks(std::string what, std::string why) {
  return {.what = std::move(what), .why = std::move(why), .kind = ErrorKind::unsupported};
}

/// What the errno of a failed trial means. More privilege helps whoever has little; root is refused for good.
Error refused(const char *mechanism, int error_number) {
  const bool is_permission = error_number == EPERM || error_number == EACCES;
  if (!is_permission || ::geteuid() == 0)
    return lacks(fmt::format("cannot use {}", mechanism),
                 fmt::format("it refuses {} ({})", mechanism, errno_text(error_number)));
  return {.what = fmt::format("cannot use {}", mechanism),
          .why = "it takes root, or the capabilities CAP_BPF and CAP_PERFMON",
          .help = "run as root: sudo awl ...",
          .kind = ErrorKind::permission};
}

class RealTrials final : public KernelTrials {
 public:
  Status kprobes(uint32_t pmu_type) const override;
  Status kprobe_multi() const override;
  Status trampoline(uint32_t btf_id, std::string_view module, bool at_exit) const override;
  bool cookies() const override;
  bool raw_cookies() const override;
  Status event(uint32_t type, uint64_t config) const override;
};

/// Asks for a probe on a function that cannot exist: a kernel with kprobes gets as far as looking for it.
Status RealTrials::kprobes(uint32_t pmu_type) const {
  perf_event_attr attributes = {};
  attributes.size = sizeof(attributes);
  attributes.type = pmu_type;
  attributes.config1 = reinterpret_cast<uintptr_t>("awl_no_such_function");
  const Fd event(static_cast<int>(::syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC)));
  if (event || errno == ENOENT || errno == EADDRNOTAVAIL) return Done{};
  return refused("kprobes", errno);
}

/// Asks for a link with an address list that cannot be read: a kernel that knows these links tries to read it.
Status RealTrials::kprobe_multi() const {
  const Fd program = load_empty(BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI);
  bpf_link_create_opts options = {.sz = sizeof(options)};
  options.kprobe_multi.cnt = 1;
  options.kprobe_multi.addrs = reinterpret_cast<const unsigned long *>(uintptr_t(8));
  const int link = program ? bpf_link_create(program.get(), 0, BPF_TRACE_KPROBE_MULTI, &options) : -errno;
  if (link >= 0) ::close(link);
  if (link >= 0 || link == -EFAULT) return Done{};
  return refused("kprobe.multi", -link);
}

/// The BTF object of a module, by its name.
Fd module_btf(std::string_view module) {
  for (uint32_t id = 0; bpf_btf_get_next_id(id, &id) == 0;) {
    Fd fd(bpf_btf_get_fd_by_id(id));
    char name[64] = {};
    bpf_btf_info info = {.name = reinterpret_cast<uintptr_t>(name), .name_len = sizeof(name)};
    uint32_t size = sizeof(info);
    if (fd && bpf_btf_get_info_by_fd(fd.get(), &info, &size) == 0 && info.kernel_btf && module == name) return fd;
  }
  return Fd(-1);
}

Status RealTrials::trampoline(uint32_t btf_id, std::string_view module, bool at_exit) const {
  const Fd object = module.empty() ? Fd(-1) : module_btf(module);
  const Fd program = load_empty(BPF_PROG_TYPE_TRACING, at_exit ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY, btf_id,
                                std::max(0, object.get()));
  int error = program ? 0 : errno;
  if (program) {
    const Fd link(bpf_raw_tracepoint_open(nullptr, program.get()));
    error = link ? 0 : errno;
  }
  if (error != 0) return refused(at_exit ? "fexit" : "fentry", error);
  return Done{};
}

bool RealTrials::cookies() const {
  return libbpf_probe_bpf_helper(BPF_PROG_TYPE_TRACEPOINT, BPF_FUNC_get_attach_cookie, nullptr) > 0;
}

bool RealTrials::raw_cookies() const {
  return libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_FUNC_get_attach_cookie, nullptr) > 0;
}

Status RealTrials::event(uint32_t type, uint64_t config) const {
  perf_event_attr attributes = {};
  attributes.size = sizeof(attributes);
  attributes.type = type;
  attributes.config = config;
  attributes.disabled = 1;
  const int cpu = online_cpus().front();
  const Fd event(static_cast<int>(::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC)));
  if (!event) return refused("this event", errno);
  return Done{};
}

std::optional<uint32_t> kprobe_pmu(const std::string &root) {
  const std::optional<std::string> text = read_file(root + "/sys/bus/event_source/devices/kprobe/type");
  uint32_t type = 0;
  const std::string_view digits = trim(text ? std::string_view(*text) : std::string_view());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), type);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return type;
}

/// What debugfs tells of the preemption model: "none voluntary full (lazy)". Without it, a kernel that can be preempted
/// says so in its version, and whether it is set to be remains open.
bool is_preemptive(const std::string &root) {
  if (const auto modes = read_file(root + "/sys/kernel/debug/sched/preempt"))
    return modes->find("(full)") != modes->npos || modes->find("(lazy)") != modes->npos;
  return read_file(root + "/proc/version").value_or("").find(" PREEMPT") != std::string::npos;
}

/// Linux 7.0 began to run programs on raw tracepoints with preemption on (commit a46023d5616e, "Guard
/// __DECLARE_TRACE() use of __DO_TRACE_CALL() with SRCU-fast"). Nothing that can be tried shows it, so the version has
/// to do.
bool has_preemptible_tracepoints(const std::string &root) {
  constexpr int first_major = 7;
  const std::string release = read_file(root + "/proc/sys/kernel/osrelease").value_or("");
  int major = 0;
  std::from_chars(release.data(), release.data() + release.size(), major);
  return major >= first_major;
}

}  // namespace

std::unique_ptr<KernelTrials> real_trials() { return std::make_unique<RealTrials>(); }

Status Kernel::has_kprobes() const {
  if (state_->kprobes) return *state_->kprobes;
  const std::optional<uint32_t> type = kprobe_pmu(state_->root);
  if (type)
    state_->kprobes = state_->trials->kprobes(*type);
  else
    state_->kprobes = lacks("cannot use kprobes", "it has no kprobes (CONFIG_KPROBES is not set)");
  return *state_->kprobes;
}

Status Kernel::has_kprobe_multi() const {
  if (!state_->kprobe_multi) state_->kprobe_multi = state_->trials->kprobe_multi();
  return *state_->kprobe_multi;
}

Status Kernel::can_fentry(const KernelFunction &function, bool at_exit) const {
  const auto [place, is_new] = state_->trampolines.try_emplace({function.btf_id, function.module, at_exit}, Done{});
  if (is_new) place->second = state_->trials->trampoline(function.btf_id, function.module, at_exit);
  return place->second;
}

bool Kernel::has_raw_cookies() const {
  if (!state_->raw_cookies) state_->raw_cookies = state_->trials->raw_cookies();
  return *state_->raw_cookies;
}

Status Kernel::can_count(uint32_t type, uint64_t config) const {
  const Status tried = state_->trials->event(type, config);
  if (tried || tried.error().kind == ErrorKind::permission) return tried;
  // Another kernel would not help, so this is not `unsupported`.
  const std::string devices = state_->root + "/sys/bus/event_source/devices";
  const bool has_counters =
      ::access((devices + "/cpu").c_str(), F_OK) == 0 || ::access((devices + "/cpu_core").c_str(), F_OK) == 0;
  return Error{.what = tried.error().what,
               .why = has_counters ? "its processor does not count that"
                                   : "it has no hardware counters (most virtual machines have none)"};
}

bool Kernel::may_preempt() const {
  if (!state_->preempts) state_->preempts = is_preemptive(state_->root);
  return *state_->preempts;
}

bool Kernel::may_preempt_tracepoints() const {
  if (!state_->preempts_tracepoints)
    state_->preempts_tracepoints = has_preemptible_tracepoints(state_->root) && may_preempt();
  return *state_->preempts_tracepoints;
}

bool Kernel::has_cookies() const {
  if (!state_->cookies) state_->cookies = state_->trials->cookies();
  return *state_->cookies;
}

}  // namespace awl
