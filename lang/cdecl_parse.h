// SPDX-License-Identifier: GPL-2.0-only
// Declarations of C, by recursive descent. What the language has no use for (functions, variables, attributes but
// `packed` and `aligned`) is read over.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/cdecl.h"
#include "lang/cdecl_layout.h"
#include "lang/cdecl_tokens.h"

namespace awl {

class CParser {
 public:
  CParser(DeclaredTypes &types, const Source &source, Span text, Diagnostics &diagnostics)
      : types_(types),
        diagnostics_(diagnostics),
        text_(source.slice(text)),
        tokens_(c_tokens(text_)),
        begin_(text.begin) {}

  void declarations();

 private:
  /// `unsigned int`, `struct file`: the spelling, and the type unless it is only known by name.
  struct Base {
    std::string spelling;
    std::optional<Type> type;
    Span at;
  };
  struct Declarator {
    std::string name;
    std::string spelling;
    std::optional<Type> type;
    Span at;
  };

  void declaration();
  void typedef_declaration();
  std::optional<Base> base();
  Base words();
  Base structure(std::string_view tag);
  Base enumeration();
  void members(std::vector<MemberToLay> &members);
  void member(const Base &base, std::vector<MemberToLay> &members);
  void enumerators(const std::string &spelling);
  Declarator declarator(const Base &base);
  void array_suffixes(Declarator &declarator);
  std::optional<int64_t> constant_until(std::string_view closer);
  void attributes(LayoutRules &rules);

  const CToken &token() const { return tokens_[at_]; }
  bool is(std::string_view text) const { return token() == text; }
  bool at_end() const { return token().kind == CToken::Kind::end; }
  bool take(std::string_view text);
  void expect(std::string_view text);
  void skip_to(std::string_view text);
  void skip_parentheses();
  Span span() const;
  template <class... A>
  Diagnostics::Draft error(Span at, fmt::format_string<A...> format, A &&...args);

  DeclaredTypes &types_;
  Diagnostics &diagnostics_;
  std::string_view text_;
  std::vector<CToken> tokens_;
  uint32_t begin_;
  size_t at_ = 0;
  size_t depth_ = 0;
  bool failed_ = false;  // in this declaration; one message is enough
};

}  // namespace awl
