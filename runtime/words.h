// SPDX-License-Identifier: GPL-2.0-only
// What a compiled script cannot know: clocks, ids of this run, and the words of its object that stand for something of
// this very kernel. Filled in after loading, before the first probe fires.
#pragma once
#include "bpf_lib/awl_abi.h"
#include "lang/image.h"
#include "runtime/object.h"
#include "src/base/result.h"

namespace awl {

class Symbolizer;

/// Whether fill_words() will need to know where the kernel's functions and variables are.
bool names_kernel_symbols(const Manifest &manifest);
/// Fills in Manifest::words; says which of them this machine lacks. `symbols` may be null when none is named.
Status fill_words(const Manifest &manifest, Object &object, Symbolizer *symbols);
/// The time now, by all clocks, and the pid namespace.
void fill_control(awl_control &control);

}  // namespace awl
