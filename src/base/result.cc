// SPDX-License-Identifier: GPL-2.0-only
// Errors of the machine as text. They may quote file names and what the kernel said, so every line is made safe
// for a terminal first; line ends stay, because the kernel's reasons can be longer than one line.
#include "src/base/result.h"

#include <cctype>
#include <system_error>

#include "src/base/text.h"

namespace awl {
namespace {

std::string printable(std::string_view text) {
  std::string result;
  for (std::string_view line : split(text, '\n')) {
    if (!result.empty()) result += '\n';
    result += escape_text(line);
  }
  return result;
}

}  // namespace

std::string render(const Error &error, bool colour) {
  std::string result = colour ? "\x1b[1;31merror:\x1b[0m " : "error: ";
  result += printable(error.what);
  if (!error.why.empty()) result += ": " + printable(error.why);
  result += '\n';
  if (!error.help.empty()) result += (colour ? "\x1b[1;36mhelp:\x1b[0m " : "help: ") + printable(error.help) + '\n';
  return result;
}

std::string errno_text(int error_number) {
  std::string text = std::generic_category().message(error_number);
  // Only a sentence's capital goes: "RPC ..." stays as it is.
  const bool sentence = text.size() > 1 && std::islower(static_cast<unsigned char>(text[1]));
  if (sentence) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

}  // namespace awl
