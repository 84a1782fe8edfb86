/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One home address of the mobile node: where the address is, where traffic
 * from it goes, and the Home Address option of its Binding Updates (RFC 6275
 * sections 11.3.1 and 11.5.5).
 *
 * This file decides the order of the changes: traffic from the home address
 * never finds itself without its rule, and the address is at its new place
 * before it leaves the old one.
 *
 * The address is there from the first Binding Update on, since the
 * acknowledgement comes with a routing header to it; data that comes so is
 * taken once the agent confirmed it (section 11.3.3, kernel_mn_bound_set()).
 */
#include <errno.h>
#include <linux/rtnetlink.h>

#include "src/netlink/kmn_priv.h"
#include "src/netlink/watch.h"

#define METRIC 1024
/* Behind every other: traffic from the home address that the tunnel cannot
 * take must not leave by the main table. */
#define METRIC_UNREACHABLE UINT32_MAX

static size_t index_of(const struct kernel_mn *mn, const struct kmn_home *h)
{
	return (size_t)(h - mn->homes);
}

/* ---- the Home Address option ---- */

static bool has_hao(const struct kernel_mn_home *w)
{
	return w->place == KERNEL_MN_AWAY && !addr_is_any(&w->ha);
}

static void apply_hao(struct kernel_mn *mn, struct kmn_home *h,
		      struct nlb_txn *txn)
{
	const struct kernel_mn_home *want = &h->want, *have = &h->have;

	if (has_hao(have) &&
	    (!has_hao(want) || !addr_eq(&have->ha, &want->ha) ||
	     !addr_eq(&have->hoa, &want->hoa)))
		kernel_xfrm_hao_del(mn->k, txn, &have->hoa, &have->ha);
	if (has_hao(want))
		kernel_xfrm_hao_set(mn->k, txn, &want->hoa, &want->ha,
				    &want->coa);
}

/* ---- its table ---- */

/* Its default route; false when it has no table of its own. */
static bool home_route(const struct kernel_mn *mn, const struct kmn_home *h,
		       struct route *ret)
{
	const struct kernel_mn_home *w = &h->want;
	struct route r = {
		.type = RTN_UNICAST,
		.proto = PROTO_MN,
		.table = kmn_home_table(mn, index_of(mn, h)),
		.metric = METRIC,
	};

	if (w->place == KERNEL_MN_AWAY && h->tunnel >= 0) {
		r.oif = mn->tunnels[h->tunnel].ifindex;
	} else if ((w->place == KERNEL_MN_RETURNING ||
		    w->place == KERNEL_MN_HOME) &&
		   !addr_is_any(&w->home_router)) {
		r.oif = w->home_ifindex;
		r.gateway = w->home_router;
	} else {
		return false;
	}
	*ret = r;
	return true;
}

/* The home prefix, on the link; false when it goes to the router too. */
static bool onlink_route(const struct kernel_mn *mn, const struct kmn_home *h,
			 const struct kernel_mn_home *w, struct route *ret)
{
	struct prefix p = prefix_of(&w->hoa, w->home_plen);

	if (w->place != KERNEL_MN_RETURNING && w->place != KERNEL_MN_HOME)
		return false;
	if (addr_is_any(&w->home_router) || !w->home_plen)
		return false;
	*ret = (struct route){
		.dst = p.addr,
		.dst_len = p.len,
		.type = RTN_UNICAST,
		.proto = PROTO_MN,
		.table = kmn_home_table(mn, index_of(mn, h)),
		.metric = METRIC,
		.oif = w->home_ifindex,
	};
	return true;
}

static struct route last_route(const struct kernel_mn *mn,
			       const struct kmn_home *h)
{
	return (struct route){
		.type = RTN_UNREACHABLE,
		.proto = PROTO_MN,
		.table = kmn_home_table(mn, index_of(mn, h)),
		.metric = METRIC_UNREACHABLE,
		.oif = 1, /* lo, where the kernel puts it anyway */
	};
}

static void put_rule(struct kernel_mn *mn, const struct kmn_home *h,
		     struct nlb_txn *txn, bool on)
{
	struct rule r = {
		.pref = mn->rule_base + KMN_RULE_FIND,
		.table = kmn_home_table(mn, index_of(mn, h)),
		.proto = PROTO_MN,
		.src = on ? h->want.hoa : h->have.hoa,
		.src_len = 128,
		.find_saddr = true,
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

static void set_route(struct kernel_mn *mn, struct nlb_txn *txn,
		      const struct route *r)
{
	route_encode_set(nlb_begin(mn->k->nl, NLB_ROUTE), r);
	nlb_commit(mn->k->nl, txn, 0);
}

static void del_route(struct kernel_mn *mn, struct nlb_txn *txn,
		      const struct route *r)
{
	route_encode_del(nlb_begin(mn->k->nl, NLB_ROUTE), r);
	nlb_commit_del(mn->k->nl, txn);
}

static void set_table(struct kernel_mn *mn, struct kmn_home *h,
		      struct nlb_txn *txn)
{
	struct route r, onlink, last = last_route(mn, h);

	if (!home_route(mn, h, &r))
		return;
	if (onlink_route(mn, h, &h->want, &onlink))
		set_route(mn, txn, &onlink);
	set_route(mn, txn, &r);
	set_route(mn, txn, &last);
	put_rule(mn, h, txn, true);
	h->table_ifindex = r.oif;
}

/* What the table has for the place that is left. */
static void clear_table(struct kernel_mn *mn, struct kmn_home *h,
			struct nlb_txn *txn)
{
	struct route r, old, now, last = last_route(mn, h);
	bool keep = home_route(mn, h, &r);

	if (onlink_route(mn, h, &h->have, &old) &&
	    !(onlink_route(mn, h, &h->want, &now) && old.oif == now.oif &&
	      old.dst_len == now.dst_len && addr_eq(&old.dst, &now.dst)))
		del_route(mn, txn, &old);
	if (!h->table_ifindex || keep)
		return;
	put_rule(mn, h, txn, false);
	r = (struct route){
		.type = RTN_UNICAST,
		.proto = PROTO_MN,
		.table = last.table,
		.metric = METRIC,
		.oif = h->table_ifindex,
	};
	del_route(mn, txn, &r);
	del_route(mn, txn, &last);
	h->table_ifindex = 0;
}

/* ---- the address ---- */

static int wanted_ifindex(const struct kernel_mn *mn, const struct kmn_home *h)
{
	switch (h->want.place) {
	case KERNEL_MN_AWAY:
		return h->tunnel < 0 ? 0 : mn->tunnels[h->tunnel].ifindex;
	case KERNEL_MN_RETURNING:
	case KERNEL_MN_HOME:
		return h->want.home_ifindex;
	case KERNEL_MN_NONE:
		break;
	}
	return 0;
}

/* Autoconfiguration may have formed the home address on the home link while
 * the agent still defended it: such an address is deaf for ever, or will be,
 * and gives way. */
static void drop_deaf(struct kernel_mn *mn, struct nlb_txn *txn, int ifindex,
		      const struct in6_addr *hoa)
{
	struct kernel_addr there;

	if (!mn->k->watch ||
	    watch_addr_find(mn->k->watch, hoa, ifindex, &there) ||
	    (!there.dad_failed && !there.tentative))
		return;
	addr_encode_del(nlb_begin(mn->k->nl, NLB_ROUTE), ifindex, hoa,
			there.plen);
	nlb_commit_del(mn->k->nl, txn);
}

/* Somebody else's stays, and stays his. */
static int on_addr_added(void *arg, int err)
{
	struct kmn_home *h = arg;

	if (err == -EEXIST) {
		if (!h->addr_kept)
			h->addr_own = false;
		return 0;
	}
	if (!err)
		h->addr_own = true;
	return err;
}

static void apply_addr(struct kernel_mn *mn, struct kmn_home *h,
		       struct nlb_txn *txn)
{
	const struct in6_addr *hoa = &h->want.hoa;
	int to = wanted_ifindex(mn, h), from = h->addr_ifindex;
	bool own = h->addr_own;

	h->addr_kept = to == from && addr_eq(hoa, &h->have.hoa);
	if (to) {
		if (h->want.place != KERNEL_MN_AWAY && !h->addr_kept)
			drop_deaf(mn, txn, to, hoa);
		addr_encode_add(nlb_begin(mn->k->nl, NLB_ROUTE), to, hoa, true,
				PROTO_MN);
		nlb_commit_fn(mn->k->nl, txn, on_addr_added, h);
	}
	if (from && !h->addr_kept && own) {
		addr_encode_del(nlb_begin(mn->k->nl, NLB_ROUTE), from,
				&h->have.hoa, 128);
		nlb_commit_del(mn->k->nl, txn);
	}
	h->addr_ifindex = to;
}

void kmn_home_apply(struct kernel_mn *mn, struct kmn_home *h,
		    struct nlb_txn *txn)
{
	/* Another home address in this place: nothing of the old one is of
	 * use. */
	if (h->table_ifindex && !addr_eq(&h->have.hoa, &h->want.hoa))
		put_rule(mn, h, txn, false);
	apply_hao(mn, h, txn);
	set_table(mn, h, txn);
	apply_addr(mn, h, txn);
	clear_table(mn, h, txn);
	if (h->have.place != h->want.place ||
	    !addr_eq(&h->have.hoa, &h->want.hoa))
		mn->pairs_stale = true;
	h->have = h->want;
}
