// SPDX-License-Identifier: GPL-2.0-only
// Small pure functions on text that several folders need.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace awl {

/// Number of insertions, deletions, replacements and swaps of neighbours that turn a into b (optimal string
/// alignment). Stops counting above `limit` and returns limit + 1.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit);

/// The candidate that `word` was most likely meant to be, or nothing when none is close (more than a third of
/// its letters differ). Case is ignored for the distance.
std::optional<std::string_view> did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

/// Glob with `*`, `?` and `[...]`. No escapes; matches whole strings; linear time in practice (no recursion).
bool glob_match(std::string_view pattern, std::string_view text);
bool is_glob(std::string_view pattern);

/// Split at every `separator`; n separators give n + 1 parts.
std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);

/// Make bytes from outside safe to print on a terminal: control characters and bytes that are not UTF-8 become
/// \n \t \xNN; printable UTF-8 passes. Bidirectional overrides and other invisible format characters are escaped too.
std::string escape_text(std::string_view bytes);

/// A number with a metric suffix as used for sizes in sentences: 1536 -> "1.5 KiB".
std::string human_bytes(uint64_t bytes);

/// Whole file or an empty optional; at most max_bytes are read (more is an error, too).
std::optional<std::string> read_file(const std::string &path, size_t max_bytes = size_t(256) << 20);

}  // namespace awl
