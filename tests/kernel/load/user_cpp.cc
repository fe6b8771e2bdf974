// SPDX-License-Identifier: GPL-2.0-only
// user_cpp COUNT : call overloaded functions, methods and a template of C++
// COUNT times each, with known arguments.
#include <cstdio>
#include <cstdlib>
#include <string>

#define PROBED __attribute__((noipa))

namespace shop {

PROBED int price(int item) { return item * 2; }
PROBED long price(long item, const char *currency) { return item + *currency; }

class Basket {
 public:
  PROBED bool add(unsigned short item, const std::string &name);
  PROBED int operator()(int x) const { return x + count_; }

 private:
  int count_ = 40;
};

bool Basket::add(unsigned short item, const std::string &name) { return item > name.size(); }

template <class T>
PROBED T twice(T value) {
  return value + value;
}

}  // namespace shop

int main(int argc, char **argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: user_cpp COUNT\n");
    return 2;
  }
  const long count = std::atol(argv[1]);
  volatile long sum = 0;
  shop::Basket basket;
  const std::string name = "pear";
  for (long i = 0; i < count; i++) {
    sum = sum + shop::price(21) + shop::price(100L, "EUR");
    sum = sum + basket.add(7, name) + basket(2);
    sum = sum + shop::twice(-4) + shop::twice(5L);
  }
  return 0;
}
