/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Care-of addresses of the mobile node: where their traffic goes.
 *
 * This file decides rules and tables.  A table holds nothing but a default
 * route through the router of the care-of address: on-link destinations go
 * through it too, since the prefix routes in the main table may belong to a
 * link that was left.
 */
#include <errno.h>
#include <linux/rtnetlink.h>

#include "src/netlink/kmn_priv.h"

static struct rule coa_rule(const struct kernel_mn *mn, int i)
{
	return (struct rule){
		.pref = mn->rule_base + KMN_RULE_COA,
		.table = kmn_coa_table(mn, i),
		.proto = PROTO_MN,
		.src = mn->coas[i].coa,
		.src_len = 128,
	};
}

/* For sockets that are bound to the interface: the tunnel is not for them,
 * and the main table would have them take the home address as source on the
 * foreign link.  Link-local destinations are left alone. */
static struct rule bound_rule(const struct kernel_mn *mn, int i)
{
	struct rule r = {
		.pref = mn->rule_base + KMN_RULE_COA,
		.table = kmn_coa_table(mn, i),
		.proto = PROTO_MN,
		.dst = { { { 0x20 } } }, /* 2000::/3 */
		.dst_len = 3,
		.oifname = mn->coas[i].ifname,
	};

	return r;
}

/* A socket without a source that comes here takes the care-of address; source
 * selection would prefer a home address on any interface. */
static struct route coa_route(const struct kernel_mn *mn, int i)
{
	return (struct route){
		.type = RTN_UNICAST,
		.proto = PROTO_MN,
		.table = kmn_coa_table(mn, i),
		.oif = mn->coas[i].ifindex,
		.gateway = mn->coas[i].router,
		.prefsrc = mn->coas[i].coa,
	};
}

static void add_rule(struct kernel_mn *mn, struct nlb_txn *txn,
		     const struct rule *r)
{
	rule_encode_add(nlb_begin(mn->k->nl, NLB_ROUTE), r);
	nlb_commit(mn->k->nl, txn, EEXIST);
}

static void del_rule(struct kernel_mn *mn, struct nlb_txn *txn,
		     const struct rule *r)
{
	rule_encode_del(nlb_begin(mn->k->nl, NLB_ROUTE), r);
	nlb_commit_del(mn->k->nl, txn);
}

static void put_rules(struct kernel_mn *mn, struct nlb_txn *txn, int i, bool on)
{
	struct rule from = coa_rule(mn, i), bound = bound_rule(mn, i);
	void (*put)(struct kernel_mn *, struct nlb_txn *, const struct rule *) =
		on ? add_rule : del_rule;

	put(mn, txn, &from);
	if (mn->coas[i].ifname[0])
		put(mn, txn, &bound);
}

static int find(const struct kernel_mn *mn, const struct in6_addr *coa)
{
	int i, free_place = -ENOSPC;

	for (i = KMN_MAX_HOMES - 1; i >= 0; i--) {
		if (!mn->coas[i].used)
			free_place = i;
		else if (addr_eq(&mn->coas[i].coa, coa))
			return i;
	}
	return free_place;
}

int kmn_coa_set(struct kernel_mn *mn, struct nlb_txn *txn,
		const struct kernel_mn_home *want)
{
	int i = find(mn, &want->coa);
	struct route route;

	if (i < 0)
		return i;
	if (mn->coas[i].used && mn->coas[i].ifindex != want->coa_ifindex)
		put_rules(mn, txn, i, false);
	mn->coas[i] = (struct kmn_coa){
		.used = true,
		.coa = want->coa,
		.router = want->coa_router,
		.ifindex = want->coa_ifindex,
	};
	if (!if_indextoname((unsigned int)want->coa_ifindex,
			    mn->coas[i].ifname))
		mn->coas[i].ifname[0] = '\0';
	route = coa_route(mn, i);
	/* Again where it is there already: the kernel takes routes away when
	 * an interface goes down. */
	route_encode_set(nlb_begin(mn->k->nl, NLB_ROUTE), &route);
	nlb_commit(mn->k->nl, txn, 0);
	put_rules(mn, txn, i, true);
	return i;
}

static bool is_used(const struct kernel_mn *mn, int i)
{
	int h;

	for (h = 0; h < KMN_MAX_HOMES; h++)
		if (mn->homes[h].coa == i)
			return true;
	return false;
}

void kmn_coa_sweep(struct kernel_mn *mn, struct nlb_txn *txn)
{
	struct route route;
	int i;

	for (i = 0; i < KMN_MAX_HOMES; i++) {
		if (!mn->coas[i].used || is_used(mn, i))
			continue;
		put_rules(mn, txn, i, false);
		route = coa_route(mn, i);
		route_encode_del(nlb_begin(mn->k->nl, NLB_ROUTE), &route);
		nlb_commit_del(mn->k->nl, txn);
		mn->coas[i].used = false;
	}
}
