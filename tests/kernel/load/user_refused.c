// SPDX-License-Identifier: GPL-2.0-only
// user_refused : wait for a line, then call each of eight functions ten times.
// Two of them begin with an instruction that has a lock prefix, which the
// kernel does not put a uprobe on.
#include <stdio.h>

static int counter;

#define ORDINARY(name)                                                        \
	__attribute__((noipa)) static void name(void)                         \
	{                                                                     \
		__asm__ volatile("" ::: "memory");                            \
	}
#define LOCKED(name)                                                          \
	__asm__(".text\n.type " #name ", @function\n" #name                   \
		":\n\tlock incl (%rdi)\n\tret\n.size " #name ", .-" #name "\n"); \
	void name(int *number);

ORDINARY(some_a)
ORDINARY(some_b)
ORDINARY(some_c)
LOCKED(some_locked_d)
ORDINARY(some_e)
ORDINARY(some_f)
ORDINARY(some_g)
LOCKED(some_locked_h)

int main(void)
{
	puts("ready");
	fflush(stdout);
	getchar();
	for (int i = 0; i < 10; i++) {
		some_a();
		some_b();
		some_c();
		some_locked_d(&counter);
		some_e();
		some_f();
		some_g();
		some_locked_h(&counter);
	}
	return counter == 20 ? 0 : 1;
}
