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

}  // namespace awl
