// SPDX-License-Identifier: GPL-2.0-only
// Builtins that the table describes but for a trifle: where they work and what they may do, words that choose a form
// (nsecs(tai)), names that stand for numbers (signal("KILL")), and questions that are answered before the script runs.
#include <algorithm>

#include "lang/check.h"
#include "lang/registers.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr uint64_t last_signal = 64;

/// "probes of `begin`", for a sentence.
std::string probes_of(const TargetGroup &group) { return fmt::format("probes of `{}`", group.provider); }

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::ranges::any_of(starts, [&](std::string_view start) { return text.starts_with(start); });
}

}  // namespace

bool is_choice(std::string_view word) {
  return std::ranges::any_of(builtins(), [&](const Builtin &row) {
    return std::ranges::find(row.choices, word, &Choice::word) != row.choices.end();
  });
}

/// What the table says of where a builtin works, and of what it does.
bool Checker::usable(const Builtin &row, Span span) {
  if (!row.danger.empty() && !options_.resolve.unsafe) {
    out_->error(span, "`{}` {}", row.name, row.danger).help("allow it: awl --unsafe ...");
    return false;
  }
  const TargetGroup &group = body_->group;
  if (group.provider.empty()) return true;  // what it is was refused
  switch (row.where) {
    case Where::anywhere:
      return true;
    case Where::registers:
      if (has_registers(group.section)) return true;
      out_->error(span, "{} have no registers", probes_of(group))
          .help("kprobe, uprobe, profile and hardware have them");
      return false;
    case Where::kprobe:
      if (starts_with_any(group.section, {"kprobe"})) return true;
      out_->error(span, "`{}` does not work in {}", row.name, probes_of(group))
          .help("only a kprobe can do that: `kprobe:function`");
      return false;
    case Where::trusted:
      if (starts_with_any(group.section, {"fentry", "fexit", "tp_btf"})) return true;
      out_->error(span, "`{}` does not work in {}, where the kernel does not know the types of arguments", row.name,
                  probes_of(group))
          .help("fentry and fexit have them: `fentry:function`");
      return false;
  }
  return true;
}

/// A name without parentheses.
Type Checker::bare_builtin(ExprId id, const Builtin &row, Span span) {
  if (!usable(row, span)) return set(id, simple_type(Kind::unknown));
  if (row.special == Special::probe_type) return probe_type(id);
  Type type = row.result();
  if (row.special == Special::stack) type.name = options_.stack_mode;
  return set(id, type);
}

/// One of the words of the row, which is no name of anything.
Type Checker::choice(ExprId id, const Call &node) {
  const Builtin &row = *node.callee.builtin;
  if (node.arguments.empty()) return set(id, row.result(), UseSymbol{row.symbol});
  const auto *name = std::get_if<NameRef>(&at(node.arguments[0]).node);
  auto known = name ? std::ranges::find(row.choices, name->name.text, &Choice::word) : row.choices.end();
  if (known != row.choices.end()) return set(id, row.result(), UseSymbol{known->symbol});
  std::vector<std::string> words;
  for (const Choice &choice : row.choices) words.push_back(fmt::format("`{}`", choice.word));
  out_->error(at(node.arguments[0]).span, "`{}` has no form `{}`", row.name, source_text(at(node.arguments[0]).span))
      .help("the forms are {}", fmt::join(words, ", "));
  return set(id, row.result());
}

Type Checker::question(ExprId id, const Call &node) {
  Type type = value(node.arguments[0]);
  if (type.kind == Kind::unknown) return set(id, bool_type);
  const Builtin &row = *node.callee.builtin;
  bool written = constant_of(node.arguments[0]) || text_of(node.arguments[0]);
  return set(id, bool_type, UseConstant{row.holds ? row.holds(type) : written});
}

Type Checker::static_assertion(ExprId id, const Call &node) {
  condition(node.arguments[0]);
  Span span = at(node.arguments[0]).span;
  std::string said;
  if (node.arguments.size() > 1) {
    argument(node, 1, node.callee.builtin->parameters[1]);
    if (const std::string *text = text_of(node.arguments[1])) said = ": " + *text;
  }
  auto known = constant_of(node.arguments[0]);
  if (known && *known) return set(id, none_type);
  if (known)
    out_->error(span, "the assertion does not hold{}", said);
  else if (final_)
    out_->error(span, "`{}` is not known before the script runs", source_text(span))
        .help("`assert` looks at it while the script runs");
  return set(id, none_type);
}

/// The format with what is known of its values, which is all of them.
Type Checker::failure(ExprId id, const Call &node) {
  for (ExprId argument : node.arguments) value(argument);
  const auto *literal = std::get_if<StringLiteral>(&at(node.arguments[0]).node);
  if (!literal) {
    out_->error(at(node.arguments[0]).span, "`format` of `fail` must be a string literal");
    return set(id, none_type);
  }
  std::string text;
  size_t next = 1;
  for (const FormatPiece &piece : parse_format(literal->text, at(node.arguments[0]).span, *out_)) {
    text += piece.text;
    if (!piece.has_conversion || next >= node.arguments.size()) continue;
    ExprId argument = node.arguments[next++];
    if (const std::string *words = text_of(argument))
      text += *words;
    else if (auto number = constant_of(argument))
      text += fmt::format("{}", static_cast<int64_t>(*number));
    else
      text += source_text(at(argument).span);
  }
  out_->error(at(id).span, "{}", text.empty() ? "the script says `fail`" : text);
  return set(id, none_type);
}

/// "KILL", "SIGKILL" or 9.
Type Checker::send_signal(ExprId id, const Call &node) {
  ExprId which = node.arguments[0];
  Type type = value(which);
  if (const std::string *text = text_of(which)) {
    std::string wanted = text->starts_with("SIG") ? *text : "SIG" + *text;
    for (const CEnumerator &signal : *types_->enumeration("signal_name"))
      if (signal.name == wanted) {
        set(which, u64_type, UseConstant{static_cast<uint64_t>(signal.value)});
        return set(id, none_type);
      }
    out_->error(at(which).span, "there is no signal `{}`", brief(*text)).help("for example `\"KILL\"`, or a number");
    return set(id, none_type);
  }
  number(which, fmt::format("what `{}` sends", node.callee.builtin->name));
  auto known = constant_of(which);
  if (type.is_number() && known && (*known < 1 || *known > last_signal))
    out_->error(at(which).span, "there is no signal {}", static_cast<int64_t>(*known))
        .help("signals are numbered from 1 to {}", last_signal);
  return set(id, none_type);
}

/// The first word of the probe's name.
Type Checker::probe_type(ExprId id) {
  const std::string &name = body_->group.provider;
  return set(id, string_type(whole_words(static_cast<uint32_t>(name.size()) + 1)), UseText{name});
}

Type Checker::address_space(ExprId id, const Call &node) {
  Type type = node.callee.builtin->result();
  Type given = value(node.arguments[0]);
  if (given.kind == Kind::unknown) return set(id, given);
  number(node.arguments[0], fmt::format("what `{}` takes", node.callee.builtin->name));
  type.pointee = given.pointee;
  return set(id, type);
}

}  // namespace awl
