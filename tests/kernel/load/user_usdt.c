// SPDX-License-Identifier: GPL-2.0-only
// user_usdt COUNT [PAUSE] : fire each USDT probe of the provider `awl` COUNT
// times.  With PAUSE it waits for a line on standard input before it begins.
// The arguments are of all the forms that compilers make: constants,
// registers, memory at a distance, memory with an index, variables.
#include <stdio.h>
#include <stdlib.h>

#define _SDT_HAS_SEMAPHORES 1
#include <sys/sdt.h>

#define SEMAPHORE(name) unsigned short name __attribute__((section(".probes")))
SEMAPHORE(awl_plain_semaphore);
SEMAPHORE(awl_armed_semaphore);
SEMAPHORE(awl_forms_semaphore);
SEMAPHORE(awl_indexed_semaphore);
SEMAPHORE(awl_twice_semaphore);

static volatile int counter = 40;
static signed char table[16];

__attribute__((noipa)) static void forms(signed char small, unsigned short middle, int number,
					     unsigned long wide, const char *text)
{
	STAP_PROBE6(awl, forms, small, middle, number, wide, text, -9);
}

/* A value behind a base and an index: what `table[i]` is to the compiler. */
__attribute__((noipa)) static void indexed(signed char *values, long i, int *numbers)
{
	STAP_PROBE3(awl, indexed, values[i], numbers[i], counter);
}

/* Inlined twice, with its argument somewhere else each time. */
__attribute__((always_inline)) static inline void twice(int value) { STAP_PROBE1(awl, twice, value); }

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: user_usdt COUNT [PAUSE]\n");
		return 2;
	}
	long count = atol(argv[1]), armed = 0;
	int numbers[16];
	for (int i = 0; i < 16; i++) {
		table[i] = (signed char)-i;
		numbers[i] = -1000 * i;
	}
	if (argc > 2) {
		printf("ready\n");
		fflush(stdout);
		getchar();
	}
	for (long i = 0; i < count; i++) {
		STAP_PROBE(awl, plain);
		if (awl_armed_semaphore) {
			armed++;
			STAP_PROBE1(awl, armed, armed);
		}
		forms(-5, 65535, -70000, 1ul << 40, "hello");
		indexed(table, i % 16, numbers);
		twice(7);
		twice((int)i + 100);
	}
	printf("armed %ld of %ld\n", armed, count);
	return 0;
}
