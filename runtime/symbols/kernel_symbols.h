// SPDX-License-Identifier: GPL-2.0-only
// The kernel's own list of its functions, those of modules and BPF programs included. It is megabytes of text, so it is
// read when the first address has to be named, in one pass, and stays as it came: an entry is an address and where its
// name lies in the text.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/values.h"

namespace awl {

class KernelSymbols {
 public:
  /// `text`: as in /proc/kallsyms. Lines that are no symbols are passed over.
  explicit KernelSymbols(std::string text);
  /// The function that `address` lies in; `at` is where to look, which is one less for an address that a call returns
  /// to (it may be the first byte of the next function).
  Symbol find(uint64_t address, uint64_t at) const;
  Symbol find(uint64_t address) const { return find(address, address); }
  /// Where a function or a variable lies.
  std::optional<uint64_t> address_of(std::string_view name) const;

 private:
  struct Entry {
    uint64_t address;
    uint32_t name;  // offset in text_
    bool is_function;
  };
  void add(size_t begin, size_t end);
  std::string_view name_at(const Entry &entry) const;
  std::string_view module_at(const Entry &entry) const;

  std::string text_;
  std::vector<Entry> entries_;  // by address; of several names for one, the first in the text is first
};

}  // namespace awl
