/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lifetimes of home registrations: how long, and with which status.
 */
#include "mip6d/lifetime.h"

#include "mip6d/mh.h"
#include "tests/unit/unit.h"

#define INF UINT32_MAX

struct grant_case {
	uint16_t asked;
	uint32_t max_s, valid_s, preferred_s;
	uint16_t granted;
	uint8_t status;
};

static void check(const struct grant_case *c, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct lifetime_prefix p = { c[i].valid_s, c[i].preferred_s };
		struct lifetime_grant g =
			lifetime_grant(c[i].asked, c[i].max_s, &p);

		if (g.lifetime_4s != c[i].granted || g.status != c[i].status)
			printf("     row %zu\n", i);
		UNIT_EQ(g.lifetime_4s, c[i].granted);
		UNIT_EQ(g.status, c[i].status);
	}
}

#define CHECK(table) check(table, sizeof(table) / sizeof(table[0]))

/* HA-27 never more than asked, HA-31 never more than the configuration says,
 * HA-28 never more than what is left of the prefix, COM-30 rounded down. */
static void grants_the_least(void)
{
	static const struct grant_case t[] = {
		{ 1, 262140, INF, INF, 1, 0 },
		{ 105, 262140, INF, INF, 105, 0 },
		{ 0xffff, 262140, INF, INF, 0xffff, 0 },
		{ 0xffff, 420, INF, INF, 105, 0 },
		{ 104, 420, INF, INF, 104, 0 },
		{ 106, 420, INF, INF, 105, 0 },
		{ 106, 423, INF, INF, 105, 0 },
		{ 105, 3, INF, INF, 1, 0 },
		{ 105, 262140, 419, INF, 104, 1 },
		{ 105, 262140, 416, 416, 104, 1 },
		{ 105, 262140, 7, 7, 1, 1 },
		{ 105, 262140, 4, 0, 1, 1 },
	};

	CHECK(t);
}

/* HA-30: a prefix that has ended grants nothing. */
static void grants_nothing_without_prefix(void)
{
	static const struct grant_case t[] = {
		{ 105, 262140, 3, 3, 0, 1 },
		{ 105, 262140, 0, 0, 0, 1 },
	};

	CHECK(t);
}

/* HA-33: status 1 when the prefix is deprecated, will be, or ends with the
 * binding, compared after dropping two bits; HA-34: else 0. */
static void status_tells_of_the_prefix(void)
{
	static const struct grant_case t[] = {
		/* deprecated now */
		{ 105, 262140, INF, 0, 105, 1 },
		{ 105, 262140, INF, 3, 105, 1 },
		/* deprecated during the lifetime, or only at its end */
		{ 105, 262140, INF, 416, 105, 1 },
		{ 105, 262140, INF, 419, 105, 1 },
		{ 105, 262140, INF, 420, 105, 0 },
		{ 105, 262140, INF, 423, 105, 0 },
		/* invalid at the end of the lifetime, or later */
		{ 105, 262140, 420, 420, 105, 1 },
		{ 105, 262140, 423, 423, 105, 1 },
		{ 105, 262140, 424, 424, 105, 0 },
		/* a lifetime cut by policy outlives neither */
		{ 0xffff, 420, 424, 424, 105, 0 },
		/* what does not fit into 16 bits does not end at 0xffff */
		{ 0xffff, 262140, 262144, INF, 0xffff, 0 },
		{ 0xffff, 262140, 262143, INF, 0xffff, 1 },
	};

	CHECK(t);
}

/* HA-29: a short preferred lifetime does not shorten what is granted. */
static void preferred_lifetime_is_no_limit(void)
{
	static const struct grant_case t[] = {
		{ 900, 262140, INF, 8, 900, 1 },
		{ 900, 262140, 7200, 0, 900, 1 },
	};

	CHECK(t);
}

/* HA-40: a Refresh Interval is less than the lifetime, or there is none. */
static void advice_is_less_than_the_lifetime(void)
{
	UNIT_EQ(lifetime_refresh_advice(0, 100), 0);
	UNIT_EQ(lifetime_refresh_advice(3, 100), 0);
	UNIT_EQ(lifetime_refresh_advice(4, 100), 1);
	UNIT_EQ(lifetime_refresh_advice(399, 100), 99);
	UNIT_EQ(lifetime_refresh_advice(400, 100), 0);
	UNIT_EQ(lifetime_refresh_advice(INF, 100), 0);
	UNIT_EQ(lifetime_refresh_advice(4, 1), 0);
	UNIT_EQ(lifetime_refresh_advice(4, 0), 0);
}

/* COM-30: units never claim more time than there is. */
static void units_round_down(void)
{
	struct mtime now = { 5000000 };

	UNIT_EQ(lifetime_units(0), 0);
	UNIT_EQ(lifetime_units(3), 0);
	UNIT_EQ(lifetime_units(4), 1);
	UNIT_EQ(lifetime_units(262143), 0xffff);
	UNIT_EQ(lifetime_units(INF), 0xffff);
	UNIT_EQ(lifetime_end(now, 105).us, 5000000 + 420000000LL);
	UNIT_EQ(lifetime_left(lifetime_end(now, 105), now), 105);
	UNIT_EQ(lifetime_left(lifetime_end(now, 105), mtime_add_us(now, 1)),
		104);
	UNIT_EQ(lifetime_left(now, mtime_add_s(now, 1)), 0);
	UNIT_EQ(lifetime_left(MTIME_NEVER, now), 0xffff);
}

static const struct unit_case cases[] = {
	UNIT_CASE(grants_the_least),
	UNIT_CASE(grants_nothing_without_prefix),
	UNIT_CASE(status_tells_of_the_prefix),
	UNIT_CASE(preferred_lifetime_is_no_limit),
	UNIT_CASE(advice_is_less_than_the_lifetime),
	UNIT_CASE(units_round_down),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "lifetime", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
