/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranking of home agents that were met.
 */
#include "src/mn/mn_known.h"

#include <string.h>

#include "mip6d/cleanup.h"
#include "tests/unit/unit.h"

#define DAY_S INT64_C(86400)

static const struct mtime now = { INT64_C(1000000000000) };

static struct mn_known k;

static struct in6_addr agent_of(unsigned int i)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse("2001:db8:1::1", &a));
	a.s6_addr[14] = (uint8_t)(i >> 8);
	a.s6_addr[15] = (uint8_t)i;
	return a;
}

static bool keep_odd(const void *arg, const struct mn_known_agent *a)
{
	(void)arg;
	return a->agent.s6_addr[15] & 1;
}

static struct mn_known_agent *add(unsigned int i)
{
	struct in6_addr agent = agent_of(i);
	struct prefix p = prefix_of(&agent, 64);

	return mn_known_add(&k, &agent, &p, keep_odd, NULL, now);
}

/* Each part of the sum, and its bounds. */
static void the_points(void)
{
	static const struct {
		struct mn_known_agent a;
		int64_t ago_s;
		int points;
	} rows[] = {
		{ { .here = true }, 0, 4 },
		{ { .here = false }, 3599, 3 },
		{ { .here = false }, 3600, 2 },
		{ { .here = false }, DAY_S, 1 },
		{ { .here = false }, 7 * DAY_S, 0 },
		{ { .here = true }, 30 * DAY_S, 4 },
		{ { .count = 1 }, 8 * DAY_S, 0 },
		{ { .count = 2 }, 8 * DAY_S, 1 },
		{ { .count = 7 }, 8 * DAY_S, 2 },
		{ { .count = 8 }, 8 * DAY_S, 3 },
		{ { .count = UINT32_MAX }, 8 * DAY_S, 4 },
		{ { .ok = 1 }, 8 * DAY_S, 2 },
		{ { .ok = 4 }, 8 * DAY_S, 8 },
		{ { .ok = UINT32_MAX }, 8 * DAY_S, 8 },
		{ { .failed = 1 }, 8 * DAY_S, -4 },
		{ { .failed = 2 }, 8 * DAY_S, -8 },
		{ { .failed = UINT32_MAX }, 8 * DAY_S, -12 },
		{ { .rtt_ms = 1 }, 8 * DAY_S, 4 },
		{ { .rtt_ms = 20 }, 8 * DAY_S, 4 },
		{ { .rtt_ms = 21 }, 8 * DAY_S, 3 },
		{ { .rtt_ms = 150 }, 8 * DAY_S, 2 },
		{ { .rtt_ms = 500 }, 8 * DAY_S, 1 },
		{ { .rtt_ms = 501 }, 8 * DAY_S, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mn_known_agent a = rows[i].a;

		a.met = mtime_add_s(now, -rows[i].ago_s);
		if (mn_known_points(&a, now) != rows[i].points)
			printf("row %zu\n", i);
		UNIT_EQ(mn_known_points(&a, now), rows[i].points);
	}
}

/* Points first, then preference, who was met last, the lower address. */
static void equals(void)
{
	struct mn_known_agent a = { .met = now, .agent = agent_of(1) }, b = a;

	b.agent = agent_of(2);
	CU_ASSERT(mn_known_is_better(&a, &b, now));
	CU_ASSERT(!mn_known_is_better(&b, &a, now));
	CU_ASSERT(!mn_known_is_better(&a, &a, now));
	a.met = mtime_add_s(now, -1);
	CU_ASSERT(mn_known_is_better(&b, &a, now));
	a.preference = 1;
	CU_ASSERT(mn_known_is_better(&a, &b, now));
	b.ok = 1;
	CU_ASSERT(mn_known_is_better(&b, &a, now));
}

/* Failures count in a row, successes since the last failure. */
static void experience(void)
{
	struct mn_known_agent a = { .met = now };

	mn_known_success(&a, 0);
	mn_known_success(&a, 100);
	UNIT_EQ(a.ok, 2);
	UNIT_EQ(a.rtt_ms, 100);
	mn_known_success(&a, 20);
	UNIT_EQ(a.rtt_ms, 80);
	mn_known_success(&a, 0);
	UNIT_EQ(a.rtt_ms, 80);
	mn_known_failure(&a);
	UNIT_EQ(a.ok, 0);
	UNIT_EQ(a.failed, 1);
	mn_known_success(&a, 0);
	UNIT_EQ(a.failed, 0);
	UNIT_EQ(a.ok, 1);
}

/* A full table: the least goes, but none that is here or kept. */
static void the_room(void)
{
	struct in6_addr least = agent_of(10);
	struct prefix p = prefix_of(&least, 64);
	unsigned int i;

	memset(&k, 0, sizeof(k));
	for (i = 0; i < MN_KNOWN_MAX; i++)
		add(i)->ok = 3;
	UNIT_EQ(k.n, MN_KNOWN_MAX);
	CU_ASSERT(add(5) == mn_known_find(&k, &k.a[5].agent, &p));
	UNIT_EQ(k.n, MN_KNOWN_MAX);
	k.a[4].ok = 0;
	k.a[4].here = true;
	k.a[7].ok = 0;
	k.a[10].ok = 1;
	UNIT_NEED(add(100) != NULL);
	CU_ASSERT_PTR_NULL(mn_known_find(&k, &least, &p));
	for (i = 0; i < MN_KNOWN_MAX; i++)
		k.a[i].here = true;
	CU_ASSERT_PTR_NULL(add(101));
	UNIT_EQ(k.n, MN_KNOWN_MAX);
}

static void the_best_of_a_prefix(void)
{
	struct in6_addr other;
	struct prefix p, q;

	UNIT_NEED(!addr_parse("2001:db8:2::1", &other));
	memset(&k, 0, sizeof(k));
	add(1)->ok = 1;
	add(2)->ok = 2;
	add(3)->failed = 1;
	p = k.a[0].prefix;
	q = prefix_of(&other, 64);
	UNIT_NEED(mn_known_add(&k, &other, &q, keep_odd, NULL, now) != NULL);
	k.a[3].ok = 9;
	CU_ASSERT(mn_known_best_of(&k, &p, now) == &k.a[1]);
	CU_ASSERT(mn_known_best_of(&k, &q, now) == &k.a[3]);
	q.addr.s6_addr[0]++;
	CU_ASSERT_PTR_NULL(mn_known_best_of(&k, &q, now));
}

static const struct unit_case cases[] = {
	UNIT_CASE(the_points),           UNIT_CASE(equals),
	UNIT_CASE(experience),           UNIT_CASE(the_room),
	UNIT_CASE(the_best_of_a_prefix), UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_known", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
