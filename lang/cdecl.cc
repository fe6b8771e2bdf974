// SPDX-License-Identifier: GPL-2.0-only
#include "lang/cdecl.h"

#include <algorithm>

#include <fmt/format.h>

#include "lang/cdecl_parse.h"
#include "lang/constants.h"

namespace awl {
namespace {

/// C's own types. `long` has 8 bytes, as everywhere on 64-bit Linux.
std::optional<Type> basic_type(std::string_view spelling) {
  bool is_unsigned = false;
  uint8_t width = 4;
  while (!spelling.empty()) {
    const std::string_view word = spelling.substr(0, spelling.find(' '));
    spelling.remove_prefix(std::min(word.size() + 1, spelling.size()));
    if (word == "unsigned")
      is_unsigned = true;
    else if (word == "char")
      width = 1;
    else if (word == "short")
      width = 2;
    else if (word == "long")
      width = 8;
    else if (word == "bool" || word == "_Bool")
      return bool_type;
    else if (word == "void")
      return none_type;
    else if (word != "signed" && word != "int")
      return std::nullopt;
  }
  return integer_type(width, !is_unsigned);
}

/// The text of a string literal of C, or of several in a row; nothing for what is none.
std::optional<std::string> string_value(std::string_view literal) {
  constexpr std::string_view letters = "ntr\"\\0", bytes{"\n\t\r\"\\\0", 6};
  std::string text;
  bool open = false, any = false;
  for (size_t i = 0; i < literal.size(); i++) {
    if (literal[i] == '"') {
      open = !open, any = true;
    } else if (!open) {
      if (literal[i] != ' ' && literal[i] != '\t') return std::nullopt;
    } else if (literal[i] != '\\') {
      text += literal[i];
    } else {
      size_t which = i + 1 < literal.size() ? letters.find(literal[++i]) : letters.npos;
      if (which == letters.npos) return std::nullopt;
      text += bytes[which];
    }
  }
  return any && !open ? std::optional(text) : std::nullopt;
}

struct FixedWidth {
  std::string_view name;
  uint8_t width;
  bool is_signed;
};
constexpr FixedWidth fixed_widths[] = {
    {"int8", 1, true},       {"int16", 2, true},        {"int32", 4, true},      {"int64", 8, true},
    {"uint8", 1, false},     {"uint16", 2, false},      {"uint32", 4, false},    {"uint64", 8, false},
    {"int8_t", 1, true},     {"int16_t", 2, true},      {"int32_t", 4, true},    {"int64_t", 8, true},
    {"uint8_t", 1, false},   {"uint16_t", 2, false},    {"uint32_t", 4, false},  {"uint64_t", 8, false},
    {"__s8", 1, true},       {"__s16", 2, true},        {"__s32", 4, true},      {"__s64", 8, true},
    {"__u8", 1, false},      {"__u16", 2, false},       {"__u32", 4, false},     {"__u64", 8, false},
    {"s8", 1, true},         {"s16", 2, true},          {"s32", 4, true},        {"s64", 8, true},
    {"u8", 1, false},        {"u16", 2, false},         {"u32", 4, false},       {"u64", 8, false},
    {"size_t", 8, false},    {"ssize_t", 8, true},      {"pid_t", 4, true},      {"uid_t", 4, false},
    {"gid_t", 4, false},     {"mode_t", 4, false},      {"off_t", 8, true},      {"loff_t", 8, true},
    {"dev_t", 8, false},     {"ino_t", 8, false},       {"time_t", 8, true},     {"clockid_t", 4, true},
    {"uintptr_t", 8, false}, {"intptr_t", 8, true},     {"ptrdiff_t", 8, true},  {"socklen_t", 4, false},
    {"__be16", 2, false},    {"__be32", 4, false},      {"__be64", 8, false},    {"__le16", 2, false},
    {"__le32", 4, false},    {"__le64", 8, false},      {"uint", 4, false},      {"ulong", 8, false},
    {"ushort", 2, false},    {"sa_family_t", 2, false}, {"in_port_t", 2, false}, {"in_addr_t", 4, false},
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  const size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::string_view first_word(std::string_view text) {
  const std::vector<CToken> tokens = c_tokens(text);
  return tokens[0].kind == CToken::Kind::word ? tokens[0].text : std::string_view();
}

}  // namespace

std::optional<Type> DeclaredTypes::find(std::string_view spelling) const {
  if (const auto found = structures_.find(spelling); found != structures_.end())
    return structure_type(found->first, static_cast<uint32_t>(found->second.structure.size));
  if (const auto found = typedefs_.find(spelling); found != typedefs_.end() && found->second.type.kind != Kind::unknown)
    return found->second.type;
  if (!enumerations_.contains(spelling)) return std::nullopt;
  Type type = integer_type(4, true);
  type.name = spelling;
  return type;
}

std::optional<Type> DeclaredTypes::type_of(std::string_view spelling) const {
  if (std::optional<Type> own = find(spelling)) return own;
  if (std::optional<Type> basic = basic_type(spelling)) return basic;
  const auto fixed = std::ranges::find(fixed_widths, spelling, &FixedWidth::name);
  if (fixed != std::end(fixed_widths)) return integer_type(fixed->width, fixed->is_signed);
  return outside_ ? outside_->find(spelling) : std::nullopt;
}

const CStructure *DeclaredTypes::structure(std::string_view spelling) const {
  const auto found = structures_.find(spelling);
  return found == structures_.end() ? nullptr : &found->second.structure;
}

const std::vector<CEnumerator> *DeclaredTypes::enumeration(std::string_view spelling) const {
  const auto found = enumerations_.find(spelling);
  return found == enumerations_.end() ? nullptr : &found->second;
}

std::optional<CConstant> DeclaredTypes::constant(std::string_view name) const {
  if (const auto found = constants_.find(name); found != constants_.end()) return found->second;
  if (const auto found = definitions_.find(name); found != definitions_.end()) {
    if (std::optional<std::string> text = string_value(found->second))
      return CConstant{.type = string_type(static_cast<uint32_t>(text->size() + 1)), .text = std::move(*text)};
    const std::optional<int64_t> value = evaluate(*this, found->second);
    return value ? std::optional(CConstant{static_cast<uint64_t>(*value), s64_type}) : std::nullopt;
  }
  if (std::optional<CConstant> foreign = outside_ ? outside_->constant(name) : std::nullopt) return foreign;
  const std::optional<int64_t> well_known = system_constant(name);
  return well_known ? std::optional(CConstant{static_cast<uint64_t>(*well_known), s64_type}) : std::nullopt;
}

std::vector<std::string> DeclaredTypes::known_names() const {
  std::vector<std::string> names;
  for (const auto &[name, structure] : structures_) names.push_back(name);
  for (const auto &[name, enumerators] : enumerations_) names.push_back(name);
  for (const auto &[name, alias] : typedefs_) names.push_back(name);
  return names;
}

void DeclaredTypes::declare(const Source &source, Span text, Diagnostics &diagnostics) {
  CParser(*this, source, text, diagnostics).declarations();
}

void DeclaredTypes::define(const Source &source, Span text, Diagnostics &diagnostics) {
  const std::string_view line = source.slice(text);
  const std::string_view name = first_word(line);
  if (name.empty()) {
    diagnostics.error(text, "`#define` gives no name");
    return;
  }
  const size_t end = static_cast<size_t>(name.data() - line.data()) + name.size();
  if (end < line.size() && line[end] == '(') {
    diagnostics.error(text, "`#define` with parameters is not part of the language")
        .help("write `macro {}(x) {{ ... }}`, whose parameters are expressions, `$variables` and `@maps`", name);
    return;
  }
  definitions_[std::string(name)] = trimmed(line.substr(end));
}

void DeclaredTypes::undefine(const Source &source, Span text) {
  const std::string_view name = first_word(source.slice(text));
  if (const auto found = definitions_.find(name); found != definitions_.end()) definitions_.erase(found);
}

bool DeclaredTypes::is_defined(std::string_view name) const {
  const std::string_view word = trimmed(name);
  return word == "BPFTRACE_HAVE_BTF" || definitions_.contains(word);
}

bool DeclaredTypes::condition(const Source &source, Span text, Diagnostics &diagnostics) const {
  const std::optional<int64_t> value = evaluate(*this, source.slice(text));
  if (!value)
    diagnostics.error(text, "this condition has no value here")
        .help("it may use numbers, `defined(NAME)` and `#define`s");
  return value.value_or(0) != 0;
}

const std::string *DeclaredTypes::definition(std::string_view name) const {
  const auto found = definitions_.find(name);
  return found == definitions_.end() ? nullptr : &found->second;
}

void DeclaredTypes::add_structure(CStructure structure, uint64_t alignment) {
  std::string spelling = structure.spelling;
  structures_.insert_or_assign(std::move(spelling), Laid{std::move(structure), alignment});
}

void DeclaredTypes::add_enumeration(std::string spelling, std::vector<CEnumerator> enumerators) {
  enumerations_.insert_or_assign(std::move(spelling), std::move(enumerators));
}

void DeclaredTypes::add_typedef(std::string name, Type type, std::string spelling) {
  typedefs_.insert_or_assign(std::move(name), Alias{std::move(type), std::move(spelling)});
}

void DeclaredTypes::add_constant(std::string name, int64_t value, const Type &type) {
  constants_.insert_or_assign(std::move(name), CConstant{static_cast<uint64_t>(value), type});
}

uint64_t DeclaredTypes::alignment_of(const Type &type) const {
  if (type.kind == Kind::array) return type.parts.empty() ? 1 : alignment_of(type.parts[0].type);
  if (type.kind != Kind::structure) return type.is_number() ? type.width : 8;
  if (const auto found = structures_.find(type.name); found != structures_.end()) return found->second.alignment;
  const CStructure *foreign = outside_ ? outside_->structure(type.name) : nullptr;
  uint64_t alignment = 1;
  if (foreign)
    for (const CMember &member : foreign->members) alignment = std::max(alignment, alignment_of(member.type));
  return alignment;
}

std::string DeclaredTypes::unnamed(std::string_view tag) { return fmt::format("{} {{script {}}}", tag, ++unnamed_); }

const std::string &DeclaredTypes::resolved(const std::string &name) const {
  const auto found = typedefs_.find(name);
  return found == typedefs_.end() || found->second.spelling.empty() ? name : found->second.spelling;
}

}  // namespace awl
