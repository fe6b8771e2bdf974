// SPDX-License-Identifier: GPL-2.0-only
// Distances, globs, escapes, sizes and files.
#include "src/base/text.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

using namespace awl;

TEST_CASE("edit distance") {
  CHECK(edit_distance("", "", 5) == 0);
  CHECK(edit_distance("abc", "", 5) == 3);
  CHECK(edit_distance("kitten", "sitting", 5) == 3);
  CHECK(edit_distance("quantise", "quantize", 5) == 1);
  CHECK(edit_distance("cuont", "count", 5) == 1);  // neighbours swapped
  CHECK(edit_distance("ca", "abc", 5) == 3);       // alignment, not the unrestricted distance of 2
  CHECK(edit_distance("aaaaaaaa", "bbbbbbbb", 3) == 4);
  CHECK(edit_distance("a", "abcdefgh", 3) == 4);
}

TEST_CASE("did you mean") {
  const std::string_view names[] = {"count", "quantize", "lquantize", "pid", "nsecs"};
  CHECK(did_you_mean("quantise", names) == "quantize");
  CHECK(did_you_mean("lquantise", names) == "lquantize");
  CHECK(did_you_mean("COUNT", names) == "count");
  CHECK(did_you_mean("pdi", names) == "pid");
  CHECK(did_you_mean("nsec", names) == "nsecs");
  CHECK(did_you_mean("elephant", names) == std::nullopt);
  CHECK(did_you_mean("x", names) == std::nullopt);
  CHECK(did_you_mean("x", {}) == std::nullopt);
}

TEST_CASE("globs match whole strings") {
  CHECK(glob_match("vfs_*", "vfs_read"));
  CHECK(glob_match("*", ""));
  CHECK(glob_match("", ""));
  CHECK_FALSE(glob_match("", "a"));
  CHECK_FALSE(glob_match("vfs_", "vfs_read"));
  CHECK_FALSE(glob_match("vfs_read?", "vfs_read"));
  CHECK(glob_match("*_read*", "vfs_readv"));
  CHECK(glob_match("a*b*c", "axxbyybzc"));
  CHECK_FALSE(glob_match("a*b*c", "axxbyybz"));
  CHECK(glob_match("sys_enter_open?t", "sys_enter_openat"));
}

TEST_CASE("sets in globs") {
  CHECK(glob_match("[abc]x", "bx"));
  CHECK_FALSE(glob_match("[!abc]x", "bx"));
  CHECK(glob_match("[^abc]x", "dx"));
  CHECK(glob_match("cpu[0-9]", "cpu7"));
  CHECK_FALSE(glob_match("cpu[0-9]", "cpux"));
  CHECK(glob_match("[]]", "]"));
  CHECK(glob_match("[a-]", "-"));
  CHECK(glob_match("a[b", "a[b"));  // not closed: a plain bracket
  CHECK_FALSE(glob_match("a[b", "ab"));
  CHECK(glob_match("[!", "[!"));
}

TEST_CASE("many stars do not take forever") {
  std::string pattern;
  for (int i = 0; i < 50; i++) pattern += "*a";
  CHECK_FALSE(glob_match(pattern + "*b", std::string(2000, 'a')));
}

TEST_CASE("is_glob") {
  CHECK(is_glob("vfs_*"));
  CHECK(is_glob("vfs_rea?"));
  CHECK(is_glob("[a]"));
  CHECK_FALSE(is_glob("vfs_read"));
}

TEST_CASE("split, trim, lower") {
  CHECK(split("a:b::c", ':') == std::vector<std::string_view>{"a", "b", "", "c"});
  CHECK(split("", ':') == std::vector<std::string_view>{""});
  CHECK(trim(" \t a b\n") == "a b");
  CHECK(trim("  ") == "");
  CHECK(to_lower("BeGIN1") == "begin1");
}

TEST_CASE("escape_text") {
  CHECK(escape_text("plain \xc3\xa4 \xe4\xb8\xad") == "plain \xc3\xa4 \xe4\xb8\xad");
  CHECK(escape_text("a\nb\tc\rd") == "a\\nb\\tc\\x0dd");
  CHECK(escape_text("\x1b[31m\x7f") == "\\x1b[31m\\x7f");
  CHECK(escape_text("\xff\xc3") == "\\xff\\xc3");
  CHECK(escape_text("\xc2\x9b") == "\\xc2\\x9b");           // the 8-bit form of ESC [
  CHECK(escape_text("\xe2\x80\xae") == "\\xe2\\x80\\xae");  // right-to-left override
  CHECK(escape_text(std::string_view("\0", 1)) == "\\x00");
}

TEST_CASE("human_bytes") {
  CHECK(human_bytes(0) == "0 B");
  CHECK(human_bytes(1023) == "1023 B");
  CHECK(human_bytes(1024) == "1 KiB");
  CHECK(human_bytes(1536) == "1.5 KiB");
  CHECK(human_bytes((1u << 20) - 1) == "1 MiB");
  CHECK(human_bytes(uint64_t(1) << 30) == "1 GiB");
  CHECK(human_bytes(UINT64_MAX) == "16 EiB");
}

TEST_CASE("read_file") {
  CHECK_FALSE(read_file("/nonexistent/file"));
  CHECK_FALSE(read_file("/"));
  const std::optional<std::string> proc = read_file("/proc/self/status");
  REQUIRE(proc);
  CHECK(proc->starts_with("Name:"));
  const std::string path = "/tmp/awl-text-test." + std::to_string(getpid());
  const std::string content = std::string(100000, 'x') + '\0' + "end";
  std::ofstream(path) << content;
  CHECK(read_file(path) == content);
  CHECK(read_file(path, content.size()) == content);
  CHECK_FALSE(read_file(path, content.size() - 1));
  std::remove(path.c_str());
}
