// SPDX-License-Identifier: GPL-2.0-only
// What probes on kernel functions share; see functions.h.
#include "runtime/providers/functions.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "runtime/providers/spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr std::string_view kernel_itself = "vmlinux";
constexpr uint32_t slot_size = 8;
/// Integer arguments that the calling convention puts into registers.
constexpr uint64_t register_arguments = 6;

/// "16" or "0x10".
std::optional<uint64_t> parse_offset(std::string_view text) {
  const bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  uint64_t offset = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset, is_hex ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return offset;
}

/// Take "+offset" off the pattern's function. False when it is wrong.
bool take_offset(const ProbeSpec &spec, FunctionProbe probe, FunctionPattern &pattern, Diagnostics &diagnostics) {
  const size_t plus = pattern.function.find('+');
  if (plus == pattern.function.npos) return true;
  const std::string_view text = pattern.function.substr(plus + 1);
  pattern.function = pattern.function.substr(0, plus);
  const std::optional<uint64_t> offset = parse_offset(text);
  const Span place = part_span(spec, text);
  const bool is_taken = offset && (*offset == 0 || (probe.name == "kprobe" && !pattern.has_glob()));
  if (is_taken)
    pattern.offset = *offset;
  else if (!offset)
    diagnostics.error(place, "`{}` is not an offset: a number of bytes is, as 16 or 0x10", text);
  else if (probe.name != "kprobe")
    diagnostics.error(place, "`{}` takes no offset: it is at the function's {}", probe.name,
                      probe.at_exit ? "return" : "first instruction");
  else
    diagnostics.error(place, "an offset needs one function, and `{}` is a pattern", pattern.function);
  return is_taken;
}

bool is_pointer(const Type &type) { return type.kind == Kind::pointer; }
bool is_value(const Type &type) { return type.kind == Kind::pointer || type.kind == Kind::integer; }

/// A direct load of a pointer would give the verifier a typed pointer, with which it allows no arithmetic.
Access slot_access(const Type &type, uint32_t slot) {
  if (is_pointer(type)) return LibraryCall{"awl_trace_arg", {slot}};
  return ContextLoad{slot * slot_size};
}

uint32_t slots_of(const Type &type) { return std::max(1u, (type.size + slot_size - 1) / slot_size); }

}  // namespace

bool FunctionPattern::has_glob() const { return is_glob(module) || is_glob(function); }

namespace {

/// An address in place of a function. False when that is wrong here.
bool take_address(const ProbeSpec &spec, FunctionProbe probe, const ResolveOptions &options, FunctionPattern &pattern,
                  Diagnostics &diagnostics) {
  if (pattern.function.empty() || pattern.function[0] < '0' || pattern.function[0] > '9') return true;
  const std::optional<uint64_t> address = parse_offset(pattern.function);
  const Span place = part_span(spec, pattern.function);
  const bool is_kprobe = probe.name == "kprobe" || probe.name == "kretprobe";
  if (!address || *address == 0) {
    diagnostics.error(place, "`{}` is neither a function nor an address", pattern.function);
  } else if (!is_kprobe || !pattern.module.empty()) {
    diagnostics.error(place, "`{}` takes no address, but the name of a function", probe.name)
        .help("try `{}:{}`", probe.at_exit ? "kretprobe" : "kprobe", pattern.function);
  } else if (!options.unsafe) {
    diagnostics
        .error(place, "an address may lie in the middle of an instruction, and a probe there brings the kernel down")
        .help("`--unsafe` allows it");
  } else {
    pattern.address = *address;
    return true;
  }
  return false;
}

}  // namespace

std::optional<KernelFunction> described_function(const Kernel &kernel, const FunctionPattern &pattern) {
  if (pattern.address != 0) return std::nullopt;
  const std::string name(pattern.function);
  std::optional<KernelFunction> own = kernel.function(name);
  const bool is_own = pattern.module == kernel_itself || pattern.module.empty();
  if (is_own && own) return own;
  // libbpf looks for a name, and would find the kernel's own function first.
  if (own || pattern.module == kernel_itself) return std::nullopt;
  const std::string module = pattern.module.empty() ? kernel.module_of(name) : std::string(pattern.module);
  return module.empty() ? std::nullopt : kernel.module_function(module, name);
}

std::optional<FunctionPattern> parse_function(const ProbeSpec &spec, FunctionProbe probe, const ResolveOptions &options,
                                              Diagnostics &diagnostics) {
  const std::string_view rest = after_provider(spec);
  const size_t colon = rest.find(':');
  FunctionPattern pattern = {.function = rest};
  if (colon != rest.npos) pattern = {.module = rest.substr(0, colon), .function = rest.substr(colon + 1)};
  // A function of the kernel itself is found first anyway, so it may go the way of those without a module.
  if (pattern.module == kernel_itself && !is_glob(pattern.function)) pattern.module = {};
  if (!take_address(spec, probe, options, pattern, diagnostics)) return std::nullopt;
  if (!take_offset(spec, probe, pattern, diagnostics)) return std::nullopt;
  const bool is_whole =
      !pattern.function.empty() && pattern.function.find(':') == rest.npos && (colon == rest.npos || colon > 0);
  if (is_whole) return pattern;
  diagnostics
      .error(spec.span, "`{}` is not of the form `{}:[module:]function{}`", spec.text, probe.name,
             probe.name == "kprobe" ? "[+offset]" : "")
      .help("for example `{}:vfs_read`", probe.name);
  return std::nullopt;
}

Result<std::vector<TraceableFunction>> matching_functions(const Kernel &kernel, const FunctionPattern &pattern) {
  const Result<std::vector<TraceableFunction>> &all = kernel.traceable_functions();
  if (!all) return all.error();
  std::vector<TraceableFunction> matching;
  for (const TraceableFunction &function : *all) {
    const std::string_view module = function.module.empty() ? kernel_itself : function.module;
    if (!pattern.module.empty() && !glob_match(pattern.module, module)) continue;
    if (glob_match(pattern.function, function.name)) matching.push_back(function);
  }
  if (!matching.empty() && matching.front().address == 0) keep_each_name_once(matching);
  return matching;
}

void keep_each_name_once(std::vector<TraceableFunction> &functions) {
  const auto repeated = std::ranges::unique(functions, {}, &TraceableFunction::name);
  functions.erase(repeated.begin(), repeated.end());
}

void report_no_function(const Kernel &kernel, const ProbeSpec &spec, const FunctionPattern &pattern,
                        Diagnostics &diagnostics) {
  const std::string_view provider = std::string_view(spec.text).substr(0, spec.text.find(':'));
  const std::string_view rest = after_provider(spec);
  if (pattern.has_glob()) {
    diagnostics.error(part_span(spec, rest), "no kernel function matches `{}`", rest)
        .help("to see them all: awl -l '{}:*'", provider);
    return;
  }
  std::vector<std::string_view> names;
  const Result<std::vector<TraceableFunction>> &all = kernel.traceable_functions();
  if (all)
    for (const TraceableFunction &function : *all) names.push_back(function.name);
  const std::optional<std::string_view> near = did_you_mean(pattern.function, names);
  const std::string where = pattern.module.empty() ? "" : fmt::format(" in the module `{}`", pattern.module);
  Diagnostics::Draft draft =
      diagnostics.error(part_span(spec, pattern.function), "no kernel function `{}`{}", pattern.function, where);
  if (near && *near != pattern.function)
    draft.help("did you mean `{}`?", *near);
  else if (near)
    draft.help("it can be traced as `{}:{}`", provider, *near);
}

Target function_target(FunctionProbe probe, const FunctionPattern &pattern, std::string_view function) {
  const bool has_module = !pattern.module.empty() && pattern.module != kernel_itself && !is_glob(pattern.module);
  if (pattern.address != 0)
    return {.name = fmt::format("{}:{:#x}", probe.name, pattern.address),
            .function = fmt::format("{:#x}", pattern.address),
            .number = pattern.address};
  Target target = {.function = std::string(function), .number = pattern.offset};
  target.attach = has_module ? fmt::format("{}:{}", pattern.module, function) : std::string(function);
  target.name = fmt::format("{}:{}", probe.name, target.attach);
  if (pattern.offset > 0) target.name += fmt::format("+{}", pattern.offset);
  return target;
}

std::vector<Field> trampoline_fields(const KernelFunction &function, bool at_exit, bool has_entry, bool has_names) {
  std::vector<Field> fields;
  uint32_t slot = 0;
  for (size_t i = 0; i < function.parameters.size(); i++) {
    const auto &[name, type] = function.parameters[i];
    if (has_entry && is_value(type)) fields.push_back({fmt::format("arg{}", i), type, slot_access(type, slot)});
    if (has_entry && has_names && is_value(type) && !name.empty())
      fields.push_back({"args." + name, type, slot_access(type, slot)});
    slot += slots_of(type);
  }
  if (at_exit && is_value(function.result))
    fields.push_back({"retval", function.result, slot_access(function.result, slot)});
  return fields;
}

std::vector<Field> register_fields(const KernelFunction *function, bool at_exit) {
  if (at_exit) {
    const Type type = function == nullptr ? s64_type : function->result;
    if (!is_value(type)) return {};
    return {{"retval", type, LibraryCall{"awl_kprobe_return", {}}}};
  }
  std::vector<Field> fields;
  bool is_typed = function != nullptr;
  for (uint64_t i = 0; i < register_arguments; i++) {
    // Behind a struct that is passed by value, registers and parameters no longer count alike.
    is_typed = is_typed && i < function->parameters.size() && is_value(function->parameters[i].second);
    fields.push_back({fmt::format("arg{}", i), is_typed ? function->parameters[i].second : u64_type,
                      LibraryCall{"awl_kprobe_arg", {i}}});
  }
  return fields;
}

Error cannot_trace(std::string_view name, const Error &reason) {
  Error error = {.why = reason.why, .help = reason.help, .kind = reason.kind};
  const bool is_kernel = reason.kind == ErrorKind::unsupported;
  error.what =
      is_kernel ? fmt::format("{} cannot be traced by this kernel", name) : fmt::format("cannot trace {}", name);
  if (is_kernel) error.help = "`--vm` runs the same command on a kernel that can";
  return error;
}

bool fits_trampoline(const KernelFunction &function) {
  const Type &result = function.result;
  return !function.variadic && (is_value(result) || result.kind == Kind::none);
}

std::vector<std::string> function_details(const KernelFunction &function) {
  std::vector<std::string> details;
  for (const std::string &declaration : function.declarations) details.push_back("    " + declaration);
  details.push_back(fmt::format("    {} retval", function.result_declaration));
  return details;
}

}  // namespace awl
