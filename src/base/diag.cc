// SPDX-License-Identifier: GPL-2.0-only
// Diagnostics as text. A script may come from anywhere and a terminal obeys control characters, so all that is
// quoted passes escape_text; what a code point takes on the screen after that is what moves the carets.
#include "src/base/diag.h"

#include <algorithm>

#include "src/base/text.h"
#include "src/base/utf8.h"

namespace awl {
namespace {

struct Palette {
  const char *error = "", *warning = "", *note = "", *off = "";
};
constexpr Palette plain = {};
constexpr Palette ansi = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m", "\x1b[0m"};

/// A line longer than this is cut to about so many bytes, most of them after the start of the span.
constexpr size_t longest_line = 160;
constexpr size_t kept_before = 60;
constexpr size_t tab_width = 4;

/// A piece of a line as it is shown, and the columns that this takes.
struct Shown {
  std::string text;
  size_t columns = 0;
  bool is_cut = false;
};

/// `column` is where the piece starts, for tabs; what would go beyond `most` columns is left out.
Shown show(std::string_view bytes, size_t column, size_t most = SIZE_MAX) {
  Shown result;
  while (!bytes.empty() && column + result.columns < most) {
    const CodePoint c = first_code_point(bytes);
    std::string piece(bytes.substr(0, c.length));
    bytes.remove_prefix(c.length);
    size_t columns = display_width(c.value);
    if (piece == "\t") {
      columns = tab_width - (column + result.columns) % tab_width;
      piece.assign(columns, ' ');
    } else if (!c.valid || is_invisible(c.value)) {
      piece = escape_text(piece);
      columns = piece.size();
    }
    result.text += piece;
    result.columns += columns;
  }
  result.is_cut = !bytes.empty();
  return result;
}

/// The next place at or after `offset` that is not inside a code point.
size_t boundary(std::string_view text, size_t offset) {
  while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xc0) == 0x80) offset++;
  return std::min(offset, text.size());
}

/// A quoted line and where the carets go below it.
struct Quote {
  std::string line;
  size_t column = 0, carets = 1;
};

/// `begin` and `end` are offsets into the line; they may lie behind its end.
Quote quote(std::string_view line, size_t begin, size_t end) {
  begin = std::min(begin, line.size());
  end = std::clamp(end, begin, line.size());
  size_t first = 0, last = line.size();
  if (line.size() > longest_line) {
    first = boundary(line, begin > kept_before ? begin - kept_before : 0);
    last = boundary(line, first + longest_line);
    end = std::min(end, last);
  }
  Quote result;
  result.line = first > 0 ? "..." : "";
  size_t column = result.line.size();
  const size_t most = column + longest_line;
  const Shown before = show(line.substr(first, begin - first), column);
  column += before.columns;
  const Shown marked = show(line.substr(begin, end - begin), column);
  // Escapes make a line longer than its bytes.
  const Shown after = show(line.substr(end, last - end), column + marked.columns, most);
  result.line += before.text + marked.text + after.text + (after.is_cut || last < line.size() ? "..." : "");
  result.column = column;
  result.carets = std::max<size_t>(marked.columns, 1);
  return result;
}

/// A span at the end of the script points behind the last character that can be seen.
uint32_t visible_offset(const Source &source, uint32_t offset) {
  const size_t last = source.text.find_last_not_of(" \t\r\n");
  const size_t end = last == std::string::npos ? 0 : last + 1;
  return offset >= source.text.size() ? static_cast<uint32_t>(end) : offset;
}

uint32_t line_number(const Source &source, Span span) {
  return source.position(visible_offset(source, span.begin)).line;
}

std::string without_trailing_space(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

/// Writes the quoted lines of one diagnostic, one below the other.
class Excerpt {
 public:
  Excerpt(const Source &source, size_t gutter, const Palette &palette)
      : source_(source), gutter_(gutter), palette_(palette) {}

  void add(Span span, std::string_view note, const char *colour) {
    const uint32_t begin = visible_offset(source_, span.begin);
    const std::string_view line = source_.line_at(begin);
    const size_t offset = begin - static_cast<size_t>(line.data() - source_.text.data());
    const Quote quoted = quote(line, offset, offset + (span.end > begin ? span.end - begin : 0));
    const uint32_t number = source_.position(begin).line;
    if (number != line_)
      text_ += without_trailing_space(fmt::format("{:>{}} | {}", number, gutter_, quoted.line)) + "\n";
    line_ = number;
    text_ += fmt::format("{:{}} | {:{}}{}{}{}{}\n", "", gutter_, "", quoted.column, colour,
                         std::string(quoted.carets, '^'), note.empty() ? "" : " " + escape_text(note), palette_.off);
  }

  const std::string &text() const { return text_; }

 private:
  const Source &source_;
  size_t gutter_;
  const Palette &palette_;
  uint32_t line_ = 0;  // quoted last
  std::string text_;
};

std::string render_one(const Diagnostic &d, const Source &source, const Palette &palette) {
  const bool error = d.severity == Severity::error;
  const char *colour = error ? palette.error : palette.warning;
  std::string result =
      fmt::format("{}{}:{} {}\n", colour, error ? "error" : "warning", palette.off, escape_text(d.message));
  uint32_t largest = line_number(source, d.at);
  for (const Label &label : d.labels) largest = std::max(largest, line_number(source, label.at));
  const size_t gutter = std::to_string(largest).size();
  const Position position = source.position(visible_offset(source, d.at.begin));
  result += fmt::format("{:{}}--> {}:{}:{}\n", "", gutter, escape_text(source.file_name(d.at.begin)), position.line,
                        position.column);
  Excerpt excerpt(source, gutter, palette);
  excerpt.add(d.at, "", colour);
  for (const Label &label : d.labels) excerpt.add(label.at, label.text, palette.note);
  result += excerpt.text();
  if (!d.help.empty()) result += fmt::format("{}help:{} {}\n", palette.note, palette.off, escape_text(d.help));
  return result;
}

std::pair<uint32_t, uint32_t> place(const Diagnostic *d) { return {d->at.begin, d->at.end}; }

bool same(const Diagnostic &a, const Diagnostic &b) {
  const auto same_label = [](const Label &x, const Label &y) { return x.at == y.at && x.text == y.text; };
  return a.severity == b.severity && a.at == b.at && a.message == b.message && a.help == b.help &&
         std::ranges::equal(a.labels, b.labels, same_label);
}

}  // namespace

Diagnostics::Draft Diagnostics::add(Severity severity, Span at, std::string message) {
  if (severity == Severity::error) errors_++;
  all_.push_back({.severity = severity, .at = at, .message = std::move(message), .labels = {}, .help = {}});
  constexpr size_t most_uses = 3;
  for (const Use &use : uses_)
    if (use.body.begin <= at.begin && at.end <= use.body.end && all_.back().labels.size() < most_uses)
      all_.back().labels.push_back({use.use, "used here"});
  return Draft(all_.back());
}

std::string Diagnostics::render(const Source &source, bool colour) const {
  std::vector<const Diagnostic *> sorted;
  for (const Diagnostic &d : all_) sorted.push_back(&d);
  std::ranges::stable_sort(sorted, {}, place);
  std::vector<const Diagnostic *> kept;
  for (const Diagnostic *d : sorted) {
    const auto repeats = [d](const Diagnostic *other) { return same(*d, *other); };
    if (std::none_of(std::ranges::lower_bound(kept, place(d), {}, place), kept.end(), repeats)) kept.push_back(d);
  }
  const size_t shown = std::min(kept.size(), max_shown);
  std::string result;
  for (size_t i = 0; i < shown; i++) {
    if (i > 0) result += '\n';
    result += render_one(*kept[i], source, colour ? ansi : plain);
  }
  if (kept.size() > shown) result += fmt::format("\n{} more not shown\n", kept.size() - shown);
  return result;
}

}  // namespace awl
