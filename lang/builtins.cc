// SPDX-License-Identifier: GPL-2.0-only
// The rows of the builtins table (builtins.h). To add one: a C function in bpf_lib, a row here.
#include "lang/builtins.h"

namespace awl {
namespace {

Type u64() { return u64_type; }
Type s64() { return s64_type; }
Type u32() { return u32_type; }
Type none() { return none_type; }
Type time_ns() { return integer_type(8, false, Unit::nanoseconds); }
Type comm() { return string_type(16); }
Type sized_string() { return string_type(0); }  // the checker sets the size
Type probe() { return simple_type(Kind::probe); }
Type function() { return simple_type(Kind::function); }

constexpr std::string_view execname[] = {"execname"};
constexpr std::string_view kpid[] = {"kpid"};
constexpr std::string_view curcpu[] = {"curcpu"};
constexpr std::string_view timestamp[] = {"timestamp"};
constexpr std::string_view probename[] = {"probename"};
constexpr std::string_view probefunc[] = {"probefunc"};
constexpr std::string_view hist[] = {"hist"};
constexpr std::string_view lhist[] = {"lhist"};
constexpr std::string_view copyinstr[] = {"copyinstr"};

constexpr Parameter value[] = {{"value", Accepts::integer}};
constexpr Parameter linear[] = {{"value", Accepts::integer},
                                {"low", Accepts::constant},
                                {"high", Accepts::constant},
                                {"step", Accepts::constant, true}};
constexpr Parameter format[] = {{"format", Accepts::literal}, {"values", Accepts::rest, true}};
constexpr Parameter printed[] = {{"value", Accepts::any}, {"more", Accepts::rest, true}};
constexpr Parameter map[] = {{"map", Accepts::map}};
constexpr Parameter entry[] = {{"entry", Accepts::entry}, {"key", Accepts::rest, true}};
constexpr Parameter status[] = {{"status", Accepts::integer, true}};
constexpr Parameter time_format[] = {{"format", Accepts::literal, true}};
constexpr Parameter string_at[] = {{"address", Accepts::pointer}, {"bytes", Accepts::constant, true}};

const Builtin table[] = {
    {.name = "pid",
     .result = u32,
     .symbol = "awl_pid",
     .pure = true,
     .group = "process",
     .summary = "process id",
     .example = "tracepoint:sched:sched_switch { @[pid] = count(); }"},
    {.name = "tid",
     .aliases = kpid,
     .result = u32,
     .symbol = "awl_tid",
     .pure = true,
     .group = "process",
     .summary = "thread id",
     .example = "tracepoint:sched:sched_switch { @[tid] = count(); }"},
    {.name = "uid",
     .result = u32,
     .symbol = "awl_uid",
     .pure = true,
     .group = "process",
     .summary = "user id",
     .example = "tracepoint:sched:sched_switch { @[uid] = count(); }"},
    {.name = "gid",
     .result = u32,
     .symbol = "awl_gid",
     .pure = true,
     .group = "process",
     .summary = "group id",
     .example = "tracepoint:sched:sched_switch { @[gid] = count(); }"},
    {.name = "comm",
     .aliases = execname,
     .result = comm,
     .symbol = "awl_comm",
     .pure = true,
     .group = "process",
     .summary = "name of the thread, at most 15 bytes",
     .example = "tracepoint:sched:sched_switch { @[comm] = count(); }"},
    {.name = "cpu",
     .aliases = curcpu,
     .result = u32,
     .symbol = "awl_cpu",
     .pure = true,
     .group = "machine",
     .summary = "number of the processor the probe fired on",
     .example = "tracepoint:sched:sched_switch { @[cpu] = count(); }"},
    {.name = "nsecs",
     .aliases = timestamp,
     .result = time_ns,
     .symbol = "awl_nsecs",
     .pure = true,
     .group = "time",
     .summary = "nanoseconds since boot, suspended time included",
     .example = "tracepoint:sched:sched_switch { @last = max(nsecs); }"},
    {.name = "elapsed",
     .result = time_ns,
     .symbol = "awl_elapsed",
     .pure = true,
     .group = "time",
     .summary = "nanoseconds since the script started",
     .example = "tracepoint:sched:sched_switch { @last = max(elapsed); }"},
    {.name = "probe",
     .aliases = probename,
     .result = probe,
     .special = Special::probe_name,
     .pure = true,
     .group = "probe",
     .summary = "full name of the probe that fired",
     .example = "tracepoint:sched:sched_* { @[probe] = count(); }"},
    {.name = "func",
     .aliases = probefunc,
     .result = function,
     .special = Special::function_name,
     .pure = true,
     .group = "probe",
     .summary = "name of the traced function",
     .example = "kprobe:vfs_* { @[func] = count(); }"},

    {.name = "str",
     .aliases = copyinstr,
     .form = Form::function,
     .parameters = string_at,
     .result = sized_string,
     .special = Special::str,
     .group = "string",
     .summary = "the string at an address, read up to its NUL",
     .example = "tracepoint:syscalls:sys_enter_openat { @[str(args.filename)] = count(); }"},

    {.name = "count",
     .form = Form::aggregation,
     .result = u64,
     .symbol = "awl_count",
     .show = Show::count,
     .group = "aggregation",
     .summary = "how often it was reached",
     .example = "tracepoint:sched:sched_switch { @ = count(); }"},
    {.name = "sum",
     .form = Form::aggregation,
     .parameters = value,
     .result = s64,
     .symbol = "awl_sum",
     .show = Show::sum,
     .group = "aggregation",
     .summary = "sum of the values",
     .example = "tracepoint:syscalls:sys_exit_read { @bytes = sum(args.ret); }"},
    {.name = "avg",
     .form = Form::aggregation,
     .parameters = value,
     .result = s64,
     .symbol = "awl_average",
     .show = Show::average,
     .group = "aggregation",
     .summary = "mean of the values, rounded towards zero",
     .example = "tracepoint:syscalls:sys_exit_read { @mean = avg(args.ret); }"},
    {.name = "min",
     .form = Form::aggregation,
     .parameters = value,
     .result = s64,
     .symbol = "awl_minimum",
     .show = Show::minimum,
     .group = "aggregation",
     .summary = "least value",
     .example = "tracepoint:syscalls:sys_exit_read { @least = min(args.ret); }"},
    {.name = "max",
     .form = Form::aggregation,
     .parameters = value,
     .result = s64,
     .symbol = "awl_maximum",
     .show = Show::maximum,
     .group = "aggregation",
     .summary = "greatest value",
     .example = "tracepoint:syscalls:sys_exit_read { @most = max(args.ret); }"},
    {.name = "stats",
     .form = Form::aggregation,
     .parameters = value,
     .result = s64,
     .symbol = "awl_average",
     .show = Show::stats,
     .group = "aggregation",
     .summary = "count, mean and sum of the values",
     .example = "tracepoint:syscalls:sys_exit_read { @ = stats(args.ret); }"},
    {.name = "quantize",
     .aliases = hist,
     .form = Form::aggregation,
     .parameters = value,
     .result = s64,
     .symbol = "awl_quantize",
     .show = Show::log2_histogram,
     .group = "aggregation",
     .summary = "histogram with a bucket for each power of two",
     .example = "kretprobe:vfs_read { @[\"size\"] = quantize(retval); }"},
    {.name = "lquantize",
     .aliases = lhist,
     .form = Form::aggregation,
     .parameters = linear,
     .result = s64,
     .symbol = "awl_lquantize",
     .show = Show::linear_histogram,
     .group = "aggregation",
     .summary = "histogram with buckets of equal width from low to high",
     .example = "tracepoint:syscalls:sys_exit_read { @ = lquantize(args.ret, 0, 1000, 100); }"},

    {.name = "printf",
     .form = Form::statement,
     .parameters = format,
     .result = none,
     .special = Special::printf,
     .group = "output",
     .summary = "print by a format",
     .example = "begin { printf(\"%d of %s\\n\", 42, \"many\"); exit(); }"},
    {.name = "print",
     .form = Form::statement,
     .parameters = printed,
     .result = none,
     .special = Special::print,
     .group = "output",
     .summary = "print a map, or values separated by commas",
     .example = "interval:s:1 { print(@); } tracepoint:sched:sched_switch { @ = count(); }"},
    {.name = "time",
     .form = Form::statement,
     .parameters = time_format,
     .result = none,
     .special = Special::time,
     .group = "output",
     .summary = "print the wall-clock time by a strftime format, \"%H:%M:%S\\n\" without one",
     .example = "begin { time(\"%Y\\n\"); exit(); }"},
    {.name = "clear",
     .form = Form::statement,
     .parameters = map,
     .result = none,
     .special = Special::clear,
     .group = "map",
     .summary = "remove all entries of a map",
     .example = "interval:s:1 { print(@); clear(@); } tracepoint:sched:sched_switch { @ = count(); }"},
    {.name = "zero",
     .form = Form::statement,
     .parameters = map,
     .result = none,
     .special = Special::zero,
     .group = "map",
     .summary = "set all values of a map to zero and keep its keys",
     .example = "interval:s:1 { print(@); zero(@); } tracepoint:sched:sched_switch { @[cpu] = count(); }"},
    {.name = "delete",
     .form = Form::statement,
     .parameters = entry,
     .result = none,
     .special = Special::delete_entry,
     .group = "map",
     .summary = "remove one entry of a map",
     .example = "begin { @x[1] = 2; delete(@x[1]); exit(); }"},
    {.name = "exit",
     .form = Form::statement,
     .parameters = status,
     .result = none,
     .special = Special::exit,
     .group = "flow",
     .summary = "end the script; its exit status is the argument, or 0",
     .example = "begin { exit(3); }"},
};

}  // namespace

std::span<const Builtin> builtins() { return table; }

const Builtin *find_builtin(std::string_view name) {
  for (const Builtin &row : table) {
    if (row.name == name) return &row;
    for (std::string_view alias : row.aliases)
      if (alias == name) return &row;
  }
  return nullptr;
}

std::string_view name_of(Show show) {
  for (const Builtin &row : table)
    if (row.form == Form::aggregation && row.show == show) return row.name;
  return {};
}

std::vector<std::string_view> builtin_names() {
  std::vector<std::string_view> names;
  for (const Builtin &row : table) {
    names.push_back(row.name);
    names.insert(names.end(), row.aliases.begin(), row.aliases.end());
  }
  return names;
}

}  // namespace awl
