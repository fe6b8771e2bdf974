// SPDX-License-Identifier: GPL-2.0-only
// The list of output formats. To add one: a file beside this one, its maker declared here, a line in the list.
#include "runtime/sinks/sink.h"

namespace awl {

std::unique_ptr<Sink> make_text_sink(Writer &writer, const SinkOptions &options);
std::unique_ptr<Sink> make_json_sink(Writer &writer, const SinkOptions &options);

std::vector<SinkFormat> sink_formats() {
  return {
      {"text", "for reading: tables and histograms (the default)", make_text_sink},
      {"json", "for programs: one JSON object a line, numbers, units and keys with their types", make_json_sink},
  };
}

}  // namespace awl
