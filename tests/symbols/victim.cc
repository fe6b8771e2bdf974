// SPDX-License-Identifier: GPL-2.0-only
// What the tests of symbol_file.cc read: never run, built with debug information.
namespace shop {
__attribute__((noinline)) int price(int item) {
  __asm__ volatile("" : "+r"(item));
  return item + 1;
}
}  // namespace shop

static inline __attribute__((always_inline)) int discount(int price) {
  __asm__ volatile("victim_discount:" : "+r"(price));
  return price / 2;
}

static __attribute__((noinline)) int hidden_total(int items) {
  int sum = 0;
  for (int i = 0; i < items; i++) sum += shop::price(i);
  return discount(sum);
}

int main(int argc, char **) { return hidden_total(argc); }
