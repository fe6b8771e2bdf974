// SPDX-License-Identifier: GPL-2.0-only
// The list of styles. To add one: a file beside this one, its maker declared in style.h, a row here.
#include "runtime/sinks/style.h"

#include <algorithm>

#include <fmt/format.h>

#include "src/base/text.h"

namespace awl {
namespace {

std::string_view plural(size_t probes) { return probes == 1 ? "" : "s"; }

std::string awl_is_active(size_t probes, const RunDescription &, bool terminal) {
  return fmt::format("awl: {} probe{} active{}\n", probes, plural(probes), terminal ? " - Ctrl-C to stop" : "");
}

std::string bpftrace_is_active(size_t probes, const RunDescription &, bool) {
  return fmt::format("Attached {} probe{}\n", probes, plural(probes));
}

/// ply has been silent since 2.2.
std::string ply_is_active(size_t, const RunDescription &, bool) { return {}; }

std::string dtrace_is_active(size_t probes, const RunDescription &run, bool) {
  const bool from_file = run.script_name != "program";
  return fmt::format("dtrace: {} '{}' matched {} probe{}\n", from_file ? "script" : "description",
                     escape_text(from_file ? run.script_name : run.script), probes, plural(probes));
}

std::string bcc_is_active(size_t, const RunDescription &, bool) { return "Tracing ...  Hit Ctrl-C to end.\n"; }

}  // namespace

const std::vector<Style> &styles() {
  static const std::vector<Style> all = {
      {"awl", "awl's own (the default)", make_awl_text_sink, make_awl_json_sink, awl_is_active, "", false},
      {"bpftrace", "bpftrace 0.27, with -f json its JSON; the default of an awl that is called bpftrace",
       make_bpftrace_text_sink, make_bpftrace_json_sink, bpftrace_is_active, "", true, true},
      {"ply", "ply 2.4", make_ply_sink, make_awl_json_sink, ply_is_active, "", false},
      {"dtrace", "DTrace with -q", make_dtrace_sink, make_awl_json_sink, dtrace_is_active, "", false},
      {"bcc", "the tools of bcc", make_bcc_sink, make_awl_json_sink, bcc_is_active, "Detaching...\n", false},
  };
  return all;
}

const Style *find_style(std::string_view name) {
  const auto found = std::ranges::find(styles(), name, &Style::name);
  return found == styles().end() ? nullptr : &*found;
}

}  // namespace awl
