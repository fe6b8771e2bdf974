// SPDX-License-Identifier: GPL-2.0-only
// Lines that start with `#`. Most are comments, as in ply; those that start with a word of C's preprocessor are that.
// Constants and conditions work as in C. `#include <...>` has nothing to do: types come from the kernel itself.
#include <algorithm>

#include "lang/lexer.h"

namespace awl {
namespace {

constexpr std::string_view directives[] = {"define", "undef", "if",    "ifdef",  "ifndef",
                                           "elif",   "else",  "endif", "include"};

/// "# ifdef X": the word behind `#`, when it is one of the preprocessor's.
std::string_view directive_word(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t", 1), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(" \t\r(<\"/"));
  return std::ranges::find(directives, word) == std::end(directives) ? std::string_view() : word;
}

}  // namespace

void Lexer::hash_line() {
  position_ = end_of_line(start_);
  const std::string_view before = source_.slice({0, start_});
  const size_t last_text = before.find_last_not_of(" \t");
  const bool first = last_text == std::string_view::npos || before[last_text] == '\n';
  const std::string_view word = first ? directive_word(text()) : std::string_view();
  if (word.empty()) return;
  while (at(position_ - 1) == '\\' && position_ < size()) position_ = end_of_line(position_ + 1);
  const uint32_t begin = static_cast<uint32_t>(word.data() - source_.text.data() + word.size());
  directive(word, {begin, position_});
}

void Lexer::directive(std::string_view word, Span rest) {
  if (word == "include") return include(rest);
  if (word == "define" || word == "undef") {
    if (declared_)
      word == "define" ? declared_->define(source_, rest, diagnostics_) : declared_->undefine(source_, rest);
    return;
  }
  if (word.starts_with("if")) {
    conditions_++;
    if (!holds(word, rest)) skip_branch(true);
    return;
  }
  if (conditions_ == 0) {
    diagnostics_.error(span(), "`#{}` without an `#if`", word);
    return;
  }
  if (word == "endif")
    conditions_--;
  else
    skip_branch(false);  // of a condition one of whose branches was taken
}

/// Only files of one's own have something to say.
void Lexer::include(Span rest) {
  const std::string_view line = source_.slice(rest);
  const size_t open = line.find_first_not_of(" \t");
  const size_t close = open == line.npos ? line.npos : line.find(line[open] == '<' ? '>' : '"', open + 1);
  if (close == line.npos) {
    diagnostics_.error(span(), "`#include` names no file").help("write `#include \"file.h\"`");
    return;
  }
  if (line[open] != '"' || !includes_) return;
  const uint32_t begin = rest.begin + static_cast<uint32_t>(open) + 1;
  includes_->push_back(
      {std::string(line.substr(open + 1, close - open - 1)), {begin, rest.begin + static_cast<uint32_t>(close)}});
}

bool Lexer::holds(std::string_view word, Span rest) const {
  if (!declared_) return true;
  if (word == "ifdef" || word == "ifndef") return declared_->is_defined(source_.slice(rest)) == (word == "ifdef");
  return declared_->condition(source_, rest, diagnostics_);
}

/// To the `#endif` of the condition just met, or with `may_enter_else` to a branch of it that holds.
void Lexer::skip_branch(bool may_enter_else) {
  size_t depth = 0;
  while (position_ < size()) {
    const uint32_t line = static_cast<uint32_t>(after_blanks(position_));
    position_ = end_of_line(line);
    if (line >= size() || at(line) != '#') {
      if (position_ < size()) position_++;
      continue;
    }
    const std::string_view word = directive_word(source_.slice({line, position_}));
    if (word.empty()) continue;
    const uint32_t after = static_cast<uint32_t>(word.data() - source_.text.data() + word.size());
    if (word.starts_with("if")) depth++;
    if (word == "endif" && depth-- == 0) {
      conditions_--;
      return;
    }
    const bool here = depth == 0 && may_enter_else;
    if (here && (word == "else" || (word == "elif" && holds(word, {after, position_})))) return;
  }
  diagnostics_.error(span(), "this `#if` has no `#endif`");
}

}  // namespace awl
