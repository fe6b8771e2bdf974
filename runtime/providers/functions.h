// SPDX-License-Identifier: GPL-2.0-only
// What probes on kernel functions share, whatever the mechanism: the spec `[module:]function[+offset]`, looking
// functions up, and the fields that BTF gives them.
//
// A script must mean the same with every mechanism. So arguments have BTF's types also where a kprobe reads plain
// registers, and without BTF they are 64-bit numbers everywhere.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/provider.h"
#include "runtime/kernel.h"

namespace awl {

/// The two rows of each kind of function probe.
struct FunctionProbe {
  std::string_view name;  // "kprobe"
  bool at_exit;
};

struct FunctionPattern {
  std::string_view module;  // empty: any; "vmlinux": the kernel itself
  std::string_view function;
  uint64_t offset = 0;
  uint64_t address = 0;  // "0xffffffff81000000" in place of a name; 0: there is none
  bool has_glob() const;
};

/// Views into spec.text. Mistakes go to `diagnostics`.
std::optional<FunctionPattern> parse_function(const ProbeSpec &spec, FunctionProbe probe, const ResolveOptions &options,
                                              Diagnostics &diagnostics);

/// The function that a pattern without wildcards names, as BTF describes it: the kernel's own or a module's.
std::optional<KernelFunction> described_function(const Kernel &kernel, const FunctionPattern &pattern);

/// Traceable functions that the pattern matches, sorted. Of those that share a name all are there where the kernel
/// tells addresses, else one.
Result<std::vector<TraceableFunction>> matching_functions(const Kernel &kernel, const FunctionPattern &pattern);

/// For those who attach by name, or list names.
void keep_each_name_once(std::vector<TraceableFunction> &functions);

/// "no kernel function `vfs_raed`", with the nearest one.
void report_no_function(const Kernel &kernel, const ProbeSpec &spec, const FunctionPattern &pattern,
                        Diagnostics &diagnostics);

/// "kprobe:vfs_read", "kprobe:xfs:xfs_file_open+4".
Target function_target(FunctionProbe probe, const FunctionPattern &pattern, std::string_view function);

/// Fields of a program that runs on a trampoline (fentry, fexit): by number and, when asked, by name.
std::vector<Field> trampoline_fields(const KernelFunction &function, bool at_exit, bool has_entry, bool has_names);

/// Fields of a program that sees the registers (kprobe, kretprobe); `function` is null when BTF does not know it.
std::vector<Field> register_fields(const KernelFunction *function, bool at_exit);

/// "NAME cannot be traced by this kernel: why", with the way out; a lack of permission is not the kernel's fault.
Error cannot_trace(std::string_view name, const Error &reason);

/// False for what the kernel never puts on a trampoline: variable arguments, results wider than a register.
bool fits_trampoline(const KernelFunction &function);

/// Parameters and result in C, for -lv.
std::vector<std::string> function_details(const KernelFunction &function);

}  // namespace awl
