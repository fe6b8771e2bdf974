// SPDX-License-Identifier: GPL-2.0-only
// Reading and erasing whole maps, and the wait that makes a bank ours.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <atomic>
#include <cstring>
#include <map>
#include <thread>

#include <doctest/doctest.h>

#include "runtime/entries.h"
#include "runtime/grace.h"
#include "runtime/object.h"
#include "src/base/fd.h"
#include "tests/session/fixture.h"

using namespace awl;
using namespace awl::test;

namespace {

struct TestMap {
  Fd fd;
  KernelMap map;
};

TestMap make_map(bool per_cpu, uint32_t entries, uint32_t keys) {
  bpf_map_create_opts options{.sz = sizeof options, .map_flags = BPF_F_NO_PREALLOC};
  TestMap made;
  made.fd = Fd(bpf_map_create(per_cpu ? BPF_MAP_TYPE_PERCPU_HASH : BPF_MAP_TYPE_HASH, "t", 8, 8, entries, &options));
  REQUIRE(made.fd);
  made.map = {
      .fd = made.fd.get(), .keyed = true, .per_cpu = per_cpu, .key_size = 8, .value_size = 8, .entries = entries};
  for (uint64_t key = 0; key < keys; key++) {
    std::vector<uint64_t> value(words_per_entry(made.map), key * 2);
    REQUIRE(bpf_map_update_elem(made.map.fd, &key, value.data(), BPF_ANY) == 0);
  }
  return made;
}

using Reader = Status (*)(const KernelMap &, const Visit &);

/// Sum of words by key; fails on a key that comes twice.
std::map<uint64_t, uint64_t> read_with(Reader reader, const KernelMap &map) {
  std::map<uint64_t, uint64_t> found;
  Status done = reader(map, [&](std::span<const std::byte> key, std::span<const uint64_t> words) {
    uint64_t number = 0;
    std::memcpy(&number, key.data(), sizeof number);
    uint64_t sum = 0;
    for (uint64_t word : words) sum += word;
    CHECK(found.emplace(number, sum).second);
  });
  CHECK(done);
  return found;
}

std::vector<std::byte> keys_of(std::vector<uint64_t> numbers) {
  std::vector<std::byte> bytes(numbers.size() * sizeof(uint64_t));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

}  // namespace

TEST_SUITE("entries" * doctest::skip(!is_root())) {
  TEST_CASE("batches and single reads agree, whatever the map") {
    for (bool per_cpu : {false, true})
      for (uint32_t keys : {0u, 1u, 100u, 50'000u}) {
        TestMap made = make_map(per_cpu, std::max(keys, 1u), keys);
        auto in_batches = read_with(for_each_entry, made.map);
        CHECK(in_batches.size() == keys);
        CHECK(in_batches == read_with(for_each_entry_singly, made.map));
        if (keys > 50) CHECK(in_batches[50] == 100 * words_per_entry(made.map));
      }
  }

  TEST_CASE("a bucket that is larger than the batch makes the batch grow") {
    // One entry asked for at a time, a thousand in eight buckets or so.
    TestMap made = make_map(false, 1000, 1000);
    made.map.entries = 1;
    CHECK(read_with(for_each_entry, made.map).size() == 1000);
  }

  TEST_CASE("erasing passes over keys that are gone") {
    for (bool per_cpu : {false, true}) {
      TestMap made = make_map(per_cpu, 100, 10);
      CHECK(erase_entries(made.map, keys_of({77, 0, 1, 78, 79, 2, 99})));
      CHECK(read_with(for_each_entry, made.map).size() == 7);
    }
  }

  TEST_CASE("overwriting brings no key back") {
    TestMap made = make_map(false, 100, 10);
    std::vector<uint64_t> zero(words_per_entry(made.map));
    CHECK(overwrite_entries(made.map, keys_of({5, 50}), zero));
    auto found = read_with(for_each_entry, made.map);
    CHECK(found.size() == 10);
    CHECK(found[5] == 0);
    CHECK(found[6] == 12);
  }

  TEST_CASE("a map that cannot be read is an error") {
    KernelMap none{.fd = -1, .keyed = true};
    CHECK_FALSE(for_each_entry(none, [](auto, auto) {}));
  }

  TEST_CASE("the grace period outlasts a program that runs when it begins") {
    ProgramImage image{.elf = read_object("slow"), .manifest = {}};
    Result<Object> object = Object::load(image, {}, nullptr);
    REQUIRE_MESSAGE(object, (object ? "" : render(object.error(), false)));
    std::atomic_ref begun(object->words("begun")[0]), ended(object->words("ended")[0]);
    GracePeriod grace;
    // On a busy machine this thread may come too late to see the program run; then it is run again.
    int witnessed = 0;
    for (int attempt = 0; attempt < 50 && witnessed < 3; attempt++) {
      begun = ended = 0;
      std::thread program([&] {
        bpf_test_run_opts options{.sz = sizeof options};
        bpf_prog_test_run_opts(bpf_program__fd(object->program("slow")), &options);
      });
      while (begun == 0) std::this_thread::yield();
      bool was_running = ended == 0;
      CHECK(grace.wait());
      CHECK(ended == 1);
      if (was_running) witnessed++;
      program.join();
    }
    CHECK(witnessed == 3);
  }
}
