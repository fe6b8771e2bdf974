// SPDX-License-Identifier: GPL-2.0-only
//   .TP
//   \fB\-c, \-\-cmd COMMAND\fR
//   run a command when all probes are attached; awl ends with it
#include "src/docs.h"

#include "lang/builtins.h"
#include "lang/provider.h"
#include "runtime/kernel.h"
#include "runtime/providers/providers.h"
#include "runtime/sinks/style.h"
#include "src/base/text.h"
#include "src/options.h"

namespace awl {
namespace {

/// Text as troff wants it. Characters that it would turn into typographic ones are named, so that what a reader copies
/// from the page is what was written; a line must not start with a control character.
std::string roff(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      default:
        out += c;
    }
  }
  if (!out.empty() && out[0] == '.') out.insert(0, "\\&");
  return out;
}

std::string entry(std::string_view term, std::string_view text) {
  return fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(term), roff(text));
}

std::string example(std::string_view script) { return fmt::format(".RS\n.EX\n{}\n.EE\n.RE\n", roff(script)); }

std::string options() {
  std::string text;
  for (const OptionRow &row : option_rows()) {
    if (row.name == "manual") continue;  // what makes the manual is no use to its readers
    std::string argument(row.argument);
    if (!argument.empty()) argument = argument[0] == '[' ? "[=" + argument.substr(1) : " " + argument;
    text += entry(fmt::format("{}--{}{}", row.letter ? std::string{'-', row.letter, ',', ' '} : "", row.name, argument),
                  row.summary);
  }
  return text;
}

std::string probes() {
  std::string text;
  for (const auto &provider : make_providers(this_kernel())) {
    ProviderDoc doc = provider->doc();
    std::string aliases;
    for (std::string_view alias : doc.aliases) aliases += fmt::format("{}{}", aliases.empty() ? "" : ", ", alias);
    text +=
        entry(doc.form, fmt::format("{}{}", doc.summary, aliases.empty() ? "" : fmt::format(" (short: {})", aliases)));
    text += example(doc.example);
  }
  return text;
}

std::string builtin_list() {
  std::string text;
  std::string_view group;
  for (const Builtin &row : builtins()) {
    if (row.group != group) text += fmt::format(".SS {}\n", group = row.group);
    std::string form(row.name);
    if (row.form != Form::value) {
      form += "(";
      for (size_t i = 0; i < row.parameters.size(); i++)
        form += fmt::format("{}{}{}", i ? ", " : "", row.parameters[i].name, row.parameters[i].optional ? "?" : "");
      form += ")";
    }
    for (std::string_view alias : row.aliases) form += fmt::format(", {}", alias);
    text += entry(form, row.summary) + example(row.example);
  }
  return text;
}

std::string formats() {
  std::string text;
  for (const SinkFormat &format : sink_formats()) text += entry(format.name, format.summary);
  return text;
}

std::string style_list() {
  std::string text;
  for (const Style &style : styles()) text += entry(style.name, style.summary);
  return text;
}

}  // namespace

std::string fill_manual(std::string_view text) {
  std::string out;
  bool in_example = false;
  for (std::string_view line : split(text, '\n')) {
    if (line == ".EE") in_example = false;
    if (line == ".EX") out += ".RS\n";
    if (in_example)
      out.append(roff(line)).append("\n");
    else if (line == "@OPTIONS@")
      out += options();
    else if (line == "@PROBES@")
      out += probes();
    else if (line == "@BUILTINS@")
      out += builtin_list();
    else if (line == "@FORMATS@")
      out += formats();
    else if (line == "@STYLES@")
      out += style_list();
    else
      out.append(line).append("\n");
    if (line == ".EX") in_example = true;
    if (line == ".EE") out += ".RE\n";
  }
  while (out.size() > 1 && out[out.size() - 2] == '\n') out.pop_back();
  return out;
}

}  // namespace awl
