// SPDX-License-Identifier: GPL-2.0-only
// The structures of a program as the compiler asks for them: members by name, out of DWARF. A type is read when a
// signature or another structure names it, its members when a script uses them.
//
// A program's `struct file` is not the kernel's, so each is spelled with the program's name, in a way that C cannot:
// "struct file of bash".
#pragma once
#include <elfutils/libdw.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "lang/ctypes.h"

namespace awl {

class DwarfStructures final : public CTypes {
 public:
  explicit DwarfStructures(std::string file);

  /// Numbers, pointers into the program, structures, arrays; kind `record` for what the language has no values of
  /// (floating numbers), none for void. DWARF must outlive this object.
  Type type_of(std::optional<Dwarf_Die> type) const;

  std::optional<Type> find(std::string_view spelling) const override;
  const CStructure *structure(std::string_view spelling) const override;
  const std::vector<CEnumerator> *enumeration(std::string_view) const override { return nullptr; }
  std::optional<CConstant> constant(std::string_view) const override { return std::nullopt; }
  std::vector<std::string> known_names() const override { return {}; }

 private:
  struct Known {
    Dwarf_Die die;
    std::unique_ptr<CStructure> structure = {};  // once it was asked for
  };
  Type at_depth(std::optional<Dwarf_Die> type, int depth) const;
  Type array_of(Dwarf_Die array, int depth) const;
  std::string spelling(Dwarf_Die compound) const;
  void add_member(Dwarf_Die member, CStructure &to) const;

  std::string file_;
  mutable std::map<std::string, Known, std::less<>> known_;  // by spelling
  mutable std::map<const void *, std::string> spellings_;    // by DIE
};

}  // namespace awl
