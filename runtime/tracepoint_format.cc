// SPDX-License-Identifier: GPL-2.0-only
// The format files of tracefs, which say how a tracepoint's record lies in memory, and the types of its fields in
// the language. Pure functions of text.
//
//   name: sched_switch
//   ID: 372
//   format:
//   	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
//
//   	field:char prev_comm[16];	offset:8;	size:16;	signed:0;
//   	field:__data_loc char[] name;	offset:24;	size:4;	signed:0;
//
//   print fmt: "prev_comm=%s ...
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "runtime/kernel.h"
#include "src/base/text.h"

namespace awl {
namespace {

Error bad_line(size_t number, std::string_view line, std::string_view why) {
  return {.what = "cannot understand the tracepoint's format",
          .why = fmt::format("{} in line {}: `{}`", why, number, escape_text(line))};
}

/// The number of the part "KEY:NUMBER".
std::optional<uint32_t> number_of(std::string_view part, std::string_view key) {
  part = trim(part);
  if (!part.starts_with(key)) return std::nullopt;
  part.remove_prefix(key.size());
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return number;
}

bool is_name_byte(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Split the C declaration into name and type: "char comm[16]", "const char * name", "__data_loc char[] name".
void take_declaration(std::string_view declaration, TracepointField &field) {
  field.declaration = declaration;
  std::string_view dimension;
  if (declaration.ends_with(']')) {
    const size_t open = std::min(declaration.find('['), declaration.size());
    dimension = declaration.substr(open);
    declaration = declaration.substr(0, open);
  }
  size_t begin = declaration.size();
  while (begin > 0 && is_name_byte(declaration[begin - 1])) begin--;
  field.name = declaration.substr(begin);
  std::string_view type = trim(declaration.substr(0, begin));
  field.is_array = !dimension.empty();
  for (auto [prefix, flag] :
       {std::pair{"__data_loc ", &field.is_data_location}, std::pair{"__rel_loc ", &field.is_relative_location}}) {
    *flag = type.starts_with(prefix);
    if (*flag) type.remove_prefix(std::string_view(prefix).size());
  }
  field.c_type = std::string(type) + std::string(dimension);
}

Result<TracepointField> parse_field(size_t number, std::string_view line) {
  const std::vector<std::string_view> parts = split(line, ';');
  TracepointField field;
  if (parts.size() < 4) return bad_line(number, line, "a field without offset, size and sign");
  const std::optional<uint32_t> offset = number_of(parts[1], "offset:"), size = number_of(parts[2], "size:"),
                                is_signed = number_of(parts[3], "signed:");
  if (!offset || !size || !is_signed) return bad_line(number, line, "a field without offset, size and sign");
  field.offset = *offset;
  field.size = *size;
  field.is_signed = *is_signed != 0;
  take_declaration(trim(trim(parts[0]).substr(std::string_view("field:").size())), field);
  if (field.name.empty() || field.c_type.empty()) return bad_line(number, line, "a field without name or type");
  return field;
}

/// Every argument of a system call takes 8 bytes of the record, whatever its type: the width must come from the
/// declared type. These are all that system calls declare, apart from pointers and enums.
struct NamedType {
  std::string_view name;
  uint8_t width;
  bool is_signed;
};
constexpr NamedType syscall_types[] = {
    {"int", 4, true},       {"unsigned int", 4, false},  {"unsigned", 4, false},
    {"long", 8, true},      {"unsigned long", 8, false}, {"size_t", 8, false},
    {"ssize_t", 8, true},   {"loff_t", 8, true},         {"off_t", 8, true},
    {"pid_t", 4, true},     {"uid_t", 4, false},         {"gid_t", 4, false},
    {"umode_t", 2, false},  {"u32", 4, false},           {"__u32", 4, false},
    {"__s32", 4, true},     {"u64", 8, false},           {"__u64", 8, false},
    {"clockid_t", 4, true}, {"timer_t", 4, true},        {"mqd_t", 4, true},
    {"key_t", 4, true},     {"key_serial_t", 4, true},   {"rwf_t", 4, true},
    {"qid_t", 4, false},    {"aio_context_t", 8, false},
};
/// Names behind which system calls hide a pointer.
constexpr std::string_view syscall_pointers[] = {"cap_user_header_t", "cap_user_data_t", "__sighandler_t"};

std::string_view without_qualifiers(std::string_view type) {
  for (std::string_view qualifier : {"const ", "volatile "})
    if (type.starts_with(qualifier)) type.remove_prefix(qualifier.size());
  return trim(type);
}

/// "const char *" -> "char", "struct stat *" -> "struct stat"; empty where nothing is pointed to.
std::string pointee_of(std::string_view type) {
  type = without_qualifiers(type);
  return type.ends_with('*') ? std::string(trim(type.substr(0, type.size() - 1))) : std::string();
}

Type syscall_argument_type(const TracepointField &field) {
  const std::string_view type = without_qualifiers(field.c_type);
  if (field.c_type.find('*') != field.c_type.npos || std::ranges::count(syscall_pointers, type) > 0)
    return pointer_type(AddressSpace::user, pointee_of(type));
  for (const NamedType &row : syscall_types)
    if (row.name == type) return integer_type(row.width, row.is_signed);
  if (type.starts_with("enum ")) return integer_type(4, false);
  return integer_type(8, field.is_signed);
}

bool is_text(std::string_view c_type) { return without_qualifiers(c_type).starts_with("char["); }

}  // namespace

Result<std::vector<TracepointField>> parse_tracepoint_format(std::string_view text) {
  std::vector<TracepointField> fields;
  bool in_format = false;
  size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    number++;
    if (line.starts_with("print fmt:")) break;
    if (line.starts_with("format:")) in_format = true;
    if (!trim(line).starts_with("field:")) continue;
    const Result<TracepointField> field = parse_field(number, line);
    if (!field) return field.error();
    fields.push_back(*field);
  }
  if (!in_format) return Error{.what = "cannot understand the tracepoint's format", .why = "it has no line `format:`"};
  return fields;
}

Type tracepoint_field_type(const TracepointField &field, bool is_syscall) {
  if (field.is_data_location || field.is_relative_location)
    return is_text(field.c_type) ? string_type(0) : simple_type(Kind::unknown);
  if (field.is_array)
    return is_text(field.c_type) && field.size > 0 ? string_type(field.size) : simple_type(Kind::unknown);
  const bool is_word = field.size == 1 || field.size == 2 || field.size == 4 || field.size == 8;
  if (!is_word) return simple_type(Kind::unknown);
  if (is_syscall && field.size == 8) return syscall_argument_type(field);
  if (field.c_type.ends_with('*') && field.size == 8)
    return pointer_type(AddressSpace::kernel, pointee_of(field.c_type));
  return integer_type(static_cast<uint8_t>(field.size), field.is_signed);
}

}  // namespace awl
