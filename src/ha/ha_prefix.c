/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The prefixes of a home link: what mobile nodes away from home are told
 * about (RFC 6275 section 10.6.1), and how long each is valid.
 *
 * This file decides whose word counts.  A configured prefix has the lifetimes
 * of the configuration, counted anew at each look, as a router advertises
 * them; or those of this node's own advertisements where such are heard and
 * say less, or without any of these those of other routers, which cannot make
 * a prefix end sooner than in two hours (RFC 4862 section 5.5.3 e).  Prefixes
 * that only other home agents advertise are told, too.  Also decided here:
 * whether an advertisement says something new, or only that time goes on
 * (section 10.6.2).  Pure.  Who is told when is left to ha_mpd.c.
 */
#include <stdlib.h>
#include <string.h>

#include "ha_private.h"

#define TWO_HOURS_S 7200
/* Clocks and wires make a lifetime that counts down jump by so much. */
#define SKEW_S 5

struct ha_prefix *ha_prefix_find(struct ha_prefixes *all,
				 const struct prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < all->n; i++)
		if (prefix_eq(&all->p[i].prefix, prefix))
			return &all->p[i];
	return NULL;
}

static struct ha_prefix *prefix_add(struct ha_prefixes *all,
				    const struct prefix *prefix)
{
	struct ha_prefix *p;

	if (all->n == RA_MAX_PREFIXES)
		return NULL;
	p = &all->p[all->n++];
	*p = (struct ha_prefix){ .prefix = *prefix };
	return p;
}

static void prefix_del(struct ha_prefixes *all, struct ha_prefix *p)
{
	*p = all->p[--all->n];
}

struct lifetime_prefix ha_prefix_life(const struct ha_prefix *p,
				      struct mtime now)
{
	struct lifetime_prefix life = { p->valid_s, p->preferred_s };

	if (p->is_withdrawn)
		return (struct lifetime_prefix){ 0 };
	if (p->is_heard) {
		life.valid_s = mtime_left_s(p->valid_until, now);
		life.preferred_s = mtime_left_s(p->preferred_until, now);
	}
	if (p->conf && (!p->is_heard || p->conf->valid_s < life.valid_s))
		life.valid_s = p->conf->valid_s;
	if (p->conf &&
	    (!p->is_heard || p->conf->preferred_s < life.preferred_s))
		life.preferred_s = p->conf->preferred_s;
	return life;
}

/* ---- configured ---- */

bool ha_prefix_configure(struct ha_prefixes *all,
			 const struct conf_home_link *conf)
{
	struct ha_prefix *p = ha_prefix_find(all, &conf->prefix);
	bool is_new = !p || !p->conf, changed;

	if (!p)
		p = prefix_add(all, &conf->prefix);
	if (!p)
		return false;
	p->conf = conf;
	p->is_withdrawn = false;
	if (is_new) {
		p->on_link = true;
		p->autonomous = conf->prefix.len == 64;
	}
	changed = is_new || p->conf_valid_s != conf->valid_s ||
		  p->conf_preferred_s != conf->preferred_s;
	p->conf_valid_s = conf->valid_s;
	p->conf_preferred_s = conf->preferred_s;
	/* What was heard stays in force until it is heard otherwise; with
	 * other settings than "watch" nothing counts but the settings. */
	if (p->is_heard && conf->ra == CONF_RA_WATCH)
		return changed;
	changed |= p->is_heard;
	p->is_heard = p->is_ours = false;
	p->valid_s = conf->valid_s;
	p->preferred_s = conf->preferred_s;
	return changed;
}

bool ha_prefix_withdraw(struct ha_prefixes *all,
			const struct conf_home_link *const *links,
			unsigned int n, struct mtime told_until)
{
	bool changed = false;
	unsigned int i, j;

	for (i = 0; i < all->n; i++) {
		struct ha_prefix *p = &all->p[i];

		for (j = 0; j < n && p->conf; j++)
			if (prefix_eq(&links[j]->prefix, &p->prefix))
				break;
		if (!p->conf || j < n)
			continue;
		p->conf = NULL;
		p->is_heard = p->is_ours = false;
		p->is_withdrawn = true;
		p->told_until = told_until;
		changed = true;
	}
	return changed;
}

/* ---- heard ---- */

static struct mtime end_of(uint32_t s, struct mtime now)
{
	return s == UINT32_MAX ? MTIME_NEVER : mtime_add_s(now, s);
}

/* Whether a lifetime that was s_before when it was told, and would end at
 * `end` now, is neither repeated nor counted down. */
static bool is_other(uint32_t s_before, struct mtime end, uint32_t s,
		     struct mtime now)
{
	struct mtime new_end = end_of(s, now);

	if (s == s_before)
		return false;
	if (s == UINT32_MAX || end.us == INT64_MAX)
		return true;
	return llabs(mtime_diff_us(new_end, end)) > SKEW_S * 1000000LL;
}

/* The two-hour rule: nobody can forge the early end of a prefix. */
static uint32_t bounded(const struct ha_prefix *p, uint32_t valid_s,
			struct mtime now)
{
	uint32_t left_s = ha_prefix_life(p, now).valid_s;

	if (valid_s > TWO_HOURS_S || valid_s > left_s)
		return valid_s;
	return left_s <= TWO_HOURS_S ? left_s : TWO_HOURS_S;
}

static bool differ(struct lifetime_prefix a, struct lifetime_prefix b)
{
	return llabs((int64_t)a.valid_s - b.valid_s) > SKEW_S ||
	       llabs((int64_t)a.preferred_s - b.preferred_s) > SKEW_S;
}

static bool take(struct ha_prefix *p, const struct ra_prefix *o, bool is_ours,
		 struct mtime now)
{
	uint32_t valid_s = is_ours ? o->valid_s : bounded(p, o->valid_s, now);
	uint32_t preferred_s = o->preferred_s < valid_s ? o->preferred_s
							: valid_s;
	struct lifetime_prefix was = ha_prefix_life(p, now);
	struct mtime valid_end = p->is_heard ? p->valid_until
					     : end_of(was.valid_s, now);
	struct mtime preferred_end = p->is_heard ? p->preferred_until
						 : end_of(was.preferred_s, now);
	bool changed, flags;

	changed = is_other(p->valid_s, valid_end, valid_s, now) ||
		  is_other(p->preferred_s, preferred_end, preferred_s, now);
	flags = p->on_link != o->on_link || p->autonomous != o->autonomous;
	p->on_link = o->on_link;
	p->autonomous = o->autonomous;
	p->is_heard = true;
	p->is_ours |= is_ours;
	p->valid_s = valid_s;
	p->preferred_s = preferred_s;
	p->valid_until = end_of(valid_s, now);
	p->preferred_until = end_of(preferred_s, now);
	/* Where the configuration allows less, more is no news. */
	return flags || (changed && differ(was, ha_prefix_life(p, now)));
}

/* RFC 4861 section 6.2.7: hosts would go from one to the other and back. */
static void compare(const struct ha_prefix *p, const char *ifname,
		    const struct ra_prefix *o, struct mtime now)
{
	if (is_other(p->valid_s, p->valid_until, o->valid_s, now) ||
	    is_other(p->preferred_s, p->preferred_until, o->preferred_s, now))
		log_limited(LOG_LEVEL_NOTICE, now,
			    "ra: %s: another router advertises %s with valid "
			    "%u s, preferred %u s; this node with %u s, %u s",
			    ifname, prefix_str(&p->prefix), o->valid_s,
			    o->preferred_s, p->valid_s, p->preferred_s);
}

static bool new_prefix(struct ha_prefixes *all, const char *ifname,
		       const struct ra_prefix *o, bool is_ours,
		       struct mtime now)
{
	struct ha_prefix *p;

	if (!o->valid_s || !addr_is_routable(&o->prefix.addr))
		return false;
	p = prefix_add(all, &o->prefix);
	if (!p) {
		log_limited(LOG_LEVEL_WARNING, now,
			    "ra: %s: more than %d prefixes: %s is not told "
			    "to mobile nodes",
			    ifname, RA_MAX_PREFIXES, prefix_str(&o->prefix));
		return false;
	}
	p->is_heard = true;
	take(p, o, is_ours, now);
	return true;
}

bool ha_prefix_on_ra(struct ha_prefixes *all, const char *ifname,
		     const struct icmp6_ra *ra, bool is_ours, struct mtime now)
{
	bool changed = false;
	unsigned int i;

	for (i = 0; i < ra->n_prefixes; i++) {
		const struct ra_prefix *o = &ra->prefixes[i];
		struct ha_prefix *p = ha_prefix_find(all, &o->prefix);

		if (!p && (is_ours || ra->home_agent))
			changed |= new_prefix(all, ifname, o, is_ours, now);
		else if (!p || (p->is_withdrawn && !is_ours))
			continue;
		else if (p->is_ours && !is_ours)
			compare(p, ifname, o, now);
		else if (is_ours || p->conf || ra->home_agent)
			changed |= take(p, o, is_ours, now);
	}
	return changed;
}

/* ---- the end ---- */

static struct mtime prefix_end(const struct ha_prefix *p)
{
	if (p->is_withdrawn)
		return p->told_until;
	return p->is_heard ? p->valid_until : MTIME_NEVER;
}

/* A configured prefix that is not valid any more stays known: nothing can be
 * registered in it until it is advertised again. */
bool ha_prefix_expire(struct ha_prefixes *all, struct mtime now)
{
	bool changed = false;
	unsigned int i = 0;

	while (i < all->n) {
		struct ha_prefix *p = &all->p[i];

		if (p->conf || mtime_before(now, prefix_end(p))) {
			i++;
			continue;
		}
		changed |= !p->is_withdrawn;
		prefix_del(all, p);
	}
	return changed;
}

struct mtime ha_prefix_next(const struct ha_prefixes *all)
{
	struct mtime next = MTIME_NEVER;
	unsigned int i;

	for (i = 0; i < all->n; i++)
		if (!all->p[i].conf)
			next = mtime_min(next, prefix_end(&all->p[i]));
	return next;
}

struct ra_prefix ha_prefix_option(const struct ha_prefix *p, struct mtime now)
{
	struct lifetime_prefix life = ha_prefix_life(p, now);
	struct ra_prefix o = {
		.prefix = p->prefix,
		.on_link = p->on_link,
		.autonomous = p->autonomous,
		.valid_s = life.valid_s,
		.preferred_s = life.preferred_s,
	};

	if (p->conf) {
		o.router_addr = true;
		o.addr = p->conf->address;
	}
	return o;
}
