// SPDX-License-Identifier: GPL-2.0-only
// One program, with its symbols in every place where they may be: in itself, in a file beside it, in the compressed
// section of distributions; and files that are no programs.
#include "runtime/symbols/symbol_file.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "runtime/symbols/demangle.h"
#include "src/base/text.h"

using namespace awl;

namespace {

const char *const total_name = "_ZL12hidden_totali";

/// A directory of copies of the program, gone with the test.
class Directory {
 public:
  Directory() {
    char name[] = "/tmp/awl-binary-XXXXXX";
    path_ = mkdtemp(name);
    std::filesystem::copy_file(AWL_TEST_VICTIM, file("whole"));
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  std::string file(const std::string &name) const { return path_ + "/" + name; }
  /// A command of the shell in the directory.
  void run(const std::string &command) const {
    REQUIRE_MESSAGE(std::system(("cd " + path_ + " && { " + command + "; } >&2").c_str()) == 0, command);
  }

 private:
  std::string path_;
};

std::string name_at(SymbolFile &binary, uint64_t offset) {
  const SymbolFile::Function *found = binary.find(offset);
  return found ? demangle(found->name) : "none";
}

uint64_t offset_of_total(const Directory &directory) {
  auto whole = SymbolFile::open(directory.file("whole"), Fd());
  REQUIRE(whole);
  auto offset = whole->offset_of(total_name);
  REQUIRE(offset);
  return *offset;
}

}  // namespace

TEST_CASE("functions by their own symbol table") {
  Directory directory;
  auto binary = SymbolFile::open(directory.file("whole"), Fd());
  REQUIRE(binary);
  uint64_t total = offset_of_total(directory);
  CHECK(name_at(*binary, total) == "hidden_total(int)");
  CHECK(name_at(*binary, total + 1) == "hidden_total(int)");
  CHECK(name_at(*binary, binary->offset_of("_ZN4shop5priceEi").value()) == "shop::price(int)");
  CHECK(name_at(*binary, binary->offset_of("main").value()) == "main");
  CHECK(name_at(*binary, 1) == "none");
  CHECK(name_at(*binary, ~uint64_t{0}) == "none");
  CHECK_FALSE(binary->offset_of("nowhere"));
  CHECK(binary->build_id().size() == 20);
}

TEST_CASE("a stripped program keeps no names") {
  Directory directory;
  uint64_t total = offset_of_total(directory);
  directory.run("strip whole -o bare");
  auto bare = SymbolFile::open(directory.file("bare"), Fd());
  REQUIRE(bare);
  CHECK(name_at(*bare, total) == "none");
}

TEST_CASE("a debug file beside the program, found by its link") {
  Directory directory;
  uint64_t total = offset_of_total(directory);
  directory.run("objcopy --only-keep-debug whole bare.debug && strip whole -o bare && "
                "objcopy --add-gnu-debuglink=bare.debug bare");
  auto bare = SymbolFile::open(directory.file("bare"), Fd());
  REQUIRE(bare);
  CHECK(name_at(*bare, total) == "hidden_total(int)");
  CHECK_FALSE(bare->lines(total).empty());
}

TEST_CASE("a debug file of another program is not used") {
  Directory directory;
  uint64_t total = offset_of_total(directory);
  directory.run("objcopy --only-keep-debug whole bare.debug && objcopy --remove-section .note.gnu.build-id whole && "
                "strip whole -o bare && objcopy --add-gnu-debuglink=bare.debug bare && printf x >> bare.debug");
  auto bare = SymbolFile::open(directory.file("bare"), Fd());
  REQUIRE(bare);
  CHECK(name_at(*bare, total) == "none");
}

TEST_CASE("the small compressed symbol table of distributions") {
  Directory directory;
  uint64_t total = offset_of_total(directory);
  directory.run("objcopy -S --keep-symbol=" + std::string(total_name) +
                " whole small && objcopy --only-keep-debug small small.debug && "
                "objcopy --keep-symbol=" + std::string(total_name) + " --strip-debug small.debug mini && xz -k mini && "
                "strip whole -o bare && objcopy --add-section .gnu_debugdata=mini.xz bare");
  auto bare = SymbolFile::open(directory.file("bare"), Fd());
  REQUIRE(bare);
  CHECK(name_at(*bare, total) == "hidden_total(int)");
}

TEST_CASE("an inlined call stands before the function that swallowed it") {
  Directory directory;
  auto binary = SymbolFile::open(directory.file("whole"), Fd());
  REQUIRE(binary);
  // The label stands inside of discount(), which is nowhere but in hidden_total().
  std::string command = fmt::format("nm {} | sed -n 's/ . victim_discount$//p' > {}", directory.file("whole"),
                                    directory.file("label"));
  REQUIRE(std::system(command.c_str()) == 0);
  uint64_t address = std::strtoull(read_file(directory.file("label")).value().c_str(), nullptr, 16);
  REQUIRE(address != 0);
  uint64_t offset = offset_of_total(directory) + address - binary->address_of(offset_of_total(directory)).value();
  std::vector<SymbolFile::Line> lines = binary->lines(offset);
  REQUIRE(lines.size() == 2);
  CHECK(demangle(lines[0].name).starts_with("discount"));
  CHECK(lines[0].file.ends_with("victim.cc"));
  CHECK(lines[0].line >= 11);
  CHECK(lines[0].line <= 14);
  CHECK(demangle(lines[1].name).starts_with("hidden_total"));
  CHECK(lines[1].line == 18);
}

TEST_CASE("files that are no programs") {
  Directory directory;
  CHECK_FALSE(SymbolFile::open(directory.file("nothing"), Fd()));
  std::ofstream(directory.file("empty"));
  CHECK_FALSE(SymbolFile::open(directory.file("empty"), Fd()));
  std::ofstream(directory.file("text")) << "no program";
  CHECK_FALSE(SymbolFile::open(directory.file("text"), Fd()));
}

TEST_CASE("programs that are cut anywhere, or have bytes changed, crash nobody") {
  Directory directory;
  std::string whole = read_file(directory.file("whole")).value();
  uint64_t total = offset_of_total(directory);
  for (size_t step = 1; step < 24; step++) {
    std::string damaged = whole.substr(0, whole.size() * step / 24);
    for (size_t i = step * 7; i < damaged.size(); i += 1013) damaged[i] = static_cast<char>(damaged[i] ^ 0x5a);
    std::ofstream(directory.file("damaged"), std::ios::binary | std::ios::trunc) << damaged;
    if (auto binary = SymbolFile::open(directory.file("damaged"), Fd())) {
      name_at(*binary, total);
      binary->lines(total);
    }
  }
}
