// SPDX-License-Identifier: GPL-2.0-only
// The list of output formats. To add one: a file beside this one, its maker declared here, a line in the list.
#include "runtime/sinks/formats.h"
#include "runtime/sinks/sink.h"
#include "runtime/sinks/style.h"
#include "src/base/check.h"

namespace awl {
namespace {

const Style &style_of(const SinkOptions &options) {
  const Style *style = find_style(options.style);
  AWL_CHECK(style != nullptr);
  return *style;
}

std::unique_ptr<Sink> make_text_sink(Writer &writer, const SinkOptions &options) {
  return style_of(options).text(writer, options);
}

std::unique_ptr<Sink> make_json_sink(Writer &writer, const SinkOptions &options) {
  return style_of(options).json(writer, options);
}

}  // namespace

std::vector<SinkFormat> sink_formats() {
  return {
      {"text", "for reading: tables and histograms (the default)", make_text_sink},
      {"json", "for programs: one JSON object a line, numbers, units and keys with their types", make_json_sink},
      {"csv", "one table (RFC 4180): a line for each row of a map and each bucket of a histogram", make_csv_sink},
      {"tsv", "the same with tabs between, for cut and awk", make_tsv_sink},
      {"folded", "stacks on one line each with their counts, for flamegraph.pl and its relatives", make_folded_sink},
      {"flamegraph", "a flame graph as SVG, with zoom and search in a browser", make_flamegraph_sink},
      {"html", "a report in one file: flame graphs, histograms, heat maps, tables; needs no network", make_html_sink},
      {"speedscope", "for www.speedscope.app", make_speedscope_sink},
      {"chrome", "trace events, for Perfetto's viewer and chrome://tracing", make_chrome_sink},
      {"firefox", "for profiler.firefox.com", make_firefox_sink},
      {"pprof", "for pprof, gzipped", make_pprof_sink},
      {"openmetrics", "for Prometheus: counters, gauges and histograms with inclusive bounds", make_openmetrics_sink},
  };
}

}  // namespace awl
