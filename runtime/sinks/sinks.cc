// SPDX-License-Identifier: GPL-2.0-only
// The list of output formats. To add one: a file beside this one, its maker declared here, a line in the list.
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
  };
}

}  // namespace awl
