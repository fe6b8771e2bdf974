// SPDX-License-Identifier: GPL-2.0-only
// What a script says outside of its probes: macros, functions, imports, named parameters, declarations in C.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "lang/cdecl.h"
#include "lang/constants.h"
#include "tests/lang/front_end.h"

using namespace awl;

namespace {

/// The expanded tree of a script with parameters that may have names; what is wrong with it when there is none.
std::string expanded(const std::string &script, std::vector<std::string> words = {},
                     const std::string &name = "t.awl") {
  Source source{name, script};
  Diagnostics diagnostics;
  DeclaredTypes declared;
  const NamedParameters named = take_named(words);
  const Ast ast = parse(source, words, named, declared, diagnostics);
  return "\n" + (diagnostics.empty() ? dump_ast(ast, source) : diagnostics.render(source, false));
}

/// "size: member@bit offset:bits ..." of a structure.
std::string layout(const std::string &declarations, std::string_view spelling) {
  const Source source{"t.awl", declarations};
  Diagnostics diagnostics;
  DeclaredTypes declared;
  declared.declare(source, {0, static_cast<uint32_t>(declarations.size())}, diagnostics);
  const CStructure *structure = declared.structure(spelling);
  if (!diagnostics.empty() || !structure) return diagnostics.render(source, false);
  std::string result = fmt::format("{}:", structure->size);
  for (const CMember &member : structure->members)
    result +=
        fmt::format(" {}@{}{}", member.name, member.bit_offset, member.bits ? fmt::format(":{}", member.bits) : "");
  return result;
}

/// A directory of its own for files that scripts import.
struct Files {
  std::string path = "/tmp/awl_script_test_XXXXXX";
  Files() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  ~Files() { std::filesystem::remove_all(path); }
  std::string write(const std::string &name, const std::string &text, mode_t mode = 0644) {
    const std::string file = path + "/" + name;
    std::ofstream(file) << text;
    chmod(file.c_str(), mode);
    return file;
  }
};

}  // namespace

TEST_CASE("macros take expressions, variables and maps") {
  CHECK(expanded("macro add($x, @m, e) { let $t = e; $x += $t; @m = $t; $t * 2 }\n"
                 "macro add(a) { a + 1 }\n"
                 "begin { $y = add($t, @seen, $t + 1); add($y, @seen, 3); $z = add(add(1)); }") == R"(
probe [3:1]
  attach begin [3:1]
  block [3:7]
    assign = [3:9]
      local $y [3:9]
      block value [1:22]
        let $t#1 [1:24]
          binary + [3:29]
            local $t [3:29]
            number 1 [3:34]
        assign += [1:36]
          local $t [1:36]
          local $t#1 [1:42]
        assign = [1:46]
          map @seen [1:46]
          local $t#1 [1:51]
      result
        binary * [1:55]
          local $t#1 [1:55]
          number 2 [1:60]
    block [1:22]
      let $t#2 [1:24]
        number 3 [3:53]
      assign += [1:36]
        local $y [1:36]
        local $t#2 [1:42]
      assign = [1:46]
        map @seen [1:46]
        local $t#2 [1:51]
      evaluate [1:55]
        binary * [1:55]
          local $t#2 [1:55]
          number 2 [1:60]
    assign = [3:57]
      local $z [3:57]
      binary + [2:16]
        binary + [2:16]
          number 1 [3:70]
          number 1 [2:20]
        number 1 [2:20]
)");
}

TEST_CASE("macros that do not fit") {
  CHECK(expanded("macro m($x) { $x }\nmacro loop(x) { loop(x) }\nbegin { m(1); m(1, 2); loop(1); }") == R"(
error: `loop` uses itself
 --> t.awl:2:7
2 | macro loop(x) { loop(x) }
  |       ^^^^
  |                 ^^^^^^^ used here
help: macros and functions are put in place before the script runs, so they cannot call themselves

error: `m` cannot take these arguments
 --> t.awl:3:9
3 | begin { m(1); m(1, 2); loop(1); }
  |         ^^^^
1 | macro m($x) { $x }
  |       ^ defined here
help: it is called as `m($x)`: a variable for `$`, a map without key for `@`

error: `m` takes 1 argument, here are 2
 --> t.awl:3:15
3 | begin { m(1); m(1, 2); loop(1); }
  |               ^^^^^^^
1 | macro m($x) { $x }
  |       ^ defined here
help: it is called as `m($x)`
)");
  CHECK(expanded("macro m(x) { getopt(x) }\nbegin { m(1); }") == R"(
error: `getopt` cannot be read before the script runs
 --> t.awl:1:14
1 | macro m(x) { getopt(x) }
  |              ^^^^^^^^^
2 | begin { m(1); }
  |         ^^^^ used here
help: it takes literals: `getopt("name", 10, "what it is")`; the default says what kind of value it has
)");
}

TEST_CASE("functions") {
  CHECK(expanded("fn larger($a: int64, $b: int64): int64 { if ($a > $b) { return $a; } return $b; }\n"
                 "begin { $a = 1; @ = larger($a, 2); }") == R"(
probe [2:1]
  attach begin [2:1]
  block [2:7]
    assign = [2:9]
      local $a [2:9]
      number 1 [2:14]
    assign = [2:17]
      map @ [2:17]
      inline larger, int64 [2:21]
        block [1:40]
          let $a#1: int64 [1:11]
            local $a [2:28]
          let $b#1: int64 [1:22]
            number 2 [2:32]
          block [1:40]
            if [1:42]
              binary > [1:46]
                local $a#1 [1:46]
                local $b#1 [1:51]
              block [1:55]
                return [1:57]
                  local $a#1 [1:64]
            return [1:70]
              local $b#1 [1:77]
)");
}

TEST_CASE("parameters with names") {
  const std::string script =
      "begin { print((getopt(\"n\", -5, \"how many\"), getopt(\"v\"), getopt(\"s\", \"x\"), $1)); }";
  CHECK(expanded(script) == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    evaluate [1:9]
      call print, builtin [1:9]
        tuple [1:15]
          unary - [1:16]
            number 5 [1:16]
          false [1:45]
          string "x" [1:58]
          parameter $1 [1:76]
)");
  CHECK(expanded(script, {"--n=0x10", "--v", "one", "--s=long text"}) == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    evaluate [1:9]
      call print, builtin [1:9]
        tuple [1:15]
          number 16 [1:16]
          true [1:45]
          string "long text" [1:58]
          parameter $1 [1:76]
)");
  CHECK(expanded(script, {"--n", "--v=maybe", "--other"}) == R"(
error: the script has no parameter `--other`
 --> t.awl:1:1
1 | begin { print((getopt("n", -5, "how many"), getopt("v"), getopt("s", "x"), $1)); }
  | ^
help: it has --n, --v, --s

error: `--n` needs a number
 --> t.awl:1:16
1 | begin { print((getopt("n", -5, "how many"), getopt("v"), getopt("s", "x"), $1)); }
  |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^
help: write `--n=10`

error: `--v=maybe` is neither true nor false
 --> t.awl:1:45
1 | begin { print((getopt("n", -5, "how many"), getopt("v"), getopt("s", "x"), $1)); }
  |                                             ^^^^^^^^^^^
)");
}

TEST_CASE("imports") {
  Files files;
  files.write("lib.awl", "macro one() { 1 }\nimport \"more/deep.awl\";\nimport \"lib.awl\";\n");
  std::filesystem::create_directory(files.path + "/more");
  files.write("more/deep.awl", "macro two() { one() + 1 }\nend { @ = }\n");
  const std::string script = "import \"lib.awl\"; begin { @ = two(); }";
  const std::string wrong = expanded(script, {}, files.path + "/main.awl");
  CHECK(wrong.find("more/deep.awl:2:11\n2 | end { @ = }") != std::string::npos);
  files.write("more/deep.awl", "macro two() { one() + 1 }\n");
  const std::string right = expanded(script, {}, files.path + "/main.awl");
  CHECK(right.find("binary +") != std::string::npos);
  files.write("more/deep.awl", "macro two() { one() + 1 }\n", 0666);
  CHECK(expanded(script, {}, files.path + "/main.awl").find("everybody may write") != std::string::npos);
  CHECK(expanded("import \"none.awl\"; begin { }", {}, files.path + "/m.awl").find("No such file") !=
        std::string::npos);
}

TEST_CASE("structures lie as gcc lays them") {
  CHECK(layout("struct q { char c; long l; short s[3]; union { int i; char z; } u; };", "struct q") ==
        "32: c@0 l@64 s@128 u@192");
  CHECK(layout("struct b { unsigned a : 3, b : 30; unsigned long c : 40; int : 0; char d : 2; };", "struct b") ==
        "24: a@0:3 b@32:30 c@64:40 d@128:2");
  CHECK(layout("struct p { char c; int i; short s; } __attribute__((packed));", "struct p") == "7: c@0 i@8 s@40");
  CHECK(layout("struct n { struct { char a; int b; }; int (*fn)(int, void *); char *argv[2]; char end[]; };",
               "struct n") == "32: @0 fn@64 argv@128 end@256");
  CHECK(layout("typedef unsigned int u; enum e { A, B = 4 }; struct e { u a; enum e b; uint16_t c[B]; };",
               "struct e") == "16: a@0 b@32 c@64");
  CHECK(layout("union v { int a; char b[6]; };", "union v") == "8: a@0 b@0");
}

TEST_CASE("constants") {
  const Source source{"t.awl", " LIMIT (1 << 4)  // bits"};
  Diagnostics diagnostics;
  DeclaredTypes declared;
  declared.define(source, {0, static_cast<uint32_t>(source.text.size())}, diagnostics);
  CHECK(declared.constant("LIMIT")->value == 16);
  CHECK(declared.constant("EAGAIN")->value == 11);
  CHECK(evaluate(declared, "LIMIT * 2 - -1 == 33 ? 'a' : 0") == 97);
  CHECK(evaluate(declared, "sizeof(char *) + sizeof(int)") == 12);
  CHECK(evaluate(declared, "1 / 0") == std::nullopt);
  CHECK(evaluate(declared, "what") == std::nullopt);
  CHECK(system_constant("TCP_LISTEN") == 10);
  CHECK(system_constant("AT_FDCWD") == -100);
}

TEST_CASE("a script lists its own parameters") {
  auto help = [](std::string script) {
    Source source{"t.awl", std::move(script)};
    Diagnostics diagnostics;
    DeclaredTypes declared;
    const Ast ast = parse(source, {}, {{"help", std::nullopt}}, declared, diagnostics);
    return diagnostics.empty() ? ast.parameters_help.value_or("none asked for") : diagnostics.render(source, false);
  };
  CHECK(help("begin { @ = getopt(\"n\", -5, \"how many\"); @s = getopt(\"who\", \"me\"); @b = getopt(\"all\"); }") ==
        "parameters of this script, behind it:\n"
        "  --n=-5                   how many\n"
        "  --who=me\n"
        "  --all\n");
  CHECK(help("begin { @ = getopt(\"n\", true); @x = getopt(\"n\", true); }") ==
        "parameters of this script, behind it:\n  --n=true\n");
  CHECK(help("begin { @ = 1; }") == "this script has no parameters with names\n");
  CHECK(help("begin { @ = getopt(\"help\"); }") == "none asked for");
}

TEST_CASE("#define stands for strings, too") {
  Source source{"t.awl", "x"};
  Diagnostics diagnostics;
  DeclaredTypes declared;
  auto defined = [&](std::string line) -> std::string {
    Source text{"t.h", std::move(line)};
    declared.define(text, {0, static_cast<uint32_t>(text.text.size())}, diagnostics);
    const std::optional<CConstant> known = declared.constant("X");
    if (!known) return "unknown";
    return known->type.kind == Kind::string ? "'" + known->text + "'" : std::to_string(known->value);
  };
  CHECK(defined("X \"a b\"") == "'a b'");
  CHECK(defined("X \"a\" \"\\tb\\n\"") == "'a\tb\n'");
  CHECK(defined("X \"\"") == "''");
  CHECK(defined("X \"open") == "unknown");
  CHECK(defined("X \"a\" + 1") == "unknown");
  CHECK(defined("X 12") == "12");
}

TEST_CASE("conditions of the preprocessor") {
  CHECK(expanded("#ifndef BPFTRACE_HAVE_BTF\n#error\n#include <linux/sched.h>\nbegin {\n#else\n#define A 1\n#endif\n"
                 "#if A > 1\nwrong\n#elif A\nbegin { }\n#else\nend { }\n#endif\n# a comment\n") == R"(
probe [11:1]
  attach begin [11:1]
  block [11:7]
)");
}
