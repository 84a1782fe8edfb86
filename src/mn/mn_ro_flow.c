/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a correspondent is asked: traffic, as the kernel tells it, and the
 * rules of the configuration (RFC 6275 section 11.7.2).
 *
 * This file decides which traffic begins return routability: of a home
 * address that is away with a confirmed registration, with a unicast peer
 * elsewhere that no rule keeps in the tunnel; never with a home agent and
 * never because of a Mobility Header, nor with a key of RFC 4285, which does
 * not protect home tests.  A pair that a new configuration does
 * not allow any more is de-registered.
 */
#include "mn_priv.h"

#include <errno.h>
#include <stdlib.h>

/* Packets that were under way through the agent when the peer got its
 * binding do not mean that it has lost it. */
#define UNDER_WAY_S 10

/* ---- rules ---- */

static enum kernel_rule_action kernel_action(enum conf_mn_action action)
{
	switch (action) {
	case CONF_MN_OPTIMISE:
		return KERNEL_RULE_OPTIMISE;
	case CONF_MN_DIRECT:
		return KERNEL_RULE_DIRECT;
	case CONF_MN_TUNNEL:
		break;
	}
	return KERNEL_RULE_TUNNEL;
}

int mn_ro_kernel_rules(const struct conf_mn *conf, struct kernel_rule **ret,
		       unsigned int *ret_n)
{
	struct kernel_rule *rules = calloc(conf->n_rules + 1, sizeof(*rules));
	unsigned int i;

	if (!rules)
		return -ENOMEM;
	for (i = 0; i < conf->n_rules; i++)
		rules[i] = (struct kernel_rule){
			.peer = conf->rules[i].peer,
			.protocol = conf->rules[i].protocol,
			.port = conf->rules[i].port,
			.action = kernel_action(conf->rules[i].action),
		};
	if (conf->route_optimisation)
		rules[i++].action = KERNEL_RULE_OPTIMISE;
	*ret = rules;
	*ret_n = i;
	return 0;
}

static bool is_same_rule(const struct conf_mn_rule *a,
			 const struct conf_mn_rule *b)
{
	return prefix_eq(&a->peer, &b->peer) && a->protocol == b->protocol &&
	       a->port == b->port && a->action == b->action;
}

static bool are_same_rules(const struct conf_mn *a, const struct conf_mn *b)
{
	unsigned int i;

	if (a->n_rules != b->n_rules)
		return false;
	for (i = 0; i < a->n_rules; i++)
		if (!is_same_rule(&a->rules[i], &b->rules[i]))
			return false;
	return true;
}

int mn_ro_rules_take(struct mn *mn, const struct conf_mn *old,
		     const struct conf_mn *conf)
{
	uint64_t *hits;

	if (old && are_same_rules(old, conf))
		return 0;
	hits = calloc(conf->n_rules + 1, sizeof(*hits));
	if (!hits)
		return -ENOMEM;
	free(mn->ro.hits);
	mn->ro.hits = hits;
	mn->ro.n_hits = conf->n_rules;
	return 0;
}

uint64_t mn_rule_hits(const struct mn *mn, unsigned int rule)
{
	return rule < mn->ro.n_hits ? mn->ro.hits[rule] : 0;
}

bool mn_ro_is_allowed(const struct conf_mn *conf, const struct in6_addr *peer)
{
	unsigned int i;

	for (i = 0; i < conf->n_rules; i++) {
		const struct conf_mn_rule *r = &conf->rules[i];

		if (!prefix_contains(&r->peer, peer))
			continue;
		if (r->action == CONF_MN_OPTIMISE)
			return true;
		if (!r->protocol && !r->port)
			return false;
	}
	return conf->route_optimisation;
}

static bool matches(const struct conf_mn_rule *r, const struct kernel_flow *f)
{
	return prefix_contains(&r->peer, &f->peer) &&
	       (!r->protocol || r->protocol == f->protocol) &&
	       (!r->port || r->port == f->peer_port);
}

/* The first rule that matches counts, and is counted. */
static bool may_be_optimised(struct mn *mn, const struct kernel_flow *f)
{
	const struct conf_mn *conf = mn->conf;
	unsigned int i;

	for (i = 0; i < conf->n_rules; i++)
		if (matches(&conf->rules[i], f)) {
			if (i < mn->ro.n_hits)
				mn->ro.hits[i]++;
			return conf->rules[i].action == CONF_MN_OPTIMISE;
		}
	return conf->route_optimisation;
}

/* ---- traffic ---- */

static bool is_agent(const struct mn *mn, const struct in6_addr *addr)
{
	const struct mn_home *h;

	for (h = mn->homes; h; h = h->next)
		if (addr_eq(mn_home_agent(h), addr))
			return true;
	return false;
}

static bool may_be_peer(struct mn *mn, const struct kernel_flow *f)
{
	return f->protocol != MH_PROTO && addr_is_routable(&f->peer) &&
	       !is_agent(mn, &f->peer) && !mn_home_of(mn, &f->peer) &&
	       !kernel_addr_is_local(mn->env.kernel, &f->peer);
}

/* Its packets come through the agent although it had a binding. */
static bool has_lost_binding(const struct mn_ro *c, const struct kernel_flow *f,
			     struct mtime now)
{
	return c->state == MN_RO_BOUND && f->received && !c->lost_binding &&
	       !mtime_before(now, mtime_add_s(c->since, UNDER_WAY_S));
}

static void on_flow(struct mn_ro *c, const struct kernel_flow *f,
		    struct mtime now)
{
	if (c->state == MN_RO_IDLE && !c->leaving) {
		mn_ro_touch(c, now);
		if (c->home->ro_phase == MN_RO_READY)
			mn_ro_enter(c, MN_RO_TESTING, "traffic", now);
		else
			c->wanted = true;
	} else if (has_lost_binding(c, f, now) &&
		   c->home->ro_phase == MN_RO_READY) {
		mn_ro_enter(c, MN_RO_TESTING,
			    "the peer sends through the home agent", now);
		c->lost_binding = true;
	}
}

void mn_ro_on_flow(struct mn *mn, const struct kernel_flow *f, struct mtime now)
{
	struct mn_home *h = mn_home_of(mn, &f->hoa);
	struct mn_ro *c;

	if (!h || h->place != MN_PLACE_AWAY || mn_home_is_stopping(h) ||
	    !mn_home_is_protected(h) || !may_be_peer(mn, f) ||
	    !may_be_optimised(mn, f))
		return;
	c = mn_ro_find(mn, &f->hoa, &f->peer);
	if (!c) {
		c = mn_ro_add(h, &f->peer, now);
		if (!c) {
			log_limited(LOG_LEVEL_INFO, now,
				    "mn: hoa=%s peer=%s no room for another "
				    "correspondent; tunnelled",
				    addr_str(&f->hoa), addr_str(&f->peer));
			return;
		}
		mn_count(mn, CNT_FLOW_IN);
		mn_ro_enter(c, MN_RO_IDLE, "traffic", now);
	}
	on_flow(c, f, now);
}

/* ---- another configuration ---- */

static void trim(struct mn *mn, struct mtime now)
{
	struct mn_ro *c;

	while (mn_ro_count(mn) > mn->conf->max_correspondents) {
		c = mn_ro_least_useful(mn);
		if (!c)
			return;
		mn_ro_free(c, now);
	}
}

void mn_ro_reload(struct mn *mn, const struct conf_mn *old, struct mtime now)
{
	struct kernel_rule *rules = NULL;
	struct mn_ro *c, *next;
	unsigned int n = 0;
	int err;

	err = mn_ro_rules_take(mn, old, mn->conf);
	if (!err)
		err = mn_ro_kernel_rules(mn->conf, &rules, &n);
	if (!err)
		err = kernel_mn_rules_set(mn->env.kernel, rules, n);
	free(rules);
	if (err) {
		mn_count(mn, CNT_KERNEL_FAILED);
		log_error("mn: the new rules are not in force: error %d", err);
	}
	HASH_ITER(hh, mn->ro.table, c, next) {
		bool allowed = mn_ro_is_allowed(mn->conf, &c->key.peer);

		if (allowed || c->leaving)
			continue;
		c->leaving = true;
		mn_ro_delete(c, "the rules keep it in the tunnel", now);
	}
	trim(mn, now);
}
