// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/symbols/kernel_symbols.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace awl {
namespace {

/// No function of the kernel is as large; an address further behind one lies in memory that the list does not know.
constexpr uint64_t largest_function = uint64_t{1} << 20;

}  // namespace

KernelSymbols::KernelSymbols(std::string text) : text_(std::move(text)) {
  text_ += '\n';  // every name ends
  entries_.reserve(text_.size() / 44);
  size_t begin = 0;
  while (const void *found = std::memchr(text_.data() + begin, '\n', text_.size() - begin)) {
    size_t end = static_cast<size_t>(static_cast<const char *>(found) - text_.data());
    add(begin, end);
    begin = end + 1;
  }
  auto before = [](const Entry &a, const Entry &b) { return a.address < b.address; };
  // The list is sorted but for the modules at its end.
  if (!std::is_sorted(entries_.begin(), entries_.end(), before))
    std::stable_sort(entries_.begin(), entries_.end(), before);
}

/// `ffffffff81000000 T vfs_read<tab>[module]`. A kernel that keeps its addresses secret says 0 for all of them.
void KernelSymbols::add(size_t begin, size_t end) {
  const char *first = text_.data() + begin, *last = text_.data() + end;
  uint64_t address = 0;
  auto [after, error] = std::from_chars(first, last, address, 16);
  if (error != std::errc() || address == 0 || last - after < 4 || after[0] != ' ' || after[2] != ' ') return;
  const char letter = after[1];
  bool is_function = letter == 't' || letter == 'T' || letter == 'w' || letter == 'W';
  entries_.push_back({address, static_cast<uint32_t>(after + 3 - text_.data()), is_function});
}

std::string_view KernelSymbols::name_at(const Entry &entry) const {
  size_t end = text_.find_first_of("\t\n", entry.name);
  return std::string_view(text_).substr(entry.name, end - entry.name);
}

std::string_view KernelSymbols::module_at(const Entry &entry) const {
  size_t end = text_.find_first_of("\t\n", entry.name);
  if (text_[end] != '\t') return "vmlinux";
  size_t open = text_.find_first_of("[\n", end);
  if (text_[open] != '[') return "vmlinux";
  size_t close = text_.find_first_of("]\n", open);
  return std::string_view(text_).substr(open + 1, close - open - 1);
}

Symbol KernelSymbols::find(uint64_t address, uint64_t at) const {
  Symbol symbol{.address = address};
  auto above = std::upper_bound(entries_.begin(), entries_.end(), at,
                                [](uint64_t value, const Entry &entry) { return value < entry.address; });
  if (above == entries_.begin()) return symbol;
  auto entry = std::prev(above);
  while (entry != entries_.begin() && std::prev(entry)->address == entry->address) --entry;
  while (entry != above && !entry->is_function) ++entry;
  if (entry == above || at - entry->address > largest_function) return symbol;
  symbol.name = name_at(*entry);
  symbol.module = module_at(*entry);
  symbol.offset = address - entry->address;
  return symbol;
}

std::optional<uint64_t> KernelSymbols::address_of(std::string_view name) const {
  for (const Entry &entry : entries_)
    if (text_.compare(entry.name, name.size(), name) == 0 && name_at(entry) == name) return entry.address;
  return std::nullopt;
}

}  // namespace awl
