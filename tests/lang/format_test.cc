// SPDX-License-Identifier: GPL-2.0-only
// printf formats: pieces, and what is said of those that are wrong.
#include "lang/format.h"

#include <doctest/doctest.h>

#include "lang/parse.h"

using namespace awl;

namespace {

/// "text|%conversion as understood|text": what the pieces of a format hold.
std::string pieces(std::string_view format) {
  Diagnostics diagnostics;
  std::string result;
  for (const FormatPiece &piece : parse_format(format, {0, 0}, diagnostics)) {
    result += piece.text + "|";
    const Conversion &c = piece.conversion;
    if (!piece.has_conversion) continue;
    result += fmt::format("%{}{}{}{}{}{}{}", c.left ? "-" : "", c.of_map ? "@" : "", c.plus ? "+" : "", c.space ? " " : "",
                          c.alternate ? "#" : "", c.zero ? "0" : "", c.width);
    if (c.precision >= 0) result += fmt::format(".{}", c.precision);
    result += fmt::format("/{}{}|", c.bits, c.letter);
  }
  return result + (diagnostics.empty() ? "" : "!");
}

/// What is said of the format in `begin { printf("..."); }`, given as it is written there.
std::string complaints(std::string_view written) {
  const Source source{"t.awl", fmt::format("begin {{ printf(\"{}\"); }}", written)};
  Diagnostics diagnostics;
  const Ast ast = parse(source, {}, diagnostics);
  for (size_t i = 0; i < ast.expr_count(); i++) {
    const Expr &expr = ast[ExprId(i)];
    if (const StringLiteral *literal = std::get_if<StringLiteral>(&expr.node))
      parse_format(literal->text, expr.span, diagnostics);
  }
  return "\n" + diagnostics.render(source, false);
}

}  // namespace

TEST_CASE("text and conversions") {
  CHECK(pieces("") == "");
  CHECK(pieces("plain") == "plain|");
  CHECK(pieces("%d") == "|%0/64d|");
  CHECK(pieces("a %s b %v") == "a |%0/64s| b |%0/64v|");
  CHECK(pieces("%d%d\n") == "|%0/64d||%0/64d|\n|");
  CHECK(pieces("100%% of %u%%") == "100% of |%0/64u|%|");
  CHECK(pieces("%d %i %u %o %x %X %c %p %s %v") ==
        "|%0/64d| |%0/64i| |%0/64u| |%0/64o| |%0/64x| |%0/64X| |%0/64c| |%0/64p| |%0/64s| |%0/64v|");
}

TEST_CASE("flags, width, precision") {
  CHECK(pieces("%-16s") == "|%-16/64s|");
  CHECK(pieces("%08lx") == "|%08/64x|");
  CHECK(pieces("%+5d% 5d%#x") == "|%+5/64d||% 5/64d||%#0/64x|");
  CHECK(pieces("%-+ #012.7d") == "|%-+ #012.7/64d|");
  CHECK(pieces("%.3s%.s") == "|%0.3/64s||%0.0/64s|");
  CHECK(pieces("%1024d%.1024d") == "|%1024/64d||%0.1024/64d|");
}

TEST_CASE("an @ stands for the value of a map") {
  CHECK(pieces("%@d %-@8u") == "|%@0/64d| |%-@8/64u|");
}

TEST_CASE("only h and hh narrow an integer") {
  CHECK(pieces("%hhd%hd%ld%lld%jd%zd%td%Ld") == "|%0/8d||%0/16d||%0/64d||%0/64d||%0/64d||%0/64d||%0/64d||%0/64d|");
}

TEST_CASE("unknown conversions") {
  CHECK(complaints("%d %q") == R"(
error: unknown conversion `%q`
 --> t.awl:1:20
1 | begin { printf("%d %q"); }
  |                    ^^
help: the conversions are %d %i %u %o %x %X %c %p %s, %r for bytes, %v for any value, and %%
)");
  CHECK(complaints(R"(\"%-5*\n")").find("unknown conversion `%*`") != std::string::npos);
  CHECK(complaints("%5é|") == R"(
error: unknown conversion `%é`
 --> t.awl:1:17
1 | begin { printf("%5é|"); }
  |                 ^^^
help: the conversions are %d %i %u %o %x %X %c %p %s, %r for bytes, %v for any value, and %%
)");
}

TEST_CASE("a format that ends too early") {
  CHECK(complaints("100%") == R"(
error: the format ends inside a conversion
 --> t.awl:1:20
1 | begin { printf("100%"); }
  |                    ^
help: write `%%` for a percent sign
)");
  CHECK(complaints("%-5l") == R"(
error: the format ends inside a conversion
 --> t.awl:1:17
1 | begin { printf("%-5l"); }
  |                 ^^^^
help: write `%%` for a percent sign
)");
}

TEST_CASE("numbers that are too large") {
  CHECK(complaints("%1025d") == R"(
error: the width of this conversion is too large
 --> t.awl:1:17
1 | begin { printf("%1025d"); }
  |                 ^^^^^
help: the largest is 1024
)");
  CHECK(complaints("%.99999999999999999999d") == R"(
error: the precision of this conversion is too large
 --> t.awl:1:17
1 | begin { printf("%.99999999999999999999d"); }
  |                 ^^^^^^^^^^^^^^^^^^^^^^
help: the largest is 1024
)");
}

TEST_CASE("places behind escapes, and when they cannot be known") {
  CHECK(complaints(R"(\t\"%q\"\n)") == R"(
error: unknown conversion `%q`
 --> t.awl:1:21
1 | begin { printf("\t\"%q\"\n"); }
  |                     ^^
help: the conversions are %d %i %u %o %x %X %c %p %s, %r for bytes, %v for any value, and %%
)");
  CHECK(complaints(R"(\x41%q)") == R"(
error: unknown conversion `%q`
 --> t.awl:1:16
1 | begin { printf("\x41%q"); }
  |                ^^^^^^^^
help: the conversions are %d %i %u %o %x %X %c %p %s, %r for bytes, %v for any value, and %%
)");
}
