// SPDX-License-Identifier: GPL-2.0-only
// --dump=tokens:
//
//   1:1    probe     kprobe:vfs_read
//   1:17   symbol    {
//   1:19   map       @reads
#include <fmt/format.h>

#include "lang/lexer.h"
#include "src/base/text.h"

namespace awl {
namespace {

std::string_view kind_name(Parser::symbol_kind_type kind) {
  using Symbol = Parser::symbol_kind;
  switch (kind) {
    case Symbol::S_SPEC:
      return "probe";
    case Symbol::S_NAME:
    case Symbol::S_DELETE:
      return "name";
    case Symbol::S_LOCAL:
      return "local";
    case Symbol::S_MAP:
      return "map";
    case Symbol::S_STRING:
      return "string";
    case Symbol::S_INTEGER:
      return "number";
    case Symbol::S_POSITIONAL:
    case Symbol::S_POSITIONAL_COUNT:
      return "parameter";
    case Symbol::S_CONFIG:
    case Symbol::S_IMPORT:
    case Symbol::S_MACRO:
    case Symbol::S_FN:
    case Symbol::S_IF:
    case Symbol::S_IF_VALUE:
    case Symbol::S_ELSE:
    case Symbol::S_RETURN:
    case Symbol::S_WHILE:
    case Symbol::S_FOR:
    case Symbol::S_UNROLL:
    case Symbol::S_BREAK:
    case Symbol::S_CONTINUE:
    case Symbol::S_LET:
    case Symbol::S_COMPTIME:
    case Symbol::S_SIZEOF:
    case Symbol::S_OFFSETOF:
    case Symbol::S_TYPEOF:
    case Symbol::S_TAG:
    case Symbol::S_BOOLEAN:
      return "keyword";
    case Symbol::S_FIELD:
      return "name";
    case Symbol::S_TYPE_OPEN:
      return "type";
    case Symbol::S_PREDICATE_OPEN:
    case Symbol::S_PREDICATE_CLOSE:
      return "predicate";
    case Symbol::S_BRACE_OPEN:
    case Symbol::S_VALUE_OPEN:
    case Symbol::S_BRACE_CLOSE:
    case Symbol::S_ANGLE_OPEN:
    case Symbol::S_ANGLE_CLOSE:
      return "block";
    default:
      return "symbol";
  }
}

}  // namespace

std::string dump_tokens(const Source &source) {
  Diagnostics ignored;
  const Parameters none;
  Lexer lexer(source, {0, static_cast<uint32_t>(source.text.size())}, none, ignored);
  std::string result;
  for (;;) {
    const Parser::symbol_type token = lexer.next();
    if (token.kind() == Parser::symbol_kind::S_YYEOF) return result;
    const Position place = source.position(token.location.begin);
    result += fmt::format("{:<6} {:<9} {}\n", fmt::format("{}:{}", place.line, place.column), kind_name(token.kind()),
                          escape_text(source.slice(token.location)));
  }
}

}  // namespace awl
