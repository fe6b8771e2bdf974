// SPDX-License-Identifier: GPL-2.0-only
// Where the members of a C structure lie, by the rules of gcc for x86-64.
#pragma once
#include <optional>
#include <vector>

#include "lang/cdecl.h"

namespace awl {

struct MemberToLay {
  std::string name;
  Type type;
  std::optional<uint32_t> bits;  // of a bit-field
};

struct LayoutRules {
  bool packed = false;
  uint64_t aligned = 1;  // the least alignment, in bytes
};

/// Fills in the members and the size; gives back the alignment.
uint64_t lay_out(const DeclaredTypes &types, const std::vector<MemberToLay> &members, const LayoutRules &rules,
                 CStructure &structure);

}  // namespace awl
