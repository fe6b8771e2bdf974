// SPDX-License-Identifier: GPL-2.0-only
// Mistakes in grammar, and every word that is said about them.
#include <doctest/doctest.h>

#include "tests/lang/front_end.h"

using namespace awl;

TEST_CASE("nothing to run") {
  CHECK(complaints(R"()") == R"(
error: the script has no probe
 --> t.awl:1:1
1 |
  | ^
help: try `kprobe:vfs_read { @[comm] = count(); }`
)");
  CHECK(complaints("# only a comment\n") == R"(
error: the script has no probe
 --> t.awl:1:17
1 | # only a comment
  |                 ^
help: try `kprobe:vfs_read { @[comm] = count(); }`
)");
}

TEST_CASE("a probe without a block") {
  CHECK(complaints("kprobe:vfs_read\n") == R"(
error: `kprobe:vfs_read` has no block
 --> t.awl:1:1
1 | kprobe:vfs_read
  | ^^^^^^^^^^^^^^^
help: say what is to be done when it fires: `{ @ = count(); }`
)");
  CHECK(complaints(R"(kprobe:vfs_read, begin)") == R"(
error: `begin` has no block
 --> t.awl:1:18
1 | kprobe:vfs_read, begin
  |                  ^^^^^
help: say what is to be done when it fires: `{ @ = count(); }`
)");
  CHECK(complaints(R"(begin / pid == 1 /)") == R"(
error: unexpected end of the script
 --> t.awl:1:19
1 | begin / pid == 1 /
  |                   ^
  |       ^ this `/` is not closed
)");
}

TEST_CASE("a block without a probe") {
  CHECK(complaints(R"({ @ = count(); })") == R"(
error: this block has no probe
 --> t.awl:1:1
1 | { @ = count(); }
  | ^
help: say before it when it is to run, as in `kprobe:vfs_read { @ = count(); }`
)");
  CHECK(complaints(R"(/ pid == 1 / { @ = count(); })") == R"(
error: this block has no probe
 --> t.awl:1:14
1 | / pid == 1 / { @ = count(); }
  |              ^
help: say before it when it is to run, as in `kprobe:vfs_read { @ = count(); }`
)");
}

TEST_CASE("two probes without a comma, two commas") {
  CHECK(complaints(R"(kprobe:a kprobe:b { })") == R"(
error: unexpected `kprobe:b`; expected `/`, `{`, `<` or `,`
 --> t.awl:1:10
1 | kprobe:a kprobe:b { }
  |          ^^^^^^^^
)");
  CHECK(complaints(R"(kprobe:a,,kprobe:b { })") == R"(
error: unexpected `,`; expected a probe, `/`, `{` or `<`
 --> t.awl:1:10
1 | kprobe:a,,kprobe:b { }
  |          ^
)");
}

TEST_CASE("a predicate without its end, or with a mistake inside") {
  CHECK(complaints(R"(kprobe:a / pid == 1 { })") == R"(
error: the predicate is not closed
 --> t.awl:1:10
1 | kprobe:a / pid == 1 { }
  |          ^
help: close it with `/` before the block
)");
  CHECK(complaints(R"(kprobe:a / pid == 1)") == R"(
error: unexpected end of the script
 --> t.awl:1:20
1 | kprobe:a / pid == 1
  |                    ^
  |          ^ this `/` is not closed
)");
  CHECK(complaints(R"(kprobe:a / pid == / { @x = ; })") == R"(
error: unexpected `/`
 --> t.awl:1:19
1 | kprobe:a / pid == / { @x = ; }
  |                   ^

error: unexpected `;`
 --> t.awl:1:28
1 | kprobe:a / pid == / { @x = ; }
  |                            ^
)");
}

TEST_CASE("assignment where a comparison was meant") {
  CHECK(complaints(R"(begin { if (@x = 1) { } })") == R"(
error: assignment in a condition
 --> t.awl:1:16
1 | begin { if (@x = 1) { } }
  |                ^
help: did you mean `==`?
)");
  CHECK(complaints(R"(begin { if @x = 1 { } })") == R"(
error: assignment in a condition
 --> t.awl:1:15
1 | begin { if @x = 1 { } }
  |               ^
help: did you mean `==`?
)");
  CHECK(complaints(R"(begin / pid = 1 / { })") == R"(
error: assignment in a condition
 --> t.awl:1:13
1 | begin / pid = 1 / { }
  |             ^
help: did you mean `==`?
)");
  CHECK(complaints(R"(begin { $x = (@y = 1); })") == R"(
error: assignment inside an expression
 --> t.awl:1:18
1 | begin { $x = (@y = 1); }
  |                  ^
help: did you mean `==`?
)");
  CHECK(complaints(R"(begin { f(@x = 1); })") == R"(
error: unexpected `=`
 --> t.awl:1:14
1 | begin { f(@x = 1); }
  |              ^
help: did you mean `==`?
)");
}

TEST_CASE("semicolons") {
  CHECK(complaints("begin {\n"
                   "  @x = 1\n"
                   "  @y = 2;\n"
                   "}") == R"(
error: expected `;` before `@y`
 --> t.awl:2:9
2 |   @x = 1
  |         ^
)");
  CHECK(complaints(R"(begin { @x = count() if (1) { } })") == R"(
error: expected `;` before `if`
 --> t.awl:1:21
1 | begin { @x = count() if (1) { } }
  |                     ^
)");
  CHECK(complaints(R"(begin { @x = (1 + 2; @y = 2; })") == R"(
error: unexpected `;`
 --> t.awl:1:20
1 | begin { @x = (1 + 2; @y = 2; }
  |                    ^
  |              ^ this `(` is not closed
)");
}

TEST_CASE("blocks that are never closed, or closed twice") {
  CHECK(complaints("begin { @x = 1;\n") == R"(
error: unexpected end of the script
 --> t.awl:1:16
1 | begin { @x = 1;
  |                ^
  |       ^ this `{` is not closed
)");
  CHECK(complaints("begin { if (1) { @x = 1; }\n") == R"(
error: unexpected end of the script
 --> t.awl:1:27
1 | begin { if (1) { @x = 1; }
  |                           ^
  |       ^ this `{` is not closed
)");
  CHECK(complaints(R"(begin { @x = 1; } })") == R"(
error: `}` closes nothing
 --> t.awl:1:19
1 | begin { @x = 1; } }
  |                   ^
)");
  CHECK(complaints(R"(begin < @x = count() >)") == R"(
error: unexpected end of the script
 --> t.awl:1:23
1 | begin < @x = count() >
  |                       ^
  |       ^ this `<` is not closed
help: a block in `< >` ends with `>`, and each statement in it with `;`
)");
  CHECK(complaints(R"(begin < @x = count(); })") == R"(
error: `}` closes nothing
 --> t.awl:1:23
1 | begin < @x = count(); }
  |                       ^
  |       ^ a block that starts with `<` ends with `>`
help: write `>`
)");
  CHECK(complaints(R"(begin < @x = 1; > >)") == R"(
error: `>` closes nothing
 --> t.awl:1:19
1 | begin < @x = 1; > >
  |                   ^
)");
}

TEST_CASE("the block before is not closed") {
  CHECK(complaints("begin {\n"
                   "  @x = 1;\n"
                   "kprobe:f { @y = 2; }") == R"(
error: unexpected `:`
 --> t.awl:3:7
3 | kprobe:f { @y = 2; }
  |       ^
1 | begin {
  |       ^ this `{` is not closed
)");
}

TEST_CASE("brackets that are never closed") {
  CHECK(complaints(R"(begin { @x[1 = 2; })") == R"(
error: unexpected `=`
 --> t.awl:1:14
1 | begin { @x[1 = 2; }
  |              ^
  |           ^ this `[` is not closed
)");
  CHECK(complaints(R"(begin { f(1, 2 })") == R"(
error: unexpected `}`
 --> t.awl:1:16
1 | begin { f(1, 2 }
  |                ^
  |          ^ this `(` is not closed
)");
}

TEST_CASE("branches need braces") {
  CHECK(complaints(R"(begin { if (1) @x = 1; })") == R"(
error: expected `{` before `@x`
 --> t.awl:1:15
1 | begin { if (1) @x = 1; }
  |               ^
help: what `if` decides is written in braces: `if (...) { ... }`
)");
  CHECK(complaints(R"(begin { if (1) { } else @x = 1; })") == R"(
error: unexpected `@x`; expected `{`, `<` or `if`
 --> t.awl:1:25
1 | begin { if (1) { } else @x = 1; }
  |                         ^^
)");
}

TEST_CASE("only some things can be assigned to") {
  CHECK(complaints(R"(kprobe:f { pid = 1; args.x += 2; 3 = 4; _ += 1; })") == R"(
error: `pid` cannot be assigned to
 --> t.awl:1:12
1 | kprobe:f { pid = 1; args.x += 2; 3 = 4; _ += 1; }
  |            ^^^
help: only locals (`$name`) and maps (`@name`) can change

error: `args.x` cannot be assigned to
 --> t.awl:1:21
1 | kprobe:f { pid = 1; args.x += 2; 3 = 4; _ += 1; }
  |                     ^^^^^^
help: what is inside a value or in memory can only be read; records are made as a whole: `(x = 1, y = 2)`

error: `3` cannot be assigned to
 --> t.awl:1:34
1 | kprobe:f { pid = 1; args.x += 2; 3 = 4; _ += 1; }
  |                                  ^
help: only locals (`$name`) and maps (`@name`) can change

error: `_` cannot be assigned to
 --> t.awl:1:41
1 | kprobe:f { pid = 1; args.x += 2; 3 = 4; _ += 1; }
  |                                         ^
help: only locals (`$name`) and maps (`@name`) can change
)");
}

TEST_CASE("several mistakes show at once, one for each statement") {
  CHECK(complaints("begin { @a = ; @b = ) ( ]; @c = 1 + ; }\n"
                   "end { @d = / 2; @e = 1; }") == R"(
error: unexpected `;`
 --> t.awl:1:14
1 | begin { @a = ; @b = ) ( ]; @c = 1 + ; }
  |              ^

error: unexpected `)`
 --> t.awl:1:21
1 | begin { @a = ; @b = ) ( ]; @c = 1 + ; }
  |                     ^

error: unexpected `;`
 --> t.awl:1:37
1 | begin { @a = ; @b = ) ( ]; @c = 1 + ; }
  |                                     ^

error: unexpected `/`
 --> t.awl:2:12
2 | end { @d = / 2; @e = 1; }
  |            ^
)");
}

TEST_CASE("few possibilities are named, many are not") {
  CHECK(complaints(R"(begin { args.; })") == R"(
error: unexpected `;`; expected a name or a number
 --> t.awl:1:14
1 | begin { args.; }
  |              ^
)");
  CHECK(complaints(R"(begin { else { } })") == R"(
error: unexpected `else`
 --> t.awl:1:9
1 | begin { else { } }
  |         ^^^^
)");
  CHECK(complaints(R"(begin { @x[] = 1; })") == R"(
error: unexpected `]`
 --> t.awl:1:12
1 | begin { @x[] = 1; }
  |            ^
)");
}

TEST_CASE("loops") {
  CHECK(complaints(R"(begin { for ($i = 0; $i < 5; $i++) { break; } })") == R"(
error: `for` goes over a range or a map
 --> t.awl:1:9
1 | begin { for ($i = 0; $i < 5; $i++) { break; } }
  |         ^^^
help: write `for ($i : 0..10) { ... }`
)");
  CHECK(complaints(R"(begin { while ($x < 5) $x++; })") == R"(
error: expected `{` before `$x`
 --> t.awl:1:23
1 | begin { while ($x < 5) $x++; }
  |                       ^
help: what `while` repeats is written in braces: `while (...) { ... }`
)");
  CHECK(complaints(R"(begin { for ($x : @m[1]) { } for $y : 3 { } })") == R"(
error: `for` cannot go over `@m[1]`
 --> t.awl:1:19
1 | begin { for ($x : @m[1]) { } for $y : 3 { } }
  |                   ^^^^^
help: it goes over numbers, `for ($x : 0..10)`, or a map, `for ($x : @name)`

error: `for` cannot go over `3`
 --> t.awl:1:39
1 | begin { for ($x : @m[1]) { } for $y : 3 { } }
  |                                       ^
help: it goes over numbers, `for ($y : 0..10)`, or a map, `for ($y : @name)`
)");
}

TEST_CASE("values in brackets") {
  CHECK(complaints(R"(begin { $t.0 = 1; $r = (a = 1, b = 2, a = 3); $x = args.a[1, 2]; print($t.10ms); })") == R"(
error: `$t.0` cannot be assigned to
 --> t.awl:1:9
1 | begin { $t.0 = 1; $r = (a = 1, b = 2, a = 3); $x = args.a[1, 2]; print($t.10ms); }
  |         ^^^^
help: a tuple does not change: make a new one, as in `$t = (1, "a")`

error: the record has two fields called `a`
 --> t.awl:1:39
1 | begin { $t.0 = 1; $r = (a = 1, b = 2, a = 3); $x = args.a[1, 2]; print($t.10ms); }
  |                                       ^
  |                         ^ the first one

error: an array has one index in its brackets
 --> t.awl:1:62
1 | begin { $t.0 = 1; $r = (a = 1, b = 2, a = 3); $x = args.a[1, 2]; print($t.10ms); }
  |                                                              ^
help: write `[a][b]` for arrays in arrays; only maps have keys of several values

error: `10ms` is no place in a tuple
 --> t.awl:1:75
1 | begin { $t.0 = 1; $r = (a = 1, b = 2, a = 3); $x = args.a[1, 2]; print($t.10ms); }
  |                                                                           ^^^^
help: the elements of a tuple are counted from 0: `.0`, `.1`
)");
  CHECK(complaints(R"(begin { $x = (1, 2; $y = sizeof(struct); $z = { 1; })") == R"(
error: unexpected `;`
 --> t.awl:1:19
1 | begin { $x = (1, 2; $y = sizeof(struct); $z = { 1; }
  |                   ^
  |              ^ this `(` is not closed

error: unexpected `)`; expected a name
 --> t.awl:1:39
1 | begin { $x = (1, 2; $y = sizeof(struct); $z = { 1; }
  |                                       ^

error: unexpected end of the script
 --> t.awl:1:53
1 | begin { $x = (1, 2; $y = sizeof(struct); $z = { 1; }
  |                                                     ^
  |       ^ this `{` is not closed
)");
}

TEST_CASE("declarations outside of probes") {
  CHECK(complaints("let @m = lru(10); let @m = hash(20); config = { a = ; b = 2 }\nmacro m($x, x) { }\nbegin { }") == R"(
error: there is no map of kind `lru`
 --> t.awl:1:10
1 | let @m = lru(10); let @m = hash(20); config = { a = ; b = 2 }
  |          ^^^
help: the kinds are hash, lruhash, percpuhash and percpulruhash

error: `@m` is declared twice
 --> t.awl:1:23
1 | let @m = lru(10); let @m = hash(20); config = { a = ; b = 2 }
  |                       ^^
  |     ^^ the first declaration

error: unexpected `;`; expected a name, a boolean, a string or a number
 --> t.awl:1:53
1 | let @m = lru(10); let @m = hash(20); config = { a = ; b = 2 }
  |                                                     ^
)");
  CHECK(complaints("struct s { foo a; int b : 70; };\nstruct t { int a; int b }\nstruct u { struct t t; int n[x]; };\nbegin { }") ==
        R"(
error: unknown type `foo`
 --> t.awl:1:12
1 | struct s { foo a; int b : 70; };
  |            ^^^
help: declare it before, or point to it with `*`

error: expected `;` in this declaration in C
 --> t.awl:2:24
2 | struct t { int a; int b }
  |                        ^

error: unknown type `struct t`
 --> t.awl:3:19
3 | struct u { struct t t; int n[x]; };
  |                   ^
help: declare it before, or point to it with `*`
)");
  CHECK(complaints("#define F(x) 1\n#if F\n#endif\n#else\n#include\nbegin { }") == R"(
error: `#define` with parameters is not part of the language
 --> t.awl:1:8
1 | #define F(x) 1
  |        ^^^^^^^
help: write `macro F(x) { ... }`, whose parameters are expressions, `$variables` and `@maps`

error: this condition has no value here
 --> t.awl:2:4
2 | #if F
  |    ^^
help: it may use numbers, `defined(NAME)` and `#define`s

error: `#else` without an `#if`
 --> t.awl:4:1
4 | #else
  | ^^^^^

error: `#include` names no file
 --> t.awl:5:1
5 | #include
  | ^^^^^^^^
help: write `#include "file.h"`
)");
  CHECK(complaints("begin { }\n#if 0\nend {") == R"(
error: this `#if` has no `#endif`
 --> t.awl:2:1
2 | #if 0
  | ^^^^^
)");
}
