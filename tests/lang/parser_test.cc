// SPDX-License-Identifier: GPL-2.0-only
// Trees of scripts, to the last node.
#include <doctest/doctest.h>

#include "tests/lang/front_end.h"

using namespace awl;

TEST_CASE("the script that everybody starts with") {
  CHECK(tree(R"(kretprobe:vfs_read { @["size"] = quantize(retval); })") == R"(
probe [1:1]
  attach kretprobe:vfs_read [1:1]
  block [1:20]
    assign = [1:22]
      map @, keyed [1:22]
        string "size" [1:24]
      call quantize, builtin [1:34]
        name retval [1:43]
)");
  CHECK(tree(R"(kretprobe:vfs_read < @["size"] = quantize(retval); >)") == R"(
probe [1:1]
  attach kretprobe:vfs_read [1:1]
  block [1:20]
    assign = [1:22]
      map @, keyed [1:22]
        string "size" [1:24]
      call quantize, builtin [1:34]
        name retval [1:43]
)");
}

TEST_CASE("alternatives of a probe") {
  CHECK(tree("kprobe:a || kprobe:b||k:c,\nkprobe:d\n|| kprobe:e / pid || uid / { }") == R"(
probe [1:1]
  attach kprobe:a [1:1]
  or kprobe:b [1:13]
  or k:c [1:23]
  attach kprobe:d [2:1]
  or kprobe:e [3:4]
  predicate
    binary || [3:15]
      name pid, builtin [3:15]
      name uid, builtin [3:22]
  block [3:28]
)");
}

TEST_CASE("several probes, lists, predicates, and a comma too many") {
  CHECK(tree("kprobe:a, kprobe:b,\n"
             "kprobe:c, / pid == 1 && uid != 0 / { }\n"
             "begin/cpu/{ } end { ; };") == R"(
probe [1:1]
  attach kprobe:a [1:1]
  attach kprobe:b [1:11]
  attach kprobe:c [2:1]
  predicate
    binary && [2:13]
      binary == [2:13]
        name pid, builtin [2:13]
        number 1 [2:20]
      binary != [2:25]
        name uid, builtin [2:25]
        number 0 [2:32]
  block [2:36]
probe [3:1]
  attach begin [3:1]
  predicate
    name cpu, builtin [3:7]
  block [3:11]
probe [3:15]
  attach end [3:15]
  block [3:19]
)");
}

TEST_CASE("precedence is that of C") {
  CHECK(tree(R"(begin { $x = 1 + 2 * 3 - 4 << 1 < 5 == 6 & 7 ^ 8 | 9 && 10 || 11; })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    assign = [1:9]
      local $x [1:9]
      binary || [1:14]
        binary && [1:14]
          binary | [1:14]
            binary ^ [1:14]
              binary & [1:14]
                binary == [1:14]
                  binary < [1:14]
                    binary << [1:14]
                      binary - [1:14]
                        binary + [1:14]
                          number 1 [1:14]
                          binary * [1:18]
                            number 2 [1:18]
                            number 3 [1:22]
                        number 4 [1:26]
                      number 1 [1:31]
                    number 5 [1:35]
                  number 6 [1:40]
                number 7 [1:44]
              number 8 [1:48]
            number 9 [1:52]
          number 10 [1:57]
        number 11 [1:63]
)");
  CHECK(tree(R"(begin { $x = (1 + 2) * -3 % ~4 / !5 >> 6 >= 7 <= 8 > 9 != 10; })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    assign = [1:9]
      local $x [1:9]
      binary != [1:14]
        binary > [1:14]
          binary <= [1:14]
            binary >= [1:14]
              binary >> [1:14]
                binary / [1:14]
                  binary % [1:14]
                    binary * [1:14]
                      binary + [1:15]
                        number 1 [1:15]
                        number 2 [1:19]
                      unary - [1:24]
                        number 3 [1:25]
                    unary ~ [1:29]
                      number 4 [1:30]
                  unary ! [1:34]
                    number 5 [1:35]
                number 6 [1:40]
              number 7 [1:45]
            number 8 [1:50]
          number 9 [1:54]
        number 10 [1:59]
)");
}

TEST_CASE("ternary and elvis lean to the right") {
  CHECK(tree(R"(begin { $x = 1 ? 2 : 3 ? 4 : 5; $y = 1 ?: 2 ? : 3; })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    assign = [1:9]
      local $x [1:9]
      ternary [1:14]
        number 1 [1:14]
        number 2 [1:18]
        ternary [1:22]
          number 3 [1:22]
          number 4 [1:26]
          number 5 [1:30]
    assign = [1:33]
      local $y [1:33]
      elvis [1:38]
        number 1 [1:38]
        elvis [1:43]
          number 2 [1:43]
          number 3 [1:49]
)");
}

TEST_CASE("targets, assignments and steps") {
  CHECK(tree(R"(begin { @a = 1; @b[1, "x"] += 2; $c <<= 3; @d[1]++; ++$c; @a--; --@a; })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    assign = [1:9]
      map @a [1:9]
      number 1 [1:14]
    assign += [1:17]
      map @b, keyed [1:17]
        number 1 [1:20]
        string "x" [1:23]
      number 2 [1:31]
    assign <<= [1:34]
      local $c [1:34]
      number 3 [1:41]
    evaluate [1:44]
      step after ++ [1:44]
        map @d, keyed [1:44]
          number 1 [1:47]
    evaluate [1:53]
      step before ++ [1:53]
        local $c [1:55]
    evaluate [1:59]
      step after -- [1:59]
        map @a [1:59]
    evaluate [1:65]
      step before -- [1:65]
        map @a [1:67]
)");
  CHECK(tree(R"(begin { @a -= 1; @a *= 1; @a /= 1; @a %= 1; @a &= 1; @a |= 1; @a ^= 1; @a >>= 1; })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    assign -= [1:9]
      map @a [1:9]
      number 1 [1:15]
    assign *= [1:18]
      map @a [1:18]
      number 1 [1:24]
    assign /= [1:27]
      map @a [1:27]
      number 1 [1:33]
    assign %= [1:36]
      map @a [1:36]
      number 1 [1:42]
    assign &= [1:45]
      map @a [1:45]
      number 1 [1:51]
    assign |= [1:54]
      map @a [1:54]
      number 1 [1:60]
    assign ^= [1:63]
      map @a [1:63]
      number 1 [1:69]
    assign >>= [1:72]
      map @a [1:72]
      number 1 [1:79]
)");
  CHECK(tree(R"(begin { _ = f(1); })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    evaluate [1:9]
      call f [1:13]
        number 1 [1:15]
)");
}

TEST_CASE("a list in parentheses is the same key") {
  CHECK(tree(R"(begin { @m[(pid, tid)] = 1; @m[(pid)] = 2; })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    assign = [1:9]
      map @m, keyed [1:9]
        name pid, builtin [1:13]
        name tid, builtin [1:18]
      number 1 [1:26]
    assign = [1:29]
      map @m, keyed [1:29]
        name pid, builtin [1:33]
      number 2 [1:41]
)");
}

TEST_CASE("members, whatever they are called") {
  CHECK(tree(R"(kprobe:f { $x = args.ret + args->filename + args.if + args.for + args.pid; })") == R"(
probe [1:1]
  attach kprobe:f [1:1]
  block [1:10]
    assign = [1:12]
      local $x [1:12]
      binary + [1:17]
        binary + [1:17]
          binary + [1:17]
            binary + [1:17]
              member ret [1:17]
                name args [1:17]
              member filename [1:28]
                name args [1:28]
            member if [1:45]
              name args [1:45]
          member for [1:55]
            name args [1:55]
        member pid [1:66]
          name args [1:66]
)");
}

TEST_CASE("calls, aliases, and delete in all its forms") {
  CHECK(tree(R"(begin { f(); @h = hist(1, 2); $e = execname; delete(@m[1]); delete @m[2]; delete(@m, 3); })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    evaluate [1:9]
      call f [1:9]
    assign = [1:14]
      map @h [1:14]
      call hist, builtin [1:19]
        number 1 [1:24]
        number 2 [1:27]
    assign = [1:31]
      local $e [1:31]
      name execname, builtin comm [1:36]
    evaluate [1:46]
      call delete, builtin [1:46]
        map @m, keyed [1:53]
          number 1 [1:56]
    evaluate [1:61]
      call delete, builtin [1:61]
        map @m, keyed [1:68]
          number 2 [1:71]
    evaluate [1:75]
      call delete, builtin [1:75]
        map @m [1:82]
        number 3 [1:86]
)");
}

TEST_CASE("parameters") {
  CHECK(tree(R"(i:s:$1, kprobe:$2_read { print($1, $#); })", {"5", "vfs"}) == R"(
probe [1:1]
  attach i:s:5 [1:1]
  attach kprobe:vfs_read [1:9]
  block [1:24]
    evaluate [1:26]
      call print, builtin [1:26]
        parameter $1 [1:32]
        parameter $# [1:36]
)");
}

TEST_CASE("if, else if, else; braces, angles, parentheses or none") {
  CHECK(tree(R"(begin { if (a) { b(); } else if c < d { e(); } else { f(); } })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    if [1:9]
      name a [1:13]
      block [1:16]
        evaluate [1:18]
          call b [1:18]
    else
      if [1:30]
        binary < [1:33]
          name c [1:33]
          name d [1:37]
        block [1:39]
          evaluate [1:41]
            call e [1:41]
      else
        block [1:53]
          evaluate [1:55]
            call f [1:55]
)");
  CHECK(tree(R"(begin < if (a) < b(); > else < c(); > d(); if $x { y() } >)") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    if [1:9]
      name a [1:13]
      block [1:16]
        evaluate [1:18]
          call b [1:18]
    else
      block [1:30]
        evaluate [1:32]
          call c [1:32]
    evaluate [1:39]
      call d [1:39]
    if [1:44]
      local $x [1:47]
      block [1:50]
        evaluate [1:52]
          call y [1:52]
)");
  CHECK(tree(R"(begin { if (a) && b { } if (a) < if (b) < c(); >> })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    if [1:9]
      binary && [1:12]
        name a [1:13]
        name b [1:19]
      block [1:21]
    if [1:25]
      name a [1:29]
      block [1:32]
        if [1:34]
          name b [1:38]
          block [1:41]
            evaluate [1:43]
              call c [1:43]
)");
}

TEST_CASE("blocks nest and the last semicolon is optional") {
  CHECK(tree(R"(begin { { @x = 1 } < { @y = 2 } > return })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    block [1:9]
      assign = [1:11]
        map @x [1:11]
        number 1 [1:16]
    block [1:20]
      block [1:22]
        assign = [1:24]
          map @y [1:24]
          number 2 [1:29]
    return [1:35]
)");
  CHECK(tree(R"(begin <<<>>; if (a) <<>> >)") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    block [1:8]
      block [1:9]
    if [1:14]
      name a [1:18]
      block [1:21]
        block [1:22]
)");
}

TEST_CASE("comparisons in angle blocks stay comparisons") {
  CHECK(tree(R"(begin < @x = 1 > 2; @y = 8 >> 1; @z = 1 < 2; >)") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    assign = [1:9]
      map @x [1:9]
      binary > [1:14]
        number 1 [1:14]
        number 2 [1:18]
    assign = [1:21]
      map @y [1:21]
      binary >> [1:26]
        number 8 [1:26]
        number 1 [1:31]
    assign = [1:34]
      map @z [1:34]
      binary < [1:39]
        number 1 [1:39]
        number 2 [1:43]
)");
}

TEST_CASE("a predicate may hold divisions") {
  CHECK(tree("begin / pid / 2 == 1 / /* and a comment */ # another\n"
             "{ }") == R"(
probe [1:1]
  attach begin [1:1]
  predicate
    binary == [1:9]
      binary / [1:9]
        name pid, builtin [1:9]
        number 2 [1:15]
      number 1 [1:20]
  block [2:1]
)");
  CHECK(tree(R"(begin / (pid / 2) > 1 /< >)") == R"(
probe [1:1]
  attach begin [1:1]
  predicate
    binary > [1:9]
      binary / [1:10]
        name pid, builtin [1:10]
        number 2 [1:16]
      number 1 [1:21]
  block [1:24]
)");
}

TEST_CASE("literals") {
  CHECK(tree(R"(begin { f(42, 0x2A, 052, 0b101, 1_000, 5e3, 7ull, 10ms, 2d, "a\tb\"\\\x41\101"); })") == R"(
probe [1:1]
  attach begin [1:1]
  block [1:7]
    evaluate [1:9]
      call f [1:9]
        number 42 [1:11]
        number 42 [1:15]
        number 42 [1:21]
        number 5 [1:26]
        number 1000 [1:33]
        number 5000 [1:40]
        number 7 [1:45]
        number 10000000 ns [1:51]
        number 172800000000000 ns [1:57]
        string "a\tb"\AA" [1:61]
)");
}

TEST_CASE("what other dialects leave around scripts") {
  CHECK(tree("#!/usr/bin/env awl\n"
             "#include <linux/fs.h>\n"
             "// a\n"
             "/* b */ # c\n"
             "BEGIN { @x = 1; # d\n"
             "}\n") == R"(
probe [5:1]
  attach BEGIN [5:1]
  block [5:7]
    assign = [5:9]
      map @x [5:9]
      number 1 [5:14]
)");
}
