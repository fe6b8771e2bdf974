// SPDX-License-Identifier: GPL-2.0-only
// watchpoint: the processor's debug registers, which tell when an address is read, written or executed. There are few
// of them (four on x86-64), and each watches up to eight aligned bytes.
//
// The address is a number, or the name of a symbol of the kernel. An address of user space means that place in every
// process, unless -p names some.
#include <bpf/libbpf.h>
#include <linux/hw_breakpoint.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <fmt/format.h>

#include "runtime/kernel.h"
#include "runtime/providers/perf_event.h"
#include "runtime/providers/providers.h"
#include "runtime/providers/spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr uint32_t lengths[] = {1, 2, 4, 8};

struct Mode {
  std::string_view letters;  // sorted
  uint32_t bits;
};
/// What x86-64 has: there, reads cannot be watched without writes.
constexpr Mode modes[] = {{"w", HW_BREAKPOINT_W}, {"rw", HW_BREAKPOINT_RW}, {"x", HW_BREAKPOINT_X}};

struct Watched {
  uint64_t address = 0;
  uint32_t length = 0;
  Mode mode = {};
};

std::optional<uint64_t> parse_number(std::string_view text) {
  const bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, is_hex ? 16 : 10);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

class Watchpoint final : public Provider {
 public:
  explicit Watchpoint(const Kernel &kernel) : kernel_(kernel) {}
  ProviderDoc doc() const override {
    return {.name = "watchpoint",
            .aliases = {"w"},
            .form = "watchpoint:address:length:mode",
            .summary =
                "fires when 1, 2, 4 or 8 bytes at an address, or at a symbol of the kernel, are written (w), "
                "read or written (rw), or executed (x)",
            .example = "watchpoint:console_printk:4:w { @[comm] = count(); }"};
  }
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override;
  Result<Attachments> attach(bpf_program *, const TargetGroup &) const override;
  /// Any address can be watched, so there is nothing to list.
  Result<std::vector<Listed>> list(std::string_view, bool) const override { return std::vector<Listed>(); }

 private:
  std::optional<uint64_t> address(const ProbeSpec &, std::string_view text, Diagnostics &) const;
  std::optional<Watched> parse(const ProbeSpec &, Diagnostics &) const;

  const Kernel &kernel_;
};

std::optional<uint64_t> Watchpoint::address(const ProbeSpec &spec, std::string_view text,
                                            Diagnostics &diagnostics) const {
  const bool is_number = !text.empty() && text[0] >= '0' && text[0] <= '9';
  const std::optional<uint64_t> address = is_number ? parse_number(text) : kernel_.symbol_address(text);
  if (address) return address;
  const Span place = part_span(spec, text);
  (is_number ? diagnostics.error(place, "`{}` is not an address", text)
             : diagnostics.error(place, "the kernel has no symbol `{}`, or does not tell its address", text))
      .help("write it as a number, as in `watchpoint:0x10000000:8:w`");
  return address;
}

std::optional<Mode> parse_mode(const ProbeSpec &spec, std::string_view text, Diagnostics &diagnostics) {
  std::string letters(text);
  std::ranges::sort(letters);
  const auto mode = std::ranges::find(modes, letters, &Mode::letters);
  if (mode != std::end(modes)) return *mode;
  diagnostics.error(part_span(spec, text), "`{}` is not what this processor can watch for", text)
      .help("w: writes, rw: reads and writes, x: execution");
  return std::nullopt;
}

std::optional<uint32_t> parse_length(const ProbeSpec &spec, std::string_view text, uint64_t address,
                                     Diagnostics &diagnostics) {
  const std::optional<uint64_t> length = parse_number(text);
  if (!length || std::ranges::find(lengths, *length) == std::end(lengths)) {
    diagnostics.error(part_span(spec, text), "a processor watches 1, 2, 4 or 8 bytes, not `{}`", text);
    return std::nullopt;
  }
  if (address % *length == 0) return static_cast<uint32_t>(*length);
  diagnostics.error(spec.span, "{:#x} is not a multiple of {}, as the address of {} bytes must be", address, *length,
                    *length);
  return std::nullopt;
}

std::optional<Watched> Watchpoint::parse(const ProbeSpec &spec, Diagnostics &diagnostics) const {
  const std::vector<std::string_view> parts = split(after_provider(spec), ':');
  if (parts.size() != 3 || std::ranges::any_of(parts, &std::string_view::empty)) {
    diagnostics.error(spec.span, "`{}` is not of the form `watchpoint:address:length:mode`", spec.text)
        .help("for example `watchpoint:0x10000000:8:w`");
    return std::nullopt;
  }
  const std::optional<uint64_t> where = address(spec, parts[0], diagnostics);
  if (!where) return std::nullopt;
  const std::optional<Mode> mode = parse_mode(spec, parts[2], diagnostics);
  if (!mode) return std::nullopt;
  const std::optional<uint32_t> length = parse_length(spec, parts[1], *where, diagnostics);
  if (!length) return std::nullopt;
  return Watched{*where, *length, *mode};
}

std::vector<TargetGroup> Watchpoint::resolve(const ProbeSpec &spec, const BodyUses &, const ResolveOptions &,
                                             Diagnostics &diagnostics, std::optional<Error> &) const {
  const std::optional<Watched> watched = parse(spec, diagnostics);
  if (!watched) return {};
  TargetGroup group = {
      .span = spec.span, .provider = "watchpoint", .mechanism = "debug register", .section = "perf_event"};
  group.targets.push_back(
      {.name = fmt::format("watchpoint:{:#x}:{}:{}", watched->address, watched->length, watched->mode.letters),
       .attach = fmt::format("{}:{}", watched->length, watched->mode.letters),
       .number = watched->address});
  return {group};
}

Result<Attachments> Watchpoint::attach(bpf_program *program, const TargetGroup &group) const {
  const Target &target = group.targets.front();
  const std::string_view attach = target.attach;
  const size_t colon = attach.find(':');
  const auto mode = std::ranges::find(modes, attach.substr(std::min(colon + 1, attach.size())), &Mode::letters);
  const std::optional<uint64_t> length = parse_number(attach.substr(0, colon));
  if (mode == std::end(modes) || !length) return attach_error(target.name, EINVAL);
  perf_event_attr attributes = event_attributes(PERF_TYPE_BREAKPOINT, 0, 1);
  attributes.bp_type = mode->bits;
  attributes.bp_addr = target.number;
  // Instructions have no length for the kernel.
  attributes.bp_len = mode->bits == HW_BREAKPOINT_X ? sizeof(long) : *length;
  Result<Attachments> attachments = attach_everywhere(program, attributes, target.name);
  if (attachments || (attachments.error().why != errno_text(ENOSPC) && attachments.error().why != errno_text(EINVAL)))
    return attachments;
  Error error = attachments.error();
  const bool is_full = error.why == errno_text(ENOSPC);
  error.why = is_full ? "all debug registers of a processor are taken" : "the kernel allows no watchpoint there";
  return error;
}

}  // namespace

std::unique_ptr<Provider> make_watchpoint(const Kernel &kernel) { return std::make_unique<Watchpoint>(kernel); }

}  // namespace awl
