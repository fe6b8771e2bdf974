// SPDX-License-Identifier: GPL-2.0-only
// What is mapped where: by records as the kernel writes them, and by /proc of this very process.
#include "runtime/symbols/processes.h"

#include <doctest/doctest.h>
#include <linux/perf_event.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <span>

#include "runtime/symbols/mapping_watch.h"

using namespace awl;

namespace {

constexpr uint32_t nobody = 0x3ffffff0;  // above all process ids

std::string path_at(Processes &processes, uint32_t process, uint64_t address) {
  auto place = processes.find(process, address);
  return place ? processes.file(place->mapping.file).path : "none";
}

struct Record {
  std::string bytes;
  template <class T>
  Record &add(T value) {
    bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
    return *this;
  }
  std::span<const std::byte> span() const { return std::as_bytes(std::span(bytes)); }
};

Record mapping(uint32_t process, uint64_t begin, uint64_t length, uint64_t offset, std::string path, uint16_t misc) {
  path.resize((path.size() + 8) & ~size_t{7});
  Record record;
  record.add(perf_event_header{PERF_RECORD_MMAP2, misc, static_cast<uint16_t>(72 + path.size())});
  record.add(process).add(process).add(begin).add(length).add(offset);
  record.add(uint8_t{4}).add(uint8_t{0}).add(uint16_t{0});
  record.bytes += std::string("\xaa\xbb\xcc\xdd", 4) + std::string(16, '\0');
  record.add(uint32_t{5}).add(uint32_t{2});
  record.bytes += path;
  return record;
}

}  // namespace

TEST_CASE("a mapping gives file and offset, the latest one first") {
  Processes processes;
  processes.mapped(nobody, {0x1000, 0x3000, 0x500000, 0}, "/old", "");
  processes.mapped(nobody, {0x2000, 0x4000, 0, 0}, "/new", "");
  CHECK(path_at(processes, nobody, 0x1fff) == "/old");
  CHECK(path_at(processes, nobody, 0x2000) == "/new");
  CHECK(path_at(processes, nobody, 0x4000) == "none");
  CHECK(processes.find(nobody, 0x1010)->offset == 0x500010);
}

TEST_CASE("a child has the mappings of its parent until it makes its own") {
  Processes processes;
  processes.mapped(nobody, {0x1000, 0x2000, 0, 0}, "/parent", "");
  processes.forked(nobody + 1, nobody);
  CHECK(path_at(processes, nobody + 1, 0x1000) == "/parent");
  processes.mapped(nobody + 1, {0x1000, 0x2000, 0, 0}, "/child", "");
  CHECK(path_at(processes, nobody + 1, 0x1000) == "/child");
  CHECK(path_at(processes, nobody, 0x1000) == "/parent");
}

TEST_CASE("processes that are their own ancestors do not hold us up") {
  Processes processes;
  processes.forked(nobody, nobody + 1);
  processes.forked(nobody + 1, nobody);
  processes.forked(nobody, nobody);
  CHECK_FALSE(processes.find(nobody, 0x1000));
}

TEST_CASE("records of the kernel") {
  Processes processes;
  auto with_id = mapping(nobody, 0x1000, 0x1000, 0x2000, "/a/file", PERF_RECORD_MISC_USER | PERF_RECORD_MISC_MMAP_BUILD_ID);
  note_record(with_id.span(), processes);
  auto place = processes.find(nobody, 0x1800);
  REQUIRE(place);
  CHECK(place->offset == 0x2800);
  CHECK(processes.file(place->mapping.file).path == "/a/file");
  CHECK(processes.file(place->mapping.file).build_id == "\xaa\xbb\xcc\xdd");

  note_record(mapping(nobody, 0x5000, 0x1000, 0, "/b", PERF_RECORD_MISC_USER).span(), processes);
  CHECK(processes.file(processes.find(nobody, 0x5000)->mapping.file).build_id.empty());

  Record fork;
  fork.add(perf_event_header{PERF_RECORD_FORK, 0, 32}).add(nobody + 7).add(nobody).add(nobody + 7).add(nobody);
  fork.add(uint64_t{0});
  note_record(fork.span(), processes);
  CHECK(path_at(processes, nobody + 7, 0x1800) == "/a/file");
}

TEST_CASE("records that are cut, of the kernel's own memory, or over its end say nothing") {
  Processes processes;
  auto record = mapping(nobody, 0x1000, 0x1000, 0, "/a/file", PERF_RECORD_MISC_USER);
  for (size_t size = 0; size < 72; size++) note_record(record.span().first(size), processes);
  note_record(mapping(nobody, 0x1000, 0x1000, 0, "/module", PERF_RECORD_MISC_KERNEL).span(), processes);
  note_record(mapping(nobody, 0x1000, ~uint64_t{0}, 0, "/wraps", PERF_RECORD_MISC_USER).span(), processes);
  CHECK_FALSE(processes.find(nobody, 0x1000));
}

TEST_CASE("a living process is read when its address is asked for") {
  Processes processes;
  auto here = reinterpret_cast<uint64_t>(&path_at);
  auto place = processes.find(static_cast<uint32_t>(getpid()), here);
  REQUIRE(place);
  CHECK(processes.file(place->mapping.file).path.ends_with("symbols_tests"));
  CHECK_FALSE(processes.file(place->mapping.file).foreign);
  CHECK(processes.owner(static_cast<uint32_t>(getpid())) == geteuid());
}

TEST_CASE("a process that lived and died while it was watched") {
  if (geteuid() != 0) return;  // the kernel tells only root what others map
  MappingWatch watch;
  pid_t child = fork();
  if (child == 0) {
    execl("/bin/true", "true", nullptr);
    _exit(127);
  }
  REQUIRE(waitpid(child, nullptr, 0) == child);
  MappingWatch::Guard processes(watch);
  bool seen = false;
  for (uint32_t file = 0; file < processes->files() && !seen; file++)
    seen = processes->file(file).path.ends_with("/true");
  CHECK(seen);
}
