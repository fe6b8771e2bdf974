// SPDX-License-Identifier: GPL-2.0-only
// Specs of probes on user programs: `file:function[+offset]`, `file:0xaddress`, `file:cpp:"ns::f"`, `file@source:line`;
// and for USDT `file:[provider:]name`. Parts in quotes may hold any character.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/provider.h"
#include "runtime/program_files.h"

namespace awl {

/// A part of a spec: its meaning, and the text in the script that messages point at.
struct SpecPart {
  std::string text;          // without quotes
  std::string_view written;  // a view into the spec's text
};

/// What lies between the colons; those in quotes do not count.
std::vector<SpecPart> spec_parts(std::string_view rest);

struct UserSpec {
  SpecPart file;  // empty text: any file of the processes of -p
  SpecPart function;
  bool is_demangled = false;
  std::optional<uint64_t> address;
  uint64_t offset = 0;
  SpecPart source;  // file@source:line
  int line = 0;
};

/// The form that the user can be pointed to.
struct UserForm {
  std::string_view provider;
  bool at_exit;
  bool has_pids;
};

/// Mistakes go to `diagnostics`.
std::optional<UserSpec> parse_user_spec(const ProbeSpec &spec, const UserForm &form, Diagnostics &diagnostics);

/// A part as it can be written in a spec: in quotes where it holds what would end it.
std::string spec_quoted(std::string_view text);

/// Open the files that `file` means. Of a pattern's files those that cannot be probed are left out; for a single one
/// the reason is reported.
std::vector<ProgramFile *> open_files(const ProbeSpec &spec, const SpecPart &file, const std::vector<int> &pids,
                                      ProgramFiles &binaries, Diagnostics &diagnostics);
/// The same for a listing.
Result<std::vector<ProgramFile *>> open_files(std::string_view file, const std::vector<int> &pids,
                                              ProgramFiles &binaries);

}  // namespace awl
