// SPDX-License-Identifier: GPL-2.0-only
// tree_cxx : functions with the names that compilers of C++ and of Rust give them; each calls getppid(2) itself.
#include <sys/syscall.h>

#define KEEP __attribute__((noinline, noclone))

static inline __attribute__((always_inline)) void ask() {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_getppid), "r"(__builtin_frame_address(0)) : "rcx", "r11", "memory");
}

namespace shop {
template <class T>
struct Counter {
  KEEP void price(T items) {
    for (T i = 0; i < items; i++) ask();
  }
};
template struct Counter<int>;
}  // namespace shop

// As rustc calls `fn total()` in `mod ledger`.
extern "C" KEEP void rust_total() __asm__("_ZN6ledger5total17h0123456789abcdefE");
extern "C" KEEP void rust_total() { ask(); }

int main() {
  shop::Counter<int>().price(2);
  rust_total();
  return 0;
}
