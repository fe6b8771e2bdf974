// SPDX-License-Identifier: GPL-2.0-only
// Links for user probes; see user_attach.h.
#include "runtime/providers/user_attach.h"

#include <bpf/libbpf.h>

#include <cerrno>
#include <map>

#include <fmt/format.h>

namespace awl {
namespace {

/// All places of one file that a program goes to.
struct FilePlaces {
  std::string first;  // name of a target, for messages
  std::vector<unsigned long> offsets, semaphores;
  std::vector<__u64> cookies;
  bool has_semaphores = false;
};

std::map<std::string, FilePlaces> by_file(const TargetGroup &group) {
  std::map<std::string, FilePlaces> files;
  for (size_t i = 0; i < group.targets.size(); i++) {
    FilePlaces &file = files[group.targets[i].attach];
    if (file.first.empty()) file.first = group.targets[i].name;
    for (const CodePlace &place : group.targets[i].places) {
      file.offsets.push_back(place.offset);
      file.semaphores.push_back(place.semaphore);
      file.has_semaphores |= place.semaphore != 0;
      file.cookies.push_back(i);
    }
  }
  return files;
}

bool is_at_return(const TargetGroup &group) { return group.section.starts_with("uretprobe"); }
bool uses_cookies(const TargetGroup &group) { return group.identify == Identify::cookie; }

Result<std::unique_ptr<Attachment>> attach_multi(bpf_program *program, const TargetGroup &group,
                                                 const std::string &path, const FilePlaces &file, int pid) {
  bpf_uprobe_multi_opts options = {.sz = sizeof(options),
                                   .offsets = file.offsets.data(),
                                   .cnt = file.offsets.size(),
                                   .retprobe = is_at_return(group)};
  if (file.has_semaphores) options.ref_ctr_offsets = file.semaphores.data();
  if (uses_cookies(group)) options.cookies = file.cookies.data();
  bpf_link *link = bpf_program__attach_uprobe_multi(program, pid, path.c_str(), nullptr, &options);
  std::string what = file.first;
  if (file.offsets.size() > 1) what += fmt::format(" and {} more places", file.offsets.size() - 1);
  return own_link(link, what, false);
}

Result<std::unique_ptr<Attachment>> attach_single(bpf_program *program, const TargetGroup &group,
                                                  const std::string &path, const FilePlaces &file, size_t place,
                                                  int pid) {
  bpf_uprobe_opts options = {.sz = sizeof(options),
                             .ref_ctr_offset = file.semaphores[place],
                             .bpf_cookie = uses_cookies(group) ? file.cookies[place] : 0,
                             .retprobe = is_at_return(group)};
  bpf_link *link = bpf_program__attach_uprobe_opts(program, pid, path.c_str(), file.offsets[place], &options);
  const int error = errno;
  if (link != nullptr) return own_link(link, file.first, true);
  Error refused = attach_error(file.first, error);
  if (error == EOPNOTSUPP) refused.why = "the kernel cannot put a probe on that instruction";
  return refused;
}

/// What the kernel is told of processes: numbers for as many links, -1 for all.
std::vector<int> link_pids(const TargetGroup &group, const std::vector<int> &pids, const UprobeTrials &trials) {
  const bool is_multi = group.mechanism == by_uprobe_multi;
  // The perf events of two processes would both see the hits of either.
  const bool can_tell = is_multi ? trials.multi_by_process() : pids.size() == 1;
  return pids.empty() || !can_tell ? std::vector<int>{-1} : pids;
}

}  // namespace

Result<std::string_view> choose_uprobe(const UprobeTrials &trials, std::string_view via, size_t places) {
  const Status multi = via == by_uprobe ? Status(Error{}) : trials.multi();
  if (multi) return by_uprobe_multi;
  if (via == by_uprobe_multi || multi.error().kind == ErrorKind::permission) return multi.error();
  const Status single = trials.single();
  if (!single) return single.error();
  if (places > max_single_uprobes)
    return Error{.what = fmt::format("cannot attach to {} places", places),
                 .why = fmt::format("without uprobe.multi this kernel takes at most {} at once", max_single_uprobes),
                 .help = "a narrower pattern"};
  return by_uprobe;
}

std::string_view uprobe_section(std::string_view mechanism, bool at_return) {
  if (mechanism == by_uprobe_multi) return at_return ? "uretprobe.multi" : "uprobe.multi";
  return at_return ? "uretprobe" : "uprobe";
}

Result<Attachments> attach_user(bpf_program *program, const TargetGroup &group, const std::vector<int> &pids,
                                const UprobeTrials &trials) {
  Attachments attachments;
  for (const auto &[path, file] : by_file(group)) {
    for (const int pid : link_pids(group, pids, trials)) {
      const bool is_multi = group.mechanism == by_uprobe_multi;
      const size_t links = is_multi ? 1 : file.offsets.size();
      for (size_t i = 0; i < links; i++) {
        Result<std::unique_ptr<Attachment>> attachment = is_multi ? attach_multi(program, group, path, file, pid)
                                                                  : attach_single(program, group, path, file, i, pid);
        if (!attachment) return attachment.error();
        attachments.push_back(std::move(*attachment));
      }
    }
  }
  return attachments;
}

}  // namespace awl
