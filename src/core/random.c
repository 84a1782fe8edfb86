/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random octets from getrandom(2).
 *
 * This file decides that a machine without entropy gets no daemon rather
 * than one with guessable cookies.  The simulator links another file.
 */
#include "mip6d/random.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void random_bytes(void *buf, size_t n)
{
	uint8_t *p = buf;

	while (n) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			abort();
		p += got;
		n -= (size_t)got;
	}
}

uint32_t random_below(uint32_t bound)
{
	uint32_t v, biased;

	assert(bound > 0);
	/* 2^32 mod bound values at the low end would be drawn too often. */
	biased = -bound % bound;
	do
		random_bytes(&v, sizeof(v));
	while (v < biased);
	return v % bound;
}
