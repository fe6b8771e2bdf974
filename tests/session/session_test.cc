// SPDX-License-Identifier: GPL-2.0-only
// Whole runs over the hand-made object, on the kernel at hand.
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "tests/session/fixture.h"

using namespace awl;
using namespace awl::test;
using std::chrono::milliseconds;

namespace {

void call(long number, int times = 1) {
  for (int i = 0; i < times; i++) syscall(number, 0);
}

}  // namespace

TEST_SUITE("session" * doctest::skip(!is_root())) {
  TEST_CASE("counts are exact over CPUs and threads, and maps come out in the manifest's order") {
    Providers providers = fixture_providers();
    ProgramImage image = fixture_image(bare_event(EventKind::print_map, m_count));
    MemorySink sink;
    auto session = start_fixture(image, providers, sink);
    CHECK(session->probe_count() == 1);
    CHECK(session->has_live_probes());
    CHECK(session->slow_to_close());
    std::thread first([] { call(SYS_getppid, 50'000); }), second([] { call(SYS_getppid, 50'000); });
    first.join();
    second.join();
    session->finish(sink, true);

    std::vector<std::string> names;
    for (const MemorySink::Shown &shown : sink.maps)
      if (!shown.asked) names.push_back(shown.snapshot.name);
    CHECK(names == std::vector<std::string>{"@slot", "@hash", "@count", "@stats", "@banked", "@banked_keys"});
    CHECK(sink.of("@slot").back().rows[0].value == TypedValue{.value = uint64_t{42}});
    CHECK(sum_of(sink.of("@count").back()) == 100'000);
    CHECK(sum_of(sink.of("@banked").back()) == 100'000);
    CHECK(sum_of(sink.of("@banked_keys").back()) == 100'000);
    Snapshot keys = sink.of("@banked_keys").back();
    REQUIRE(keys.rows.size() == 2);
    CHECK(keys.rows[0].key != keys.rows[1].key);
    CHECK(std::get<uint64_t>(keys.rows[0].key[0].value) > 2);  // a thread's number, not a bank's
    Snapshot stats = sink.of("@stats").back(), hash = sink.of("@hash").back();
    REQUIRE(stats.rows.size() == 2);
    for (const Row &row : stats.rows)
      CHECK(row.value == TypedValue{.value = Stats{.count = 50'000, .sum = 150'000}, .show = Show::stats});
    REQUIRE(hash.rows.size() == 2);
    for (const Row &row : hash.rows) CHECK(row.value == TypedValue{.value = static_cast<uint64_t>(getpid())});
  }

  TEST_CASE("begin runs before, end after everything else, and both speak") {
    Providers providers = fixture_providers();
    ProgramImage image = fixture_image(bare_event(EventKind::print_map, m_count));
    MemorySink sink;
    auto session = start_fixture(image, providers, sink);
    CHECK(sink.maps.empty());
    CHECK(session->poll(sink, milliseconds(0)));
    REQUIRE(sink.maps.size() == 1);  // begin's, of a count that nothing has reached yet: asked for, it is 0
    CHECK(sink.maps[0].asked);
    REQUIRE(sink.maps[0].snapshot.rows.size() == 1);
    CHECK(sum_of(sink.maps[0].snapshot) == 0);
    call(SYS_getppid);
    session->finish(sink, false);
    CHECK(sink.maps.size() == 1);
    REQUIRE(sink.printed.size() == 1);
    char comm[16] = {};
    syscall(SYS_prctl, 16 /* PR_GET_NAME */, comm);
    const std::vector<TypedValue> expected = {{.value = ~uint64_t{0}},
                                              {.value = int64_t{-5}},
                                              {.value = true},
                                              {.value = Text{"fake:sys_enter", false, 0}},
                                              {.value = Text{comm, false, 15}},
                                              {.value = Text{"abc", true, 0}}};
    CHECK(sink.printed[0].values == expected);
    CHECK(sink.printed[0].format.size() == 6);
  }

  TEST_CASE("exit ends the run with its status, and stops the probes") {
    Providers providers = fixture_providers();
    EventDescription second = bare_event(EventKind::exit);
    ProgramImage image = fixture_image(second);
    MemorySink sink;
    auto session = start_fixture(image, providers, sink);  // begin sends event 1
    CHECK_FALSE(session->exit_code());
    CHECK_FALSE(session->poll(sink, milliseconds(100)));
    CHECK(session->exit_code() == 0);
    session->finish(sink, false);
  }

  TEST_CASE("malformed records are counted and do no harm") {
    Providers providers = fixture_providers();
    ProgramImage image = fixture_image(bare_event(EventKind::zero, m_count));
    MemorySink sink;
    auto session = start_fixture(image, providers, sink);
    call(SYS_getuid, 3);
    session->finish(sink, false);
    REQUIRE(!sink.notes.empty());
    CHECK(sink.notes.back().kind == Note::Kind::fault);
    CHECK(sink.notes.back().message == "malformed events were dropped");
    CHECK(sink.notes.back().count == 3);
  }

  TEST_CASE("a full map, faults and missed hits are told with their counts") {
    Providers providers = fixture_providers();
    ProgramImage image = fixture_image(bare_event(EventKind::zero, m_count));
    MemorySink sink;
    auto session = start_fixture(image, providers, sink);
    call(SYS_geteuid, 10);
    session->finish(sink, true);
    REQUIRE(sink.of("@small").size() == 1);
    CHECK(sink.of("@small")[0].rows.size() == 4);
    REQUIRE(session->notes().size() == 3);
    CHECK(session->notes()[0].subject == "@small");
    CHECK(session->notes()[0].message == "updates were dropped because the map is full (4 keys)");
    CHECK(session->notes()[0].count == 6);
    CHECK(session->notes()[0].help == "make room for more: --max-map-keys 16");
    CHECK(session->notes()[1].subject == "t.awl:1:5");
    CHECK(session->notes()[1].message == "times: division by zero; 0 was used as the result");
    CHECK(session->notes()[2].kind == Note::Kind::missed);
    CHECK(session->notes()[2].subject == "fake:sys_enter");
    CHECK(sink.notes.size() == 3);
  }

  TEST_CASE("events that find the ring full are counted, actions get through all the same") {
    Providers providers = fixture_providers();
    ProgramImage image = fixture_image(bare_event(EventKind::print_map, m_count));
    MemorySink sink;
    auto session = start_fixture(image, providers, sink, {.ring_bytes = 4096});
    call(SYS_getpgid, 1000);
    call(SYS_getsid, 20);
    session->finish(sink, false);
    CHECK(sink.of("@count").size() == 21);
    size_t of_end = 1, printed = sink.printed.size() - of_end;
    CHECK(printed > 10);
    REQUIRE(!sink.notes.empty());
    CHECK(sink.notes[0].kind == Note::Kind::lost_events);
    CHECK(sink.notes[0].count == 1000 - printed);
  }

  TEST_CASE("a flood does not keep poll from returning") {
    Providers providers = fixture_providers();
    ProgramImage image = fixture_image(bare_event(EventKind::zero, m_count));
    MemorySink sink;
    auto session = start_fixture(image, providers, sink, {.ring_bytes = 65536});
    std::atomic<bool> stop = false;
    std::thread flood([&] {
      while (!stop) call(SYS_getpgid, 100);
    });
    auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; i++) CHECK(session->poll(sink, milliseconds(10)));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
    CHECK(sink.printed.size() > 50);
    stop = true;
    flood.join();
    session->finish(sink, false);
  }

  TEST_CASE("print and clear under load loses nothing and counts nothing twice") {
    for (uint32_t map : {m_banked, m_banked_keys}) {
      Providers providers = fixture_providers();
      EventDescription second = bare_event(EventKind::print_map, map);
      second.then_clear = true;
      ProgramImage image = fixture_image(second);
      const std::string name = image.manifest.maps[map].name;
      MemorySink sink;
      auto session = start_fixture(image, providers, sink);
      constexpr int hits = 150'000;
      std::atomic<int> running = 2;
      auto work = [&] {
        call(SYS_getppid, hits);
        running--;
      };
      std::thread first(work), second_thread(work);
      while (running > 0) {
        call(SYS_getsid);
        session->poll(sink, milliseconds(10));
      }
      first.join();
      second_thread.join();
      session->finish(sink, true);
      uint64_t sum = 0;
      for (const Snapshot &snapshot : sink.of(name)) sum += sum_of(snapshot);
      CHECK(sum == 2 * hits);
      CHECK(sink.of(name).size() > 3);
    }
  }

  TEST_CASE("clear empties, zero keeps keys") {
    Providers providers = fixture_providers();
    MemorySink cleared, zeroed;
    for (EventKind kind : {EventKind::clear, EventKind::zero}) {
      MemorySink &sink = kind == EventKind::clear ? cleared : zeroed;
      ProgramImage image = fixture_image(bare_event(kind, m_banked_keys));
      auto session = start_fixture(image, providers, sink);
      call(SYS_getppid, 7);
      call(SYS_getsid);
      session->finish(sink, true);
    }
    CHECK(cleared.of("@banked_keys").empty());
    REQUIRE(zeroed.of("@banked_keys").size() == 1);
    CHECK(zeroed.of("@banked_keys")[0].rows.size() == 1);
    CHECK(sum_of(zeroed.of("@banked_keys")[0]) == 0);
    CHECK(sum_of(zeroed.of("@count")[0]) == 7);
  }

  TEST_CASE("when one probe cannot be attached, none is") {
    Providers providers = fixture_providers();
    ProgramImage image = fixture_image(bare_event(EventKind::zero, m_count));
    image.manifest.programs[1].group.targets.push_back({.name = "fake:nothing", .function = {}, .attach = "no_such"});
    Source source{"t.awl", ""};
    auto session = Session::open(image, providers, {}, &source);
    REQUIRE(session);
    REQUIRE((*session)->load());
    MemorySink sink;
    Status attached = (*session)->attach(sink);
    REQUIRE_FALSE(attached);
    CHECK(attached.error().what == "cannot attach fake:nothing");
    CHECK((*session)->probe_count() == 0);
  }

  TEST_CASE("a refusal names the script's line and says why in words") {
    Providers providers = fixture_providers();
    ProgramImage image{.elf = read_object("refused"), .manifest = {}};
    ProgramDescription begin{.symbol = "begin_1", .group = {}};
    begin.group.provider = "begin";
    image.manifest.programs = {begin};
    Source source{"dir/refused.bpf.c", "the text does not matter where the kernel says the place"};
    auto session = Session::open(image, providers, {}, &source);
    REQUIRE(session);
    Status loaded = (*session)->load();
    REQUIRE_FALSE(loaded);
    CHECK(render(loaded.error(), false) ==
          "error: the kernel refuses begin at dir/refused.bpf.c:10, `return anywhere[5];  // this line is to blame`: a "
          "plain number is used as an address (`R0 invalid mem access 'scalar'`)\n");
  }

  TEST_CASE("an image that does not fit together is refused, not followed") {
    Providers providers = fixture_providers();
    ProgramImage image = fixture_image(bare_event(EventKind::clear, 99));
    CHECK_FALSE(Session::open(image, providers, {}, nullptr));
    image = fixture_image(bare_event(EventKind::clear, 0));
    image.manifest.programs[1].symbol = "missing";
    auto session = Session::open(image, providers, {}, nullptr);
    REQUIRE(session);
    CHECK_FALSE((*session)->load());
    image.elf.resize(100);
    auto broken = Session::open(image, providers, {}, nullptr);
    REQUIRE(broken);
    CHECK_FALSE((*broken)->load());
  }
}
