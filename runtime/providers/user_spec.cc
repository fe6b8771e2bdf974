// SPDX-License-Identifier: GPL-2.0-only
// Taking specs of user probes apart; see user_spec.h.
#include "runtime/providers/user_spec.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "runtime/providers/spec.h"
#include "src/base/text.h"

namespace awl {
namespace {

constexpr std::string_view languages[] = {"cpp", "rust"};

std::string unquoted(std::string_view written) {
  std::string text;
  for (size_t i = 0; i < written.size(); i++) {
    if (written[i] == '"') continue;
    if (written[i] == '\\' && i + 1 < written.size()) i++;
    text += written[i];
  }
  return text;
}

SpecPart make_part(std::string_view written) { return {unquoted(written), written}; }

/// Place of the last `sought` outside of quotes.
size_t find_last(std::string_view text, char sought) {
  size_t found = text.npos;
  bool in_quotes = false;
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] == '"') in_quotes = !in_quotes;
    if (text[i] == '\\') i++;
    if (i < text.size() && !in_quotes && text[i] == sought) found = i;
  }
  return found;
}

/// "16" or "0x10".
std::optional<uint64_t> parse_number(std::string_view text) {
  const bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, is_hex ? 16 : 10);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// From the first of the parts on, to the end of the last.
std::string_view joined(const std::vector<SpecPart> &parts, size_t first) {
  const char *begin = parts[first].written.data();
  return {begin, parts.back().written.data() + parts.back().written.size()};
}

/// `file@source:line` and `file@source:line:column`, of which the column is not needed: true when it is one.
bool take_line(const std::vector<SpecPart> &parts, UserSpec &result) {
  const size_t at = find_last(parts[0].written, '@');
  if (parts.size() < 2 || parts.size() > 3 || at == std::string_view::npos || at == 0) return false;
  const std::optional<uint64_t> line = parse_number(parts[1].text);
  if (!line || *line == 0 || *line > INT32_MAX) return false;
  result.file = make_part(parts[0].written.substr(0, at));
  result.source = make_part(parts[0].written.substr(at + 1));
  result.line = static_cast<int>(*line);
  return true;
}

/// Take "+offset" off the function. False when it is wrong.
bool take_offset(const ProbeSpec &spec, const UserForm &form, UserSpec &result, Diagnostics &diagnostics) {
  const std::string_view written = result.function.written;
  const size_t plus = find_last(written, '+');
  // `operator+` is a function.
  if (plus == written.npos || written.substr(0, plus).ends_with("operator") || plus + 1 == written.size()) return true;
  const std::string_view text = written.substr(plus + 1);
  const std::optional<uint64_t> offset = parse_number(text);
  if (!offset) {
    if (result.is_demangled) return true;
    diagnostics.error(part_span(spec, text), "`{}` is not an offset: a number of bytes is, as 16 or 0x10", text);
    return false;
  }
  result.function = make_part(written.substr(0, plus));
  result.offset = *offset;
  if (*offset > 0 && form.at_exit) {
    diagnostics.error(part_span(spec, text), "`{}` takes no offset: it is at the function's return", form.provider);
    return false;
  }
  if (*offset > 0 && is_glob(result.function.text)) {
    diagnostics.error(part_span(spec, text), "an offset needs one function, and `{}` is a pattern",
                      result.function.text);
    return false;
  }
  return true;
}

bool take_function(const ProbeSpec &spec, const UserForm &form, const std::vector<SpecPart> &parts, size_t first,
                   UserSpec &result, Diagnostics &diagnostics) {
  const bool has_language =
      parts.size() > first + 1 && std::ranges::find(languages, parts[first].text) != std::end(languages);
  result.function = make_part(joined(parts, has_language ? first + 1 : first));
  // No symbol has two colons, but those names have that people write.
  result.is_demangled = has_language || result.function.text.find("::") != std::string::npos;
  if (!take_offset(spec, form, result, diagnostics)) return false;
  if (result.function.text.starts_with("0x")) result.address = parse_number(result.function.text);
  return !result.function.text.empty();
}

void report_form(const ProbeSpec &spec, const UserForm &form, Diagnostics &diagnostics) {
  auto draft = diagnostics.error(spec.span, "`{}` is not of the form `{}:file:function{}`", spec.text, form.provider,
                                 form.at_exit ? "" : "[+offset]");
  draft.help("for example `{}:/bin/bash:readline`", form.provider);
}

Error no_file(std::string_view name) {
  Error error = {.what = fmt::format("no library or command is called `{}`", name)};
  if (name.find('/') != name.npos) error.what = fmt::format("no file matches `{}`", name);
  if (name.empty() || name == "*") error.what = "a file is needed, or a process";
  error.help = name.empty() || name == "*"   ? "name a file, as `uprobe:/bin/bash:readline`, or a process with `-p`"
               : name.find('/') == name.npos ? fmt::format("for a file in this directory: `./{}`", name)
                                             : "";
  return error;
}

}  // namespace

std::vector<SpecPart> spec_parts(std::string_view rest) {
  std::vector<SpecPart> parts;
  size_t begin = 0;
  bool in_quotes = false;
  for (size_t i = 0; i < rest.size(); i++) {
    if (rest[i] == '"') in_quotes = !in_quotes;
    if (rest[i] == '\\') i++;
    if (i >= rest.size() || in_quotes || rest[i] != ':') continue;
    parts.push_back(make_part(rest.substr(begin, i - begin)));
    begin = i + 1;
  }
  parts.push_back(make_part(rest.substr(begin)));
  return parts;
}

std::optional<UserSpec> parse_user_spec(const ProbeSpec &spec, const UserForm &form, Diagnostics &diagnostics) {
  const std::vector<SpecPart> parts = spec_parts(after_provider(spec));
  UserSpec result;
  if (!form.at_exit && take_line(parts, result)) return result;
  const bool has_file = parts.size() > 1;
  if (has_file) result.file = parts[0];
  if ((!has_file && !form.has_pids) || (has_file && result.file.text.empty() && !form.has_pids)) {
    report_form(spec, form, diagnostics);
    return std::nullopt;
  }
  const size_t mistakes = diagnostics.all().size();
  if (take_function(spec, form, parts, has_file ? 1 : 0, result, diagnostics)) return result;
  if (diagnostics.all().size() == mistakes) report_form(spec, form, diagnostics);
  return std::nullopt;
}

std::string spec_quoted(std::string_view text) {
  if (text.find_first_of(" \t,{}:\"\\") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

Result<std::vector<ProgramFile *>> open_files(std::string_view file, const std::vector<int> &pids,
                                              ProgramFiles &binaries) {
  const Result<std::vector<UserFile>> files = find_files(file, pids);
  if (!files) return files.error();
  if (files->empty()) return no_file(file);
  std::vector<ProgramFile *> opened;
  std::optional<Error> first_error;
  for (const UserFile &one : *files) {
    const Result<ProgramFile *> binary = binaries.open(one);
    if (binary)
      opened.push_back(*binary);
    else if (!first_error)
      first_error = binary.error();
  }
  if (opened.empty() && first_error) return *first_error;
  return opened;
}

std::vector<ProgramFile *> open_files(const ProbeSpec &spec, const SpecPart &file, const std::vector<int> &pids,
                                      ProgramFiles &binaries, Diagnostics &diagnostics) {
  const Result<std::vector<ProgramFile *>> opened = open_files(file.text, pids, binaries);
  if (opened) return *opened;
  const Error &error = opened.error();
  const std::string why = error.why.empty() ? "" : ": " + error.why;
  auto draft = diagnostics.error(part_span(spec, file.written), "{}{}", error.what, why);
  if (!error.help.empty()) draft.help("{}", error.help);
  return {};
}

}  // namespace awl
