// SPDX-License-Identifier: GPL-2.0-only
// The running kernel's C types, for the compiler: structures, enumerations and typedefs by name, out of BTF. Nothing
// is read before the first question, and each answer is kept.
#pragma once
#include <memory>

#include "lang/ctypes.h"
#include "runtime/kernel.h"

namespace awl {

/// `kernel` must live as long as the result. Without BTF it knows nothing.
std::unique_ptr<CTypes> make_kernel_types(const Kernel &kernel);

}  // namespace awl
