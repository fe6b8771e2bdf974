// SPDX-License-Identifier: GPL-2.0-only
// tree [SECONDS] : a known tree of calls, with frame pointers.  Its leaves are
// calls of getppid(2) made right where they stand: three by way of alpha and
// gamma, five by way of beta, one from main.  With SECONDS it works in alpha
// and in beta, twice as long in beta, for a sampler to see.
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

#define KEEP __attribute__((noinline, noclone))

KEEP void ask(void)
{
	long result;
	__asm__ volatile("syscall\n\tnop" : "=a"(result) : "a"(SYS_getppid), "r"(__builtin_frame_address(0)) : "rcx", "r11", "memory");
	__asm__ volatile("" : : "r"(result));
}

static volatile long work;

KEEP void burn(long rounds)
{
	__asm__ volatile("" : : "r"(__builtin_frame_address(0)));
	for (long i = 0; i < rounds; i++)
		work += i;
}

// Inlined, for those who look at debug information.
static inline __attribute__((always_inline)) void dissolved(void)
{
	long result;
	__asm__ volatile("syscall\n\tnop" : "=a"(result) : "a"(SYS_getppid), "r"(__builtin_frame_address(0)) : "rcx", "r11", "memory");
	__asm__ volatile("" : : "r"(result));
}

KEEP void gamma_(void) { ask(); work++; }
KEEP void alpha(void) { gamma_(); work++; }
KEEP void beta(void) { ask(); work++; }
KEEP void delta(void) { dissolved(); work++; }
KEEP void burn_alpha(void) { burn(1000000); work++; }
KEEP void burn_beta(void) { burn(2000000); work++; }

int main(int argc, char **argv)
{
	// One place of the call for each, whatever the compiler thinks of loops.
	volatile int threes = 3, fives = 5;
	for (int i = 0; i < threes; i++)
		alpha();
	for (int i = 0; i < fives; i++)
		beta();
	delta();
	for (time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 0); time(NULL) < end;) {
		burn_alpha();
		burn_beta();
	}
	return 0;
}
