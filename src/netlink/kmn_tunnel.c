/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tunnel devices of the mobile node (RFC 6275 section 11.3.1): one for each
 * pair of care-of address and home agent, shared by the home addresses there,
 * since the kernel refuses two tunnels between the same ends.
 *
 * This file decides which device serves whom.  A handover changes a device's
 * local end; it is created when a node leaves home and deleted when nobody
 * uses it any more.  Beside them, one for each agent only receives: what the
 * agent sent before it heard of a move arrives at the care-of address that
 * was left, and that one may still be ours.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mip6d/log.h"
#include "src/netlink/kmn_priv.h"

static bool exists(const struct kmn_tunnel *t)
{
	char name[IF_NAMESIZE];

	return if_indextoname((unsigned int)t->ifindex, name) &&
	       !strcmp(name, t->name);
}

/* Its home addresses went with it; those that are not being changed anyway
 * are set up again. */
static void forget(struct kernel_mn *mn, int i)
{
	int h;

	for (h = 0; h < KMN_MAX_HOMES; h++) {
		struct kmn_home *home = &mn->homes[h];

		if (home->tunnel != i)
			continue;
		home->tunnel = -1;
		if (home->addr_ifindex == mn->tunnels[i].ifindex)
			home->addr_ifindex = 0;
		if (!home->dirty)
			home->want = home->before = home->have;
		home->dirty = true;
	}
	mn->tunnels[i].used = false;
}

void kmn_tunnel_check(struct kernel_mn *mn)
{
	int i;

	for (i = 0; i < KMN_MAX_HOMES; i++) {
		struct kmn_tunnel *t = &mn->tunnels[i];

		if (!t->used || exists(t))
			continue;
		log_warning("kernel: tunnel device %s was deleted by somebody",
			    t->name);
		forget(mn, i);
	}
}

static int find(const struct kernel_mn *mn, const struct in6_addr *ha,
		const struct in6_addr *coa)
{
	int i;

	for (i = 0; i < KMN_MAX_HOMES; i++)
		if (mn->tunnels[i].used && addr_eq(&mn->tunnels[i].ha, ha) &&
		    addr_eq(&mn->tunnels[i].coa, coa))
			return i;
	return -ENOENT;
}

/* The care-of address that all users of tunnel i want; false when they
 * differ, or want none. */
static bool common_coa(const struct kernel_mn *mn, int i,
		       struct in6_addr *ret_coa)
{
	const struct kmn_tunnel *t = &mn->tunnels[i];
	bool any = false;
	int h;

	for (h = 0; h < KMN_MAX_HOMES; h++) {
		const struct kmn_home *home = &mn->homes[h];

		if (home->tunnel != i)
			continue;
		if (!kmn_wants_tunnel(&home->want) ||
		    !addr_eq(&home->want.ha, &t->ha) ||
		    (any && !addr_eq(&home->want.coa, ret_coa)))
			return false;
		*ret_coa = home->want.coa;
		any = true;
	}
	return any;
}

static void move(struct kernel_mn *mn, struct nlb_txn *txn,
		 struct kmn_tunnel *t, const struct in6_addr *coa)
{
	struct link_tunnel change = {
		.ifindex = t->ifindex,
		.local = *coa,
		.remote = t->ha,
	};

	link_encode_tunnel_change(nlb_begin(mn->k->nl, NLB_ROUTE), &change);
	nlb_commit(mn->k->nl, txn, 0);
	t->coa = *coa;
}

void kmn_tunnel_move(struct kernel_mn *mn, struct nlb_txn *txn)
{
	struct in6_addr coa;
	int i;

	for (i = 0; i < KMN_MAX_HOMES; i++) {
		struct kmn_tunnel *t = &mn->tunnels[i];

		if (t->used && common_coa(mn, i, &coa) &&
		    !addr_eq(&coa, &t->coa) && find(mn, &t->ha, &coa) < 0)
			move(mn, txn, t, &coa);
	}
}

static int create(struct kernel_mn *mn, struct kmn_tunnel *t)
{
	struct link_tunnel add = {
		.name = t->name,
		.local = t->coa,
		.remote = t->ha,
	};
	struct nlb *nl = mn->k->nl;
	int err;

	link_encode_tunnel_add(nlb_begin(nl, NLB_ROUTE), &add);
	err = nlb_call(nl);
	if (err)
		return err;
	t->ifindex = kernel_ifindex(mn->k, t->name);
	link_encode_no_addrgen(nlb_begin(nl, NLB_ROUTE), t->ifindex);
	err = nlb_call(nl);
	if (!err) {
		link_encode_up(nlb_begin(nl, NLB_ROUTE), t->ifindex, true);
		err = nlb_call(nl);
	}
	if (err) {
		link_encode_del(nlb_begin(nl, NLB_ROUTE), t->ifindex);
		nlb_call(nl);
	}
	return err;
}

int kmn_tunnel_get(struct kernel_mn *mn, const struct in6_addr *ha,
		   const struct in6_addr *coa)
{
	int i = find(mn, ha, coa), err;
	struct kmn_tunnel *t;

	if (i >= 0)
		return i;
	for (i = 0; i < KMN_MAX_HOMES && mn->tunnels[i].used; i++)
		;
	if (i == KMN_MAX_HOMES)
		return -ENOSPC;
	t = &mn->tunnels[i];
	*t = (struct kmn_tunnel){ .ha = *ha, .coa = *coa };
	snprintf(t->name, sizeof(t->name), "%.11s%s%d", mn->prefix,
		 addr_is_any(coa) ? "r" : "", i);
	err = create(mn, t);
	if (err) {
		log_error("kernel: cannot create the tunnel device %s: %s",
			  t->name, strerror(-err));
		return err;
	}
	t->used = true;
	return i;
}

void kmn_tunnel_receive(struct kernel_mn *mn, const struct in6_addr *ha)
{
	kmn_tunnel_get(mn, ha, &addr_any);
}

static bool is_used(const struct kernel_mn *mn, int i)
{
	const struct kmn_tunnel *t = &mn->tunnels[i];
	int h;

	for (h = 0; h < KMN_MAX_HOMES; h++) {
		const struct kmn_home *home = &mn->homes[h];

		if (home->tunnel == i ||
		    (addr_is_any(&t->coa) && home->tunnel >= 0 &&
		     addr_eq(&mn->tunnels[home->tunnel].ha, &t->ha)))
			return true;
	}
	return false;
}

void kmn_tunnel_sweep(struct kernel_mn *mn, struct nlb_txn *txn)
{
	int i;

	for (i = 0; i < KMN_MAX_HOMES; i++) {
		struct kmn_tunnel *t = &mn->tunnels[i];

		if (!t->used || is_used(mn, i))
			continue;
		link_encode_del(nlb_begin(mn->k->nl, NLB_ROUTE), t->ifindex);
		nlb_commit_del(mn->k->nl, txn);
		t->used = false;
	}
}
