// SPDX-License-Identifier: GPL-2.0-only
#include "src/output.h"

#include <fcntl.h>
#include <langinfo.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "src/base/text.h"

namespace awl {
namespace {

Error cannot_write(const std::string &path, std::string why, std::string help = "") {
  return {fmt::format("cannot write `{}`", escape_text(path)), std::move(why), std::move(help)};
}

std::string folder_of(const std::string &path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_of_file(const std::string &path) { return path.substr(path.rfind('/') + 1); }

bool everyone_can_write(const std::string &folder) {
  struct stat info;
  return stat(folder.c_str(), &info) == 0 && (info.st_mode & S_IWOTH) != 0;
}

/// Who can read the new file: those who could read the old one.
void keep_mode(int fd, const std::string &path) {
  struct stat old;
  if (stat(path.c_str(), &old) == 0) fchmod(fd, old.st_mode & 07777);
}

}  // namespace

Result<OutputFile> OutputFile::open(const std::string &path) {
  if (path.empty()) return OutputFile(Fd(STDOUT_FILENO), "", "");
  std::string place = path;
  struct stat info;
  bool exists = lstat(path.c_str(), &info) == 0;
  if (exists && S_ISLNK(info.st_mode)) {
    if (everyone_can_write(folder_of(path)))
      return cannot_write(path, "it is a symbolic link in a directory that everyone can write to",
                          "name the file that it points to");
    char resolved[PATH_MAX];
    if (!realpath(path.c_str(), resolved)) return cannot_write(path, errno_text(errno));
    place = resolved;
    exists = stat(resolved, &info) == 0;
  }
  if (exists && !S_ISREG(info.st_mode)) {  // a device or a pipe is written to as it is
    Fd fd(::open(place.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd) return cannot_write(path, errno_text(errno));
    return OutputFile(std::move(fd), "", "");
  }
  if (exists && access(place.c_str(), W_OK) != 0) return cannot_write(path, errno_text(errno));
  const std::string folder = folder_of(place);
  const std::string temporary = fmt::format("{}/.{}.{}", folder, name_of_file(place), getpid());
  // Without a name nothing is left behind whatever happens; not every file system can do that.
  std::string named;
  Fd fd(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644));
  if (!fd && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
    fd = Fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    named = temporary;
  }
  if (!fd) return cannot_write(path, errno_text(errno));
  keep_mode(fd.get(), place);
  return OutputFile(std::move(fd), place, named);
}

/// A run that failed leaves nothing behind.
OutputFile::~OutputFile() { discard(); }

void OutputFile::discard() {
  if (!std::exchange(path_, "").empty() && !temporary_.empty()) unlink(temporary_.c_str());
}

Status OutputFile::commit() {
  if (path_.empty()) return Done{};
  const std::string path = std::exchange(path_, "");
  if (temporary_.empty()) {
    temporary_ = fmt::format("{}/.{}.{}", folder_of(path), name_of_file(path), getpid());
    const std::string self = fmt::format("/proc/self/fd/{}", fd_.get());
    if (linkat(AT_FDCWD, self.c_str(), AT_FDCWD, temporary_.c_str(), AT_SYMLINK_FOLLOW) != 0)
      return cannot_write(path, errno_text(errno));
  }
  if (rename(temporary_.c_str(), path.c_str()) == 0) return Done{};
  const int error = errno;
  unlink(temporary_.c_str());
  return cannot_write(path, errno_text(error));
}

size_t most_key_columns(const Manifest &manifest) {
  size_t most = 0;
  for (const MapDescription &map : manifest.maps) most = std::max(most, map.key.size());
  return most;
}

std::unique_ptr<Sink> make_sink(Writer &writer, const Options &options, const Source &source, size_t key_columns) {
  utsname machine = {};
  uname(&machine);
  SinkOptions result = {.unicode = std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
                        .style = options.style,
                        .key_columns = key_columns,
                        .run = {.script_name = source.name,
                                .script = source.text,
                                .command = options.command.value_or(""),
                                .host = machine.nodename,
                                .kernel = fmt::format("{} {}", machine.sysname, machine.release),
                                .machine = machine.machine}};
  for (const SinkFormat &format : sink_formats())
    if (format.name == options.format) return format.make(writer, result);
  AWL_CHECK(!"the options know all formats");
  return nullptr;
}

}  // namespace awl
