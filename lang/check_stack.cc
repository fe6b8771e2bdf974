// SPDX-License-Identifier: GPL-2.0-only
// Stacks and addresses: kstack, kstack(10), ustack(perf, 5), kaddr("name"), reg("ip").
#include <algorithm>

#include "bpf_lib/awl_abi.h"
#include "lang/check.h"
#include "lang/registers.h"

namespace awl {
namespace {

constexpr std::string_view modes[] = {"bpftrace", "perf", "raw", "build_id"};

}  // namespace

bool is_stack_mode(std::string_view word) { return std::ranges::find(modes, word) != std::end(modes); }

std::optional<std::string> Checker::stack_mode(ExprId argument) const {
  const auto *word = std::get_if<NameRef>(&at(argument).node);
  if (!word || !is_stack_mode(word->name.text)) return std::nullopt;
  return word->name.text == "bpftrace" ? "" : word->name.text;
}

/// [mode,] [depth], the latter known before the script runs.
Type Checker::stack(ExprId id, const Call &node) {
  Type type = node.callee.builtin->result();
  std::span<const ExprId> rest = node.arguments;
  type.name = options_.stack_mode;
  std::optional<std::string> mode = rest.empty() ? std::nullopt : stack_mode(rest[0]);
  if (mode) type.name = *mode, rest = rest.subspan(1);
  if (rest.empty()) return set(id, type);
  Span span = at(rest[0]).span;
  if (rest.size() > 1 || std::holds_alternative<NameRef>(at(rest[0]).node)) {
    out_->error(span, "`{}` is no form of a stack", source_text(span))
        .help("the forms are {}; a depth comes behind, as in `{}(perf, 5)`", fmt::join(modes, ", "),
              node.callee.builtin->name);
    return set(id, type);
  }
  number(rest[0], "the depth of a stack");
  std::optional<uint64_t> depth = constant_of(rest[0]);
  const uint32_t most = std::max<uint32_t>(options_.most_frames, AWL_STACK_MOST);
  if (!depth || *depth < 1 || *depth > most) {
    auto message = out_->error(span, "the depth of a stack is a number from 1 to {}", most);
    if (depth && *depth > most && *depth < AWL_STACK_WHOLE)
      message.help("the kernel walks over more frames after `sysctl kernel.perf_event_max_stack={}`", *depth);
    return set(id, type);
  }
  return set(id, type, UseDepth{static_cast<uint32_t>(*depth)});
}

Type Checker::kernel_address(ExprId id, const Call &node) {
  value(node.arguments[0]);
  if (!text_of(node.arguments[0]))
    out_->error(at(node.arguments[0]).span, "the name for `{}` must be a string literal", node.callee.builtin->name)
        .help("write `{}(\"jiffies_64\")`", node.callee.builtin->name);
  return set(id, pointer_type(AddressSpace::kernel, ""));
}

Type Checker::processor_register(ExprId id, const Call &node) {
  value(node.arguments[0]);
  Span span = at(node.arguments[0]).span;
  const std::string *name = text_of(node.arguments[0]);
  if (!name)
    out_->error(span, "the name of a register must be a string literal").help("write `reg(\"ip\")`");
  else if (!register_offset(*name))
    out_->error(span, "there is no register `{}`", brief(*name))
        .help("the registers are {}", fmt::join(register_names(), ", "));
  return set(id, u64_type);
}

}  // namespace awl
