// SPDX-License-Identifier: GPL-2.0-only
// Links for user probes; see user_attach.h.
#include "runtime/providers/user_attach.h"

#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "runtime/providers/attach_most.h"

namespace awl {
namespace {

/// All places of one file that a program goes to.
struct FilePlaces {
  std::vector<size_t> targets;  // of each place
  std::vector<unsigned long> offsets, semaphores;
  std::vector<__u64> cookies;
  bool has_semaphores = false;
};

std::map<std::string, FilePlaces> by_file(const TargetGroup &group) {
  std::map<std::string, FilePlaces> files;
  for (size_t i = 0; i < group.targets.size(); i++) {
    FilePlaces &file = files[group.targets[i].attach];
    for (const CodePlace &place : group.targets[i].places) {
      file.offsets.push_back(place.offset);
      file.semaphores.push_back(place.semaphore);
      file.has_semaphores |= place.semaphore != 0;
      file.cookies.push_back(i);
      file.targets.push_back(i);
    }
  }
  return files;
}

bool is_at_return(const TargetGroup &group) { return group.section.starts_with("uretprobe"); }
bool uses_cookies(const TargetGroup &group) { return group.identify == Identify::cookie; }

/// Why the kernel refuses one place. ENOTSUPP is its own, and no header for programs has it.
Error refused_place(const std::string &name, int error_number) {
  constexpr int kernels_enotsupp = 524;
  Error error = attach_error(name, error_number);
  if (error_number == EOPNOTSUPP || error_number == kernels_enotsupp)
    error.why = "the kernel cannot put a probe on that instruction";
  return error;
}

/// Where a program goes in one file, for one process or all.
struct Places {
  bpf_program *program;
  const TargetGroup &group;
  const std::string &path;
  const FilePlaces &file;
  int pid;
  const std::string &name(size_t place) const { return group.targets[file.targets[place]].name; }
};

Result<std::unique_ptr<Attachment>> attach_multi(const Places &to, size_t begin, size_t end) {
  const FilePlaces &file = to.file;
  bpf_uprobe_multi_opts options = {.sz = sizeof(options),
                                   .offsets = file.offsets.data() + begin,
                                   .cnt = end - begin,
                                   .retprobe = is_at_return(to.group)};
  if (file.has_semaphores) options.ref_ctr_offsets = file.semaphores.data() + begin;
  if (uses_cookies(to.group)) options.cookies = file.cookies.data() + begin;
  bpf_link *link = bpf_program__attach_uprobe_multi(to.program, to.pid, to.path.c_str(), nullptr, &options);
  const int error = errno;
  std::string what = to.name(begin);
  if (end - begin > 1) what += fmt::format(" and {} more places", end - begin - 1);
  if (link == nullptr) return refused_place(what, error);
  return own_link(link, what, false);
}

Result<std::unique_ptr<Attachment>> attach_single(const Places &to, size_t place) {
  bpf_uprobe_opts options = {.sz = sizeof(options),
                             .ref_ctr_offset = to.file.semaphores[place],
                             .bpf_cookie = uses_cookies(to.group) ? to.file.cookies[place] : 0,
                             .retprobe = is_at_return(to.group)};
  bpf_link *link =
      bpf_program__attach_uprobe_opts(to.program, to.pid, to.path.c_str(), to.file.offsets[place], &options);
  const int error = errno;
  if (link == nullptr) return refused_place(to.name(place), error);
  return own_link(link, to.name(place), true);
}

/// What the kernel is told of processes: numbers for as many links, -1 for all.
std::vector<int> link_pids(const TargetGroup &group, const Traced &traced, const UprobeTrials &trials) {
  // Of processes that are yet to be started nobody knows the numbers: the program tells them apart.
  if (traced.follow) return {-1};
  const std::vector<int> &pids = traced.pids;
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

Result<Attachments> attach_user(bpf_program *program, const TargetGroup &group, const Traced &traced,
                                const UprobeTrials &trials) {
  Attachments attachments;
  for (const auto &[path, file] : by_file(group)) {
    for (const int pid : link_pids(group, traced, trials)) {
      const bool is_multi = group.mechanism == by_uprobe_multi;
      const Places to = {program, group, path, file, pid};
      Result<Attachments> links =
          attach_most(group.targets, file.targets, is_multi ? file.targets.size() : 1,
                      [&](size_t begin, size_t end) {
                        return is_multi ? attach_multi(to, begin, end) : attach_single(to, begin);
                      });
      if (!links) return links.error();
      std::ranges::move(*links, std::back_inserter(attachments));
    }
  }
  return attachments;
}

}  // namespace awl
