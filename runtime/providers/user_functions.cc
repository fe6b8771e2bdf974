// SPDX-License-Identifier: GPL-2.0-only
// Functions of user programs; see user_functions.h.
#include "runtime/providers/user_functions.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/calling.h"
#include "runtime/function_names.h"
#include "runtime/machine_code.h"
#include "src/base/text.h"

namespace awl {
namespace {

bool name_matches(std::string_view pattern, std::string_view name) {
  // Names like `operator[]` are patterns of themselves, too.
  return pattern == name || glob_match(pattern, name);
}

Convention convention_of(const ProgramFile &binary, const ElfFunction &function) {
  return binary.elf->is_go(function) ? Convention::go : Convention::c;
}

bool is_value(const Type &type) {
  return type.kind == Kind::integer || type.kind == Kind::pointer || type.kind == Kind::boolean;
}

/// The type of the parameter that lies at the place.
Type type_at(const FunctionSignature *signature, const ArgumentPlace &place) {
  if (signature != nullptr)
    for (const FunctionParameter &parameter : signature->parameters)
      if (parameter.place == place && is_value(parameter.type)) return parameter.type;
  return u64_type;
}

std::vector<Field> entry_fields(Convention convention, const FunctionSignature *signature) {
  std::vector<Field> fields;
  for (uint64_t i = 0; const std::optional<ArgumentPlace> place = plain_argument(convention, i); i++) {
    const Type type = type_at(signature, *place);
    fields.push_back({fmt::format("arg{}", i), type, *argument_access(*place, type.width)});
  }
  return fields;
}

std::vector<Field> named_fields(const FunctionSignature &signature) {
  std::vector<Field> fields;
  for (const FunctionParameter &parameter : signature.parameters) {
    const bool is_whole = parameter.type.kind == Kind::structure;
    const std::optional<Access> access =
        is_whole ? structure_access(parameter.place) : argument_access(parameter.place, parameter.type.width);
    if (!access || parameter.name.empty() || !(is_whole || is_value(parameter.type))) continue;
    Field field = {"args." + parameter.name, parameter.type, *access};
    if (is_whole && std::holds_alternative<LibraryCall>(*access)) field.type.space = AddressSpace::user;
    fields.push_back(std::move(field));
  }
  return fields;
}

/// All names that the function could be meant by.
std::optional<NamedFunction> match(const ElfFunction &function, const UserSpec &spec) {
  const std::string_view pattern = spec.function.text;
  if (!spec.is_demangled) {
    if (!name_matches(pattern, function.name)) return std::nullopt;
    return NamedFunction{&function, std::string(function.name)};
  }
  std::optional<std::string> name = demangle_function(std::string(function.name).c_str());
  if (!name || (!name_matches(pattern, *name) && !name_matches(pattern, without_parameters(*name))))
    return std::nullopt;
  return NamedFunction{&function, std::move(*name), true};
}

}  // namespace

std::string NamedFunction::spec() const { return is_demangled ? fmt::format("cpp:\"{}\"", label) : spec_quoted(label); }

std::vector<NamedFunction> matching_functions(const ProgramFile &binary, const UserSpec &spec) {
  const std::vector<ElfFunction> &all = binary.elf->functions();
  auto begin = all.begin(), end = all.end();
  const bool is_plain = !spec.is_demangled && !is_glob(spec.function.text);
  if (is_plain)
    std::tie(begin, end) = [&] {
      const auto range = std::ranges::equal_range(all, std::string_view(spec.function.text), {}, &ElfFunction::name);
      return std::pair(range.begin(), range.end());
    }();
  std::vector<NamedFunction> matching;
  for (auto function = begin; function != end; ++function) {
    std::optional<NamedFunction> one = match(*function, spec);
    // What only chooses an implementation is not what a pattern is for.
    if (one && (is_plain || !function->is_indirect)) matching.push_back(std::move(*one));
  }
  // A place with several names counts once; which name is the first is the same in every run.
  const auto address = [](const NamedFunction &one) { return one.function->address; };
  std::ranges::stable_sort(matching, {}, address);
  const auto repeated = std::ranges::unique(matching, {}, address);
  matching.erase(repeated.begin(), repeated.end());
  std::ranges::stable_sort(matching, {}, &NamedFunction::label);
  return matching;
}

std::optional<std::string> nearest_function(const ProgramFile &binary, const UserSpec &spec) {
  std::vector<std::string> demangled;
  std::vector<std::string_view> names;
  for (const ElfFunction &function : binary.elf->functions()) {
    std::optional<std::string> name;
    if (spec.is_demangled) name = demangle_function(std::string(function.name).c_str());
    if (name)
      demangled.emplace_back(without_parameters(*name));
    else if (!spec.is_demangled)
      names.push_back(function.name);
  }
  names.insert(names.end(), demangled.begin(), demangled.end());
  const auto near = did_you_mean(spec.function.text, names);
  if (!near) return std::nullopt;
  return std::string(*near);
}

std::vector<Field> function_fields(const ProgramFile &binary, const ElfFunction &function, bool at_exit,
                                   const FunctionSignature *signature) {
  if (!at_exit) {
    std::vector<Field> fields = entry_fields(convention_of(binary, function), signature);
    if (signature != nullptr) std::ranges::move(named_fields(*signature), std::back_inserter(fields));
    return fields;
  }
  const Type type = signature == nullptr ? s64_type : signature->result;
  if (!is_value(type)) return {};
  return {{"retval", type, register_access({Register::ax, type.width})}};
}

std::vector<Field> inlined_fields(const FunctionSignature &signature) { return named_fields(signature); }

std::vector<Field> instruction_fields() {
  std::vector<Field> fields;
  for (uint64_t i = 0; const std::optional<ArgumentPlace> place = plain_argument(Convention::c, i); i++) {
    // The stack pointer has moved since the entry.
    if (!std::holds_alternative<Register>(*place)) break;
    fields.push_back({fmt::format("arg{}", i), u64_type, *argument_access(*place, 8)});
  }
  return fields;
}

Result<std::vector<uint64_t>> entry_addresses(const ProgramFile &binary, const ElfFunction &function) {
  uint64_t address = function.address;
  if (binary.elf->is_go(function)) address += behind_stack_check(binary.elf->code(address, function.size));
  return std::vector<uint64_t>{address};
}

Result<std::vector<uint64_t>> return_addresses(const ProgramFile &binary, const ElfFunction &function) {
  if (!binary.elf->is_go(function)) return std::vector<uint64_t>{};
  const auto offsets = return_offsets(binary.elf->code(function.address, function.size));
  if (!offsets)
    return Error{.what = fmt::format("cannot find where `{}` returns", function.name),
                 .why = "its code cannot be decoded"};
  if (offsets->empty()) return Error{.what = fmt::format("`{}` never returns", function.name)};
  std::vector<uint64_t> addresses;
  for (const uint64_t offset : *offsets) addresses.push_back(function.address + offset);
  return addresses;
}

Status check_address(const ProgramFile &binary, uint64_t address) {
  constexpr uint64_t longest_instruction = 15;
  if (!binary.elf->code_offset(address)) return Error{.what = fmt::format("there is no code at 0x{:x}", address)};
  const ElfFunction *function = binary.elf->function_at(address);
  if (function == nullptr) return Done{};
  const uint64_t offset = address - function->address;
  const auto begins = begins_instruction(binary.elf->code(function->address, offset + longest_instruction), offset);
  if (!begins) return Error{.what = fmt::format("cannot decode the code of `{}`", function->name)};
  if (!*begins)
    return Error{.what = fmt::format("no instruction starts at `{}+{}`", function->name, offset),
                 .help = "`objdump -d` shows where instructions start"};
  return Done{};
}

}  // namespace awl
