// SPDX-License-Identifier: GPL-2.0-only
// Rows of the builtins table (builtins.h): what a script prints, and how it ends.
#include "lang/builtins/rows.h"

namespace awl {
namespace {

using namespace row;

constexpr Parameter format[] = {{"format", Accepts::literal}, {"values", Accepts::rest, true}};
constexpr Parameter joined[] = {{"format or map", Accepts::any}, {"maps", Accepts::rest, true}};
constexpr Parameter printed[] = {{"value", Accepts::any}, {"more", Accepts::rest, true}};
constexpr Parameter status[] = {{"status", Accepts::integer, true}};
constexpr Parameter time_format[] = {{"format", Accepts::literal, true}};
constexpr Parameter argument_vector[] = {{"addresses", Accepts::pointer}, {"separator", Accepts::literal, true}};
constexpr Parameter logged[] = {{"format", Accepts::literal}, {"values", Accepts::rest, true}};
constexpr Parameter statically_asserted[] = {{"condition", Accepts::any}, {"message", Accepts::literal, true}};
constexpr Parameter asserted[] = {{"condition", Accepts::integer}, {"message", Accepts::literal, true}};

const Builtin rows[] = {
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
    {.name = "printa",
     .form = Form::statement,
     .parameters = joined,
     .result = none,
     .special = Special::printa,
     .group = "output",
     .summary = "print a map, or by a format a line for each key that one of several maps has: %@d is the value in the "
                "first of them, the second %@d that in the second, all other conversions are the parts of the key",
     .example = "tracepoint:sched:sched_switch { @n[comm] = count(); @cpus[comm] = max(cpu); } end { printa(\"%-16s "
                "%@8d %@4d\\n\", @n, @cpus); }"},
    {.name = "time",
     .form = Form::statement,
     .parameters = time_format,
     .result = none,
     .special = Special::time,
     .bare = "nsecs",
     .group = "output",
     .summary = "print the wall-clock time by a strftime format, \"%H:%M:%S\\n\" without one",
     .example = "begin { time(\"%Y\\n\"); exit(); }"},
    {.name = "join",
     .form = Form::statement,
     .parameters = argument_vector,
     .result = none,
     .special = Special::join,
     .group = "output",
     .summary = "print the strings of an argument vector, at most 16, with blanks or the separator between",
     .example = "tracepoint:syscalls:sys_enter_execve { join(args.argv); }"},
    {.name = "errorf",
     .form = Form::statement,
     .parameters = format,
     .result = none,
     .special = Special::error_message,
     .group = "output",
     .summary = "print an error by a format, with its place in the script, to the other channel",
     .example = "begin { errorf(\"%d\", 42); exit(); }"},
    {.name = "warnf",
     .form = Form::statement,
     .parameters = format,
     .result = none,
     .special = Special::warning_message,
     .group = "output",
     .summary = "the same for a warning",
     .example = "begin { warnf(\"%d\", 42); exit(); }"},
    {.name = "debugf",
     .form = Form::statement,
     .parameters = logged,
     .result = none,
     .special = Special::kernel_log,
     .group = "output",
     .summary = "the same, of at most three values, into the kernel's own trace log (trace_pipe)",
     .example = "begin { debugf(\"%d of %s\", 42, comm); }"},
    {.name = "cat",
     .form = Form::statement,
     .parameters = format,
     .result = none,
     .special = Special::cat,
     .group = "output",
     .summary = "print a file, named by a format",
     .example = "begin { cat(\"/proc/loadavg\"); exit(); }"},
    {.name = "system",
     .form = Form::statement,
     .parameters = format,
     .result = none,
     .special = Special::system,
     .danger = "runs commands as the user who traces, which the script alone must not decide",
     .group = "output",
     .summary = "run a command of the shell, put together by a format (--unsafe)",
     .example = "begin { system(\"date\"); exit(); }"},
    {.name = "assert",
     .form = Form::statement,
     .parameters = asserted,
     .result = none,
     .special = Special::assertion,
     .group = "flow",
     .summary = "end the script with an error when the condition does not hold",
     .example = "begin { assert(1 + 1 == 2, \"sums\"); exit(); }"},
    {.name = "static_assert",
     .form = Form::statement,
     .parameters = statically_asserted,
     .result = none,
     .special = Special::static_assertion,
     .group = "flow",
     .summary = "the same for a condition that is known before the script runs: the script does not start",
     .example = "begin { static_assert(sizeof(uint64) == 8, \"sizes\"); }"},
    {.name = "fail",
     .form = Form::statement,
     .parameters = logged,
     .result = none,
     .special = Special::failure,
     .group = "flow",
     .summary = "make the script a mistake, unless a `comptime` condition leaves this out",
     .example = "begin { if comptime (sizeof(uint64) != 8) { fail(\"words have %d bytes\", 8); } }"},
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

std::span<const Builtin> output_builtins() { return rows; }

}  // namespace awl
