// SPDX-License-Identifier: GPL-2.0-only
// reads FILE SIZE COUNT : open FILE once and read() SIZE bytes exactly COUNT
// times, such as from /dev/zero.  dd does almost the same, but reads its
// locale and libraries first.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: reads FILE SIZE COUNT\n");
		return 2;
	}
	size_t size = strtoul(argv[2], NULL, 10);
	long count = atol(argv[3]);
	char *buffer = malloc(size ? size : 1);
	int fd = open(argv[1], O_RDONLY);
	if (!buffer || fd < 0) {
		perror(argv[1]);
		return 1;
	}
	for (long i = 0; i < count; i++)
		if (read(fd, buffer, size) < 0) {
			perror("read");
			return 1;
		}
	close(fd);
	free(buffer);
	return 0;
}
