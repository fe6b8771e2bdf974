// SPDX-License-Identifier: GPL-2.0-only
// Small pure functions on text; see text.h.
#include "src/base/text.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "src/base/fd.h"
#include "src/base/utf8.h"

namespace awl {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// The length of the `[...]` that the pattern starts with, or 0 when it is not closed and so is a plain `[`.
size_t set_length(std::string_view pattern) {
  size_t i = 1;
  if (i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^')) i++;
  if (i < pattern.size() && pattern[i] == ']') i++;
  const size_t close = pattern.find(']', i);
  return close == std::string_view::npos ? 0 : close + 1;
}

/// `set` is a whole `[...]`.
bool in_set(std::string_view set, char c) {
  set = set.substr(1, set.size() - 2);
  const bool negated = set.front() == '!' || set.front() == '^';
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (size_t i = 0; i < set.size(); i++) {
    const bool range = i + 2 < set.size() && set[i + 1] == '-';
    const unsigned char low = static_cast<unsigned char>(set[i]);
    const unsigned char high = range ? static_cast<unsigned char>(set[i + 2]) : low;
    const unsigned char byte = static_cast<unsigned char>(c);
    found = found || (low <= byte && byte <= high);
    if (range) i += 2;
  }
  return found != negated;
}

/// Bytes of the pattern's first element if that matches `c`, else 0. The element is not a `*`.
size_t match_one(std::string_view pattern, char c) {
  if (pattern.empty()) return 0;
  if (pattern[0] == '?') return 1;
  const size_t set = pattern[0] == '[' ? set_length(pattern) : 0;
  if (set > 0) return in_set(pattern.substr(0, set), c) ? set : 0;
  return pattern[0] == c ? 1 : 0;
}

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  const size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit) return limit + 1;
  // Three rows of the table of distances between the prefixes of a and of b.
  std::vector<size_t> before(b.size() + 1), previous(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); j++) row[j] = j;
  for (size_t i = 1; i <= a.size(); i++) {
    std::swap(before, previous);
    std::swap(previous, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); j++) {
      const size_t replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, previous[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    // A swap looks back two rows, so both must be beyond the limit before nothing can come back below it.
    const size_t least = std::min(std::ranges::min(row), std::ranges::min(previous));
    if (least > limit) return limit + 1;
  }
  return std::min(row[b.size()], limit + 1);
}

std::optional<std::string_view> did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  std::optional<std::string_view> best;
  size_t best_distance = 0;
  const std::string wanted = to_lower(word);
  for (std::string_view candidate : candidates) {
    const size_t limit = std::max(word.size(), candidate.size()) / 3;
    const size_t distance = edit_distance(wanted, to_lower(candidate), limit);
    if (distance > limit || (best && distance >= best_distance)) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

bool glob_match(std::string_view pattern, std::string_view text) {
  // Only the last star can need another try: what earlier stars took cannot help those after them.
  std::optional<std::string_view> after_star;
  std::string_view retry;
  while (!text.empty()) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      after_star = pattern;
      retry = text;
    } else if (const size_t used = match_one(pattern, text[0])) {
      pattern.remove_prefix(used);
      text.remove_prefix(1);
    } else if (after_star) {
      pattern = *after_star;
      retry.remove_prefix(1);
      text = retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*') == std::string_view::npos;
}

bool is_glob(std::string_view pattern) { return pattern.find_first_of("*?[") != std::string_view::npos; }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t end;
  while ((end = text.find(separator)) != std::string_view::npos) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

std::string escape_text(std::string_view bytes) {
  std::string result;
  result.reserve(bytes.size());
  while (!bytes.empty()) {
    const CodePoint c = first_code_point(bytes);
    const std::string_view raw = bytes.substr(0, c.length);
    bytes.remove_prefix(c.length);
    if (c.valid && !is_invisible(c.value)) {
      result += raw;
    } else if (raw == "\n") {
      result += "\\n";
    } else if (raw == "\t") {
      result += "\\t";
    } else {
      for (char byte : raw) result += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
  }
  return result;
}

std::string human_bytes(uint64_t bytes) {
  constexpr const char *units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  size_t unit = 0;
  double value = static_cast<double>(bytes);
  // 1023.95 would print as 1024.0, which is one of the next unit.
  for (; value >= 1023.95 && unit + 1 < std::size(units); unit++) value /= 1024;
  std::string number = fmt::format("{:.1f}", value);
  if (number.ends_with(".0")) number.resize(number.size() - 2);
  return number + " " + units[unit];
}

std::optional<std::string> read_file(const std::string &path, size_t max_bytes) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status;
  if (!file || ::fstat(file.get(), &status) != 0 || S_ISDIR(status.st_mode)) return std::nullopt;
  // Files in /proc and /sys say that they are empty or a page long, so the size is never believed. They also give a
  // page at a time: the room is doubled when it is used up, not at each read.
  std::string content;
  size_t used = 0;
  for (;;) {
    if (used == content.size()) content.resize(std::max<size_t>(used * 2, 16384));
    const ssize_t got = ::read(file.get(), content.data() + used, content.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    used += static_cast<size_t>(got);
    if (used > max_bytes) return std::nullopt;
  }
  content.resize(used);
  return content;
}

}  // namespace awl
