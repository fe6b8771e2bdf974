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

class ProgramFiles final : public CTypes {
 public:
  /// The binary lives as long as this object.
  Result<ProgramFile *> open(const UserFile &file) {
    const auto known = files_.find(file.path);
    if (known != files_.end()) return &known->second;
    Result<std::unique_ptr<ElfFile>> elf = ElfFile::open(file.path);
    if (!elf) return elf.error();
    ProgramFile binary = {.name = file.name, .elf = std::move(*elf)};
    // Two programs may have the same name, and each its own `struct point`.
    std::string label = file.path.substr(file.path.rfind('/') + 1);
    if (const int before = labels_[label]++; before > 0) label += " (" + std::to_string(before + 1) + ")";
    binary.debug = std::make_unique<DebugInfo>(*binary.elf, std::move(label));
    return &files_.emplace(file.path, std::move(binary)).first->second;
  }

  // The types of all of them; a spelling says which file it is of.
  std::optional<Type> find(std::string_view spelling) const override {
    std::optional<Type> found;
    for (const auto &[path, file] : files_)
      if (!found) found = file.debug->types().find(spelling);
    return found;
  }
  const CStructure *structure(std::string_view spelling) const override {
    const CStructure *found = nullptr;
    for (const auto &[path, file] : files_)
      if (found == nullptr) found = file.debug->types().structure(spelling);
    return found;
  }
  const std::vector<CEnumerator> *enumeration(std::string_view) const override { return nullptr; }
  std::optional<CConstant> constant(std::string_view) const override { return std::nullopt; }
  std::vector<std::string> known_names() const override { return {}; }

 private:
  std::map<std::string, ProgramFile> files_;
  std::map<std::string, int> labels_;  // how many have it
};

}  // namespace awl
