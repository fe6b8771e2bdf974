// SPDX-License-Identifier: GPL-2.0-only
// Rows of the builtins table (builtins.h): the probe that fired, the way that led there, and names of addresses.
#include "lang/builtins/rows.h"

namespace awl {
namespace {

using namespace row;

constexpr std::string_view probename[] = {"probename"};
constexpr std::string_view probefunc[] = {"probefunc"};
constexpr std::string_view probeprov[] = {"probeprov"};
constexpr std::string_view stack[] = {"stack"};
constexpr std::string_view sym[] = {"sym"};
constexpr std::string_view ufunc[] = {"ufunc"};

constexpr Parameter stack_form[] = {{"mode", Accepts::any, true}, {"depth", Accepts::constant, true}};
constexpr Parameter address[] = {{"address", Accepts::pointer}};
constexpr Parameter named[] = {{"name", Accepts::literal}};
constexpr Parameter per_cpu[] = {{"name", Accepts::literal}, {"cpu", Accepts::integer, true}};
constexpr Parameter any_address[] = {{"address", Accepts::any}};

const Builtin rows[] = {
    {.name = "probe",
     .aliases = probename,
     .result = simple<Kind::probe>,
     .special = Special::probe_name,
     .pure = true,
     .group = "probe",
     .summary = "full name of the probe that fired",
     .example = "tracepoint:sched:sched_* { @[probe] = count(); }"},
    {.name = "probetype",
     .aliases = probeprov,
     .result = sized_string,
     .special = Special::probe_type,
     .pure = true,
     .group = "probe",
     .summary = "the probe's kind: the first word of its name",
     .example = "tracepoint:sched:sched_switch { @[probetype] = count(); }"},
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
    {.name = "uaddr",
     .form = Form::function,
     .parameters = named,
     .result = user_pointer,
     .special = Special::user_address,
     .where = Where::registers,
     .group = "symbol",
     .summary = "where the program that the probe is in has a function or a variable",
     .example = "uprobe:libc:malloc { @[uaddr(\"environ\")] = count(); }"},
    {.name = "percpu_kaddr",
     .form = Form::function,
     .parameters = per_cpu,
     .result = kernel_pointer,
     .special = Special::per_cpu_address,
     .group = "symbol",
     .summary = "where a processor, this one or another, has a variable of the kernel of its own; 0 when there is none",
     .example = "begin { printf(\"%d\\n\", percpu_kaddr(\"process_counts\", 0) != 0); }"},
    {.name = "kptr",
     .form = Form::function,
     .parameters = any_address,
     .result = kernel_pointer,
     .special = Special::address_space,
     .group = "symbol",
     .summary = "an address that leads to the kernel's memory",
     .example = "begin { print(str(kptr(kaddr(\"linux_banner\")), 13)); }"},
    {.name = "uptr",
     .form = Form::function,
     .parameters = any_address,
     .result = user_pointer,
     .special = Special::address_space,
     .group = "symbol",
     .summary = "an address that leads to the program's memory",
     .example = "tracepoint:syscalls:sys_enter_openat { @[str(uptr(args.filename))] = count(); }"},
    {.name = "is_err",
     .form = Form::function,
     .parameters = address,
     .result = boolean,
     .symbol = "awl_is_error",
     .group = "symbol",
     .summary = "whether an address of the kernel is an error number in truth",
     .example = "kretprobe:filp_open / is_err(retval) / { @errors = count(); }"},
    {.name = "reg",
     .form = Form::function,
     .parameters = named,
     .result = u64,
     .special = Special::processor_register,
     .where = Where::registers,
     .group = "symbol",
     .summary = "a register of the processor",
     .example = "profile:hz:99 { @[ksym(reg(\"ip\"))] = count(); }"},
};

}  // namespace

std::span<const Builtin> probe_builtins() { return rows; }

}  // namespace awl
