// SPDX-License-Identifier: GPL-2.0-only
// Files of user programs; see user_files.h.
#include "runtime/user_files.h"

#include <glob.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "src/base/text.h"

namespace awl {
namespace {

constexpr const char *library_cache = "/etc/ld.so.cache";
constexpr std::string_view deleted = " (deleted)";

bool is_file(const std::string &path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

bool same_file(const std::string &a, const std::string &b) {
  struct stat one, other;
  return ::stat(a.c_str(), &one) == 0 && ::stat(b.c_str(), &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Whether a library's file has the name: "libc" and "c" are libc.so, libc.so.6 and libc-2.31.so.
bool is_library(std::string_view file, std::string_view name) {
  if (file == name) return true;
  const std::string stem = name.starts_with("lib") ? std::string(name) : fmt::format("lib{}", name);
  if (!file.starts_with(stem)) return false;
  const std::string_view rest = file.substr(stem.size());
  const bool is_numbered = rest.size() > 1 && rest[0] == '-' && rest[1] >= '0' && rest[1] <= '9';
  return rest.starts_with(".so") || (is_numbered && rest.find(".so") != rest.npos);
}

std::optional<std::string> find_command(std::string_view name) {
  const char *path = ::getenv("PATH");
  for (std::string_view folder : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    const std::string candidate = fmt::format("{}/{}", folder, name);
    if (!folder.empty() && is_file(candidate) && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

std::string absolute(std::string_view path) {
  std::error_code error;
  const std::filesystem::path full = std::filesystem::absolute(path, error);
  return error ? std::string(path) : full.lexically_normal().string();
}

std::vector<std::string> expand(const std::string &pattern) {
  glob_t found = {};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  std::erase_if(paths, [](const std::string &path) { return !is_file(path); });
  return paths;
}

std::vector<UserFile> files_here(std::string_view what) {
  std::vector<UserFile> files;
  if (what.find('/') != what.npos) {
    const std::string path = absolute(what);
    if (!is_glob(path)) return {{path, path}};
    for (const std::string &one : expand(path)) files.push_back({one, one});
    return files;
  }
  const std::optional<std::string> cache = read_file(library_cache);
  std::optional<std::string> path = find_library(what, cache ? std::string_view(*cache) : std::string_view());
  if (!path) path = find_command(what);
  if (path) files.push_back({*path, *path});
  return files;
}

/// "7f12a000-7f12c000 r-xp 00000000 fe:00 123   /usr/bin/x": range, rights and path of a line of a process's maps.
struct Mapping {
  std::string_view range, rights, path;
};
Mapping parse_mapping(std::string_view line) {
  Mapping mapping;
  std::string_view *const parts[] = {&mapping.range, &mapping.rights, nullptr, nullptr, nullptr};
  for (std::string_view *part : parts) {
    const size_t end = std::min(line.find(' '), line.size());
    if (part != nullptr) *part = line.substr(0, end);
    line.remove_prefix(std::min(line.find_first_not_of(' ', end), line.size()));
  }
  mapping.path = line;
  return mapping;
}

/// How to get at a mapped file: by its name where that still means the same file, else through the mapping.
UserFile locate(int pid, const Mapping &mapping) {
  std::string name(mapping.path);
  const std::string own = fmt::format("/proc/{}/map_files/{}", pid, mapping.range);
  const std::string inside = fmt::format("/proc/{}/root{}", pid, name);
  if (same_file(own, name)) return {name, name};
  if (same_file(own, inside)) return {name, inside};
  if (name.ends_with(deleted)) name.resize(name.size() - deleted.size());
  const std::string program = fmt::format("/proc/{}/exe", pid);
  return {name, same_file(own, program) ? program : own};
}

bool matches(const UserFile &file, int pid, std::string_view what) {
  if (what.empty() || what == "*") return true;
  if (what.find('/') == what.npos)
    return is_library(base_name(file.name), what) || glob_match(what, base_name(file.name));
  const std::string path = absolute(what);
  if (glob_match(path, file.name)) return true;
  return !is_glob(path) && same_file(file.path, fmt::format("/proc/{}/root{}", pid, path));
}

/// A file that is not mapped (yet), as the process would find it.
std::optional<UserFile> unmapped(int pid, std::string_view what) {
  if (what.find('/') == what.npos || is_glob(what)) return std::nullopt;
  const std::string name = absolute(what), inside = fmt::format("/proc/{}/root{}", pid, name);
  if (!is_file(inside)) return std::nullopt;
  return UserFile{name, same_file(inside, name) ? name : inside};
}

}  // namespace

Result<std::vector<UserFile>> mapped_files(int pid) {
  // The folder of mappings, rather than one of them, since access to it is what takes privilege.
  const std::optional<std::string> maps = read_file(fmt::format("/proc/{}/maps", pid));
  if (!maps || ::access(fmt::format("/proc/{}/map_files", pid).c_str(), R_OK | X_OK) != 0)
    return Error{.what = fmt::format("cannot read what process {} has mapped", pid),
                 .why = errno_text(errno),
                 .help = errno == ENOENT ? "`ps -e` lists the processes" : "run as root: sudo awl ..."};
  std::vector<UserFile> files;
  for (std::string_view line : split(*maps, '\n')) {
    const Mapping mapping = parse_mapping(line);
    if (mapping.rights.find('x') == mapping.rights.npos || !mapping.path.starts_with('/')) continue;
    UserFile file = locate(pid, mapping);
    if (std::ranges::find(files, file.name, &UserFile::name) == files.end()) files.push_back(std::move(file));
  }
  return files;
}

Result<std::vector<UserFile>> find_files(std::string_view what, const std::vector<int> &pids) {
  if (pids.empty()) return files_here(what);
  std::vector<UserFile> files;
  // Two processes of one container reach the same file by different paths, and a file must not be probed twice.
  const auto add = [&](const UserFile &file) {
    if (std::ranges::none_of(files, [&](const UserFile &known) { return same_file(known.path, file.path); }))
      files.push_back(file);
  };
  for (const int pid : pids) {
    const Result<std::vector<UserFile>> mapped = mapped_files(pid);
    if (!mapped) return mapped.error();
    for (const UserFile &file : *mapped)
      if (matches(file, pid, what)) add(file);
    const std::optional<UserFile> other = files.empty() ? unmapped(pid, what) : std::nullopt;
    if (other) add(*other);
  }
  if (files.empty() && what != "*" && !what.empty()) return files_here(what);
  return files;
}

std::optional<std::string> find_library(std::string_view name, std::string_view cache) {
  // The format is glibc's (dl-cache.h): a head, entries of numbers, and the texts that they point to.
  constexpr std::string_view magic = "glibc-ld.so.cache1.1";
  constexpr size_t head_size = 48, entry_size = 24, key_place = 4, value_place = 8;
  constexpr uint32_t x86_64_flags = 0x0303;
  const auto number = [&](size_t at) {
    uint32_t value = 0;
    if (at + sizeof(value) <= cache.size()) std::memcpy(&value, cache.data() + at, sizeof(value));
    return value;
  };
  const auto text = [&](uint32_t at) {
    const std::string_view rest = cache.substr(std::min<size_t>(at, cache.size()));
    return rest.substr(0, rest.find('\0'));
  };
  if (name.find(".so") == name.npos && !name.starts_with("lib")) return std::nullopt;
  if (!cache.starts_with(magic)) return std::nullopt;
  const uint32_t count = number(magic.size());
  std::optional<std::string> found;
  for (size_t i = 0, at = head_size; i < count && at + entry_size <= cache.size(); i++, at += entry_size) {
    const std::string_view library = text(number(at + key_place));
    if (number(at) != x86_64_flags || !is_library(library, name)) continue;
    found = text(number(at + value_place));
    if (library == name) break;
  }
  return found;
}

}  // namespace awl
