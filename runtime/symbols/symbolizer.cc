// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/symbols/symbolizer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "runtime/symbols/demangle.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr std::string_view vdso_name = "[vdso]";

/// Frames whose names are remembered, some tens of megabytes.
constexpr size_t most_user_frames = size_t{1} << 18;

/// Memory without a file behind it, where a compiler may have written functions.
bool is_anonymous(std::string_view path) {
  return !path.starts_with('/') || path.starts_with("//") || path.starts_with("/memfd:") || path.starts_with("/dev/");
}

/// The functions that the kernel itself puts into every process; ours has the same.
Fd vdso_file() {
  std::string maps = read_file("/proc/self/maps").value_or("");
  size_t name = maps.find(vdso_name);
  if (name == maps.npos) return Fd();
  size_t line = maps.rfind('\n', name);
  unsigned long begin = 0, end = 0;
  if (std::sscanf(maps.c_str() + (line == maps.npos ? 0 : line + 1), "%lx-%lx", &begin, &end) != 2) return Fd();
  Fd file(memfd_create("vdso", MFD_CLOEXEC));
  const void *image = reinterpret_cast<const void *>(begin);
  if (!file || ::write(file.get(), image, end - begin) != static_cast<ssize_t>(end - begin)) return Fd();
  return file;
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (unsigned char byte : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  return text;
}

}  // namespace

Symbolizer::Symbolizer(ReadFrames read_frames, bool debug_info, bool watch)
    : read_frames_(std::move(read_frames)),
      debug_info_(debug_info),
      watch_(watch ? std::make_unique<MappingWatch>() : nullptr) {}

const KernelSymbols &Symbolizer::kernel_symbols() {
  if (!kernel_) kernel_.emplace(read_file("/proc/kallsyms").value_or(""));
  return *kernel_;
}

Symbol Symbolizer::kernel(uint64_t address) { return kernel_symbols().find(address); }

Symbol Symbolizer::user(uint32_t process, uint64_t address) { return user_frame({address, process, true}).back(); }

Stack Symbolizer::stack(const awl_stack &value, bool user, Stack::Style style) {
  Stack stack{.style = style,
              .frames = {},
              .user = user,
              .truncated = (value.flags & AWL_STACK_TRUNCATED) != 0,
              .lost = (value.flags & AWL_STACK_LOST) != 0};
  std::vector<uint64_t> frames = read_frames_(value);
  if (frames.empty() && value.frames > 0) stack.lost = true;
  stack.frames.reserve(frames.size());
  for (size_t i = 0; i < frames.size(); i++) {
    uint64_t address = frames[i];
    bool innermost = i == 0;
    if (style == Stack::Style::raw) {
      stack.frames.push_back({.address = address});
    } else if (!user) {
      auto [known, is_new] = kernel_frames_.try_emplace(innermost ? address : ~address);
      if (is_new) known->second = kernel_symbols().find(address, innermost ? address : address - 1);
      stack.frames.push_back(known->second);
    } else if (style == Stack::Style::build_id) {
      stack.frames.push_back(by_build_id(value.process, address));
    } else {
      const std::vector<Symbol> &named = user_frame({address, value.process, innermost});
      stack.frames.insert(stack.frames.end(), named.begin(), named.end());
    }
  }
  return stack;
}

const std::vector<Symbol> &Symbolizer::user_frame(const Frame &frame) {
  // In a long run processes come and go, each with addresses of its own.
  if (user_frames_.size() >= most_user_frames) user_frames_.clear();
  auto [known, is_new] = user_frames_.try_emplace(frame);
  if (is_new) known->second = name_user_frame(frame);
  return known->second;
}

std::vector<Symbol> Symbolizer::name_user_frame(const Frame &frame) {
  std::optional<Processes::Place> place;
  if (watch_) place = MappingWatch::Guard(*watch_)->find(frame.process, frame.address);
  Symbol unknown{.address = frame.address};
  if (place) {
    const Module &module = module_of(frame.process, *place);
    unknown.module = module.path;
    if (std::vector<Symbol> named = in_binary(frame, module, place->offset); !named.empty()) return named;
  }
  if (!place || is_anonymous(unknown.module))
    if (std::optional<Symbol> named = in_jit_map(frame)) return {*named};
  return {unknown};
}

std::vector<Symbol> Symbolizer::in_binary(const Frame &frame, const Module &module, uint64_t offset) {
  if (!module.binary) return {};
  uint64_t at = offset - (frame.innermost ? 0 : 1);
  Symbol symbol{.address = frame.address, .module = module.path};
  if (const SymbolFile::Function *function = module.binary->find(at)) {
    symbol.name = demangled(function->name);
    symbol.offset = module.binary->address_of(at).value_or(0) - function->begin + (offset - at);
  }
  std::vector<Symbol> symbols;
  if (debug_info_) {
    for (SymbolFile::Line &line : module.binary->lines(at)) {
      Symbol part = symbol;
      part.file = texts_.keep(std::move(line.file));
      part.line = line.line;
      part.inlined = true;  // but for the last
      if (!line.name.empty()) part.name = texts_.keep(demangle(line.name)), part.offset = 0;
      symbols.push_back(part);
    }
  }
  if (symbols.empty()) {
    if (!symbol.name.empty()) symbols.push_back(symbol);
    return symbols;
  }
  symbols.back().inlined = false;
  if (!symbol.name.empty()) symbols.back().name = symbol.name, symbols.back().offset = symbol.offset;
  return symbols;
}

std::optional<Symbol> Symbolizer::in_jit_map(const Frame &frame) {
  auto [map, is_new] = jit_maps_.try_emplace(frame.process);
  if (is_new && watch_) map->second = JitMap::read(frame.process, MappingWatch::Guard(*watch_)->owner(frame.process));
  if (!map->second) return std::nullopt;
  const JitMap::Function *function = map->second->find(frame.address - (frame.innermost ? 0 : 1));
  if (!function) return std::nullopt;
  return Symbol{.address = frame.address,
                .name = map->second->name(*function),
                .offset = frame.address - function->begin,
                .module = "[JIT]"};
}

Symbol Symbolizer::by_build_id(uint32_t process, uint64_t address) {
  std::optional<Processes::Place> place;
  if (watch_) place = MappingWatch::Guard(*watch_)->find(process, address);
  if (!place) return {.address = address};
  const Module &module = module_of(process, *place);
  return {.address = address, .name = module.build_id, .offset = place->offset, .module = module.path};
}

std::string_view Symbolizer::demangled(std::string_view name) {
  auto [known, is_new] = demangled_.try_emplace(name);
  if (is_new) known->second = texts_.keep(demangle(name));
  return known->second;
}

const Symbolizer::Module &Symbolizer::module_of(uint32_t process, const Processes::Place &place) {
  auto [known, is_new] = modules_.try_emplace(place.mapping.file);
  if (!is_new) return known->second;
  MappingWatch::Guard processes(*watch_);
  MappedFile &file = processes->file(place.mapping.file);
  Module &module = known->second;
  module.path = texts_.keep(file.path);
  module.binary = open(process, place.mapping, file);
  const std::string &build_id = module.binary ? module.binary->build_id() : file.build_id;
  module.build_id = texts_.keep(hexadecimal(build_id));
  return module;
}

/// By the descriptor that was opened in time, through the process if it lives, and by our own path at last. What has a
/// build id proves itself by it; of anything else only what is mapped is sure to be the right one.
SymbolFile *Symbolizer::open(uint32_t process, const Mapping &mapping, MappedFile &file) {
  if (file.path == vdso_name) return open_once(file.path, vdso_file(), "");
  if (!file.path.starts_with('/') || file.path.starts_with("//")) return nullptr;
  const std::string in_process = fmt::format("/proc/{}/root{}", process, file.path);
  std::string name = file.foreign ? in_process : file.path;
  if (name.ends_with(deleted_mark)) name.resize(name.size() - deleted_mark.size());
  Fd mapped(::open(path_of_mapped(process, mapping).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (mapped && file.build_id.empty()) file.fd = std::move(mapped);
  if (file.fd)
    if (SymbolFile *binary = open_once(name, std::move(file.fd), file.build_id)) return binary;
  if (!file.foreign)
    if (SymbolFile *binary = open_once(file.path, Fd(), file.build_id)) return binary;
  if (SymbolFile *binary = open_once(in_process, Fd(), file.build_id)) return binary;
  return mapped ? open_once(name, std::move(mapped), file.build_id) : nullptr;
}

/// The same file may be mapped under many names. One that is not the file that was mapped is not used.
SymbolFile *Symbolizer::open_once(const std::string &path, Fd fd, const std::string &build_id) {
  if (!fd) fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about {};
  if (!fd || fstat(fd.get(), &about) != 0 || !S_ISREG(about.st_mode)) return nullptr;
  auto [known, is_new] = binaries_.try_emplace({about.st_dev, about.st_ino});
  if (is_new) known->second = SymbolFile::open(path, std::move(fd));
  SymbolFile *binary = known->second.get();
  return binary && (build_id.empty() || binary->build_id() == build_id) ? binary : nullptr;
}

}  // namespace awl
