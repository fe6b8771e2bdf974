// SPDX-License-Identifier: GPL-2.0-only
// The script as tokens. Outside blocks text is attach points, inside it is the language; which of the two holds
// follows from the brackets that are open, so the lexer keeps them and asks the parser nothing. What it makes of a
// script is thus the same for the parser, for --dump=tokens and for an editor.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/cdecl.h"
#include "lang/definitions.h"
#include "lang/parse.h"
#include "lang/parser.hh"
#include "src/base/diag.h"

namespace awl {

/// Letters, digits and `_`.
bool is_word_byte(char c);
bool is_blank(char c);

class Lexer {
 public:
  /// A bracket that is open.
  struct Open {
    char bracket = 0;  // { < ( [
    Span at;
    bool condition = false;  // the `(` right after `if`, `while` ...
    bool record = false;     // a `(` with fields in it
    bool call = false;       // the `(` of a call
    bool value = false;      // the `{` of a block that is a value
  };

  /// Reads `region` of the source, whose text may grow meanwhile. What is declared in C goes to `declared`, and the
  /// files of `#include "..."` are added to `includes`.
  Lexer(const Source &source, Span region, const Parameters &parameters, Diagnostics &diagnostics,
        DeclaredTypes *declared = nullptr, std::vector<Import> *includes = nullptr)
      : source_(source),
        parameters_(parameters),
        diagnostics_(diagnostics),
        declared_(declared),
        includes_(includes),
        end_(region.end),
        position_(region.begin) {
    if (source.slice(region).starts_with("\xef\xbb\xbf")) position_ += 3;  // a byte order mark
  }

  /// The next token; END for ever once the script is over.
  Parser::symbol_type next();

  /// Reads everything as a C header: declarations and nothing else.
  void header();

  const Source &source() const { return source_; }
  /// The token that `next` gave last, and the one before it.
  Span last() const { return last_; }
  Span previous() const { return previous_; }
  /// The attach point read last.
  Span last_spec() const { return last_spec_; }
  /// `if`, `while`, `for` or `unroll`: the one read last.
  std::string_view last_head() const { return last_head_; }
  /// The innermost bracket that is open; a predicate counts as one.
  std::optional<Open> innermost() const;
  /// A bracket that was still open when the last token closed one further out, or ended its statement.
  const std::optional<Open> &dropped() const { return dropped_; }
  /// True when the statement of the last token holds a mistake that is reported already and may have cost tokens:
  /// what the parser says of it then would only confuse.
  bool tainted() const { return tainted_ || (boundary_ && tainted_before_) || stopped_; }
  /// Reports that `at` is nested too deeply and ends the script there.
  void too_deep(Span at);

 private:
  using Token = Parser::symbol_type;

  // lexer.re: the two modes.
  Token outside();
  Token inside();

  // lexer_tokens.cc: tokens and gaps that take more than a pattern.
  Token word();
  Token number();
  Token fraction();
  Token map();
  Token string();
  Token single_quoted();
  Token positional();
  void escape(std::string &text);
  void byte_escape(uint32_t begin, unsigned base, size_t most_digits, std::string &text);
  void stray_byte();
  void skip_comment();
  bool classic_for() const;
  void skip_parentheses();
  uint32_t end_of_line(uint32_t offset) const;
  bool block_follows() const;

  // lexer_type.cc: a look ahead, to tell types from values.
  bool cast_follows() const;
  bool type_follows() const;

  // lexer_lines.cc: lines that start with `#`.
  void hash_line();
  void directive(std::string_view word, Span rest);
  void include(Span rest);
  bool holds(std::string_view word, Span rest) const;
  void skip_branch(bool may_enter_else);

  // lexer_spec.cc: attach points, and the words that stand in their place.
  Token declaration_or_spec();
  bool is_c_declaration() const;
  void c_declaration();
  Token spec_token(ProbeSpec spec);
  ProbeSpec spec();
  ProbeSpec attach_point();
  bool take_or();
  bool spec_goes_on(bool colon) const;
  void spec_quoted(std::string &text);
  void spec_parameter(std::string &text);

  // lexer.cc: brackets and the state that follows from the last token.
  Token open(char bracket, Token (*make)(Span));
  Token paren_open();
  Token brace_open();
  bool field_follows(size_t offset) const;
  bool option_follows(size_t offset) const;
  bool else_follows() const;
  Token open_predicate();
  Token close_predicate();
  bool closes_brace() const;
  void forget_value_ifs(bool arm_was_last);
  Token brace_close();
  Token angle_close();
  Token pair_close(char bracket, Token (*make)(Span));
  Token slash();
  Token less();
  Token semicolon();
  Token end();
  bool angle_opens() const { return statement_start_ || after_condition_ || (in_declaration() && open_.empty()); }
  bool in_declaration() const { return !declaration_.empty(); }
  void end_declaration(Parser::symbol_kind_type last);
  size_t after_blanks(size_t offset) const;
  bool angle_closes() const { return statement_start_ && !open_.empty() && open_.back().bracket == '<'; }
  void stray_closer();
  void track(const Token &token);

  char at(uint32_t offset) const { return source_.text[offset]; }  // the NUL behind the text included
  uint32_t size() const { return end_; }
  Span span() const { return {start_, position_}; }
  std::string_view text() const { return source_.slice(span()); }

  const Source &source_;
  const Parameters &parameters_;
  Diagnostics &diagnostics_;
  DeclaredTypes *declared_;
  std::vector<Import> *includes_;

  uint32_t end_;           // where the text ends; there is a NUL
  uint32_t position_ = 0;  // of the next byte
  uint32_t marker_ = 0;    // re2c's place to go back to
  uint32_t start_ = 0;     // of the token being read

  std::vector<Open> open_;
  std::optional<Open> dropped_;    // closed by the last token along with its own
  std::optional<Span> predicate_;  // its opening `/`, while it is open
  Span last_, previous_, last_spec_;
  bool statement_start_ = false;  // a statement may start after the last token
  bool after_dot_ = false;
  bool after_condition_ = false;  // after the `)` of `if (...)`
  bool ended_value_ = false;      // the `}` just read ends a block that is a value
  bool operand_next_ = false;     // the last token was an operator, or something else that a value follows
  Parser::symbol_kind_type last_kind_ = Parser::symbol_kind::S_YYEOF;
  std::string_view last_head_ = "if";
  std::string_view declaration_;  // "macro" ..., while one is read
  bool header_ = false;
  size_t conditions_ = 0;          // #if that were taken and have no #endif yet
  std::vector<size_t> value_ifs_;  // for each `if` that is a value: how many brackets were open
  size_t pending_ = 0;             // operators that still wait for an operand or a colon
  bool tainted_ = false, tainted_before_ = false, boundary_ = false, stopped_ = false;
};

}  // namespace awl
