/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios of route optimisation without an enemy: loss, disorder, movement
 * in the middle of the procedure, correspondents that restart, forget, evict,
 * cannot, or move themselves.  What must hold stands in sim_rr.c and sim_ro.c.
 */
#include "tests/sim/sim_ro.h"

#define INCAPABLE_S 600 /* sim_ro_on() */

static void maybe_move(struct sim_net *n, struct sim_node *mn)
{
	struct sim_link *to = sim_net_any(n);

	if (to != mn->ifaces[0].link)
		sim_move(&mn->ifaces[0], to, sim_between(n->s, 10, 1500));
}

static void wander(struct sim_net *n, unsigned int loss, unsigned int every)
{
	struct sim *s = n->s;
	unsigned int round = 0;

	while (sim_time_left(s)) {
		sim_net_loss(n, loss);
		if (sim_below(s, 3))
			maybe_move(n, n->mn);
		sim_net_linger(n);
		if (++round % every == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* Home, A, B under loss: every message of the procedure gets lost at times.
 * CN-86, CN-92, CN-97, MN-105, MN-120, MN-144, MN-167, MN-192 */
static void ro_walk(struct sim *s)
{
	struct sim_net n;

	sim_net_ro(s, &n, 300);
	n.mn->mn.cn_ack = sim_below(s, 4);
	sim_net_start(&n);
	sim_flow_set(sim_flow_add(n.mn, 0, n.cn, 500), true);
	wander(&n, 250, 8);
}

/* What is sent arrives twice, late, in another order.
 * MN-165 */
static void ro_disorder(struct sim *s)
{
	struct sim_net n;
	unsigned int round = 0;

	sim_net_ro(s, &n, 300);
	sim_net_start(&n);
	sim_flow_set(sim_flow_add(n.mn, 0, n.cn, 500), true);
	while (sim_time_left(s)) {
		s->dup = sim_below(s, 400);
		s->jitter_us = sim_between(s, 0, 3000000);
		maybe_move(&n, n.mn);
		sim_net_linger(&n);
		s->jitter_us = 2000;
		if (++round % 4 == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* Moves, home too, at any moment of the procedure: it takes some ten
 * milliseconds a step, and so long the node stays.
 * MN-87 */
static void ro_handover(struct sim *s)
{
	struct sim_net n;
	unsigned int round = 0, moves;

	sim_net_ro(s, &n, 300);
	n.mn->mn_ifaces[0].optimistic = true;
	sim_net_start(&n);
	sim_flow_set(sim_flow_add(n.mn, 0, n.cn, 30), true);
	while (sim_time_left(s)) {
		for (moves = 1 + sim_below(s, 5); moves > 0; moves--) {
			sim_move(&n.mn->ifaces[0],
				 n.mn->ifaces[0].link == n.a ? n.b
				 : sim_below(s, 3)           ? n.a
							     : n.home,
				 sim_between(s, 10, 100));
			sim_run_ms(s, sim_between(s, 200, 4200));
		}
		sim_net_linger(&n);
		if (++round % 6 == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* The correspondent restarts: what still comes directly is reported, a
 * Binding Error tells the node, it starts again.  Restarts of the node and of
 * its agent too.  CN-14, CN-22, CN-43, CN-54, MN-47 */
static void ro_restart(struct sim *s)
{
	struct sim_net n;
	unsigned int round = 0;

	sim_net_ro(s, &n, 120);
	sim_net_start(&n);
	sim_flow_set(sim_flow_add(n.mn, 0, n.cn, 300), true);
	while (sim_time_left(s)) {
		struct sim_node *who = sim_below(s, 3)   ? n.cn
				       : sim_below(s, 2) ? n.mn
							 : n.ha;

		sim_net_loss(&n, 60);
		sim_net_linger(&n);
		if (sim_below(s, 3))
			sim_node_crash(who, sim_between(s, 10, 20000));
		else
			sim_node_restart(who, sim_between(s, 10, 20000));
		if (sim_below(s, 3) == 0)
			maybe_move(&n, n.mn);
		sim_net_linger(&n);
		if (++round % 4 == 0) {
			sim_run_s(s, 121);
			sim_settle(s);
		}
	}
	sim_run_s(s, 121);
	sim_finish(s);
}

/* Hours on one link: while there is traffic the binding is refreshed before
 * it ends, without a gap and without haste; in silence it runs out, and
 * nothing at all is sent.  CN-7, CN-9, MN-4, MN-160 */
static void ro_steady(struct sim *s)
{
	struct sim_net n;
	struct sim_flow *f;

	sim_net_ro(s, &n, 4000);
	sim_net_start(&n);
	f = sim_flow_add(n.mn, 0, n.cn, 1000);
	while (sim_time_left(s)) {
		uint64_t bu, init;

		sim_flow_set(f, true);
		sim_run_s(s, 60);
		bu = s->rr->n_bu;
		sim_flow_set(f, false);
		sim_run_s(s, 1);
		sim_flow_set(f, true);
		f->sent[0] = f->sent[1] = f->direct[0] = f->direct[1] = 0;
		sim_run_s(s, 3600);
		sim_flow_set(f, false);
		sim_run_s(s, 1);
		if (f->sent[0] != f->direct[0] || f->sent[1] != f->direct[1])
			sim_fail(s,
				 "steady: %llu of %llu, %llu of %llu "
				 "directly",
				 (unsigned long long)f->direct[0],
				 (unsigned long long)f->sent[0],
				 (unsigned long long)f->direct[1],
				 (unsigned long long)f->sent[1]);
		bu = s->rr->n_bu - bu;
		if (bu < 3600 / MAX_RR_BINDING_LIFETIME_S || bu > 40)
			sim_fail(s, "steady: %llu Binding Updates in an hour",
				 (unsigned long long)bu);
		sim_run_s(s, 1000);
		bu = s->rr->n_bu;
		init = s->rr->n_init;
		sim_run_s(s, 3000);
		if (s->rr->n_bu != bu || s->rr->n_init != init)
			sim_fail(s, "signalling in silence");
		if (n.cn->kernel->n_pairs || n.mn->kernel->n_pairs)
			sim_fail(s, "bindings in silence");
	}
	sim_flow_set(f, true);
	sim_finish(s);
}

/* Room for two at the correspondent, five that want it: traffic goes on for
 * all, one way or the other.  CN-10 */
static void ro_evict(struct sim *s)
{
	struct sim_net n;
	struct sim_flow *f;
	unsigned int i, round = 0;

	sim_net_ro(s, &n, 300);
	s->want_direct = false;
	/* Until a Binding Error tells who was evicted, and its kernel knows. */
	s->may_lose = 4;
	if (s->kernel_us > 300000)
		s->kernel_us = 300000;
	n.cn->cn.max_bindings = 2;
	for (i = 0; i < 4; i++) {
		struct sim_node *mn = sim_mn_add(s, i % 2 ? n.a : n.b);
		struct in6_addr hoa = sim_addr("2001:db8:1::200");

		hoa.s6_addr[15] = (uint8_t)i;
		sim_mn_home_addr(mn, n.ha, &hoa, 300);
		sim_ro_on(mn);
	}
	sim_net_start(&n);
	for (i = 0; i < s->n_nodes; i++)
		if (s->nodes[i]->role == SIM_MN)
			sim_flow_set(sim_flow_add(s->nodes[i], 0, n.cn, 2000),
				     true);
	while (sim_time_left(s)) {
		for (f = s->flows; f; f = f->next)
			sim_flow_set(f, sim_below(s, 2));
		if (sim_below(s, 3) == 0)
			maybe_move(&n, s->flows->node[0]);
		sim_net_linger(&n);
		if (++round % 8 == 0) {
			sim_settle(s);
		}
	}
	sim_finish(s);
}

/* Two mobile nodes, each the other's correspondent, at home or away as it
 * comes.  COM-56, COM-63, MN-187, MN-188, MN-189, MN-190, MN-191,
 * MN-193 */
static void ro_both(struct sim *s)
{
	struct sim_net n;
	struct sim_node *other;
	struct sim_flow *f;
	unsigned int round = 0;

	sim_net_ro(s, &n, 120);
	other = sim_mn_add(s, n.b);
	sim_mn_home(other, n.ha, "2001:db8:1::200", 120);
	sim_ro_on(other);
	sim_cn_on(other);
	sim_cn_on(n.mn);
	sim_net_start(&n);
	f = sim_flow_add(n.mn, 0, other, 500);
	sim_flow_set(f, true);
	while (sim_time_left(s)) {
		sim_net_loss(&n, 150);
		if (sim_below(s, 3))
			maybe_move(&n, sim_below(s, 2) ? n.mn : other);
		if (sim_below(s, 30) == 0)
			sim_node_crash(sim_below(s, 2) ? n.mn : other, 5000);
		sim_net_linger(&n);
		if (++round % 8 == 0) {
			sim_run_s(s, 121);
			sim_settle(s);
		}
	}
	sim_run_s(s, 121);
	sim_finish(s);
}

/* One correspondent that has no mip6d and says so, one that has but is none,
 * and one that is off: each is left alone for long times, and its traffic
 * never noticed.  MN-39, MN-41, MN-122 */
static void ro_incapable(struct sim *s)
{
	struct sim_net n;
	struct sim_node *plain, *mute;
	double before, hours;
	uint64_t first;

	sim_net_ro(s, &n, 3000);
	n.cn->role = SIM_PLAIN;
	n.cn->cn.on = false;
	plain = n.cn;
	mute = sim_ha_add(s, n.c, "2001:db8:c::20");
	mute->fixed = mute->ha_links[0].address;
	sim_net_start(&n);
	sim_flow_set(sim_flow_add(n.mn, 0, plain, 500), true);
	sim_flow_set(sim_flow_add(n.mn, 0, mute, 500), true);
	sim_run_s(s, 60);
	first = s->rr->n_init + s->rr->n_bu;
	before = (double)s->now.us / 3.6e9;
	while (sim_time_left(s)) {
		sim_net_linger(&n);
		sim_ro_quiet(s, false);
	}
	hours = (double)s->now.us / 3.6e9 - before;
	/* Two peers, and for each attempt three rounds of two messages. */
	first = s->rr->n_init + s->rr->n_bu - first;
	if ((double)first > hours * 3600 / INCAPABLE_S * 20 + 40)
		sim_fail(s, "%llu messages in %.1f h to who cannot",
			 (unsigned long long)first, hours);
	if (hours > 1 && !first)
		sim_fail(s, "never tried again");
	sim_finish(s);
}

static void reload_node(struct sim_node *n)
{
	sim_node_enter(n);
	if (daemon_reload(n->daemon, sim_node_conf(n), n->sim->now))
		sim_fail(n->sim, "reload was refused");
	sim_node_touch(n);
}

/* Other rules at both ends; true when both allow it. */
static bool reload_rules(struct sim_net *n)
{
	struct sim *s = n->s;
	bool optimise = sim_below(s, 2), accept = sim_below(s, 3);

	n->mn->mn.n_rules = !optimise || sim_below(s, 2);
	n->mn->mn_rules[0] = (struct conf_mn_rule){
		.peer = prefix_of(&n->cn->fixed, 64),
		.action = optimise ? CONF_MN_OPTIMISE : CONF_MN_TUNNEL,
	};
	n->cn->cn.n_rules = !accept;
	n->cn->cn_rules[0] = (struct conf_cn_rule){
		.home = prefix_of(&n->mn->regs[0].hoa, 64),
		.action = CONF_CN_REJECT,
		.status = BA_PROHIBITED,
	};
	reload_node(n->mn);
	reload_node(n->cn);
	return optimise && accept;
}

/* Rules change at both ends while traffic flows: it takes the way that they
 * say.  MN-161 */
static void ro_reload(struct sim *s)
{
	struct sim_net n;
	struct sim_flow *f;

	sim_net_ro(s, &n, 300);
	sim_net_start(&n);
	f = sim_flow_add(n.mn, 0, n.cn, 300);
	sim_flow_set(f, true);
	while (sim_time_left(s)) {
		s->want_direct = reload_rules(&n);
		if (sim_below(s, 2))
			maybe_move(&n, n.mn);
		sim_net_linger(&n);
		/* Who was refused may wait for as long. */
		if (s->want_direct)
			sim_run_s(s, INCAPABLE_S);
		sim_settle(s);
		if (!s->want_direct && (f->direct[0] || f->direct[1]))
			sim_fail(s, "directly, against the rules");
	}
	s->want_direct = false;
	sim_finish(s);
}

/* Either end sleeps for seconds or for hours: all that has a lifetime goes on
 * to age.  CN-9, CN-51, MN-4, MN-110 */
static void ro_suspend(struct sim *s)
{
	struct sim_net n;
	struct sim_node *who;
	unsigned int round = 0;

	sim_net_ro(s, &n, 300);
	sim_net_start(&n);
	sim_flow_set(sim_flow_add(n.mn, 0, n.cn, 500), true);
	while (sim_time_left(s)) {
		sim_net_linger(&n);
		who = sim_below(s, 2) ? n.mn : n.cn;
		sim_note(s, "%s falls asleep", who->name);
		who->asleep = true;
		sim_run_ms(s, sim_between(s, 100,
					  sim_below(s, 3) ? 400000 : 9000000));
		sim_note(s, "%s wakes up", who->name);
		who->asleep = false;
		sim_node_touch(who);
		if (sim_below(s, 3) == 0)
			maybe_move(&n, n.mn);
		sim_net_linger(&n);
		if (++round % 3)
			continue;
		sim_run_s(s, INCAPABLE_S);
		sim_settle(s);
	}
	sim_run_s(s, INCAPABLE_S);
	sim_finish(s);
}

/* The fixed correspondent's kernel and the node's refuse one request in
 * twenty.  CN-86 */
static void ro_kernel_fails(struct sim *s)
{
	struct sim_net n;

	s->kernel_fail = 50;
	s->kernel_fails = true;
	sim_net_ro(s, &n, 300);
	sim_net_start(&n);
	sim_flow_set(sim_flow_add(n.mn, 0, n.cn, 500), true);
	wander(&n, 0, 8);
}

const struct sim_scenario sim_scenarios_ro[] = {
	{ "ro-walk", ro_walk, 8, 4 },
	{ "ro-disorder", ro_disorder, 6, 3 },
	{ "ro-handover", ro_handover, 6, 2 },
	{ "ro-restart", ro_restart, 6, 3 },
	{ "ro-steady", ro_steady, 2, 8 },
	{ "ro-evict", ro_evict, 4, 2 },
	{ "ro-both", ro_both, 8, 4 },
	{ "ro-incapable", ro_incapable, 2, 6 },
	{ "ro-reload", ro_reload, 4, 3 },
	{ "ro-suspend", ro_suspend, 4, 8 },
	{ "ro-kernel-fails", ro_kernel_fails, 4, 3 },
	{ NULL, NULL, 0, 0 },
};
