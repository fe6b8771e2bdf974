// SPDX-License-Identifier: GPL-2.0-only
#include "lang/cdecl_parse.h"

#include <algorithm>

namespace awl {
namespace {

/// Structures in structures; more would cost stack.
constexpr size_t deepest = 200;

constexpr std::string_view qualifiers[] = {"const",  "volatile", "restrict", "__restrict", "static",       "extern",
                                           "inline", "register", "auto",     "_Noreturn",  "__extension__"};

bool is_qualifier(const CToken &token) {
  return token.kind == CToken::Kind::word && std::ranges::find(qualifiers, token.text) != std::end(qualifiers);
}

}  // namespace

void CParser::declarations() {
  while (!at_end()) {
    failed_ = false;
    const size_t before = at_;
    declaration();
    if (failed_) return;
    if (at_ == before) at_++;
  }
}

void CParser::declaration() {
  if (take(";")) return;
  if (take("typedef")) return typedef_declaration();
  const std::optional<Base> of = base();
  if (!of || failed_) return skip_to(";");
  LayoutRules ignored;
  attributes(ignored);
  // A function or a variable, which has nothing to tell.
  while (!at_end() && !is(";") && !is("{")) is("(") ? skip_parentheses() : void(at_++);
  if (is("{"))
    skip_to("}");
  else
    take(";");
}

void CParser::typedef_declaration() {
  const std::optional<Base> of = base();
  if (!of || failed_) return skip_to(";");
  do {
    const Declarator as = declarator(*of);
    if (as.name.empty()) {
      error(as.at, "this `typedef` gives no name");
      break;
    }
    types_.add_typedef(as.name, as.type.value_or(Type{}), as.spelling);
  } while (take(","));
  skip_to(";");
}

std::optional<CParser::Base> CParser::base() {
  while (is_qualifier(token())) at_++;
  std::optional<Base> result;
  if (is("struct") || is("union"))
    result = structure(tokens_[at_++].text);
  else if (take("enum"))
    result = enumeration();
  else if (token().kind == CToken::Kind::word)
    result = words();
  else
    error(span(), "a declaration in C starts with a type, not with `{}`", token().text);
  while (is_qualifier(token())) at_++;
  return result;
}

/// One name, or several of C's own words.
CParser::Base CParser::words() {
  Base result = {std::string(token().text), std::nullopt, span()};
  at_++;
  constexpr std::string_view own[] = {"unsigned", "signed", "long", "short", "int", "char"};
  auto is_own = [&](std::string_view word) { return std::ranges::find(own, word) != std::end(own); };
  for (bool more = is_own(result.spelling); more && (is_qualifier(token()) || is_own(token().text)); at_++) {
    if (is_qualifier(token())) continue;
    result.spelling += " " + std::string(token().text);
    result.at = join(result.at, span());
  }
  result.type = types_.type_of(result.spelling);
  return result;
}

CParser::Base CParser::structure(std::string_view tag) {
  LayoutRules rules;
  attributes(rules);
  Base result = {std::string(tag) + " ", std::nullopt, span()};
  if (token().kind == CToken::Kind::word)
    result.spelling += tokens_[at_++].text;
  else
    result.spelling = types_.unnamed(tag);
  if (take("{")) {
    std::vector<MemberToLay> found;
    if (++depth_ > deepest)
      error(span(), "structures are nested too deeply");
    else
      members(found);
    depth_--;
    attributes(rules);
    CStructure laid = {.spelling = result.spelling, .is_union = tag == "union"};
    const uint64_t alignment = lay_out(types_, found, rules, laid);
    if (!failed_) types_.add_structure(std::move(laid), alignment);
  }
  result.type = types_.type_of(result.spelling);
  return result;
}

void CParser::members(std::vector<MemberToLay> &members) {
  while (!failed_ && !at_end() && !is("}")) {
    if (take(";")) continue;
    const std::optional<Base> of = base();
    if (!of || failed_) break;
    if (is(";")) {  // without a name: reached through the structure around it
      if (of->type) members.push_back({"", *of->type, std::nullopt});
      continue;
    }
    do member(*of, members);
    while (take(","));
    if (!failed_) expect(";");
  }
  expect("}");
}

void CParser::member(const Base &base, std::vector<MemberToLay> &members) {
  const Declarator as = declarator(base);
  std::optional<uint32_t> bits;
  if (take(":")) {
    const std::optional<int64_t> width = constant_until(",;");
    if (!width || *width < 0 || *width > 64) {
      error(as.at, "a bit-field has 0 to 64 bits");
      return;
    }
    bits = static_cast<uint32_t>(*width);
  }
  LayoutRules ignored;
  attributes(ignored);
  if (!as.type)
    error(base.at, "unknown type `{}`", base.spelling).help("declare it before, or point to it with `*`");
  else
    members.push_back({as.name, *as.type, bits});
}

CParser::Base CParser::enumeration() {
  Base result = {"enum ", std::nullopt, span()};
  if (token().kind == CToken::Kind::word)
    result.spelling += tokens_[at_++].text;
  else
    result.spelling = types_.unnamed("enum");
  if (take("{")) enumerators(result.spelling);
  LayoutRules ignored;
  attributes(ignored);
  result.type = types_.type_of(result.spelling);
  return result;
}

void CParser::enumerators(const std::string &spelling) {
  std::vector<CEnumerator> found;
  Type type = integer_type(4, true);
  type.name = spelling;
  int64_t next = 0;
  while (!at_end() && !is("}")) {
    const CToken name = token();
    const Span at = span();
    if (name.kind != CToken::Kind::word) {
      error(at, "an enumeration has names, not `{}`", name.text);
      break;
    }
    at_++;
    if (take("=")) {
      const std::optional<int64_t> value = constant_until(",}");
      if (!value) error(at, "the value of `{}` is not constant", name.text);
      next = value.value_or(0);
    }
    found.push_back({std::string(name.text), next});
    types_.add_constant(std::string(name.text), next, type);
    next++;
    if (!take(",")) break;
  }
  types_.add_enumeration(spelling, std::move(found));
  expect("}");
}

CParser::Declarator CParser::declarator(const Base &base) {
  Declarator result = {"", base.spelling, base.type, span()};
  for (; is("*") || is_qualifier(token()); at_++) {
    if (!is("*")) continue;
    result.type = pointer_type(AddressSpace::none, types_.resolved(result.spelling));
    result.spelling += " *";
  }
  if (take("(")) {  // (*name)(parameters)
    while (take("*") || is_qualifier(token())) at_ += is_qualifier(token()) ? 1 : 0;
    result.type = pointer_type(AddressSpace::none, "void");
    result.spelling = "void *";
    result.at = span();
    if (token().kind == CToken::Kind::word) result.name = tokens_[at_++].text;
    array_suffixes(result);
    expect(")");
    skip_parentheses();
    return result;
  }
  result.at = span();
  if (token().kind == CToken::Kind::word) result.name = tokens_[at_++].text;
  array_suffixes(result);
  if (is("(")) skip_parentheses();
  return result;
}

/// `[2][3]` is two of three.
void CParser::array_suffixes(Declarator &declarator) {
  std::vector<uint32_t> counts;
  while (take("[")) {
    const bool open_ended = is("]");
    const std::optional<int64_t> count = open_ended ? 0 : constant_until("]");
    if (!count || *count < 0 || *count > UINT32_MAX)
      error(declarator.at, "the size of `{}` is not constant", declarator.name);
    counts.push_back(static_cast<uint32_t>(count.value_or(0)));
    declarator.spelling += open_ended ? "[]" : fmt::format("[{}]", counts.back());
    expect("]");
  }
  for (; !counts.empty() && declarator.type; counts.pop_back())
    declarator.type = array_type(*declarator.type, counts.back());
}

/// The value of the tokens up to one of the symbols in `closers`, which stays.
std::optional<int64_t> CParser::constant_until(std::string_view closers) {
  const uint32_t begin = token().offset;
  size_t depth = 0;
  for (; !at_end(); at_++) {
    if (depth == 0 && token().text.size() == 1 && closers.find(token().text) != std::string_view::npos) break;
    if (is("(")) depth++;
    if (is(")") && depth > 0) depth--;
  }
  return evaluate(types_, text_.substr(begin, token().offset - begin));
}

void CParser::attributes(LayoutRules &rules) {
  while (take("__attribute__") || take("__packed")) {
    if (tokens_[at_ - 1] == "__packed") {
      rules.packed = true;
      continue;
    }
    const size_t begin = at_;
    skip_parentheses();
    for (size_t i = begin; i < at_; i++) {
      if (tokens_[i] == "packed" || tokens_[i] == "__packed__") rules.packed = true;
      const bool aligned = tokens_[i] == "aligned" || tokens_[i] == "__aligned__";
      if (aligned && tokens_[i + 1] == "(" && tokens_[i + 2].kind == CToken::Kind::number)
        rules.aligned = std::max<uint64_t>(rules.aligned, tokens_[i + 2].value);
    }
  }
}

bool CParser::take(std::string_view text) {
  if (!is(text)) return false;
  at_++;
  return true;
}

void CParser::expect(std::string_view text) {
  if (take(text) || failed_) return;
  const Span before = {begin_ + (at_ > 0 ? tokens_[at_ - 1].offset + uint32_t(tokens_[at_ - 1].text.size()) : 0), 0};
  error({before.begin, before.begin}, "expected `{}` in this declaration in C", text);
}

/// Past the next `text` that is not in braces.
void CParser::skip_to(std::string_view text) {
  for (size_t depth = 0; !at_end(); at_++) {
    if (is("{")) depth++;
    if (is("}") && depth > 0) depth--;
    if (depth == 0 && is(text)) {
      at_++;
      return;
    }
  }
}

void CParser::skip_parentheses() {
  for (size_t depth = 0; !at_end(); at_++) {
    if (is("(")) depth++;
    if (is(")")) depth--;
    if (depth == 0) {
      at_++;
      return;
    }
  }
}

Span CParser::span() const {
  return {begin_ + token().offset, begin_ + token().offset + static_cast<uint32_t>(token().text.size())};
}

template <class... A>
Diagnostics::Draft CParser::error(Span at, fmt::format_string<A...> format, A &&...args) {
  failed_ = true;
  return diagnostics_.error(at, format, std::forward<A>(args)...);
}

}  // namespace awl
