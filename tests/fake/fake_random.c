/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random.h by a seeded generator (splitmix64): a run can be repeated.
 */
#include <string.h>

#include "mip6d/random.h"
#include "tests/fake/fake.h"

static uint64_t state = 0x6d697036642d3031;

void fake_random_seed(uint64_t seed)
{
	state = seed;
}

static uint64_t next(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

void random_bytes(void *buf, size_t n)
{
	uint8_t *p = buf;

	while (n) {
		uint64_t v = next();
		size_t part = n < sizeof(v) ? n : sizeof(v);

		memcpy(p, &v, part);
		p += part;
		n -= part;
	}
}

uint32_t random_below(uint32_t bound)
{
	if (!bound) {
		fake_fault("random_below(0)");
		return 0;
	}
	return (uint32_t)((next() >> 32) * bound >> 32);
}
