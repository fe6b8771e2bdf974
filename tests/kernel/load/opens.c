// SPDX-License-Identifier: GPL-2.0-only
// opens COUNT FILE ... : openat() every FILE, COUNT times round, whether it
// exists or not, and exit with the number of files that did not open in the
// last round.  For file names in keys and for failing system calls.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: opens COUNT FILE ...\n");
		return 2;
	}
	long count = atol(argv[1]);
	int failed = 0;
	for (long i = 0; i < count; i++) {
		failed = 0;
		for (int f = 2; f < argc; f++) {
			int fd = openat(AT_FDCWD, argv[f], O_RDONLY);
			if (fd < 0)
				failed++;
			else
				close(fd);
		}
	}
	return failed;
}
