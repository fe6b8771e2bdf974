// SPDX-License-Identifier: GPL-2.0-only
// awl --fmt: what it makes of untidy scripts; and of every script that formatting twice changes nothing, and that it
// means the same afterwards.
#include <doctest/doctest.h>

#include "lang/tidy.h"
#include "tests/lang/front_end.h"

using namespace awl;

namespace {

/// The tree without places.
std::string meaning(const std::string &script) {
  std::string result;
  const std::string whole = tree(script);
  for (size_t begin = 0; begin < whole.size();) {
    const size_t end = whole.find('\n', begin);
    const std::string line = whole.substr(begin, end - begin);
    const size_t place = line.rfind(" [");
    result += (place != std::string::npos && line.ends_with(']') ? line.substr(0, place) : line) + "\n";
    begin = end + 1;
  }
  return result;
}

/// The tidy script, when it has the two properties.
std::string tidied(const std::string &script) {
  const std::string once = tidy({"t.awl", script});
  CHECK(tidy({"t.awl", once}) == once);
  CHECK(meaning(once) == meaning(script));
  CHECK(meaning(script).find("error:") == std::string::npos);
  return "\n" + once;
}

}  // namespace

TEST_CASE("blocks, comments and spaces") {
  CHECK(tidied("#!/usr/bin/awl\n// head\nkprobe:x,\nkprobe:y\n/pid==1&&$x<3/\n{\n$x=(uint8)-1; // behind\n   // own "
               "line\n\n\n"
               "if($x>1){@[pid,comm]=count();}else if($x== - -2){$y=*$p**$q;}\nelse {\nfor($i:0..10){print($i)}  }\n"
               "printf(\"%d %d\\n\",\n$x, $y);\n}\n\n\n\nEND{}") == R"(
#!/usr/bin/awl
// head
kprobe:x,
kprobe:y / pid == 1 && $x < 3 / {
  $x = (uint8)-1;  // behind
  // own line

  if ($x > 1) { @[pid, comm] = count(); } else if ($x == - -2) { $y = *$p * *$q; } else {
    for ($i : 0..10) { print($i) }
  }
  printf("%d %d\n",
      $x, $y);
}

END { }
)");
  CHECK(tidied("begin{@a  =  1;/* inside */@b=2}interval:s:1 <print(@);if($x>1)<$y=1;>>") == R"(
begin { @a = 1; /* inside */ @b = 2 }
interval:s:1 < print(@); if ($x > 1) < $y = 1; > >
)");
}

TEST_CASE("values, types and declarations") {
  CHECK(
      tidied("struct pt {\n    int x;   // keep\n};\n#define LIMIT 4\nconfig={a=\"warn\";b=200}\nlet @m=lruhash(10);\n"
             "macro add($x,@m,e){let $t=e;$x+=$t;$t*2}\nfn f($a:int64,$b:struct file*):int64{return $a;}\n"
             "begin{\n$z=if $x{1}else{2};let $q:int8[4];$r=(a=1,b=(2,));delete @m [1];$t=$u.0 ->b [3];sizeof ( struct "
             "pt );"
             "$c=$a?$b:$d;$e=($a+1)*-$b;$f=!$x;unroll(3){$x++;--$x}while $x<3{break}$g={$h=1;$h}+1;}") == R"(
struct pt {
    int x;   // keep
};
#define LIMIT 4
config = { a = "warn"; b = 200 }
let @m = lruhash(10);
macro add($x, @m, e) { let $t = e; $x += $t; $t * 2 }
fn f($a: int64, $b: struct file *): int64 { return $a; }
begin {
  $z = if $x { 1 } else { 2 };
  let $q: int8[4];
  $r = (a = 1, b = (2,));
  delete @m[1];
  $t = $u.0->b[3];
  sizeof(struct pt);
  $c = $a ? $b : $d;
  $e = ($a + 1) * -$b;
  $f = !$x;
  unroll(3) { $x++; --$x }
  while $x < 3 { break }
  $g = { $h = 1; $h } + 1;
}
)");
}

TEST_CASE("what the author broke stays broken") {
  CHECK(tidied("begin {\n  $x = $a +\n$b;\n  @m[1,\n  2] = 3; // c\n  /* one */ $y = 1; # ply\n}\n# last\n") == R"(
begin {
  $x = $a +
      $b;
  @m[1,
      2] = 3;  // c
  /* one */ $y = 1;  # ply
}
# last
)");
  CHECK(tidied("#if 0\nnot a script {\n#else\nbegin { }\n#endif\n") == R"(
#if 0
not a script {
#else
begin { }
#endif
)");
}
