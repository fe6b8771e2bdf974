// SPDX-License-Identifier: GPL-2.0-only
// Records to events, with records that no program of ours would send.
#include <cstring>

#include <doctest/doctest.h>

#include "bpf_lib/awl_abi.h"
#include "runtime/decode.h"
#include "runtime/events.h"

using namespace awl;

namespace {

std::vector<std::byte> record_of(std::vector<uint64_t> words) {
  std::vector<std::byte> bytes(words.size() * sizeof(uint64_t));
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

uint64_t header(uint32_t event, uint32_t size) { return event | uint64_t{size} << 32; }

Manifest manifest_with(EventDescription event) {
  Manifest manifest;
  manifest.events = {std::move(event)};
  manifest.names.probes = {{"kprobe:f", "f"}};
  return manifest;
}

Manifest one_string() {
  return manifest_with({.kind = EventKind::print_value,
                        .span = {},
                        .format = {},
                        .columns = {{.type = string_type(64), .offset = 8, .variable = true}},
                        .record_size = 16});
}

}  // namespace

TEST_CASE("a record that is too short, or claims too much, gives no event") {
  Manifest manifest = one_string();
  EventDecoder decoder(manifest);
  std::vector<std::byte> good = record_of({header(0, 24), header(16, 3), 0x636261});
  REQUIRE(decoder.decode(good, 0));
  CHECK(std::get<ValueEvent>(*decoder.decode(good, 0)).values[0] == TypedValue{.value = Text{"abc", false, 0}});
  for (size_t size = 0; size < good.size(); size++) CHECK_FALSE(decoder.decode(std::span(good).first(size), 0));
  CHECK_FALSE(decoder.decode(record_of({header(1, 24), header(16, 3), 0}), 0));          // no such event
  CHECK_FALSE(decoder.decode(record_of({header(0, 8), header(16, 3), 0}), 0));           // less than it must have
  CHECK_FALSE(decoder.decode(record_of({header(0, 0xffffffff), header(16, 3), 0}), 0));  // more than there is
}

TEST_CASE("strings that point outside of their record give no event") {
  Manifest manifest = one_string();
  EventDecoder decoder(manifest);
  auto decodes = [&](uint32_t offset, uint32_t length) {
    return decoder.decode(record_of({header(0, 24), header(offset, length), 0x636261}), 0) != nullptr;
  };
  CHECK(decodes(16, 8));
  CHECK(decodes(24, 0));
  CHECK_FALSE(decodes(16, 9));
  CHECK_FALSE(decodes(25, 0));
  CHECK_FALSE(decodes(0xffffffff, 1));
  CHECK_FALSE(decodes(16, 0x7fffffff));
  CHECK(decodes(16, 8 | AWL_STRING_TRUNCATED));
}

TEST_CASE("numbers of probes become names as long as there is one") {
  Names probes = {.probes = {{"kprobe:f", "f"}}, .enumerations = {}};
  std::vector<std::byte> bytes = record_of({0, 7});
  Column probe{.type = simple_type(Kind::probe)}, function{.type = simple_type(Kind::function)};
  Column unknown{.type = simple_type(Kind::probe), .offset = 8};
  CHECK(decode_column(probe, bytes, probes)->value == Value(Text{"kprobe:f", false, 0}));
  CHECK(decode_column(function, bytes, probes)->value == Value(Text{"f", false, 0}));
  CHECK(decode_column(unknown, bytes, probes)->value == Value(uint64_t{7}));
}

TEST_CASE("stacks and symbols are asked for by what their bytes say") {
  struct Asked : Symbols {
    Symbol kernel(uint64_t address) override { return {.address = address, .name = "kernel"}; }
    Symbol user(uint32_t process, uint64_t address) override { return {.address = address, .name = "user", .line = process}; }
    Stack stack(const awl_stack &value, bool user, Stack::Style style) override {
      return {.style = style, .frames = {{.address = value.id, .offset = value.frames, .line = value.process}}, .user = user};
    }
  } symbols;
  std::vector<std::byte> bytes = record_of({7, 9 | uint64_t{3} << 32});
  Column stack{.type = simple_type(Kind::user_stack)};
  stack.type.name = "perf";
  CHECK(decode_column(stack, bytes, {}, &symbols)->value ==
        Value(Stack{.style = Stack::Style::perf, .frames = {{.address = 7, .offset = 3, .line = 9}}, .user = true}));
  CHECK(decode_column({.type = simple_type(Kind::kernel_stack)}, bytes, {})->value == Value(Stack{.frames = {}, .lost = true}));
  CHECK_FALSE(decode_column({.type = simple_type(Kind::kernel_stack), .offset = 8}, bytes, {}, &symbols));
  CHECK(decode_column({.type = simple_type(Kind::kernel_symbol)}, bytes, {}, &symbols)->value ==
        Value(Symbol{.address = 7, .name = "kernel"}));
  std::vector<std::byte> of_process = record_of({7, 9});
  CHECK(decode_column({.type = simple_type(Kind::user_symbol)}, of_process, {}, &symbols)->value ==
        Value(Symbol{.address = 7, .name = "user", .line = 9}));
  CHECK(decode_column({.type = simple_type(Kind::user_symbol)}, of_process, {})->value == Value(Symbol{.address = 7}));
}

TEST_CASE("signs, units, addresses and truth follow the type") {
  std::vector<std::byte> bytes = record_of({~uint64_t{0}});
  CHECK(*decode_column({.type = s64_type}, bytes, {}) == TypedValue{.value = int64_t{-1}});
  CHECK(*decode_column({.type = integer_type(8, false, Unit::bytes)}, bytes, {}) ==
        TypedValue{.value = ~uint64_t{0}, .unit = Unit::bytes});
  CHECK(*decode_column({.type = pointer_type(AddressSpace::user, "char")}, bytes, {}) ==
        TypedValue{.value = Address{~uint64_t{0}}});
  CHECK(*decode_column({.type = bool_type}, bytes, {}) == TypedValue{.value = true});
  CHECK_FALSE(decode_column({.type = u64_type, .offset = 1}, bytes, {}));
  CHECK_FALSE(decode_column({.type = u64_type, .offset = 0xfffffff8}, bytes, {}));
}

TEST_CASE("strings of fixed size end at their NUL, or where their room ends") {
  std::vector<std::byte> bytes = record_of({0x6867666564636261, 0x0000000000006a69});
  CHECK(decode_column({.type = string_type(16)}, bytes, {})->value == Value(Text{"abcdefghij", false, 15}));
  CHECK(decode_column({.type = string_type(8)}, bytes, {})->value == Value(Text{"abcdefgh", false, 0}));
  CHECK_FALSE(decode_column({.type = string_type(8), .offset = 9}, bytes, {}));
}

TEST_CASE("time takes any format, an empty result among them") {
  setenv("TZ", "UTC", 1);
  tzset();
  auto text = [](const char *format) {
    EventDescription event{.kind = EventKind::time, .span = {}, .format = {}, .columns = {}, .record_size = 8};
    event.format = {{.text = format, .has_conversion = false, .conversion = {}, .span = {}}};
    Manifest manifest = manifest_with(event);
    EventDecoder decoder(manifest);
    const Event *decoded = decoder.decode(record_of({header(0, 8)}), 86'400);
    return std::get<TimeEvent>(*decoded).text;
  };
  CHECK(text("%H:%M:%S\n") == "00:00:00\n");
  CHECK(text("%Y-%m-%d") == "1970-01-02");
  CHECK(text("") == "");
}

TEST_CASE("exit's status is what a process can say") {
  EventDescription event{.kind = EventKind::exit, .span = {}, .format = {}, .columns = {}, .record_size = 16};
  event.columns = {{.type = s64_type, .offset = 8}};
  Manifest manifest = manifest_with(event);
  EventDecoder decoder(manifest);
  CHECK(std::get<ExitAction>(*decoder.decode(record_of({header(0, 16), 3}), 0)).status == 3);
  CHECK(std::get<ExitAction>(*decoder.decode(record_of({header(0, 16), ~uint64_t{0}}), 0)).status == 255);
}
