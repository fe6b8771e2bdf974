// SPDX-License-Identifier: GPL-2.0-only
// Addresses and stacks to names: what decoding asks for. Numbers come from the kernel side and are believed in
// nothing; the texts that symbols point at live as long as the object that gave them.
#pragma once
#include <cstdint>

#include "bpf_lib/awl_abi.h"
#include "runtime/values.h"

namespace awl {

class Symbols {
 public:
  virtual ~Symbols() = default;
  virtual Symbol kernel(uint64_t address) = 0;
  virtual Symbol user(uint32_t process, uint64_t address) = 0;
  virtual Stack stack(const awl_stack &value, bool user, Stack::Style style) = 0;
};

/// Addresses alone, by which rows are sorted: names would cost much, and most rows may not be shown.
class Unnamed final : public Symbols {
 public:
  explicit Unnamed(Symbols &symbols) : symbols_(symbols) {}
  Symbol kernel(uint64_t address) override { return {.address = address}; }
  Symbol user(uint32_t, uint64_t address) override { return {.address = address}; }
  Stack stack(const awl_stack &value, bool user, Stack::Style) override {
    return symbols_.stack(value, user, Stack::Style::raw);
  }

 private:
  Symbols &symbols_;
};

}  // namespace awl
