/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Care-of addresses of the mobile node: where their traffic goes, and that
 * of destinations which are never tunnelled.
 *
 * This file decides rules and tables.  A table holds nothing but a default
 * route through the router of the care-of address: on-link destinations go
 * through it too, since the prefix routes in the main table may belong to a
 * link that was left.
 */
#include <errno.h>
#include <linux/rtnetlink.h>

#include "src/netlink/mn_priv.h"

static struct rule coa_rule(const struct kernel_mn *mn, int i)
{
	return (struct rule){
		.pref = mn->rule_base + MN_RULE_COA,
		.table = mn_coa_table(mn, i),
		.proto = PROTO_MN,
		.src = mn->coas[i].coa,
		.src_len = 128,
	};
}

static struct route coa_route(const struct kernel_mn *mn, int i)
{
	struct route r = {
		.type = RTN_UNICAST,
		.proto = PROTO_MN,
		.table = mn_coa_table(mn, i),
		.oif = mn->coas[i].ifindex,
		.gateway = mn->coas[i].router,
	};

	/* A socket without a source that the direct rules bring here takes
	 * the care-of address; source selection would prefer a home address
	 * on any interface. */
	if (mn->n_direct)
		r.prefsrc = mn->coas[i].coa;
	return r;
}

static int find(const struct kernel_mn *mn, const struct in6_addr *coa)
{
	int i, free_place = -ENOSPC;

	for (i = MN_MAX_HOMES - 1; i >= 0; i--) {
		if (!mn->coas[i].used)
			free_place = i;
		else if (addr_eq(&mn->coas[i].coa, coa))
			return i;
	}
	return free_place;
}

int mn_coa_set(struct kernel_mn *mn, struct nlb_txn *txn,
	       const struct kernel_mn_home *want)
{
	int i = find(mn, &want->coa);
	struct route route;
	struct rule rule;

	if (i < 0)
		return i;
	mn->coas[i] = (struct mn_coa){
		.used = true,
		.coa = want->coa,
		.router = want->coa_router,
		.ifindex = want->coa_ifindex,
	};
	route = coa_route(mn, i);
	rule = coa_rule(mn, i);
	/* Again where it is there already: the kernel takes routes away when
	 * an interface goes down. */
	route_encode_set(nlb_begin(mn->k->nl, NLB_ROUTE), &route);
	nlb_commit(mn->k->nl, txn, 0);
	rule_encode_add(nlb_begin(mn->k->nl, NLB_ROUTE), &rule);
	nlb_commit(mn->k->nl, txn, EEXIST);
	return i;
}

static bool is_used(const struct kernel_mn *mn, int i)
{
	int h;

	for (h = 0; h < MN_MAX_HOMES; h++)
		if (mn->homes[h].coa == i)
			return true;
	return false;
}

void mn_coa_sweep(struct kernel_mn *mn, struct nlb_txn *txn)
{
	struct route route;
	struct rule rule;
	int i;

	for (i = 0; i < MN_MAX_HOMES; i++) {
		if (!mn->coas[i].used || is_used(mn, i))
			continue;
		rule = coa_rule(mn, i);
		rule_encode_del(nlb_begin(mn->k->nl, NLB_ROUTE), &rule);
		nlb_commit_del(mn->k->nl, txn);
		route = coa_route(mn, i);
		route_encode_del(nlb_begin(mn->k->nl, NLB_ROUTE), &route);
		nlb_commit_del(mn->k->nl, txn);
		mn->coas[i].used = false;
	}
}

static void set_direct(struct kernel_mn *mn, struct nlb_txn *txn,
		       uint32_t table, bool on)
{
	unsigned int i;

	for (i = 0; table && i < mn->n_direct; i++) {
		struct rule r = {
			.pref = mn->rule_base + MN_RULE_DIRECT,
			.table = table,
			.proto = PROTO_MN,
			.dst = mn->direct[i].addr,
			.dst_len = mn->direct[i].len,
		};
		struct nlenc *e = nlb_begin(mn->k->nl, NLB_ROUTE);

		if (on) {
			rule_encode_add(e, &r);
			nlb_commit(mn->k->nl, txn, EEXIST);
		} else {
			rule_encode_del(e, &r);
			nlb_commit_del(mn->k->nl, txn);
		}
	}
}

void mn_direct_update(struct kernel_mn *mn, struct nlb_txn *txn)
{
	uint32_t table = 0;
	int h;

	for (h = 0; h < MN_MAX_HOMES && !table; h++) {
		const struct mn_home *home = &mn->homes[h];

		if (home->have.place == KERNEL_MN_AWAY)
			table = home->coa < 0 ? RT_TABLE_MAIN :
						mn_coa_table(mn, home->coa);
	}
	if (table == mn->direct_table)
		return;
	set_direct(mn, txn, table, true);
	set_direct(mn, txn, mn->direct_table, false);
	mn->direct_table = table;
}
