// SPDX-License-Identifier: GPL-2.0-only
// Tokens, and what is said of text that is none.
#include <doctest/doctest.h>

#include "tests/lang/front_end.h"

using namespace awl;

TEST_CASE("both modes") {
  CHECK(tokens(R"(kprobe:vfs_read / pid == 1 / { @x[comm] = count(); })") == R"(
1:1    probe     kprobe:vfs_read
1:17   predicate /
1:19   name      pid
1:23   symbol    ==
1:26   number    1
1:28   predicate /
1:30   block     {
1:32   map       @x
1:34   symbol    [
1:35   name      comm
1:39   symbol    ]
1:41   symbol    =
1:43   name      count
1:48   symbol    (
1:49   symbol    )
1:50   symbol    ;
1:52   block     }
)");
  CHECK(tokens(R"(begin < if (a < b) < $c >>= 1; >> end{})") == R"(
1:1    probe     begin
1:7    block     <
1:9    keyword   if
1:12   symbol    (
1:13   name      a
1:15   symbol    <
1:17   name      b
1:18   symbol    )
1:20   block     <
1:22   local     $c
1:25   symbol    >>=
1:29   number    1
1:30   symbol    ;
1:32   block     >
1:33   block     >
1:35   probe     end
1:38   block     {
1:39   block     }
)");
}

TEST_CASE("attach points are free text") {
  CHECK(tokens("uprobe:/lib/*:f*, uprobe:/bin/a:cpp:\"ns::f(int, char)\",t:sched/sched_switch{}") == R"~(
1:1    probe     uprobe:/lib/*:f*
1:17   symbol    ,
1:19   probe     uprobe:/bin/a:cpp:"ns::f(int, char)"
1:55   symbol    ,
1:56   probe     t:sched/sched_switch
1:76   block     {
1:77   block     }
)~");
  CHECK(tokens(R"(begin/pid/{} k:f+0x10 <;> usdt:./a$b:x {})") == R"(
1:1    probe     begin
1:6    predicate /
1:7    name      pid
1:10   predicate /
1:11   block     {
1:12   block     }
1:14   probe     k:f+0x10
1:23   block     <
1:24   symbol    ;
1:25   block     >
1:27   probe     usdt:./a$b:x
1:40   block     {
1:41   block     }
)");
}

TEST_CASE("every token of the language") {
  CHECK(
      tokens(
          R"(begin { ( ) [ ] , ; . -> ? : if else return name delete $local @map @ "s" 1 $1 $# = += -= *= /= %= &= |= ^= <<= >>= ++ -- ! ~ || && | ^ & == != < <= > >= << >> + - * / % })") ==
      R"(
1:1    probe     begin
1:7    block     {
1:9    symbol    (
1:11   symbol    )
1:13   symbol    [
1:15   symbol    ]
1:17   symbol    ,
1:19   symbol    ;
1:21   symbol    .
1:23   symbol    ->
1:26   symbol    ?
1:28   symbol    :
1:30   keyword   if
1:33   keyword   else
1:38   keyword   return
1:45   name      name
1:50   name      delete
1:57   local     $local
1:64   map       @map
1:69   map       @
1:71   string    "s"
1:75   number    1
1:77   parameter $1
1:80   parameter $#
1:83   symbol    =
1:85   symbol    +=
1:88   symbol    -=
1:91   symbol    *=
1:94   symbol    /=
1:97   symbol    %=
1:100  symbol    &=
1:103  symbol    |=
1:106  symbol    ^=
1:109  symbol    <<=
1:113  symbol    >>=
1:117  symbol    ++
1:120  symbol    --
1:123  symbol    !
1:125  symbol    ~
1:127  symbol    ||
1:130  symbol    &&
1:133  symbol    |
1:135  symbol    ^
1:137  symbol    &
1:139  symbol    ==
1:142  symbol    !=
1:145  symbol    <
1:147  symbol    <=
1:150  symbol    >
1:152  symbol    >=
1:155  symbol    <<
1:158  symbol    >>
1:161  symbol    +
1:163  symbol    -
1:165  symbol    *
1:167  symbol    /
1:169  symbol    %
1:171  block     }
)");
}

TEST_CASE("comments are nothing") {
  CHECK(tokens("/* a */ // b\n"
               "# c\n"
               "begin { // d\n"
               "@x /* e\n"
               " */ # f\n"
               "}") == R"(
3:1    probe     begin
3:7    block     {
4:1    map       @x
6:1    block     }
)");
}

TEST_CASE("strings that are not closed") {
  CHECK(complaints("begin { printf(\"abc);\n"
                   "@x = 1; }") == R"(
error: the string is not closed
 --> t.awl:1:16
1 | begin { printf("abc);
  |                ^^^^^^
help: close it with `"`
)");
  CHECK(complaints(R"(begin { @x = "abc\)") == R"(
error: the string is not closed
 --> t.awl:1:14
1 | begin { @x = "abc\
  |              ^^^^^
help: close it with `"`
)");
  CHECK(complaints("kprobe:\"abc { }\n") == R"(
error: the string is not closed
 --> t.awl:1:8
1 | kprobe:"abc { }
  |        ^^^^^^^^
help: close it with `"`
)");
}

TEST_CASE("escapes") {
  CHECK(complaints(R"(begin { f("\q\a"); f("\400"); f("\0"); f("\x00"); f("\xg"); })") == R"(
error: unknown escape `\q`
 --> t.awl:1:12
1 | begin { f("\q\a"); f("\400"); f("\0"); f("\x00"); f("\xg"); }
  |            ^^
help: the escapes are \n \t \r \" \\ \NNN (octal) and \xHH

error: unknown escape `\a`
 --> t.awl:1:14
1 | begin { f("\q\a"); f("\400"); f("\0"); f("\x00"); f("\xg"); }
  |              ^^
help: the escapes are \n \t \r \" \\ \NNN (octal) and \xHH

error: `\400` is more than a byte
 --> t.awl:1:23
1 | begin { f("\q\a"); f("\400"); f("\0"); f("\x00"); f("\xg"); }
  |                       ^^^^
help: the largest is `\377`

error: `\0` is a NUL byte, which a string cannot hold
 --> t.awl:1:34
1 | begin { f("\q\a"); f("\400"); f("\0"); f("\x00"); f("\xg"); }
  |                                  ^^

error: `\x00` is a NUL byte, which a string cannot hold
 --> t.awl:1:43
1 | begin { f("\q\a"); f("\400"); f("\0"); f("\x00"); f("\xg"); }
  |                                           ^^^^

error: unknown escape `\x`
 --> t.awl:1:54
1 | begin { f("\q\a"); f("\400"); f("\0"); f("\x00"); f("\xg"); }
  |                                                      ^^
help: the escapes are \n \t \r \" \\ \NNN (octal) and \xHH
)");
}

TEST_CASE("single quotes") {
  CHECK(complaints(R"(begin { printf('abc'); })") == R"(
error: strings take double quotes
 --> t.awl:1:16
1 | begin { printf('abc'); }
  |                ^^^^^
help: write `"abc"`
)");
  CHECK(complaints(R"(begin { printf('abc); })") == R"(
error: strings take double quotes
 --> t.awl:1:16
1 | begin { printf('abc); }
  |                ^^^^^^^^
)");
}

TEST_CASE("comments that are not closed") {
  CHECK(complaints(R"(begin { } /* abc)") == R"(
error: the comment is not closed
 --> t.awl:1:11
1 | begin { } /* abc
  |           ^^
help: close it with `*/`
)");
  CHECK(complaints("begin { @x = 1; /* abc\n"
                   "}") == R"(
error: the comment is not closed
 --> t.awl:1:17
1 | begin { @x = 1; /* abc
  |                 ^^
help: close it with `*/`
)");
}

TEST_CASE("numbers") {
  CHECK(complaints(R"(begin { f(12ab, 08, 0b2, 0x, 1_, 1.5, 2.5s, 3parsecs); })") == R"(
error: `12ab` has an unknown suffix
 --> t.awl:1:11
1 | begin { f(12ab, 08, 0b2, 0x, 1_, 1.5, 2.5s, 3parsecs); }
  |           ^^^^
help: the suffixes are ns us ms s m h d, and u l ul ll ull as in C

error: `08` is not an octal number
 --> t.awl:1:17
1 | begin { f(12ab, 08, 0b2, 0x, 1_, 1.5, 2.5s, 3parsecs); }
  |                 ^^
help: a number that starts with `0` is octal: its digits are 0 to 7

error: `0b2` is not a number
 --> t.awl:1:21
1 | begin { f(12ab, 08, 0b2, 0x, 1_, 1.5, 2.5s, 3parsecs); }
  |                     ^^^
help: numbers are written 42, 0x2a, 052, 0b101010, 1_000, 5e6 or 10ms

error: `0x` is not a number
 --> t.awl:1:26
1 | begin { f(12ab, 08, 0b2, 0x, 1_, 1.5, 2.5s, 3parsecs); }
  |                          ^^
help: numbers are written 42, 0x2a, 052, 0b101010, 1_000, 5e6 or 10ms

error: `1_` is not a number
 --> t.awl:1:30
1 | begin { f(12ab, 08, 0b2, 0x, 1_, 1.5, 2.5s, 3parsecs); }
  |                              ^^
help: numbers are written 42, 0x2a, 052, 0b101010, 1_000, 5e6 or 10ms

error: `1.5` is not an integer
 --> t.awl:1:34
1 | begin { f(12ab, 08, 0b2, 0x, 1_, 1.5, 2.5s, 3parsecs); }
  |                                  ^^^
help: all numbers are whole; a time can be written in a smaller unit: `1500ms`

error: `2.5s` is not an integer
 --> t.awl:1:39
1 | begin { f(12ab, 08, 0b2, 0x, 1_, 1.5, 2.5s, 3parsecs); }
  |                                       ^^^^
help: all numbers are whole; a time can be written in a smaller unit: `1500ms`

error: `3parsecs` has an unknown suffix
 --> t.awl:1:45
1 | begin { f(12ab, 08, 0b2, 0x, 1_, 1.5, 2.5s, 3parsecs); }
  |                                             ^^^^^^^^
help: the suffixes are ns us ms s m h d, and u l ul ll ull as in C
)");
  CHECK(complaints(
            R"(begin { f(18446744073709551616, 2e19, 1e99999999999999999999, 213504d, 0x1_0000_0000_0000_0000); })") ==
        R"(
error: `18446744073709551616` does not fit 64 bits
 --> t.awl:1:11
1 | begin { f(18446744073709551616, 2e19, 1e99999999999999999999, 213504d, 0x1_0000_0000_0000_0000); }
  |           ^^^^^^^^^^^^^^^^^^^^
help: the largest number is 18446744073709551615

error: `2e19` does not fit 64 bits
 --> t.awl:1:33
1 | begin { f(18446744073709551616, 2e19, 1e99999999999999999999, 213504d, 0x1_0000_0000_0000_0000); }
  |                                 ^^^^
help: the largest number is 18446744073709551615

error: `1e99999999999999999999` does not fit 64 bits
 --> t.awl:1:39
1 | begin { f(18446744073709551616, 2e19, 1e99999999999999999999, 213504d, 0x1_0000_0000_0000_0000); }
  |                                       ^^^^^^^^^^^^^^^^^^^^^^
help: the largest number is 18446744073709551615

error: `213504d` does not fit 64 bits
 --> t.awl:1:63
1 | begin { f(18446744073709551616, 2e19, 1e99999999999999999999, 213504d, 0x1_0000_0000_0000_0000); }
  |                                                               ^^^^^^^
help: the largest number is 18446744073709551615

error: `0x1_0000_0000_0000_0000` does not fit 64 bits
 --> t.awl:1:72
1 | begin { f(18446744073709551616, 2e19, 1e99999999999999999999, 213504d, 0x1_0000_0000_0000_0000); }
  |                                                                        ^^^^^^^^^^^^^^^^^^^^^^^
help: the largest number is 18446744073709551615
)");
}

TEST_CASE("numbers at the limit are fine") {
  CHECK(tree(R"(begin { f(18446744073709551615, 1e19, 0e99, 213503d, 0xffff_ffff_ffff_ffff, 1UL, 1Ull); })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    evaluate [1:9]
      call f [1:9]
        number 18446744073709551615 [1:11]
        number 10000000000000000000 [1:33]
        number 0 [1:39]
        number 18446659200000000000 ns [1:45]
        number 18446744073709551615 [1:54]
        number 1 [1:77]
        number 1 [1:82]
)");
}

TEST_CASE("parameters") {
  CHECK(complaints(R"(begin { f($0, $65535, $65536, $99999999999); })") == R"(
error: `$0` is no parameter
 --> t.awl:1:11
1 | begin { f($0, $65535, $65536, $99999999999); }
  |           ^^
help: parameters are counted from `$1` to `$65535`

error: `$65536` is no parameter
 --> t.awl:1:23
1 | begin { f($0, $65535, $65536, $99999999999); }
  |                       ^^^^^^
help: parameters are counted from `$1` to `$65535`

error: `$99999999999` is no parameter
 --> t.awl:1:31
1 | begin { f($0, $65535, $65536, $99999999999); }
  |                               ^^^^^^^^^^^^
help: parameters are counted from `$1` to `$65535`
)");
  CHECK(complaints(R"(kprobe:$1, kprobe:$2 { })", {"f"}) == R"(
error: there is no parameter `$2`
 --> t.awl:1:19
1 | kprobe:$1, kprobe:$2 { }
  |                   ^^
help: parameters are the words after the script; 1 given
)");
  CHECK(complaints(R"(kprobe:$0 { })") == R"(
error: there is no parameter `$0`
 --> t.awl:1:8
1 | kprobe:$0 { }
  |        ^^
help: parameters are the words after the script; 0 given
)");
}

TEST_CASE("the preprocessor") {
  CHECK(complaints("#include <linux/fs.h>\n"
                   "#include \"own.h\"\n"
                   "#define A \\\n"
                   "  1\n"
                   "#if X\n"
                   "#endif\n"
                   "# define is a comment here, and so is\n"
                   "#defined\n"
                   "begin { # define\n"
                   "}") == R"(
error: this condition has no value here
 --> t.awl:5:4
5 | #if X
  |    ^^
help: it may use numbers, `defined(NAME)` and `#define`s
)");
}

TEST_CASE("stray characters") {
  CHECK(complaints(R"(begin { @x = `1`; })") == R"(
error: stray character ```
 --> t.awl:1:14
1 | begin { @x = `1`; }
  |              ^

error: stray character ```
 --> t.awl:1:16
1 | begin { @x = `1`; }
  |                ^
)");
  CHECK(complaints(R"(begin { @x = “1” + éè; $ })") == R"(
error: stray character `“`
 --> t.awl:1:14
1 | begin { @x = “1” + éè; $ }
  |              ^

error: stray character `”`
 --> t.awl:1:16
1 | begin { @x = “1” + éè; $ }
  |                ^

error: stray character `é`
 --> t.awl:1:20
1 | begin { @x = “1” + éè; $ }
  |                    ^^

error: stray character `$`
 --> t.awl:1:24
1 | begin { @x = “1” + éè; $ }
  |                        ^
)");
}

TEST_CASE("what closes nothing") {
  CHECK(complaints(R"(} begin { })") == R"(
error: `}` closes nothing
 --> t.awl:1:1
1 | } begin { }
  | ^
)");
  CHECK(complaints(R"(> begin { })") == R"(
error: `>` closes nothing
 --> t.awl:1:1
1 | > begin { }
  | ^
)");
}
