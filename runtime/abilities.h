// SPDX-License-Identifier: GPL-2.0-only
// What the kernel's BPF can, as far as the code generator wants to know. Tried with small programs, each once.
#pragma once

namespace awl {

/// Atomic operations that give the old value, compare-and-exchange among them (5.12).
bool can_compare_atomically();
/// bpf_loop() (5.17).
bool can_call_loops();

}  // namespace awl
