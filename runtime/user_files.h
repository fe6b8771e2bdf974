// SPDX-License-Identifier: GPL-2.0-only
// Which files a probe on user programs means: a path or a pattern of paths, a library's name, a command's name, or
// what a process has mapped.
//
// A process may live in a container, and its file may be deleted or replaced since: then the same name here means
// another file or none. So each file has two paths, one to show and one to open.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"

namespace awl {

struct UserFile {
  std::string name;  // what the user would call it
  std::string path;  // what leads to it from here
};

/// Files with code that the process has mapped, each once; the program itself first.
Result<std::vector<UserFile>> mapped_files(int pid);

/// Files that `what` means. With processes these are mapped by one of them, or reached from their root; an empty
/// text and `*` then mean all that they have mapped. Empty when there is none.
Result<std::vector<UserFile>> find_files(std::string_view what, const std::vector<int> &pids);

/// The file of a library called `libc` or `libc.so.6`, from the text of ld.so's cache.
std::optional<std::string> find_library(std::string_view name, std::string_view cache);

}  // namespace awl
