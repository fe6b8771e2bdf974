// SPDX-License-Identifier: GPL-2.0-only
// What an executable or a shared library has to be probed at: its functions, its USDT probes, its code. elfutils reads
// the format; here is only what probes ask of it.
//
// Addresses are those that the file itself has, before it is loaded anywhere; the kernel wants offsets in the file.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"

struct Dwfl_Module;

namespace awl {

struct ElfFunction {
  std::string_view name;  // as the linker knows it, without a version
  uint64_t address = 0, size = 0;
  bool is_indirect = false;  // the code at its address chooses an implementation when the program starts (IFUNC)
};

/// One place of a USDT probe; inlining makes several of one.
struct StaticProbe {
  std::string provider, name, arguments;  // arguments as the assembler wrote them: "-4@%edi 8@16(%rsp)"
  uint64_t address = 0;
  uint64_t semaphore = 0;  // address of a counter that arms the probe; 0: it is always armed
};

class ElfFile {
 public:
  /// Errors say why the file cannot be probed: it is missing, no ELF file, for another processor ...
  static Result<std::unique_ptr<ElfFile>> open(const std::string &path);
  ~ElfFile();
  ElfFile(const ElfFile &) = delete;
  ElfFile &operator=(const ElfFile &) = delete;

  const std::string &path() const;
  /// Sorted by name, then address. Symbols of a separate file with debug information count, too.
  const std::vector<ElfFunction> &functions() const;
  /// The function that the address lies in, or null.
  const ElfFunction *function_at(uint64_t address) const;
  /// Address of any symbol, also of data.
  std::optional<uint64_t> symbol(std::string_view name) const;
  Result<std::vector<StaticProbe>> static_probes() const;

  /// Where the byte at an address lies in the file; nothing when it is in no code.
  std::optional<uint64_t> code_offset(uint64_t address) const;
  /// The same for what may be written to.
  std::optional<uint64_t> data_offset(uint64_t address) const;
  /// At most `size` bytes of code from `address` on.
  std::span<const uint8_t> code(uint64_t address, uint64_t size) const;

  /// Whether Go's compiler made the function. Stacks of Go move, which no return probe survives.
  bool is_go(const ElfFunction &function) const;
  /// For what needs DWARF.
  Dwfl_Module *module() const;

 private:
  struct State;
  explicit ElfFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace awl
