// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/symbols/kernel_symbols.h"

#include <doctest/doctest.h>

using namespace awl;

namespace {

const char *const listing =
    "ffffffff81000000 T _stext\n"
    "ffffffff81000000 T first\n"
    "ffffffff81001000 t second\n"
    "ffffffff81002000 D some_data\n"
    "ffffffff81003000 W third\n"
    "ffffffffc0200000 t in_module\t[xfs]\n"
    "ffffffffc0100000 t bpf_prog_1234_main\t[bpf]\n"
    "0000000000000000 T hidden\n"
    "not a symbol at all\n"
    "ffffffff81004000 T";

}  // namespace

TEST_CASE("an address is named by the function that it lies in") {
  KernelSymbols symbols(listing);
  Symbol found = symbols.find(0xffffffff81001008);
  CHECK(found.name == "second");
  CHECK(found.offset == 8);
  CHECK(found.module == "vmlinux");
  CHECK(found.address == 0xffffffff81001008);
}

TEST_CASE("of two names for one address the first one counts") {
  CHECK(KernelSymbols(listing).find(0xffffffff81000000).name == "_stext");
}

TEST_CASE("modules and BPF programs are in the list, in any order") {
  KernelSymbols symbols(listing);
  CHECK(symbols.find(0xffffffffc0200010).name == "in_module");
  CHECK(symbols.find(0xffffffffc0200010).module == "xfs");
  CHECK(symbols.find(0xffffffffc0100004).name == "bpf_prog_1234_main");
  CHECK(symbols.find(0xffffffffc0100004).module == "bpf");
}

TEST_CASE("data is no function, and neither is what lies before or far behind one") {
  KernelSymbols symbols(listing);
  CHECK(symbols.find(0xffffffff81002004).name.empty());
  CHECK(symbols.find(0x1000).name.empty());
  CHECK(symbols.find(0xffffffff91003000).name.empty());
  CHECK(KernelSymbols("").find(1).name.empty());
}

TEST_CASE("a call may be the last instruction of its function") {
  Symbol found = KernelSymbols(listing).find(0xffffffff81001000, 0xffffffff81000fff);
  CHECK(found.name == "_stext");
  CHECK(found.offset == 0x1000);
}

TEST_CASE("the address of a name") {
  KernelSymbols symbols(listing);
  CHECK(symbols.address_of("some_data") == 0xffffffff81002000);
  CHECK(symbols.address_of("in_module") == 0xffffffffc0200000);
  CHECK_FALSE(symbols.address_of("hidden"));
  CHECK_FALSE(symbols.address_of("seco"));
  CHECK_FALSE(symbols.address_of("secondly"));
}
