// SPDX-License-Identifier: GPL-2.0-only
#include "lang/getopt.h"

#include <fmt/format.h>

#include <algorithm>

#include "lang/number.h"

namespace awl {
namespace {

using Node = decltype(Expr::node);

bool is_literal(const Node &node) {
  return std::holds_alternative<IntegerLiteral>(node) || std::holds_alternative<BooleanLiteral>(node) ||
         std::holds_alternative<StringLiteral>(node);
}

const std::string *string_at(const Ast &ast, const Call &call, size_t i) {
  const StringLiteral *literal =
      i < call.arguments.size() ? std::get_if<StringLiteral>(&ast[call.arguments[i]].node) : nullptr;
  return literal ? &literal->text : nullptr;
}

}  // namespace

bool Getopt::Value::operator==(const Value &other) const {
  if (node.index() != other.node.index() || negative != other.negative) return false;
  if (const IntegerLiteral *number = std::get_if<IntegerLiteral>(&node))
    return number->value == std::get<IntegerLiteral>(other.node).value;
  if (const BooleanLiteral *flag = std::get_if<BooleanLiteral>(&node))
    return flag->value == std::get<BooleanLiteral>(other.node).value;
  return std::get<StringLiteral>(node).text == std::get<StringLiteral>(other.node).text;
}

NamedParameters take_named(std::vector<std::string> &words) {
  NamedParameters result;
  std::erase_if(words, [&](const std::string &word) {
    if (!word.starts_with("--") || word.size() < 3) return false;
    const size_t equals = word.find('=');
    result.push_back({word.substr(2, equals == word.npos ? equals : equals - 2), std::nullopt});
    if (equals != word.npos) result.back().value = word.substr(equals + 1);
    return true;
  });
  return result;
}

std::optional<Getopt::Known> Getopt::read(const Ast &ast, Span span, const Call &call) {
  const std::string *name = string_at(ast, call, 0), *help = string_at(ast, call, 2);
  Known known = {name ? *name : "", help ? *help : "", span, {BooleanLiteral{false}}};
  bool fits = name && !name->empty() && call.arguments.size() <= 3 && (call.arguments.size() < 3 || help);
  if (fits && call.arguments.size() > 1) {
    const Node &value = ast[call.arguments[1]].node;
    const Unary *minus = std::get_if<Unary>(&value);
    const bool negative = minus && minus->op == UnaryOp::negate;
    known.value = {negative ? ast[minus->operand].node : value, negative};
    fits = negative ? std::holds_alternative<IntegerLiteral>(known.value.node) : is_literal(value);
  }
  if (fits) return known;
  diagnostics_.error(span, "`getopt` cannot be read before the script runs")
      .help("it takes literals: `getopt(\"name\", 10, \"what it is\")`; the default says what kind of value it has");
  return std::nullopt;
}

Getopt::Value Getopt::given_value(const Known &known, const std::optional<std::string> &text) {
  if (std::holds_alternative<StringLiteral>(known.value.node)) {
    if (text) return {StringLiteral{*text}};
    diagnostics_.error(known.span, "`--{}` has no value", known.name).help("write `--{}=...`", known.name);
  } else if (std::holds_alternative<BooleanLiteral>(known.value.node)) {
    if (!text || *text == "true" || *text == "1") return {BooleanLiteral{true}};
    if (*text == "false" || *text == "0") return {BooleanLiteral{false}};
    diagnostics_.error(known.span, "`--{}={}` is neither true nor false", known.name, *text);
  } else {
    const bool negative = text && text->starts_with('-');
    const std::string_view digits = text ? std::string_view(*text).substr(negative ? 1 : 0) : std::string_view();
    const std::variant<IntegerLiteral, NotANumber> number = parse_integer(digits);
    if (const IntegerLiteral *literal = std::get_if<IntegerLiteral>(&number)) return {*literal, negative};
    diagnostics_.error(known.span, "`--{}` needs a number", known.name).help("write `--{}=10`", known.name);
  }
  return known.value;
}

Getopt::Value Getopt::value(const Ast &ast, Span span, const Call &call) {
  const std::optional<Known> known = read(ast, span, call);
  if (!known) return {IntegerLiteral{0}};
  const auto before = std::ranges::find(known_, known->name, &Known::name);
  if (before == known_.end())
    known_.push_back(*known);
  else if (!(before->value == known->value) || before->help != known->help)
    diagnostics_.error(span, "`--{}` has another default or help here", known->name)
        .label(before->span, "the first use");
  for (const NamedParameter &parameter : given_)
    if (parameter.name == known->name) return given_value(*known, parameter.value);
  return known->value;
}

/// `--depth=5          frames to show`: the default tells what kind of value it is.
std::string Getopt::help() const {
  if (known_.empty()) return "this script has no parameters with names\n";
  std::string text = "parameters of this script, behind it:\n";
  for (const Known &known : known_) {
    std::string form = "--" + known.name;
    if (const auto *number = std::get_if<IntegerLiteral>(&known.value.node))
      form += fmt::format("={}{}", known.value.negative ? "-" : "", number->value);
    else if (const auto *words = std::get_if<StringLiteral>(&known.value.node))
      form += fmt::format("={}", words->text);
    else if (std::get<BooleanLiteral>(known.value.node).value)
      form += "=true";
    text += known.help.empty() ? fmt::format("  {}\n", form) : fmt::format("  {:<24} {}\n", form, known.help);
  }
  return text;
}

std::optional<std::string> Getopt::finish() {
  for (const NamedParameter &parameter : given_) {
    if (parameter.name == "help" && std::ranges::find(known_, parameter.name, &Known::name) == known_.end())
      return help();
    if (std::ranges::find(known_, parameter.name, &Known::name) != known_.end()) continue;
    std::string names;
    for (const Known &known : known_) names += (names.empty() ? "--" : ", --") + known.name;
    Diagnostics::Draft draft = diagnostics_.error({0, 0}, "the script has no parameter `--{}`", parameter.name);
    if (names.empty())
      draft.help("it has none with a name; `getopt(\"{}\")` would read this one", parameter.name);
    else
      draft.help("it has {}", names);
  }
  return std::nullopt;
}

}  // namespace awl
