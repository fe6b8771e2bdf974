// SPDX-License-Identifier: GPL-2.0-only
#include "lang/imports.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace awl {
namespace {

namespace fs = std::filesystem;

bool is_script(const fs::path &path) { return path.extension() == ".awl" || path.extension() == ".bt"; }

/// A directory with the sticky bit still lets everybody add files.
bool everybody_may_write(const fs::path &path) {
  std::error_code none;
  return (fs::status(path, none).permissions() & fs::perms::others_write) != fs::perms::none;
}

}  // namespace

std::vector<Imports::File> Imports::load(const Import &import) {
  std::vector<File> files;
  const fs::path beside = fs::path(source_.file_name(import.span.begin)).parent_path();
  const fs::path path = beside / import.path;
  std::error_code problem;
  if (!fs::is_directory(path, problem)) {
    load_file(path.lexically_normal().string(), import.span, files);
    return files;
  }
  std::vector<std::string> scripts;
  for (const fs::directory_entry &entry : fs::directory_iterator(path, problem))
    if (is_script(entry.path())) scripts.push_back(entry.path().lexically_normal().string());
  std::ranges::sort(scripts);
  for (const std::string &script : scripts) load_file(script, import.span, files);
  if (scripts.empty())
    diagnostics_.error(import.span, "`{}` has no scripts", import.path).help("scripts end in `.awl` or `.bt`");
  return files;
}

bool Imports::trusted(const std::string &path, Span named) {
  const fs::path directory = fs::path(path).parent_path();
  for (const fs::path &place : {fs::path(path), directory.empty() ? fs::path(".") : directory}) {
    if (!everybody_may_write(place)) continue;
    diagnostics_.error(named, "`{}` is not imported: everybody may write to `{}`", path, place.string())
        .help("take that right away with `chmod o-w {}`", place.string());
    return false;
  }
  return true;
}

void Imports::load_file(const std::string &path, Span named, std::vector<File> &files) {
  std::error_code problem;
  const std::string whole = fs::canonical(path, problem).string();
  const bool header = path.ends_with(".h");
  if (problem) {
    diagnostics_.error(named, "cannot import `{}`: {}", path, problem.message());
    return;
  }
  if (!header && !is_script(path)) {
    diagnostics_.error(named, "cannot import `{}`: it is neither a script nor a header", path)
        .help("scripts end in `.awl` or `.bt`, headers in `.h`");
    return;
  }
  if (!fs::is_regular_file(path, problem)) {
    diagnostics_.error(named, "cannot import `{}`: it is not a file", path);
    return;
  }
  if (!seen_.insert(whole).second || !trusted(path, named)) return;
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.good() && !stream.eof()) {
    diagnostics_.error(named, "cannot read `{}`", path);
    return;
  }
  if (source_.text.size() + text.size() > max_source_bytes) {
    diagnostics_.error(named, "`{}` makes this script too large", path);
    return;
  }
  files.push_back({source_.add_import(path, text), header});
}

}  // namespace awl
