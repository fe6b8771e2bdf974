// SPDX-License-Identifier: GPL-2.0-only
// Maps of compilers at run time: hostile files as much as good ones.
#include "runtime/symbols/jit_map.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

using namespace awl;

namespace {

std::string name_at(const JitMap &map, uint64_t address) {
  const JitMap::Function *found = map.find(address);
  return found ? std::string(map.name(*found)) : "none";
}

/// A process id that no process has, and its file.
struct File {
  static constexpr uint32_t process = 0x3ffffff0;
  std::string path = "/tmp/perf-" + std::to_string(process) + ".map";
  File() { ::unlink(path.c_str()); }
  ~File() { ::unlink(path.c_str()); }
};

}  // namespace

TEST_CASE("functions of a map, with names of any text") {
  JitMap map("1000 10 first\n2000 20 LazyCompile:~work file.js:12\n");
  CHECK(name_at(map, 0x1000) == "first");
  CHECK(name_at(map, 0x100f) == "first");
  CHECK(name_at(map, 0x1010) == "none");
  CHECK(name_at(map, 0xfff) == "none");
  CHECK(name_at(map, 0x201f) == "LazyCompile:~work file.js:12");
}

TEST_CASE("the last line for an address is true") {
  CHECK(name_at(JitMap("1000 10 old\n1000 20 new\n"), 0x1004) == "new");
}

TEST_CASE("lines of another form are passed over") {
  JitMap map("\n1000\n1000 \n1000 10\n1000 10 \nzz 10 name\n1000 zz name\nfffffffffffffffff 1 wide\n3000 8 good");
  CHECK(name_at(map, 0x1000) == "none");
  CHECK(name_at(map, 0x3000) == "good");
}

TEST_CASE("a function that reaches over the end of memory") {
  JitMap map("fffffffffffffff0 ffffffffffffffff last\n");
  CHECK(name_at(map, 0xfffffffffffffff8) == "last");
  CHECK(name_at(map, 0x10) == "none");
}

TEST_CASE("the file of a process that has ended") {
  File file;
  std::ofstream(file.path) << "1000 10 jitted\n";
  auto map = JitMap::read(File::process, std::nullopt);
  REQUIRE(map);
  CHECK(name_at(*map, 0x1000) == "jitted");
}

TEST_CASE("what is no plain file is not read") {
  File file;
  CHECK_FALSE(JitMap::read(File::process, std::nullopt));
  REQUIRE(::symlink("/etc/passwd", file.path.c_str()) == 0);
  CHECK_FALSE(JitMap::read(File::process, std::nullopt));
  ::unlink(file.path.c_str());
  REQUIRE(::mkfifo(file.path.c_str(), 0600) == 0);
  CHECK_FALSE(JitMap::read(File::process, std::nullopt));
}

TEST_CASE("a file of another user is not believed") {
  if (geteuid() != 0) return;  // nobody else can give files away
  File file;
  std::ofstream(file.path) << "1000 10 forged\n";
  REQUIRE(::chown(file.path.c_str(), 12345, 12345) == 0);
  CHECK_FALSE(JitMap::read(File::process, 54321));
  CHECK(JitMap::read(File::process, 12345));
}
