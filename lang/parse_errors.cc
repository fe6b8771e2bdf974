// SPDX-License-Identifier: GPL-2.0-only
// What is said of a token that does not fit. Bison knows which tokens would have fitted; a few of those sets are
// the mark of a slip that everybody makes, and get words of their own.
#include <algorithm>
#include <span>

#include "lang/lexer.h"
#include "lang/parser.hh"

namespace awl {
namespace {

using Symbol = Parser::symbol_kind;
using SymbolKind = Parser::symbol_kind_type;

constexpr size_t most_expected = 4;
constexpr size_t longest_quote = 40;

/// The unexpected token and all that could have stood in its place.
struct Situation {
  SymbolKind unexpected;
  Span at;
  std::vector<SymbolKind> expected;
  bool expects(SymbolKind kind) const { return std::ranges::find(expected, kind) != expected.end(); }
};

Situation situation_of(const Parser::context &context) {
  Situation result = {context.token(), context.location(), {}};
  result.expected.resize(static_cast<size_t>(context.expected_tokens(nullptr, 0)));
  const int count = context.expected_tokens(result.expected.data(), static_cast<int>(result.expected.size()));
  result.expected.resize(static_cast<size_t>(count));
  return result;
}

/// "`@x`", shortened when it is long.
std::string quoted(const Lexer &lexer, Span at) {
  std::string_view text = lexer.source().slice(at);
  const bool cut = text.size() > longest_quote;
  return fmt::format("`{}{}`", text.substr(0, cut ? longest_quote : text.size()), cut ? "..." : "");
}

std::string describe(const Situation &situation, const Lexer &lexer) {
  if (situation.unexpected == Symbol::S_YYEOF) return "end of the script";
  return quoted(lexer, situation.at);
}

/// "; expected `,`, `{` or `<`", or nothing when there are too many.
std::string expectation(std::span<const SymbolKind> expected) {
  if (expected.empty() || expected.size() > most_expected) return "";
  std::string result = "; expected ";
  for (size_t i = 0; i < expected.size(); i++) {
    if (i > 0) result += i + 1 == expected.size() ? " or " : ", ";
    result += Parser::symbol_name(expected[i]);
  }
  return result;
}

bool starts_statement(SymbolKind kind) {
  constexpr SymbolKind starters[] = {Symbol::S_NAME,     Symbol::S_LOCAL,      Symbol::S_MAP,     Symbol::S_IF,
                                     Symbol::S_IF_VALUE, Symbol::S_DELETE,     Symbol::S_RETURN,  Symbol::S_WHILE,
                                     Symbol::S_FOR,      Symbol::S_UNROLL,     Symbol::S_BREAK,   Symbol::S_CONTINUE,
                                     Symbol::S_LET,      Symbol::S_BRACE_OPEN, Symbol::S_INTEGER, Symbol::S_STRING,
                                     Symbol::S_BOOLEAN,  Symbol::S_POSITIONAL};
  return std::ranges::find(starters, kind) != std::end(starters);
}

/// An attach point, or a list of them, or a predicate, and then the end.
bool lacks_block(const Situation &situation) {
  return situation.unexpected == Symbol::S_YYEOF && situation.expects(Symbol::S_ANGLE_OPEN) &&
         !situation.expects(Symbol::S_SEMICOLON);
}

/// `if (x) @y = 1;`: only a condition can be followed by both an operator and a block.
bool lacks_branch(const Situation &situation) {
  return situation.expects(Symbol::S_BRACE_OPEN) && situation.expects(Symbol::S_PLUS);
}

/// The bracket that is what is really wrong: an open one that the token cannot be inside of.
std::optional<Lexer::Open> culprit(const Situation &situation, const Lexer &lexer) {
  const std::optional<Lexer::Open> open = lexer.innermost();
  const char bracket = open ? open->bracket : '\0';
  switch (situation.unexpected) {
    case Symbol::S_SEMICOLON:
    case Symbol::S_BRACE_CLOSE:
      return lexer.dropped();
    case Symbol::S_YYEOF:
      return open;
    case Symbol::S_ASSIGN:
      return bracket == '[' ? open : std::nullopt;
    // The colon of a probe inside a block that was not closed.
    case Symbol::S_COLON:
      return bracket == '{' || bracket == '<' ? open : std::nullopt;
    default:
      return std::nullopt;
  }
}

void report_generic(const Situation &situation, const Lexer &lexer, Builder &builder) {
  const std::optional<Lexer::Open> open = culprit(situation, lexer);
  if (open && !builder.blame(open->at)) return;
  Diagnostics::Draft draft = builder.diagnostics().error(situation.at, "unexpected {}{}", describe(situation, lexer),
                                                         expectation(situation.expected));
  if (open) {
    draft.label(open->at, "this `{}` is not closed", open->bracket);
    if (open->bracket == '<') draft.help("a block in `< >` ends with `>`, and each statement in it with `;`");
  } else if (situation.unexpected == Symbol::S_ASSIGN) {
    draft.help("did you mean `==`?");
  }
}

}  // namespace

void Parser::report_syntax_error(const context &where) const {
  const Lexer &lexer = builder.lexer();
  Diagnostics &diagnostics = builder.diagnostics();
  if (lexer.tainted()) return;
  const Situation situation = situation_of(where);
  const Span before = {lexer.previous().end, lexer.previous().end};
  if (lacks_block(situation))
    diagnostics.error(lexer.last_spec(), "{} has no block", quoted(lexer, lexer.last_spec()))
        .help("say what is to be done when it fires: `{{ @ = count(); }}`");
  else if (lacks_branch(situation) && starts_statement(situation.unexpected))
    diagnostics.error(before, "expected `{{` before {}", describe(situation, lexer))
        .help("what `{0}` {1} is written in braces: `{0} (...) {{ ... }}`", lexer.last_head(),
              lexer.last_head() == "if" ? "decides" : "repeats");
  else if (situation.expects(Symbol::S_SEMICOLON) && starts_statement(situation.unexpected) && before.end > 0)
    diagnostics.error(before, "expected `;` before {}", describe(situation, lexer));
  else
    report_generic(situation, lexer, builder);
}

void Parser::error(const location_type &at, const std::string &message) {
  builder.diagnostics().error(at, "{}", message);
}

}  // namespace awl
