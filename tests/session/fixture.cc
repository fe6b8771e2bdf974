// SPDX-License-Identifier: GPL-2.0-only
#include "tests/session/fixture.h"

#include <bpf/libbpf.h>
#include <unistd.h>

#include <cstring>

#include <doctest/doctest.h>

#include "src/base/text.h"

namespace awl::test {
namespace {

class RawTracepoint final : public Attachment {
 public:
  explicit RawTracepoint(bpf_link *link) : link_(link) {}
  ~RawTracepoint() override { bpf_link__destroy(link_); }
  bool slow_to_close() const override { return true; }
  uint64_t missed() const override { return 2; }

 private:
  bpf_link *link_;
};

class RawTracepointProvider final : public Provider {
 public:
  ProviderDoc doc() const override { return {.name = "fake", .aliases = {}, .form = {}, .summary = {}, .example = {}}; }
  std::vector<TargetGroup> resolve(const ProbeSpec &, const BodyUses &, const ResolveOptions &, Diagnostics &,
                                   std::optional<Error> &) const override {
    return {};
  }
  Result<std::vector<std::unique_ptr<Attachment>>> attach(bpf_program *program,
                                                          const TargetGroup &group) const override {
    std::vector<std::unique_ptr<Attachment>> places;
    for (const Target &target : group.targets) {
      bpf_link *link = bpf_program__attach_raw_tracepoint(program, target.attach.c_str());
      if (!link) return Error{.what = "cannot attach " + target.name, .why = errno_text(errno), .help = {}};
      places.push_back(std::make_unique<RawTracepoint>(link));
    }
    return places;
  }
  Result<std::vector<Listed>> list(std::string_view, bool) const override { return std::vector<Listed>{}; }
};

MapDescription map(std::string name, std::string symbol, Storage storage, uint32_t value_size, bool keyed) {
  MapDescription map{.name = std::move(name), .symbol = std::move(symbol), .storage = storage, .value = u64_type};
  map.value_size = value_size;
  if (!keyed) return map;
  map.key = {{.type = u64_type}};
  map.key_size = 8;
  map.capacity = 1024;
  return map;
}

MapDescription aggregation(MapDescription map, Show show, std::vector<Merge> merge) {
  map.show = show;
  map.merge = std::move(merge);
  return map;
}

MapDescription banked(MapDescription map) {
  map.banked = true;
  map.banks = 2;
  if (map.key.empty()) return map;
  map.key_size += 8;
  map.key[0].offset += 8;
  return map;
}

std::vector<MapDescription> fixture_maps() {
  std::vector<MapDescription> maps;
  maps.push_back(map("@slot", "m_slot", Storage::slot, 16, false));
  maps.push_back(map("@hash", "m_hash", Storage::hash, 8, true));
  maps.push_back(aggregation(map("@count", "m_count", Storage::per_cpu_slot, 8, false), Show::count, {Merge::add}));
  maps.push_back(
      aggregation(map("@stats", "m_stats", Storage::per_cpu_hash, 16, true), Show::stats, {Merge::add, Merge::add}));
  maps.push_back(
      banked(aggregation(map("@banked", "m_banked", Storage::per_cpu_slot, 8, false), Show::count, {Merge::add})));
  maps.push_back(banked(
      aggregation(map("@banked_keys", "m_banked_keys", Storage::per_cpu_hash, 8, true), Show::count, {Merge::add})));
  maps.push_back(map("@small", "m_small", Storage::hash, 8, true));
  maps.back().capacity = 4;
  return maps;
}

Conversion conversion(char letter) { return {.letter = letter}; }

EventDescription printf_event() {
  EventDescription event{.kind = EventKind::printf, .span = {}, .format = {}, .columns = {}, .record_size = 72};
  event.columns = {{.type = u64_type, .offset = 8},         {.type = s64_type, .offset = 16},
                   {.type = bool_type, .offset = 24},       {.type = simple_type(Kind::probe), .offset = 32},
                   {.type = string_type(16), .offset = 40}, {.type = string_type(64), .offset = 56, .variable = true}};
  for (size_t i = 0; i < event.columns.size(); i++)
    event.format.push_back({.text = " ", .has_conversion = true, .conversion = conversion('v'), .span = {}});
  return event;
}

ProgramDescription program(std::string symbol, std::string provider, std::string name, std::string attach) {
  ProgramDescription program{.symbol = std::move(symbol), .group = {}};
  program.group.provider = std::move(provider);
  program.group.targets = {{.name = std::move(name), .function = {}, .attach = std::move(attach)}};
  return program;
}

}  // namespace

std::vector<std::byte> read_object(const std::string &name) {
  std::string bytes = read_file(std::string(AWL_TEST_OBJECTS "/") + name + ".bpf.o").value_or("");
  REQUIRE(!bytes.empty());
  std::vector<std::byte> elf(bytes.size());
  std::memcpy(elf.data(), bytes.data(), bytes.size());
  return elf;
}

EventDescription bare_event(EventKind kind, uint32_t map) {
  return {.kind = kind, .span = {}, .format = {}, .columns = {}, .record_size = 8, .map = map};
}

ProgramImage fixture_image(EventDescription second) {
  ProgramImage image{.elf = read_object("fixture"), .manifest = {}};
  image.manifest.maps = fixture_maps();
  image.manifest.events = {printf_event(), std::move(second)};
  image.manifest.names.probes = {{"begin", ""}, {"fake:sys_enter", "sys_enter"}};
  image.manifest.programs = {program("begin_1", "begin", "begin", ""),
                             program("probe_1", "fake", "fake:sys_enter", "sys_enter"),
                             program("end_1", "end", "end", "")};
  image.manifest.faults = {{.span = {4, 5}, .message = "division by zero; 0 was used as the result"}};
  return image;
}

Providers fixture_providers() {
  Providers providers;
  providers.push_back(std::make_unique<RawTracepointProvider>());
  return providers;
}

std::vector<Snapshot> MemorySink::of(const std::string &name) const {
  std::vector<Snapshot> found;
  for (const Shown &shown : maps)
    if (shown.snapshot.name == name) found.push_back(shown.snapshot);
  return found;
}

std::unique_ptr<Session> start_fixture(const ProgramImage &image, const Providers &providers, Sink &sink,
                                       const SessionOptions &options) {
  static const Source source{"t.awl", "@a {b / c}\n"};
  Result<std::unique_ptr<Session>> session = Session::open(image, providers, options, &source);
  REQUIRE(session);
  Status loaded = (*session)->load();
  REQUIRE_MESSAGE(loaded, (loaded ? "" : render(loaded.error(), false)));
  Status attached = (*session)->attach(sink);
  REQUIRE_MESSAGE(attached, (attached ? "" : render(attached.error(), false)));
  return std::move(*session);
}

uint64_t sum_of(const Snapshot &snapshot) {
  uint64_t sum = 0;
  for (const Row &row : snapshot.rows) {
    const uint64_t *count = std::get_if<uint64_t>(&row.value.value);
    if (count) sum += *count;
  }
  return sum;
}

bool is_root() { return geteuid() == 0; }

}  // namespace awl::test
