// SPDX-License-Identifier: GPL-2.0-only
// user_c COUNT [PAUSE] : call each function below COUNT times with known
// arguments, in a position where nothing is inlined.  The same source makes
// the PIE, the static, the position-dependent and the stripped program.  With
// PAUSE it waits for a line on standard input before it begins.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBED __attribute__((noipa))
#define KEEP __asm__ volatile("" ::: "memory")

struct point {
	long x;
	int y;
};
/* What a script reaches by name, in a pointer and by value. */
struct parcel {
	char label[12];
	struct point corners[2];
	union {
		int weight;
		unsigned char bytes[4];
	};
	unsigned int urgent : 1;
	int zone : 5;
	const char *to;
	struct parcel *next;
};
enum colour { RED, GREEN = 5 };

/* Eight numbers: two of them on the stack. */
PROBED long eight(long a, long b, long c, long d, long e, long f, long g, int h)
{
	KEEP;
	return a + b + c + d + e + f + g + h;
}

/* Arguments of all widths, signed and not, and a floating one between them. */
PROBED int widths(signed char small, unsigned short middle, double floating, int number, bool truth,
		  enum colour colour, const char *text)
{
	KEEP;
	return (int)strlen(text) + small + middle + (int)floating + number + truth + colour;
}

/* A struct that takes two registers, and one in memory. */
PROBED long by_value(struct point pair, long behind)
{
	KEEP;
	return pair.x + pair.y + behind;
}

PROBED struct point *by_pointer(struct point *p, int step)
{
	p->x += step;
	KEEP;
	return step < 0 ? NULL : p;
}

PROBED int dispatch(const struct parcel *first, struct parcel whole, struct point *corners)
{
	KEEP;
	return first->weight + whole.zone + corners[1].y;
}

PROBED void nothing(void) { KEEP; }

static PROBED int hidden(int i)
{
	KEEP;
	return -i;
}

/* Only its copies are left in the program. */
static inline __attribute__((always_inline)) int copied(int value)
{
	KEEP;
	return value * 3;
}

/* Forty functions for patterns. */
#define MANY(n) PROBED int many_##n(int i) { KEEP; return i + n; }
#define TEN(n) MANY(n##0) MANY(n##1) MANY(n##2) MANY(n##3) MANY(n##4) MANY(n##5) MANY(n##6) MANY(n##7) MANY(n##8) MANY(n##9)
TEN(1) TEN(2) TEN(3) TEN(4)

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: user_c COUNT [PAUSE]\n");
		return 2;
	}
	long count = atol(argv[1]);
	if (argc > 2) {
		printf("ready\n");
		fflush(stdout);
		getchar();
	}
	volatile long sum = 0;
	struct point point = { 7, -3 };
	struct parcel second = { .label = "elevenchars", .weight = -9, .to = "nowhere" };
	struct parcel parcel = { "box", { { 1, 2 }, { 3, -4 } }, { 0x01020304 }, 1, -3, "somewhere", &second };
	/* A string that nobody has read yet may not be in memory. */
	sum += *(const volatile char *)parcel.to + *(const volatile char *)second.to;
	for (long i = 0; i < count; i++) {
		sum += dispatch(&parcel, second, parcel.corners);
		sum += eight(1, 2, 3, 4, 5, 6, 7, -8);
		sum += widths(-5, 65535, 1.5, -70000, true, GREEN, "hello");
		sum += by_value(point, 99);
		sum += by_pointer(&point, i % 2 ? -1 : 1) != NULL;
		nothing();
		sum += hidden((int)i);
		sum += copied((int)sum) + copied(17);
		sum += many_10(1) + many_25(2) + many_49(3);
	}
	return 0;
}
