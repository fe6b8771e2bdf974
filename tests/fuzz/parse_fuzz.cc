// SPDX-License-Identifier: GPL-2.0-only
// Any bytes at all through the front end. Beyond not crashing, it must keep what the rest relies on: a script
// without errors has a tree that prints, one with errors can be shown, and every place lies inside the text.
//
//   meson setup -Dfuzz=true build && ninja -C build tests/fuzz/parse_fuzz
//   build/tests/fuzz/parse_fuzz -dict=tests/fuzz/parse.dict -max_total_time=300 corpus examples
#include <cstddef>
#include <cstdint>

#include "lang/format.h"
#include "lang/parse.h"
#include "lang/tidy.h"
#include "src/base/check.h"

namespace {

void check_span(const awl::Source &source, awl::Span span) {
  AWL_CHECK(span.begin <= span.end);
  AWL_CHECK(span.end <= source.text.size());
}

void check_tree(const awl::Ast &ast, const awl::Source &source, awl::Diagnostics &diagnostics) {
  for (size_t i = 0; i < ast.expr_count(); i++) {
    const awl::Expr &expr = ast[awl::ExprId(i)];
    check_span(source, expr.span);
    const awl::StringLiteral *literal = std::get_if<awl::StringLiteral>(&expr.node);
    if (!literal) continue;
    for (const awl::FormatPiece &piece : awl::parse_format(literal->text, expr.span, diagnostics))
      if (piece.has_conversion) check_span(source, piece.span);
  }
  for (size_t i = 0; i < ast.stmt_count(); i++) check_span(source, ast[awl::StmtId(i)].span);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const awl::Source source{"fuzz", std::string(data, data + size)};
  awl::Diagnostics diagnostics;
  const awl::Ast ast = awl::parse(source, {"one", "2"}, diagnostics);
  if (!diagnostics.failed()) {
    AWL_CHECK(!ast.probes.empty());
    AWL_CHECK(!awl::dump_ast(ast, source).empty());
    AWL_CHECK(!awl::tidy(source).empty());
  }
  check_tree(ast, source, diagnostics);
  for (const awl::Diagnostic &diagnostic : diagnostics.all()) check_span(source, diagnostic.at);
  AWL_CHECK(diagnostics.render(source, false).empty() == diagnostics.empty());
  AWL_CHECK(awl::dump_tokens(source).empty() || !source.text.empty());
  return 0;
}
