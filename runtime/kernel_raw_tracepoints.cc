// SPDX-License-Identifier: GPL-2.0-only
// The raw tracepoints: tracefs does not list them, but BTF has a type `btf_trace_NAME` for each that takes BPF
// programs. Names are all that is needed, so only the string sections are looked through: understanding all types
// would take ten times as long.
#include <fcntl.h>
#include <linux/btf.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>

#include "runtime/kernel_state.h"
#include "src/base/fd.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr std::string_view marker = "btf_trace_";

/// The string section: names with a NUL behind each. Empty when the bytes are no BTF.
std::string_view strings_of(std::string_view bytes) {
  btf_header header;
  if (bytes.size() < sizeof(header)) return {};
  std::memcpy(&header, bytes.data(), sizeof(header));
  const uint64_t begin = uint64_t{header.hdr_len} + header.str_off;
  if (header.magic != BTF_MAGIC || begin > bytes.size() || header.str_len > bytes.size() - begin) return {};
  return bytes.substr(begin, header.str_len);
}

void add_names(std::string_view strings, const std::string &module, std::vector<RawTracepoint> &found) {
  for (const char *at = strings.data(), *end = at + strings.size();;) {
    at = static_cast<const char *>(::memmem(at, static_cast<size_t>(end - at), marker.data(), marker.size()));
    if (at == nullptr) return;
    const bool is_start = at == strings.data() || at[-1] == '\0';
    at += marker.size();
    if (is_start) found.push_back({std::string(at, ::strnlen(at, static_cast<size_t>(end - at))), module});
  }
}

/// Linux 6.16 and later let the description of the kernel itself be mapped, which saves a thousand reads of a page.
bool add_mapped(const std::string &path, const std::string &module, std::vector<RawTracepoint> &found) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status;
  if (!file || ::fstat(file.get(), &status) != 0 || status.st_size <= 0) return false;
  const auto size = static_cast<size_t>(status.st_size);
  void *bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (bytes == MAP_FAILED) return false;
  add_names(strings_of({static_cast<const char *>(bytes), size}), module, found);
  ::munmap(bytes, size);
  return true;
}

}  // namespace

const std::vector<RawTracepoint> &Kernel::raw_tracepoints() const {
  if (state_->raw_tracepoints) return *state_->raw_tracepoints;
  std::vector<RawTracepoint> found;
  const std::string directory = state_->root + "/sys/kernel/btf";
  for (const std::string &name : names_in(directory)) {
    const std::string path = directory + "/" + name, module = name == "vmlinux" ? "" : name;
    if (!add_mapped(path, module, found)) add_names(strings_of(read_file(path).value_or("")), module, found);
  }
  std::ranges::sort(found);
  state_->raw_tracepoints = std::move(found);
  return *state_->raw_tracepoints;
}

const RawTracepoint *Kernel::raw_tracepoint(std::string_view name, std::string_view module) const {
  const std::vector<RawTracepoint> &all = raw_tracepoints();
  for (auto one = std::ranges::lower_bound(all, name, {}, &RawTracepoint::name); one != all.end() && one->name == name;
       ++one)
    if (module.empty() || one->module == (module == "vmlinux" ? std::string_view() : module)) return &*one;
  return nullptr;
}

}  // namespace awl
