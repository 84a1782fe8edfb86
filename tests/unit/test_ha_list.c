/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The home agents list: who is listed, for how long, and in which order.
 */
#include <string.h>

#include "src/ha/ha_private.h"
#include "tests/fake/fake.h"
#include "tests/unit/ha_packet.h"
#include "tests/unit/unit.h"

#define LL1 "fe80::11"
#define LL2 "fe80::22"
#define A1  "2001:db8:1::11"
#define A2  "2001:db8:1::22"

static struct ha_list list;
static struct mtime now;
static struct ha_list_agent ours;

static void setup(void)
{
	ha_list_clear(&list);
	now = (struct mtime){ 5000000 };
	ours = (struct ha_list_agent){
		.expires = MTIME_NEVER,
		.n_addrs = 1,
		.addrs = { { ip("2001:db8:1::1"), MTIME_NEVER } },
	};
}

static struct icmp6_ra ra_of(const char *addr)
{
	struct icmp6_ra ra = {
		.home_agent = true,
		.router_lifetime_s = 1800,
		.ha_lifetime_s = 1800,
	};

	if (addr) {
		ra.n_prefixes = 1;
		ra.prefixes[0] = (struct ra_prefix){
			.router_addr = true,
			.addr = ip(addr),
			.valid_s = 86400,
			.preferred_s = 14400,
		};
		ra.prefixes[0].prefix = prefix_of(&ra.prefixes[0].addr, 64);
	}
	return ra;
}

static enum ha_list_verdict hear(const char *ll, const struct icmp6_ra *ra)
{
	struct in6_addr src = ip(ll);

	return ha_list_on_ra(&list, &src, ra, now);
}

/* The order as text: last groups of the addresses. */
static const char *order(unsigned int max)
{
	static char text[256];
	struct in6_addr addrs[HAAD_MAX_ADDRS];
	unsigned int i, n = ha_list_order(&list, &ours, now, addrs, max);

	text[0] = '\0';
	for (i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%x", i ? " " : "",
			 (unsigned int)addrs[i].s6_addr[14] << 8 |
				 addrs[i].s6_addr[15]);
	return text;
}

static void expire(void)
{
	struct in6_addr ll;

	while (ha_list_expire(&list, now, &ll))
		;
}

/* HA-123 HA-125 */
static void an_agent_is_listed(void)
{
	struct icmp6_ra ra = ra_of(A1);

	setup();
	ra.has_ha_info = true;
	ra.ha_preference = 65535;
	ra.ha_lifetime_s = 100;
	UNIT_EQ(hear(LL1, &ra), HA_LIST_ADDED);
	UNIT_EQ(hear(LL1, &ra), HA_LIST_SAME);
	UNIT_EQ(list.n_agents, 1);
	UNIT_EQ(list.agents[0].preference, 65535);
	UNIT_EQ(ha_list_next(&list).us, now.us + 100000000);
	UNIT_STR(order(77), "11 1");
	/* Without the option: as the parser has it, 0 and the router's. */
	ra = ra_of(A2);
	UNIT_EQ(hear(LL2, &ra), HA_LIST_ADDED);
	UNIT_EQ(list.agents[1].preference, 0);
	UNIT_EQ(list.agents[1].expires.us, now.us + 1800000000LL);
}

/* HA-124 HA-126 */
static void who_is_no_agent_is_not_listed(void)
{
	struct icmp6_ra ra = ra_of(A1), none = ra;

	setup();
	none.home_agent = false;
	UNIT_EQ(hear(LL1, &none), HA_LIST_SAME);
	UNIT_EQ(hear(LL1, &ra), HA_LIST_ADDED);
	UNIT_EQ(hear(LL2, &none), HA_LIST_SAME);
	UNIT_EQ(list.n_agents, 1);
	UNIT_EQ(hear(LL1, &none), HA_LIST_DELETED);
	UNIT_EQ(list.n_agents, 0);
	none = ra;
	none.ha_lifetime_s = 0;
	UNIT_EQ(hear(LL1, &none), HA_LIST_SAME);
	hear(LL1, &ra);
	UNIT_EQ(hear(LL1, &none), HA_LIST_DELETED);
	UNIT_STR(order(77), "1");
}

/* HA-127 */
static void a_lifetime_runs_out(void)
{
	struct icmp6_ra ra = ra_of(A1);

	setup();
	ra.ha_lifetime_s = 10;
	hear(LL1, &ra);
	now = mtime_add_us(now, 9999999);
	expire();
	UNIT_EQ(list.n_agents, 1);
	now = mtime_add_us(now, 1);
	/* Not told any more, even before it is deleted. */
	UNIT_STR(order(77), "1");
	expire();
	UNIT_EQ(list.n_agents, 0);
	UNIT_EQ(ha_list_next(&list).us, INT64_MAX);
}

/* HA-128 */
static void later_advertisements_count(void)
{
	struct icmp6_ra ra = ra_of(A1), other = ra_of(A2);

	setup();
	ra.ha_preference = 5;
	other.ha_preference = 4;
	hear(LL1, &ra);
	hear(LL2, &other);
	UNIT_STR(order(77), "11 22 1");
	other.ha_preference = 6;
	other.ha_lifetime_s = 7;
	UNIT_EQ(hear(LL2, &other), HA_LIST_CHANGED);
	UNIT_STR(order(77), "22 11 1");
	UNIT_EQ(ha_list_next(&list).us, now.us + 7000000);
}

/* HA-129 HA-130 */
static void only_valid_router_addresses_are_listed(void)
{
	struct icmp6_ra ra = ra_of(A1);

	setup();
	ra.prefixes[0].router_addr = false;
	hear(LL1, &ra);
	UNIT_EQ(list.n_agents, 1);
	UNIT_STR(order(77), "1");
	ra.prefixes[0].router_addr = true;
	ra.prefixes[0].addr = ip("fe80::1");
	hear(LL1, &ra);
	UNIT_STR(order(77), "1");
	ra = ra_of(A1);
	ra.ha_preference = 1;
	ra.prefixes[0].valid_s = 20;
	UNIT_EQ(hear(LL1, &ra), HA_LIST_CHANGED);
	UNIT_STR(order(77), "11 1");
	/* The prefix ends before the agent does. */
	now = mtime_add_s(now, 20);
	UNIT_STR(order(77), "1");
	expire();
	UNIT_EQ(list.n_agents, 1);
	UNIT_EQ(list.agents[0].n_addrs, 0);
	/* Or it is told to be over. */
	hear(LL1, &ra);
	UNIT_STR(order(77), "11 1");
	ra.prefixes[0].valid_s = 0;
	ra.prefixes[0].preferred_s = 0;
	UNIT_EQ(hear(LL1, &ra), HA_LIST_CHANGED);
	UNIT_STR(order(77), "1");
}

/* HA-136 HA-137: the order of preferences never changes, that of equals
 * takes every form. */
static void equals_are_shuffled(void)
{
	struct icmp6_ra ra = ra_of(A1), other = ra_of(A2), best;
	unsigned int i, first_1 = 0, first_11 = 0, first_22 = 0;

	setup();
	best = ra_of("2001:db8:1::33");
	best.ha_preference = 1;
	hear(LL1, &ra);
	hear(LL2, &other);
	hear("fe80::33", &best);
	for (i = 0; i < 300; i++) {
		const char *text = order(77);

		CU_ASSERT_TRUE(!strncmp(text, "33 ", 3));
		first_1 += !strncmp(text, "33 1 ", 5);
		first_11 += !strncmp(text, "33 11 ", 6);
		first_22 += !strncmp(text, "33 22 ", 6);
	}
	UNIT_EQ(first_1 + first_11 + first_22, 300);
	CU_ASSERT_TRUE(first_1 > 50 && first_11 > 50 && first_22 > 50);
}

/* HA-138 */
static void addresses_of_one_are_shuffled_together(void)
{
	struct icmp6_ra ra = ra_of(A1);
	unsigned int i, up = 0, down = 0;

	setup();
	ours.preference = 9;
	ra.n_prefixes = 2;
	ra.prefixes[1] = ra.prefixes[0];
	ra.prefixes[1].addr = ip("2001:db8:1::12");
	hear(LL1, &ra);
	for (i = 0; i < 100; i++) {
		up += !strcmp(order(77), "1 11 12");
		down += !strcmp(order(77), "1 12 11");
	}
	CU_ASSERT_TRUE(up > 20 && down > 20);
}

/* HA-139: and the list is bounded. */
static void the_best_are_kept_when_there_are_too_many(void)
{
	struct icmp6_ra ra = ra_of(A1);
	struct in6_addr ll = ip("fe80::1:0"), addrs[HAAD_MAX_ADDRS];
	unsigned int i, j;

	setup();
	ra.n_prefixes = 2;
	ra.prefixes[1] = ra.prefixes[0];
	for (i = 0; i < HA_LIST_MAX; i++) {
		ll.s6_addr[15] = (uint8_t)i;
		ra.ha_preference = (uint16_t)(i + 1);
		for (j = 0; j < 2; j++) {
			ra.prefixes[j].addr.s6_addr[14] = (uint8_t)(j + 1);
			ra.prefixes[j].addr.s6_addr[15] = (uint8_t)i;
		}
		UNIT_EQ(ha_list_on_ra(&list, &ll, &ra, now), HA_LIST_ADDED);
	}
	ll.s6_addr[15] = 200;
	UNIT_EQ(ha_list_on_ra(&list, &ll, &ra, now), HA_LIST_FULL);
	UNIT_EQ(ha_list_order(&list, &ours, now, addrs, HAAD_MAX_ADDRS),
		HAAD_MAX_ADDRS);
	for (i = 0; i < HAAD_MAX_ADDRS; i++)
		UNIT_EQ(addrs[i].s6_addr[15], HA_LIST_MAX - 1 - i / 2);
	ha_list_clear(&list);
}

/* RFC 2526 */
static void anycast_addresses(void)
{
	static const struct {
		const char *prefix, *addr;
	} t[] = {
		{ "2001:db8:1::/64", "2001:db8:1:0:fdff:ffff:ffff:fffe" },
		{ "2001:db8::/48", "2001:db8:0:ffff:ffff:ffff:ffff:fffe" },
		{ "2001:db8::/56", "2001:db8:0:ff:ffff:ffff:ffff:fffe" },
		{ "2001:db8:1::/96", "2001:db8:1::ffff:fffe" },
		{ "2001:db8:1::/120", "2001:db8:1::fe" },
		{ "2001:db8:1::80/121", "2001:db8:1::fe" },
		{ "2001:db8:1::/121", "2001:db8:1::7e" },
	};
	struct in6_addr a;
	struct prefix p;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		UNIT_NEED(!prefix_parse(t[i].prefix, &p));
		CU_ASSERT_TRUE(addr_home_agents(&p, &a));
		UNIT_STR(addr_str(&a), t[i].addr);
	}
	UNIT_NEED(!prefix_parse("2001:db8:1::/122", &p));
	CU_ASSERT_FALSE(addr_home_agents(&p, &a));
}

static const struct unit_case cases[] = {
	UNIT_CASE(an_agent_is_listed),
	UNIT_CASE(who_is_no_agent_is_not_listed),
	UNIT_CASE(a_lifetime_runs_out),
	UNIT_CASE(later_advertisements_count),
	UNIT_CASE(only_valid_router_addresses_are_listed),
	UNIT_CASE(equals_are_shuffled),
	UNIT_CASE(addresses_of_one_are_shuffled_together),
	UNIT_CASE(the_best_are_kept_when_there_are_too_many),
	UNIT_CASE(anycast_addresses),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_list", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
