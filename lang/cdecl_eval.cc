// SPDX-License-Identifier: GPL-2.0-only
// Constant expressions of C: the sizes of arrays, the values of enumerators and of `#define`s, the conditions of
// `#if`. All arithmetic has 64 bits.
#include "lang/cdecl.h"
#include "lang/cdecl_tokens.h"

namespace awl {
namespace {

/// Names that stand for names that stand for names ...: more are a circle.
constexpr int deepest = 100;

struct Operator {
  std::string_view text;
  int level;  // tighter is larger
};
constexpr Operator operators[] = {{"||", 1}, {"&&", 2}, {"|", 3},  {"^", 4},  {"&", 5},  {"==", 6},
                                  {"!=", 6}, {"<", 7},  {"<=", 7}, {">", 7},  {">=", 7}, {"<<", 8},
                                  {">>", 8}, {"+", 9},  {"-", 9},  {"*", 10}, {"/", 10}, {"%", 10}};

class Evaluator {
 public:
  Evaluator(const DeclaredTypes &types, std::string_view text, int depth)
      : types_(types), tokens_(c_tokens(text)), depth_(depth) {}

  std::optional<int64_t> all() {
    const std::optional<int64_t> value = ternary();
    return tokens_[at_].kind == CToken::Kind::end ? value : std::nullopt;
  }

 private:
  using Value = std::optional<int64_t>;

  Value ternary() {
    if (++depth_ > deepest) return std::nullopt;
    const Value condition = binary(1);
    depth_--;
    if (!take("?")) return condition;
    const Value yes = ternary();
    if (!take(":")) return std::nullopt;
    const Value no = ternary();
    return condition ? (*condition != 0 ? yes : no) : std::nullopt;
  }

  Value binary(int level) {
    Value left = unary();
    for (const Operator *op = operator_here(level); op; op = operator_here(level)) {
      at_++;
      const Value right = binary(op->level + 1);
      left = left && right ? apply(op->text, *left, *right) : std::nullopt;
    }
    return left;
  }

  const Operator *operator_here(int level) const {
    for (const Operator &op : operators)
      if (op.level >= level && tokens_[at_] == op.text) return &op;
    return nullptr;
  }

  static Value apply(std::string_view op, int64_t signed_a, int64_t signed_b) {
    const uint64_t a = static_cast<uint64_t>(signed_a), b = static_cast<uint64_t>(signed_b);
    if (op == "||") return a || b;
    if (op == "&&") return a && b;
    if (op == "|") return static_cast<int64_t>(a | b);
    if (op == "^") return static_cast<int64_t>(a ^ b);
    if (op == "&") return static_cast<int64_t>(a & b);
    if (op == "==") return a == b;
    if (op == "!=") return a != b;
    if (op == "<") return signed_a < signed_b;
    if (op == "<=") return signed_a <= signed_b;
    if (op == ">") return signed_a > signed_b;
    if (op == ">=") return signed_a >= signed_b;
    if (op == "<<") return static_cast<int64_t>(b < 64 ? a << b : 0);
    if (op == ">>") return b < 64 ? signed_a >> b : 0;
    if (op == "+") return static_cast<int64_t>(a + b);
    if (op == "-") return static_cast<int64_t>(a - b);
    if (op == "*") return static_cast<int64_t>(a * b);
    if (b == 0 || (signed_b == -1 && signed_a == INT64_MIN)) return std::nullopt;
    return op == "/" ? signed_a / signed_b : signed_a % signed_b;
  }

  Value unary() {
    if (++depth_ > deepest) return std::nullopt;
    Value result;
    if (take("-")) {
      const Value value = unary();
      if (value) result = static_cast<int64_t>(0 - static_cast<uint64_t>(*value));
    } else if (take("+")) {
      result = unary();
    } else if (take("~")) {
      const Value value = unary();
      if (value) result = ~*value;
    } else if (take("!")) {
      const Value value = unary();
      if (value) result = *value == 0;
    } else {
      result = primary();
    }
    depth_--;
    return result;
  }

  Value primary() {
    const CToken token = tokens_[at_];
    if (token.kind == CToken::Kind::end) return std::nullopt;
    at_++;
    if (token.kind == CToken::Kind::number) return static_cast<int64_t>(token.value);
    if (token == "(") return cast_or_group();
    if (token.kind != CToken::Kind::word) return std::nullopt;
    if (token == "defined") return defined();
    if (token == "sizeof") return size();
    if (const std::string *text = types_.definition(token.text))
      return depth_ > deepest ? std::nullopt : Evaluator(types_, *text, depth_ + 1).all();
    const std::optional<CConstant> constant = types_.constant(token.text);
    return constant ? Value(static_cast<int64_t>(constant->value)) : std::nullopt;
  }

  /// A cast changes nothing here: all values have 64 bits.
  Value cast_or_group() {
    const size_t begin = at_;
    if (type() && take(")")) return unary();
    at_ = begin;
    const Value value = ternary();
    return take(")") ? value : std::nullopt;
  }

  Value size() {
    if (!take("(")) return std::nullopt;
    const std::optional<Type> of = type();
    if (!of || !take(")")) return std::nullopt;
    return memory_size(*of);
  }

  std::optional<Type> type() {
    std::string words;
    for (; tokens_[at_].kind == CToken::Kind::word; at_++)
      words += (words.empty() ? "" : " ") + std::string(tokens_[at_].text);
    if (words.empty()) return std::nullopt;
    bool pointer = false;
    while (take("*")) pointer = true;
    return pointer ? pointer_type(AddressSpace::none, words) : types_.type_of(words);
  }

  Value defined() {
    const bool parenthesis = take("(");
    const CToken name = tokens_[at_];
    if (name.kind != CToken::Kind::word) return std::nullopt;
    at_++;
    if (parenthesis && !take(")")) return std::nullopt;
    return types_.is_defined(name.text);
  }

  bool take(std::string_view symbol) {
    if (!(tokens_[at_] == symbol)) return false;
    at_++;
    return true;
  }

  const DeclaredTypes &types_;
  std::vector<CToken> tokens_;
  int depth_;
  size_t at_ = 0;
};

}  // namespace

std::optional<int64_t> evaluate(const DeclaredTypes &types, std::string_view text) {
  return Evaluator(types, text, 0).all();
}

}  // namespace awl
