// SPDX-License-Identifier: GPL-2.0-only
// Arguments of USDT probes: the assembler's operands, as the compiler chose them at each place of the probe.
//
//   -4@%edi   8@$5   1@-17(%rbp)   8@16(%rsp,%rax,8)   4@counter(%rip)   8@counter+4(%rip)
//
// The number is the width in bytes, negative when the value is signed.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/provider.h"

namespace awl {

struct UsdtArgument {
  std::string text;  // as the assembler wrote it
  Type type;
  std::optional<Access> access;  // nothing for what a probe cannot read (floating point registers)
};

/// Address of a variable of the program.
using FindSymbol = std::function<std::optional<uint64_t>(std::string_view name)>;

/// `address`: where the probe is; the program counter's value there.
std::vector<UsdtArgument> parse_usdt_arguments(std::string_view text, uint64_t address, const FindSymbol &symbol);

}  // namespace awl
