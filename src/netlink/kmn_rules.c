/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mobile node's rules for traffic: which of it is optimised, tunnelled,
 * or takes the care-of address without any mobility.
 *
 * Optimised or tunnelled is a matter of XFRM policies (ro_policy.c).  Direct
 * is one of routing, since it is about the source address that a socket
 * without one gets: routing rules in the order of ours, those before the last
 * direct one, all at one priority, where the kernel keeps the order in which
 * they were added.  What has the home address as source already is left in
 * the tunnel, and what has a link-local destination on its link, by rules in
 * front of them.  The former rules are there for every home address, direct
 * rules or not: the answer to what came straight would otherwise leave by the
 * interface where that came in, natively.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "src/netlink/kmn_priv.h"
#include "src/netlink/policy_apply.h"

int kmn_rules_copy(struct kernel_mn *mn, const struct kernel_rule *rules,
		   unsigned int n_rules)
{
	struct kernel_rule *copy = NULL;

	if (n_rules) {
		copy = calloc(n_rules, sizeof(*copy));
		if (!copy)
			return -ENOMEM;
		memcpy(copy, rules, n_rules * sizeof(*copy));
	}
	free(mn->rules);
	mn->rules = copy;
	mn->n_rules = n_rules;
	return 0;
}

void kmn_rules_done(struct kernel_mn *mn)
{
	policy_list_done(&mn->policies);
	free(mn->routing);
	free(mn->rules);
}

static struct ro_rules rules_of(const struct kernel_mn *mn)
{
	return (struct ro_rules){ mn->rules, mn->n_rules };
}

struct ro_rules kmn_rules_of(const struct kernel *k,
			     const struct in6_addr *local)
{
	const struct kernel_mn *mn = k->mn;
	int h;

	for (h = 0; mn && h < KMN_MAX_HOMES; h++)
		if (mn->homes[h].have.place == KERNEL_MN_AWAY &&
		    addr_eq(&mn->homes[h].have.hoa, local))
			return rules_of(mn);
	return (struct ro_rules){ NULL, 0 };
}

/* ---- policies ---- */

static int apply_policies(struct kernel_mn *mn, struct nlb_txn *txn)
{
	struct ro_rules rules = rules_of(mn);
	struct policy_list want = { 0 };
	int h;

	for (h = 0; h < KMN_MAX_HOMES; h++) {
		const struct kernel_mn_home *w = &mn->homes[h].have;

		if (w->place == KERNEL_MN_AWAY ||
		    w->place == KERNEL_MN_RETURNING)
			ro_policies_of_home(&want, &rules, w,
					    mn->homes[h].bound);
	}
	for (h = 0; h < KMN_MAX_HOMES; h++)
		if (mn->tunnels[h].used)
			ro_policies_of_tunnel(&want, mn->tunnels[h].ifindex);
	return policy_apply(mn->k->nl, txn, &mn->policies, &want,
			    mn->rules_unsure);
}

/* ---- routing ---- */

struct routing {
	struct rule *v;
	unsigned int n, max;
};

static void add(struct routing *list, const struct rule *r)
{
	/* Counted before: it fits. */
	if (list->n < list->max)
		list->v[list->n++] = *r;
}

/* Where direct traffic goes: with the first home address that is away. */
static uint32_t direct_table(const struct kernel_mn *mn)
{
	int h;

	for (h = 0; h < KMN_MAX_HOMES; h++) {
		const struct kmn_home *home = &mn->homes[h];

		if (home->have.place == KERNEL_MN_AWAY)
			return home->coa < 0 ? RT_TABLE_MAIN
					     : kmn_coa_table(mn, home->coa);
	}
	return 0;
}

static void add_for_homes(const struct kernel_mn *mn, struct routing *list,
			  const struct rule *like)
{
	struct rule r = *like;
	int h;

	for (h = 0; h < KMN_MAX_HOMES; h++) {
		if (!mn->homes[h].table_ifindex)
			continue;
		r.table = kmn_home_table(mn, (size_t)h);
		r.src = mn->homes[h].have.hoa;
		r.src_len = 128;
		add(list, &r);
	}
}

static void fill(const struct kernel_mn *mn, struct routing *list, unsigned n)
{
	struct rule from = {
		.pref = mn->rule_base + KMN_RULE_HOA,
		.proto = PROTO_MN,
	};
	/* The care-of table has a default route on the same interface. */
	struct rule linklocal = {
		.pref = mn->rule_base + KMN_RULE_HOA,
		.table = RT_TABLE_MAIN,
		.proto = PROTO_MN,
		.dst = { { { 0xfe, 0x80 } } },
		.dst_len = 10,
	};
	unsigned int i;

	if (n)
		add(list, &linklocal);
	add_for_homes(mn, list, &from);
	for (i = 0; i < n; i++) {
		const struct kernel_rule *k = &mn->rules[i];
		struct rule r = {
			.pref = mn->rule_base + KMN_RULE_ORDERED,
			.table = direct_table(mn),
			.proto = PROTO_MN,
			.dst = k->peer.addr,
			.dst_len = k->peer.len,
			.ipproto = k->protocol,
			.dport = k->port,
			.find_saddr = k->action != KERNEL_RULE_DIRECT,
		};

		if (k->action == KERNEL_RULE_DIRECT)
			add(list, &r);
		else
			add_for_homes(mn, list, &r);
	}
}

static bool rule_eq(const struct rule *a, const struct rule *b)
{
	return a->pref == b->pref && a->table == b->table &&
	       a->src_len == b->src_len && addr_eq(&a->src, &b->src) &&
	       a->dst_len == b->dst_len && addr_eq(&a->dst, &b->dst) &&
	       a->ipproto == b->ipproto && a->dport == b->dport &&
	       a->find_saddr == b->find_saddr;
}

static bool same_routing(const struct kernel_mn *mn, const struct routing *list)
{
	unsigned int i;

	if (list->n != mn->n_routing)
		return false;
	for (i = 0; i < list->n; i++)
		if (!rule_eq(&list->v[i], &mn->routing[i]))
			return false;
	return true;
}

static void add_routing(struct kernel_mn *mn, struct nlb_txn *txn,
			const struct routing *list)
{
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		rule_encode_append(nlb_begin(mn->k->nl, NLB_ROUTE),
				   &list->v[i]);
		nlb_commit(mn->k->nl, txn, 0);
	}
}

/* The kernel removes the first rule that has what is named, so in order. */
static void del_routing(struct kernel_mn *mn, struct nlb_txn *txn)
{
	unsigned int i;

	for (i = 0; i < mn->n_routing; i++) {
		rule_encode_del(nlb_begin(mn->k->nl, NLB_ROUTE),
				&mn->routing[i]);
		nlb_commit_del(mn->k->nl, txn);
	}
}

/* New ones come behind the old, which then go, so that there is no moment
 * without.  Where it is not sure that the old ones are there, they must go
 * first: else the new would go in their place. */
static int apply_routing(struct kernel_mn *mn, struct nlb_txn *txn)
{
	struct routing list = { 0 };
	unsigned int n = mn->n_rules;

	while (n && mn->rules[n - 1].action != KERNEL_RULE_DIRECT)
		n--;
	if (direct_table(mn)) {
		list.max = 1 + (n + 1) * KMN_MAX_HOMES;
		list.v = calloc(list.max, sizeof(*list.v));
		if (!list.v)
			return -ENOMEM;
		fill(mn, &list, n);
	}
	if (!mn->rules_unsure && same_routing(mn, &list)) {
		free(list.v);
		return 0;
	}
	if (mn->rules_unsure)
		del_routing(mn, txn);
	add_routing(mn, txn, &list);
	if (!mn->rules_unsure)
		del_routing(mn, txn);
	free(mn->routing);
	mn->routing = list.v;
	mn->n_routing = list.n;
	return 0;
}

int kmn_rules_apply(struct kernel_mn *mn, struct nlb_txn *txn)
{
	int err = apply_policies(mn, txn), e = apply_routing(mn, txn);

	if (mn->pairs_stale)
		kernel_ro_refresh(mn->k);
	mn->pairs_stale = false;
	return err ? err : e;
}
