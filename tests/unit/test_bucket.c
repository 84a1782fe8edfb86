/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Token buckets: a burst, then the rate, and no part of a token is lost.
 */
#include "mip6d/bucket.h"

#include "tests/unit/unit.h"

#define AT(ms) ((struct mtime){ (int64_t)(ms)*1000 })

/* How many of n get a token at this time. */
static unsigned int take(struct bucket *b, uint32_t burst, uint32_t per_s,
			 int64_t ms, unsigned int n)
{
	unsigned int taken = 0;

	while (n--)
		taken += bucket_take(b, burst, per_s, AT(ms));
	return taken;
}

static void a_burst_then_the_rate(void)
{
	struct bucket b = { 0 };

	UNIT_EQ(take(&b, 3, 10, 5000, 9), 3);
	UNIT_EQ(take(&b, 3, 10, 5099, 9), 0);
	UNIT_EQ(take(&b, 3, 10, 5100, 9), 1);
	UNIT_EQ(take(&b, 3, 10, 5300, 9), 2);
	UNIT_EQ(take(&b, 3, 10, 9999, 9), 3);
}

/* Whatever the steps are, and refused attempts cost nothing. */
static void no_part_of_a_token_is_lost(void)
{
	static const int64_t steps_us[] = { 1, 7, 333, 99999, 100001, 150000 };
	size_t i;

	for (i = 0; i < sizeof(steps_us) / sizeof(steps_us[0]); i++) {
		struct bucket b = { 0 };
		int64_t us, expected;
		unsigned int taken = 0, asked = 0;

		for (us = 0; us <= 3000000; us += steps_us[i], asked++)
			taken += bucket_take(&b, 10, 10, (struct mtime){ us });
		us -= steps_us[i];
		expected = 10 + us / 100000;
		UNIT_EQ(taken, asked < expected ? asked : expected);
	}
}

static void extremes(void)
{
	struct bucket b = { 0 };

	UNIT_EQ(take(&b, 1000000, 1000000, 0, 1000001), 1000000);
	UNIT_EQ(bucket_take(&b, 1000000, 1000000, (struct mtime){ INT64_MAX }),
		1);
	UNIT_EQ(take(&b, 0, 1, 0, 1), 0);
	b = (struct bucket){ 0 };
	UNIT_EQ(take(&b, UINT32_MAX, 1, 0, 5), 5);
	/* Less than is used already: once that is refilled. */
	UNIT_EQ(take(&b, 3, 1, 2000, 1), 0);
	UNIT_EQ(take(&b, 3, 1, 3000, 2), 1);
}

static void another_origin_of_time_starts_anew(void)
{
	struct bucket b = { 0 };

	UNIT_EQ(take(&b, 5, 1, 900000, 9), 5);
	UNIT_EQ(take(&b, 5, 1, 0, 9), 5);
	UNIT_EQ(take(&b, 5, 1, 1000, 9), 1);
}

static const struct unit_case cases[] = {
	UNIT_CASE(a_burst_then_the_rate),
	UNIT_CASE(no_part_of_a_token_is_lost),
	UNIT_CASE(extremes),
	UNIT_CASE(another_origin_of_time_starts_anew),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "bucket", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
