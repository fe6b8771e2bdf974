// SPDX-License-Identifier: GPL-2.0-only
// compat NATIVE COMPAT : call getppid() NATIVE times as a 64-bit program does, and COMPAT times by the way of 32-bit
// programs, whose number for it (64) is that of semget() for others.
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int count, char **arguments) {
  long native = count > 1 ? atol(arguments[1]) : 0, compat = count > 2 ? atol(arguments[2]) : 0;
  for (long i = 0; i < native; i++) syscall(SYS_getppid);
  for (long i = 0; i < compat; i++) {
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(64) : "r8", "r9", "r10", "r11", "memory");
    if (result != getppid()) return 1;
    native++;
  }
  return 0;
}
