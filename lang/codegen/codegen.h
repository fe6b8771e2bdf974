// SPDX-License-Identifier: GPL-2.0-only
// CheckedProgram to a BPF object. This folder is the only one that knows LLVM, and only its .cc files and module.h and
// emitter.h, which nobody else includes.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "lang/compile.h"

namespace awl {

struct GeneratedCode {
  std::vector<std::byte> elf;
  std::string text;  // for Stage::ir and Stage::assembly
};

/// Generate, optimise and emit. Adds programs and faults to `manifest`, whose maps, events and probes are settled.
/// With Stage::ir or Stage::assembly the text is made instead of the object.
GeneratedCode generate(const CheckedProgram &program, const CompileOptions &options, Stage stage, Manifest &manifest,
                       Timers &timers);

/// Version of the LLVM that awl was linked with, for -V.
std::string llvm_version();

}  // namespace awl
