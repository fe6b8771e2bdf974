// SPDX-License-Identifier: GPL-2.0-only
// libbpf's links as Attachments; see links.h.
#include "runtime/providers/links.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

namespace awl {
namespace {

/// The kernel's bpf_link_info for links of kprobes, down to the count of missed hits, which came with 6.7. The
/// header that awl is built with may be older than the kernel that it runs on.
struct KprobeLinkInfo {
  uint32_t type, id, prog_id, padding;
  union {
    struct {
      uint64_t addrs;
      uint32_t count, flags;
      uint64_t missed, cookies;
    } kprobe_multi;
    struct {
      uint32_t type, padding;
      uint64_t func_name;
      uint32_t name_len, offset;
      uint64_t addr, missed, cookie;
    } perf_event;
  };
};
static_assert(offsetof(KprobeLinkInfo, kprobe_multi.missed) == 32);
static_assert(offsetof(KprobeLinkInfo, perf_event.missed) == 48);

// Names of the kernel's numbers, which are younger than some headers.
constexpr uint32_t link_type_perf_event = 7, link_type_kprobe_multi = 8;
constexpr uint32_t perf_event_kprobe = 3, perf_event_kretprobe = 4;

class LinkAttachment final : public Attachment {
 public:
  LinkAttachment(bpf_link *link, bool is_slow) : link_(link), is_slow_(is_slow) {}
  ~LinkAttachment() override { bpf_link__destroy(link_); }
  LinkAttachment(const LinkAttachment &) = delete;
  LinkAttachment &operator=(const LinkAttachment &) = delete;

  bool slow_to_close() const override { return is_slow_; }
  uint64_t missed() const override;
  int descriptor() const override { return bpf_link__fd(link_); }

 private:
  bpf_link *link_;
  bool is_slow_;
};

uint64_t LinkAttachment::missed() const {
  KprobeLinkInfo info = {};
  uint32_t size = sizeof(info);
  if (bpf_obj_get_info_by_fd(bpf_link__fd(link_), &info, &size) != 0) return 0;
  if (info.type == link_type_kprobe_multi) return info.kprobe_multi.missed;
  const bool is_kprobe = info.perf_event.type == perf_event_kprobe || info.perf_event.type == perf_event_kretprobe;
  return info.type == link_type_perf_event && is_kprobe ? info.perf_event.missed : 0;
}

}  // namespace

Error attach_error(std::string_view what, int error_number) {
  Error error = {.what = fmt::format("cannot attach `{}`", what), .why = errno_text(error_number)};
  if (error_number == EPERM || error_number == EACCES) {
    error.kind = ErrorKind::permission;
    if (::geteuid() != 0) error.help = "run as root: sudo awl ...";
  }
  if (error_number == EMFILE || error_number == ENFILE) error.help = "raise the limit of open files: ulimit -n 65536";
  return error;
}

Result<std::unique_ptr<Attachment>> own_link(bpf_link *link, std::string_view what, bool is_slow) {
  if (link == nullptr) return attach_error(what, errno);
  return std::unique_ptr<Attachment>(std::make_unique<LinkAttachment>(link, is_slow));
}

Result<Attachments> own_only_link(bpf_link *link, std::string_view what, bool is_slow) {
  Result<std::unique_ptr<Attachment>> attachment = own_link(link, what, is_slow);
  if (!attachment) return attachment.error();
  Attachments attachments;
  attachments.push_back(std::move(*attachment));
  return attachments;
}

Result<Attachments> attach_raw_tracepoints(bpf_program *program, const TargetGroup &group) {
  Attachments attachments;
  const bool is_typed = bpf_program__type(program) == BPF_PROG_TYPE_TRACING;
  for (size_t i = 0; i < group.targets.size(); i++) {
    const Target &target = group.targets[i];
    bpf_raw_tracepoint_opts options = {.sz = sizeof(options), .cookie = group.identify == Identify::cookie ? i : 0};
    bpf_link *link = is_typed ? bpf_program__attach_trace(program)
                              : bpf_program__attach_raw_tracepoint_opts(program, target.attach.c_str(), &options);
    const int error = errno;
    Result<std::unique_ptr<Attachment>> attachment = own_link(link, target.name, false);
    if (!attachment) {
      Error refused = attach_error(target.name, error);
      if (error == ENOENT) refused.why = "there is no such tracepoint";
      if (error == EINVAL) refused.why = "it has fewer arguments than the script uses";
      return refused;
    }
    attachments.push_back(std::move(*attachment));
  }
  return attachments;
}

}  // namespace awl
