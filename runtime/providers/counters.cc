// SPDX-License-Identifier: GPL-2.0-only
// software and hardware: what kernel and processor count. A probe fires once for every COUNT events on a processor;
// the counts that hold when none is given keep the usual machine usable.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <span>

#include <fmt/format.h>

#include "runtime/kernel.h"
#include "runtime/providers/perf_event.h"
#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

struct Event {
  std::string_view name, alias;  // alias: empty when there is none
  uint64_t config;
  uint64_t period;
  bool has_address = false;  // of the memory that it is about
};

constexpr Event software_events[] = {
    {"alignment-faults", "", PERF_COUNT_SW_ALIGNMENT_FAULTS, 1, true},
    {"bpf-output", "", PERF_COUNT_SW_BPF_OUTPUT, 1},
    {"context-switches", "cs", PERF_COUNT_SW_CONTEXT_SWITCHES, 1000},
    {"cpu-clock", "cpu", PERF_COUNT_SW_CPU_CLOCK, 1'000'000},
    {"cpu-migrations", "", PERF_COUNT_SW_CPU_MIGRATIONS, 1},
    {"dummy", "", PERF_COUNT_SW_DUMMY, 1},
    {"emulation-faults", "", PERF_COUNT_SW_EMULATION_FAULTS, 1},
    {"major-faults", "", PERF_COUNT_SW_PAGE_FAULTS_MAJ, 1, true},
    {"minor-faults", "", PERF_COUNT_SW_PAGE_FAULTS_MIN, 100, true},
    {"page-faults", "faults", PERF_COUNT_SW_PAGE_FAULTS, 100, true},
    {"task-clock", "", PERF_COUNT_SW_TASK_CLOCK, 1},
};

constexpr Event hardware_events[] = {
    {"backend-stalls", "", PERF_COUNT_HW_STALLED_CYCLES_BACKEND, 1'000'000},
    {"branch-instructions", "branches", PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 100'000},
    {"branch-misses", "", PERF_COUNT_HW_BRANCH_MISSES, 100'000},
    {"bus-cycles", "", PERF_COUNT_HW_BUS_CYCLES, 100'000},
    {"cache-misses", "", PERF_COUNT_HW_CACHE_MISSES, 1'000'000},
    {"cache-references", "", PERF_COUNT_HW_CACHE_REFERENCES, 1'000'000},
    {"cpu-cycles", "cycles", PERF_COUNT_HW_CPU_CYCLES, 1'000'000},
    {"frontend-stalls", "", PERF_COUNT_HW_STALLED_CYCLES_FRONTEND, 1'000'000},
    {"instructions", "", PERF_COUNT_HW_INSTRUCTIONS, 1'000'000},
    {"ref-cycles", "", PERF_COUNT_HW_REF_CPU_CYCLES, 1'000'000},
};

/// A count has 63 bits, as all periods of perf events.
constexpr uint64_t largest_count = ~0ull >> 1;

/// Of struct bpf_perf_event_data: the address stands behind the registers and the period.
constexpr uint32_t address_offset = 176;

/// The two rows of a kind of counter.
struct CounterKind {
  ProviderDoc doc;
  uint32_t type;
  std::span<const Event> events;
};

class Counter final : public Provider {
 public:
  /// `kernel` is asked whether it can count; null where there is no doubt.
  Counter(CounterKind kind, const Kernel *kernel) : kind_(std::move(kind)), kernel_(kernel) {}
  ProviderDoc doc() const override { return kind_.doc; }
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override;
  Result<Attachments> attach(bpf_program *, const TargetGroup &) const override;
  Result<std::vector<Listed>> list(std::string_view glob, bool details) const override;

 private:
  const Event *find(const ProbeSpec &, std::string_view name, Diagnostics &) const;
  std::optional<uint64_t> count(const ProbeSpec &, std::string_view digits, Diagnostics &) const;

  CounterKind kind_;
  const Kernel *kernel_;
};

const Event *Counter::find(const ProbeSpec &spec, std::string_view name, Diagnostics &diagnostics) const {
  const std::string_view provider = kind_.doc.name;
  std::vector<std::string_view> names;
  for (const Event &event : kind_.events) {
    if (name == event.name || (!name.empty() && name == event.alias)) return &event;
    names.push_back(event.name);
    if (!event.alias.empty()) names.push_back(event.alias);
  }
  if (name.empty()) {
    diagnostics.error(spec.span, "`{}` names no event", spec.text).help("to see them all: awl -l '{}:*'", provider);
    return nullptr;
  }
  Diagnostics::Draft draft = diagnostics.error(part_span(spec, name), "no {} event `{}`", provider, name);
  if (const std::optional<std::string_view> near = did_you_mean(name, names))
    draft.help("did you mean `{}`?", *near);
  else
    draft.help("to see them all: awl -l '{}:*'", provider);
  return nullptr;
}

std::optional<uint64_t> Counter::count(const ProbeSpec &spec, std::string_view digits, Diagnostics &diagnostics) const {
  uint64_t count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  const bool is_count = error == std::errc() && end == digits.data() + digits.size();
  if (is_count && count > 0 && count <= largest_count) return count;
  const Span place = digits.empty() ? spec.span : part_span(spec, digits);
  diagnostics.error(place, "`{}` is not a count of events: a positive whole number is", digits)
      .help("for example `{}:{}:1000`", kind_.doc.name, kind_.events.front().name);
  return std::nullopt;
}

std::vector<TargetGroup> Counter::resolve(const ProbeSpec &spec, const BodyUses &, const ResolveOptions &,
                                          Diagnostics &diagnostics, std::optional<Error> &refused) const {
  const std::string_view rest = after_provider(spec);
  const size_t colon = rest.find(':');
  const Event *event = find(spec, rest.substr(0, colon), diagnostics);
  if (event == nullptr) return {};
  std::optional<uint64_t> period = event->period;
  if (colon != rest.npos) period = count(spec, rest.substr(colon + 1), diagnostics);
  if (!period) return {};
  const Status can = kernel_ == nullptr ? Status(Done{}) : kernel_->can_count(kind_.type, event->config);
  if (!can) {
    refused = can.error();
    refused->what = fmt::format("cannot count `{}` on this machine", event->name);
    return {};
  }
  TargetGroup group = {
      .span = spec.span, .provider = std::string(kind_.doc.name), .mechanism = "perf", .section = "perf_event"};
  group.targets.push_back({.name = fmt::format("{}:{}:{}", kind_.doc.name, event->name, *period),
                           .attach = std::string(event->name),
                           .number = *period});
  if (event->has_address)
    group.fields.push_back({"args.address", pointer_type(AddressSpace::user, ""), ContextLoad{address_offset}});
  return {group};
}

Result<Attachments> Counter::attach(bpf_program *program, const TargetGroup &group) const {
  const Target &target = group.targets.front();
  const auto event = std::ranges::find(kind_.events, target.attach, &Event::name);
  if (event == kind_.events.end()) return attach_error(target.name, EINVAL);
  return attach_everywhere(program, event_attributes(kind_.type, event->config, target.number), target.name);
}

Result<std::vector<Listed>> Counter::list(std::string_view glob, bool details) const {
  std::vector<Listed> listed;
  if (!may_list(glob, kind_.doc.name)) return listed;
  for (const Event &event : kind_.events) {
    Listed entry = {.name = fmt::format("{}:{}:{}", kind_.doc.name, event.name, event.period)};
    const std::string_view without_count = std::string_view(entry.name).substr(0, entry.name.rfind(':'));
    if (!glob_match(glob, entry.name) && !glob_match(glob, without_count)) continue;
    if (kernel_ != nullptr && !kernel_->can_count(kind_.type, event.config)) continue;
    if (details && event.has_address) entry.details.emplace_back("    void * address");
    listed.push_back(std::move(entry));
  }
  return listed;
}

}  // namespace

std::unique_ptr<Provider> make_software() {
  ProviderDoc doc = {.name = "software",
                     .aliases = {"s"},
                     .form = "software:event[:count]",
                     .summary = "fires once for every COUNT events that the kernel counts on a processor",
                     .example = "software:page-faults:1 { @[comm] = count(); }"};
  return std::make_unique<Counter>(CounterKind{std::move(doc), PERF_TYPE_SOFTWARE, software_events}, nullptr);
}

std::unique_ptr<Provider> make_hardware(const Kernel &kernel) {
  ProviderDoc doc = {.name = "hardware",
                     .aliases = {"h"},
                     .form = "hardware:event[:count]",
                     .summary = "fires once for every COUNT events that a processor's counters count",
                     .example = "hardware:cache-misses:100000 { @[comm] = count(); }"};
  return std::make_unique<Counter>(CounterKind{std::move(doc), PERF_TYPE_HARDWARE, hardware_events}, &kernel);
}

}  // namespace awl
