// SPDX-License-Identifier: GPL-2.0-only
// Functions of user programs: finding those that a spec means, where their probes go, and what their arguments are.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/provider.h"
#include "runtime/program_files.h"
#include "runtime/providers/user_spec.h"

namespace awl {

/// A function as it is called in a spec.
struct NamedFunction {
  const ElfFunction *function = nullptr;
  std::string label;  // "readline", "ns::f(int)"
  bool is_demangled = false;
  /// "readline", "cpp:\"ns::f(int)\"": what follows the file in a probe's name.
  std::string spec() const;
};

/// Functions of the file that the spec means by name, each place once, sorted by name.
std::vector<NamedFunction> matching_functions(const ProgramFile &binary, const UserSpec &spec);

/// The name that comes nearest to a function that is not there.
std::optional<std::string> nearest_function(const ProgramFile &binary, const UserSpec &spec);

/// What a probe at the function's entry or return knows. Without `signature` arguments are plain numbers.
std::vector<Field> function_fields(const ProgramFile &binary, const ElfFunction &function, bool at_exit,
                                   const FunctionSignature *signature);
/// What a probe at an inlined copy knows: the arguments by name that lie in a register there.
std::vector<Field> inlined_fields(const FunctionSignature &signature);
/// What a probe in the middle of code knows: registers that may still hold arguments.
std::vector<Field> instruction_fields();

/// Places of a probe at entry, or what stands against it.
Result<std::vector<uint64_t>> entry_addresses(const ProgramFile &binary, const ElfFunction &function);
/// Places of a probe at return when it may be no return probe: a function of Go. Nothing for other functions.
Result<std::vector<uint64_t>> return_addresses(const ProgramFile &binary, const ElfFunction &function);
/// Whether a probe may go to the address, else why not.
Status check_address(const ProgramFile &binary, uint64_t address);

}  // namespace awl
