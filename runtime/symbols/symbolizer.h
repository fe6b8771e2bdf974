// SPDX-License-Identifier: GPL-2.0-only
// Names for addresses: the kernel's by its own list, those of processes by the files that are mapped there, by the
// maps of their compilers, or not at all. An address is looked at once; a hundred thousand stacks are made of a few
// thousand.
//
// A frame holds the address that its call returns to, which may be the first byte of the next function. So names and
// lines are looked for one byte before, except in the innermost frame.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/symbols.h"
#include "runtime/symbols/symbol_file.h"
#include "runtime/symbols/jit_map.h"
#include "runtime/symbols/kernel_symbols.h"
#include "runtime/symbols/mapping_watch.h"
#include "runtime/symbols/texts.h"

namespace awl {

/// The frames that the kernel keeps under an id; none when it has none.
using ReadFrames = std::function<std::vector<uint64_t>(const awl_stack &)>;

class Symbolizer final : public Symbols {
 public:
  /// `debug_info`: source lines and inlined calls too. `watch`: processes are followed from now on.
  Symbolizer(ReadFrames read_frames, bool debug_info, bool watch);

  Symbol kernel(uint64_t address) override;
  Symbol user(uint32_t process, uint64_t address) override;
  Stack stack(const awl_stack &value, bool user, Stack::Style style) override;
  /// Where the kernel has a function or a variable.
  std::optional<uint64_t> kernel_address(std::string_view name) { return kernel_symbols().address_of(name); }

 private:
  struct Frame {
    uint64_t address;
    uint32_t process;
    bool innermost;
    bool operator==(const Frame &) const = default;
  };
  struct Hash {
    size_t operator()(const Frame &frame) const {
      uint64_t mixed = (frame.address ^ (uint64_t{frame.process} << 44)) * 0x9e3779b97f4a7c15ull;
      return static_cast<size_t>(mixed ^ mixed >> 29) + frame.innermost;
    }
  };
  struct Module {
    SymbolFile *binary = nullptr;
    std::string_view path, build_id;
  };
  const KernelSymbols &kernel_symbols();
  const std::vector<Symbol> &user_frame(const Frame &frame);
  std::vector<Symbol> name_user_frame(const Frame &frame);
  std::vector<Symbol> in_binary(const Frame &frame, const Module &module, uint64_t offset);
  std::optional<Symbol> in_jit_map(const Frame &frame);
  Symbol by_build_id(uint32_t process, uint64_t address);
  std::string_view demangled(std::string_view name);
  const Module &module_of(uint32_t process, const Processes::Place &place);
  SymbolFile *open(uint32_t process, const Mapping &mapping, MappedFile &file);
  SymbolFile *open_once(const std::string &path, Fd fd, const std::string &build_id);

  ReadFrames read_frames_;
  bool debug_info_;
  std::unique_ptr<MappingWatch> watch_;
  std::optional<KernelSymbols> kernel_;
  std::unordered_map<uint64_t, Symbol> kernel_frames_;  // by address; inverted but for the innermost
  std::unordered_map<Frame, std::vector<Symbol>, Hash> user_frames_;
  std::unordered_map<uint32_t, Module> modules_;                                          // by number of the file
  std::map<std::pair<uint64_t, uint64_t>, std::unique_ptr<SymbolFile>> binaries_;             // by device and inode
  std::unordered_map<uint32_t, std::optional<JitMap>> jit_maps_;                          // by process
  std::unordered_map<std::string_view, std::string_view> demangled_;
  Texts texts_;
};

}  // namespace awl
