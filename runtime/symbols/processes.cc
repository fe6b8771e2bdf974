// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/symbols/processes.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "src/base/text.h"

namespace awl {
namespace {

/// Bounds on what a machine that starts processes all day makes us remember.
constexpr size_t most_processes = 100'000, most_open_files = 256;
/// Ancestors whose mappings a process may have inherited.
constexpr int most_ancestors = 16;

std::optional<uint64_t> parse(std::string_view text, int base) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct MapsLine {
  Mapping mapping;
  std::string_view path;
};

/// `7f00-7f01 r-xp 00001000 fd:01 1234   /usr/lib/libc.so.6`, for code.
std::optional<MapsLine> parse_maps_line(std::string_view line) {
  std::string_view fields[5];
  for (std::string_view &field : fields) {
    size_t end = line.find(' ');
    if (end == line.npos) return std::nullopt;
    field = line.substr(0, end);
    line.remove_prefix(end + 1);
  }
  size_t dash = fields[0].find('-');
  if (dash == fields[0].npos || fields[1].size() < 3 || fields[1][2] != 'x') return std::nullopt;
  auto begin = parse(fields[0].substr(0, dash), 16), end = parse(fields[0].substr(dash + 1), 16);
  auto offset = parse(fields[2], 16);
  if (!begin || !end || !offset) return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return MapsLine{{*begin, *end, *offset, 0}, line};
}

bool is_alive(uint32_t process) {
  struct stat about {};
  return stat(fmt::format("/proc/{}", process).c_str(), &about) == 0;
}

}  // namespace

std::string path_of_mapped(uint32_t process, const Mapping &mapping) {
  return fmt::format("/proc/{}/map_files/{:x}-{:x}", process, mapping.begin, mapping.end);
}

Processes::Processes() : own_root_(root_of("self")) {}

std::optional<Processes::Root> Processes::root_of(const std::string &process) {
  struct stat space {}, root {};
  if (stat(("/proc/" + process + "/ns/mnt").c_str(), &space) != 0) return std::nullopt;
  if (stat(("/proc/" + process + "/root").c_str(), &root) != 0) return std::nullopt;
  return Root{space.st_ino, root.st_ino ^ root.st_dev << 40};
}

Processes::Process &Processes::entry(uint32_t process) {
  auto [found, is_new] = processes_.try_emplace(process);
  if (is_new) {
    order_.push_back(process);
    if (order_.size() > most_processes) forget_ended();
  }
  return processes_[process];
}

/// The older half goes, but for those that still run.
void Processes::forget_ended() {
  for (size_t i = 0; i < most_processes / 2; i++) {
    uint32_t oldest = order_.front();
    order_.pop_front();
    if (is_alive(oldest))
      order_.push_back(oldest);
    else
      processes_.erase(oldest);
  }
}

/// What can be opened; an empty descriptor when it is gone already.
Fd Processes::open_in_time(uint32_t process, const Mapping &mapping, const MappedFile &file) const {
  constexpr int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  const std::string path = file.foreign ? fmt::format("/proc/{}/root{}", process, file.path) : file.path;
  Fd fd(file.path.ends_with(deleted_mark) ? -1 : ::open(path.c_str(), flags));
  return fd ? std::move(fd) : Fd(::open(path_of_mapped(process, mapping).c_str(), flags));
}

uint32_t Processes::file_number(uint32_t process, const Mapping &mapping, std::string_view path,
                                std::string_view build_id, bool just_mapped) {
  std::string number = std::to_string(process);
  std::optional<Root> root = root_of(number);
  if (!root) root = own_root_;  // gone already: what the path leads to has to prove itself by its build id
  auto key = std::tuple(root.value_or(Root{}), std::string(path), std::string(build_id));
  auto [found, is_new] = file_numbers_.try_emplace(std::move(key), static_cast<uint32_t>(files_.size()));
  if (!is_new) return found->second;
  MappedFile file{.path = std::string(path), .build_id = std::string(build_id), .foreign = root != own_root_, .fd = {}};
  const bool may_be_lost = file.foreign || just_mapped || path.ends_with(deleted_mark);
  if (may_be_lost && path.starts_with('/') && !path.starts_with("//") && open_files_ < most_open_files) {
    file.fd = open_in_time(process, mapping, file);
    open_files_ += file.fd ? 1 : 0;
  }
  files_.push_back(std::move(file));
  return found->second;
}

void Processes::mapped(uint32_t process, const Mapping &mapping, std::string_view path, std::string_view build_id) {
  note(process, mapping, path, build_id, true);
}

void Processes::note(uint32_t process, Mapping mapping, std::string_view path, std::string_view build_id,
                     bool just_mapped) {
  mapping.file = file_number(process, mapping, path, build_id, just_mapped);
  Process &known = entry(process);
  auto same = [&](const Mapping &other) {
    return std::tie(other.begin, other.end, other.offset, other.file) ==
           std::tie(mapping.begin, mapping.end, mapping.offset, mapping.file);
  };
  if (std::none_of(known.mappings.begin(), known.mappings.end(), same)) known.mappings.push_back(mapping);
}

void Processes::forked(uint32_t process, uint32_t parent) {
  if (process != parent) entry(process).parent = parent;
}

/// What was seen before stays the later one: it is the same, or /proc shows it again.
void Processes::scan(uint32_t process) {
  std::string directory = fmt::format("/proc/{}", process);
  struct stat about {};
  if (stat(directory.c_str(), &about) != 0) return;
  std::string text = read_file(directory + "/maps").value_or("");
  std::vector<Mapping> seen = std::exchange(entry(process).mappings, {});
  for (std::string_view line : split(text, '\n'))
    if (auto parsed = parse_maps_line(line); parsed && !parsed->path.empty())
      note(process, parsed->mapping, parsed->path, "", false);
  Process &known = entry(process);
  known.owner = about.st_uid;
  known.mappings.insert(known.mappings.end(), seen.begin(), seen.end());
}

void Processes::scan_all() {
  std::unique_ptr<DIR, int (*)(DIR *)> directory(opendir("/proc"), &closedir);
  while (const dirent *found = directory ? readdir(directory.get()) : nullptr)
    if (auto process = parse(found->d_name, 10)) scan(static_cast<uint32_t>(*process));
}

const Mapping *Processes::find_seen(uint32_t process, uint64_t address) const {
  auto known = processes_.find(process);
  for (int generation = 0; generation < most_ancestors && known != processes_.end(); generation++) {
    const std::vector<Mapping> &mappings = known->second.mappings;
    for (auto mapping = mappings.rbegin(); mapping != mappings.rend(); ++mapping)
      if (address >= mapping->begin && address < mapping->end) return &*mapping;
    if (!known->second.parent) break;
    known = processes_.find(*known->second.parent);
  }
  return nullptr;
}

std::optional<Processes::Place> Processes::find(uint32_t process, uint64_t address) {
  const Mapping *mapping = find_seen(process, address);
  if (!mapping && !entry(process).scanned) {
    scan(process);
    entry(process).scanned = true;
    mapping = find_seen(process, address);
  }
  if (!mapping) return std::nullopt;
  return Place{*mapping, address - mapping->begin + mapping->offset};
}

std::optional<uint32_t> Processes::owner(uint32_t process) const {
  struct stat about {};
  if (stat(fmt::format("/proc/{}", process).c_str(), &about) == 0) return about.st_uid;
  auto known = processes_.find(process);
  return known == processes_.end() ? std::nullopt : known->second.owner;
}

}  // namespace awl
