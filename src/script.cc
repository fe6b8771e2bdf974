// SPDX-License-Identifier: GPL-2.0-only
// Where the script comes from; see script.h.
#include "src/script.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "src/base/fd.h"
#include "src/base/text.h"

namespace awl {
namespace {

Error cannot_read(const std::string &name, std::string why) {
  return {fmt::format("cannot read `{}`", escape_text(name)), std::move(why), ""};
}

Result<std::string> read_all(int fd, const std::string &name) {
  std::string text;
  char buffer[65536];
  for (;;) {
    ssize_t got = ::read(fd, buffer, sizeof(buffer));
    if (got == 0) return text;
    if (got < 0) return cannot_read(name, errno_text(errno));
    text.append(buffer, static_cast<size_t>(got));
    if (text.size() > max_source_bytes)
      return cannot_read(name, fmt::format("a script has at most {}", human_bytes(max_source_bytes)));
  }
}

/// A file that is not there is not to be taken for a program with mistakes in it.
bool looks_like_path(const std::string &text) {
  if (text.find_first_of("{}\n") != text.npos) return false;
  for (const char *ending : {".awl", ".bt", ".d"})
    if (text.ends_with(ending)) return true;
  return text.starts_with("/") || text.starts_with("./") || text.starts_with("../") ||
         (text.find_first_of("/.") != text.npos && text.find_first_of(" :") == text.npos);
}

/// awl kprobe:f { ... } without quotes: the program's first word, and later, as a parameter, its block.
std::optional<Error> cut_by_shell(const Options &options) {
  std::string whole;
  bool has_block = false;
  for (const std::string &argument : options.positional) {
    if (!whole.empty() && argument.starts_with('{')) has_block = true;
    whole += (whole.empty() ? "" : " ") + argument;
  }
  if (!has_block || options.positional[0].find('{') != std::string::npos) return std::nullopt;
  return Error{fmt::format("the program is cut into {} arguments", options.positional.size()),
               "it must be one, in quotes", fmt::format("awl '{}'", escape_text(whole)), ErrorKind::usage};
}

}  // namespace

Result<Source> read_source(const Options &options) {
  if (options.expression) return Source{"program", *options.expression};
  if (options.positional.empty())
    return Error{"there is no program", "", "awl 'kretprobe:vfs_read { @[\"size\"] = quantize(retval); }'",
                 ErrorKind::usage};
  const std::string &first = options.positional[0];
  if (first == "-") {
    auto text = read_all(STDIN_FILENO, "standard input");
    if (!text) return text.error();
    return Source{"stdin", *text};
  }
  struct stat info;
  if (first.size() >= 4096 || stat(first.c_str(), &info) < 0) {
    if (looks_like_path(first)) return cannot_read(first, errno_text(ENOENT));
    if (std::optional<Error> cut = cut_by_shell(options)) return *cut;
    return Source{"program", first};
  }
  if (S_ISDIR(info.st_mode)) return cannot_read(first, "it is a directory");
  Fd fd(open(first.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return cannot_read(first, errno_text(errno));
  auto text = read_all(fd.get(), first);
  if (!text) return text.error();
  return Source{escape_text(first), *text};
}

}  // namespace awl
