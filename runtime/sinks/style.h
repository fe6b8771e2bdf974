// SPDX-License-Identifier: GPL-2.0-only
// Looks: what text, JSON and the lines about the run itself are like under --style. A style is another tracer's
// output to the letter, for eyes and programs that are used to it; the values behind it are the same.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sinks/sink.h"

namespace awl {

struct Style {
  std::string_view name;     // "bpftrace"
  std::string_view summary;  // for the manual
  std::unique_ptr<Sink> (*text)(Writer &, const SinkOptions &);
  std::unique_ptr<Sink> (*json)(Writer &, const SinkOptions &);
  /// What is said on the other channel when all probes are attached and when the run is over; may be empty.
  std::string (*active)(size_t probes, const RunDescription &run, bool terminal);
  std::string_view stopping;
  bool maps_by_name = false;  // at the end maps come in the order of their names, not of the script
  bool counts_all = false;    // blocks for begin and end are probes, too
};

/// All styles, awl's own first.
const std::vector<Style> &styles();
/// The style of that name, or null.
const Style *find_style(std::string_view name);

std::unique_ptr<Sink> make_awl_text_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_awl_json_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_bpftrace_text_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_bpftrace_json_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_ply_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_dtrace_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_bcc_sink(Writer &writer, const SinkOptions &options);

}  // namespace awl
