// SPDX-License-Identifier: GPL-2.0-only
// ELF files through elfutils; see elf_file.h.
#include "runtime/elf_file.h"

#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <gelf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "src/base/fd.h"

namespace awl {
namespace {

struct Segment {
  uint64_t address, offset, size;
  bool is_code;
};

Error not_usable(const std::string &path, std::string why, std::string help = {}) {
  return {.what = fmt::format("cannot probe `{}`", path), .why = std::move(why), .help = std::move(help)};
}

/// Why an open file cannot be probed, or nothing.
std::optional<Error> objection(const std::string &path, Elf *elf) {
  GElf_Ehdr header;
  if (elf == nullptr || elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, &header) == nullptr) {
    const char *start = elf == nullptr ? nullptr : elf_rawfile(elf, nullptr);
    if (start != nullptr && std::string_view(start, 2) == "#!")
      return not_usable(path, "it is a script", "name the program that runs it");
    return not_usable(path, "it is no ELF file");
  }
  if (gelf_getclass(elf) != ELFCLASS64 || header.e_machine != EM_X86_64)
    return not_usable(path,
                      gelf_getclass(elf) == ELFCLASS32 ? "it is a 32-bit ELF file" : "it is made for another processor",
                      "only programs for x86-64 can be probed");
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
    return not_usable(path, "it is neither a program nor a shared library");
  return std::nullopt;
}

std::string_view without_version(std::string_view name) { return name.substr(0, name.find('@')); }

constexpr Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo,
    .section_address = dwfl_offline_section_address,
    .debuginfo_path = nullptr,
};

}  // namespace

struct ElfFile::State {
  std::string path;
  Dwfl *dwfl = nullptr;
  Dwfl_Module *module = nullptr;
  Elf *elf = nullptr;  // owned by dwfl
  std::vector<Segment> segments;
  bool symbols_read = false;
  std::vector<ElfFunction> functions;
  std::vector<const ElfFunction *> by_address;
  bool has_go = false;
  uint64_t go_begin = 0, go_end = UINT64_MAX;  // the text that Go's linker made

  ~State() {
    if (dwfl != nullptr) dwfl_end(dwfl);
  }
  void read_segments();
  void look_for_go();
  void read_symbols();
  std::optional<uint64_t> offset_of(uint64_t address, bool is_code) const;
};

void ElfFile::State::read_segments() {
  size_t count = 0;
  elf_getphdrnum(elf, &count);
  for (size_t i = 0; i < count; i++) {
    GElf_Phdr header;
    if (gelf_getphdr(elf, static_cast<int>(i), &header) == nullptr || header.p_type != PT_LOAD) continue;
    segments.push_back({header.p_vaddr, header.p_offset, header.p_filesz, (header.p_flags & PF_X) != 0});
  }
}

void ElfFile::State::look_for_go() {
  size_t names = 0;
  elf_getshdrstrndx(elf, &names);
  for (Elf_Scn *section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    const char *name = gelf_getshdr(section, &header) == nullptr ? nullptr : elf_strptr(elf, names, header.sh_name);
    if (name == nullptr) continue;
    const std::string_view text = name;
    has_go |= text == ".go.buildinfo" || text == ".note.go.buildid" || text.ends_with(".gopclntab");
  }
}

void ElfFile::State::read_symbols() {
  if (symbols_read) return;
  symbols_read = true;
  const int count = dwfl_module_getsymtab(module);
  for (int i = 1; i < count; i++) {
    GElf_Sym symbol;
    GElf_Addr address = 0;
    const char *name = dwfl_module_getsym_info(module, i, &symbol, &address, nullptr, nullptr, nullptr);
    if (name == nullptr || *name == '\0' || symbol.st_shndx == SHN_UNDEF) continue;
    const int type = GELF_ST_TYPE(symbol.st_info);
    if (has_go && std::string_view(name) == "runtime.text") go_begin = address;
    if (has_go && std::string_view(name) == "runtime.etext") go_end = address;
    if ((type != STT_FUNC && type != STT_GNU_IFUNC) || !offset_of(address, true)) continue;
    functions.push_back({without_version(name), address, symbol.st_size, type == STT_GNU_IFUNC});
  }
  const auto order = [](const ElfFunction &a, const ElfFunction &b) {
    return std::tie(a.name, a.address, b.size) < std::tie(b.name, b.address, a.size);
  };
  const auto same = [](const ElfFunction &a, const ElfFunction &b) {
    return a.name == b.name && a.address == b.address;
  };
  std::ranges::sort(functions, order);
  functions.erase(std::unique(functions.begin(), functions.end(), same), functions.end());
  for (const ElfFunction &function : functions) by_address.push_back(&function);
  std::ranges::stable_sort(by_address, {}, &ElfFunction::address);
}

std::optional<uint64_t> ElfFile::State::offset_of(uint64_t address, bool is_code) const {
  for (const Segment &segment : segments)
    if (segment.is_code == is_code && address >= segment.address && address - segment.address < segment.size)
      return address - segment.address + segment.offset;
  return std::nullopt;
}

ElfFile::ElfFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
ElfFile::~ElfFile() = default;

Result<std::unique_ptr<ElfFile>> ElfFile::open(const std::string &path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    Error error = not_usable(path, errno == ENOENT ? "there is no such file" : errno_text(errno));
    if (errno == EACCES || errno == EPERM) error.help = "run as root: sudo awl ...";
    return error;
  }
  elf_version(EV_CURRENT);
  Elf *elf = elf_begin(fd.get(), ELF_C_READ_MMAP, nullptr);
  const std::optional<Error> error = objection(path, elf);
  elf_end(elf);
  if (error) return *error;

  auto state = std::make_unique<State>();
  state->path = path;
  state->dwfl = dwfl_begin(&callbacks);
  dwfl_report_begin(state->dwfl);
  state->module = dwfl_report_elf(state->dwfl, path.c_str(), path.c_str(), fd.get(), 0, true);
  if (state->module != nullptr) fd.release();
  dwfl_report_end(state->dwfl, nullptr, nullptr);
  GElf_Addr bias = 0;
  state->elf = state->module == nullptr ? nullptr : dwfl_module_getelf(state->module, &bias);
  if (state->elf == nullptr) return not_usable(path, dwfl_errmsg(-1));
  state->read_segments();
  state->look_for_go();
  return std::unique_ptr<ElfFile>(new ElfFile(std::move(state)));
}

const std::string &ElfFile::path() const { return state_->path; }
Dwfl_Module *ElfFile::module() const { return state_->module; }

const std::vector<ElfFunction> &ElfFile::functions() const {
  state_->read_symbols();
  return state_->functions;
}

const ElfFunction *ElfFile::function_at(uint64_t address) const {
  state_->read_symbols();
  const auto &all = state_->by_address;
  auto place = std::ranges::upper_bound(all, address, {}, &ElfFunction::address);
  // Several names of one place need not all have a size.
  for (; place != all.begin(); --place) {
    const ElfFunction &function = **std::prev(place);
    if (address - function.address < std::max<uint64_t>(function.size, 1)) return &function;
    if (function.size > 0) break;
  }
  return nullptr;
}

std::optional<uint64_t> ElfFile::symbol(std::string_view name) const {
  const int count = dwfl_module_getsymtab(state_->module);
  for (int i = 1; i < count; i++) {
    GElf_Sym symbol;
    GElf_Addr address = 0;
    const char *found = dwfl_module_getsym_info(state_->module, i, &symbol, &address, nullptr, nullptr, nullptr);
    if (found != nullptr && symbol.st_shndx != SHN_UNDEF && without_version(found) == name) return address;
  }
  return std::nullopt;
}

std::optional<uint64_t> ElfFile::code_offset(uint64_t address) const { return state_->offset_of(address, true); }
std::optional<uint64_t> ElfFile::data_offset(uint64_t address) const { return state_->offset_of(address, false); }

std::span<const uint8_t> ElfFile::code(uint64_t address, uint64_t size) const {
  const std::optional<uint64_t> offset = code_offset(address);
  size_t file_size = 0;
  const char *file = elf_rawfile(state_->elf, &file_size);
  if (!offset || file == nullptr || *offset >= file_size) return {};
  return {reinterpret_cast<const uint8_t *>(file) + *offset, std::min<uint64_t>(size, file_size - *offset)};
}

bool ElfFile::is_go(const ElfFunction &function) const {
  state_->read_symbols();
  return state_->has_go && function.address >= state_->go_begin && function.address < state_->go_end;
}

// --- USDT ------------------------------------------------------------------------------------------------------

namespace {

/// The three addresses that a note of a probe begins with, and the section's base that they were made for: when
/// the file was moved later (prelink), all move alike.
struct NoteHead {
  uint64_t address, base, semaphore;
};

/// Take the text up to the next NUL.
std::optional<std::string> take_text(std::string_view &rest) {
  const size_t end = rest.find('\0');
  if (end == rest.npos) return std::nullopt;
  std::string text(rest.substr(0, end));
  rest.remove_prefix(end + 1);
  return text;
}

std::optional<StaticProbe> parse_note(std::string_view bytes, uint64_t base_now) {
  NoteHead head;
  if (bytes.size() < sizeof(head)) return std::nullopt;
  std::memcpy(&head, bytes.data(), sizeof(head));
  bytes.remove_prefix(sizeof(head));
  const uint64_t moved = base_now == 0 ? 0 : base_now - head.base;
  std::optional<std::string> provider = take_text(bytes), name = take_text(bytes), arguments = take_text(bytes);
  if (!provider || !name || !arguments) return std::nullopt;
  return StaticProbe{std::move(*provider), std::move(*name), std::move(*arguments), head.address + moved,
                     head.semaphore == 0 ? 0 : head.semaphore + moved};
}

}  // namespace

Result<std::vector<StaticProbe>> ElfFile::static_probes() const {
  std::vector<StaticProbe> probes;
  std::vector<Elf_Data *> notes;
  uint64_t base = 0;
  size_t names = 0;
  elf_getshdrstrndx(state_->elf, &names);
  for (Elf_Scn *section = nullptr; (section = elf_nextscn(state_->elf, section)) != nullptr;) {
    GElf_Shdr header;
    const char *name =
        gelf_getshdr(section, &header) == nullptr ? nullptr : elf_strptr(state_->elf, names, header.sh_name);
    if (name != nullptr && std::strcmp(name, ".stapsdt.base") == 0) base = header.sh_addr;
    if (name != nullptr && header.sh_type == SHT_NOTE && std::strcmp(name, ".note.stapsdt") == 0)
      if (Elf_Data *data = elf_getdata(section, nullptr)) notes.push_back(data);
  }
  for (Elf_Data *data : notes) {
    GElf_Nhdr header;
    size_t name = 0, description = 0;
    for (size_t at = 0; (at = gelf_getnote(data, at, &header, &name, &description)) > 0;) {
      const char *bytes = static_cast<const char *>(data->d_buf);
      const bool is_probe =
          header.n_type == 3 && std::string_view(bytes + name, header.n_namesz) == std::string_view("stapsdt", 8);
      if (!is_probe) continue;
      std::optional<StaticProbe> probe = parse_note({bytes + description, header.n_descsz}, base);
      if (!probe) return not_usable(path(), "its USDT notes are damaged");
      probes.push_back(std::move(*probe));
    }
  }
  return probes;
}

}  // namespace awl
