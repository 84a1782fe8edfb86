/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replies of home agent address discovery (RFC 6275 section 11.4.1).
 *
 * This file decides which reply counts and which of its addresses can be
 * those of home agents; the order stays the sender's, who sorts by preference
 * (section 10.5.1).  Replies are not authenticated: what protects is the
 * identifier, which only who saw the request knows, and the registration that
 * follows.  Which agent is used is left to mn_agent.c.
 */
#include "mn_agents.h"

#include <string.h>

struct mn_agent *mn_agents_find(struct mn_agents *l,
				const struct in6_addr *addr)
{
	unsigned int i;

	for (i = 0; i < l->n; i++)
		if (addr_eq(&l->a[i].addr, addr))
			return &l->a[i];
	return NULL;
}

const struct mn_agent *mn_agents_next(const struct mn_agents *l,
				      const struct in6_addr *except)
{
	unsigned int i;

	for (i = 0; i < l->n; i++)
		if (!l->a[i].failed && !addr_eq(&l->a[i].addr, except))
			return &l->a[i];
	return NULL;
}

void mn_agents_forgive(struct mn_agents *l)
{
	unsigned int i;

	for (i = 0; i < l->n; i++)
		l->a[i].failed = false;
}

void mn_agents_drop(struct mn_agents *l, const struct in6_addr *addr)
{
	struct mn_agent *a = mn_agents_find(l, addr);

	if (!a)
		return;
	l->n--;
	memmove(a, a + 1, (size_t)(&l->a[l->n] - a) * sizeof(*a));
}

static bool is_anycast(const struct prefix *home, const struct in6_addr *addr)
{
	struct in6_addr any;

	return addr_eq(&home->addr, addr) ||
	       (addr_home_agents(home, &any) && addr_eq(&any, addr));
}

enum mn_dhaad_verdict mn_dhaad_judge(const struct mn_dhaad_asked *asked,
				     const struct packet *pkt,
				     const struct icmp6_haad_reply *reply,
				     struct mn_agents *ret_agents)
{
	struct mn_agents l = { .listed = pkt->when };
	unsigned int i;

	if (!asked->open)
		return MN_DHAAD_NOT_ASKED;
	if (reply->id != asked->id)
		return MN_DHAAD_WRONG_ID;
	if (!addr_eq(&pkt->wire_dst, &asked->src))
		return MN_DHAAD_WRONG_DST;
	for (i = 0; i < reply->n_addrs; i++) {
		const struct in6_addr *a = &reply->addrs[i];

		if (addr_is_routable(a) && !is_anycast(&asked->home, a) &&
		    !mn_agents_find(&l, a))
			l.a[l.n++].addr = *a;
	}
	if (!l.n)
		return MN_DHAAD_EMPTY;
	*ret_agents = l;
	return MN_DHAAD_OK;
}
