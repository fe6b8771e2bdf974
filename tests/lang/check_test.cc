// SPDX-License-Identifier: GPL-2.0-only
// What the checker infers: types, units, constants, layouts. What it complains about is in tests/errors.
#include <doctest/doctest.h>

#include "tests/lang/check_fixture.h"

using namespace awl;
using namespace awl::test;

namespace {

/// "u64" for an expression's value in a map.
std::string type_of(const std::string &expression) { return type_of_map("fake:x { @x = " + expression + "; }"); }

}  // namespace

TEST_CASE("names have the types of the table and of the probe") {
  CHECK(type_of("pid") == "u32");
  CHECK(type_of("comm") == "string[16]");
  CHECK(type_of("nsecs") == "u64 ns");
  CHECK(type_of("probe") == "probe name");
  CHECK(type_of("func") == "function name");
  CHECK(type_of("arg0") == "u64");
  CHECK(type_of("arg1") == "kernel struct file *");
  CHECK(type_of("retval") == "s32");
  CHECK(type_of("args.name") == "user char *");
  CHECK(type_of("args.flags") == "u16");
  CHECK(type_of("args.comm") == "string[16]");
  CHECK(type_of("args->comm") == "string[16]");
  CHECK(type_of("data->comm") == "string[16]");
}

TEST_CASE("strings are as long as they can get") {
  CHECK(type_of("args.path") == "string[1024]");
  CHECK(type_of("str(arg0)") == "string[1024]");
  CHECK(type_of("str(arg0, 16)") == "string[17]");
  CHECK(type_of("str(arg0, 1024)") == "string[1024]");
  CHECK(type_of("str(args.comm)") == "string[16]");
  CHECK(type_of("\"seven..\"") == "string[8]");
  CHECK(type_of("\"eight...\"") == "string[16]");
  CHECK(type_of("pid ? \"a\" : comm") == "string[16]");
}

TEST_CASE("arithmetic is done in 64 bits, signed if a side is") {
  CHECK(type_of("pid + uid") == "u64");
  CHECK(type_of("pid + retval") == "s64");
  CHECK(type_of("retval * args.ret") == "s64");
  CHECK(type_of("arg0 / 1000") == "u64");
  CHECK(type_of("args.ret % 10") == "s64");
  CHECK(type_of("arg0 & 0xff") == "u64");
  CHECK(type_of("arg0 | retval") == "s64");
  CHECK(type_of("arg0 ^ pid") == "u64");
  CHECK(type_of("arg1 + 8").starts_with("error: the size of `struct file` is not known"));
  CHECK(type_of("(uint32 *)arg1 + 8") == "kernel uint32 *");
  CHECK(type_of("arg1 * arg1") == "u64");
}

TEST_CASE("a difference may be negative, whatever it is made of") {
  CHECK(type_of("pid - uid") == "s64");
  CHECK(type_of("arg1 - arg1") == "s64");
  CHECK(type_of("-pid") == "s64");
}

TEST_CASE("a shift is of the left side's kind") {
  CHECK(type_of("arg0 >> retval") == "u64");
  CHECK(type_of("retval >> arg0") == "s64");
  CHECK(type_of("1 << pid") == "s64");
  CHECK(type_of("~arg0") == "u64");
  CHECK(type_of("~retval") == "s64");
}

TEST_CASE("comparisons and their combinations are booleans") {
  for (const char *op : {"==", "!=", "<", "<=", ">", ">=", "&&", "||"})
    CHECK(type_of(fmt::format("arg0 {} retval", op)) == "bool");
  CHECK(type_of("!arg0") == "bool");
  CHECK(type_of("comm == \"a\"") == "bool");
  CHECK(type_of("args.comm != comm") == "bool");
}

TEST_CASE("units follow sums and differences, not products") {
  CHECK(type_of("nsecs - nsecs") == "s64 ns");
  CHECK(type_of("nsecs + 5") == "u64 ns");
  CHECK(type_of("5 + nsecs") == "u64 ns");
  CHECK(type_of("nsecs + arg0") == "u64");
  CHECK(type_of("-nsecs") == "s64 ns");
  CHECK(type_of("nsecs / 1000") == "u64");
  CHECK(type_of("nsecs * 2") == "u64");
  CHECK(type_of("nsecs & 0xff") == "u64");
  CHECK(type_of("nsecs << 1") == "u64");
  CHECK(type_of("10ms") == "s64 ns");
  CHECK(type_of("10ms - 5") == "s64 ns");
  CHECK(type_of("pid ? nsecs : elapsed") == "u64 ns");
  CHECK(type_of("pid ? nsecs : 0") == "u64 ns");
}

TEST_CASE("a literal takes the sign of what it meets") {
  const std::string shown = types("fake:x { @x = arg0 > 5; @y = 5 < args.ret; @z = arg0 / 2; }");
  CHECK(shown.find("1:22  u64  5") != std::string::npos);
  CHECK(shown.find("1:30  s64  5") != std::string::npos);
  CHECK(shown.find("1:56  u64  2") != std::string::npos);
  const std::string compound = types("fake:x { @x = arg0; @x /= 2; $y = pid; $y /= 3; }");
  CHECK(compound.find("1:27  u64  2") != std::string::npos);
  CHECK(compound.find("1:46  u64  3") != std::string::npos);
}

TEST_CASE("a map's type is joined from all its uses") {
  CHECK(type_of_map("fake:x { @x = 1; } fake:y { @x = arg0; }") == "u64");
  CHECK(type_of_map("fake:x { @x = arg0; } fake:y { @x = retval; }") == "s64");
  CHECK(type_of_map("fake:x { @x = 1; @x = 10ms; }") == "s64 ns");
  CHECK(type_of_map("fake:x { @x = 10ms; @x = 1; }") == "s64 ns");
  CHECK(type_of_map("fake:x { @x = \"a\"; @x = comm; }") == "string[16]");
  CHECK(type_of_map("fake:x { @x = pid == 1; @x = 2; }") == "u64");
  CHECK(type_of_map("fake:x { @x = arg1; @x = args.name; }") == "void *");
  CHECK(type_of_map("fake:x { @x++; }") == "s64");
  CHECK(type_of_map("fake:x { @x[comm] += arg0; }") == "u64");
}

TEST_CASE("maps may be read before they are assigned") {
  CHECK(type_of_map("fake:x { @x = nsecs - @start[tid]; } fake:y { @start[tid] = nsecs; }") == "s64 ns");
  std::string chain = "fake:x { ";
  for (int i = 0; i < 200; i++)
    chain += fmt::format("@{} = @{}; ", i == 0 ? "x" : fmt::format("m{}", i), fmt::format("m{}", i + 1));
  CHECK(type_of_map(chain + "@m200 = comm; }") == "string[16]");
}

TEST_CASE("variables are joined within a block, and each block has its own") {
  CHECK(type_of_map("fake:x { $a = 1; $a = arg0; @x = $a; }") == "u64");
  CHECK(type_of_map("fake:x { $a = comm; } fake:y { $a = retval; @x = $a; }") == "s32");
  CHECK(type_of_map("fake:x { $a = nsecs; $b = $a; @x = $b - $a; }") == "s64 ns");
}

TEST_CASE("parameters are numbers where they look like one") {
  CompileOptions options;
  options.parameters = {"12", "-3", "0x10", "18446744073709551615", "abc", "12a"};
  const auto type_with = [&](const std::string &parameter) {
    const Checked checked("fake:x { @ = " + parameter + "; }", options);
    return checked.program() ? short_type(checked.program()->maps[0].value) : checked.complaints();
  };
  CHECK(type_with("$1") == "s64");
  CHECK(type_with("$2") == "s64");
  CHECK(type_with("$3") == "s64");
  CHECK(type_with("$4") == "u64");
  CHECK(type_with("$5") == "string[8]");
  CHECK(type_with("$6") == "string[8]");
  CHECK(type_with("$#") == "s64");
  CHECK(type_with("str($1)") == "string[8]");
}

TEST_CASE("constants are computed as the script would") {
  CHECK(folded("1 + 2 * 3") == "7");
  CHECK(folded("(1 + 2) * 3") == "9");
  CHECK(folded("7 / 2") == "3");
  CHECK(folded("-7 / 2") == "-3");
  CHECK(folded("-7 % 2") == "-1");
  CHECK(folded("7 % -2") == "1");
  CHECK(folded("0x8000000000000000 / 2") == "4611686018427387904");
  CHECK(folded("-9223372036854775807 - 1") == "-9223372036854775808");
  CHECK(folded("(-9223372036854775807 - 1) / -1") == "-9223372036854775808");
  CHECK(folded("(-9223372036854775807 - 1) % -1") == "0");
  CHECK(folded("1 << 63") == "-9223372036854775808");
  CHECK(folded("1 << 64") == "1");
  CHECK(folded("-8 >> 1") == "-4");
  CHECK(folded("0xf0 & 0x3c") == "48");
  CHECK(folded("0xf0 | 0x0f") == "255");
  CHECK(folded("0xff ^ 0x0f") == "240");
  CHECK(folded("~0") == "-1");
  CHECK(folded("!0") == "1");
  CHECK(folded("-1 < 1") == "1");
  CHECK(folded("-1 == 18446744073709551615") == "1");
  CHECK(folded("18446744073709551615 > 1") == "1");
  CHECK(folded("3 >= 4") == "0");
  CHECK(folded("1s / 1ms") == "1000");
  CHECK(folded("pid + 1") == "not known");
}

TEST_CASE("keys are laid out one behind the other") {
  CHECK(manifest("fake:x { @[comm, pid, \"abc\", nsecs, probe] = count(); @b[retval] = arg0; }") == R"(
map @[string[16] at 0, u32 at 16, string[8] at 24, u64 ns at 32, probe name at 40]: count u64, per-cpu hash, 1048576 entries, key 48 bytes, value 8 bytes
map @b[s32 at 0]: value u64, hash, 1048576 entries, key 8 bytes, value 8 bytes
)");
  CHECK(manifest("fake:x { @[\"abc\"] = 1; @[args.comm] = 2; }") == R"(
map @[string[16] at 0]: value s64, hash, 1048576 entries, key 16 bytes, value 8 bytes
)");
}

TEST_CASE("aggregations have cells by kind and sign") {
  CHECK(manifest(R"(fake:x {
  @a = count(); @b = sum(arg0); @c = avg(retval); @d = min(1); @e = max(nsecs); @f = stats(args.ret);
  @g = quantize(arg0); @h = quantize(retval); @i = lquantize(arg0, -10, 100, 10); @j = lquantize(arg0, 0, 7); })") ==
        R"(
map @a: count u64, per-cpu slot, 1 entries, key 4 bytes, value 8 bytes
map @b: sum u64, per-cpu slot, 1 entries, key 4 bytes, value 16 bytes
map @c: avg s32, per-cpu slot, 1 entries, key 4 bytes, value 16 bytes
map @d: min u64, per-cpu slot, 1 entries, key 4 bytes, value 16 bytes
map @e: max u64 ns, per-cpu slot, 1 entries, key 4 bytes, value 16 bytes
map @f: stats s64, per-cpu slot, 1 entries, key 4 bytes, value 16 bytes
map @g: quantize u64, per-cpu slot, 1 entries, key 4 bytes, value 520 bytes
map @h: quantize s32, per-cpu slot, 1 entries, key 4 bytes, value 1032 bytes
map @i: lquantize u64 -10..100 by 10, per-cpu slot, 1 entries, key 4 bytes, value 104 bytes
map @j: lquantize u64 0..7 by 1, per-cpu slot, 1 entries, key 4 bytes, value 72 bytes
)");
}

TEST_CASE("events carry their values, long strings only what they have") {
  CHECK(manifest(R"(fake:x {
  printf("%d %s %s %s\n", retval, comm, str(arg0), "literal");
  print(pid); print((1)); print(comm); time("%Y"); exit(); exit(3); })") == R"(
event 0: printf, record 48 bytes: s32 at 8, string[16] at 16, string[1024] at 32 variable, string[8] at 40
event 1: print value, record 16 bytes: u32 at 8
event 2: print value, record 16 bytes: s64 at 8
event 3: print value, record 24 bytes: string[16] at 8
event 4: time, record 8 bytes
event 5: exit, record 16 bytes: u64 at 8
event 6: exit, record 16 bytes: u64 at 8
)");
}

TEST_CASE("print and clear of a map become one event") {
  CHECK(manifest("fake:x { @ = count(); } fake:y { print(@); clear(@); }") == R"(
map @: count u64, per-cpu slot, 2 entries, key 4 bytes, value 8 bytes, banked
event 0: print map @ then clear, record 8 bytes
)");
  CHECK(manifest("fake:x { @ = count(); } fake:y { print(@, 5, 1000); printf(\"\\n\"); clear(@); }") == R"(
map @: count u64, per-cpu slot, 2 entries, key 4 bytes, value 8 bytes, banked
event 0: print map @ then clear, record 8 bytes
event 1: printf, record 8 bytes
)");
  CHECK(manifest(
            "fake:x { @a[pid] = count(); @b = count(); } fake:y { print(@a); print(@b); clear(@a); clear(@b); }") == R"(
map @a[u32 at 8]: count u64, per-cpu hash, 1048576 entries, key 16 bytes, value 8 bytes, banked
map @b: count u64, per-cpu slot, 2 entries, key 4 bytes, value 8 bytes, banked
event 0: print map @a then clear, record 8 bytes
event 1: print map @b then clear, record 8 bytes
)");
}

TEST_CASE("print and clear stay two where something comes between") {
  const std::string_view scripts[] = {
      "fake:y { @ = count(); print(@); @ = count(); clear(@); }",
      "fake:y { @ = count(); print(@); if (pid) { clear(@); } }",
      "fake:y { @ = count(); print(@); if (pid) { exit(); } clear(@); }",
      "fake:y { @ = count(); clear(@); print(@); }",
      "fake:y { @ = count(); print(@); print(@); zero(@); }",
      "fake:y { @ = count(); @b = 1; print(@); clear(@b); }",
      "fake:y { @ = count(); print(@); return; clear(@); }",
  };
  for (std::string_view script : scripts) {
    CAPTURE(script);
    CHECK(manifest(std::string(script)).find("then clear") == std::string::npos);
  }
}

TEST_CASE("printa and trunc of a map are print and clear of it") {
  const std::string x = "fake:x { @[pid] = count(); @b[pid] = count(); } ";
  CHECK(manifest(x + "fake:y { printa(@); trunc(@); }").find("event 0: print map @ then clear") != std::string::npos);
  CHECK(manifest(x + "fake:y { printa(\"%@d\", @); clear(@); }").find("event 0: print joined then clear") !=
        std::string::npos);
  for (const char *two : {"printa(\"%@d %@d\", @, @b); clear(@);", "printa(@); trunc(@, 5);", "normalize(@, 2); trunc(@);"})
    CHECK(manifest(x + "fake:y { " + two + " }").find("then clear") == std::string::npos);
}

TEST_CASE("the cells of llquantize and tseries") {
  CHECK(manifest("fake:x { @a = llquantize(arg0, 10, 0, 6, 10); @b = llquantize(retval, 10, 1, 3, 20); "
                 "@c = tseries(arg0, 1s, 5); }") == R"(
map @a: llquantize u64, per-cpu slot, 1 entries, key 4 bytes, value 520 bytes
map @b: llquantize s32, per-cpu slot, 1 entries, key 4 bytes, value 888 bytes
map @c: tseries u64, per-cpu slot, 1 entries, key 4 bytes, value 200 bytes
)");
}

TEST_CASE("actions on maps carry a number") {
  CHECK(manifest("fake:x { @ = count(); normalize(@, arg0); denormalize(@); trunc(@, -5); }") == R"(
map @: count u64, per-cpu slot, 1 entries, key 4 bytes, value 8 bytes
event 0: normalize @, record 16 bytes: s64 at 8
event 1: normalize @, record 16 bytes: s64 at 8
event 2: truncate @, record 16 bytes: s64 at 8
)");
}

TEST_CASE("what is cleared is kept in two banks") {
  CHECK(manifest("fake:x { @[pid] = count(); clear(@); }").find(", banked") != std::string::npos);
  CHECK(manifest("fake:x { @[pid] = count(); print(@); }").find(", banked") == std::string::npos);
  CHECK(manifest("fake:x { @ = count(); delete(@); }").find("event 0: clear @") != std::string::npos);
  CHECK(manifest("fake:x { @[pid] = count(); delete(@[pid]); }").find("event") == std::string::npos);
}

TEST_CASE("one block for several probes is checked for each") {
  CHECK(types("fake:x, other:y { @[retval] = count(); }") == R"(
map @[s64 at 0]: count u64, per-cpu hash, 1048576 entries, key 8 bytes, value 8 bytes
body fake:x
  1:21  s32  retval
  1:31  aggregation  count()
body other:y
  1:21  s64  retval
  1:31  aggregation  count()
)");
  CHECK(plan("fake:x, other:y /pid == 1/ { @a = 1; } many:z { @b[func] = count(); } fake:last { }") == R"(
program probe_0: fake by fake, section tp
  fake:x
program probe_1: other by fake, section tp
  other:y
program probe_2: many by fake, section kprobe
  many:z
  many:z_1
  many:z_2
program probe_3: fake by fake, section tp
  fake:last
)");
}

TEST_CASE("a mistake is told before a refusal, and without one the refusal stays") {
  const Checked wrong("refused:x { @ = nope; @b = retval; } fake:y { @c = coutn(); }");
  CHECK(!wrong.refused());
  CHECK(wrong.complaints().find("unknown name `nope`") != std::string::npos);
  CHECK(wrong.complaints().find("unknown function `coutn`") != std::string::npos);
  CHECK(wrong.complaints().find("`retval`") == std::string::npos);
  const Checked right("refused:x { @a[args.foo] = count(); $x = arg0; printf(\"%d %s\", $x, str(retval)); }");
  CHECK(!right.program());
  CHECK(right.complaints() == "");
  REQUIRE(right.refused());
  CHECK(right.refused()->what == "cannot trace refused:x");
}

TEST_CASE("what a probe lacks another may have") {
  CHECK(types("other:x { @ = args.comm; }") == R"(
error: `other:x` has no argument `comm`
 --> t.awl:1:20
1 | other:x { @ = args.comm; }
  |                    ^^^^
help: `fake:x` has it
)");
  CHECK(types("other:x { @ = arg5; }") == R"(
error: `other:x` has no `arg5`
 --> t.awl:1:15
1 | other:x { @ = arg5; }
  |               ^^^^
help: it has `retval`
)");
  CHECK(types("fake:x { @ = flags; }") == R"(
error: unknown name `flags`
 --> t.awl:1:14
1 | fake:x { @ = flags; }
  |              ^^^^^
help: it is an argument of the probe: `args.flags`
)");
}

TEST_CASE("tables are only as large as their block") {
  const Checked checked("fake:x { @a = 1 + pid; } fake:y { @b = 2; }");
  REQUIRE(checked.program());
  const CheckedBody &last = checked.program()->bodies[1];
  CHECK(last.type_of.end() - last.type_of.first() == 2);
  CHECK(last.type_of.end() == checked.program()->ast->expr_count());
}
