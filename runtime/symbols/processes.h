// SPDX-License-Identifier: GPL-2.0-only
// Which file lies where in which process: what was seen when it was mapped, and what /proc tells of those that are
// still there. A process that has ended keeps its mappings here, so that its stacks can be named afterwards.
//
// Nothing is ever taken back. Of several mappings that cover an address the latest is meant; one that an exec() threw
// away is found only by addresses that the new program does not have, and those are from before.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "src/base/fd.h"

namespace awl {

/// A file with code. Where the process sees another file system than we do, the path alone would lead us to a
/// different file, so the file is opened while the process lives; and so is one that a process has just begun to use, or
/// that was deleted, since nobody knows what will lie there when the name is wanted.
struct MappedFile {
  std::string path;      // as the process calls it
  std::string build_id;  // bytes, when the kernel told them; what is opened must have the same
  bool foreign = false;
  Fd fd;
};

/// What the kernel puts behind a path that leads to the file no more.
inline constexpr std::string_view deleted_mark = " (deleted)";

struct Mapping {
  uint64_t begin = 0, end = 0, offset = 0;
  uint32_t file = 0;
};

/// Where the kernel shows the very file that is mapped, as long as it is.
std::string path_of_mapped(uint32_t process, const Mapping &mapping);

class Processes {
 public:
  Processes();

  /// The kernel has just told of it.
  void mapped(uint32_t process, const Mapping &mapping, std::string_view path, std::string_view build_id);
  void forked(uint32_t process, uint32_t parent);
  /// What /proc says of one process, or of all.
  void scan(uint32_t process);
  void scan_all();

  struct Place {
    Mapping mapping;
    uint64_t offset;  // in the file
  };
  std::optional<Place> find(uint32_t process, uint64_t address);
  MappedFile &file(uint32_t number) { return files_[number]; }
  uint32_t files() const { return static_cast<uint32_t>(files_.size()); }
  /// The user that the process ran as, when it was seen alive.
  std::optional<uint32_t> owner(uint32_t process) const;

 private:
  struct Process {
    std::vector<Mapping> mappings;  // the latest last
    std::optional<uint32_t> parent, owner;
    bool scanned = false;
  };
  using Root = std::pair<uint64_t, uint64_t>;  // the mount namespace, and the directory that is its root there
  static std::optional<Root> root_of(const std::string &process);
  Process &entry(uint32_t process);
  uint32_t file_number(uint32_t process, const Mapping &mapping, std::string_view path, std::string_view build_id,
                       bool just_mapped);
  void note(uint32_t process, Mapping mapping, std::string_view path, std::string_view build_id, bool just_mapped);
  Fd open_in_time(uint32_t process, const Mapping &mapping, const MappedFile &file) const;
  const Mapping *find_seen(uint32_t process, uint64_t address) const;
  void forget_ended();

  std::optional<Root> own_root_;
  std::unordered_map<uint32_t, Process> processes_;
  std::deque<uint32_t> order_;  // as they were first seen
  std::vector<MappedFile> files_;
  std::map<std::tuple<Root, std::string, std::string>, uint32_t> file_numbers_;
  size_t open_files_ = 0;
};

}  // namespace awl
