// SPDX-License-Identifier: GPL-2.0-only
// tracepoint: the places that the kernel's authors marked. Two mechanisms: a perf event for each ("perf"), and for
// system calls one program for all (see syscall_tracepoint.h).
//
// A block that uses none of the fields needs no record, and sits on the event's own raw tracepoint ("raw_tp"). Both
// kinds of programs hang on the same call in the kernel, behind the same condition where the event has one
// (TRACE_EVENT_CONDITION), so they count the same; but a raw tracepoint costs half, lets go at once, and does not
// stay silent while another program runs on the processor. A kernel that preempts programs on raw tracepoints misses
// hits there, though, and then all events keep their perf events.
#include <bpf/libbpf.h>

#include <algorithm>

#include <fmt/format.h>

#include "runtime/providers/groups.h"
#include "runtime/providers/links.h"
#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "runtime/providers/syscall_tracepoint.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr std::string_view by_perf = "perf", by_raw = "raw_tp";
/// Where each event needs a program of its own, so many of them load faster than as many perf events detach.
constexpr size_t max_raw_programs = 64;

/// A tracepoint on its way into a group.
struct Event {
  std::string subsystem, name;
  std::vector<TracepointField> fields;
  std::string full_name() const { return fmt::format("tracepoint:{}:{}", subsystem, name); }
};

struct Pattern {
  std::string_view subsystem, event;
};

bool is_common(const TracepointField &field) { return field.name.starts_with("common_"); }

Access record_access(const TracepointField &field) {
  if (field.is_data_location) return ContextDataLocation{field.offset, 0};
  if (field.is_relative_location) return ContextDataLocation{field.offset, field.offset + field.size};
  if (field.is_array) return ContextBytes{field.offset};
  return ContextLoad{field.offset};
}

std::vector<Field> record_fields(const Event &event) {
  std::vector<Field> fields;
  for (const TracepointField &field : event.fields) {
    const Type type = tracepoint_field_type(field, event.subsystem == "syscalls");
    if (is_common(field) || type.kind == Kind::unknown) continue;
    fields.push_back({.name = "args." + field.name, .type = type, .access = record_access(field)});
  }
  return fields;
}

/// The call's number under the other names that tracers know it by, where no argument has that name.
void add_number_aliases(std::vector<Field> &fields) {
  const auto number = std::ranges::find(fields, "args.__syscall_nr", &Field::name);
  if (number == fields.end()) return;
  const Field original = *number;
  for (std::string_view alias : {"args.id", "args.nr"}) {
    if (std::ranges::find(fields, alias, &Field::name) != fields.end()) continue;
    fields.push_back(original);
    fields.back().name = alias;
  }
}

bool uses_arguments(const BodyUses &uses) {
  return uses.all_arguments || std::ranges::any_of(uses.fields, [](const std::string &name) { return name.starts_with("args"); });
}

class Tracepoint final : public Provider {
 public:
  explicit Tracepoint(const Kernel &kernel) : kernel_(kernel) {}
  ProviderDoc doc() const override {
    return {.name = "tracepoint",
            .aliases = {"t"},
            .form = "tracepoint:subsystem:event",
            .summary = "a place marked by the kernel's authors; fields are args.NAME, globs work in both parts",
            .example = "tracepoint:sched:sched_switch { @[args.next_comm] = count(); }"};
  }
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override;
  Result<Attachments> attach(bpf_program *, const TargetGroup &) const override;
  Result<std::vector<Listed>> list(std::string_view glob, bool details) const override;

 private:
  std::vector<Event> find(const ProbeSpec &, Pattern, bool needs_fields, Diagnostics &, std::optional<Error> &) const;
  void report_missing(const ProbeSpec &, const Event &, const Error &, Diagnostics &, std::optional<Error> &) const;
  Result<std::vector<Event>> matching(Pattern) const;
  TargetGroup group_for(const ProbeSpec &, const Event &, const BodyUses &, const ResolveOptions &) const;
  bool can_be_raw(const std::vector<Event> &, const BodyUses &, const ResolveOptions &) const;

  const Kernel &kernel_;
};

/// "sched:sched_switch" or ply's "sched/sched_switch"; a single glob is for events of every subsystem.
std::optional<Pattern> parse_pattern(const ProbeSpec &spec, Diagnostics &diagnostics) {
  const std::string_view rest = after_provider(spec);
  const size_t separator = rest.find_first_of(":/");
  if (separator == rest.npos && is_glob(rest)) return Pattern{"*", rest};
  Pattern pattern;
  if (separator != rest.npos) pattern = {rest.substr(0, separator), rest.substr(separator + 1)};
  const bool is_whole =
      !pattern.subsystem.empty() && !pattern.event.empty() && pattern.event.find_first_of(":/") == rest.npos;
  if (is_whole) return pattern;
  diagnostics.error(spec.span, "`{}` is not of the form `tracepoint:subsystem:event`", spec.text)
      .help("to find one: awl -l 'tracepoint:*{}*'", separator == rest.npos ? rest : pattern.event);
  return std::nullopt;
}

/// Events by name only; for a pattern without wildcards the one that it names, whether it exists or not.
Result<std::vector<Event>> Tracepoint::matching(Pattern pattern) const {
  std::vector<Event> events;
  if (!is_glob(pattern.subsystem) && !is_glob(pattern.event)) {
    events.push_back({std::string(pattern.subsystem), std::string(pattern.event), {}});
    return events;
  }
  const Result<std::vector<std::string>> all = kernel_.tracepoints();
  if (!all) return all.error();
  for (const std::string &line : *all) {
    const size_t colon = line.find(':');
    const std::string_view subsystem = std::string_view(line).substr(0, colon),
                           name = std::string_view(line).substr(colon + 1);
    if (glob_match(pattern.subsystem, subsystem) && glob_match(pattern.event, name))
      events.push_back({std::string(subsystem), std::string(name), {}});
  }
  return events;
}

/// The events that the pattern stands for, with their fields where they matter. Reading the fields of a single one
/// is also the cheapest way to see that it exists.
std::vector<Event> Tracepoint::find(const ProbeSpec &spec, Pattern pattern, bool needs_fields, Diagnostics &diagnostics,
                                    std::optional<Error> &refused) const {
  Result<std::vector<Event>> events = matching(pattern);
  if (!events) {
    refused = events.error();
    return {};
  }
  for (Event &event : *events) {
    if (!needs_fields && events->size() > 1) break;
    Result<std::vector<TracepointField>> fields = kernel_.tracepoint_fields(event.subsystem, event.name);
    if (!fields) {
      report_missing(spec, event, fields.error(), diagnostics, refused);
      return {};
    }
    event.fields = std::move(*fields);
  }
  if (events->empty())
    diagnostics
        .error(part_span(spec, after_provider(spec)), "no tracepoint matches `{}:{}`", pattern.subsystem, pattern.event)
        .help("to see them all: awl -l 'tracepoint:*'");
  return *events;
}

/// The fields of `event` could not be read: because there is no such event, or for the reason in `error`.
void Tracepoint::report_missing(const ProbeSpec &spec, const Event &event, const Error &error, Diagnostics &diagnostics,
                                std::optional<Error> &refused) const {
  const Result<std::vector<std::string>> all = kernel_.tracepoints();
  const std::string wanted = fmt::format("{}:{}", event.subsystem, event.name);
  if (!all || error.kind == ErrorKind::permission || std::ranges::binary_search(*all, wanted)) {
    refused = all ? error : all.error();
    return;
  }
  const std::vector<std::string_view> names(all->begin(), all->end());
  const std::optional<std::string_view> near = did_you_mean(wanted, names);
  Diagnostics::Draft draft = diagnostics.error(part_span(spec, after_provider(spec)), "no tracepoint `{}`", wanted);
  if (near)
    draft.help("did you mean `tracepoint:{}`?", *near);
  else
    draft.help("to see them all: awl -l 'tracepoint:*'");
}

/// Whether events that are no system calls may go without their record.
bool Tracepoint::can_be_raw(const std::vector<Event> &events, const BodyUses &uses,
                            const ResolveOptions &options) const {
  // Seen from a raw tracepoint, the frames that lead to the program lie on top of the kernel's stack.
  if (uses.any() || (uses.stack && options.via != by_raw) || options.via == by_perf) return false;
  if (options.via != by_raw && prefers_record(kernel_, options)) return false;
  return options.via == by_raw || !uses.identity || events.size() <= max_raw_programs || kernel_.has_raw_cookies();
}

/// A system call without its tracepoint, where that has all that the body uses.
void lower_to_dispatch(TargetGroup &group, const Event &event, const BodyUses &uses, bool has_record) {
  std::optional<SyscallEvent> syscall = syscall_event(event.subsystem, event.name);
  if (!syscall) return;
  syscall->has_record = has_record;
  std::vector<Field> fields = dispatch_fields(*syscall, event.fields);
  add_number_aliases(fields);
  if (used_fields(fields, uses).size() != used_fields(group.fields, uses).size()) return;
  group.fields = std::move(fields);
  put_on_dispatch(group, *syscall);
}

/// A group with this one target in it.
TargetGroup Tracepoint::group_for(const ProbeSpec &spec, const Event &event, const BodyUses &uses,
                                  const ResolveOptions &options) const {
  TargetGroup group = {.span = spec.span, .provider = "tracepoint", .mechanism = std::string(by_perf), .section = "tp"};
  group.targets.push_back({.name = event.full_name(), .attach = event.subsystem + "/" + event.name});
  group.fields = record_fields(event);
  add_number_aliases(group.fields);
  if (options.via != by_perf)
    lower_to_dispatch(group, event, uses, options.via != by_raw && prefers_record(kernel_, options));
  return group;
}

/// A field that the kernel has and the language cannot hold deserves better than "unknown field".
bool report_unreadable(const ProbeSpec &spec, const Event &event, const BodyUses &uses, Diagnostics &diagnostics) {
  bool found = false;
  for (const TracepointField &field : event.fields) {
    const bool is_syscall = event.subsystem == "syscalls";
    if (!uses.uses("args." + field.name) || tracepoint_field_type(field, is_syscall).kind != Kind::unknown) continue;
    diagnostics.error(spec.span, "`args.{}` of `{}` is `{}`, which is neither a number nor a string", field.name,
                      event.full_name(), field.c_type);
    found = true;
  }
  return found;
}

std::vector<TargetGroup> Tracepoint::resolve(const ProbeSpec &spec, const BodyUses &uses, const ResolveOptions &options,
                                             Diagnostics &diagnostics, std::optional<Error> &refused) const {
  const std::optional<Pattern> pattern = parse_pattern(spec, diagnostics);
  if (!pattern) return {};
  const std::vector<Event> events = find(spec, *pattern, uses_arguments(uses), diagnostics, refused);
  const bool is_raw = can_be_raw(events, uses, options);
  std::vector<TargetGroup> dispatched, raw, recorded;
  for (const Event &event : events) {
    if (report_unreadable(spec, event, uses, diagnostics)) return {};
    TargetGroup one = group_for(spec, event, uses, options);
    if (one.mechanism == by_perf && is_raw && kernel_.raw_tracepoint(event.name, "") != nullptr) {
      one.mechanism = one.section = by_raw;
      one.targets.front().attach = event.name;
      one.fields.clear();
    }
    if (one.mechanism == by_perf && options.via == by_raw) {
      refused = Error{.what = fmt::format("cannot attach `{}` by raw_tp", event.full_name()),
                      .why = "only a system call, or a block that uses no fields, can be",
                      .kind = ErrorKind::usage};
      return {};
    }
    (is_dispatch(one) ? dispatched : one.mechanism == by_raw ? raw : recorded).push_back(std::move(one));
  }
  std::vector<TargetGroup> singles = std::move(dispatched);
  std::ranges::move(recorded, std::back_inserter(singles));
  leave_out_incomplete(singles, uses, diagnostics);
  const auto first_recorded = std::ranges::find(singles, by_perf, &TargetGroup::mechanism);
  recorded.assign(std::move_iterator(first_recorded), std::move_iterator(singles.end()));
  singles.erase(first_recorded, singles.end());
  // A dispatch knows its target by the number; the others have to be told, and only where it matters.
  std::vector<TargetGroup> groups = merge_targets(std::move(singles), uses, true);
  for (TargetGroup &group : groups) set_dispatch(group, uses.identity);
  const auto add = [&](std::vector<TargetGroup> ones, bool (Kernel::*has_cookies)() const) {
    const bool asks_cookie = uses.identity && ones.size() > 1;
    std::ranges::move(merge_targets(std::move(ones), uses, asks_cookie && (kernel_.*has_cookies)()),
                      std::back_inserter(groups));
  };
  add(std::move(raw), &Kernel::has_raw_cookies);
  add(std::move(recorded), &Kernel::has_cookies);
  return groups;
}

Result<Attachments> Tracepoint::attach(bpf_program *program, const TargetGroup &group) const {
  if (is_dispatch(group)) return attach_dispatch(program, group);
  if (group.mechanism == by_raw) return attach_raw_tracepoints(program, group);
  Attachments attachments;
  for (size_t i = 0; i < group.targets.size(); i++) {
    const Target &target = group.targets[i];
    const size_t slash = target.attach.find('/');
    bpf_tracepoint_opts options = {.sz = sizeof(options), .bpf_cookie = group.identify == Identify::cookie ? i : 0};
    bpf_link *link = bpf_program__attach_tracepoint_opts(program, target.attach.substr(0, slash).c_str(),
                                                         target.attach.substr(slash + 1).c_str(), &options);
    Result<std::unique_ptr<Attachment>> attachment = own_link(link, target.name, true);
    if (!attachment) return attachment.error();
    attachments.push_back(std::move(*attachment));
  }
  return attachments;
}

Result<std::vector<Listed>> Tracepoint::list(std::string_view glob, bool details) const {
  if (!may_list(glob, "tracepoint")) return std::vector<Listed>();
  const Result<std::vector<std::string>> all = kernel_.tracepoints();
  if (!all) return all.error();
  std::vector<Listed> listed;
  for (const std::string &line : *all) {
    Listed entry = {.name = "tracepoint:" + line};
    if (!glob_match(glob, entry.name)) continue;
    const size_t colon = line.find(':');
    const Result<std::vector<TracepointField>> fields =
        details ? kernel_.tracepoint_fields(line.substr(0, colon), line.substr(colon + 1))
                : std::vector<TracepointField>();
    if (!fields) return fields.error();
    for (const TracepointField &field : *fields)
      if (!is_common(field)) entry.details.push_back("    " + field.declaration);
    listed.push_back(std::move(entry));
  }
  return listed;
}

}  // namespace

std::unique_ptr<Provider> make_tracepoint(const Kernel &kernel) { return std::make_unique<Tracepoint>(kernel); }

}  // namespace awl
