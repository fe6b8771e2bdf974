// SPDX-License-Identifier: GPL-2.0-only
// The makers of all formats that are no style of text or JSON; sinks.cc has the list.
#pragma once
#include <memory>

#include "runtime/sinks/sink.h"

namespace awl {

std::unique_ptr<Sink> make_csv_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_tsv_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_folded_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_flamegraph_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_speedscope_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_chrome_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_firefox_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_pprof_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_openmetrics_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_html_sink(Writer &writer, const SinkOptions &options);

}  // namespace awl
