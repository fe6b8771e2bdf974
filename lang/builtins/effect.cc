// SPDX-License-Identifier: GPL-2.0-only
// Rows of the builtins table (builtins.h): what changes the machine that is looked at.
#include "lang/builtins/rows.h"

namespace awl {
namespace {

using namespace row;

constexpr std::string_view raise[] = {"raise"};

constexpr Parameter signal_number[] = {{"signal", Accepts::any}};
constexpr Parameter result_code[] = {{"result", Accepts::integer}};
constexpr Parameter written[] = {
    {"address", Accepts::pointer}, {"value", Accepts::memory}, {"bytes", Accepts::integer}};

constexpr std::string_view signals = "disturbs the process that happens to run, which tracing alone must not";

const Builtin rows[] = {
    {.name = "signal",
     .aliases = raise,
     .form = Form::statement,
     .parameters = signal_number,
     .result = none,
     .symbol = "awl_signal",
     .special = Special::send_signal,
     .danger = signals,
     .group = "effect",
     .summary = "send a signal, by name or number, to the process that runs (--unsafe)",
     .example = "kprobe:vfs_read / comm == \"rogue\" / { signal(\"KILL\"); }"},
    {.name = "signal_thread",
     .form = Form::statement,
     .parameters = signal_number,
     .result = none,
     .symbol = "awl_signal_thread",
     .special = Special::send_signal,
     .danger = signals,
     .group = "effect",
     .summary = "the same to the thread alone (--unsafe)",
     .example = "kprobe:vfs_read / comm == \"rogue\" / { signal_thread(10); }"},
    {.name = "override",
     .form = Form::statement,
     .parameters = result_code,
     .result = none,
     .symbol = "awl_override",
     .where = Where::kprobe,
     .context = true,
     .danger = "makes a function of the kernel return without doing its work",
     .group = "effect",
     .summary = "let the traced function return this at once, where the kernel allows to inject errors (--unsafe)",
     .example = "kprobe:__x64_sys_mkdirat / comm == \"tested\" / { override((uint64)-28); }"},
    {.name = "write_user",
     .form = Form::statement,
     .parameters = written,
     .result = none,
     .symbol = "awl_write_user",
     .special = Special::compare_bytes,
     .danger = "writes into the memory of the process that is looked at",
     .group = "effect",
     .summary = "write the bytes of a value to an address of the program (--unsafe)",
     .example = "kprobe:vfs_write / comm == \"tested\" / { write_user(arg1, \"x\", 1); }"},
};

}  // namespace

std::span<const Builtin> effect_builtins() { return rows; }

}  // namespace awl
