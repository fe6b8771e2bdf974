// SPDX-License-Identifier: GPL-2.0-only
// The files that are looked at in one run, each opened once.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "runtime/debug_info.h"
#include "runtime/elf_file.h"
#include "runtime/user_files.h"

namespace awl {

struct ProgramFile {
  std::string name;  // what the user would call it; elf->path() is what leads to it
  std::unique_ptr<ElfFile> elf;
  std::unique_ptr<DebugInfo> debug;
};

class ProgramFiles {
 public:
  /// The binary lives as long as this object.
  Result<ProgramFile *> open(const UserFile &file) {
    const auto known = files_.find(file.path);
    if (known != files_.end()) return &known->second;
    Result<std::unique_ptr<ElfFile>> elf = ElfFile::open(file.path);
    if (!elf) return elf.error();
    ProgramFile binary = {.name = file.name, .elf = std::move(*elf)};
    binary.debug = std::make_unique<DebugInfo>(*binary.elf);
    return &files_.emplace(file.path, std::move(binary)).first->second;
  }

 private:
  std::map<std::string, ProgramFile> files_;
};

}  // namespace awl
