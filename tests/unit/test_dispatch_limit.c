/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests are limited: by node, by /64, by /48, all together; and a flood
 * from a thousand places, or about somebody's home address, does not reach
 * those who are registered.
 */
#include "mip6d/hash.h"
#include "tests/unit/dispatch_world.h"

#define LOTS 5000

static void start(uint32_t rate, uint32_t site, uint32_t source, uint32_t node)
{
	hash_init();
	setup(true, true, true);
	((struct conf *)(uintptr_t)daemon_conf(d))->limits =
		(struct conf_limits){ rate, site, source, node };
}

/* How many of n messages of a type from one source get through; what is
 * dropped is counted. */
static unsigned int flood_type(const char *from, unsigned int type,
			       unsigned int n, struct mtime when)
{
	struct packet pkt = packet(true);
	uint64_t before = counter(CNT_MH_RATE_NODE) +
			  counter(CNT_MH_RATE_SOURCE) +
			  counter(CNT_MH_RATE_TOTAL);
	unsigned int i;

	pkt.wire_src = addr(from);
	pkt.when = when;
	for (i = 0; i < n; i++)
		send_type(&pkt, type);
	return n - (unsigned int)(counter(CNT_MH_RATE_NODE) +
				  counter(CNT_MH_RATE_SOURCE) +
				  counter(CNT_MH_RATE_TOTAL) - before);
}

static unsigned int flood(const char *from, unsigned int n, struct mtime when)
{
	return flood_type(from, MH_BU, n, when);
}

static void a_source_has_its_share(void)
{
	start(1000, 25, 20, 10);
	UNIT_EQ(flood("2001:db8:a::5", 100, t0), 20);
	UNIT_EQ(flood("2001:db8:a::6", 100, t0), 0);   /* the same /64 */
	UNIT_EQ(flood("2001:db8:a:1::5", 100, t0), 5); /* the same /48 */
	UNIT_EQ(flood("2001:db8:b::5", 100, t0), 20);  /* another */
	UNIT_EQ(counter(CNT_MH_RATE_SOURCE), 355);
	UNIT_EQ(flood("2001:db8:b::5", 100, mtime_add_ms(t0, 500)), 10);
	UNIT_EQ(flood("2001:db8:b::5", 100, mtime_add_s(t0, 60)), 20);
	teardown();
}

/* What was asked for is not held back, whoever sends how much. */
static void answers_pass(void)
{
	static const unsigned int types[] = { MH_BRR, MH_HOT, MH_COT, MH_BA,
					      MH_BE };
	size_t i;

	start(5, 5, 5, 5);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		UNIT_EQ(flood_type("2001:db8:a::5", types[i], 50, t0), 50);
	UNIT_EQ(flood_type("2001:db8:a::5", MH_HOTI, 50, t0), 5);
	UNIT_EQ(flood_type("2001:db8:b::5", MH_COTI, 50, t0), 0);
	UNIT_EQ(counter(CNT_MH_RATE_TOTAL), 5);
	UNIT_EQ(flood_type("2001:db8:c::5", 77, 50, t0), 0);
	teardown();
}

static void nothing_is_limited_by_0(void)
{
	start(0, 0, 0, 0);
	UNIT_EQ(flood("2001:db8:a::5", LOTS, t0), LOTS);
	teardown();
}

static void flood_from_many(unsigned int n)
{
	char from[INET6_ADDRSTRLEN];
	unsigned int i, passed = 0;

	for (i = 0; i < n; i++) {
		snprintf(from, sizeof(from), "2001:db9:%x::1", i);
		passed += flood(from, 10, t0);
	}
	UNIT_EQ(passed, 100);
}

/* A thousand sources, each within its share: together they have theirs; who
 * is registered is heard, from where he is and from where he goes. */
static void registered_nodes_are_served(void)
{
	start(100, 50, 20, 10);
	flood_from_many(1000);
	CU_ASSERT(counter(CNT_MH_RATE_TOTAL) > 5000);
	UNIT_EQ(flood("2001:db8:b::5", 1, t0), 0);
	stub.ha_registered = true;
	UNIT_EQ(flood("2001:db8:b::5", 3, t0), 3);
	/* Forged about him: where he really goes he has a share of his own,
	 * and where he is bound another. */
	UNIT_EQ(flood("2001:db8:c::5", 100, t0), 10);
	UNIT_EQ(counter(CNT_MH_RATE_NODE), 90);
	UNIT_EQ(flood("2001:db8:b::5", 100, t0), 7);
	stub.ha_bound_at = true;
	UNIT_EQ(flood("2001:db8:a::5", 100, t0), 10);
	teardown();
}

/* Who forges, from one place, something about everybody leaves room for those
 * who move. */
static void one_place_does_not_take_all_moves(void)
{
	struct packet pkt = packet(true);
	unsigned int i;

	start(100, 50, 20, 10);
	stub.ha_registered = true;
	pkt.wire_src = addr("2001:db8:c::5");
	pkt.when = t0;
	for (i = 0; i < 200; i++) {
		pkt.src.s6_addr[15] = (uint8_t)i;
		send_type(&pkt, MH_BU);
	}
	UNIT_EQ(counter(CNT_MH_RATE_SOURCE), 180);
	UNIT_EQ(counter(CNT_MH_RATE_TOTAL), 0);
	UNIT_EQ(flood("2001:db8:b::5", 1, t0), 1);
	teardown();
}

static void registered_with_the_correspondent(void)
{
	start(100, 50, 20, 10);
	flood_from_many(1000);
	stub.cn_registered = true;
	UNIT_EQ(flood("2001:db8:b::5", 20, t0), 10);
	UNIT_EQ(counter(CNT_MH_RATE_NODE), 10);
	teardown();
}

static const struct unit_case cases[] = {
	UNIT_CASE(a_source_has_its_share),
	UNIT_CASE(answers_pass),
	UNIT_CASE(nothing_is_limited_by_0),
	UNIT_CASE(registered_nodes_are_served),
	UNIT_CASE(one_place_does_not_take_all_moves),
	UNIT_CASE(registered_with_the_correspondent),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "dispatch_limit", cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
