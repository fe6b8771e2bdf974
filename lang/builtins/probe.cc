// SPDX-License-Identifier: GPL-2.0-only
// Rows of the builtins table (builtins.h): the probe that fired, the way that led there, and names of addresses.
#include "lang/builtins/rows.h"

namespace awl {
namespace {

using namespace row;

constexpr std::string_view probename[] = {"probename"};
constexpr std::string_view probefunc[] = {"probefunc"};
constexpr std::string_view stack[] = {"stack"};
constexpr std::string_view sym[] = {"sym"};
constexpr std::string_view ufunc[] = {"ufunc"};

constexpr Parameter stack_form[] = {{"mode", Accepts::any, true}, {"depth", Accepts::constant, true}};
constexpr Parameter address[] = {{"address", Accepts::pointer}};
constexpr Parameter named[] = {{"name", Accepts::literal}};

const Builtin rows[] = {
    {.name = "probe",
     .aliases = probename,
     .result = simple<Kind::probe>,
     .special = Special::probe_name,
     .pure = true,
     .group = "probe",
     .summary = "full name of the probe that fired",
     .example = "tracepoint:sched:sched_* { @[probe] = count(); }"},
    {.name = "func",
     .aliases = probefunc,
     .result = simple<Kind::function>,
     .special = Special::function_name,
     .pure = true,
     .group = "probe",
     .summary = "name of the traced function",
     .example = "kprobe:vfs_* { @[func] = count(); }"},
    {.name = "kstack",
     .aliases = stack,
     .parameters = stack_form,
     .result = simple<Kind::kernel_stack>,
     .special = Special::stack,
     .pure = true,
     .group = "stack",
     .summary = "the kernel's stack; kstack(5): five frames of it",
     .example = "tracepoint:sched:sched_switch { @[kstack] = count(); }"},
    {.name = "ustack",
     .parameters = stack_form,
     .result = simple<Kind::user_stack>,
     .special = Special::stack,
     .pure = true,
     .group = "stack",
     .summary = "the process's stack; ustack(perf): as perf shows it",
     .example = "profile:hz:99 { @[ustack] = count(); }"},
    {.name = "caller",
     .result = simple<Kind::kernel_symbol>,
     .special = Special::caller,
     .group = "stack",
     .summary = "who called the kernel's function that has the probe",
     .example = "tracepoint:sched:sched_waking { @[caller] = count(); }"},
    {.name = "ksym",
     .aliases = sym,
     .form = Form::function,
     .parameters = address,
     .result = simple<Kind::kernel_symbol>,
     .special = Special::same_number,
     .group = "symbol",
     .summary = "name of the kernel's function at an address",
     .example = "begin { printf(\"%s\\n\", ksym(kaddr(\"vfs_read\"))); }"},
    {.name = "usym",
     .aliases = ufunc,
     .form = Form::function,
     .parameters = address,
     .result = simple<Kind::user_symbol>,
     .symbol = "awl_user_symbol",
     .group = "symbol",
     .summary = "name of the process's function at an address",
     .example = "profile:hz:99 { @[usym(reg(\"ip\"))] = count(); }"},
    {.name = "kaddr",
     .form = Form::function,
     .parameters = named,
     .result = kernel_pointer,
     .special = Special::kernel_address,
     .group = "symbol",
     .summary = "where the kernel has a function or a variable",
     .example = "begin { printf(\"%p\\n\", kaddr(\"jiffies_64\")); }"},
    {.name = "reg",
     .form = Form::function,
     .parameters = named,
     .result = u64,
     .special = Special::processor_register,
     .group = "symbol",
     .summary = "a register of the processor",
     .example = "profile:hz:99 { @[ksym(reg(\"ip\"))] = count(); }"},
};

}  // namespace

std::span<const Builtin> probe_builtins() { return rows; }

}  // namespace awl
