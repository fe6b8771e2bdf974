// SPDX-License-Identifier: GPL-2.0-only
// What tracefs knows: which tracepoints there are, their fields and their numbers. It lies at /sys/kernel/tracing,
// on old set-ups only below debugfs. Nothing here mounts anything.
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <fmt/format.h>

#include "runtime/kernel_state.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// 0 when `path` is a directory that can be read, else why not.
int directory_error(const std::string &path) {
  DIR *directory = ::opendir(path.c_str());
  if (directory == nullptr) return errno;
  ::closedir(directory);
  return 0;
}

bool is_directory(const std::string &path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

Error unusable(const std::string &path, int error_number) {
  const bool permission = error_number == EACCES || error_number == EPERM;
  return {.what = fmt::format("cannot read {}", path),
          .why = errno_text(error_number),
          .help = permission ? "run as root: sudo awl ..." : "",
          .kind = permission ? ErrorKind::permission : ErrorKind::other};
}

Result<std::string> find_tracefs(const std::string &root) {
  for (std::string_view place : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
    const std::string directory = root + std::string(place);
    const int error = directory_error(directory + "/events");
    if (error == 0) return directory;
    if (error != ENOENT) return unusable(directory, error);
  }
  return Error{.what = "cannot list tracepoints",
               .why = fmt::format("tracefs is not mounted at {}/sys/kernel/tracing", root),
               .help = "sudo mount -t tracefs tracefs /sys/kernel/tracing"};
}

/// "sched:sched_switch" lines; the file leaves out what cannot be attached to (the ftrace subsystem).
std::vector<std::string> from_list(std::string_view text) {
  std::vector<std::string> events;
  for (std::string_view line : split(text, '\n'))
    if (line.find(':') != line.npos) events.emplace_back(trim(line));
  return events;
}

std::vector<std::string> from_directories(const std::string &tracefs) {
  std::vector<std::string> events;
  for (const std::string &subsystem : names_in(tracefs + "/events")) {
    if (subsystem == "ftrace") continue;
    for (const std::string &event : names_in(tracefs + "/events/" + subsystem))
      if (is_directory(tracefs + "/events/" + subsystem + "/" + event)) events.push_back(subsystem + ":" + event);
  }
  return events;
}

}  // namespace

std::vector<std::string> names_in(const std::string &path) {
  std::vector<std::string> names;
  DIR *directory = ::opendir(path.c_str());
  if (directory == nullptr) return names;
  while (const dirent *entry = ::readdir(directory))
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  ::closedir(directory);
  return names;
}

const Result<std::string> &Kernel::tracefs() const {
  if (!state_->tracefs) state_->tracefs = find_tracefs(state_->root);
  return *state_->tracefs;
}

Result<std::vector<std::string>> Kernel::tracepoints() const {
  const Result<std::string> &directory = tracefs();
  if (!directory) return directory.error();
  const std::optional<std::string> list = read_file(*directory + "/available_events");
  std::vector<std::string> events = list ? from_list(*list) : from_directories(*directory);
  std::ranges::sort(events);
  events.erase(std::ranges::unique(events).begin(), events.end());
  return events;
}

Result<std::vector<TracepointField>> Kernel::tracepoint_fields(std::string_view subsystem,
                                                               std::string_view event) const {
  const Result<std::string> &directory = tracefs();
  if (!directory) return directory.error();
  const std::string path = fmt::format("{}/events/{}/{}/format", *directory, subsystem, event);
  const std::optional<std::string> text = read_file(path);
  if (!text) return unusable(path, errno);
  return parse_tracepoint_format(*text);
}

Result<uint64_t> Kernel::tracepoint_id(std::string_view subsystem, std::string_view event) const {
  const Result<std::string> &directory = tracefs();
  if (!directory) return directory.error();
  const std::string path = fmt::format("{}/events/{}/{}/id", *directory, subsystem, event);
  const std::optional<std::string> text = read_file(path);
  if (!text) return unusable(path, errno);
  uint64_t id = 0;
  const std::string_view digits = trim(*text);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc() || end != digits.data() + digits.size())
    return Error{.what = fmt::format("cannot read {}", path), .why = "it holds no number"};
  return id;
}

}  // namespace awl
