// SPDX-License-Identifier: GPL-2.0-only
#include "src/vm.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "src/base/embedded.h"
#include "src/base/fd.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr const char *inside_marker = "AWL_INSIDE_VM";
constexpr const char *with_terminal = "terminal", *without_terminal = "stream";

std::string environment(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

/// Where kernels and scripts are kept: $AWL_CACHE, else $XDG_CACHE_HOME/awl, else ~/.cache/awl.
std::string cache_directory() {
  if (std::string own = environment("AWL_CACHE"); !own.empty()) return own;
  if (std::string xdg = environment("XDG_CACHE_HOME"); !xdg.empty()) return xdg + "/awl";
  std::string home = environment("HOME");
  return (home.empty() ? "/root" : home) + "/.cache/awl";
}

bool make_directories(const std::string &path) {
  for (size_t at = 1; at != std::string::npos; at = path.find('/', at + 1))
    if (at > 1 && mkdir(path.substr(0, at).c_str(), 0700) < 0 && errno != EEXIST) return false;
  return mkdir(path.c_str(), 0700) == 0 || errno == EEXIST;
}

/// A name for this very set of scripts (64-bit FNV-1a), so that two versions of awl do not disturb each other.
std::string scripts_id() {
  uint64_t hash = 14695981039346656037ull;
  for (const EmbeddedFile &file : vm_files())
    for (std::string_view part : {file.name, file.bytes})
      for (char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return fmt::format("{:016x}", hash);
}

/// Write one script under a name of its own and rename it: another awl may be doing the same.
Status write_script(const std::string &directory, const EmbeddedFile &file) {
  std::string path = fmt::format("{}/{}", directory, file.name);
  std::string draft = path + ".XXXXXX";
  auto failed = [&] {
    return Error{"cannot write " + path, errno_text(errno), "set AWL_CACHE to a directory of yours"};
  };
  Fd fd(mkostemp(draft.data(), O_CLOEXEC));
  if (!fd) return failed();
  for (size_t done = 0; done < file.bytes.size();) {
    ssize_t wrote = ::write(fd.get(), file.bytes.data() + done, file.bytes.size() - done);
    if (wrote < 0) return failed();
    done += static_cast<size_t>(wrote);
  }
  if (fchmod(fd.get(), 0700) < 0 || rename(draft.c_str(), path.c_str()) < 0) return failed();
  return Done{};
}

/// The scripts, on disk; the directory they are in.
Result<std::string> unpack_scripts() {
  std::string directory = cache_directory() + "/scripts-" + scripts_id();
  struct stat info;
  if (stat((directory + "/complete").c_str(), &info) == 0 && info.st_uid == geteuid()) return directory;
  if (!make_directories(directory))
    return Error{"cannot make " + directory, errno_text(errno), "set AWL_CACHE to a directory of yours"};
  for (const EmbeddedFile &file : vm_files())
    if (Status done = write_script(directory, file); !done) return done.error();
  if (Status done = write_script(directory, {"complete", "", false}); !done) return done.error();
  return directory;
}

std::string own_path() {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
  return length > 0 ? std::string(path, static_cast<size_t>(length)) : "awl";
}

/// The directory of a file that the guest shall be able to write.
std::string directory_of(const std::string &file) {
  size_t slash = file.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : file.substr(0, slash);
}

}  // namespace

bool inside_vm() { return getenv(inside_marker) != nullptr; }

bool vm_has_terminal() { return environment(inside_marker) == with_terminal; }

Error exec_in_vm(const Options &options, int argc, char **argv) {
  if (!options.pids.empty())
    return {"cannot trace a process of this machine in a virtual machine", "`-p` names a process of this kernel",
            "start the program with `-c` instead", ErrorKind::usage};
  auto directory = unpack_scripts();
  if (!directory) return directory.error();
  std::vector<std::string> command = {"bash", *directory + "/vmrun"};
  if (options.vm && !options.vm->empty()) command.insert(command.end(), {"--kernel", *options.vm});
  if (!options.output.empty()) command.insert(command.end(), {"--share", directory_of(options.output)});
  command.insert(command.end(),
                 {"--", "/usr/bin/env",
                  fmt::format("{}={}", inside_marker, isatty(STDERR_FILENO) ? with_terminal : without_terminal)});
  for (const char *kept : {"LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "TERM", "PATH", "TZ"})
    if (const char *value = getenv(kept)) command.push_back(fmt::format("{}={}", kept, value));
  command.push_back(own_path());
  // awl itself takes --vm for done when it runs inside (inside_vm), so the command line goes through as it is.
  command.insert(command.end(), argv + 1, argv + argc);
  std::vector<char *> arguments;
  for (std::string &argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  execvp("bash", arguments.data());
  return {"cannot start a virtual machine", "bash: " + errno_text(errno), ""};
}

}  // namespace awl
