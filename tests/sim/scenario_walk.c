/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios of movement.  What must hold stands in sim_check.c and
 * sim_quiet.c; the ids are those that a scenario exercises by it.
 */
#include "tests/sim/sim.h"

/* The node is reachable through the agent at this very moment. */
static void demand_bound(struct sim_net *n, const char *when)
{
	const struct kernel_binding *b =
		fake_kernel_binding(n->ha->kernel, &n->mn->regs[0].hoa);

	if (!b || !sim_host_hears(&n->mn->ifaces[0], &b->coa))
		sim_fail(n->s, "%s: the agent forwards to %s", when,
			 b ? addr_str(&b->coa) : "nowhere");
}

/* A week on one foreign link, refreshed in time under a little loss: the
 * binding is never gone, not refreshed much more often than needed, and the
 * agent does no second DAD.  MN-137, MN-167, HA-38, HA-53 */
static void steady(struct sim *s)
{
	struct sim_net n;
	uint64_t first, nd;
	double expected;

	sim_net_build(s, &n, NULL, 420);
	sim_move(&n.mn->ifaces[0], n.a, 100);
	sim_run_s(s, 60);
	first = s->n_bu;
	nd = n.ha->transport->total_nd;
	s->loss = 20;
	while (sim_time_left(s)) {
		sim_run_s(s, 30);
		demand_bound(&n, "steady");
	}
	if (n.ha->transport->total_nd != nd)
		sim_fail(s, "refreshes made %llu ND messages",
			 (unsigned long long)(n.ha->transport->total_nd - nd));
	expected = s->hours * 3600 / 420;
	if ((double)(s->n_bu - first) < expected ||
	    (double)(s->n_bu - first) > expected * 3 + 20)
		sim_fail(s, "%.0f lifetimes took %llu Binding Updates",
			 expected, (unsigned long long)(s->n_bu - first));
	sim_finish(s);
}

static void wander(struct sim_net *n, unsigned int most_loss,
		   unsigned int silent_permille, unsigned int settle_every)
{
	struct sim *s = n->s;
	unsigned int moves = 0;

	while (sim_time_left(s)) {
		struct sim_link *to = sim_net_any(n);
		bool silent = sim_permille(s, silent_permille);

		sim_net_loss(n, most_loss);
		if (!silent && sim_below(s, 12) == 0)
			to = NULL;
		if (to != n->mn->ifaces[0].link)
			sim_move(&n->mn->ifaces[0], to,
				 silent ? 0 : sim_between(s, 10, 3000));
		sim_net_linger(n);
		if (++moves % settle_every == 0)
			sim_settle(s);
	}
	if (!n->mn->ifaces[0].link)
		sim_move(&n->mn->ifaces[0], sim_net_any(n), 10);
	sim_finish(s);
}

/* Home, A, B, home... with carrier changes, up to 30 % loss on the core and
 * 15 % on links.
 * MN-77, MN-83, MN-91, MN-94, MN-104, MN-127, MN-134, MN-169, HA-22, HA-38,
 * HA-32, HA-42, HA-43, HA-65 */
static void walk(struct sim *s)
{
	struct sim_net n;

	sim_net_build(s, &n, NULL, 120);
	wander(&n, 300, 0, 12);
}

/* The same without any loss: also the neighbours on the home link must
 * follow each time.  HA-72, MN-101 */
static void clean_walk(struct sim *s)
{
	struct sim_net n;

	sim_net_build(s, &n, NULL, 120);
	wander(&n, 0, 100, 1);
}

/* The wire changes under the node and nothing tells it but advertisements.
 * MN-77, MN-93 */
static void silent(struct sim *s)
{
	struct sim_net n;

	sim_net_build(s, &n, NULL, 120);
	wander(&n, 100, 1000, 8);
}

/* Routers of all links have one and the same link-local address.  MN-80 */
static void same_router(struct sim *s)
{
	struct sim_net n;

	sim_net_build(s, &n, NULL, 120);
	n.a->routers[0].ll = n.home->routers[0].ll;
	n.b->routers[0].ll = n.home->routers[0].ll;
	wander(&n, 50, 500, 4);
}

/* Carrier comes and goes on the same link, faster than anything can be
 * done about it: nothing piles up, the rate limit holds.
 * MN-87, MN-185 */
static void flap(struct sim *s)
{
	struct sim_net n;
	struct sim_iface *i;
	unsigned int round = 0;

	sim_net_build(s, &n, NULL, 120);
	i = &n.mn->ifaces[0];
	while (sim_time_left(s)) {
		struct sim_link *l = sim_net_any(&n);
		unsigned int flaps = sim_below(s, 60);

		while (flaps--) {
			sim_move(i, NULL, 0);
			sim_run_ms(s, sim_between(s, 1, 200));
			sim_move(i, l, 1);
			sim_run_ms(s, sim_between(s, 2, 400));
		}
		sim_net_linger(&n);
		if (++round % 5 == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* Two interfaces with preferences: the better one that works carries the
 * binding.  MN-90, MN-91, MN-93 */
static void two_interfaces(struct sim *s)
{
	struct sim_net n;
	struct sim_link *links[4];
	unsigned int round = 0;

	sim_net_links(s, &n);
	n.mn = sim_mn_add(s, n.home);
	sim_iface_add(n.mn, n.b, 20);
	sim_mn_home(n.mn, n.ha, "2001:db8:1::100", 120);
	n.mn->mn_ifaces[0].optimistic = sim_below(s, 2);
	sim_node_start(n.ha);
	sim_node_start(n.mn);
	links[0] = n.home;
	links[1] = n.a;
	links[2] = n.b;
	links[3] = NULL;
	while (sim_time_left(s)) {
		unsigned int which = sim_below(s, 2);
		struct sim_link *to = links[sim_below(s, 4)];

		/* Only one of them goes home: which address belongs to the
		 * home link's two interfaces is another story. */
		if (which && to == n.home)
			to = n.b;
		sim_net_loss(&n, 100);
		if (to != n.mn->ifaces[which].link)
			sim_move(&n.mn->ifaces[which], to,
				 sim_between(s, 10, 2000));
		sim_net_linger(&n);
		if (++round % 6 == 0)
			sim_settle(s);
	}
	for (round = 0; round < 2; round++)
		if (!n.mn->ifaces[round].link)
			sim_move(&n.mn->ifaces[round], n.a, 10);
	sim_finish(s);
}

/* Two home addresses at one agent, moved together.  MN-140, HA-47 */
static void two_homes(struct sim *s)
{
	struct sim_net n;

	sim_net_links(s, &n);
	n.mn = sim_mn_add(s, n.home);
	sim_mn_home(n.mn, n.ha, "2001:db8:1::100", 120);
	sim_mn_home(n.mn, n.ha, "2001:db8:1::200", 100);
	sim_node_start(n.ha);
	sim_node_start(n.mn);
	wander(&n, 200, 200, 8);
}

/* Two agents with a home link each: at home for one address is away for the
 * other.  MN-83, MN-140 */
static void two_agents(struct sim *s)
{
	struct sim_net n;
	struct sim_node *other;
	struct sim_link *links[4];
	unsigned int moves = 0;

	sim_net_links(s, &n);
	links[0] = n.home;
	links[1] = n.a;
	links[2] = n.b;
	links[3] = sim_link_add(s, "home2");
	sim_router_add(links[3], "2001:db8:2::/64", 3000, 10000);
	other = sim_ha_add(s, links[3], "2001:db8:2::1");
	n.mn = sim_mn_add(s, n.home);
	sim_mn_home(n.mn, n.ha, "2001:db8:1::100", 120);
	sim_mn_home(n.mn, other, "2001:db8:2::100", 120);
	sim_node_start(n.ha);
	sim_node_start(other);
	sim_node_start(n.mn);
	while (sim_time_left(s)) {
		struct sim_link *to = links[sim_below(s, 4)];

		sim_net_loss(&n, 100);
		if (to != n.mn->ifaces[0].link)
			sim_move(&n.mn->ifaces[0], to,
				 sim_between(s, 10, 2000));
		sim_net_linger(&n);
		if (++moves % 8 == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* A second subnet on the home wire, advertised by a router of its own: the
 * node is at home and stays so.  MN-79, MN-83 */
static void home_subnets(struct sim *s)
{
	struct sim_net n;
	struct sim_router *second;

	sim_net_links(s, &n);
	second = sim_router_add(n.home, "2001:db8:99::/64", 1000, 4000);
	n.mn = sim_mn_add(s, n.home);
	sim_mn_home(n.mn, n.ha, "2001:db8:1::100", 120);
	sim_node_start(n.ha);
	sim_node_start(n.mn);
	while (sim_time_left(s)) {
		sim_router_set_alive(second, !second->alive);
		sim_run_ms(s, sim_between(s, 100, 60000));
		if (sim_below(s, 4) == 0) {
			sim_move(&n.mn->ifaces[0], NULL, 0);
			sim_run_ms(s, sim_between(s, 1, 5000));
			sim_move(&n.mn->ifaces[0], n.home, 1);
		}
		if (n.mn->regs[0].n_promises)
			sim_fail(s, "registered from the home wire");
	}
	sim_finish(s);
}

/* A virtual home link: a prefix on no wire.  HA-54 */
static void virtual_home(struct sim *s)
{
	struct sim_net n;
	unsigned int moves = 0;

	sim_net_links(s, &n);
	n.ha->ha_links[1] = n.ha->ha_links[0];
	n.ha->ha_links[0].is_virtual = true;
	n.ha->ha_links[0].ifname[0] = '\0';
	if (addr_parse("2001:db8:77::1", &n.ha->ha_links[0].address))
		sim_fail(s, "simulator: address");
	n.ha->ha_links[0].prefix = prefix_of(&n.ha->ha_links[0].address, 64);
	n.ha->ha.n_links = 2;
	sim_router_prefix(&n.home->routers[0], "2001:db8:77::/64");
	n.home->routers[0].prefixes[1].autonomous = false;
	n.mn = sim_mn_add(s, n.a);
	sim_mn_home(n.mn, n.ha, "2001:db8:77::100", 120);
	sim_node_start(n.ha);
	sim_node_start(n.mn);
	while (sim_time_left(s)) {
		struct sim_link *to = sim_below(s, 2) ? n.a : n.b;

		sim_net_loss(&n, 200);
		if (to != n.mn->ifaces[0].link)
			sim_move(&n.mn->ifaces[0], to,
				 sim_between(s, 10, 2000));
		sim_net_linger(&n);
		if (++moves % 8 == 0)
			sim_settle(s);
	}
	if (n.ha->transport->total_nd)
		sim_fail(s, "ND about an address that is on no wire");
	sim_finish(s);
}

/* A node that is an agent on one interface and a mobile node on another, in
 * one process; its own mobile node moves too.  Each role hears what is the
 * other's and does not mind. */
static void both_roles(struct sim *s)
{
	struct sim_net n;
	struct sim_link *home2;
	struct sim_node *both, *mn;
	unsigned int moves = 0;

	sim_net_links(s, &n);
	home2 = sim_link_add(s, "home2");
	sim_router_add(home2, "2001:db8:2::/64", 3000, 10000);
	both = sim_ha_add(s, home2, "2001:db8:2::1");
	sim_both_add(both, n.home);
	sim_mn_home(both, n.ha, "2001:db8:1::100", 120);
	mn = sim_mn_add(s, home2);
	sim_mn_home(mn, both, "2001:db8:2::200", 120);
	sim_node_start(n.ha);
	sim_node_start(both);
	sim_node_start(mn);
	while (sim_time_left(s)) {
		struct sim_link *to = sim_net_any(&n);

		sim_net_loss(&n, 100);
		if (to != both->ifaces[1].link)
			sim_move(&both->ifaces[1], to,
				 sim_between(s, 10, 2000));
		sim_run_ms(s, sim_between(s, 1, 10000));
		to = sim_below(s, 2) ? home2 : n.b;
		if (to != mn->ifaces[0].link)
			sim_move(&mn->ifaces[0], to, sim_between(s, 10, 2000));
		sim_net_linger(&n);
		if (++moves % 8 == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

const struct sim_scenario sim_scenarios_walk[] = {
	{ "steady", steady, 2, 168 },
	{ "walk", walk, 16, 6 },
	{ "clean-walk", clean_walk, 8, 6 },
	{ "silent", silent, 10, 4 },
	{ "same-router", same_router, 8, 4 },
	{ "flap", flap, 8, 2 },
	{ "two-interfaces", two_interfaces, 10, 4 },
	{ "two-homes", two_homes, 8, 4 },
	{ "two-agents", two_agents, 8, 4 },
	{ "both-roles", both_roles, 8, 4 },
	{ "home-subnets", home_subnets, 8, 3 },
	{ "virtual-home", virtual_home, 8, 3 },
	{ NULL, NULL, 0, 0 },
};
