/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios of discovery: agents that die and come back, and a home prefix
 * that changes over weeks.  What must hold for each message stands in
 * sim_disc.c.
 */
#include "tests/sim/sim.h"

/* ---- agents ---- */

static struct sim_node *agent_add(struct sim *s, struct sim_link *home,
				  const char *addr, uint32_t preference)
{
	struct sim_node *n = sim_ha_add(s, home, addr);
	struct conf_home_link *l = &n->ha_links[0];

	l->ra = CONF_RA_OWN;
	l->ra_unsolicited = true;
	l->ra_max_interval_ms = 10000;
	l->preference = preference;
	l->ha_lifetime_s = 30;
	return n;
}

static void all_awake(struct sim *s)
{
	unsigned int i;

	for (i = 0; i < s->n_nodes; i++) {
		struct sim_node *n = s->nodes[i];

		if (!n->asleep)
			continue;
		sim_note(s, "%s is back", n->name);
		n->asleep = false;
		sim_node_touch(n);
	}
}

/* It dies, or is cut off with all that it holds. */
static void trouble(struct sim *s, struct sim_node *agent)
{
	if (sim_below(s, 2)) {
		sim_node_crash(agent, sim_between(s, 1000, 600000));
	} else if (agent->up) {
		sim_note(s, "%s is cut off", agent->name);
		agent->asleep = true;
	}
}

/* Half of the time it forgets its agents, too. */
static void node_crash(struct sim_node *mn)
{
	if (sim_below(mn->sim, 2))
		fake_store_put(mn->disk, "agents", "");
	sim_node_crash(mn, sim_between(mn->sim, 10, 60000));
}

static void quiet(struct sim *s, struct sim_node *const agents[3])
{
	struct sim_node *one = agents[sim_below(s, 3)];

	all_awake(s);
	if (!sim_disc_any_agent(s)) {
		task_stop(&one->boot);
		sim_node_start(one);
	}
	/* What an agent that is dead now holds is found out at the refresh;
	 * agents that all have refused are asked for again in a minute. */
	sim_run_s(s, 300);
	sim_settle(s);
}

/* Three agents of one home link die, are cut off and come back, while the
 * node moves and restarts: whenever there is an agent, it finds one by
 * itself, and nothing is left at any other.
 * MN-52, MN-54, MN-56, MN-58, MN-59, MN-60, MN-62, HA-136 */
static void agents(struct sim *s)
{
	struct sim_node *a[3];
	struct sim_net n = { .s = s };
	unsigned int round = 0;

	n.home = sim_link_add(s, "home");
	n.a = sim_link_add(s, "A");
	n.b = sim_link_add(s, "B");
	sim_router_add(n.home, "2001:db8:1::/64", 3000, 10000);
	sim_router_add(n.a, "2001:db8:a::/64", 3000, 10000);
	sim_router_add(n.b, "2001:db8:b::/64", 1000, 4000);
	a[0] = agent_add(s, n.home, "2001:db8:1::1", 10);
	a[1] = agent_add(s, n.home, "2001:db8:1::2", 20);
	a[2] = agent_add(s, n.home, "2001:db8:1::3", 10);
	n.mn = sim_mn_add(s, n.a);
	sim_mn_home(n.mn, a[0], "2001:db8:1::100", 120);
	sim_mn_discovers(n.mn);
	sim_net_start(&n);
	while (sim_time_left(s)) {
		struct sim_link *to = sim_net_any(&n);

		sim_net_loss(&n, 100);
		if (sim_below(s, 2) && to != n.mn->ifaces[0].link)
			sim_move(&n.mn->ifaces[0], to,
				 sim_between(s, 10, 2000));
		sim_net_linger(&n);
		if (!sim_below(s, 3))
			trouble(s, a[sim_below(s, 3)]);
		if (!sim_below(s, 8))
			node_crash(n.mn);
		if (!sim_below(s, 4))
			all_awake(s);
		if (++round % 6 == 0)
			quiet(s, a);
	}
	quiet(s, a);
	sim_finish(s);
}

/* ---- prefixes ---- */

#define NODES 4

struct world {
	struct sim *s;
	struct sim_link *links[3]; /* 0: home */
	struct sim_node *ha, *mn[NODES];
	struct mtime changed; /* last */
	bool bound[NODES];    /* then */
	uint32_t before_s;    /* valid lifetime, then */
	uint64_t accepted, unasked;
};

static struct bcache_entry *entry_of(const struct world *w, unsigned int i)
{
	struct bcache_entry *e = sim_binding(&w->mn[i]->regs[0]);

	return e && e->state == BCACHE_ACTIVE ? e : NULL;
}

/* Links whose routers say little: there are weeks to simulate. */
static void world_init(struct sim *s, struct world *w)
{
	static const char *const prefixes[] = { "2001:db8:1::/64",
						"2001:db8:a::/64",
						"2001:db8:b::/64" };
	static const char *const names[] = { "home", "A", "B" };
	static const char *const homes[NODES] = { "2001:db8:1::100",
						  "2001:db8:1::200",
						  "2001:db8:1::300",
						  "2001:db8:1::400" };
	unsigned int i;

	*w = (struct world){ .s = s };
	for (i = 0; i < 3; i++) {
		w->links[i] = sim_link_add(s, names[i]);
		sim_router_add(w->links[i], prefixes[i], 900000, 1800000)
			->lifetime_s = 9000;
	}
	w->ha = sim_ha_add(s, w->links[0], "2001:db8:1::1");
	w->ha->ha_links[0].ra = CONF_RA_OFF;
	if (sim_below(s, 2)) {
		w->ha->ha.max_prefix_interval_s = 86400;
		w->ha->ha.min_prefix_interval_s = 600;
	}
	for (i = 0; i < NODES; i++) {
		w->mn[i] = sim_mn_add(s, w->links[1 + i % 2]);
		sim_mn_home(w->mn[i], w->ha, homes[i], 262140);
	}
	for (i = 0; i < s->n_nodes; i++)
		sim_node_start(s->nodes[i]);
	sim_run_s(s, 3700);
}

/* What the agent promised is over sooner. */
static void promises_cut(struct world *w, uint32_t valid_s)
{
	struct mtime end = mtime_add_s(w->s->now, valid_s);
	unsigned int i;

	for (i = 0; i < NODES; i++) {
		struct sim_reg *r = &w->mn[i]->regs[0];

		r->accepted_until = mtime_min(r->accepted_until, end);
	}
}

/* The administrator changes the lifetimes. */
static void change(struct world *w)
{
	static const uint32_t valid[] = { 120,   300,   900,    3600,
					  20000, 86400, 604800, 2592000 };
	struct conf_home_link *l = &w->ha->ha_links[0];
	struct sim *s = w->s;
	unsigned int i;

	w->before_s = l->valid_s;
	do
		l->valid_s = valid[sim_below(s, ARRAY_SIZE(valid))];
	while (l->valid_s == w->before_s);
	l->preferred_s = sim_below(s, 2) ? sim_below(s, l->valid_s) : 0;
	w->changed = s->now;
	w->accepted = s->n_accepted;
	w->unasked = s->n_unasked;
	for (i = 0; i < NODES; i++)
		w->bound[i] = entry_of(w, i);
	sim_note(s, "the home prefix: valid %u s, preferred %u s", l->valid_s,
		 l->preferred_s);
	sim_node_enter(w->ha);
	if (daemon_reload(w->ha->daemon, sim_node_conf(w->ha), s->now))
		sim_fail(s, "%s: does not reload", w->ha->name);
	sim_node_touch(w->ha);
	promises_cut(w, l->valid_s);
}

/* Everybody who was registered all the time has been told by now. */
static void check_told(struct world *w)
{
	unsigned int i;

	for (i = 0; i < NODES; i++) {
		struct sim_reg *r = &w->mn[i]->regs[0];

		if (w->bound[i] && entry_of(w, i) &&
		    mtime_before(r->mpa_last, w->changed))
			sim_fail(w->s, "%s was not told that %s has changed",
				 w->mn[i]->name, addr_str(&r->hoa));
	}
}

/* Never beyond the prefix. HA-163 */
static void check_ends(struct world *w)
{
	uint32_t valid_s = w->ha->ha_links[0].valid_s;
	unsigned int i;

	for (i = 0; i < NODES; i++) {
		struct bcache_entry *e = entry_of(w, i);

		if (e && mtime_left_s(e->expires, w->s->now) > valid_s)
			sim_fail(w->s,
				 "%s is bound for %u s, the prefix is "
				 "valid for %u s",
				 w->mn[i]->name,
				 mtime_left_s(e->expires, w->s->now), valid_s);
	}
}

/* A cycle of four for a change, for each MaxMobPfxAdvInterval of silence, and
 * for each Binding Update of one that did not answer. */
static void check_rate(struct world *w)
{
	struct sim *s = w->s;
	uint64_t silences = (uint64_t)mtime_diff_us(s->now, w->changed) /
			    1000000 / w->ha->ha.max_prefix_interval_s;
	uint64_t most =
		4 * (NODES * (2 + silences) + s->n_accepted - w->accepted);

	if (s->n_unasked - w->unasked > most)
		sim_fail(s, "%llu advertisements that nobody asked for",
			 (unsigned long long)(s->n_unasked - w->unasked));
}

static void run_watched(struct world *w, int64_t seconds)
{
	struct mtime end = mtime_add_s(w->s->now, seconds);

	while (mtime_before(w->s->now, end)) {
		sim_run_s(w->s, 60);
		check_ends(w);
	}
	check_rate(w);
}

/* Over weeks the lifetimes of the home prefix change, up and down, while
 * nodes are away for long, move or are at home, and messages get lost: who is
 * registered is told within MaxMobPfxAdvInterval and before the prefix could
 * have ended, never too often, and who is not registered never; bindings
 * follow. HA-143, HA-151, HA-152, HA-155, HA-156, HA-158, HA-159, HA-160,
 * HA-163, MN-63, MN-66, MN-67, MN-72, MN-74 */
static void weeks(struct sim *s)
{
	struct world w;

	world_init(s, &w);
	while (sim_time_left(s)) {
		uint32_t told_s = w.ha->ha.max_prefix_interval_s;
		unsigned int who = sim_below(s, NODES);

		s->loss = sim_below(s, 3) ? 0 : 150;
		change(&w);
		if (w.ha->ha_links[0].valid_s < told_s)
			told_s = w.ha->ha_links[0].valid_s;
		/* One second more: they are spread within it. */
		run_watched(&w, told_s + 2);
		check_told(&w);
		if (sim_below(s, 2))
			sim_move(&w.mn[who]->ifaces[0],
				 w.links[sim_below(s, 3)],
				 sim_between(s, 10, 2000));
		run_watched(&w, sim_between(s, 3600, 172800));
	}
	s->loss = 0;
	sim_run_s(s, 3600);
	sim_finish(s);
}

const struct sim_scenario sim_scenarios_disc[] = {
	{ "agents", agents, 8, 4 },
	{ "weeks", weeks, 4, 1008 },
	{ NULL, NULL, 0, 0 },
};
