// SPDX-License-Identifier: GPL-2.0-only
// The raw tracepoints: tracefs does not list them, but BTF has a type `btf_trace_NAME` for each that takes BPF
// programs. Names are all that is needed, so only the string sections are looked through: that takes two
// milliseconds, and understanding all types ten times as long.
#include <linux/btf.h>

#include <algorithm>
#include <cstring>

#include "runtime/kernel_state.h"
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
  for (size_t at = strings.find(marker); at != strings.npos; at = strings.find(marker, at + 1)) {
    const std::string_view rest = strings.substr(at + marker.size());
    const bool is_start = at == 0 || strings[at - 1] == '\0';
    if (is_start) found.push_back({std::string(rest.substr(0, rest.find('\0'))), module});
  }
}

}  // namespace

const std::vector<RawTracepoint> &Kernel::raw_tracepoints() const {
  if (state_->raw_tracepoints) return *state_->raw_tracepoints;
  std::vector<RawTracepoint> found;
  const std::string directory = state_->root + "/sys/kernel/btf";
  for (const std::string &name : names_in(directory)) {
    const std::optional<std::string> bytes = read_file(directory + "/" + name);
    if (bytes) add_names(strings_of(*bytes), name == "vmlinux" ? "" : name, found);
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
