// SPDX-License-Identifier: GPL-2.0-only
// The checker: what every name means, what type every expression has, what each map holds, what each event carries.
// Types of maps and variables are inferred from all their uses in the whole script, so bodies are walked until nothing
// changes any more, quietly, and then once more with the diagnostics on and the events numbered.
#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lang/checked.h"
#include "lang/compile.h"
#include "src/base/diag.h"

namespace awl {

/// Check a parsed script. Empty when there were errors, or when the kernel refused a probe (then `refused` says why).
std::optional<CheckedProgram> check(const Source &source, const Ast &ast, const Providers &providers,
                                    const CompileOptions &options, Diagnostics &diagnostics,
                                    std::optional<Error> &refused);

/// Names that a block needs from its probe, so that the provider can choose how to attach.
BodyUses uses_of(const Ast &ast, const ProbeBlock &block);

/// The type that holds both, or nothing when they do not go together.
std::optional<Type> join_types(const Type &a, const Type &b);

/// The value of an operator on two constants, as the script would compute it; nothing for a division by zero.
std::optional<uint64_t> fold(BinaryOp op, uint64_t lhs, uint64_t rhs, bool is_signed);

/// "an integer", "a string": what a value is, in a sentence.
std::string an(const Type &type);
/// The member of that name, also inside members without one.
struct FoundMember {
  Type type;
  uint64_t bit_offset = 0;
  uint32_t bits = 0;
};
std::optional<FoundMember> find_member(const CTypes &types, const CStructure &structure, std::string_view name);

/// `perf` in kstack(perf): a word that means a form of a stack there.
bool is_stack_mode(std::string_view word);
/// Buckets of an llquantize() that has these, those above 0 only.
uint64_t magnitude_buckets(uint64_t factor, int64_t low, int64_t high, int64_t steps);
/// `tai` in nsecs(tai), likewise.
bool is_choice(std::string_view word);
/// Text of the script as messages quote it, cut when it is long.
std::string brief(std::string_view text);

class Checker {
 public:
  Checker(const Source &source, const Ast &ast, const Providers &providers, const CompileOptions &options,
          Diagnostics &diagnostics);
  bool resolve(std::optional<Error> &refused);
  std::optional<CheckedProgram> run();

 private:
  /// What is known of a map so far.
  struct MapState {
    std::string name, shown;  // with the @; in full and as messages quote it
    Span first_use;
    bool keyed = false;
    std::vector<Type> key;
    std::vector<Span> key_spans;
    Type value;
    std::optional<Span> assigned;
    const Builtin *aggregation = nullptr;
    Span aggregation_span;
    bool attempted = false;  // given something, be it wrong
    bool cleared = false;
    bool read = false;  // an aggregation that a probe reads: its cells are shared by all CPUs
    const MapDeclaration *declaration = nullptr;
    int64_t low = 0, high = 0, step = 1;
    uint32_t bits = 0;                 // hist, pct
    uint32_t factor = 0;               // llquantize
    uint32_t intervals = 0;            // tseries
    Show each = Show::none;            // tseries
    std::vector<int64_t> percentages;  // pct
  };

  // check.cc
  struct Resolved {
    std::vector<TargetGroup> groups;
    Diagnostics diagnostics;
    std::optional<Error> refusal;
  };
  Resolved resolve_one(const ProbeSpec &spec, const BodyUses &uses) const;
  Resolved resolve_first(const ProbeSpec &spec, const BodyUses &uses) const;
  MissingProbes what_if_missing(const ProbeBlock &block) const;
  void resolve_spec(const ProbeBlock &block, const ProbeSpec &spec, const BodyUses &uses, MissingProbes missing,
                    std::optional<Error> &refused);
  void add_body(const ProbeBlock &block, TargetGroup group);
  void report_provider(const ProbeSpec &spec, Diagnostics &diagnostics) const;
  void find_maps();
  void find_declarations();
  void find_cleared_prints(const Block &block);
  void check_body(CheckedBody &body);
  void report_maps();
  void finish_maps();
  MapDescription layout_of(const MapState &map);
  const Expr &at(ExprId id) const { return (*ast_)[id]; }
  std::string source_text(Span span) const { return brief(source_.slice(span)); }

  // check_stmt.cc
  void statement(StmtId id);
  void assign(const Assign &node);
  void assign_local(const Assign &node, const LocalRef &local);
  void assign_map(const Assign &node, const MapRef &map);
  void aggregate(ExprId target, const MapRef &map, ExprId value, const Call &call);
  void expression_statement(ExprId id);

  // check_aggregation.cc
  Type sample(const Call &call);
  std::optional<std::vector<int64_t>> constants(const Call &call, size_t from, size_t to);
  void linear_range(MapState &map, const Call &call);
  void magnitudes(MapState &map, const Call &call);
  void intervals(MapState &map, const Call &call);
  void bits(MapState &map, const Call &call);
  void percentages(MapState &map, const Call &call);

  // check_local.cc
  struct Variable {
    std::string name;
    LocalNumber number;
  };
  /// The variable that a name stands for here, or nothing.
  std::optional<LocalNumber> find_local(const std::string &name) const;
  /// A variable that belongs to a place in the script, the same one in every walk.
  LocalNumber local_at(uint64_t place, const Type &type);
  void declare(const std::string &name, LocalNumber number);
  void open_scope() { scopes_.emplace_back(); }
  void close_scope();
  void widen_local(LocalNumber number, const Type &type, ExprId value, const std::string &name);
  std::optional<LocalNumber> variable_for(const LocalRef &local, const Type &type);
  /// A value is put into a variable, which may be new.
  void give_local(ExprId target, const LocalRef &local, const Type &type, ExprId value);
  bool fits_declared(LocalNumber number, const Type &type, ExprId value, const std::string &name);
  void let(StmtId id, const Let &node);

  // check_loop.cc
  void while_loop(const While &node);
  void for_range(StmtId id, const ForRange &node);
  void for_map(StmtId id, const ForMap &node);
  void unroll(const Unroll &node);
  void jump(StmtId id, const char *word);
  void return_statement(const Return &node);
  Type if_value(ExprId id, const IfExpr &node);
  Type block_value(ExprId id, const BlockExpr &node);
  Type inline_call(ExprId id, const InlineCall &node);
  /// Whether a condition is decided before the script runs (`comptime`), so that one arm is not looked at.
  std::optional<bool> decided(ExprId condition) const;

  // check_type.cc
  Type named_type(const TypeName &name);
  std::optional<Type> find_type(std::string_view spelling) const { return type_of_spelling(*types_, spelling); }
  Type type_of_name_or_expr(const std::variant<TypeName, ExprId> &of);
  Type cast(ExprId id, const Cast &node);
  Type size_of(ExprId id, const SizeOf &node);
  Type offset_of(ExprId id, const OffsetOf &node);
  /// With all members of structures, as a Column needs it; remembers the enumerations whose names are printed.
  Type complete(const Type &type, int depth = 0);
  std::optional<uint64_t> size_of_pointee(const Type &pointer) const;

  // check_memory.cc
  Type member_of(ExprId id, const Type &object, const Identifier &field, Span object_span);
  void report_member(const CStructure &structure, const Identifier &field);
  Type place_type(Type type, AddressSpace space) const;
  Type element(ExprId id, const ElementRef &node);
  Type index(ExprId id, const Index &node);
  Type dereference(ExprId id, const Unary &node);
  Type address_of(ExprId id, const Unary &node);
  Type tuple(ExprId id, const TupleLiteral &node);
  Type record(ExprId id, const RecordLiteral &node);
  Type arguments_record(ExprId id);

  // check_expr.cc
  /// Type of any expression; records type and use.
  Type expression(ExprId id);
  /// The same for one that must be a value: reports statements, aggregations, whole maps and records.
  Type value(ExprId id);
  Type number(ExprId id, std::string_view role);
  void condition(ExprId id);
  Type set(ExprId id, Type type, Use use = UseNothing{});
  Type name(ExprId id, const NameRef &node);
  Type field(ExprId id, const std::string &name, Span span);
  void report_field(const std::string &name, Span span);
  /// The same probe by another provider that has the field: `kretprobe:vfs_read` for `retval` in `kprobe:vfs_read`.
  std::optional<std::string> probe_with(const std::string &field) const;
  Type member(ExprId id, const MemberRef &node);
  Type local(ExprId id, const LocalRef &node);
  Type positional(ExprId id, const PositionalRef &node);
  Type comptime(ExprId id, const Comptime &node);
  std::optional<Type> pointer_arithmetic(ExprId id, const Binary &node, const Type &lhs, const Type &rhs);
  Type unary(ExprId id, const Unary &node);
  Type binary(ExprId id, const Binary &node);
  bool compares_names(const Binary &node, const Type &lhs, const Type &rhs) const;
  Type comparison(ExprId id, const Binary &node, const Type &lhs, const Type &rhs);
  Type ternary(ExprId id, const Ternary &node);
  Type step(ExprId id, const Step &node);
  /// A literal takes the signedness of what it meets.
  void settle_literals(ExprId lhs, ExprId rhs);
  void settle_literal(ExprId id, const Type &met);
  std::optional<uint64_t> constant_of(ExprId id) const;
  const std::string *text_of(ExprId id) const;

  // check_map.cc
  MapState &map_state(const MapRef &map);
  MapNumber map_number(const MapRef &map) const;
  /// Keys and arity of a reference; the map as a whole when `whole`.
  void map_reference(ExprId id, const MapRef &map, bool whole);
  Type map_read(ExprId id, const MapRef &map);
  /// What reading an entry gives; marks an aggregation as read.
  Type read_type(MapState &map, Span span);
  void give_map_value(ExprId target, const MapRef &map, const Type &type, Span span);

  // check_function.cc
  void argument(const Call &node, size_t index, const Parameter &parameter);
  Type function(ExprId id, const Call &node);
  Type byte_swap(ExprId id, const Call &node);
  Type concatenate(ExprId id, const Call &node);
  Type buffer(ExprId id, const Call &node);
  Type network_address(ExprId id, const Call &node);
  Type hardware_address(ExprId id, const Call &node);
  Type timestamp(ExprId id, const Call &node);
  Type has_key(ExprId id, const Call &node);
  Type length(ExprId id, const Call &node);
  Type join(ExprId id, const Call &node);
  Type message(ExprId id, const Call &node, Channel channel);
  Type assertion(ExprId id, const Call &node);
  // check_builtin.cc
  bool usable(const Builtin &row, Span span);
  Type bare_builtin(ExprId id, const Builtin &row, Span span);
  Type choice(ExprId id, const Call &node);
  Type question(ExprId id, const Call &node);
  Type static_assertion(ExprId id, const Call &node);
  Type failure(ExprId id, const Call &node);
  Type send_signal(ExprId id, const Call &node);
  Type probe_type(ExprId id);
  Type address_space(ExprId id, const Call &node);
  // check_bytes.cc
  Type some_bytes(ExprId id, const Call &node);
  Type capacity(ExprId id, const Call &node);
  Type parse_address(ExprId id, const Call &node);
  Type path(ExprId id, const Call &node);
  Type socket_cookie(ExprId id, const Call &node);
  Type user_address(ExprId id, const Call &node);
  Type find(ExprId id, const Call &node);
  Type kernel_log(ExprId id, const Call &node);
  // check_stack.cc
  Type stack(ExprId id, const Call &node);
  std::optional<std::string> stack_mode(ExprId argument) const;
  Type kernel_address(ExprId id, const Call &node);
  Type processor_register(ExprId id, const Call &node);

  // check_call.cc
  Type call(ExprId id, const Call &node);
  void report_function(const Identifier &callee);
  bool arity(const Call &node, Span span);
  Type printf(ExprId id, const Call &node);
  void printf_values(const Call &node, const std::vector<FormatPiece> &pieces);
  const MapRef *whole_map(const Call &node);
  Type map_action(ExprId id, const Call &node, EventKind kind);
  Type delete_entry(ExprId id, const Call &node);
  Type exit(ExprId id, const Call &node);
  Type time(ExprId id, const Call &node);
  Type str(ExprId id, const Call &node);
  Type send(ExprId id, EventDescription event, std::span<const ExprId> values);
  Type send_number(ExprId id, EventDescription event, const Type &type);
  const MapRef *map_argument(const Call &node, size_t index);

  // check_print.cc
  bool row_order(const Call &node, RowOrder &order);
  bool print_limits(const Call &node, EventDescription &event);
  Type print(ExprId id, const Call &node);
  Type printa(ExprId id, const Call &node);
  bool joined_maps(const Call &node, std::vector<uint32_t> &joined);
  static bool have_same_keys(const MapState &a, const MapState &b);
  static std::string key_list(const MapState &map);
  void joined_keys(const MapState &map, const std::vector<FormatPiece> &format);
  Type normalize(ExprId id, const Call &node);
  Type truncate(ExprId id, const Call &node);

  const Source &source_;
  const Ast *ast_;
  const Providers &providers_;
  const CompileOptions &options_;
  Diagnostics &reported_;
  Diagnostics quiet_;
  Diagnostics *out_ = &quiet_;  // quiet_ while types settle
  bool final_ = false, changed_ = false;
  bool unresolved_ = false;  // the kernel refuses a probe, so what it has is not known

  CheckedProgram program_;
  std::vector<MapState> maps_;
  std::unordered_map<std::string, MapNumber> map_numbers_;
  std::unordered_set<uint32_t> prints_that_clear_, clears_done_by_print_;  // by ExprId

  // The body being checked.
  CheckedBody *body_ = nullptr;
  std::vector<std::unordered_map<uint64_t, LocalNumber>> local_numbers_;  // by body, by place
  size_t body_index_ = 0;
  std::vector<std::vector<Variable>> scopes_;  // from the outermost to the one at hand
  std::vector<Variable> closed_;               // of scopes that have ended, in order
  std::unordered_map<uint64_t, Type> declared_;  // types of `let $x : type`, by body and variable
  int loop_depth_ = 0;
  std::vector<LocalNumber> inline_results_;    // of the calls being expanded, the innermost last
  LayeredTypes layers_;
  std::vector<std::unique_ptr<LayeredTypes>> of_programs_;  // the types of providers before those of the kernel
  const CTypes *types_;
};

}  // namespace awl
