// SPDX-License-Identifier: GPL-2.0-only
// As src/base/pch/precompiled.h, with the parts of LLVM that code generation sees everywhere.
#include "src/base/pch/precompiled.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
