// SPDX-License-Identifier: GPL-2.0-only
// The actions of the grammar for types, for what stands in brackets, and for blocks that are values. Statements and
// blocks are read alike wherever they stand; that one is a value is found out at its end, here.
#include "lang/lexer.h"
#include "lang/parse_builder.h"

namespace awl {

ExprId Builder::entry(Span span, std::string map, std::vector<ExprId> key) {
  if (key.size() == 1)
    if (const TupleLiteral *tuple = std::get_if<TupleLiteral>(&ast_[key[0]].node); tuple && tuple->elements.size() > 1)
      key = std::vector<ExprId>(tuple->elements);
  return expr(span, MapRef{std::move(map), std::move(key), true});
}

ExprId Builder::index(Span span, ExprId object, std::vector<ExprId> index) {
  const decltype(Expr::node) &node = ast_[object].node;
  if (const MapRef *map = std::get_if<MapRef>(&node); map && !map->keyed)
    return entry(span, std::string(map->name), std::move(index));
  if (const NameRef *name = std::get_if<NameRef>(&node);
      name && !name->name.builtin && name->name.text != "args" && !is_parameter(name->name.text))
    return entry(span, std::string(name->name.text), std::move(index));
  if (index.size() > 1)
    diagnostics_.error(ast_[index[1]].span, "an array has one index in its brackets")
        .help("write `[a][b]` for arrays in arrays; only maps have keys of several values");
  return expr(span, Index{object, index[0]});
}

ExprId Builder::element(Span span, ExprId object, IntegerLiteral number, Span number_span) {
  const uint64_t most = UINT32_MAX;
  if (number.value > most || number.unit != Unit::none)
    diagnostics_.error(number_span, "`{}` is no place in a tuple", lexer_.source().slice(number_span))
        .help("the elements of a tuple are counted from 0: `.0`, `.1`");
  return expr(span, ElementRef{object, static_cast<uint32_t>(number.value)});
}

ExprId Builder::tuple(Span span, ExprId first, std::vector<ExprId> rest) {
  rest.insert(rest.begin(), first);
  return expr(span, TupleLiteral{std::move(rest)});
}

ExprId Builder::record(Span span, RecordLiteral record) {
  for (size_t i = 0; i < record.names.size(); i++)
    for (size_t j = 0; j < i; j++)
      if (record.names[i].text == record.names[j].text)
        diagnostics_.error(record.names[i].span, "the record has two fields called `{}`", record.names[i].text)
            .label(record.names[j].span, "the first one");
  return expr(span, std::move(record));
}

TypeName Builder::type(Span span, std::string words) {
  if (words.starts_with("const ")) words.erase(0, 6);
  return TypeName{span, std::move(words), {}, std::nullopt};
}

TypeName Builder::type_of(Span span, const std::variant<TypeName, ExprId> &of) {
  if (const TypeName *type = std::get_if<TypeName>(&of)) {
    TypeName same = *type;
    same.span = span;
    return same;
  }
  return TypeName{span, "", {}, std::get<ExprId>(of)};
}

TypeName Builder::pointer(Span span, TypeName to) {
  to.span = span;
  to.suffixes.push_back({true, std::nullopt});
  return to;
}

TypeName Builder::array(Span span, TypeName of, std::optional<uint64_t> count) {
  of.span = span;
  of.suffixes.push_back({false, count});
  return of;
}

std::variant<TypeName, ExprId> Builder::type_or_value(ExprId value) {
  const Expr &expr = ast_[value];
  if (const TypeExpr *type = std::get_if<TypeExpr>(&expr.node)) return type->type;
  const NameRef *name = std::get_if<NameRef>(&expr.node);
  if (name && !name->name.builtin) return type(expr.span, std::string(name->name.text));
  return value;
}

/// Takes the value of a list of statements from its end: an expression without `;`, or an `if` or a block that ends
/// with one.
std::optional<ExprId> Builder::value_of(std::vector<StmtId> &statements) {
  const StmtId last = statements.back();
  if (const If *chain = std::get_if<If>(&ast_[last].node)) {
    std::vector<IfArm> arms;
    std::optional<StmtId> otherwise = last;
    for (; chain; chain = otherwise ? std::get_if<If>(&ast_[*otherwise].node) : nullptr) {
      if (!block_values_.contains(static_cast<uint32_t>(chain->then))) return std::nullopt;
      arms.push_back({ast_[*otherwise].span, chain->condition, chain->then});
      otherwise = chain->otherwise;
    }
    statements.pop_back();
    return if_value(std::move(arms), otherwise);
  }
  if (!std::holds_alternative<Block>(ast_[last].node) || !block_values_.contains(static_cast<uint32_t>(last)))
    return std::nullopt;
  statements.pop_back();
  return value_block(last);
}

ExprId Builder::value_block(StmtId block) {
  const Span span = ast_[block].span;
  std::vector<StmtId> statements = std::get<Block>(ast_[block].node).statements;
  std::optional<ExprId> result;
  if (const auto found = block_values_.find(static_cast<uint32_t>(block)); found != block_values_.end()) {
    result = found->second;
    statements.pop_back();
  } else if (!statements.empty()) {
    result = value_of(statements);
  }
  return expr(span, BlockExpr{std::move(statements), result});
}

ExprId Builder::if_value(std::vector<IfArm> arms, std::optional<StmtId> otherwise) {
  limit(arms.size(), arms.back().span);
  std::optional<ExprId> no;
  if (otherwise) no = value_block(*otherwise);
  const uint32_t end = no ? ast_[*no].span.end : arms.back().span.end;
  for (; !arms.empty(); arms.pop_back()) {
    const IfArm &arm = arms.back();
    no = expr({arm.span.begin, end}, IfExpr{arm.condition, value_block(arm.then), no});
  }
  return *no;
}

}  // namespace awl
