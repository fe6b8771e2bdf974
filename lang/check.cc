// SPDX-License-Identifier: GPL-2.0-only
// The checker's frame: resolve probes, walk bodies until types settle, lay out maps.
#include "lang/check.h"

#include <algorithm>

#include "bpf_lib/awl_abi.h"
#include "lang/ast_walk.h"
#include "lang/language_types.h"
#include "src/base/check.h"
#include "src/base/text.h"

namespace awl {
namespace {

/// Most BPF programs of one script. Each takes the kernel a check and a trampoline or an event of its own.
constexpr size_t max_programs = 4096;
/// Names and pieces of the script are quoted up to this length.
constexpr size_t longest_quote = 60;
/// Entries of a keyed map unless said otherwise. Entries are allocated as they come, so this costs nothing up front.
constexpr uint32_t default_capacity = 1u << 20;


/// Such a map has an entry for each probe at the most.
bool is_keyed_by_probe(const MapDescription &map) {
  return std::ranges::all_of(map.key, [](const Column &column) {
    return column.type.kind == Kind::probe || column.type.kind == Kind::function;
  });
}

std::vector<Merge> merge_rules(Show show, bool is_signed, uint64_t steps, uint32_t bits) {
  switch (show) {
    case Show::none:
      return {};
    case Show::count:
      return {Merge::add};
    case Show::sum:
      return {Merge::add, Merge::maximum};
    case Show::minimum:
    case Show::maximum:
      return {Merge::maximum, Merge::maximum};
    case Show::average:
    case Show::stats:
      return {Merge::add, Merge::add};
    case Show::log2_histogram:
      return std::vector<Merge>(is_signed ? AWL_QUANTIZE_CELLS_SIGNED : AWL_QUANTIZE_CELLS_UNSIGNED, Merge::add);
    case Show::linear_histogram:
      return std::vector<Merge>(steps + 2, Merge::add);
    case Show::log_linear_histogram:
    case Show::percentiles:
      return std::vector<Merge>(AWL_LOG_LINEAR_CELLS(bits), Merge::add);
    case Show::deviation:
      return std::vector<Merge>(AWL_DEVIATION_CELLS, Merge::add);
    case Show::magnitudes:
      return std::vector<Merge>(AWL_MAGNITUDE_CELLS(steps, is_signed), Merge::add);
    case Show::time_series:
      return std::vector<Merge>(steps * AWL_SERIES_CELLS, Merge::series);
  }
  return {};
}

}  // namespace

std::string an(const Type &type) {
  std::string text = describe(type);
  if (type.kind == Kind::none) return text;
  return (text.find_first_of("aeiou") == 0 ? "an " : "a ") + text;
}

std::string brief(std::string_view text) {
  size_t length = std::min(text.size(), longest_quote);
  // Not through the middle of a character.
  while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) length--;
  return std::string(text.substr(0, length)) + (length < text.size() ? "..." : "");
}

BodyUses uses_of(const Ast &ast, const ProbeBlock &block) {
  BodyUses uses;
  std::unordered_set<uint32_t> objects;  // `args` of `args.x`
  auto is_args = [](const Identifier &name) { return !name.builtin && (name.text == "args" || name.text == "data"); };
  auto visit = [&](ExprId id) {
    std::string field;
    if (const auto *name = std::get_if<NameRef>(&ast[id].node)) {
      const Builtin *row = name->name.builtin;
      if (row) uses.identity |= row->special == Special::probe_name || row->special == Special::function_name;
      if (row) uses.stack |= row->special == Special::stack;
      if (row) uses.registers |= row->where == Where::registers || row->where == Where::kprobe;
      if (!row && !is_stack_mode(name->name.text) && !is_choice(name->name.text)) field = name->name.text;
      uses.all_arguments |= is_args(name->name) && !objects.contains(static_cast<uint32_t>(id));
    } else if (const auto *member = std::get_if<MemberRef>(&ast[id].node)) {
      const auto *object = std::get_if<NameRef>(&ast[member->object].node);
      if (!object || !is_args(object->name)) return;
      objects.insert(static_cast<uint32_t>(member->object));
      field = "args." + member->field.text;
    } else if (const auto *call = std::get_if<Call>(&ast[id].node)) {
      const Builtin *row = call->callee.builtin;
      if (row) uses.identity |= row->special == Special::probe_name || row->special == Special::function_name;
      if (row) uses.stack |= row->special == Special::stack;
      if (row) uses.registers |= row->where == Where::registers || row->where == Where::kprobe;
    }
    if (!field.empty() && field != "args" && field != "data" && field != "ctx" && !uses.uses(field))
      uses.fields.push_back(field);
  };
  walk(ast, block, {visit, nullptr});
  return uses;
}

Checker::Checker(const Source &source, const Ast &ast, const Providers &providers, const CompileOptions &options,
                 Diagnostics &diagnostics)
    : source_(source),
      ast_(&ast),
      providers_(providers),
      options_(options),
      reported_(diagnostics),
      layers_(language_types(), options.types ? *options.types : no_types()),
      types_(&layers_) {
  program_.source = &source;
  program_.ast = &ast;
  for (const auto &provider : providers)
    if (const CTypes *own = provider->types())
      types_ = of_programs_.emplace_back(std::make_unique<LayeredTypes>(*own, *types_)).get();
}

namespace {

/// The range of ids that the block's expressions have.
std::pair<uint32_t, uint32_t> ids_of(const Ast &ast, const ProbeBlock &block) {
  uint32_t first = UINT32_MAX, end = 0;
  auto visit = [&](ExprId id) {
    first = std::min(first, static_cast<uint32_t>(id));
    end = std::max(end, static_cast<uint32_t>(id) + 1);
  };
  walk(ast, block, {visit, nullptr});
  return {std::min(first, end), end};
}

}  // namespace

void Checker::add_body(const ProbeBlock &block, TargetGroup group) {
  CheckedBody body;
  body.block = &block;
  body.group = std::move(group);
  // The same probes in another block, or in another program of this one, have the same numbers, so that they are one
  // key of a map.
  std::vector<ProbeName> names;
  for (const Target &target : body.group.targets) names.push_back({target.name, target.function});
  const auto known = std::ranges::search(program_.names.probes, names);
  body.first_probe = static_cast<uint32_t>(known.begin() - program_.names.probes.begin());
  if (known.empty()) program_.names.probes.insert(program_.names.probes.end(), names.begin(), names.end());
  auto [first, end] = ids_of(*ast_, block);
  body.type_of.cover(first, end);
  body.use_of.cover(first, end);
  program_.bodies.push_back(std::move(body));
}

void Checker::report_provider(const ProbeSpec &spec, Diagnostics &diagnostics) const {
  std::string_view written = std::string_view(spec.text).substr(0, spec.text.find(':'));
  std::vector<std::string_view> names;
  std::string all;
  for (const auto &known : providers_) {
    names.push_back(known->doc().name);
    all += fmt::format("{}{}", all.empty() ? "" : ", ", names.back());
  }
  // A spec with parameters in it is not as long in the script as it is here.
  Span at = spec.span;
  if (at.end - at.begin == spec.text.size()) at.end = at.begin + static_cast<uint32_t>(written.size());
  auto draft = diagnostics.error(at, "unknown probe provider `{}`", brief(written));
  if (auto near = did_you_mean(written, names))
    draft.help("did you mean `{}`?", *near);
  else
    draft.help("the providers are {}", all);
}

/// What a spec without its alternatives stands for.
Checker::Resolved Checker::resolve_one(const ProbeSpec &spec, const BodyUses &uses) const {
  Resolved result;
  ResolveOptions options = options_.resolve;
  options.programs = program_.bodies.size();
  if (const Provider *provider = find_provider(providers_, spec.text))
    result.groups = provider->resolve(spec, uses, options, result.diagnostics, result.refusal);
  else
    report_provider(spec, result.diagnostics);
  std::erase_if(result.groups, [](const TargetGroup &group) { return group.targets.empty(); });
  return result;
}

/// The first of the alternatives that is there; when none is, what is wrong with the first counts.
Checker::Resolved Checker::resolve_first(const ProbeSpec &spec, const BodyUses &uses) const {
  Resolved first = resolve_one(spec, uses);
  if (!first.groups.empty()) return first;
  for (const ProbeSpec &other : spec.alternatives)
    if (Resolved next = resolve_one(other, uses); !next.groups.empty()) return next;
  return first;
}

/// bpftrace's own scripts list what a function is called on several kernels, and count on its leaving out what is not
/// there; its later versions ask for that by `missing_probes`.
MissingProbes Checker::what_if_missing(const ProbeBlock &block) const {
  const std::string_view first_line = std::string_view(source_.text).substr(0, source_.text.find('\n'));
  const bool is_of_bpftrace = source_.name.ends_with(".bt") ||
                              (first_line.starts_with("#!") && first_line.find("bpftrace") != first_line.npos);
  const MissingProbes asked = options_.resolve.missing;
  return asked == MissingProbes::error && is_of_bpftrace && block.specs.size() > 1 ? MissingProbes::warn : asked;
}

void Checker::resolve_spec(const ProbeBlock &block, const ProbeSpec &spec, const BodyUses &uses, MissingProbes missing,
                           std::optional<Error> &refused) {
  Resolved found = resolve_first(spec, uses);
  if (missing != MissingProbes::error && found.diagnostics.failed() && found.groups.empty()) {
    if (missing == MissingProbes::warn)
      reported_.warning(spec.span, "{}; it is left out", found.diagnostics.all()[0].message);
    return;
  }
  reported_.append(found.diagnostics);
  for (TargetGroup &group : found.groups) add_body(block, std::move(group));
  if (found.refusal && !refused) refused = std::move(found.refusal);
}

/// A block none of whose probes can be had is checked all the same, with a probe of which nothing is known: mistakes
/// are told before anybody mounts a file system or boots another kernel for the script.
bool Checker::resolve(std::optional<Error> &refused) {
  size_t none = program_.bodies.size();
  for (const ProbeBlock &block : ast_->probes) {
    BodyUses uses = uses_of(*ast_, block);
    size_t before = program_.bodies.size();
    for (const ProbeSpec &spec : block.specs) {
      resolve_spec(block, spec, uses, what_if_missing(block), refused);
      if (program_.bodies.size() <= max_programs) continue;
      reported_.error(spec.span, "the script needs more than {} programs in the kernel", max_programs)
          .help("one probe with a pattern, as `kprobe:vfs_*`, takes one program for all that it matches");
      return false;
    }
    if (program_.bodies.size() == before && what_if_missing(block) != options_.resolve.missing && !refused)
      resolve_spec(block, block.specs[0], uses, options_.resolve.missing, refused);
    if (program_.bodies.size() > before || (options_.resolve.missing != MissingProbes::error && !refused)) continue;
    unresolved_ = true;
    TargetGroup group = {.span = block.specs[0].span};
    group.targets.push_back({.name = block.specs[0].text});
    add_body(block, std::move(group));
  }
  if (program_.bodies.size() == none && !ast_->probes.empty() && !reported_.failed())
    reported_.error(ast_->probes[0].span, "no probe is left to attach to")
        .help("with `missing_probes = error` it is told which ones are missing");
  return true;
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
      state.shown = brief(state.name);
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
  /// The only map that a call of one of these is about: print(@m, 5), printa("%@d", @m), clear(@m), trunc(@m).
  auto call_on_map = [&](StmtId id, Special special, Special other) -> const MapRef * {
    const auto *statement = std::get_if<ExprStatement>(&(*ast_)[id].node);
    const auto *call = statement ? std::get_if<Call>(&at(statement->expr).node) : nullptr;
    if (!call || !call->callee.builtin || call->arguments.empty()) return nullptr;
    const Special said = call->callee.builtin->special;
    if (said != special && said != other) return nullptr;
    if (said == Special::truncate && call->arguments.size() > 1) return nullptr;
    const bool has_format = said == Special::printa && call->arguments.size() == 2;
    const auto *map = std::get_if<MapRef>(&at(call->arguments[has_format ? 1 : 0]).node);
    return map && !map->keyed ? map : nullptr;
  };
  const auto &list = block.statements;
  for (size_t i = 0; i < list.size(); i++) {
    const MapRef *printed = call_on_map(list[i], Special::print, Special::printa);
    if (!printed) continue;
    for (size_t j = i + 1; j < list.size(); j++) {
      const MapRef *cleared = call_on_map(list[j], Special::clear, Special::truncate);
      if (cleared && cleared->name == printed->name) {
        prints_that_clear_.insert(static_cast<uint32_t>(std::get<ExprStatement>((*ast_)[list[i]].node).expr));
        clears_done_by_print_.insert(static_cast<uint32_t>(std::get<ExprStatement>((*ast_)[list[j]].node).expr));
        break;
      }
      bool touched = !std::holds_alternative<ExprStatement>((*ast_)[list[j]].node);
      auto touches = [&](ExprId id) {
        if (const auto *map = std::get_if<MapRef>(&at(id).node)) touched |= map->name == printed->name;
      };
      walk(*ast_, list[j], {touches, nullptr});
      if (touched) break;
    }
  }
}

/// let @seen = lruhash(1000);
void Checker::find_declarations() {
  constexpr std::string_view kinds[] = {"hash", "lruhash", "percpuhash", "percpulruhash", "percpuarray"};
  for (const MapDeclaration &declaration : ast_->map_declarations) {
    const std::string &kind = declaration.kind.text;
    if (std::ranges::find(kinds, kind) == std::end(kinds)) {
      auto draft = reported_.error(declaration.kind.span, "unknown kind of map `{}`", brief(kind));
      if (auto near = did_you_mean(kind, {std::begin(kinds), std::end(kinds)})) draft.help("did you mean `{}`?", *near);
      else draft.help("the kinds are {}", fmt::join(kinds, ", "));
    }
    if (declaration.capacity < 1 || declaration.capacity > UINT32_MAX / AWL_BANKS)
      reported_.error(declaration.span, "a map has from 1 to {} entries", UINT32_MAX / AWL_BANKS);
    auto found = map_numbers_.find(declaration.map);
    if (found == map_numbers_.end())
      reported_.warning(declaration.span, "`@{}` is declared, but not used", brief(declaration.map));
    else
      maps_[static_cast<uint32_t>(found->second)].declaration = &declaration;
  }
}

std::optional<CheckedProgram> Checker::run() {
  find_maps();
  find_declarations();
  for (uint32_t i = 0; i < ast_->stmt_count(); i++)
    if (const auto *block = std::get_if<Block>(&(*ast_)[StmtId(i)].node)) find_cleared_prints(*block);
  local_numbers_.resize(program_.bodies.size());
  auto walk = [&] {
    for (body_index_ = 0; body_index_ < program_.bodies.size(); body_index_++) check_body(program_.bodies[body_index_]);
  };
  // Every round that changes something makes a type wider, which each of them can become a few times only.
  size_t rounds_left = 100 + 8 * ast_->expr_count();
  do {
    AWL_CHECK(rounds_left-- > 0);
    changed_ = false;
    quiet_ = {};
    walk();
  } while (changed_);
  out_ = &reported_;
  final_ = true;
  report_maps();
  walk();
  if (!reported_.failed() && !unresolved_) finish_maps();
  if (reported_.failed() || unresolved_) return std::nullopt;
  return std::move(program_);
}

void Checker::check_body(CheckedBody &body) {
  body_ = &body;
  closed_.clear();
  scopes_.clear();
  open_scope();
  if (body.block->predicate) condition(*body.block->predicate);
  statement(body.block->body);
  close_scope();
  if (final_ && !out_->failed())
    for (Type &local : body.locals)
      if (local.kind == Kind::unknown) local = s64_type;  // never assigned: 0
}

/// Maps that are used and never given anything.
void Checker::report_maps() {
  std::vector<std::string_view> given;
  for (const MapState &map : maps_)
    if (map.attempted) given.push_back(map.name);
  for (const MapState &map : maps_) {
    if (map.attempted) continue;
    // A name with brackets is a map, as in ply; whoever writes one may have meant something else.
    bool bare = source_.slice(map.first_use)[0] != '@';
    std::string name = map.name.substr(1), as_written = source_text(map.first_use);
    auto draft = bare ? out_->error(map.first_use, "nothing is called `{}`, and as a map it is never assigned to",
                                    brief(name))
                      : out_->error(map.first_use, "`{}` is used, but nothing is ever assigned to it", map.shown);
    if (bare && source_.text.find("$" + name) != std::string::npos)
      draft.help("the variable is `${}`", as_written);
    else if (auto meant = did_you_mean(name, builtin_names()); bare && meant)
      draft.help("did you mean `{}`?", *meant);
    else if (auto near = did_you_mean(map.name, given))
      draft.help("did you mean `{}`?", *near);
    else
      draft.help("assign to it, as in `{} = count();`", source_text(map.first_use));
  }
}

/// Lay out keys and values. Reported here, as it is no mistake of a single place: maps that are only given to
/// each other.
void Checker::finish_maps() {
  for (const MapState &map : maps_) {
    bool is_typed = map.aggregation || map.value.kind != Kind::unknown;
    if (!is_typed)
      out_->error(*map.assigned, "the type of `{}` cannot be told: only itself is assigned to it", map.shown);
    program_.maps.push_back(layout_of(map));
  }
}

MapDescription Checker::layout_of(const MapState &map) {
  MapDescription result;
  result.name = map.name;
  result.symbol = map.name == "@" ? "at" : "at_" + map.name.substr(1);
  result.first_use = map.first_use;
  result.value = map.value;
  if (result.value.is_literal) {
    result.value.is_literal = false;
    if (map.aggregation) result.value.is_signed = false;
  }
  uint32_t offset = 0;
  if (map.aggregation) {
    uint64_t steps = static_cast<uint64_t>(map.high - map.low + map.step - 1) / static_cast<uint64_t>(map.step);
    result.show = map.aggregation->show;
    if (result.show == Show::magnitudes) steps = magnitude_buckets(map.factor, map.low, map.high, map.step);
    if (result.show == Show::time_series) steps = map.intervals;
    result.factor = map.factor;
    result.intervals = map.intervals;
    result.each = map.each;
    result.bits = map.bits;
    result.percentages = map.percentages;
    // Without bits hist() is quantize().
    if (result.show == Show::log_linear_histogram && map.bits == 0) result.show = Show::log2_histogram;
    result.merge = merge_rules(result.show, result.is_signed(), steps, map.bits);
    result.low = map.low, result.high = map.high, result.step = map.step;
    result.value_size = static_cast<uint32_t>(result.merge.size() * 8);
    result.banked = map.cleared;
    if (result.banked && map.keyed) offset = 8;
  } else {
    result.value = complete(result.value);
    result.value_size = whole_words(map.value.size);
    if (!map.keyed) result.value_size += sizeof(awl_slot_header);
  }
  result.banks = result.banked ? AWL_BANKS : 1;
  bool per_cpu = map.aggregation && !map.read;
  result.storage = map.keyed ? (per_cpu ? Storage::per_cpu_hash : Storage::hash)
                             : (per_cpu ? Storage::per_cpu_slot : Storage::slot);
  for (Type type : map.key) {
    type = complete(type);
    if (type.kind == Kind::string) type.size = whole_words(type.size);
    result.key.push_back({type, offset, false});
    offset += whole_words(type.size);
  }
  result.key_size = map.keyed ? offset : 4;
  result.capacity = map.keyed ? (options_.map_capacity ? options_.map_capacity : default_capacity) : result.banks;
  if (map.keyed && is_keyed_by_probe(result)) result.capacity = static_cast<uint32_t>(program_.names.probes.size());
  if (const MapDeclaration *declared = map.declaration; declared && map.keyed) {
    result.capacity = static_cast<uint32_t>(declared->capacity);
    result.least_recently_used = declared->kind.text.find("lru") != std::string::npos;
  }
  return result;
}

std::optional<CheckedProgram> check(const Source &source, const Ast &ast, const Providers &providers,
                                    const CompileOptions &options, Diagnostics &diagnostics,
                                    std::optional<Error> &refused) {
  Checker checker(source, ast, providers, options, diagnostics);
  if (!checker.resolve(refused)) return std::nullopt;
  std::optional<CheckedProgram> program = checker.run();
  // A mistake in the script comes first: no other kernel would make it right.
  if (diagnostics.failed()) refused.reset();
  if (diagnostics.failed() || refused) return std::nullopt;
  return program;
}

}  // namespace awl
