// SPDX-License-Identifier: GPL-2.0-only
// What DWARF knows of a file's functions: parameters with their types and places, results, lines. Only what is asked
// for is read, because reading all of it takes long.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/ctypes.h"
#include "lang/type.h"
#include "runtime/calling.h"
#include "runtime/elf_file.h"

namespace awl {

struct FunctionParameter {
  std::string name;         // empty when it has none
  std::string declaration;  // "const char * name"
  Type type;                // kind `record` for what is no number and no structure
  ArgumentPlace place;      // when the function is entered
};

struct FunctionSignature {
  std::vector<FunctionParameter> parameters;
  Type result;  // none for void
  std::string result_declaration;
};

/// A place where code for a line begins, and the function that it belongs to.
struct LinePlace {
  uint64_t address = 0;
  std::string function;
};

struct LineSearch {
  std::vector<LinePlace> places;
  bool has_file = false;         // there is a source file of this name
  std::optional<int> next_line;  // the first line behind it with code
};

/// Where the compiler put a copy of a function's code into another function.
struct InlinedCall {
  uint64_t address = 0;
  FunctionSignature signature;  // with the arguments that lie in one place there
};

class DebugInfo {
 public:
  /// `label` tells this file's types from those of others: "struct point of LABEL".
  DebugInfo(const ElfFile &elf, std::string label);
  ~DebugInfo();
  DebugInfo(const DebugInfo &) = delete;
  DebugInfo &operator=(const DebugInfo &) = delete;

  bool exists() const;
  /// The structures that the types of signatures name.
  const CTypes &types() const;
  /// Of the function that begins at the address; nothing when DWARF does not know it.
  std::optional<FunctionSignature> signature(const ElfFunction &function) const;
  /// All copies of a function, by its plain name. Takes a look at everything that DWARF has.
  std::vector<InlinedCall> inlined_calls(std::string_view function) const;
  /// One place for each function, or inlined copy of one, that has code for the line. `file` may lack folders.
  LineSearch find_line(std::string_view file, int line) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace awl
