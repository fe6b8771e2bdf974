// SPDX-License-Identifier: GPL-2.0-only
// Programs on perf events; see perf_event.h.
#include "runtime/providers/perf_event.h"

#include <bpf/libbpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/kernel.h"
#include "src/base/fd.h"

namespace awl {

perf_event_attr event_attributes(uint32_t type, uint64_t config, uint64_t period) {
  perf_event_attr attributes = {};
  attributes.size = sizeof(attributes);
  attributes.type = type;
  attributes.config = config;
  attributes.sample_period = period;
  return attributes;
}

Result<std::unique_ptr<Attachment>> attach_event(bpf_program *program, perf_event_attr attributes, int cpu,
                                                 std::string_view what) {
  Fd event(static_cast<int>(::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC)));
  if (!event) return attach_error(what, errno);
  bpf_link *link = bpf_program__attach_perf_event(program, event.get());
  if (link != nullptr) event.release();  // the link closes it
  return own_link(link, what, false);
}

Result<Attachments> attach_everywhere(bpf_program *program, const perf_event_attr &attributes, std::string_view what) {
  Attachments attachments;
  for (int cpu : online_cpus()) {
    Result<std::unique_ptr<Attachment>> event = attach_event(program, attributes, cpu, what);
    if (!event) return event.error();
    attachments.push_back(std::move(*event));
  }
  return attachments;
}

}  // namespace awl
