// SPDX-License-Identifier: GPL-2.0-only
// The builtins table and what the checker makes of its rows beyond their result: forms by a word, answers before the
// script runs, variables that a function fills, where builtins work, types that a variable was declared with.
#include <doctest/doctest.h>

#include <set>

#include "lang/config.h"
#include "lang/getopt.h"
#include "tests/lang/check_fixture.h"

using namespace awl;
using namespace awl::test;

namespace {

std::string type_of(const std::string &expression) { return type_of_map("fake:x { @x = " + expression + "; }"); }

/// The first line of what is said about a script.
std::string complaint(const std::string &script, CompileOptions options = {}) {
  const Checked checked(script, std::move(options));
  return checked.complaints().substr(0, checked.complaints().find('\n'));
}

CompileOptions unsafe() {
  CompileOptions options;
  options.resolve.unsafe = true;
  return options;
}

}  // namespace

TEST_CASE("every name of the table is there once, and finds its row") {
  std::set<std::string_view> names;
  for (const Builtin &row : builtins()) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(find_builtin(row.name) == &row);
    for (std::string_view alias : row.aliases) {
      CAPTURE(alias);
      CHECK(names.insert(alias).second);
      CHECK(find_builtin(alias) == &row);
    }
    CHECK((row.symbol.empty() || row.symbol.starts_with("awl_")));
    CHECK((row.bare.empty() || find_builtin(row.bare)));
  }
  CHECK(builtin_names().size() == names.size());
}

TEST_CASE("the rows of a heading of the manual stand together") {
  std::set<std::string_view> closed;
  std::string_view group;
  for (const Builtin &row : builtins()) {
    if (row.group != group) CHECK(closed.insert(group = row.group).second);
  }
}

TEST_CASE("a word chooses the form") {
  CHECK(type_of("nsecs(tai)") == "u64 ns");
  CHECK(type_of("nsecs()") == "u64 ns");
  CHECK(type_of("pid(init)") == "u32");
  CHECK(type_of("time") == "u64 ns");
  CHECK(complaint("fake:x { @ = pid(host); }") == "error: `pid` has no form `host`");
  CHECK(complaint("fake:x { @ = tid(1 + 1); }") == "error: `tid` has no form `1 + 1`");
}

TEST_CASE("questions have their answer before the script runs") {
  CHECK(folded("is_str(comm)") == "1");
  CHECK(folded("is_str(pid)") == "0");
  CHECK(folded("is_ptr(arg1)") == "1");
  CHECK(folded("is_unsigned_integer(retval)") == "0");
  CHECK(folded("is_literal(3)") == "1");
  CHECK(folded("strcap(comm)") == "16");
  CHECK(folded("strcap(\"abc\")") == "4");
}

TEST_CASE("addresses change their space and keep what they lead to") {
  CHECK(type_of("uptr(arg1)") == "user struct file *");
  CHECK(type_of("kptr(args.name)") == "kernel char *");
  CHECK(type_of("uptr(arg0)") == "user void *");
}

TEST_CASE("find gives its variable the type of the map") {
  CHECK(type_of_map("fake:x { @s[1] = comm; if (find(@s, 1, $v)) { @x = $v; } }") == "string[16]");
  CHECK(complaint("fake:x { @s = 1; if (find(@s, $v)) { } }") == "error: `@s` has no keys");
  CHECK(complaint("fake:x { @s[1] = comm; $v = 1; if (find(@s, 1, $v)) { } }") ==
        "error: `$v` holds an integer, but a string is assigned here");
}

TEST_CASE("what disturbs the machine needs leave, and its own kind of probe") {
  CHECK(complaint("many:x { override(1); }").starts_with("error: `override` makes a function of the kernel return"));
  CHECK(complaint("many:x { override(1); }", unsafe()) == "");
  CHECK(complaint("fake:x { override(1); }", unsafe()) == "error: `override` does not work in probes of `fake`");
  CHECK(complaint("fake:x { signal(\"HUP\"); signal(\"SIGHUP\"); signal(1); }", unsafe()) == "");
  CHECK(complaint("fake:x { signal(\"HAP\"); }", unsafe()) == "error: there is no signal `HAP`");
  CHECK(complaint("fake:x { system(\"x\"); }").starts_with("error: `system` runs commands as the user who traces"));
}

TEST_CASE("a declared type stays as it is") {
  CHECK(type_of_map("fake:x { let $v : uint8 = 255; $v += 3; @x = $v; }") == "u8");
  CHECK(type_of_map("fake:x { let $v : int16; $v = arg0 * 2; @x = $v; }") == "s16");
  CHECK(complaint("fake:x { let $v : uint8 = 256; }") == "error: `$v` is declared `uint8`, which cannot hold 256");
  CHECK(complaint("fake:x { let $v : uint8 = -1; }") == "error: `$v` is declared `uint8`, which cannot hold -1");
  CHECK(complaint("fake:x { let $v : int8 = -128; $v = 127; }") == "");
  CHECK(complaint("fake:x { let $v : int8; $v = 128; }") == "error: `$v` is declared `int8`, which cannot hold 128");
  CHECK(complaint("fake:x { let $v : uint64 = 18446744073709551615; }") == "");
}

TEST_CASE("stacks are shown as the script or the environment says") {
  CompileOptions options;
  Manifest manifest;
  Diagnostics diagnostics;
  const Span nowhere = {};
  apply_config({{"stack_mode", "raw", nowhere, nowhere}}, {}, options, manifest, diagnostics);
  CHECK(options.stack_mode == "raw");
  apply_config({{"stack_mode", "raw", nowhere, nowhere}, {"max_strlen", "50", nowhere, nowhere}},
               {{"BPFTRACE_STACK_MODE", "bpftrace"}, {"BPFTRACE_MAX_STRLEN", "99"}, {"BPFTRACE_BTF", "/x"}}, options,
               manifest, diagnostics);
  CHECK(options.stack_mode == "");
  CHECK(options.max_strlen == 99);
  CHECK(diagnostics.empty());
  apply_config({}, {{"BPFTRACE_MAX_STRLEN", "many"}}, options, manifest, diagnostics);
  CHECK(diagnostics.failed());
}
