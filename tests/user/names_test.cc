// SPDX-License-Identifier: GPL-2.0-only
// Names: of C++ and Rust, of libraries in ld.so's cache, and in specs.
#include <doctest/doctest.h>

#include <cstring>

#include "runtime/function_names.h"
#include "runtime/providers/user_spec.h"
#include "runtime/user_files.h"

using namespace awl;

TEST_CASE("names of C++ and Rust") {
  CHECK(demangle_function("_ZN2ns1fEi") == "ns::f(int)");
  CHECK(demangle_function("_ZN2ns5twiceIiEET_S1_") == "ns::twice<int>(int)");
  CHECK(demangle_function("_ZN4core3fmt9Formatter9write_str17h0123456789abcdefE") == "core::fmt::Formatter::write_str");
  CHECK(demangle_function("_RNvC6_123foo3bar") == "123foo::bar");
  CHECK(!demangle_function("main"));
  CHECK(!demangle_function("_start"));
}

TEST_CASE("names without parameters") {
  CHECK(without_parameters("ns::f(int)") == "ns::f");
  CHECK(without_parameters("ns::A::operator()(int) const") == "ns::A::operator()");
  CHECK(without_parameters("f(void (*)(int)) [clone .isra.0]") == "f");
  CHECK(without_parameters("<(u8, u8) as T>::f") == "<(u8, u8) as T>::f");
  CHECK(without_parameters("main") == "main");
}

namespace {
/// A cache of ld.so with these names and paths.
std::string cache_of(const std::vector<std::pair<std::string, std::string>> &libraries) {
  std::string cache = "glibc-ld.so.cache1.1";
  const auto add = [&](uint32_t number) { cache.append(reinterpret_cast<const char *>(&number), sizeof(number)); };
  add(static_cast<uint32_t>(libraries.size()));
  cache.resize(48);
  std::string texts;
  const auto texts_begin = static_cast<uint32_t>(48 + libraries.size() * 24);
  const auto put = [&](const std::string &text) {
    add(texts_begin + static_cast<uint32_t>(texts.size()));
    texts += text + '\0';
  };
  for (const auto &[name, path] : libraries) {
    add(path.starts_with("/lib32") ? 0x0003 : 0x0303);
    put(name), put(path);
    cache.append(12, '\0');
  }
  return cache + texts;
}
}  // namespace

TEST_CASE("libraries in the cache of ld.so") {
  const std::string cache = cache_of({{"libm.so.6", "/lib/libm.so.6"},
                                      {"libc.so.6", "/lib32/libc.so.6"},
                                      {"libc.so.6", "/lib/libc.so.6"},
                                      {"libcrypt.so.1", "/lib/libcrypt.so.1"}});
  CHECK(find_library("libc", cache) == "/lib/libc.so.6");
  CHECK(find_library("libc.so.6", cache) == "/lib/libc.so.6");
  CHECK(find_library("libcrypt", cache) == "/lib/libcrypt.so.1");
  CHECK(!find_library("libd", cache));
  CHECK(!find_library("bash", cache));
  CHECK(!find_library("libc", cache.substr(0, 60)));
  CHECK(!find_library("libc", "ld.so-1.7.0"));
}

TEST_CASE("specs") {
  const auto parse = [](std::string text, UserForm form = {"uprobe", false, false}) {
    Diagnostics diagnostics;
    ProbeSpec spec = {.text = std::move(text)};
    auto parsed = parse_user_spec(spec, form, diagnostics);
    CHECK(diagnostics.failed() == !parsed);
    return parsed;
  };
  auto spec = parse("uprobe:/bin/bash:readline+0x10");
  CHECK(spec->file.text == "/bin/bash");
  CHECK(spec->function.text == "readline");
  CHECK(spec->offset == 16);
  CHECK(parse("uprobe:\"/a b:c\":f")->file.text == "/a b:c");
  CHECK(parse("uprobe:./x:0x4010")->address == 0x4010);
  spec = parse("uprobe:./x:cpp:\"ns::f(int, char)\"");
  CHECK(spec->function.text == "ns::f(int, char)");
  CHECK(spec->is_demangled);
  CHECK(parse("uprobe:./x:ns::*")->is_demangled);
  CHECK(parse("uprobe:./x:ns::operator+")->function.text == "ns::operator+");
  spec = parse("uprobe:./x@src/main.c:42");
  CHECK(spec->file.text == "./x");
  CHECK(spec->source.text == "src/main.c");
  CHECK(spec->line == 42);
  CHECK(parse("uprobe:f", {"uprobe", false, true})->function.text == "f");
  CHECK(!parse("uprobe:f"));
  CHECK(!parse("uprobe:./x:"));
  CHECK(!parse("uretprobe:./x:f+1", {"uretprobe", true, false}));
  CHECK(!parse("uprobe:./x:f*+1"));
}

TEST_CASE("parts of a listing can be read back") {
  CHECK(spec_quoted("/bin/bash") == "/bin/bash");
  CHECK(spec_quoted("/a b\"c") == "\"/a b\\\"c\"");
  CHECK(spec_parts(spec_quoted("/a b\"c:d"))[0].text == "/a b\"c:d");
}
