// SPDX-License-Identifier: GPL-2.0-only
// Files that are part of the executable (scripts/embed.py makes them at build time).
#pragma once
#include <span>
#include <string_view>

namespace awl {

struct EmbeddedFile {
  std::string_view name;  // base name
  std::string_view bytes;
  bool executable;
};

/// The in-kernel library: one file of LLVM bitcode.
std::span<const EmbeddedFile> bpf_lib_bitcode();

/// Scripts and style sheets of the pictures (runtime/sinks/html).
std::span<const EmbeddedFile> web_files();

/// The scripts that boot a throwaway virtual machine.
std::span<const EmbeddedFile> vm_files();

}  // namespace awl
