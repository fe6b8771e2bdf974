// SPDX-License-Identifier: GPL-2.0-only
// BTF's types as the language and as C see them. Pure functions of a BTF object.
#pragma once
#include <cstdint>
#include <string>

#include "runtime/kernel.h"

namespace awl {

/// A parameter or result: integers with width and sign, pointers into the kernel, `none` for void; everything that
/// does not fit a register (structs, 128-bit numbers) has kind `record` and its size in bytes.
Type btf_language_type(const btf *btf, uint32_t id);

/// C spelling: "struct file *", "const char *", "size_t", "int (*)(void *)".
std::string btf_c_type(const btf *btf, uint32_t id);

/// The function behind a BTF_KIND_FUNC.
KernelFunction btf_function(const btf *btf, uint32_t id);

/// False for what the kernel never puts on a trampoline: variable arguments, results wider than a register.
bool btf_fits_trampoline(const btf *btf, uint32_t id);

}  // namespace awl
