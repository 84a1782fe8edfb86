/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios of failing: reboots, partitions, lost messages, a kernel that
 * refuses.  What must hold stands in sim_check.c and sim_quiet.c.
 */
#include "tests/sim/sim.h"

static void maybe_move(struct sim_net *n)
{
	struct sim_link *to = sim_net_any(n);

	if (sim_below(n->s, 2) && to != n->mn->ifaces[0].link)
		sim_move(&n->mn->ifaces[0], to, sim_between(n->s, 10, 2000));
}

/* The agent forgets everything; a first Binding Update with any sequence
 * number is accepted again.  HA-46, HA-166, MN-139 */
static void ha_reboot(struct sim *s)
{
	struct sim_net n;
	unsigned int round = 0;

	sim_net_build(s, &n, NULL, 100);
	while (sim_time_left(s)) {
		maybe_move(&n);
		sim_net_loss(&n, 100);
		sim_net_linger(&n);
		if (sim_below(s, 2))
			sim_node_crash(n.ha, sim_between(s, 10, 40000));
		if (++round % 5 == 0) {
			sim_run_s(s, 41);
			sim_settle(s);
		}
	}
	sim_run_s(s, 41);
	sim_finish(s);
}

/* The mobile node forgets everything, abroad or at home; the agent's memory
 * of its sequence numbers is learnt from status 135.
 * MN-136, MN-172, HA-45 */
static void mn_reboot(struct sim *s)
{
	struct sim_net n;
	unsigned int round = 0;

	sim_net_build(s, &n, NULL, 400);
	while (sim_time_left(s)) {
		maybe_move(&n);
		sim_net_loss(&n, 100);
		/* A lost solicitation at home hides an old binding until it
		 * ends. */
		n.home->loss = 0;
		sim_net_linger(&n);
		if (sim_below(s, 2)) {
			sim_node_crash(n.mn, sim_between(s, 10, 60000));
			maybe_move(&n);
		}
		if (++round % 5 == 0) {
			sim_run_s(s, 61);
			sim_settle(s);
		}
	}
	sim_run_s(s, 61);
	sim_finish(s);
}

/* The agent cannot be reached for an hour: the node goes on trying, never
 * more often than each 32 s, never much less, and is bound soon after.
 * MN-133, MN-139, MN-4 */
static void unreachable(struct sim *s)
{
	struct sim_net n;

	sim_net_build(s, &n, NULL, 120);
	sim_move(&n.mn->ifaces[0], n.a, 100);
	sim_settle(s);
	while (sim_time_left(s)) {
		uint64_t sent;

		n.home->cut = true;
		sim_note(s, "the agent is cut off");
		sim_run_s(s, 600); /* expires, and the back-off is at its end */
		sent = s->n_bu;
		sim_run_s(s, 3600);
		sent = s->n_bu - sent;
		if (sent < 3600 / 62 || sent > 3600 / 32 + 2)
			sim_fail(s, "%llu Binding Updates in an hour",
				 (unsigned long long)sent);
		if (sim_below(s, 2))
			maybe_move(&n);
		sim_settle(s);
		if (n.mn->ifaces[0].link == n.home) {
			sim_move(&n.mn->ifaces[0], n.b, 100);
			sim_settle(s);
		}
	}
	sim_finish(s);
}

/* Binding Updates or their answers get lost on the way home and just after;
 * the retransmissions bring the agent and the node together again.
 * HA-57, HA-60, HA-67, MN-94, MN-103 */
static void dereg_lost(struct sim *s)
{
	struct sim_net n;

	sim_net_build(s, &n, NULL, 400);
	while (sim_time_left(s)) {
		sim_move(&n.mn->ifaces[0], sim_below(s, 2) ? n.a : n.b, 100);
		sim_run_s(s, 20);
		sim_move(&n.mn->ifaces[0], n.home, 100);
		n.home->loss = (unsigned int)sim_between(s, 300, 950);
		sim_run_ms(s, sim_between(s, 1000, 60000));
		if (sim_below(s, 3) == 0)
			sim_move(&n.mn->ifaces[0], n.a, 100);
		sim_run_ms(s, sim_between(s, 1000, 20000));
		n.home->loss = 0;
		sim_settle(s);
	}
	sim_finish(s);
}

/* Kernels refuse one request in twenty: an accepted binding is in the kernel
 * all the same, and in the end all is well.  HA-22, HA-65, MN-104 */
static void kernel_fails(struct sim *s)
{
	struct sim_net n;
	unsigned int round = 0;

	s->kernel_fail = 50;
	sim_net_build(s, &n, NULL, 120);
	while (sim_time_left(s)) {
		maybe_move(&n);
		sim_net_linger(&n);
		if (++round % 8 == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* The router of the link dies, or another takes over, while the carrier
 * stays: its addresses are detached, and come back with it.
 * MN-77, MN-93 */
static void router_dies(struct sim *s)
{
	struct sim_net n;
	struct sim_router *r;
	unsigned int round = 0;

	sim_net_links(s, &n);
	sim_router_add(n.a, "2001:db8:a2::/64", 1000, 4000);
	n.mn = sim_mn_add(s, n.a);
	sim_iface_add(n.mn, n.b, 20);
	sim_mn_home(n.mn, n.ha, "2001:db8:1::100", 120);
	sim_node_start(n.ha);
	sim_node_start(n.mn);
	while (sim_time_left(s)) {
		r = &n.a->routers[sim_below(s, 2)];
		sim_router_set_alive(r, !r->alive);
		sim_run_ms(s, sim_between(s, 100, 200000));
		if (++round % 3)
			continue;
		/* Whichever is left must do. */
		if (sim_link_is_live(n.a)) {
			sim_run_s(s, 200);
			sim_check_quiet(s);
		}
		sim_settle(s);
	}
	sim_finish(s);
}

const struct sim_scenario sim_scenarios_fault[] = {
	{ "ha-reboot", ha_reboot, 10, 6 },
	{ "mn-reboot", mn_reboot, 10, 6 },
	{ "unreachable", unreachable, 8, 12 },
	{ "dereg-lost", dereg_lost, 8, 4 },
	{ "kernel-fails", kernel_fails, 8, 4 },
	{ "router-dies", router_dies, 8, 4 },
	{ NULL, NULL, 0, 0 },
};
