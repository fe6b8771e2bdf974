// SPDX-License-Identifier: GPL-2.0-only
// syscall: entry and return of system calls, by the names that programs know them by. However many are named, one
// program on the tracepoint that all of them pass looks the number up; see syscall_tracepoint.h. Calls of 32-bit
// programs, whose numbers mean other calls, are told apart and left out.
//
// The names and types of arguments come from the tracepoints' format files. A return has them, too: the registers
// are as the program left them, except after the few calls that replace the program's registers.
#include <algorithm>

#include <fmt/format.h>

#include "runtime/providers/groups.h"
#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "runtime/providers/syscall_numbers.h"
#include "runtime/providers/syscall_tracepoint.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr std::string_view at_return = ":return";
constexpr uint32_t arguments = 6;
constexpr std::string_view replacing_registers[] = {"execve", "execveat", "rt_sigreturn"};

struct Pattern {
  std::string_view name;
  bool is_return = false;
};

class Syscall final : public Provider {
 public:
  explicit Syscall(const Kernel &kernel) : kernel_(kernel) {}
  ProviderDoc doc() const override {
    return {.name = "syscall",
            .aliases = {"sc"},
            .form = "syscall:name[:return]",
            .summary =
                "a system call, or all that match a glob; arguments are args.NAME or arg0 ... arg5, and retval "
                "at the return",
            .example = "syscall:read:return { @[args.fd] = quantize(retval); }"};
  }
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override;
  Result<std::vector<std::unique_ptr<Attachment>>> attach(bpf_program *program,
                                                          const TargetGroup &group) const override {
    return attach_dispatch(program, group);
  }
  Result<std::vector<Listed>> list(std::string_view glob, bool details) const override;

 private:
  std::vector<std::string_view> find(const ProbeSpec &, Pattern, Diagnostics &) const;
  std::vector<TracepointField> format_of(std::string_view name) const;
  std::vector<Field> fields_of(std::string_view name, const SyscallEvent &event) const;

  const Kernel &kernel_;
};

std::optional<Pattern> parse(const ProbeSpec &spec, Diagnostics &diagnostics) {
  Pattern pattern = {.name = after_provider(spec)};
  if (pattern.name.ends_with(at_return)) {
    pattern.name.remove_suffix(at_return.size());
    pattern.is_return = true;
  }
  if (!pattern.name.empty() && pattern.name.find(':') == pattern.name.npos) return pattern;
  diagnostics.error(spec.span, "`{}` is not of the form `syscall:name[:return]`", spec.text)
      .help("for example `syscall:openat` or `syscall:openat:return`");
  return std::nullopt;
}

/// Names that the pattern means. The kernel's own name for a call is understood, too.
std::vector<std::string_view> Syscall::find(const ProbeSpec &spec, Pattern pattern, Diagnostics &diagnostics) const {
  const std::vector<std::string_view> all = syscall_names();
  const std::string_view wanted = user_syscall_name(pattern.name);
  std::vector<std::string_view> names;
  for (std::string_view name : all)
    if (glob_match(wanted, name)) names.push_back(name);
  if (!names.empty()) return names;
  Diagnostics::Draft draft = diagnostics.error(part_span(spec, pattern.name), "no system call {} `{}`",
                                               is_glob(wanted) ? "matches" : "is called", pattern.name);
  if (const auto near = is_glob(wanted) ? std::nullopt : did_you_mean(wanted, all); near)
    draft.help("did you mean `syscall:{}{}`?", *near, pattern.is_return ? at_return : "");
  else
    draft.help("to see them all: awl -l 'syscall:*'");
  return {};
}

/// Empty where the kernel has no tracepoint for the call.
std::vector<TracepointField> Syscall::format_of(std::string_view name) const {
  const std::string event = fmt::format("sys_enter_{}", kernel_syscall_name(name));
  Result<std::vector<TracepointField>> format = kernel_.tracepoint_fields("syscalls", event);
  return format ? std::move(*format) : std::vector<TracepointField>();
}

std::vector<Field> Syscall::fields_of(std::string_view name, const SyscallEvent &event) const {
  std::vector<Field> fields;
  if (event.is_exit) fields.push_back({"retval", s64_type, syscall_result(event)});
  if (event.is_exit && std::ranges::find(replacing_registers, name) != std::end(replacing_registers)) return fields;
  for (uint32_t i = 0; i < arguments; i++)
    fields.push_back({fmt::format("arg{}", i), u64_type, LibraryCall{std::string(syscall_argument(event)), {i}}});
  for (Field &field : dispatch_fields({.has_record = event.has_record}, format_of(name))) {
    if (auto *call = std::get_if<LibraryCall>(&field.access)) call->symbol = syscall_argument(event);
    fields.push_back(std::move(field));
  }
  std::erase_if(fields, [](const Field &field) { return field.name == "args.__syscall_nr"; });
  return fields;
}

std::vector<TargetGroup> Syscall::resolve(const ProbeSpec &spec, const BodyUses &uses, const ResolveOptions &options,
                                          Diagnostics &diagnostics, std::optional<Error> &) const {
  const std::optional<Pattern> pattern = parse(spec, diagnostics);
  if (!pattern) return {};
  const bool has_record = options.via == "perf" || (options.via != "raw_tp" && prefers_record(kernel_, options));
  std::vector<TargetGroup> singles;
  for (std::string_view name : find(spec, *pattern, diagnostics)) {
    const SyscallEvent event = {
        .is_exit = pattern->is_return, .number = *syscall_number(name), .has_record = has_record};
    TargetGroup group = {.span = spec.span, .provider = "syscall"};
    group.targets.push_back({.name = fmt::format("syscall:{}{}", name, pattern->is_return ? at_return : ""),
                             .function = std::string(name)});
    put_on_dispatch(group, event);
    if (uses.any()) group.fields = fields_of(name, event);
    singles.push_back(std::move(group));
  }
  leave_out_incomplete(singles, uses, diagnostics);
  std::vector<TargetGroup> groups = merge_targets(std::move(singles), uses, true);
  for (TargetGroup &group : groups) set_dispatch(group, uses.identity);
  return groups;
}

/// As in specs, `*` does not reach over the colon: who wants returns asks for them, or for all of this provider.
Result<std::vector<Listed>> Syscall::list(std::string_view glob, bool details) const {
  std::vector<Listed> listed;
  if (!may_list(glob, "syscall")) return listed;
  const std::string_view rest = glob.substr(std::min(glob.find(':') + 1, glob.size()));
  const bool wants_return = rest.ends_with(at_return) || (rest == "*" && asks_for(glob, "syscall"));
  for (std::string_view name : syscall_names()) {
    const std::string entry = fmt::format("syscall:{}", name), exit = entry + std::string(at_return);
    std::vector<std::string> lines;
    if (details)
      for (const TracepointField &field : format_of(name))
        if (field.offset >= 16 && !field.is_data_location) lines.push_back("    " + field.declaration);
    if (glob_match(glob, entry)) listed.push_back({entry, lines});
    lines.emplace_back("    long retval");
    if (wants_return && glob_match(glob, exit)) listed.push_back({exit, lines});
  }
  return listed;
}

}  // namespace

std::unique_ptr<Provider> make_syscall(const Kernel &kernel) { return std::make_unique<Syscall>(kernel); }

}  // namespace awl
