/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the home agent can tell about discovery (discovery.h): home agents,
 * router advertisements, and what a change of a home prefix would do.
 *
 * This file decides nothing: it computes with the same functions as what is
 * done for real.
 */
#include <errno.h>
#include <string.h>

#include "ha_private.h"

/* ---- lists ---- */

static void tell_agent(const struct ha_wire *w, const struct ha_list_agent *a,
		       bool is_ours, struct mtime now, ha_agent_fn *fn,
		       void *arg)
{
	struct in6_addr addrs[HA_LIST_ADDRS];
	struct ha_agent_info info = {
		.ifname = w->ifname,
		.is_ours = is_ours,
		.ll = a->ll,
		.preference = a->preference,
		.expires = a->expires,
		.addrs = addrs,
	};
	unsigned int i;

	for (i = 0; i < a->n_addrs; i++)
		if (mtime_before(now, a->addrs[i].until))
			addrs[info.n_addrs++] = a->addrs[i].addr;
	fn(arg, &info);
}

void ha_walk_agents(struct ha *ha, struct mtime now, ha_agent_fn *fn, void *arg)
{
	unsigned int i, j;

	for (i = 0; i < ha->disc.n_wires; i++) {
		const struct ha_wire *w = ha->disc.wires[i];
		struct ha_list_agent ours = ha_disc_ours(w);

		tell_agent(w, &ours, true, now, fn, arg);
		for (j = 0; j < w->list.n_agents; j++)
			if (mtime_before(now, w->list.agents[j].expires))
				tell_agent(w, &w->list.agents[j], false, now,
					   fn, arg);
	}
}

void ha_walk_ra(struct ha *ha, ha_ra_fn *fn, void *arg)
{
	unsigned int i;

	for (i = 0; i < ha->disc.n_wires; i++) {
		const struct ha_wire *w = ha->disc.wires[i];
		bool own = w->conf->ra == CONF_RA_OWN;
		struct ha_ra_info info = {
			.ifname = w->ifname,
			.mode = w->conf->ra,
			.ready = w->ready,
			.last = own ? w->ra_last : w->heard,
			.next = task_due(&w->ra_task),
			.ra = !own && w->heard.us ? &w->own_ra : NULL,
			.n_findings = w->n_findings,
			.findings = w->findings,
		};

		if (*w->ifname)
			fn(arg, &info);
	}
}

/* ---- renumbering ---- */

/* The wire whose mobile nodes would hear of it. */
static int wire_of(struct ha *ha, const struct ha_renumber *change,
		   struct ha_wire **ret_wire, const struct ha_prefix **ret_p)
{
	unsigned int i;

	for (i = 0; i < ha->disc.n_wires; i++) {
		struct ha_wire *w = ha->disc.wires[i];

		if (change->ifname && strcmp(change->ifname, w->ifname))
			continue;
		*ret_p = ha_prefix_find(&w->prefixes, &change->prefix);
		if (*ret_p) {
			*ret_wire = w;
			return 0;
		}
	}
	for (i = 0; i < ha->disc.n_wires; i++)
		if (change->ifname &&
		    !strcmp(change->ifname, ha->disc.wires[i]->ifname)) {
			*ret_wire = ha->disc.wires[i];
			return 0;
		}
	if (change->ifname || !ha->disc.n_wires)
		return -ENOENT;
	if (ha->disc.n_wires > 1)
		return -EINVAL;
	*ret_wire = ha->disc.wires[0];
	return 0;
}

struct survey {
	struct ha *ha;
	const struct ha_wire *w;
	const struct prefix *prefix;
	struct mtime now;
	ha_renumber_fn *fn;
	void *arg;
	struct ha_renumber_info *info;
};

static uint8_t status_after(const struct survey *s,
			    const struct bcache_entry *e,
			    const struct lifetime_prefix *life)
{
	struct lifetime_grant g =
		lifetime_grant(e->lifetime_4s ? e->lifetime_4s : 1,
			       s->ha->conf->max_lifetime_s, life);

	return g.lifetime_4s ? g.status : BA_NOT_HOME_SUBNET;
}

static void schedule_of(struct survey *s, struct lifetime_prefix life)
{
	static const uint32_t repeats_s =
		HA_PREFIX_ADV_TIMEOUT_S * ((1 << HA_PREFIX_ADV_RETRIES) - 1);
	uint32_t min, max;

	ha_mpd_delay(s->ha->conf, life, &min, &max);
	if (!s->info->told || min < s->info->first_s)
		s->info->first_s = min;
	if (max + repeats_s > s->info->last_s)
		s->info->last_s = max + repeats_s;
	s->info->told++;
}

static void survey_one(void *arg, struct bcache_entry *e)
{
	struct survey *s = arg;
	const struct ha_link *l = ha_link_of(s->ha, e);
	struct lifetime_prefix life;
	struct ha_renumber_binding b = { .hoa = e->key.hoa, .coa = e->coa };

	if (!l || !ha_is_in_force(e) || e->state == BCACHE_REMOVING ||
	    ha_disc_wire(s->ha, l->conf) != s->w)
		return;
	b.uses_prefix = prefix_eq(&l->conf->prefix, s->prefix);
	life = b.uses_prefix ? s->info->after
			     : ha_link_prefix(s->ha, l, s->now);
	b.left_s = b.left_after_s = mtime_left_s(e->expires, s->now);
	if (life.valid_s < b.left_after_s)
		b.left_after_s = life.valid_s;
	b.status = status_after(s, e, &life);
	s->info->n_shortened += b.left_after_s < b.left_s;
	s->info->n_ended += !b.left_after_s;
	if (b.left_after_s && s->ha->conf->prefix_advertisements)
		schedule_of(s, life);
	s->fn(s->arg, &b);
}

int ha_renumber(struct ha *ha, const struct ha_renumber *change,
		struct mtime now, ha_renumber_fn *fn, void *arg,
		struct ha_renumber_info *ret_info)
{
	const struct ha_prefix *p = NULL;
	struct ha_renumber_info info = { 0 };
	struct survey s = { ha, NULL, &change->prefix, now, fn, arg, &info };
	struct ha_wire *w = NULL;
	int err = wire_of(ha, change, &w, &p);

	if (err)
		return err;
	s.w = w;
	info.is_new = !p;
	info.ifname = w->ifname;
	info.before = p ? ha_prefix_life(p, now)
			: (struct lifetime_prefix){ 0 };
	info.after = p ? info.before
		       : (struct lifetime_prefix){ w->conf->valid_s,
						   w->conf->preferred_s };
	if (change->has_valid)
		info.after.valid_s = change->valid_s;
	if (change->has_preferred)
		info.after.preferred_s = change->preferred_s;
	else if (info.after.preferred_s > info.after.valid_s)
		info.after.preferred_s = info.after.valid_s;
	if (info.after.preferred_s > info.after.valid_s)
		return -ERANGE;
	bcache_walk(ha->bc, survey_one, &s);
	info.in_time = !info.told || info.last_s < info.after.valid_s;
	*ret_info = info;
	return 0;
}
