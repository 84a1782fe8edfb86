/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios of what hosts and their links do to addresses: renumbering,
 * duplicates, interfaces that come and go, links without advertisements,
 * suspend; and how long a handover takes.  What must hold stands in
 * sim_check.c and sim_quiet.c.
 */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

/* ---- how long a handover takes ---- */

/* From the first advertisement on the new link to the Binding Update there is
 * no fixed wait but, without optimistic addresses, DAD; and the answer ends
 * it.  (Kernel and path are slow by what the simulation says, no more.)
 * MN-77, MN-82, MN-91 */
static void handover(struct sim *s)
{
	struct sim_net n;
	struct sim_iface *i;

	s->kernel_us = 3000;
	sim_net_build(s, &n, NULL, 600);
	i = &n.mn->ifaces[0];
	sim_run_s(s, 30);
	while (sim_time_left(s)) {
		struct sim_link *to = i->link == n.a ? n.b : n.a;
		bool fresh = true, first_time = !n.mn->regs[0].n_promises;
		struct mtime t, first, solicited;
		unsigned int j;

		for (j = 0; j < SIM_ADDRS; j++)
			fresh &= !i->addrs[j].used ||
				 !sim_link_has_prefix(to, &i->addrs[j].addr);
		sim_move(i, to, 100);
		sim_run_ms(s, 100);
		t = s->now;
		/* A router waits half a second, and 3 s since the last. */
		solicited = mtime_add_ms(to->routers[0].last_ra, 3100);
		if (mtime_before(solicited, mtime_add_ms(t, 600)))
			solicited = mtime_add_ms(t, 600);
		while (mtime_before(to->routers[0].last_ra, t))
			sim_run_ms(s, 1);
		first = to->routers[0].last_ra;
		if (mtime_before(solicited, first))
			sim_fail(s,
				 "nobody solicited: advertised after %lld "
				 "ms",
				 (long long)mtime_diff_ms(first, t));
		sim_run_ms(s, fresh && !n.mn->mn_ifaces[0].optimistic
				      ? 2 * s->dad_us / 1000 + 60
				      : 60);
		if (!sim_bul(&n.mn->regs[0]) ||
		    sim_bul(&n.mn->regs[0])->state != BUL_BOUND ||
		    !sim_link_has_prefix(to,
					 &sim_bul(&n.mn->regs[0])->bound_coa)) {
			/* The first time, the agent does DAD too. */
			if (!first_time)
				sim_fail(s,
					 "not bound %lld ms after the "
					 "advertisement",
					 (long long)mtime_diff_ms(s->now,
								  first));
		}
		sim_run_ms(s, sim_between(s, 4000, 100000));
	}
	sim_finish(s);
}

/* ---- prefixes ---- */

static void renumber_router(struct sim *s, struct sim_router *r,
			    unsigned int *number)
{
	char text[40];

	/* The last prefix is told to be over, and goes a while later. */
	if (r->n_prefixes == SIM_PREFIXES) {
		memmove(&r->prefixes[0], &r->prefixes[1],
			(SIM_PREFIXES - 1) * sizeof(r->prefixes[0]));
		r->n_prefixes--;
	}
	r->prefixes[r->n_prefixes - 1].preferred_s = 0;
	r->prefixes[r->n_prefixes - 1].valid_s = 120;
	snprintf(text, sizeof(text), "2001:db8:%x::/64", 0x1000 + ++*number);
	sim_router_prefix(r, text);
	r->prefixes[r->n_prefixes - 1].valid_s = 600;
	r->prefixes[r->n_prefixes - 1].preferred_s = 300;
	sim_note(s, "%s is %s now", r->link->name, text);
}

/* The prefix of the foreign link becomes deprecated, then invalid, and another
 * takes its place: the node follows in time.  MN-86, MN-90, MN-131 */
static void renumber(struct sim *s)
{
	struct sim_net n;
	unsigned int number = 0;

	sim_net_build(s, &n, NULL, 300);
	sim_move(&n.mn->ifaces[0], n.a, 100);
	while (sim_time_left(s)) {
		sim_run_ms(s, sim_between(s, 100, 400000));
		renumber_router(s, &n.a->routers[0], &number);
		if (sim_below(s, 4) == 0)
			sim_move(&n.mn->ifaces[0],
				 n.mn->ifaces[0].link == n.a ? n.b : n.a,
				 sim_between(s, 0, 2000));
		if (sim_below(s, 3) == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* Somebody on link A has the address that the node would form there: it must
 * never register from it, and uses its other interface.  MN-85, MN-90 */
static void coa_duplicate(struct sim *s)
{
	struct sim_net n;
	struct in6_addr dup;
	unsigned int round = 0;

	sim_net_links(s, &n);
	n.mn = sim_mn_add(s, n.home);
	sim_iface_add(n.mn, n.b, 20);
	sim_mn_home(n.mn, n.ha, "2001:db8:1::100", 120);
	n.mn->mn_ifaces[0].optimistic = sim_below(s, 2);
	dup = n.mn->ifaces[0].ll;
	memcpy(&dup, &n.a->routers[0].prefixes[0].prefix.addr, 8);
	sim_link_squat(n.a, &dup);
	sim_node_start(n.ha);
	sim_node_start(n.mn);
	while (sim_time_left(s)) {
		struct sim_link *to = sim_net_any(&n);

		if (to != n.mn->ifaces[0].link)
			sim_move(&n.mn->ifaces[0], to,
				 sim_between(s, 10, 2000));
		sim_net_linger(&n);
		if (++round % 6 == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* ---- interfaces ---- */

static void iface_set(struct sim_iface *i, bool gone, bool up)
{
	struct kernel_link l = {
		.ifindex = i->ifindex,
		.gone = gone,
		.up = up,
		.carrier = up && i->link,
		.mtu = 1500,
		.lladdr = i->mac,
	};

	memcpy(l.name, i->name, sizeof(l.name));
	fake_kernel_link_set(i->node->kernel, &l);
	sim_node_touch(i->node);
}

/* The interface is pulled out, or set down, and comes back, often with
 * another index: all its addresses are formed anew.  MN-93 */
static void hotplug(struct sim *s)
{
	struct sim_net n;
	struct sim_iface *i;
	unsigned int round = 0;

	sim_net_build(s, &n, NULL, 120);
	i = &n.mn->ifaces[0];
	while (sim_time_left(s)) {
		bool gone = sim_below(s, 2);

		sim_note(s, "eth0 is %s", gone ? "pulled out" : "set down");
		sim_move(i, NULL, 0);
		iface_set(i, gone, false);
		sim_host_forget(i);
		sim_run_ms(s, sim_between(s, 1, 100000));
		if (gone && sim_below(s, 2))
			i->ifindex = i->ifindex == 2 ? 7 : 2;
		i->link = sim_net_any(&n);
		sim_note(s, "eth0 is back on %s as %d", i->link->name,
			 i->ifindex);
		iface_set(i, false, true);
		sim_host_linklocal(i);
		sim_net_linger(&n);
		if (++round % 4 == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* A link that nobody advertises on: the address and the default route were
 * set by hand, and are believed once a solicitation stayed unanswered. */
static void by_hand(struct sim *s)
{
	struct sim_net n;
	struct sim_link *quiet;
	struct sim_iface *i;
	unsigned int round = 0;

	sim_net_build(s, &n, NULL, 120);
	quiet = sim_link_add(s, "quiet");
	sim_router_add(quiet, "2001:db8:d::/64", 1000, 2000);
	quiet->routers[0].silent = true;
	i = &n.mn->ifaces[0];
	while (sim_time_left(s)) {
		struct sim_link *to = sim_below(s, 2) ? quiet : sim_net_any(&n);

		if (to == i->link)
			continue;
		sim_move(i, to, 200);
		sim_run_ms(s, 200);
		sim_host_by_hand(i, to == quiet ? &quiet->routers[0] : NULL);
		sim_net_linger(&n);
		if (++round % 4 == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* ---- time ---- */

/* The node sleeps for minutes or hours: all its timers are due at once, what
 * ran out meanwhile has run out, and it finds its place again.
 * MN-4, MN-139 */
static void suspend(struct sim *s)
{
	struct sim_net n;
	unsigned int round = 0;

	sim_net_build(s, &n, NULL, 120);
	while (sim_time_left(s)) {
		struct sim_link *to = sim_net_any(&n);

		sim_run_ms(s, sim_between(s, 10, 60000));
		sim_note(s, "mn1 falls asleep");
		n.mn->asleep = true;
		sim_run_ms(s, sim_below(s, 2) ? sim_between(s, 100, 60000)
					      : sim_between(s, 60000, 3600000));
		sim_note(s, "mn1 wakes up");
		n.mn->asleep = false;
		sim_node_touch(n.mn);
		if (sim_below(s, 2))
			sim_move(&n.mn->ifaces[0], to, sim_between(s, 1, 2000));
		sim_net_linger(&n);
		if (++round % 3 == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* ---- what an administrator does ---- */

/* Another file, SIGHUP: preferences, lifetimes and timeouts change under the
 * node's feet, and count at once.  MN-90 */
static void reload(struct sim *s)
{
	struct sim_net n;
	struct sim_node *mn;
	unsigned int round = 0;

	sim_net_links(s, &n);
	mn = n.mn = sim_mn_add(s, n.home);
	sim_iface_add(mn, n.b, 20);
	sim_mn_home(mn, n.ha, "2001:db8:1::100", 120);
	sim_mn_home(mn, n.ha, "2001:db8:1::200", 120);
	sim_node_start(n.ha);
	sim_node_start(mn);
	while (sim_time_left(s)) {
		struct sim_link *to = sim_net_any(&n);

		sim_net_loss(&n, 100);
		if (to != mn->ifaces[0].link && sim_below(s, 2))
			sim_move(&mn->ifaces[0], to, sim_between(s, 10, 2000));
		sim_run_ms(s, sim_between(s, 1, 20000));
		mn->mn_ifaces[0].preference = (int)sim_below(s, 2) * 50 + 10;
		mn->mn_ifaces[1].preference = (int)sim_below(s, 2) * 50 + 20;
		mn->mn_homes[sim_below(s, 2)].lifetime_s =
			4 * (10 + sim_below(s, 100));
		mn->mn.retry_s = 10 + sim_below(s, 50);
		mn->mn.bindack_timeout_ms = 200 + sim_below(s, 2000);
		sim_note(s, "reload: preferences %d %d lifetimes %u %u",
			 mn->mn_ifaces[0].preference,
			 mn->mn_ifaces[1].preference,
			 mn->mn_homes[0].lifetime_s,
			 mn->mn_homes[1].lifetime_s);
		sim_node_enter(mn);
		if (daemon_reload(mn->daemon, sim_node_conf(mn), s->now))
			sim_fail(s, "reload was refused");
		sim_node_touch(mn);
		sim_net_linger(&n);
		if (++round % 5 == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* Nodes and agent are stopped in order, at bad moments too, and started
 * again: each leaves a clean kernel behind, every time.  COM-41, HA-166 */
static void restart(struct sim *s)
{
	struct sim_net n;
	unsigned int round = 0;

	sim_net_build(s, &n, NULL, 100);
	while (sim_time_left(s)) {
		struct sim_node *who = sim_below(s, 3) ? n.mn : n.ha;
		struct sim_link *to = sim_net_any(&n);

		if (to != n.mn->ifaces[0].link)
			sim_move(&n.mn->ifaces[0], to, sim_between(s, 10, 500));
		sim_net_loss(&n, 200);
		n.home->cut = sim_below(s, 4) == 0;
		sim_run_ms(s, sim_between(s, 0, 4000));
		if (sim_below(s, 2))
			sim_net_linger(&n);
		sim_node_restart(who, sim_between(s, 1, 20000));
		sim_run_ms(s, sim_between(s, 0, 25000));
		n.home->cut = false;
		if (++round % 5 == 0) {
			sim_run_s(s, 21);
			sim_settle(s);
		}
	}
	sim_run_s(s, 21);
	sim_finish(s);
}

const struct sim_scenario sim_scenarios_hosts[] = {
	{ "handover", handover, 10, 2 },
	{ "renumber", renumber, 8, 4 },
	{ "coa-duplicate", coa_duplicate, 8, 3 },
	{ "hotplug", hotplug, 8, 4 },
	{ "by-hand", by_hand, 8, 4 },
	{ "reload", reload, 8, 4 },
	{ "restart", restart, 8, 4 },
	{ "suspend", suspend, 8, 12 },
	{ NULL, NULL, 0, 0 },
};
