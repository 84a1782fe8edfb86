/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios of a node whose signalling has to be protected, and whose keys
 * come and go, as those of a key exchange that works at times.  That nothing
 * leaves without them stands in sim_wire.c.
 */
#include "tests/sim/sim.h"

/* Patience with an agent that cannot be spoken to, the router of the home
 * link found, the address probed for. */
#define AT_HOME_S 60

static void keys_set(struct sim_node *mn, bool is_up)
{
	unsigned int i;

	if (mn->ike.is_up == is_up)
		return;
	sim_note(mn->sim, "keys of %s %s", mn->name, is_up ? "come" : "go");
	mn->ike.is_up = is_up;
	if (!mn->daemon)
		return;
	sim_node_enter(mn);
	for (i = 0; i < mn->mn.n_homes; i++)
		mn_on_ike(daemon_mn(mn->daemon), &mn->regs[i].hoa,
			  mn->sim->now);
	sim_node_touch(mn);
}

static void keys_need(struct sim_node *mn)
{
	unsigned int i;

	mn->needs_keys = true;
	mn->ike.is_up = sim_below(mn->sim, 2);
	for (i = 0; i < mn->mn.n_homes; i++)
		mn->mn_homes[i].security = CONF_SECURITY_IPSEC;
}

/* Keys that do not come keep nobody from the home link, where the node knows
 * that it is its own binding that defends its address. */
static void come_home_without(struct sim_net *n)
{
	struct sim_iface *f = &n->mn->ifaces[0];
	const struct bul_entry *e = sim_bul(&n->mn->regs[0]);
	const struct kernel_mn_home *h;

	if (!n->mn->up || !e || !sim_bul_is_bound(e, n->s->now))
		return;
	keys_set(n->mn, false);
	sim_net_loss(n, 0);
	if (f->link != n->home)
		sim_move(f, n->home, 100);
	sim_run_s(n->s, AT_HOME_S);
	h = fake_kernel_home(n->mn->kernel, 0);
	if (h->place != KERNEL_MN_HOME)
		sim_fail(n->s, "%s: not at home after %d s without keys: %d",
			 n->mn->name, AT_HOME_S, (int)h->place);
}

static void walk(struct sim_net *n)
{
	struct sim_link *to = sim_net_any(n);

	sim_net_loss(n, 100);
	if (sim_below(n->s, 2) && to != n->mn->ifaces[0].link)
		sim_move(&n->mn->ifaces[0], to, sim_between(n->s, 10, 2000));
	if (!sim_below(n->s, 3))
		keys_set(n->mn, sim_below(n->s, 2));
	sim_net_linger(n);
	if (!sim_below(n->s, 10))
		sim_node_crash(n->mn, sim_between(n->s, 10, 60000));
	if (!sim_below(n->s, 10))
		sim_node_crash(n->ha, sim_between(n->s, 10, 300000));
}

static void quiet(struct sim_net *n)
{
	keys_set(n->mn, true);
	/* What the agent before may hold, and pauses after refusals. */
	sim_run_s(n->s, 400);
	sim_settle(n->s);
}

static void run(struct sim_net *n)
{
	unsigned int round = 0;

	keys_need(n->mn);
	sim_net_start(n);
	while (sim_time_left(n->s)) {
		walk(n);
		if (++round % 8 == 0)
			quiet(n);
		if (round % 13 == 0)
			come_home_without(n);
	}
	quiet(n);
	sim_finish(n->s);
}

/* Whatever moves, crashes or gets lost while keys come and go: nothing leaves
 * without them, the node gets home without them, and in the end, with them, it
 * is registered.  SEC-29 */
static void keys(struct sim *s)
{
	struct sim_net n;

	sim_net_links(s, &n);
	n.mn = sim_mn_add(s, n.a);
	sim_mn_home(n.mn, n.ha, "2001:db8:1::100", 300);
	run(&n);
}

/* The same of a node that has to discover its agent. */
static void keys_found(struct sim *s)
{
	struct sim_net n;
	struct conf_home_link *l;

	sim_net_links(s, &n);
	l = &n.ha->ha_links[0];
	l->ra = CONF_RA_OWN;
	l->ra_unsolicited = true;
	l->ra_max_interval_ms = 10000;
	l->ha_lifetime_s = 30;
	n.mn = sim_mn_add(s, n.a);
	sim_mn_home(n.mn, n.ha, "2001:db8:1::100", 300);
	sim_mn_discovers(n.mn);
	run(&n);
}

const struct sim_scenario sim_scenarios_keys[] = {
	{ "keys", keys, 4, 4 },
	{ "keys-found", keys_found, 4, 4 },
	{ NULL, NULL, 0, 0 },
};
