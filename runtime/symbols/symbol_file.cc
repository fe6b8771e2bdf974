// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/symbols/symbol_file.h"

#include <elfutils/libdwfl.h>
#include <fcntl.h>

#include <algorithm>
#include <tuple>

namespace awl {
namespace {

/// Where debug files lie; elfutils adds the build id, or the path of the binary.
char debug_directories[] = "+:.debug:/usr/lib/debug";
char *debug_path = debug_directories;

const Dwfl_Callbacks callbacks = {.find_elf = dwfl_build_id_find_elf,
                                  .find_debuginfo = dwfl_standard_find_debuginfo,
                                  .section_address = dwfl_offline_section_address,
                                  .debuginfo_path = &debug_path};

bool is_function(const GElf_Sym &symbol) {
  auto type = GELF_ST_TYPE(symbol.st_info);
  return symbol.st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_GNU_IFUNC);
}

/// Of several names for one function, the plain one: `write` rather than `__libc_write`.
auto plainness(std::string_view name) {
  size_t underscores = std::min(name.find_first_not_of('_'), name.size());
  return std::tuple(underscores, name.size(), name);
}

}  // namespace

void SymbolFile::CloseDwfl::operator()(Dwfl *dwfl) const { dwfl_end(dwfl); }

SymbolFile::~SymbolFile() = default;

std::unique_ptr<SymbolFile> SymbolFile::open(const std::string &path, Fd fd) {
  if (!fd) fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return nullptr;
  std::unique_ptr<SymbolFile> binary(new SymbolFile);
  binary->dwfl_.reset(dwfl_begin(&callbacks));
  if (!binary->dwfl_) return nullptr;
  dwfl_report_begin(binary->dwfl_.get());
  // Moved by 0: addresses are those in the file. elfutils closes the descriptor of a file that it accepts.
  binary->module_ = dwfl_report_elf(binary->dwfl_.get(), path.c_str(), path.c_str(), fd.get(), 0, true);
  if (binary->module_) fd.release();
  dwfl_report_end(binary->dwfl_.get(), nullptr, nullptr);
  if (!binary->module_ || !binary->read_segments()) return nullptr;
  return binary;
}

bool SymbolFile::read_segments() {
  GElf_Addr bias = 0;
  Elf *elf = dwfl_module_getelf(module_, &bias);
  size_t headers = 0;
  if (!elf || elf_getphdrnum(elf, &headers) != 0) return false;
  for (size_t i = 0; i < headers; i++) {
    GElf_Phdr header;
    if (gelf_getphdr(elf, static_cast<int>(i), &header) && header.p_type == PT_LOAD)
      segments_.push_back({header.p_offset, header.p_vaddr + bias, header.p_filesz});
  }
  const unsigned char *bits = nullptr;
  GElf_Addr where = 0;
  if (int size = dwfl_module_build_id(module_, &bits, &where); size > 0)
    build_id_.assign(reinterpret_cast<const char *>(bits), static_cast<size_t>(size));
  return true;
}

std::optional<uint64_t> SymbolFile::address_of(uint64_t offset) const {
  for (const Segment &segment : segments_)
    if (offset >= segment.offset && offset - segment.offset < segment.size)
      return offset - segment.offset + segment.address;
  return std::nullopt;
}

std::optional<uint64_t> SymbolFile::offset_at(uint64_t address) const {
  for (const Segment &segment : segments_)
    if (address >= segment.address && address - segment.address < segment.size)
      return address - segment.address + segment.offset;
  return std::nullopt;
}

void SymbolFile::read_functions() {
  has_functions_ = true;
  int count = dwfl_module_getsymtab(module_);
  for (int i = 1; i < count; i++) {
    GElf_Sym symbol;
    GElf_Addr address = 0;
    const char *name = dwfl_module_getsym_info(module_, i, &symbol, &address, nullptr, nullptr, nullptr);
    if (name && *name && is_function(symbol)) functions_.push_back({address, symbol.st_size, name});
  }
  std::sort(functions_.begin(), functions_.end(), [](const Function &a, const Function &b) {
    return a.begin != b.begin ? a.begin < b.begin : plainness(a.name) < plainness(b.name);
  });
  auto same = [](const Function &a, const Function &b) { return a.begin == b.begin; };
  functions_.erase(std::unique(functions_.begin(), functions_.end(), same), functions_.end());
}

/// Hand-written functions say no size; they reach to the next one.
const SymbolFile::Function *SymbolFile::find(uint64_t offset) {
  if (!has_functions_) read_functions();
  std::optional<uint64_t> address = address_of(offset);
  if (!address) return nullptr;
  auto above = std::upper_bound(functions_.begin(), functions_.end(), *address,
                                [](uint64_t value, const Function &function) { return value < function.begin; });
  if (above == functions_.begin()) return nullptr;
  const Function &found = *std::prev(above);
  return found.size == 0 || *address - found.begin < found.size ? &found : nullptr;
}

std::optional<uint64_t> SymbolFile::offset_of(std::string_view name) {
  int count = dwfl_module_getsymtab(module_);
  for (int i = 1; i < count; i++) {
    GElf_Sym symbol;
    GElf_Addr address = 0;
    const char *found = dwfl_module_getsym_info(module_, i, &symbol, &address, nullptr, nullptr, nullptr);
    if (found && symbol.st_shndx != SHN_UNDEF && name == found) return offset_at(address);
  }
  return std::nullopt;
}

}  // namespace awl
