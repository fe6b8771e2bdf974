// SPDX-License-Identifier: GPL-2.0-only
// Throwaway virtual machines: the same command, run by a kernel of a distribution under QEMU. The machinery is a set of
// shell scripts (scripts/vm) that are part of the executable and written to the cache when they are needed.
#pragma once
#include "src/options.h"

namespace awl {

/// True inside such a machine: there is no second one in the first.
bool inside_vm();

/// Inside one: whether the awl outside, which passes our streams on, has a terminal.
bool vm_has_terminal();

/// Replace this process by the machine that runs the same command line. Comes back only with the reason why not.
Error exec_in_vm(const Options &options, int argc, char **argv);

}  // namespace awl
