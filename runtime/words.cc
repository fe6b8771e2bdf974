// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/words.h"

#include <bpf/libbpf.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>

#include "runtime/elf_file.h"
#include "runtime/named_values.h"
#include "runtime/symbols/symbolizer.h"
#include "src/base/text.h"

namespace awl {
namespace {

uint64_t now_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

Result<uint64_t> kernel_symbol(const std::string &name, Symbolizer *symbols) {
  if (std::optional<uint64_t> address = symbols ? symbols->kernel_address(name) : std::nullopt) return *address;
  return Error{.what = "this kernel has nothing that is called `" + name + "`",
               .why = "/proc/kallsyms does not list it",
               .help = {},
               .kind = ErrorKind::unsupported};
}

/// A control group's id is its directory's inode number.
Result<uint64_t> control_group(const std::string &path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) return status.st_ino;
  return Error{.what = "there is no control group `" + path + "`",
               .why = errno_text(errno),
               .help = "`cgroupid` takes a directory, for example `/sys/fs/cgroup/user.slice`"};
}

/// OFFSET:SYMBOL:FILE
Result<uint64_t> user_distance(const std::string &wanted) {
  size_t name_at = wanted.find(':') + 1, file_at = wanted.find(':', name_at) + 1;
  std::string symbol = wanted.substr(name_at, file_at - 1 - name_at), path = wanted.substr(file_at);
  Result<std::unique_ptr<ElfFile>> file = ElfFile::open(path);
  if (!file) return file.error();
  std::optional<uint64_t> address = (*file)->symbol(symbol);
  if (!address) return Error{.what = "`" + path + "` has nothing that is called `" + symbol + "`"};
  uint64_t offset = std::strtoull(wanted.c_str(), nullptr, 10);
  // Code is loaded in one piece: any function tells how far addresses are from offsets.
  for (const ElfFunction &function : (*file)->functions())
    if (std::optional<uint64_t> at = (*file)->code_offset(function.address))
      return *address - (offset + function.address - *at);
  return Error{.what = "`" + path + "` has no code"};
}

Result<uint64_t> value_of(const WordDescription &word, Symbolizer *symbols) {
  switch (word.value) {
    case Loaded::kernel_symbol:
      return kernel_symbol(word.name, symbols);
    case Loaded::processors:
      return static_cast<uint64_t>(std::max(libbpf_num_possible_cpus(), 1));
    case Loaded::control_group:
      return control_group(word.name);
    case Loaded::user_symbol:
      return user_distance(word.name);
  }
  return uint64_t{0};
}

}  // namespace

bool names_kernel_symbols(const Manifest &manifest) {
  return std::ranges::any_of(manifest.words,
                             [](const WordDescription &word) { return word.value == Loaded::kernel_symbol; });
}

Status fill_words(const Manifest &manifest, Object &object, Symbolizer *symbols) {
  for (const WordDescription &word : manifest.words) {
    Result<uint64_t> value = value_of(word, symbols);
    if (!value) return value.error();
    if (std::span<uint64_t> place = object.words(word.variable); !place.empty()) place[0] = *value;
  }
  return Done{};
}

void fill_control(awl_control &control) {
  control.start_ns = now_ns(CLOCK_BOOTTIME);
  control.wall_ns = boot_epoch_ns();
  control.tai_ns = now_ns(CLOCK_TAI) - control.start_ns;
  struct stat status{};
  if (::stat("/proc/self/ns/pid", &status) != 0) return;
  // The kernel's own number of the device, which has no major number.
  control.pid_namespace_device = minor(status.st_dev);
  control.pid_namespace = status.st_ino;
}

}  // namespace awl
