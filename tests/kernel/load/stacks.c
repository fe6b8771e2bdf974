// SPDX-License-Identifier: GPL-2.0-only
// stacks COUNT [DEPTH] : as many different stacks, with frame pointers: twenty
// (or DEPTH) calls of `one` and of `zero` by the bits of a number, and a call
// of getppid(2) at the end of each.
#include <stdlib.h>
#include <sys/syscall.h>

#define KEEP __attribute__((noinline, noclone))

static volatile long work;
static int deepest = 20;

KEEP void ask(void)
{
	long result;
	__asm__ volatile("syscall\n\tnop" : "=a"(result) : "a"(SYS_getppid), "r"(__builtin_frame_address(0)) : "rcx", "r11", "memory");
}

static void next(unsigned long bits, int depth);

KEEP void zero(unsigned long bits, int depth) { next(bits, depth); work++; }
KEEP void one(unsigned long bits, int depth) { next(bits, depth); work--; }

static inline __attribute__((always_inline)) void next(unsigned long bits, int depth)
{
	if (depth == deepest)
		ask();
	else if (bits & 1)
		one(bits >> 1, depth + 1);
	else
		zero(bits >> 1, depth + 1);
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], 0, 10) : 1;
	if (argc > 2)
		deepest = atoi(argv[2]);
	for (unsigned long i = 0; i < count; i++)
		next(i, 0);
	return 0;
}
