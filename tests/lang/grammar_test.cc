// SPDX-License-Identifier: GPL-2.0-only
// The grammar beyond what the first scripts needed: every kind of expression and statement as the tree it becomes,
// and the places where two readings are near.
#include <doctest/doctest.h>

#include "tests/lang/front_end.h"

using namespace awl;

namespace {

/// The tree of the statements in a block, without the lines for the probe and the block.
std::string body(const std::string &statements) {
  const std::string whole = tree("begin { " + statements + " }");
  std::string result = "\n";
  size_t line = 0;
  for (size_t begin = 0; begin < whole.size(); line++) {
    const size_t end = whole.find('\n', begin);
    const size_t place = whole.rfind(" [", end);
    const std::string text = whole.substr(begin, end - begin);
    const bool placed = text.ends_with("]") && place > begin && place < end;
    if (line >= 4) result += text.substr(4, placed ? place - begin - 4 : std::string::npos) + "\n";
    begin = end + 1;
  }
  return result;
}

}  // namespace

TEST_CASE("casts and what looks like them") {
  CHECK(body("$a = (uint8)$x; $b = (struct file *)arg0; $c = (x) - 1; $d = (uint8)-1; $e = (u32)$x;") == R"(
assign =
  local $a
  cast uint8
    local $x
assign =
  local $b
  cast struct file *
    name arg0
assign =
  local $c
  binary -
    name x
    number 1
assign =
  local $d
  cast uint8
    unary -
      number 1
assign =
  local $e
  cast u32
    local $x
)");
  CHECK(body("$a = (int8[8])arg0; $b = (string[64])$x; $c = (typeof($x))3; $d = (unsigned long)arg0;") == R"(
assign =
  local $a
  cast int8[8]
    name arg0
assign =
  local $b
  cast string[64]
    local $x
assign =
  local $c
  cast typeof
    number 3
assign =
  local $d
  cast unsigned long
    name arg0
)");
  CHECK(body("$a = (pid) * 2; $b = (a * b); $c = (foo *)$x; $d = (const char *)$x; $e = (enum pid_type)1;") == R"(
assign =
  local $a
  binary *
    name pid, builtin
    number 2
assign =
  local $b
  binary *
    name a
    name b
assign =
  local $c
  cast foo *
    local $x
assign =
  local $d
  cast char *
    local $x
assign =
  local $e
  cast enum pid_type
    number 1
)");
  CHECK(body("$a = f(uint8) - 1; $b = (int32[])$x; if (size) { } $c = (timestamp) - 5;") == R"(
assign =
  local $a
  binary -
    call f
      name uint8
    number 1
assign =
  local $b
  cast int32[]
    local $x
if
  name size
  block
assign =
  local $c
  binary -
    name timestamp, builtin nsecs
    number 5
)");
}

TEST_CASE("options of a call are two words each") {
  CHECK(body("print(@m, 10, sort = desc, by=key); f(1, a == b);") == R"(
evaluate
  call print, builtin, sort=desc, by=key
    map @m
    number 10
evaluate
  call f
    number 1
    binary ==
      name a
      name b
)");
}

TEST_CASE("tuples and records") {
  CHECK(body("$a = (); $b = (1,); $c = (1, \"x\", (2, 3),); $d = (size = 1, name = comm); $e = $c.2.1;") == R"(
assign =
  local $a
  tuple
assign =
  local $b
  tuple
    number 1
assign =
  local $c
  tuple
    number 1
    string "x"
    tuple
      number 2
      number 3
assign =
  local $d
  record
  field size
    number 1
  field name
    name comm, builtin
assign =
  local $e
  element 1
    element 2
      local $c
)");
  CHECK(body("@[1, 2] = 1; @[(1, 2)] = 1; @[(1, 2), 3] = @m[1][2].0;") == R"(
assign =
  map @, keyed
    number 1
    number 2
  number 1
assign =
  map @, keyed
    number 1
    number 2
  number 1
assign =
  map @, keyed
    tuple
      number 1
      number 2
    number 3
  element 0
    index
      map @m, keyed
        number 1
      number 2
)");
}

TEST_CASE("pointers, members, elements, types") {
  CHECK(body("$a = *$p; $b = **$p * *$q; f(&$x, &@m); $c = $p->a.b[1][$i].c; $d = ((struct file *)arg0)->f_inode;") ==
        R"(
assign =
  local $a
  unary *
    local $p
assign =
  local $b
  binary *
    unary *
      unary *
        local $p
    unary *
      local $q
evaluate
  call f
    unary &
      local $x
    unary &
      map @m
assign =
  local $c
  member c
    index
      index
        member b
          member a
            local $p
        number 1
      local $i
assign =
  local $d
  member f_inode
    cast struct file *
      name arg0
)");
  CHECK(body("$a = sizeof(struct file); $b = sizeof($x + 1); $c = sizeof(uint32 *); $d = sizeof(my_type);") == R"(
assign =
  local $a
  sizeof
    type struct file
assign =
  local $b
  sizeof
    binary +
      local $x
      number 1
assign =
  local $c
  sizeof
    type uint32 *
assign =
  local $d
  sizeof
    type my_type
)");
  CHECK(body("$a = offsetof(struct file, f_path.dentry); $b = offsetof(*$x, next);"
             "$c = container_of($p, struct file, f_path); print(typeof($x));") == R"(
assign =
  local $a
  offsetof f_path.dentry
    type struct file
assign =
  local $b
  offsetof next
    unary *
      local $x
assign =
  local $c
  call container_of
    local $p
    type struct file
    name f_path
evaluate
  call print, builtin
    type typeof
)");
}

TEST_CASE("values with statements inside") {
  CHECK(body("$a = if $x > 1 { 1 } else if ($y) { $z = 3; $z } else { 2 };") == R"(
assign =
  local $a
  if value
    binary >
      local $x
      number 1
    block value
    result
      number 1
  else
    if value
      local $y
      block value
        assign =
          local $z
          number 3
      result
        local $z
    else
      block value
      result
        number 2
)");
  CHECK(body("$a = 1 + { let $b = 2; $b * 2 } + comptime (1 + 2); f({ if $x { 1 } else { 2 } }, true);") == R"(
assign =
  local $a
  binary +
    binary +
      number 1
      block value
        let $b
          number 2
      result
        binary *
          local $b
          number 2
    comptime
      binary +
        number 1
        number 2
evaluate
  call f
    block value
    result
      if value
        local $x
        block value
        result
          number 1
      else
        block value
        result
          number 2
    true
)");
}

TEST_CASE("loops and declarations") {
  CHECK(
      body("for ($i : 0..$n + 1) { break; } for $kv : @m { continue } while $x < 5 { $x++ } unroll(3) { return 1; }") ==
      R"(
for $i
  number 0
  binary +
    local $n
    number 1
  block
    break
for $kv
  map @m
  block
    continue
while
  binary <
    local $x
    number 5
  block
    evaluate
      step after ++
        local $x
unroll
  number 3
  block
    return
      number 1
)");
  CHECK(body("let $a; let $b = 1; let $c: uint32; let $d: struct file * = arg0; let $e: int8[4][2]; _ = f();") == R"(
let $a
let $b
  number 1
let $c: uint32
let $d: struct file *
  name arg0
let $e: int8[4][2]
evaluate
  call f
)");
  CHECK(body("while ($x > 1) < $x--; if ($x > 2) < break; > else < continue; > > for ($i : 0..3) < @ = $i; >") == R"(
while
  binary >
    local $x
    number 1
  block
    evaluate
      step after --
        local $x
    if
      binary >
        local $x
        number 2
      block
        break
    else
      block
        continue
for $i
  number 0
  number 3
  block
    assign =
      map @
      local $i
)");
}

TEST_CASE("maps as ply spells them") {
  CHECK(body("start[tid] = nsecs; @ = nsecs - start[tid]; delete start[tid]; delete @m[1, 2]; delete @m; args[0];") ==
        R"(
assign =
  map @start, keyed
    name tid, builtin
  name nsecs, builtin
assign =
  map @
  binary -
    name nsecs, builtin
    map @start, keyed
      name tid, builtin
evaluate
  call delete, builtin
    map @start, keyed
      name tid, builtin
evaluate
  call delete, builtin
    map @m, keyed
      number 1
      number 2
evaluate
  call delete, builtin
    map @m
evaluate
  index
    name args
    number 0
)");
}

TEST_CASE("a predicate holds every kind of expression") {
  CHECK(tree("begin / if pid { true } else { (1, 2).0 } && { 1 } / 2 == 0 / { }") == R"(
probe [1:1]
  attach begin [1:1]
  predicate
    binary && [1:9]
      if value [1:9]
        name pid, builtin [1:12]
        block value [1:16]
        result
          true [1:18]
      else
        block value [1:30]
        result
          element 0 [1:32]
            tuple [1:32]
              number 1 [1:33]
              number 2 [1:36]
      binary == [1:46]
        binary / [1:46]
          block value [1:46]
          result
            number 1 [1:48]
          number 2 [1:54]
        number 0 [1:59]
  block [1:63]
)");
}
