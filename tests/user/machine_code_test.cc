// SPDX-License-Identifier: GPL-2.0-only
// Machine code, written by hand.
#include "runtime/machine_code.h"

#include <doctest/doctest.h>

using namespace awl;

TEST_CASE("where instructions begin") {
  // push rbp; mov rbp, rsp; pop rbp; ret
  const uint8_t code[] = {0x55, 0x48, 0x89, 0xe5, 0x5d, 0xc3};
  CHECK(begins_instruction(code, 0) == true);
  CHECK(begins_instruction(code, 1) == true);
  CHECK(begins_instruction(code, 2) == false);
  CHECK(begins_instruction(code, 4) == true);
  const uint8_t bad[] = {0x06, 0x90, 0x90};
  CHECK(!begins_instruction(bad, 1));
}

TEST_CASE("where functions return") {
  // test edi, edi; je +1; ret; vzeroupper; ret 8; a byte of 0xc3 inside of mov eax, 0xc3
  const uint8_t code[] = {0x85, 0xff, 0x74, 0x01, 0xc3, 0xc5, 0xf8, 0x77, 0xc2, 0x08, 0x00, 0xb8, 0xc3, 0, 0, 0};
  CHECK(return_offsets(code) == std::vector<uint64_t>{4, 8});
  const uint8_t bad[] = {0xc3, 0x06};
  CHECK(!return_offsets(bad));
}

TEST_CASE("the stack check of Go") {
  // cmp rsp, [r14+16]; jbe; push rbp
  const uint8_t small[] = {0x49, 0x3b, 0x66, 0x10, 0x76, 0x20, 0x55};
  CHECK(behind_stack_check(small) == 6);
  // lea r12, [rsp-0x180]; cmp r12, [r14+16]; jbe (near); push rbp
  const uint8_t large[] = {0x4c, 0x8d, 0xa4, 0x24, 0x80, 0xfe, 0xff, 0xff, 0x4d, 0x3b,
                           0x66, 0x10, 0x0f, 0x86, 0x00, 0x01, 0x00, 0x00, 0x55};
  CHECK(behind_stack_check(large) == 18);
  const uint8_t none[] = {0x55, 0x48, 0x89, 0xe5, 0x49, 0x3b, 0x66, 0x18, 0x76, 0x20};
  CHECK(behind_stack_check(none) == 0);
}
