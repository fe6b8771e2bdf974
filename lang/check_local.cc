// SPDX-License-Identifier: GPL-2.0-only
// Variables. Scripts come in two habits: each block has variables of its own (bpftrace since 0.22), or a variable that
// is first given something inside a branch is there after it too (all before). Both work: a name means the variable
// of the innermost block that has it, else the last one of that name in a block that has ended; and where an
// assignment does not go together with the type of such an older variable, it begins a new one.
#include "lang/check.h"
#include "src/base/check.h"
#include "src/base/text.h"

namespace awl {

std::optional<LocalNumber> Checker::find_local(const std::string &name) const {
  for (size_t i = scopes_.size(); i-- > 0;)
    for (size_t j = scopes_[i].size(); j-- > 0;)
      if (scopes_[i][j].name == name) return scopes_[i][j].number;
  return std::nullopt;
}

LocalNumber Checker::local_at(uint64_t place, const Type &type) {
  auto [found, added] = local_numbers_[body_index_].try_emplace(place, LocalNumber(body_->locals.size()));
  if (added) {
    body_->locals.push_back(type);
    changed_ = true;
  }
  return found->second;
}

void Checker::declare(const std::string &name, LocalNumber number) { scopes_.back().push_back({name, number}); }

void Checker::close_scope() {
  closed_.insert(closed_.end(), scopes_.back().begin(), scopes_.back().end());
  scopes_.pop_back();
}

void Checker::widen_local(LocalNumber number, const Type &type, ExprId value, const std::string &name) {
  Type &known = body_->locals[static_cast<uint32_t>(number)];
  std::optional<Type> joined = join_types(known, type);
  if (!joined) {
    out_->error(at(value).span, "`${}` holds {}, but {} is assigned here", brief(name), an(known), an(type))
        .help("give the {} a variable of its own", describe(type));
    return;
  }
  if (*joined != known) changed_ = true;
  known = *joined;
}

namespace {

/// Places of expressions and of statements are counted apart.
uint64_t place_of(ExprId id) { return static_cast<uint64_t>(id) << 1; }
uint64_t place_of(StmtId id) { return static_cast<uint64_t>(id) << 1 | 1; }

uint64_t declared_key(size_t body, LocalNumber number) {
  return static_cast<uint64_t>(body) << 32 | static_cast<uint32_t>(number);
}

/// Whether a number is one that an integer type has.
bool holds(const Type &type, int64_t number, bool is_unsigned) {
  if (type.width >= 8) return true;
  int64_t half = int64_t{1} << (8 * type.width - 1);
  if (type.is_signed) return number >= -half && number < half && !(is_unsigned && number < 0);
  return number >= 0 && number < 2 * half;
}

}  // namespace

/// The one that has the name here, or had it in a block that has ended.
std::optional<LocalNumber> Checker::variable_for(const LocalRef &local, const Type &type) {
  if (std::optional<LocalNumber> found = find_local(local.name)) return found;
  for (size_t i = closed_.size(); i-- > 0;) {
    LocalNumber number = closed_[i].number;
    if (closed_[i].name != local.name || !join_types(body_->locals[static_cast<uint32_t>(number)], type)) continue;
    declare(local.name, number);
    return number;
  }
  return std::nullopt;
}

void Checker::assign_local(const Assign &node, const LocalRef &local) {
  Type type = node.op ? number(node.value, fmt::format("the operand of `{}=`", spelling(*node.op))) : value(node.value);
  std::optional<LocalNumber> found = variable_for(local, type);
  if (node.op) {
    Type target = expression(node.target);
    if (target.kind == Kind::unknown && !found) return;
    if (target.kind != Kind::unknown && !target.is_number()) {
      out_->error(at(node.target).span, "`${}` holds {}, and `{}=` needs a number", brief(local.name), an(target),
                  spelling(*node.op));
      return;
    }
    settle_literal(node.value, target);
  }
  give_local(node.target, local, type, node.value);
}

void Checker::give_local(ExprId target, const LocalRef &local, const Type &type, ExprId value) {
  std::optional<LocalNumber> found = variable_for(local, type);
  if (!found) {
    // In the last walk a variable without a type follows from a mistake that has been told.
    if (type.kind == Kind::unknown && !final_) return;
    found = local_at(place_of(target), type);
    declare(local.name, *found);
  }
  if (!fits_declared(*found, type, value, local.name)) widen_local(*found, type, value, local.name);
  Type shown = body_->locals[static_cast<uint32_t>(*found)];
  shown.is_literal = false;
  set(target, shown, UseLocal{*found});
}

Type Checker::local(ExprId id, const LocalRef &node) {
  std::optional<LocalNumber> found = find_local(node.name);
  for (size_t i = closed_.size(); i-- > 0 && !found;)
    if (closed_[i].name == node.name) found = closed_[i].number;
  if (!found) {
    std::vector<std::string> spelled;
    for (const auto &scope : scopes_)
      for (const Variable &variable : scope) spelled.push_back("$" + variable.name);
    std::vector<std::string_view> known(spelled.begin(), spelled.end());
    auto draft = out_->error(at(id).span, "`${}` is used, but nothing is assigned to it before", brief(node.name));
    if (auto near = did_you_mean("$" + node.name, known))
      draft.help("did you mean `{}`?", *near);
    else
      draft.help("assign to it first: `${} = 0;`", brief(node.name));
    return set(id, simple_type(Kind::unknown));
  }
  Type type = body_->locals[static_cast<uint32_t>(*found)];
  if (type.kind == Kind::integer) type.is_literal = false;
  return set(id, type, UseLocal{*found});
}

/// Whether the variable keeps the integer type it was declared with: what is computed is cut to it, as C does, but a
/// number that is written down has to fit.
bool Checker::fits_declared(LocalNumber number, const Type &type, ExprId value, const std::string &name) {
  auto found = declared_.find(declared_key(body_index_, number));
  if (found == declared_.end() || found->second.kind != Kind::integer || type.kind != Kind::integer) return false;
  const Type &wanted = found->second;
  auto known = constant_of(value);
  if (known && !holds(wanted, static_cast<int64_t>(*known), !type.is_signed))
    out_->error(at(value).span, "`${}` is declared `{}`, which cannot hold {}", brief(name), spelling_of(wanted),
                source_text(at(value).span))
        .help("cut it: `({}){}`", spelling_of(wanted), source_text(at(value).span));
  return true;
}

/// `let $x;` takes its type from what is assigned to it later.
void Checker::let(StmtId id, const Let &node) {
  Type type = node.type ? named_type(*node.type) : simple_type(Kind::unknown);
  Type given = node.value ? value(*node.value) : simple_type(Kind::unknown);
  for (const Variable &variable : scopes_.back())
    if (variable.name == node.name)
      out_->error((*ast_)[id].span, "`${}` is declared in this block already", brief(node.name));
  LocalNumber number = local_at(place_of(id), node.type ? type : given);
  body_->locals_of[static_cast<uint32_t>(id)] = {number};
  if (node.type) declared_[declared_key(body_index_, number)] = type;
  if (node.value && !fits_declared(number, given, *node.value, node.name))
    widen_local(number, given, *node.value, node.name);
  declare(node.name, number);
}

}  // namespace awl
