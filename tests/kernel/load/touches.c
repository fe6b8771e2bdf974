// SPDX-License-Identifier: GPL-2.0-only
// Touches memory at known addresses known numbers of times:
//
//   0x200000000000  pages that are written to once, each for a page fault: the first argument says how many
//   0x300000000008  a word that is written as often as the second argument says, and read half as often
//   0x310000000000  a function that is called as often as the third argument says
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static char *map(unsigned long address, size_t bytes, int protection) {
  char *place = mmap((void *)address, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (place == MAP_FAILED) _exit(1);
  madvise(place, bytes, MADV_NOHUGEPAGE);
  return place;
}

int main(int count, char **arguments) {
  long numbers[3] = {0};
  for (int i = 1; i < count && i <= 3; i++) numbers[i - 1] = atol(arguments[i]);
  long page = sysconf(_SC_PAGESIZE);
  if (numbers[0] > 0) {
    volatile char *pages = map(0x200000000000, (size_t)(numbers[0] * page), PROT_READ | PROT_WRITE);
    for (long i = 0; i < numbers[0]; i++) pages[i * page] = 1;
  }
  volatile long *word = (volatile long *)(map(0x300000000000, (size_t)page, PROT_READ | PROT_WRITE) + 8);
  for (long i = 0; i < numbers[1]; i++) *word = i;
  long sum = 0;
  for (long i = 0; i < numbers[1] / 2; i++) sum += *word;
  char *code = map(0x310000000000, (size_t)page, PROT_READ | PROT_WRITE | PROT_EXEC);
  code[0] = (char)0xc3;  // ret
  void (*call)(void);
  __builtin_memcpy(&call, &code, sizeof(call));
  for (long i = 0; i < numbers[2]; i++) call();
  return sum < 0;
}
