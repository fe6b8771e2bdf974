// SPDX-License-Identifier: GPL-2.0-only
#include "lang/tidy.h"

#include <algorithm>
#include <vector>

#include "lang/lexer.h"

namespace awl {
namespace {

using Symbol = Parser::symbol_kind;
using Kind = Parser::symbol_kind_type;

struct Token {
  Kind kind;
  Span at;
  bool unary = false;             // an operator in front of its operand
  bool closes_type = false;       // the `)` of a cast
  bool one_line = false;          // a bracket of a block that begins and ends in one line
  Kind opener = Symbol::S_YYEOF;  // of a closing bracket
};

bool is_in(Kind kind, std::initializer_list<Kind> kinds) { return std::ranges::find(kinds, kind) != kinds.end(); }

bool opens_block(Kind kind) { return is_in(kind, {Symbol::S_BRACE_OPEN, Symbol::S_ANGLE_OPEN, Symbol::S_VALUE_OPEN}); }
bool closes_block(Kind kind) { return is_in(kind, {Symbol::S_BRACE_CLOSE, Symbol::S_ANGLE_CLOSE}); }
bool opens(Kind kind) {
  return opens_block(kind) || is_in(kind, {Symbol::S_PAREN_OPEN, Symbol::S_TYPE_OPEN, Symbol::S_SQUARE_OPEN});
}
bool closes(Kind kind) { return closes_block(kind) || is_in(kind, {Symbol::S_PAREN_CLOSE, Symbol::S_SQUARE_CLOSE}); }

bool ends_operand(Kind kind) {
  return is_in(kind, {Symbol::S_NAME, Symbol::S_LOCAL, Symbol::S_MAP, Symbol::S_INTEGER, Symbol::S_STRING,
                      Symbol::S_BOOLEAN, Symbol::S_POSITIONAL, Symbol::S_POSITIONAL_COUNT, Symbol::S_PAREN_CLOSE,
                      Symbol::S_SQUARE_CLOSE, Symbol::S_BRACE_CLOSE, Symbol::S_INCREMENT, Symbol::S_DECREMENT});
}

/// The tokens of a script, each with what the ones before it make of it.
std::vector<Token> read(const Source &source) {
  Diagnostics ignored;
  DeclaredTypes declared;
  const Parameters none;
  Lexer lexer(source, {0, static_cast<uint32_t>(source.text.size())}, none, ignored, &declared);
  std::vector<Token> tokens;
  std::vector<size_t> open;
  for (;;) {
    const Parser::symbol_type next = lexer.next();
    Token token = {next.kind(), next.location};
    const Token *before = tokens.empty() ? nullptr : &tokens.back();
    const bool operand = before && ends_operand(before->kind) && !before->closes_type && !before->unary;
    token.unary = !operand && is_in(token.kind, {Symbol::S_MINUS, Symbol::S_STAR, Symbol::S_BIT_AND, Symbol::S_NOT,
                                                 Symbol::S_TILDE, Symbol::S_INCREMENT, Symbol::S_DECREMENT});
    if (closes(token.kind) && !open.empty()) {
      Token &opener = tokens[open.back()];
      token.opener = opener.kind;
      token.closes_type = opener.kind == Symbol::S_TYPE_OPEN &&
                          (open.back() == 0 || !is_in(tokens[open.back() - 1].kind,
                                                      {Symbol::S_SIZEOF, Symbol::S_OFFSETOF, Symbol::S_TYPEOF}));
      opener.one_line = token.one_line = source.slice({opener.at.begin, token.at.end}).find('\n') == std::string::npos;
      open.pop_back();
    }
    if (opens(token.kind)) open.push_back(tokens.size());
    tokens.push_back(token);
    if (token.kind == Symbol::S_YYEOF) return tokens;
  }
}

class Writer {
 public:
  explicit Writer(const Source &source) : source_(source), tokens_(read(source)) {}

  std::string write() {
    for (i_ = 0; i_ < tokens_.size(); i_++) {
      gap();
      if (now().kind == Symbol::S_YYEOF) break;
      if (closes(now().kind) && !levels_.empty()) levels_.pop_back();
      place();
      if (opens(now().kind)) levels_.push_back(opens_block(now().kind) && !now().one_line);
      result_ += source_.slice(now().at);
      if (now().kind == Symbol::S_FOR) in_for_ = true;
      if (opens_block(now().kind) || now().kind == Symbol::S_SEMICOLON) in_for_ = false;
      if (breaks_after()) end_line();
    }
    end_line();
    return std::move(result_);
  }

 private:
  const Token &now() const { return tokens_[i_]; }
  const Token &before() const { return tokens_[i_ - 1]; }
  size_t indent() const { return static_cast<size_t>(std::ranges::count(levels_, true)); }
  bool in_block() const { return levels_.empty() || levels_.back(); }

  /// Comments and other text in front of the token.
  void gap() {
    const uint32_t begin = i_ == 0 ? 0 : before().at.end;
    std::string_view rest = source_.slice({begin, now().at.begin});
    newlines_ = 0;
    while (!rest.empty()) {
      const size_t blanks = std::min(rest.find_first_not_of(" \t\r\n\v\f"), rest.size());
      newlines_ += static_cast<size_t>(std::ranges::count(rest.substr(0, blanks), '\n'));
      const size_t line = rest.substr(0, blanks).rfind('\n');
      const std::string_view margin = rest.substr(line == rest.npos ? 0 : line + 1, blanks - (line + 1));
      rest.remove_prefix(blanks);
      if (!rest.empty()) rest.remove_prefix(piece(rest, margin));
    }
  }

  /// One comment, or one line of other text.
  size_t piece(std::string_view rest, std::string_view margin) {
    const bool block_comment = rest.starts_with("/*");
    const bool comment = block_comment || rest.starts_with("//") || rest.starts_with('#');
    const size_t end =
        block_comment ? std::min(rest.find("*/", 2), rest.size() - 2) + 2 : std::min(rest.find('\n'), rest.size());
    std::string_view text = rest.substr(0, end);
    while (text.ends_with(' ') || text.ends_with('\t') || text.ends_with('\r')) text.remove_suffix(1);
    if (newlines_ > 0 || result_.empty()) {
      start_line();
      if (!comment) result_ += margin;
      if (comment && !rest.starts_with('#')) result_.append(2 * indent(), ' ');
    } else if (!at_line_start()) {
      result_ += block_comment ? " " : "  ";
    } else if (pending_line_ && !result_.empty()) {
      result_.pop_back();  // behind the `;` whose line was ended already
      result_ += "  ";
    }
    result_ += text;
    newlines_ = 0;
    pending_line_ = false;
    if (!block_comment) must_break_ = true;
    return end;
  }

  /// Space or a new line in front of the token.
  void place() {
    if (must_break_ || (breaks_before() && !result_.empty())) {
      start_line();
      result_.append(2 * indent() + (continues() ? 4 : 0), ' ');
    } else if (at_line_start()) {
      start_line();
      result_.append(2 * indent(), ' ');
    } else if (space()) {
      result_ += ' ';
    }
    must_break_ = pending_line_ = false;
  }

  /// Ends the line, with one blank line behind it where the script had some.
  void start_line() {
    const bool blank = newlines_ > 1 && !result_.empty();
    end_line();
    const bool after_open = i_ > 0 && opens_block(before().kind) && result_.ends_with(last_open_line_);
    if (blank && !result_.ends_with("\n\n") && !closes_block(now().kind) && !after_open) result_ += '\n';
    must_break_ = false;
    newlines_ = 0;
  }

  void end_line() {
    if (!result_.empty() && result_.back() != '\n') result_ += '\n';
  }
  bool at_line_start() const { return result_.empty() || result_.back() == '\n'; }

  /// The token goes on with a statement or a list that began in another line.
  bool continues() const {
    if (i_ == 0 || now().kind == Symbol::S_YYEOF || closes_block(now().kind) || opens_block(now().kind)) return false;
    if (before().kind == Symbol::S_SEMICOLON || opens_block(before().kind)) return false;
    return !closes_block(before().kind) && !levels_.empty() && now().kind != Symbol::S_ELSE;
  }

  bool breaks_before() const {
    if (i_ == 0) return false;
    if (closes_block(now().kind)) return !now().one_line;
    if (opens_block(now().kind) || closes(now().kind)) return false;
    if (is_in(now().kind, {Symbol::S_SEMICOLON, Symbol::S_COMMA, Symbol::S_ELSE, Symbol::S_PREDICATE_OPEN,
                           Symbol::S_PREDICATE_CLOSE, Symbol::S_DOT}))
      return false;
    if (newlines_ == 0 || opens(before().kind) || before().kind == Symbol::S_DOT) return false;
    // What the author broke: a list, or a long expression.
    return before().kind == Symbol::S_COMMA || !levels_.empty() || closes_block(before().kind);
  }

  /// A statement ends here, and the block around it has lines of its own.
  bool breaks_after() {
    if (opens_block(now().kind)) {
      last_open_line_ = result_;
      return pending_line_ = !now().one_line;
    }
    if (!in_block()) return false;
    const Kind next = tokens_[i_ + 1].kind;
    if (now().kind == Symbol::S_SEMICOLON) return pending_line_ = !(levels_.empty() && next == Symbol::S_SEMICOLON);
    if (!closes_block(now().kind) || now().opener == Symbol::S_VALUE_OPEN) return false;
    const bool goes_on = is_in(next, {Symbol::S_ELSE, Symbol::S_SEMICOLON, Symbol::S_COMMA, Symbol::S_PAREN_CLOSE,
                                      Symbol::S_SQUARE_CLOSE, Symbol::S_DOT, Symbol::S_QUESTION, Symbol::S_COLON}) ||
                         (next >= Symbol::S_OR && next <= Symbol::S_PERCENT && next != Symbol::S_STAR &&
                          next != Symbol::S_MINUS && next != Symbol::S_BIT_AND);
    return pending_line_ = !goes_on;
  }

  bool space() const {
    const Token &left = before(), &right = now();
    if (would_merge()) return true;
    if (opens_block(right.kind) || closes_block(right.kind) || opens_block(left.kind)) return true;
    if (left.unary || left.closes_type) return false;
    if (is_in(left.kind,
              {Symbol::S_PAREN_OPEN, Symbol::S_TYPE_OPEN, Symbol::S_SQUARE_OPEN, Symbol::S_DOT, Symbol::S_RANGE}))
      return false;
    if (is_in(right.kind, {Symbol::S_COMMA, Symbol::S_SEMICOLON, Symbol::S_PAREN_CLOSE, Symbol::S_SQUARE_CLOSE,
                           Symbol::S_DOT, Symbol::S_RANGE, Symbol::S_SQUARE_OPEN}))
      return false;
    if (is_in(right.kind, {Symbol::S_INCREMENT, Symbol::S_DECREMENT})) return right.unary;
    if (right.kind == Symbol::S_COLON) return in_for_ || !names_type(left);
    const bool callee = is_in(left.kind, {Symbol::S_NAME, Symbol::S_DELETE, Symbol::S_SIZEOF, Symbol::S_OFFSETOF,
                                          Symbol::S_TYPEOF, Symbol::S_UNROLL});
    return !(callee && is_in(right.kind, {Symbol::S_PAREN_OPEN, Symbol::S_TYPE_OPEN}));
  }

  /// `let $x: int`, and `$x: int` and `): int` of a function.
  bool names_type(const Token &left) const {
    if (left.kind == Symbol::S_PAREN_CLOSE) return levels_.empty();
    if (left.kind != Symbol::S_LOCAL || i_ < 2) return false;
    return is_in(tokens_[i_ - 2].kind, {Symbol::S_LET, Symbol::S_PAREN_OPEN, Symbol::S_COMMA});
  }

  /// Without a space the two would be one token: `- -x`.
  bool would_merge() const {
    const char left = result_.back(), right = source_.text[now().at.begin];
    return left == right && (left == '-' || left == '+' || left == '&' || left == '<' || left == '>');
  }

  const Source &source_;
  std::vector<Token> tokens_;
  size_t i_ = 0;
  std::string result_;
  std::vector<bool> levels_;   // for each open bracket: it is a block whose statements have lines of their own
  size_t newlines_ = 0;        // in the gap before the token
  bool must_break_ = false;    // a comment ends with its line
  bool pending_line_ = false;  // the line was ended behind the last token
  bool in_for_ = false;
  std::string last_open_line_;
};

}  // namespace

std::string tidy(const Source &source) { return Writer(source).write(); }

}  // namespace awl
