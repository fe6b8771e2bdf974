// SPDX-License-Identifier: GPL-2.0-only
// grown COUNT : a function that is in no file, as compilers at run time make
// them: it is written into memory, its name into /tmp/perf-PID.map, and then it
// is called, COUNT times, each time with a call of getppid(2).  Between these
// the time is asked for a million times in all, which the kernel's own code in
// every process answers.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noclone))

static volatile long sum;

KEEP void call_it(void (*grown)(void)) { grown(); sum++; }

KEEP void ask_for_time(long times)
{
	struct timespec now;
	for (long i = 0; i < times; i++) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		sum += now.tv_nsec;
	}
}

int main(int argc, char **argv)
{
	// push %rbp; mov %rsp,%rbp; mov $110,%eax; syscall; pop %rbp; ret
	static const unsigned char code[] = { 0x55, 0x48, 0x89, 0xe5, 0xb8, 110, 0, 0, 0, 0x0f, 0x05, 0x5d, 0xc3 };
	long count = argc > 1 ? atol(argv[1]) : 1;
	unsigned char *memory = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char name[64];
	if (memory == MAP_FAILED || count < 1)
		return 1;
	memcpy(memory + 64, code, sizeof(code));
	snprintf(name, sizeof(name), "/tmp/perf-%d.map", (int)getpid());
	FILE *map = fopen(name, "w");
	if (!map)
		return 1;
	fprintf(map, "%lx %zx grown::function(int)\n", (unsigned long)(memory + 64), sizeof(code));
	fclose(map);
	for (long i = 0; i < count; i++) {
		call_it((void (*)(void))(void *)(memory + 64));
		ask_for_time(1000000 / count);
	}
	return 0;
}
