// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/named_values.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/socket.h>

#include <ctime>
#include <filesystem>
#include <unordered_map>

#include <sys/stat.h>

namespace awl {
namespace {

constexpr uint64_t second = 1'000'000'000;

/// The letters that strftime does not have.
std::string with_fractions(const std::string &format, uint64_t ns) {
  std::string expanded;
  for (size_t i = 0; i < format.size(); i++) {
    char letter = format[i] == '%' && i + 1 < format.size() ? format[i + 1] : '\0';
    if (letter == 'f')
      expanded += fmt::format("{:06}", ns / 1000);
    else if (letter == 'k')
      expanded += fmt::format("{:09}", ns);
    else if (letter == 'l')
      expanded += fmt::format("{:03}", ns / 1'000'000);
    else if (letter != '\0')
      expanded += {'%', letter};
    else
      expanded += format[i];
    if (letter != '\0') i++;
  }
  return expanded;
}

/// A control group's id is its directory's inode number.
std::unordered_map<uint64_t, std::string> read_cgroups() {
  namespace fs = std::filesystem;
  std::unordered_map<uint64_t, std::string> paths;
  std::error_code error;
  for (const char *root : {"/sys/fs/cgroup/unified", "/sys/fs/cgroup"}) {
    if (!fs::exists(fs::path(root) / "cgroup.controllers", error)) continue;
    auto remember = [&](const fs::path &path) {
      struct stat status{};
      if (::stat(path.c_str(), &status) != 0) return;
      std::string below = path.string().substr(std::string_view(root).size());
      paths.emplace(status.st_ino, below.empty() ? "/" : below);
    };
    remember(root);
    for (fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error), end;
         !error && at != end; at.increment(error))
      if (at->is_directory(error)) remember(at->path());
    break;
  }
  return paths;
}

}  // namespace

std::string network_address_text(uint64_t family, std::span<const std::byte, 16> address) {
  char text[INET6_ADDRSTRLEN] = {};
  if ((family == AF_INET || family == AF_INET6) &&
      inet_ntop(static_cast<int>(family), address.data(), text, sizeof text))
    return text;
  return fmt::format("family {}", family);
}

std::string hardware_address_text(uint64_t address) {
  std::string text;
  for (int i = 0; i < 6; i++) text += fmt::format("{}{:02X}", i == 0 ? "" : ":", address >> (8 * i) & 0xff);
  return text;
}

uint64_t boot_epoch_ns() {
  static const uint64_t epoch = [] {
    timespec wall{}, boot{};
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_BOOTTIME, &boot);
    auto in_ns = [](const timespec &t) { return static_cast<uint64_t>(t.tv_sec) * second + static_cast<uint64_t>(t.tv_nsec); };
    return in_ns(wall) - in_ns(boot);
  }();
  return epoch;
}

std::string timestamp_text(const std::string &format, uint64_t since_boot_ns) {
  uint64_t wall = since_boot_ns + boot_epoch_ns();
  time_t seconds = static_cast<time_t>(wall / second);
  tm broken_down{};
  localtime_r(&seconds, &broken_down);
  // One letter in front, since strftime cannot tell an empty result from a buffer that is too small.
  std::string pattern = "x" + with_fractions(format, wall % second), text;
  for (size_t room = pattern.size() + 256; room <= size_t{1} << 20; room *= 4) {
    text.resize(room);
    size_t length = strftime(text.data(), text.size(), pattern.c_str(), &broken_down);
    if (length > 0) return text.substr(1, length - 1);
  }
  return {};
}

std::string user_name(uint64_t uid) {
  static std::unordered_map<uint64_t, std::string> names;
  auto [known, is_new] = names.try_emplace(uid);
  if (!is_new) return known->second;
  const passwd *entry = getpwuid(static_cast<uid_t>(uid));
  return known->second = entry ? entry->pw_name : std::to_string(uid);
}

std::string cgroup_path(uint64_t id) {
  static std::unordered_map<uint64_t, std::string> paths = read_cgroups();
  auto found = paths.find(id);
  if (found != paths.end()) return found->second;
  paths = read_cgroups();  // it may be younger than the list
  found = paths.find(id);
  return found != paths.end() ? found->second : std::to_string(id);
}

}  // namespace awl
