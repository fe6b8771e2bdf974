// SPDX-License-Identifier: GPL-2.0-only
// getppid_load THREADS CALLS : every thread, pinned to a processor of its own,
// enters the kernel with getppid() exactly CALLS times.  A cheap call that
// nothing else makes by accident, so counts can be compared to the unit, and
// per-CPU maps get something on every CPU.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static long calls;

static void *work(void *argument)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET((int)(intptr_t)argument, &set);
	// With fewer processors than threads the rest runs where it may.
	sched_setaffinity(0, sizeof(set), &set);
	for (long i = 0; i < calls; i++)
		syscall(SYS_getppid);
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: getppid_load THREADS CALLS\n");
		return 2;
	}
	int threads = atoi(argv[1]);
	calls = atol(argv[2]);
	pthread_t *ids = calloc((size_t)threads, sizeof(*ids));
	if (!ids)
		return 1;
	for (int i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, work, (void *)(intptr_t)i))
			return 1;
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	free(ids);
	return 0;
}
