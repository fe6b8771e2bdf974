// SPDX-License-Identifier: GPL-2.0-only
// calls COUNT [NAME] : call the function work(i, NAME) COUNT times, and once
// per ten calls deeper_work().  A target for uprobes and user stacks: the
// functions are visible symbols, are never inlined, and work returns 2 * i.
#include <stdio.h>
#include <stdlib.h>

__attribute__((noinline)) long deeper_work(long i)
{
	__asm__ volatile("" ::: "memory");
	return i + 1;
}

__attribute__((noinline)) long work(long i, const char *name)
{
	__asm__ volatile("" : : "r"(name) : "memory");
	long more = i % 10 == 0 ? deeper_work(i) - i - 1 : 0;
	return 2 * i + more;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: calls COUNT [NAME]\n");
		return 2;
	}
	long count = atol(argv[1]);
	const char *name = argc > 2 ? argv[2] : "nobody";
	volatile long sum = 0;
	for (long i = 0; i < count; i++)
		sum += work(i, name);
	return 0;
}
