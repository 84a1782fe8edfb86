/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Care-of address choice (RFC 6275 sections 4.6, 11.5.3, 11.5.4).
 *
 * This file decides which address is registered: one that can receive, that
 * is preferred, and whose prefix a reachable default router advertises; on
 * the interface that the user likes best; and the present one for as long as
 * nothing better in that sense appears, since each change costs a handover.
 * Differs from RFC 6275 11.3.3: what is given up stays with its interface,
 * since not we but the kernel made it.
 * What states the addresses are in is found out by mn_iface.c and mn_move.c;
 * what is done with the choice, by mn_home.c.
 */
#include "mn_coa.h"

#include <stdio.h>

const char *mn_coa_fault(const struct mn_candidate *c,
			 const struct mn_coa_ask *ask)
{
	if (!addr_is_routable(&c->addr))
		return "not routable";
	if (prefix_contains(ask->home_prefix, &c->addr))
		return "in the home prefix";
	if (c->down)
		return "on a link that is down";
	switch (c->state) {
	case MN_ADDR_DUPLICATE:
		return "a duplicate";
	case MN_ADDR_TENTATIVE:
		if (!c->optimistic)
			return "tentative, which cannot receive yet";
		break;
	case MN_ADDR_DETACHED:
		return "detached, its router is gone";
	case MN_ADDR_DEPRECATED:
		return "deprecated";
	case MN_ADDR_PREFERRED:
		break;
	}
	if (c->suspect)
		return "not confirmed by a router since the link came back";
	return NULL;
}

/* How much one is better than the other: what is worth a handover. */
static int compare(const struct mn_candidate *a, const struct mn_candidate *b,
		   const struct mn_coa_ask *ask)
{
	bool a_ula = !ask->ula_ok && addr_is_ula(&a->addr);
	bool b_ula = !ask->ula_ok && addr_is_ula(&b->addr);

	/* Section 4.6: not when other choices are available. */
	if (a_ula != b_ula)
		return a_ula ? -1 : 1;
	return a->preference - b->preference;
}

/* Whether a comes before b where no present one has to be given up. */
static bool is_better(const struct mn_candidate *a,
		      const struct mn_candidate *b,
		      const struct mn_coa_ask *ask)
{
	int cmp = compare(a, b, ask);

	if (cmp)
		return cmp > 0;
	/* A temporary address goes away by design. */
	if (a->temporary != b->temporary)
		return b->temporary;
	return false;
}

static const struct mn_candidate *find_best(const struct mn_candidate *c,
					    unsigned int n,
					    const struct mn_coa_ask *ask)
{
	const struct mn_candidate *best = NULL;
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!mn_coa_fault(&c[i], ask) &&
		    (!best || is_better(&c[i], best, ask)))
			best = &c[i];
	return best;
}

static const struct mn_candidate *find_current(const struct mn_candidate *c,
					       unsigned int n,
					       const struct mn_coa_ask *ask)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (c[i].ifindex == ask->current_ifindex &&
		    addr_eq(&c[i].addr, &ask->current))
			return &c[i];
	return NULL;
}

/* Nothing is usable: keep what can still receive, and say why not more. */
static void choose_least_bad(const struct mn_candidate *c, unsigned int n,
			     const struct mn_candidate *current,
			     const char *fault, const struct mn_coa_ask *ask,
			     struct mn_coa_choice *ret)
{
	unsigned int i;

	if (current && current->state == MN_ADDR_DEPRECATED && !current->down &&
	    !current->suspect) {
		ret->coa = current;
		snprintf(ret->reason, sizeof(ret->reason),
			 "kept although deprecated: there is no other");
		return;
	}
	ret->hold = true;
	if (current && (current->suspect || current->down)) {
		ret->coa = current;
		snprintf(ret->reason, sizeof(ret->reason), "waiting: %s is %s",
			 addr_str(&current->addr), fault);
		return;
	}
	for (i = 0; i < n; i++) {
		if (!addr_is_routable(&c[i].addr))
			continue;
		snprintf(ret->reason, sizeof(ret->reason),
			 "none: %s on %s is %s", addr_str(&c[i].addr),
			 c[i].ifname, mn_coa_fault(&c[i], ask));
		return;
	}
	snprintf(ret->reason, sizeof(ret->reason),
		 "none: no interface has a routable address");
}

void mn_coa_choose(const struct mn_candidate *c, unsigned int n,
		   const struct mn_coa_ask *ask, struct mn_coa_choice *ret)
{
	const struct mn_candidate *current = find_current(c, n, ask);
	const struct mn_candidate *best = find_best(c, n, ask);
	const char *fault = current ? mn_coa_fault(current, ask) : NULL;

	*ret = (struct mn_coa_choice){ .coa = best };
	if (!best) {
		choose_least_bad(c, n, current, fault, ask, ret);
	} else if (current && !fault && compare(best, current, ask) <= 0) {
		ret->coa = current;
		snprintf(ret->reason, sizeof(ret->reason), "stays, still good");
	} else if (current && !fault &&
		   best->preference > current->preference) {
		snprintf(ret->reason, sizeof(ret->reason),
			 "%s is preferred: %d over %d of %s", best->ifname,
			 best->preference, current->preference,
			 current->ifname);
	} else if (current && !fault) {
		snprintf(ret->reason, sizeof(ret->reason),
			 "global instead of the unique-local %s",
			 addr_str(&current->addr));
	} else if (current) {
		snprintf(ret->reason, sizeof(ret->reason),
			 "%s is %s; best usable is on %s, preference %d",
			 addr_str(&current->addr), fault, best->ifname,
			 best->preference);
	} else if (addr_is_any(&ask->current)) {
		snprintf(ret->reason, sizeof(ret->reason),
			 "best usable address, on %s, preference %d",
			 best->ifname, best->preference);
	} else {
		snprintf(ret->reason, sizeof(ret->reason),
			 "%s is no longer there; best usable is on %s, "
			 "preference %d",
			 addr_str(&ask->current), best->ifname,
			 best->preference);
	}
}
