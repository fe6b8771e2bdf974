// SPDX-License-Identifier: GPL-2.0-only
// The patterns of the lexer's two modes; see lexer.h. Patterns are bytes: UTF-8 occurs only where anything may
// (attach points, strings, comments), and elsewhere it is a mistake that stray_byte() decodes for its message.
#include "lang/lexer.h"

namespace awl {
namespace {

/// What has more is no script; reading on would only use up memory.
constexpr size_t most_mistakes = 1000;

}  // namespace

/*!re2c
  re2c:api = custom;
  re2c:api:style = free-form;
  re2c:define:YYCTYPE = "unsigned char";
  re2c:define:YYPEEK = "static_cast<unsigned char>(at(position_))";
  re2c:define:YYSKIP = "++position_;";
  re2c:define:YYBACKUP = "marker_ = position_;";
  re2c:define:YYRESTORE = "position_ = marker_;";
  re2c:yyfill:enable = 0;

  nul     = "\x00";
  space   = [ \t\r\n\v\f]+;
  comment = "//" [^\n\x00]*;
  digit   = [0-9];
  letter  = [a-zA-Z_];
  name    = letter (letter | digit)*;
*/

// Attach points, and what stands between them. A text that no other pattern takes is an attach point.
Lexer::Token Lexer::outside() {
  while (diagnostics_.all().size() < most_mistakes) {
    start_ = position_;
    /*!re2c
      nul     { if (start_ >= size()) return end(); stray_byte(); continue; }
      space   { continue; }
      comment { continue; }
      "/*"    { skip_comment(); continue; }
      "#"     { hash_line(); continue; }
      "{"     { return open('{', Parser::make_BRACE_OPEN); }
      "<"     { return open('<', Parser::make_ANGLE_OPEN); }
      ","     { return Parser::make_COMMA(span()); }
      ";"     { return Parser::make_SEMICOLON(span()); }
      [}>]    { stray_closer(); continue; }
      "/"     { return open_predicate(); }
      *       { if (is_c_declaration()) { c_declaration(); continue; } return declaration_or_spec(); }
    */
  }
  stopped_ = true;
  return end();
}

// The language: predicates and blocks.
Lexer::Token Lexer::inside() {
  while (diagnostics_.all().size() < most_mistakes) {
    start_ = position_;
    /*!re2c
      nul     { if (start_ >= size()) return end(); stray_byte(); continue; }
      space   { continue; }
      comment { continue; }
      "/*"    { skip_comment(); continue; }
      "#"     { hash_line(); continue; }

      name                         { return word(); }
      digit (letter | digit)*      { return number(); }
      digit+ "." digit (letter | digit)* { return after_dot_ ? number() : fraction(); }
      "$" name                     { return Parser::make_LOCAL(std::string(text().substr(1)), span()); }
      "$" digit+                   { return positional(); }
      "$#"                         { return Parser::make_POSITIONAL_COUNT(span()); }
      "@" name?                    { return map(); }
      "\""                         { return string(); }
      "'"                          { return single_quoted(); }

      "{"   { return brace_open(); }
      "("   { return paren_open(); }
      "["   { return open('[', Parser::make_SQUARE_OPEN); }
      "}"   { if (closes_brace()) return brace_close(); stray_closer(); continue; }
      ")"   { return pair_close('(', Parser::make_PAREN_CLOSE); }
      "]"   { return pair_close('[', Parser::make_SQUARE_CLOSE); }
      "<"   { return less(); }
      ";"   { return semicolon(); }
      "/"   { return slash(); }

      ">"   { return angle_closes() ? angle_close() : Parser::make_GREATER(span()); }
      ">="  { return angle_closes() ? angle_close() : Parser::make_GREATER_EQUAL(span()); }
      ">>"  { return angle_closes() ? angle_close() : Parser::make_SHIFT_RIGHT(span()); }
      ">>=" { return angle_closes() ? angle_close() : Parser::make_COMPOUND_ASSIGN(BinaryOp::shift_right, span()); }

      ","          { return Parser::make_COMMA(span()); }
      "." | "->"   { return Parser::make_DOT(span()); }
      ".."         { return Parser::make_RANGE(span()); }
      "?"          { return Parser::make_QUESTION(span()); }
      ":"          { return Parser::make_COLON(span()); }
      "="          { return Parser::make_ASSIGN(span()); }
      "+="         { return Parser::make_COMPOUND_ASSIGN(BinaryOp::add, span()); }
      "-="         { return Parser::make_COMPOUND_ASSIGN(BinaryOp::subtract, span()); }
      "*="         { return Parser::make_COMPOUND_ASSIGN(BinaryOp::multiply, span()); }
      "/="         { return Parser::make_COMPOUND_ASSIGN(BinaryOp::divide, span()); }
      "%="         { return Parser::make_COMPOUND_ASSIGN(BinaryOp::modulo, span()); }
      "&="         { return Parser::make_COMPOUND_ASSIGN(BinaryOp::bit_and, span()); }
      "|="         { return Parser::make_COMPOUND_ASSIGN(BinaryOp::bit_or, span()); }
      "^="         { return Parser::make_COMPOUND_ASSIGN(BinaryOp::bit_xor, span()); }
      "<<="        { return Parser::make_COMPOUND_ASSIGN(BinaryOp::shift_left, span()); }
      "++"         { return Parser::make_INCREMENT(span()); }
      "--"         { return Parser::make_DECREMENT(span()); }
      "!"          { return Parser::make_NOT(span()); }
      "~"          { return Parser::make_TILDE(span()); }
      "||"         { return Parser::make_OR(span()); }
      "&&"         { return Parser::make_AND(span()); }
      "|"          { return Parser::make_BIT_OR(span()); }
      "^"          { return Parser::make_BIT_XOR(span()); }
      "&"          { return Parser::make_BIT_AND(span()); }
      "=="         { return Parser::make_EQUAL(span()); }
      "!="         { return Parser::make_NOT_EQUAL(span()); }
      "<="         { return Parser::make_LESS_EQUAL(span()); }
      "<<"         { return angle_opens() ? less() : Parser::make_SHIFT_LEFT(span()); }
      "+"          { return Parser::make_PLUS(span()); }
      "-"          { return Parser::make_MINUS(span()); }
      "*"          { return Parser::make_STAR(span()); }
      "%"          { return Parser::make_PERCENT(span()); }
      *            { stray_byte(); continue; }
    */
  }
  stopped_ = true;
  return end();
}

}  // namespace awl
