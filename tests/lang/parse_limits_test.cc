// SPDX-License-Identifier: GPL-2.0-only
// Scripts that nobody writes by hand: too deep, too long, not text at all. They get a diagnostic, never a crash.
#include <doctest/doctest.h>

#include "lang/parse_builder.h"
#include "tests/lang/front_end.h"

using namespace awl;

namespace {

std::string repeat(std::string_view text, size_t count) {
  std::string result;
  for (size_t i = 0; i < count; i++) result += text;
  return result;
}

/// `begin { @ = open...open 1 close...close; }`
std::string nested(std::string_view open, std::string_view close, size_t depth) {
  return "begin { @ = " + repeat(open, depth) + "1" + repeat(close, depth) + "; }";
}

bool fine(const std::string &script) { return complaints(script) == "\n"; }
bool too_deep(const std::string &script) { return complaints(script).starts_with("\nerror: nested too deeply\n"); }
size_t count(std::string_view text, std::string_view what) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; at++) found++;
  return found;
}

}  // namespace

TEST_CASE("the limit is reached, not passed") {
  // The block itself is one of the levels.
  CHECK(fine(nested("(", ")", max_nesting - 1)));
  CHECK(too_deep(nested("(", ")", max_nesting)));
  CHECK(fine(nested("!", "", max_nesting - 1)));
  CHECK(too_deep(nested("!", "", max_nesting)));
  CHECK(fine(nested("1+", "", max_nesting - 1)));
  CHECK(too_deep(nested("1+", "", max_nesting)));
}

TEST_CASE("everything that nests is limited") {
  constexpr size_t deep = 100000;
  CHECK(too_deep(nested("(", ")", deep)));
  CHECK(too_deep(nested("!", "", deep)));
  CHECK(too_deep(nested("++", "", deep)));
  CHECK(too_deep(nested("1?2:", "", deep)));
  CHECK(too_deep(nested("1?", ":2", deep)));
  CHECK(too_deep(nested("1?:", "", deep)));
  CHECK(too_deep(nested("f(", ")", deep)));
  CHECK(too_deep(nested("@m[", "]", deep)));
  CHECK(too_deep("begin { @ = a" + repeat(".b", deep) + "; }"));
  CHECK(too_deep("begin { @ = @a" + repeat("++", deep) + "; }"));
  CHECK(too_deep("begin { " + repeat("{", deep) + repeat("}", deep) + " }"));
  CHECK(too_deep("begin { " + repeat("<", deep) + repeat(">", deep) + " }"));
  CHECK(too_deep("begin { " + repeat("if 1 {", deep) + repeat("}", deep) + " }"));
  CHECK(too_deep("begin { " + repeat("if 1 { } else ", deep) + "{ } }"));
  CHECK(too_deep("begin " + repeat("{", deep)));
}

TEST_CASE("a script too deep has one mistake, and it is said where") {
  CHECK(complaints("begin { @ =\n" + repeat("(", 3000) + "1; }") ==
        "\nerror: nested too deeply\n"
        " --> t.awl:2:2000\n"
        "2 | ..." +
            repeat("(", 160) + "...\n" + "  | " + repeat(" ", 63) +
            "^\n"
            "help: at most 2000 levels can be nested\n");
}

TEST_CASE("long is fine") {
  CHECK(fine("begin { @" + std::string(65536, 'x') + " = $" + std::string(65536, 'y') + "; }"));
  CHECK(fine("kprobe:" + std::string(65536, 'x') + " { }"));
  CHECK(fine("begin { f(\"" + std::string(65536, 'x') + "\"); }"));
  CHECK(fine("begin { " + repeat("@x = 1; ", 20000) + " }"));
  CHECK(fine("begin { f(1" + repeat(", 1", 20000) + "); }"));
  // Unary operators are counted up to the next `;`, whatever they belong to.
  CHECK(too_deep("begin { f(" + repeat("-1, ", 20000) + "1); }"));
}

TEST_CASE("long tokens are quoted in short") {
  CHECK(complaints("begin { 1 " + std::string(100, 'x') + "; }") == "\nerror: expected `;` before `" +
                                                                        std::string(40, 'x') +
                                                                        "...`\n"
                                                                        " --> t.awl:1:10\n"
                                                                        "1 | begin { 1 " +
                                                                        std::string(100, 'x') +
                                                                        "; }\n"
                                                                        "  |          ^\n");
}

TEST_CASE("a thousand mistakes are enough") {
  const std::string text = complaints("begin { " + repeat("@x = ;\n", 50000) + " }");
  CHECK(text.ends_with("\n980 more not shown\n"));
  CHECK(count(text, "error: ") == Diagnostics::max_shown);
  CHECK(complaints(repeat("}", 50000)).ends_with("\n980 more not shown\n"));
}

TEST_CASE("files that are no scripts") {
  CHECK(complaints(std::string_view("\x7f"
                                    "ELF\x02\x01\x01\0\0",
                                    9)) ==
        "\nerror: this is not a script: it contains binary data\n"
        " --> t.awl:1:1\n"
        "1 | \\x7fELF\\x02\\x01\\x01\\x00\\x00\n"
        "  | ^\n");
  std::string noise;
  for (int i = 0; i < 4096; i++) noise += static_cast<char>((i * 167 + 13) % 251);
  CHECK(complaints(noise).starts_with("\nerror: this is not a script: it contains binary data\n"));
  CHECK(complaints("\n" + std::string(max_source_bytes, ' ')) ==
        "\nerror: this script is larger than 16 MiB\n"
        " --> t.awl:1:1\n"
        "1 |\n"
        "  | ^\n");
}

TEST_CASE("bytes that are no text, in a script that is") {
  CHECK(complaints(std::string_view("begin { \0 \xff\xfe @x = 1; }", 22)) ==
        "\nerror: stray byte `\\x00`\n"
        " --> t.awl:1:9\n"
        "1 | begin { \\x00 \\xff\\xfe @x = 1; }\n"
        "  |         ^^^^\n"
        "\nerror: stray byte `\\xff`\n"
        " --> t.awl:1:11\n"
        "1 | begin { \\x00 \\xff\\xfe @x = 1; }\n"
        "  |              ^^^^^^^^\n");
  CHECK(complaints(std::string_view("begin { f(\"a\0b\"); }", 19)) ==
        "\nerror: stray byte `\\x00`\n"
        " --> t.awl:1:13\n"
        "1 | begin { f(\"a\\x00b\"); }\n"
        "  |             ^^^^\n");
  CHECK(complaints(std::string_view("begin\0 { }", 10)) ==
        "\nerror: stray byte `\\x00`\n"
        " --> t.awl:1:6\n"
        "1 | begin\\x00 { }\n"
        "  |      ^^^^\n");
  // Latin-1 in a comment or a string is nobody's business.
  CHECK(fine("begin { f(\"\xe4\"); } // \xe4"));
}

TEST_CASE("a byte order mark is not part of the first attach point") {
  CHECK(tree("\xef\xbb\xbf"
             "begin { }") == "\nprobe [1:2]\n  attach begin [1:2]\n  block [1:8]\n");
}

TEST_CASE("every prefix of a script is parsed without harm") {
  const std::string script =
      "#!/x\nkprobe:a, uprobe:/b:\"c d\":$1 / pid == 1 / { if (@x[1, \"y\\x41\"] > 2ms) < $z = a ?: -b.c; > else { "
      "delete @m[(1, 2)]; printf('x', $#); } } // end /* x */";
  for (size_t length = 0; length < script.size(); length++) {
    const std::string text = complaints(script.substr(0, length), {"p"});
    const bool whole = text == "\n";
    CHECK((whole || text.starts_with("\nerror: ")));
  }
}

TEST_CASE("the whole language at its limits") {
  std::string keys, structures, twice = "macro a(x) { x + x }\n";
  for (int i = 0; i < 10000; i++) keys += (i ? "," : "") + std::to_string(i);
  CHECK(complaints("begin { @m[" + keys + "] = 1; }") == "\n");
  const std::string name(65536, 'x');
  CHECK(complaints("begin { $" + name + " = 1; @" + name + " = (uint8)$" + name + "; }") == "\n");
  for (int i = 0; i < 500; i++) structures += "struct { ";
  CHECK(complaints(structures + "begin { }").find("structures are nested too deeply") != std::string::npos);
  for (int i = 1; i < 30; i++)
    twice += "macro a" + std::to_string(i) + "(x) { " + (i > 1 ? "a" + std::to_string(i - 1) : "a") + "(x) + 1 }\n";
  CHECK(complaints(twice + "begin { $x = a29(1); }") == "\n");
}
