/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routers, prefixes and subnets of one interface.
 * Links nothing but them, addresses and the task queue: they are pure.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "src/mn/mn_subnet.h"
#include "tests/unit/unit.h"

static struct mn_wire wire;
static struct mtime now;

static void nothing(struct task *task, struct mtime when)
{
	(void)task;
	(void)when;
}

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

static struct lladdr mac(uint8_t last)
{
	return (struct lladdr){ .len = 6, .addr = { 2, 0, 0, 0, 0, last } };
}

static void start(void)
{
	now = (struct mtime){ 1000000 };
	mn_wire_init(&wire, NULL, nothing);
}

/* A prefix, in the text "2001:db8:a::/64", or with the R bit
 * "2001:db8:a::1/64". */
static void ra_add(struct icmp6_ra *ra, const char *text, uint32_t valid_s)
{
	struct ra_prefix *p = &ra->prefixes[ra->n_prefixes++];
	uint8_t len;

	if (addr_parse_len(text, &p->addr, &len))
		abort();
	p->prefix = prefix_of(&p->addr, len);
	p->router_addr = !addr_eq(&p->addr, &p->prefix.addr);
	p->on_link = p->autonomous = true;
	p->valid_s = p->preferred_s = valid_s;
}

static struct icmp6_ra ra_of(const char *p1, const char *p2)
{
	struct icmp6_ra ra = { .router_lifetime_s = 1800 };

	if (p1)
		ra_add(&ra, p1, 3600);
	if (p2)
		ra_add(&ra, p2, 3600);
	return ra;
}

static struct mn_learnt hear_ra(const char *src, const struct icmp6_ra *ra)
{
	struct in6_addr a = addr(src);

	return mn_subnet_learn(&wire, &a, ra, NULL, now);
}

static struct mn_learnt hear(const char *src, const char *p1, const char *p2)
{
	struct icmp6_ra ra = ra_of(p1, p2);

	return hear_ra(src, &ra);
}

static unsigned int used(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < MN_ROUTERS_MAX; i++)
		n += wire.routers[i].used;
	return n;
}

static struct mn_router *router_of(const char *address)
{
	struct in6_addr a = addr(address);

	return mn_subnet_router_of(&wire, &a, NULL, now, NULL);
}

/* ---- subnets ---- */

/* Five routers, seven prefixes, three subnets. */
static void routers_that_share_a_prefix_form_a_subnet(void)
{
	struct mn_learnt r1, r2, r3, r4, r5;

	start();
	r1 = hear("fe80::1", "2001:db8:1::/64", "2001:db8:2::/64");
	r2 = hear("fe80::2", "2001:db8:3::/64", "2001:db8:4::/64");
	r3 = hear("fe80::3", "2001:db8:1::/64", "2001:db8:5::/64");
	r4 = hear("fe80::4", "2001:db8:4::/64", "2001:db8:6::/64");
	r5 = hear("fe80::5", "2001:db8:7::/64", NULL);
	UNIT_EQ(r1.router->subnet, r3.router->subnet);
	UNIT_EQ(r2.router->subnet, r4.router->subnet);
	CU_ASSERT(r1.router->subnet != r2.router->subnet);
	CU_ASSERT(r5.router->subnet != r1.router->subnet);
	CU_ASSERT(r5.router->subnet != r2.router->subnet);
	CU_ASSERT(r1.is_new_subnet && r2.is_new_subnet && r5.is_new_subnet);
	CU_ASSERT(!r3.is_new_subnet && !r4.is_new_subnet);
}

static void a_router_can_join_two_subnets(void)
{
	struct mn_learnt r1, r2, r3;

	start();
	r1 = hear("fe80::1", "2001:db8:1::/64", NULL);
	r2 = hear("fe80::2", "2001:db8:2::/64", NULL);
	CU_ASSERT(r1.router->subnet != r2.router->subnet);
	r3 = hear("fe80::3", "2001:db8:2::/64", "2001:db8:1::/64");
	UNIT_EQ(r1.router->subnet, r2.router->subnet);
	UNIT_EQ(r1.router->subnet, r3.router->subnet);
	/* The common prefix runs out: they part again. */
	r3.router->n_prefixes = 0;
	mn_subnet_number(&wire);
	CU_ASSERT(r1.router->subnet != r2.router->subnet);
}

static void prefixes_of_another_length_are_not_shared(void)
{
	struct mn_learnt r1, r2;

	start();
	r1 = hear("fe80::1", "2001:db8:1::/64", NULL);
	r2 = hear("fe80::2", "2001:db8::/32", NULL);
	CU_ASSERT(r1.router->subnet != r2.router->subnet);
	/* Link-local ones say nothing. */
	r1 = hear("fe80::8", "fe80::/64", NULL);
	r2 = hear("fe80::9", "fe80::/64", NULL);
	CU_ASSERT(r1.router->subnet != r2.router->subnet);
	UNIT_EQ(r2.router->n_prefixes, 0);
}

/* A gone router is no neighbour: coming to its subnet is a movement. */
static void a_gone_mate_makes_no_old_subnet(void)
{
	struct mn_learnt r1, r2;

	start();
	r1 = hear("fe80::1", "2001:db8:1::/64", NULL);
	r1.router->state = MN_ROUTER_GONE;
	r2 = hear("fe80::2", "2001:db8:1::/64", NULL);
	CU_ASSERT(r2.is_new_subnet);
	r1.router->state = MN_ROUTER_SUSPECT;
	r2.router->state = MN_ROUTER_GONE;
	r2 = hear("fe80::2", "2001:db8:1::/64", NULL);
	CU_ASSERT(!r2.is_new && r2.was == MN_ROUTER_GONE && !r2.is_new_subnet);
}

/* ---- identity ---- */

static void a_router_is_known_again(void)
{
	struct mn_learnt r;

	start();
	CU_ASSERT(hear("fe80::1", "2001:db8:1::/64", NULL).is_new);
	r = hear("fe80::1", "2001:db8:1::/64", "2001:db8:2::/64");
	CU_ASSERT(!r.is_new && r.was == MN_ROUTER_LIVE);
	UNIT_EQ(r.router->n_prefixes, 2);
	/* Not all prefixes need be in each advertisement. */
	r = hear("fe80::1", "2001:db8:2::/64", NULL);
	CU_ASSERT(!r.is_new);
	UNIT_EQ(r.router->n_prefixes, 2);
	r = hear("fe80::1", NULL, NULL);
	CU_ASSERT(!r.is_new);
	UNIT_EQ(used(), 1);
}

/* MN-80: the new link's router has the same link-local address. */
static void twins_are_told_apart_by_global_address(void)
{
	struct mn_learnt a, b;

	start();
	a = hear("fe80::1", "2001:db8:a::1/64", NULL);
	b = hear("fe80::1", "2001:db8:b::1/64", NULL);
	CU_ASSERT(b.is_new && a.router != b.router && b.is_new_subnet);
	UNIT_EQ(used(), 2);
	CU_ASSERT(hear("fe80::1", "2001:db8:a::1/64", NULL).router == a.router);
	CU_ASSERT(hear("fe80::1", "2001:db8:b::1/64", NULL).router == b.router);
	/* One global address in common is enough. */
	CU_ASSERT(hear("fe80::1", "2001:db8:b::1/64", "2001:db8:c::1/64")
			  .router == b.router);
	CU_ASSERT(hear("fe80::1", "2001:db8:c::1/64", NULL).router == b.router);
	/* The same prefix by another router of that address. */
	CU_ASSERT(hear("fe80::1", "2001:db8:a::2/64", NULL).is_new);
}

static void twins_are_told_apart_by_prefixes(void)
{
	struct mn_learnt a, b;

	start();
	a = hear("fe80::1", "2001:db8:a::/64", NULL);
	b = hear("fe80::1", "2001:db8:b::/64", NULL);
	CU_ASSERT(b.is_new && a.router != b.router);
	/* The R bit in one of the two alone is nothing to compare. */
	CU_ASSERT(hear("fe80::1", "2001:db8:a::1/64", NULL).router == a.router);
}

static void without_prefixes_the_link_layer_address_decides(void)
{
	struct icmp6_ra with = ra_of("2001:db8:a::/64", NULL);
	struct icmp6_ra bare = ra_of(NULL, NULL);
	struct mn_router *r;

	start();
	with.source_lladdr = mac(1);
	r = hear_ra("fe80::1", &with).router;
	CU_ASSERT(hear_ra("fe80::1", &bare).router == r);
	bare.source_lladdr = mac(1);
	CU_ASSERT(hear_ra("fe80::1", &bare).router == r);
	bare.source_lladdr = mac(2);
	CU_ASSERT(hear_ra("fe80::1", &bare).router != r);
}

static void a_route_becomes_a_router(void)
{
	struct in6_addr gw = addr("fe80::1");
	struct mn_router *r;
	struct mn_learnt l;

	start();
	r = mn_subnet_route_add(&wire, &gw, now);
	UNIT_NEED(r != NULL);
	UNIT_EQ(r->state, MN_ROUTER_SUSPECT);
	CU_ASSERT(mn_router_is_default(r, now));
	CU_ASSERT(!mn_subnet_route_add(&wire, &gw, now));
	l = hear("fe80::1", "2001:db8:a::/64", NULL);
	CU_ASSERT(l.router == r && l.is_new);
	UNIT_EQ(r->state, MN_ROUTER_LIVE);
	/* An advertised router does not go with its route. */
	CU_ASSERT(!mn_subnet_route_del(&wire, &gw));
	gw = addr("fe80::2");
	CU_ASSERT(mn_subnet_route_add(&wire, &gw, now) != NULL);
	CU_ASSERT(mn_subnet_route_del(&wire, &gw));
	UNIT_EQ(used(), 1);
}

/* ---- lifetimes ---- */

static void prefixes_expire_and_are_withdrawn(void)
{
	struct icmp6_ra ra = ra_of(NULL, NULL);
	struct mn_router *r;

	start();
	ra_add(&ra, "2001:db8:a::/64", 100);
	ra_add(&ra, "2001:db8:b::/64", UINT32_MAX);
	r = hear_ra("fe80::1", &ra).router;
	CU_ASSERT(!mn_subnet_expire(r, mtime_add_s(now, 99)));
	CU_ASSERT(mn_subnet_expire(r, mtime_add_s(now, 100)));
	UNIT_EQ(r->n_prefixes, 1);
	CU_ASSERT(!mn_subnet_expire(r, mtime_add_s(now, 1000000)));
	ra.prefixes[1].valid_s = 0;
	r = hear_ra("fe80::1", &ra).router;
	UNIT_EQ(r->n_prefixes, 1);
	CU_ASSERT(router_of("2001:db8:a::5") == r);
	CU_ASSERT(router_of("2001:db8:b::5") == NULL);
}

/* MN-90: an address depends on a default router that advertises its own
 * prefix, not on any router of the subnet. */
static void an_address_depends_on_a_default_router(void)
{
	struct in6_addr a = addr("2001:db8:a::5");
	struct icmp6_ra ra = ra_of("2001:db8:a::/64", "2001:db8:b::/64");
	struct mn_router *r;
	bool known;

	start();
	ra.router_lifetime_s = 0;
	r = hear_ra("fe80::1", &ra).router;
	CU_ASSERT(!mn_subnet_router_of(&wire, &a, NULL, now, &known));
	CU_ASSERT(known);
	CU_ASSERT(hear("fe80::2", "2001:db8:b::/64", NULL).router != r);
	CU_ASSERT(!mn_subnet_router_of(&wire, &a, NULL, now, &known));
	ra.router_lifetime_s = 30;
	hear_ra("fe80::1", &ra);
	CU_ASSERT(router_of("2001:db8:a::5") == r);
	now = mtime_add_s(now, 30);
	CU_ASSERT(!router_of("2001:db8:a::5"));
	a = addr("2001:db8:c::5");
	CU_ASSERT(!mn_subnet_router_of(&wire, &a, NULL, now, &known));
	CU_ASSERT(!known);
}

static void live_routers_come_before_others(void)
{
	struct in6_addr a = addr("2001:db8:a::5"), prefer = addr("fe80::3");
	struct mn_router *r[4];

	start();
	r[0] = hear("fe80::1", "2001:db8:a::/64", NULL).router;
	r[1] = hear("fe80::2", "2001:db8:a::/64", NULL).router;
	r[2] = hear("fe80::3", "2001:db8:a::/64", NULL).router;
	r[0]->state = MN_ROUTER_SUSPECT;
	CU_ASSERT(router_of("2001:db8:a::5") == r[1]);
	CU_ASSERT(mn_subnet_router_of(&wire, &a, &prefer, now, NULL) == r[2]);
	r[2]->state = MN_ROUTER_GONE;
	CU_ASSERT(mn_subnet_router_of(&wire, &a, &prefer, now, NULL) == r[1]);
	r[1]->state = MN_ROUTER_GONE;
	CU_ASSERT(router_of("2001:db8:a::5") == r[0]);
}

static void addresses_of_no_prefix_need_a_witness(void)
{
	struct in6_addr gw = addr("fe80::9");
	struct icmp6_ra ra = ra_of("2001:db8:a::/64", NULL);
	struct mn_router *r;

	start();
	r = hear_ra("fe80::1", &ra).router;
	CU_ASSERT(!mn_subnet_router_any(&wire, now));
	ra.managed = true;
	hear_ra("fe80::1", &ra);
	CU_ASSERT(mn_subnet_router_any(&wire, now) == r);
	r->state = MN_ROUTER_GONE;
	r = mn_subnet_route_add(&wire, &gw, now);
	CU_ASSERT(mn_subnet_router_any(&wire, now) == r);
}

static void the_home_prefix_is_found_exactly(void)
{
	struct icmp6_ra ra = ra_of("2001:db8:1::1/64", NULL);
	struct in6_addr ha = addr("2001:db8:1::1");
	struct prefix home = prefix_of(&ha, 64), wider = prefix_of(&ha, 48);
	struct mtime until = MTIME_NEVER;
	struct mn_router *r;

	start();
	/* A home agent need not be a default router. */
	ra.router_lifetime_s = 0;
	ra.source_lladdr = mac(1);
	r = hear_ra("fe80::1", &ra).router;
	CU_ASSERT(mn_subnet_find_prefix(&wire, &home, now, &until) == r);
	UNIT_EQ(mtime_left_s(until, now), 3600);
	CU_ASSERT(!mn_subnet_find_prefix(&wire, &wider, now, NULL));
	UNIT_NEED(mn_subnet_lladdr_of(&wire, &ha) != NULL);
	UNIT_EQ(mn_subnet_lladdr_of(&wire, &ha)->addr[5], 1);
	r->state = MN_ROUTER_SUSPECT;
	CU_ASSERT(!mn_subnet_find_prefix(&wire, &home, now, NULL));
	CU_ASSERT(!mn_subnet_lladdr_of(&wire, &ha));
	ra.prefixes[0].on_link = false;
	hear_ra("fe80::1", &ra);
	CU_ASSERT(!mn_subnet_find_prefix(&wire, &home, now, NULL));
}

/* ---- a lost carrier ---- */

static void suspects_are_confirmed_together(void)
{
	struct in6_addr gw = addr("fe80::9");
	struct mn_router *a, *b, *gone, *doubted, *route;

	start();
	a = hear("fe80::1", "2001:db8:a::/64", NULL).router;
	b = hear("fe80::2", "2001:db8:b::/64", NULL).router;
	gone = hear("fe80::3", "2001:db8:c::/64", NULL).router;
	gone->state = MN_ROUTER_GONE;
	doubted = hear("fe80::4", "2001:db8:d::/64", NULL).router;
	doubted->doubted = true;
	route = mn_subnet_route_add(&wire, &gw, now);
	mn_subnet_suspect(&wire);
	UNIT_EQ(mn_subnet_count(&wire, MN_ROUTER_SUSPECT), 4);
	mn_subnet_confirm(&wire);
	UNIT_EQ(a->state, MN_ROUTER_LIVE);
	UNIT_EQ(b->state, MN_ROUTER_LIVE);
	UNIT_EQ(gone->state, MN_ROUTER_GONE);
	UNIT_EQ(doubted->state, MN_ROUTER_SUSPECT);
	UNIT_EQ(route->state, MN_ROUTER_SUSPECT);
	route->proven = true;
	mn_subnet_confirm(&wire);
	UNIT_EQ(route->state, MN_ROUTER_LIVE);
}

/* ---- bounds ---- */

/* A flood of routers fills the table and no more; what is in use stays. */
static void the_table_is_bounded(void)
{
	struct in6_addr keep = addr("fe80::1"), src = keep;
	struct icmp6_ra ra;
	struct mn_router *r;
	unsigned int i;
	char text[64];

	start();
	r = hear("fe80::1", "2001:db8:a::1/64", NULL).router;
	for (i = 0; i < 100; i++) {
		now = mtime_add_ms(now, 1);
		src.s6_addr[14] = 1;
		src.s6_addr[15] = (uint8_t)i;
		snprintf(text, sizeof(text), "2001:db8:f:%x::/64", i);
		ra = ra_of(text, NULL);
		mn_subnet_learn(&wire, &src, &ra, &keep, now);
	}
	UNIT_EQ(used(), MN_ROUTERS_MAX);
	CU_ASSERT(router_of("2001:db8:a::5") == r);
	/* Prefixes and global addresses of one router are bounded too. */
	for (i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "2001:db8:e:%x::1/64", i);
		CU_ASSERT(hear("fe80::1", "2001:db8:a::1/64", text).router ==
			  r);
	}
	UNIT_EQ(r->n_prefixes, RA_MAX_PREFIXES);
	UNIT_EQ(r->n_globals, MN_GLOBALS_MAX);
	/* Gone ones are given up first. */
	wire.routers[5].state = MN_ROUTER_GONE;
	wire.routers[5].heard = now;
	CU_ASSERT(hear("fe80::77", "2001:db8:77::/64", NULL).router ==
		  &wire.routers[5]);
}

/* ---- witnesses ---- */

static enum mn_proof proof(const struct mn_router *r, const char *a,
			   uint8_t last, bool reachable)
{
	struct kernel_neigh n = { .addr = addr(a),
				  .reachable = reachable,
				  .failed = !reachable };

	if (last)
		n.lladdr = mac(last);
	return mn_router_proof(&wire, r, &n);
}

static void a_neighbour_event_proves_a_router(void)
{
	struct mn_router *r;

	start();
	r = hear("fe80::1", "2001:db8:a::1/64", NULL).router;
	UNIT_EQ(proof(r, "fe80::1", 0, true), MN_PROOF_ALIVE);
	UNIT_EQ(proof(r, "fe80::1", 0, false), MN_PROOF_DEAD);
	UNIT_EQ(proof(r, "2001:db8:a::1", 0, true), MN_PROOF_ALIVE);
	UNIT_EQ(proof(r, "2001:db8:a::1", 0, false), MN_PROOF_DEAD);
	UNIT_EQ(proof(r, "fe80::2", 0, true), MN_PROOF_NONE);
	UNIT_EQ(proof(r, "fe80::2", 0, false), MN_PROOF_NONE);
	r->lladdr = mac(1);
	UNIT_EQ(proof(r, "fe80::1", 1, true), MN_PROOF_ALIVE);
	UNIT_EQ(proof(r, "fe80::1", 2, true), MN_PROOF_NONE);
	UNIT_EQ(proof(r, "fe80::1", 2, false), MN_PROOF_NONE);
}

/* After a flap somebody else may have the address. */
static void a_suspect_needs_its_link_layer_address(void)
{
	struct mn_router *r;

	start();
	r = hear("fe80::1", "2001:db8:a::/64", NULL).router;
	mn_subnet_suspect(&wire);
	UNIT_EQ(proof(r, "fe80::1", 7, true), MN_PROOF_NONE);
	UNIT_EQ(proof(r, "fe80::1", 0, false), MN_PROOF_DEAD);
	r->lladdr = mac(1);
	UNIT_EQ(proof(r, "fe80::1", 7, true), MN_PROOF_NONE);
	UNIT_EQ(proof(r, "fe80::1", 0, true), MN_PROOF_NONE);
	UNIT_EQ(proof(r, "fe80::1", 1, true), MN_PROOF_ALIVE);
}

static void twins_are_probed_by_what_tells_them_apart(void)
{
	struct mn_router *a, *b;

	start();
	a = hear("fe80::1", "2001:db8:a::1/64", NULL).router;
	UNIT_STR(addr_str(mn_router_probe_addr(&wire, a)), "fe80::1");
	b = hear("fe80::1", "2001:db8:b::1/64", NULL).router;
	CU_ASSERT(a != b);
	UNIT_STR(addr_str(mn_router_probe_addr(&wire, a)), "2001:db8:a::1");
	UNIT_EQ(proof(a, "fe80::1", 0, true), MN_PROOF_NONE);
	UNIT_EQ(proof(a, "fe80::1", 0, false), MN_PROOF_NONE);
	a->lladdr = mac(1);
	UNIT_EQ(proof(a, "fe80::1", 1, true), MN_PROOF_ALIVE);
	UNIT_EQ(proof(a, "fe80::1", 1, false), MN_PROOF_DEAD);
	a->n_globals = 0;
	CU_ASSERT(mn_router_probe_addr(&wire, a) == NULL);
}

static const struct unit_case cases[] = {
	UNIT_CASE(routers_that_share_a_prefix_form_a_subnet),
	UNIT_CASE(a_router_can_join_two_subnets),
	UNIT_CASE(prefixes_of_another_length_are_not_shared),
	UNIT_CASE(a_gone_mate_makes_no_old_subnet),
	UNIT_CASE(a_router_is_known_again),
	UNIT_CASE(twins_are_told_apart_by_global_address),
	UNIT_CASE(twins_are_told_apart_by_prefixes),
	UNIT_CASE(without_prefixes_the_link_layer_address_decides),
	UNIT_CASE(a_route_becomes_a_router),
	UNIT_CASE(prefixes_expire_and_are_withdrawn),
	UNIT_CASE(an_address_depends_on_a_default_router),
	UNIT_CASE(live_routers_come_before_others),
	UNIT_CASE(addresses_of_no_prefix_need_a_witness),
	UNIT_CASE(the_home_prefix_is_found_exactly),
	UNIT_CASE(suspects_are_confirmed_together),
	UNIT_CASE(the_table_is_bounded),
	UNIT_CASE(a_neighbour_event_proves_a_router),
	UNIT_CASE(a_suspect_needs_its_link_layer_address),
	UNIT_CASE(twins_are_probed_by_what_tells_them_apart),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_subnet", cases },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
