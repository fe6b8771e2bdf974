// SPDX-License-Identifier: GPL-2.0-only
// The first members of the set of processes; see follow.h.
#include "runtime/follow.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "runtime/libbpf_log.h"
#include "runtime/providers/links.h"
#include "src/base/text.h"

namespace awl {
namespace {

std::optional<int> parse_pid(std::string_view text) {
  int pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return pid;
}

/// The parent, from "PID (name, which may hold anything) STATE PARENT ...".
std::optional<int> parent_of(int pid) {
  const std::optional<std::string> stat = read_file(fmt::format("/proc/{}/stat", pid));
  const size_t name_end = stat ? stat->rfind(')') : std::string::npos;
  if (name_end == std::string::npos) return std::nullopt;
  const std::vector<std::string_view> words = split(std::string_view(*stat).substr(name_end + 1), ' ');
  return words.size() > 2 ? parse_pid(words[2]) : std::nullopt;
}

/// All processes with their parents.
std::vector<std::pair<int, int>> processes() {
  std::vector<std::pair<int, int>> found;
  DIR *directory = ::opendir("/proc");
  if (directory == nullptr) return found;
  while (const dirent *entry = ::readdir(directory)) {
    const std::optional<int> pid = parse_pid(entry->d_name);
    const std::optional<int> parent = pid ? parent_of(*pid) : std::nullopt;
    if (parent) found.emplace_back(*pid, *parent);
  }
  ::closedir(directory);
  return found;
}

Status add(int map, int pid) {
  const uint32_t key = static_cast<uint32_t>(pid), one = 1;
  if (bpf_map_update_elem(map, &key, &one, BPF_ANY) == 0) return Done{};
  return Error{.what = fmt::format("cannot follow process {}", pid), .why = errno_text(errno)};
}

/// Members first, then their children: what a member starts from then on, the programs in the kernel see.
Status add_all(int map, std::span<const int> pids) {
  std::unordered_set<int> members;
  for (int pid : pids)
    if (Status added = members.insert(pid).second ? add(map, pid) : Status(Done{}); !added) return added;
  for (bool found = true; found;) {
    found = false;
    for (const auto &[pid, parent] : processes()) {
      if (!members.contains(parent) || !members.insert(pid).second) continue;
      if (Status added = add(map, pid); !added) return added;
      found = true;
    }
  }
  return Done{};
}

/// Those that ended before anybody looked for it.
void remove_ended(int map) {
  std::vector<uint32_t> ended;
  uint32_t pid = 0;
  for (void *previous = nullptr; bpf_map_get_next_key(map, previous, &pid) == 0; previous = &pid)
    if (::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH) ended.push_back(pid);
  for (uint32_t one : ended) bpf_map_delete_elem(map, &one);
}

Result<std::unique_ptr<Attachment>> attach(const Object &object, const char *program, const char *tracepoint) {
  LibbpfLog log;
  bpf_program *found = object.program(program);
  if (found == nullptr) return attach_error(tracepoint, ENOENT);
  return own_link(bpf_program__attach_raw_tracepoint(found, tracepoint), tracepoint, false);
}

}  // namespace

Result<std::unique_ptr<Attachment>> follow_processes(const Object &object, std::span<const int> pids) {
  auto attachment = attach(object, "awl_on_fork", "sched_process_fork");
  if (!attachment) return attachment;
  if (Status added = add_all(object.map_fd("awl_followed"), pids); !added) return added.error();
  return attachment;
}

Result<std::unique_ptr<Attachment>> forget_processes(const Object &object) {
  auto attachment = attach(object, "awl_on_exit", "sched_process_exit");
  if (attachment) remove_ended(object.map_fd("awl_followed"));
  return attachment;
}

}  // namespace awl
