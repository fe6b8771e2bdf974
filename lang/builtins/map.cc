// SPDX-License-Identifier: GPL-2.0-only
// Rows of the builtins table (builtins.h): maps as a whole, and their entries.
#include "lang/builtins/rows.h"

namespace awl {
namespace {

using namespace row;

constexpr Parameter map[] = {{"map", Accepts::map}};
constexpr Parameter entry[] = {{"entry", Accepts::entry}, {"key", Accepts::rest, true}};
constexpr Parameter anything[] = {{"value", Accepts::any}};
constexpr Parameter divided[] = {{"map", Accepts::map}, {"divisor", Accepts::integer}};
constexpr Parameter kept[] = {{"map", Accepts::map}, {"rows", Accepts::integer, true}};
constexpr Parameter map_and_more[] = {{"map", Accepts::map}, {"key and variable", Accepts::rest}};
constexpr Parameter map_and_key[] = {{"map", Accepts::map}, {"key", Accepts::rest, true}};

const Builtin rows[] = {
    {.name = "has_key",
     .form = Form::function,
     .parameters = map_and_key,
     .result = boolean,
     .special = Special::has_key,
     .group = "map",
     .summary = "whether a map has an entry",
     .example = "begin { @x[1] = 2; if (has_key(@x, 1)) { exit(); } }"},
    {.name = "find",
     .form = Form::function,
     .parameters = map_and_more,
     .result = boolean,
     .special = Special::find,
     .group = "map",
     .summary = "whether a map has an entry, whose value a variable then holds: find(@m, key, $value)",
     .example = "begin { @x[1] = 2; if (find(@x, 1, $two)) { print($two); } }"},
    {.name = "len",
     .form = Form::function,
     .parameters = anything,
     .result = u64,
     .special = Special::length,
     .group = "map",
     .summary = "entries of a map, frames of a stack, bytes of a string",
     .example = "begin { @x[1] = 2; @x[2] = 3; print(len(@x)); }"},
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
    {.name = "trunc",
     .form = Form::statement,
     .parameters = kept,
     .result = none,
     .special = Special::truncate,
     .group = "map",
     .summary = "remove all entries but the given number of the largest, or, below 0, of the smallest",
     .example = "interval:s:1 { trunc(@, 10); print(@); } tracepoint:sched:sched_switch { @[comm] = count(); }"},
    {.name = "normalize",
     .form = Form::statement,
     .parameters = divided,
     .result = none,
     .special = Special::normalize,
     .group = "map",
     .summary = "from now on print the values of a map divided; what is in the map stays as it is",
     .example = "begin { @bytes = sum(4096); normalize(@bytes, 1024); }"},
    {.name = "denormalize",
     .form = Form::statement,
     .parameters = map,
     .result = none,
     .special = Special::denormalize,
     .group = "map",
     .summary = "print the values of a map as they are again",
     .example = "begin { @ = sum(4096); normalize(@, 1024); print(@); denormalize(@); }"},
};

}  // namespace

std::span<const Builtin> map_builtins() { return rows; }

}  // namespace awl
