// SPDX-License-Identifier: GPL-2.0-only
// The checker's frame: resolve probes, walk bodies until types settle, lay out maps.
#include "lang/check.h"

#include <algorithm>
#include <functional>

#include "bpf_lib/awl_abi.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// Types settle in as many rounds as the longest chain of maps and variables that are assigned to one another.
constexpr int max_rounds = 64;
/// Entries of a keyed map unless said otherwise. Entries are allocated as they come, so this costs nothing up front.
constexpr uint32_t default_capacity = 1u << 20;

void walk_expr(const Ast &ast, ExprId id, const std::function<void(ExprId)> &visit) {
  visit(id);
  auto on = [&](ExprId child) { walk_expr(ast, child, visit); };
  match(
      ast[id].node, [](const IntegerLiteral &) {}, [](const StringLiteral &) {}, [](const NameRef &) {},
      [](const LocalRef &) {}, [&](const MapRef &n) { std::for_each(n.key.begin(), n.key.end(), on); },
      [](const PositionalRef &) {}, [](const PositionalCount &) {},
      [&](const Call &n) { std::for_each(n.arguments.begin(), n.arguments.end(), on); },
      [&](const MemberRef &n) { on(n.object); }, [&](const Unary &n) { on(n.operand); },
      [&](const Binary &n) { on(n.lhs), on(n.rhs); },
      [&](const Ternary &n) {
        on(n.condition), on(n.no);
        if (n.yes) on(*n.yes);
      },
      [&](const Step &n) { on(n.target); });
}

void walk_stmt(const Ast &ast, StmtId id, const std::function<void(ExprId)> &visit) {
  match(
      ast[id].node, [&](const ExprStatement &n) { walk_expr(ast, n.expr, visit); },
      [&](const Assign &n) { walk_expr(ast, n.target, visit), walk_expr(ast, n.value, visit); },
      [&](const Block &n) {
        for (StmtId child : n.statements) walk_stmt(ast, child, visit);
      },
      [&](const If &n) {
        walk_expr(ast, n.condition, visit);
        walk_stmt(ast, n.then, visit);
        if (n.otherwise) walk_stmt(ast, *n.otherwise, visit);
      },
      [](const Return &) {});
}

uint32_t round_up(uint32_t size) { return (size + 7) & ~7u; }

std::vector<Merge> merge_rules(Show show, bool is_signed, uint64_t steps) {
  switch (show) {
    case Show::none: return {};
    case Show::count: return {Merge::add};
    case Show::sum: return {Merge::add, Merge::maximum};
    case Show::minimum:
    case Show::maximum: return {Merge::maximum, Merge::maximum};
    case Show::average:
    case Show::stats: return {Merge::add, Merge::add};
    case Show::log2_histogram:
      return std::vector<Merge>(is_signed ? AWL_QUANTIZE_CELLS_SIGNED : AWL_QUANTIZE_CELLS_UNSIGNED, Merge::add);
    case Show::linear_histogram: return std::vector<Merge>(steps + 2, Merge::add);
  }
  return {};
}

}  // namespace

BodyUses uses_of(const Ast &ast, const ProbeBlock &block) {
  BodyUses uses;
  auto visit = [&](ExprId id) {
    std::string field;
    if (const auto *name = std::get_if<NameRef>(&ast[id].node)) {
      const Builtin *row = name->name.builtin;
      if (row) uses.identity |= row->special == Special::probe_name || row->special == Special::function_name;
      if (!row) field = name->name.text;
    } else if (const auto *member = std::get_if<MemberRef>(&ast[id].node)) {
      field = "args." + member->field.text;
    } else if (const auto *call = std::get_if<Call>(&ast[id].node)) {
      const Builtin *row = call->callee.builtin;
      if (row) uses.identity |= row->special == Special::probe_name || row->special == Special::function_name;
    }
    if (!field.empty() && field != "args" && field != "data" && !uses.uses(field)) uses.fields.push_back(field);
  };
  if (block.predicate) walk_expr(ast, *block.predicate, visit);
  walk_stmt(ast, block.body, visit);
  return uses;
}

Checker::Checker(const Source &source, const Ast &ast, const Providers &providers, const CompileOptions &options,
                 Diagnostics &diagnostics)
    : source_(source), ast_(&ast), providers_(providers), options_(options), reported_(diagnostics) {
  program_.source = &source;
  program_.ast = &ast;
}

bool Checker::resolve(std::optional<Error> &refused) {
  for (const ProbeBlock &block : ast_->probes) {
    BodyUses uses = uses_of(*ast_, block);
    for (const ProbeSpec &spec : block.specs) {
      const Provider *provider = find_provider(providers_, spec.text);
      if (!provider) {
        std::vector<std::string_view> names;
        for (const auto &known : providers_) names.push_back(known->doc().name);
        std::string_view written = split(spec.text, ':')[0];
        auto draft = reported_.error(spec.span, "unknown probe provider `{}`", written);
        if (auto near = did_you_mean(written, names))
          draft.help("did you mean `{}`?", *near);
        else
          draft.help("`awl -l` lists all probes of this machine");
        continue;
      }
      for (TargetGroup &group : provider->resolve(spec, uses, options_.resolve, reported_, refused)) {
        if (group.targets.empty()) continue;
        CheckedBody body;
        body.block = &block;
        body.group = std::move(group);
        body.first_probe = static_cast<uint32_t>(program_.probes.size());
        for (const Target &target : body.group.targets) program_.probes.push_back({target.name, target.function});
        program_.bodies.push_back(std::move(body));
      }
    }
  }
  return !reported_.failed() && !refused;
}

/// Maps are numbered in the order of their first appearance, which is the order they are printed in.
void Checker::find_maps() {
  std::vector<std::pair<Span, const MapRef *>> references;
  for (uint32_t i = 0; i < ast_->expr_count(); i++)
    if (const auto *map = std::get_if<MapRef>(&at(ExprId(i)).node)) references.emplace_back(at(ExprId(i)).span, map);
  std::stable_sort(references.begin(), references.end(),
                   [](const auto &a, const auto &b) { return a.first.begin < b.first.begin; });
  for (const auto &[span, map] : references)
    if (map_numbers_.try_emplace(map->name, MapNumber(maps_.size())).second) {
      MapState state;
      state.name = "@" + map->name;
      state.first_use = span;
      state.keyed = map->keyed;
      maps_.push_back(std::move(state));
    }
  // Whether a map has keys is said by the first reference that is not to the map as a whole: print(@), clear(@).
  std::unordered_set<const MapRef *> whole;
  for (uint32_t i = 0; i < ast_->expr_count(); i++)
    if (const auto *call = std::get_if<Call>(&at(ExprId(i)).node); call && call->callee.builtin)
      for (ExprId argument : call->arguments)
        if (const auto *map = std::get_if<MapRef>(&at(argument).node); map && !map->keyed) whole.insert(map);
  std::unordered_set<std::string> settled;
  for (const auto &[span, map] : references)
    if (!whole.contains(map) && settled.insert(map->name).second) {
      map_state(*map).keyed = map->keyed;
      map_state(*map).first_use = span;
    }
}

/// print(@m) with clear(@m) behind it and nothing between that touches @m is one action: what is printed and what is
/// removed are the same samples, and none falls between.
void Checker::find_cleared_prints(const Block &block) {
  auto call_on_map = [&](StmtId id, Special special) -> const MapRef * {
    const auto *statement = std::get_if<ExprStatement>(&(*ast_)[id].node);
    const auto *call = statement ? std::get_if<Call>(&at(statement->expr).node) : nullptr;
    if (!call || !call->callee.builtin || call->callee.builtin->special != special || call->arguments.empty())
      return nullptr;
    const auto *map = std::get_if<MapRef>(&at(call->arguments[0]).node);
    return map && !map->keyed ? map : nullptr;
  };
  const auto &list = block.statements;
  for (size_t i = 0; i < list.size(); i++) {
    const MapRef *printed = call_on_map(list[i], Special::print);
    if (!printed) continue;
    for (size_t j = i + 1; j < list.size(); j++) {
      const MapRef *cleared = call_on_map(list[j], Special::clear);
      if (cleared && cleared->name == printed->name) {
        prints_that_clear_.insert(static_cast<uint32_t>(std::get<ExprStatement>((*ast_)[list[i]].node).expr));
        clears_done_by_print_.insert(static_cast<uint32_t>(std::get<ExprStatement>((*ast_)[list[j]].node).expr));
        break;
      }
      bool touched = !std::holds_alternative<ExprStatement>((*ast_)[list[j]].node);
      walk_stmt(*ast_, list[j], [&](ExprId id) {
        if (const auto *map = std::get_if<MapRef>(&at(id).node)) touched |= map->name == printed->name;
      });
      if (touched) break;
    }
  }
}

std::optional<CheckedProgram> Checker::run() {
  find_maps();
  for (uint32_t i = 0; i < ast_->stmt_count(); i++)
    if (const auto *block = std::get_if<Block>(&(*ast_)[StmtId(i)].node)) find_cleared_prints(*block);
  local_numbers_.resize(program_.bodies.size());
  locals_assigned_.resize(program_.bodies.size());
  for (CheckedBody &body : program_.bodies) {
    body.type_of.resize(ast_->expr_count());
    body.use_of.resize(ast_->expr_count());
  }
  auto walk = [&] {
    for (body_index_ = 0; body_index_ < program_.bodies.size(); body_index_++) check_body(program_.bodies[body_index_]);
  };
  for (int round = 0; round < max_rounds; round++) {
    changed_ = false;
    quiet_ = {};
    walk();
    if (!changed_) break;
  }
  out_ = &reported_;
  final_ = true;
  finish_maps();
  walk();
  if (reported_.failed()) return std::nullopt;
  return std::move(program_);
}

void Checker::check_body(CheckedBody &body) {
  body_ = &body;
  locals_assigned_[body_index_].clear();
  if (body.block->predicate) condition(*body.block->predicate);
  statement(body.block->body);
}

/// Lay out keys and values. Reported here: maps that are never given anything.
void Checker::finish_maps() {
  std::vector<std::string_view> assigned;
  for (const MapState &map : maps_)
    if (map.assigned) assigned.push_back(map.name);
  for (const MapState &map : maps_) {
    MapDescription result;
    result.name = map.name;
    result.symbol = map.name == "@" ? "at" : "at_" + map.name.substr(1);
    result.first_use = map.first_use;
    result.value = map.value;
    if (result.value.is_literal) {
      result.value.is_literal = false;
      if (map.aggregation) result.value.is_signed = false;
    }
    if (!map.assigned) {
      auto draft = out_->error(map.first_use, "`{}` is used, but nothing is ever assigned to it", map.name);
      if (auto near = did_you_mean(map.name, assigned)) draft.help("did you mean `{}`?", *near);
    }
    uint32_t offset = 0;
    if (map.aggregation) {
      uint64_t steps = static_cast<uint64_t>(map.high - map.low + map.step - 1) / static_cast<uint64_t>(map.step);
      result.show = map.aggregation->show;
      result.merge = merge_rules(result.show, result.is_signed(), steps);
      result.low = map.low, result.high = map.high, result.step = map.step;
      result.value_size = static_cast<uint32_t>(result.merge.size() * 8);
      result.banked = map.cleared;
      if (result.banked && map.keyed) offset = 8;
    } else {
      result.value_size = map.value.kind == Kind::string ? round_up(map.value.size) : 8;
      if (!map.keyed) result.value_size += sizeof(awl_slot_header);
    }
    result.banks = result.banked ? AWL_BANKS : 1;
    result.storage = map.keyed ? (map.aggregation ? Storage::per_cpu_hash : Storage::hash)
                               : (map.aggregation ? Storage::per_cpu_slot : Storage::slot);
    for (Type type : map.key) {
      type.is_literal = false;
      if (type.kind == Kind::string) type.size = round_up(type.size);
      result.key.push_back({type, offset, false});
      offset += type.size;
    }
    result.key_size = map.keyed ? offset : 4;
    result.capacity = map.keyed ? (options_.map_capacity ? options_.map_capacity : default_capacity) : result.banks;
    program_.maps.push_back(std::move(result));
  }
}

std::optional<CheckedProgram> check(const Source &source, const Ast &ast, const Providers &providers,
                                    const CompileOptions &options, Diagnostics &diagnostics,
                                    std::optional<Error> &refused) {
  Checker checker(source, ast, providers, options, diagnostics);
  if (!checker.resolve(refused)) return std::nullopt;
  return checker.run();
}

}  // namespace awl
