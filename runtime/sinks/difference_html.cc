// SPDX-License-Identifier: GPL-2.0-only
// A comparison as one page that needs nothing else: a table for each map that differs, what has grown in red and what
// has shrunk in blue, and below them the flame graph of the second run in the same colours. All of it is there as
// markup already; the only script is the flame graph's.
#include <algorithm>

#include <fmt/format.h>

#include "runtime/sinks/difference.h"
#include "runtime/sinks/web_files.h"

namespace awl {
namespace {

constexpr std::string_view colours = R"(
tr.grown td.change { color: #c0260f; } tr.shrunk td.change { color: #2456c4; }
tr.histogram td { font-weight: 600; } tr.bucket td:first-child { padding-left: 2em; }
svg { max-width: 100%; height: auto; }
@media (prefers-color-scheme: dark) { tr.grown td.change { color: #ff8a75; } tr.shrunk td.change { color: #8fb2ff; } }
)";

std::string class_of(const DifferenceRow &row) {
  constexpr std::string_view kinds[] = {"value", "histogram", "bucket"};
  std::string name(kinds[static_cast<size_t>(row.kind)]);
  if (row.change.starts_with('+')) name += " grown";
  if (row.change.starts_with('-')) name += " shrunk";
  return name;
}

void write_row(Writer &writer, const DifferenceRow &row) {
  const bool is_histogram = row.kind == DifferenceRow::Kind::histogram;
  const std::string change = is_histogram ? fmt::format("p50 {}, p99 {}", row.median, row.tail) : row.change;
  writer.write(fmt::format("<tr class=\"{}\"><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>",
                           class_of(row), xml_text(row.name), xml_text(row.before), xml_text(row.after)));
  writer.write(is_histogram ? fmt::format("<td colspan=\"2\">{}</td></tr>\n", xml_text(change))
                            : fmt::format("<td class=\"number change\">{}</td><td class=\"number change\">{}</td></tr>\n",
                                          xml_text(change), xml_text(row.part)));
}

bool write_table(Writer &writer, const Snapshot &before, const Snapshot &after) {
  const std::vector<DifferenceRow> rows = difference_rows(before, after);
  if (rows.empty()) return false;
  writer.write(fmt::format("<h2>{}</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>key</th><th class=\"number\">before"
                           "</th><th class=\"number\">after</th><th class=\"number\">change</th><th class=\"number\">part"
                           "</th></tr></thead>\n<tbody>\n",
                           xml_text(difference_title(before, after))));
  for (const DifferenceRow &row : rows) write_row(writer, row);
  writer.write("</tbody></table></div>\n");
  return true;
}

}  // namespace

void write_html_difference(Writer &writer, std::string_view before, std::string_view after, const SnapshotPairs &maps) {
  const std::string title = fmt::format("{} \u2192 {}", xml_text(before), xml_text(after));
  writer.write(fmt::format("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                           "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n<style>\n",
                           title));
  writer.write(web_file("report.css"));
  writer.write(colours);
  writer.write(fmt::format("</style></head>\n<body><main><h1>{}</h1>\n", title));
  bool any = false;
  for (const auto &[a, b] : maps) any |= write_table(writer, a, b);
  if (!any) writer.write("<p>no difference</p>\n");
  writer.write("<h2>flame graph</h2>\n");
  write_flamegraph_difference(writer, maps, Embedding::page);
  writer.write("</main></body></html>\n");
}

}  // namespace awl
