// SPDX-License-Identifier: GPL-2.0-only
// The tree that the parser makes of a script. It never changes afterwards: what later phases find out lies in
// side tables indexed by the same ids (checked.h).
//
// A node is a plain struct in a std::variant, addressed by a 32-bit id. Nodes are few and passes grow, so passes
// are `match` over the variant, without a catch-all in the checker and the code generator: a new node that is not
// handled there must not compile.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lang/builtins.h"
#include "src/base/source.h"

namespace awl {

enum class ExprId : uint32_t {};
enum class StmtId : uint32_t {};

/// A name as written, and the row of the builtins table it stands for (looked up once, by the lexer).
struct Identifier {
  std::string text;
  Span span;
  const Builtin *builtin = nullptr;
};

enum class UnaryOp : uint8_t { negate, bit_not, logical_not, dereference, address_of };
enum class BinaryOp : uint8_t {
  add,
  subtract,
  multiply,
  divide,
  modulo,
  shift_left,
  shift_right,
  bit_and,
  bit_or,
  bit_xor,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  logical_and,
  logical_or,
};
/// "+", "&&" ...: the operator as written.
std::string_view spelling(UnaryOp);
std::string_view spelling(BinaryOp);

/// A type as written: `uint32`, `struct file *`, `string[64]`, `int8[4][2]`, `typeof($x)`.
struct TypeName {
  struct Suffix {
    bool pointer;                   // `*`; else an array
    std::optional<uint64_t> count;  // of an array; [] has none
  };
  Span span;
  std::string base;  // "uint32", "struct file", "enum pid_type"; empty for typeof
  std::vector<Suffix> suffixes;
  std::optional<ExprId> of;  // typeof(expression)
};

struct IntegerLiteral {
  uint64_t value;
  Unit unit = Unit::none;  // nanoseconds when written as 10ms
};
struct BooleanLiteral {
  bool value;
};
struct StringLiteral {
  std::string text;  // escapes resolved; may hold any byte but NUL
};
struct NameRef {  // `pid`, `comm`, `arg0`, `retval`, `args`
  Identifier name;
};
struct LocalRef {    // $x
  std::string name;  // without the $
};
struct MapRef {      // @ or @name, with or without [key, ...]
  std::string name;  // without the @; empty for the map called @
  std::vector<ExprId> key;
  bool keyed = false;
};
struct PositionalRef {  // $1 ...
  uint32_t number;
};
struct PositionalCount {};  // $#
/// `sort=desc` behind the arguments of a call: two words, neither of which is a value.
struct CallOption {
  Identifier name, word;
};
struct Call {
  Identifier callee;
  std::vector<ExprId> arguments;
  std::vector<CallOption> options = {};
};
struct MemberRef {  // args.ret, args->ret
  ExprId object;
  Identifier field;
};
struct Unary {
  UnaryOp op;
  ExprId operand;
};
struct Binary {
  BinaryOp op;
  ExprId lhs, rhs;
  Span op_span;
};
struct Ternary {  // c ? a : b; the elvis form c ?: b has no `yes`
  ExprId condition;
  std::optional<ExprId> yes;
  ExprId no;
};
struct TupleLiteral {  // (1, "a"), (1,), ()
  std::vector<ExprId> elements;
};
struct RecordLiteral {  // (size = 1, name = "a")
  std::vector<Identifier> names;
  std::vector<ExprId> values;
};
struct Cast {  // (uint8)x, (struct file *)arg0
  TypeName type;
  ExprId operand;
};
struct Index {  // args.argv[1]
  ExprId object, index;
};
struct ElementRef {  // $t.0
  ExprId object;
  uint32_t number;
};
struct SizeOf {  // sizeof(struct file), sizeof($x)
  std::variant<TypeName, ExprId> of;
};
struct OffsetOf {  // offsetof(struct file, f_path.dentry)
  std::variant<TypeName, ExprId> of;
  std::vector<Identifier> path;
};
struct TypeExpr {  // typeof(x) as an argument: container_of(p, typeof(struct file), f_path)
  TypeName type;
};
struct IfExpr {  // if x { 1 } else { 2 } as a value; both arms are BlockExprs, or another IfExpr in `no`
  ExprId condition, yes;
  std::optional<ExprId> no;
};
struct BlockExpr {  // { $x = 1; $x + 1 }: statements in a scope of their own, and a value
  std::vector<StmtId> statements;
  std::optional<ExprId> result;
};
struct InlineCall {  // a call of a function of the script, expanded: parameters are variables of the body
  std::string name;
  StmtId body;      // a Block; `return` in it gives the value
  TypeName result;  // `void` for none
};
struct Comptime {  // comptime x
  ExprId operand;
};
struct Step {     // ++x x++ --x x--
  ExprId target;  // LocalRef or MapRef; the checker says so when it is neither
  bool increment;
  bool prefix;  // the value is the one after the step
};

struct Expr {
  Span span;
  std::variant<IntegerLiteral, BooleanLiteral, StringLiteral, NameRef, LocalRef, MapRef, PositionalRef, PositionalCount,
               Call, MemberRef, Unary, Binary, Ternary, TupleLiteral, RecordLiteral, Cast, Index, ElementRef, SizeOf,
               OffsetOf, TypeExpr, IfExpr, BlockExpr, InlineCall, Comptime, Step>
      node;
};

struct ExprStatement {
  ExprId expr;
};
struct Assign {  // target = value, or target op= value
  ExprId target;
  std::optional<BinaryOp> op;
  ExprId value;
};
struct Block {
  std::vector<StmtId> statements;
};
struct If {
  ExprId condition;
  StmtId then;                      // a Block
  std::optional<StmtId> otherwise;  // a Block or another If
};
struct Return {
  std::optional<ExprId> value;
};
struct Let {  // let $x; let $x: uint32 = 5;
  std::string name;
  std::optional<TypeName> type;
  std::optional<ExprId> value;
};
struct While {
  ExprId condition;
  StmtId body;
};
struct ForRange {  // for ($i : first..end) { }: end is not reached
  std::string local;
  Span local_span;
  ExprId first, end;
  StmtId body;
};
struct ForMap {  // for ($kv : @map) { }: $kv.0 is the key, $kv.1 the value
  std::string local;
  Span local_span;
  ExprId map;  // a MapRef without key
  StmtId body;
};
struct Unroll {
  ExprId count;
  StmtId body;
};
struct Break {};
struct Continue {};

struct Stmt {
  Span span;
  std::variant<ExprStatement, Assign, Block, If, Return, Let, While, ForRange, ForMap, Unroll, Break, Continue> node;
};

/// One attach point as written: "kprobe:vfs_read". Positional parameters in it are already replaced.
struct ProbeSpec {
  std::string text;
  Span span;
  std::vector<ProbeSpec> alternatives = {};  // "kprobe:f || kprobe:g": taken in turn when this one is not there
};

/// probe-spec, probe-spec / predicate / { body }
struct ProbeBlock {
  Span span;
  std::vector<ProbeSpec> specs;
  std::optional<ExprId> predicate;
  StmtId body;  // a Block
};

/// let @seen = lruhash(1000);
struct MapDeclaration {
  std::string map;  // without the @
  Span span;
  Identifier kind;  // hash, lruhash, percpuhash, percpulruhash
  uint64_t capacity = 0;
};

/// One `key = value` of a config block; the value as text, whatever its kind.
struct ConfigEntry {
  std::string key, value;
  Span key_span, value_span;
};

class Ast {
 public:
  ExprId add_expr(Span span, decltype(Expr::node) node) {
    exprs_.push_back({span, std::move(node)});
    return ExprId(exprs_.size() - 1);
  }
  StmtId add_stmt(Span span, decltype(Stmt::node) node) {
    stmts_.push_back({span, std::move(node)});
    return StmtId(stmts_.size() - 1);
  }
  const Expr &operator[](ExprId id) const { return exprs_[static_cast<uint32_t>(id)]; }
  const Stmt &operator[](StmtId id) const { return stmts_[static_cast<uint32_t>(id)]; }
  size_t expr_count() const { return exprs_.size(); }
  size_t stmt_count() const { return stmts_.size(); }

  std::vector<ProbeBlock> probes;
  std::vector<MapDeclaration> map_declarations;
  std::vector<ConfigEntry> config;
  std::optional<std::string> parameters_help;  // what getopt() reads, when `--help` was among the parameters

 private:
  std::vector<Expr> exprs_;
  std::vector<Stmt> stmts_;
};

template <class... F>
struct MatchFunctions : F... {
  using F::operator()...;
};
template <class... F>
MatchFunctions(F...) -> MatchFunctions<F...>;
/// match(expr.node, [](const Call &) {...}, ...): every alternative needs a function.
template <class Variant, class... F>
decltype(auto) match(Variant &&variant, F... functions) {
  return std::visit(MatchFunctions{functions...}, std::forward<Variant>(variant));
}

}  // namespace awl
