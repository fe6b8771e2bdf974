// SPDX-License-Identifier: GPL-2.0-only
// The functions of one program or library, as its files tell: its own symbol table, the small one that distributions
// compress into `.gnu_debugdata`, or the one of a debug file that is found by build id or link. elfutils reads all of
// that; here its symbols are put in order once, so that an address is found by bisection.
//
// Addresses are offsets in the file, as mappings of processes give them.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/symbols/texts.h"
#include "runtime/values.h"
#include "src/base/fd.h"

struct Dwfl;
struct Dwfl_Module;

namespace awl {

class SymbolFile {
 public:
  /// `path` is where the file lies, for debug files beside it; `fd`, when there is one, is read instead. Null when it
  /// is no ELF file.
  static std::unique_ptr<SymbolFile> open(const std::string &path, Fd fd);
  ~SymbolFile();
  SymbolFile(const SymbolFile &) = delete;
  SymbolFile &operator=(const SymbolFile &) = delete;

  /// Bytes of the build id; empty when the file has none.
  const std::string &build_id() const { return build_id_; }

  struct Function {
    uint64_t begin = 0, size = 0;
    std::string_view name;  // as in the file
  };
  /// The function at an offset of the file.
  const Function *find(uint64_t offset);
  /// Where the function begins: an offset in the file.
  std::optional<uint64_t> offset_of(std::string_view name);

  /// The address that an offset is loaded at, before the whole file is moved.
  std::optional<uint64_t> address_of(uint64_t offset) const;

  /// What the compiler left of calls that it dissolved: from the innermost function outwards, the last is the one
  /// that really is there. `name` may be empty in the last. Nothing when the file has no such information.
  struct Line {
    std::string name, file;
    uint32_t line = 0;
  };
  std::vector<Line> lines(uint64_t offset);

 private:
  struct Segment {
    uint64_t offset, address, size;
  };
  struct CloseDwfl {
    void operator()(Dwfl *dwfl) const;
  };
  SymbolFile() = default;
  bool read_segments();
  void read_functions();
  std::optional<uint64_t> offset_at(uint64_t address) const;

  std::unique_ptr<Dwfl, CloseDwfl> dwfl_;
  Dwfl_Module *module_ = nullptr;
  std::string build_id_;
  std::vector<Segment> segments_;
  std::vector<Function> functions_;  // by address
  bool has_functions_ = false;
};

}  // namespace awl
