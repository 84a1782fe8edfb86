/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The home agents list of one link (RFC 6275 sections 10.1, 10.5.1).
 *
 * This file decides which router is listed, with which addresses, for how
 * long, and in which order they are told to a mobile node.  Pure.  Our own
 * entry is made by ha_disc.c from the configuration.  Anybody on the link can
 * send advertisements, so the list is bounded.
 */
#include <stdlib.h>
#include <string.h>

#include "ha_private.h"
#include "mip6d/random.h"

static struct ha_list_agent *agent_find(struct ha_list *list,
					const struct in6_addr *ll)
{
	unsigned int i;

	for (i = 0; i < list->n_agents; i++)
		if (addr_eq(&list->agents[i].ll, ll))
			return &list->agents[i];
	return NULL;
}

static struct ha_list_agent *agent_add(struct ha_list *list,
				       const struct in6_addr *ll)
{
	struct ha_list_agent *agents;

	if (list->n_agents == HA_LIST_MAX)
		return NULL;
	agents =
		reallocarray(list->agents, list->n_agents + 1, sizeof(*agents));
	if (!agents)
		return NULL;
	list->agents = agents;
	agents[list->n_agents] = (struct ha_list_agent){ .ll = *ll };
	return &agents[list->n_agents++];
}

static void agent_del(struct ha_list *list, struct ha_list_agent *a)
{
	*a = list->agents[--list->n_agents];
}

void ha_list_clear(struct ha_list *list)
{
	free(list->agents);
	*list = (struct ha_list){ 0 };
}

static struct mtime valid_until(uint32_t valid_s, struct mtime now)
{
	return valid_s == UINT32_MAX ? MTIME_NEVER : mtime_add_s(now, valid_s);
}

/* True when the set of addresses has changed. */
static bool addr_update(struct ha_list_agent *a, const struct ra_prefix *p,
			struct mtime now)
{
	unsigned int i;

	for (i = 0; i < a->n_addrs; i++)
		if (addr_eq(&a->addrs[i].addr, &p->addr))
			break;
	if (!p->valid_s) {
		if (i == a->n_addrs)
			return false;
		a->addrs[i] = a->addrs[--a->n_addrs];
		return true;
	}
	if (i == HA_LIST_ADDRS)
		return false;
	a->addrs[i].until = valid_until(p->valid_s, now);
	if (i < a->n_addrs)
		return false;
	a->addrs[a->n_addrs++].addr = p->addr;
	return true;
}

static bool addrs_update(struct ha_list_agent *a, const struct icmp6_ra *ra,
			 struct mtime now)
{
	bool changed = false;
	unsigned int i;

	for (i = 0; i < ra->n_prefixes; i++)
		if (ra->prefixes[i].router_addr &&
		    addr_is_routable(&ra->prefixes[i].addr))
			changed |= addr_update(a, &ra->prefixes[i], now);
	return changed;
}

enum ha_list_verdict ha_list_on_ra(struct ha_list *list,
				   const struct in6_addr *src,
				   const struct icmp6_ra *ra, struct mtime now)
{
	struct ha_list_agent *a = agent_find(list, src);
	bool is_new = !a, changed;

	if (!ra->home_agent || !ra->ha_lifetime_s) {
		if (!a)
			return HA_LIST_SAME;
		agent_del(list, a);
		return HA_LIST_DELETED;
	}
	if (is_new)
		a = agent_add(list, src);
	if (!a)
		return HA_LIST_FULL;
	changed = a->preference != ra->ha_preference;
	a->preference = ra->ha_preference;
	a->expires = mtime_add_s(now, ra->ha_lifetime_s);
	changed |= addrs_update(a, ra, now);
	if (is_new)
		return HA_LIST_ADDED;
	return changed ? HA_LIST_CHANGED : HA_LIST_SAME;
}

static void addrs_expire(struct ha_list_agent *a, struct mtime now)
{
	unsigned int i = 0;

	while (i < a->n_addrs)
		if (mtime_before(now, a->addrs[i].until))
			i++;
		else
			a->addrs[i] = a->addrs[--a->n_addrs];
}

bool ha_list_expire(struct ha_list *list, struct mtime now,
		    struct in6_addr *ret_ll)
{
	unsigned int i;

	for (i = 0; i < list->n_agents; i++) {
		struct ha_list_agent *a = &list->agents[i];

		addrs_expire(a, now);
		if (mtime_before(now, a->expires))
			continue;
		*ret_ll = a->ll;
		agent_del(list, a);
		return true;
	}
	return false;
}

struct mtime ha_list_next(const struct ha_list *list)
{
	struct mtime next = MTIME_NEVER;
	unsigned int i, j;

	for (i = 0; i < list->n_agents; i++) {
		const struct ha_list_agent *a = &list->agents[i];

		next = mtime_min(next, a->expires);
		for (j = 0; j < a->n_addrs; j++)
			next = mtime_min(next, a->addrs[j].until);
	}
	return next;
}

/* ---- the order of a reply ---- */

static void shuffle_agents(const struct ha_list_agent **v, unsigned int n)
{
	for (; n > 1; n--) {
		unsigned int j = random_below(n);
		const struct ha_list_agent *a = v[n - 1];

		v[n - 1] = v[j];
		v[j] = a;
	}
}

/* By insertion, which keeps the random order among equals. */
static void sort_agents(const struct ha_list_agent **v, unsigned int n)
{
	unsigned int i, j;

	for (i = 1; i < n; i++) {
		const struct ha_list_agent *a = v[i];

		for (j = i; j && v[j - 1]->preference < a->preference; j--)
			v[j] = v[j - 1];
		v[j] = a;
	}
}

/* The agent's addresses in random order; how many were put. */
static unsigned int put_addrs(const struct ha_list_agent *a, struct mtime now,
			      struct in6_addr *ret, unsigned int room)
{
	struct in6_addr v[HA_LIST_ADDRS];
	unsigned int i, j, n = 0, put = 0;

	for (i = 0; i < a->n_addrs; i++)
		if (mtime_before(now, a->addrs[i].until))
			v[n++] = a->addrs[i].addr;
	while (n && put < room) {
		j = random_below(n);
		ret[put++] = v[j];
		v[j] = v[--n];
	}
	return put;
}

unsigned int ha_list_order(const struct ha_list *list,
			   const struct ha_list_agent *ours, struct mtime now,
			   struct in6_addr *ret_addrs, unsigned int max)
{
	const struct ha_list_agent *v[HA_LIST_MAX + 1];
	unsigned int i, n = 0, put = 0;

	v[n++] = ours;
	for (i = 0; i < list->n_agents; i++)
		if (mtime_before(now, list->agents[i].expires))
			v[n++] = &list->agents[i];
	shuffle_agents(v, n);
	sort_agents(v, n);
	for (i = 0; i < n; i++)
		put += put_addrs(v[i], now, ret_addrs + put, max - put);
	return put;
}
