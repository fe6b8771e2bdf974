// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/symbols/jit_map.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>

#include "src/base/fd.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr size_t largest_file = size_t{64} << 20;

/// The number of the process where it lives: its runtime knows no other.
uint32_t own_number(uint32_t process) {
  std::string status = read_file(fmt::format("/proc/{}/status", process), 64 << 10).value_or("");
  size_t line = status.find("\nNSpid:");
  if (line == status.npos) return process;
  std::string_view rest = std::string_view(status).substr(line + 7);
  rest = rest.substr(0, rest.find('\n'));
  size_t last = rest.find_last_of("\t ");
  uint32_t number = process;
  if (last != rest.npos) std::from_chars(rest.data() + last + 1, rest.data() + rest.size(), number);
  return number;
}

/// A pipe, a device or a link into somebody else's files is not opened, or not read.
std::optional<std::string> read_safely(const std::string &path, std::optional<uint32_t> owner) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat about {};
  if (!fd || fstat(fd.get(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
  if (about.st_uid != 0 && owner && about.st_uid != *owner) return std::nullopt;
  std::string text(std::min(static_cast<size_t>(about.st_size), largest_file), '\0');
  size_t have = 0;
  while (have < text.size()) {
    ssize_t got = ::read(fd.get(), text.data() + have, text.size() - have);
    if (got <= 0) break;
    have += static_cast<size_t>(got);
  }
  text.resize(have);
  return text;
}

}  // namespace

std::optional<JitMap> JitMap::read(uint32_t process, std::optional<uint32_t> owner) {
  std::string inside = fmt::format("/proc/{}/root/tmp/perf-{}.map", process, own_number(process));
  if (auto text = read_safely(inside, owner)) return JitMap(std::move(*text));
  if (auto text = read_safely(fmt::format("/tmp/perf-{}.map", process), owner)) return JitMap(std::move(*text));
  return std::nullopt;
}

JitMap::JitMap(std::string text) : text_(std::move(text)) {
  for (std::string_view line : split(text_, '\n')) {
    const char *end = line.data() + line.size();
    uint64_t begin = 0, size = 0;
    auto first = std::from_chars(line.data(), end, begin, 16);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != ' ') continue;
    auto second = std::from_chars(first.ptr + 1, end, size, 16);
    if (second.ec != std::errc() || end - second.ptr < 2 || *second.ptr != ' ') continue;
    const char *name = second.ptr + 1;
    functions_.push_back(
        {begin, size, static_cast<uint32_t>(name - text_.data()), static_cast<uint32_t>(end - name)});
  }
  // Code that was thrown away leaves its line; the last one for an address is true.
  std::reverse(functions_.begin(), functions_.end());
  std::stable_sort(functions_.begin(), functions_.end(),
                   [](const Function &a, const Function &b) { return a.begin < b.begin; });
}

const JitMap::Function *JitMap::find(uint64_t address) const {
  auto above = std::upper_bound(functions_.begin(), functions_.end(), address,
                                [](uint64_t value, const Function &function) { return value < function.begin; });
  if (above == functions_.begin()) return nullptr;
  auto first = std::lower_bound(functions_.begin(), above, std::prev(above)->begin,
                                [](const Function &function, uint64_t value) { return function.begin < value; });
  return address - first->begin < first->size ? &*first : nullptr;
}

}  // namespace awl
