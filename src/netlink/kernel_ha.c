/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The home agent's data path (RFC 6275 sections 10.4.1, 10.4.2, 10.4.5): one
 * ip6tnl device in external mode; for each binding an encapsulating route, an
 * XFRM state for what this node itself sends (kernel_own.c), an accepted pair
 * and a proxy neighbour.  Each costs the same at a hundred
 * thousand bindings as at ten.
 *
 * This file decides the order of the parts of a binding and how a binding
 * that failed half way is undone.  Nothing here remembers bindings: who asks
 * knows them, and at the end the kernel is asked what is left.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/log.h"
#include "src/netlink/kernel_priv.h"
#include "src/netlink/pair.h"

#define DEFAULT_MTU 1460
/* Ours alone: a /128 route of somebody else has another metric. */
#define METRIC 135

struct kernel_ha {
	char name[IF_NAMESIZE];
	int ifindex;
	struct pair *pair;
};

/* A binding being added or removed. */
struct ha_op {
	struct kernel_op op; /* first: kernel_op_done frees it */
	struct kernel_binding b;
	struct own_state own;
};

/* ---- start and stop ---- */

static int create_device(struct kernel *k, const struct kernel_ha_conf *conf)
{
	uint32_t mtu = conf->tunnel_mtu ? conf->tunnel_mtu : DEFAULT_MTU;
	char other[IF_NAMESIZE];
	int err;

	link_encode_external_add(nlb_begin(k->nl, NLB_ROUTE), conf->tunnel_name,
				 mtu);
	err = nlb_call(k->nl);
	if (err == -EEXIST && leftover_find_external(k, other))
		log_error("kernel: %s is an ip6tnl device in external mode, "
			  "and there can be only one: delete it (ip link del "
			  "%s)",
			  other, other);
	else if (err)
		log_error("kernel: cannot create the tunnel device %s: %s",
			  conf->tunnel_name, strerror(-err));
	return err;
}

static int bring_up(struct kernel *k, struct kernel_ha *ha)
{
	int err;

	ha->ifindex = kernel_ifindex(k, ha->name);
	link_encode_no_addrgen(nlb_begin(k->nl, NLB_ROUTE), ha->ifindex);
	err = nlb_call(k->nl);
	if (err) {
		log_error("kernel: %s: cannot turn link-local addresses off: "
			  "%s",
			  ha->name, strerror(-err));
		return err;
	}
	link_encode_up(nlb_begin(k->nl, NLB_ROUTE), ha->ifindex, true);
	err = nlb_call(k->nl);
	if (err)
		log_error("kernel: cannot bring %s up: %s", ha->name,
			  strerror(-err));
	return err;
}

/* The check is there before the device comes up: nothing ever gets in
 * unchecked. */
static int start_device(struct kernel *k, struct kernel_ha *ha,
			const struct kernel_ha_conf *conf)
{
	uint32_t max = conf->max_bindings;
	int err = create_device(k, conf);

	if (err)
		return err;
	/* The map cannot grow when a reload allows more. */
	if (max < KERNEL_HA_BINDINGS)
		max = KERNEL_HA_BINDINGS;
	/* A binding that moves has two pairs for a moment. */
	err = pair_open(k, kernel_ifindex(k, ha->name), max * 2, &ha->pair);
	if (err) {
		log_error("kernel: %s: cannot attach the check of "
			  "reverse-tunnelled packets: %s",
			  ha->name, strerror(-err));
		return err;
	}
	return bring_up(k, ha);
}

static void clean(struct kernel *k, const char *name)
{
	kernel_xfrm_clean(k);
	leftover_links(k, name, true);
	leftover_routes(k, PROTO_HA);
	leftover_rules(k, PROTO_HA);
	leftover_proxies(k, PROTO_HA);
	leftover_home_links(k);
	nlb_flush(k->nl);
}

static int start_forwarding(struct kernel *k)
{
	bool changed = false;
	int err = sysctl_set_forwarding(k, &changed);

	if (err)
		log_error("kernel: cannot turn forwarding on: %s",
			  strerror(-err));
	else if (changed)
		log_notice("kernel: IPv6 forwarding is on now; an interface "
			   "that shall go on hearing router advertisements "
			   "needs accept_ra=2");
	return err;
}

static int start_xfrm(struct kernel *k)
{
	int err = kernel_xfrm_use(k, KERNEL_USER_HA, true);

	if (err)
		log_error("kernel: XFRM refuses the Home Address option: %s",
			  strerror(-err));
	return err;
}

int kernel_ha_start(struct kernel *k, const struct kernel_ha_conf *conf)
{
	struct kernel_ha *ha;
	int err;

	if (k->ha)
		return -EALREADY;
	ha = calloc(1, sizeof(*ha));
	if (!ha)
		return -ENOMEM;
	memcpy(ha->name, conf->tunnel_name, sizeof(ha->name));
	ha->name[IF_NAMESIZE - 1] = '\0';
	k->ha = ha;
	clean(k, ha->name);
	err = own_start(k);
	if (!err)
		err = start_device(k, ha, conf);
	if (!err)
		err = start_xfrm(k);
	if (!err)
		err = start_forwarding(k);
	if (err) {
		kernel_ha_stop(k);
		return err;
	}
	log_info("kernel: tunnel device %s is up, reverse tunnelling checked "
		 "by %s",
		 ha->name, pair_method(ha->pair));
	return 0;
}

void kernel_ha_stop(struct kernel *k)
{
	if (!k->ha)
		return;
	home_link_clear_all(k);
	own_stop(k);
	pair_close(k->ha->pair);
	clean(k, k->ha->name);
	kernel_xfrm_use(k, KERNEL_USER_HA, false);
	sysctl_restore_forwarding(k);
	free(k->ha);
	k->ha = NULL;
}

/* ---- bindings ---- */

static struct route encap_route(const struct kernel_ha *ha,
				const struct kernel_binding *b,
				const struct in6_addr *coa)
{
	return (struct route){
		.dst = b->hoa,
		.dst_len = 128,
		.type = RTN_UNICAST,
		.proto = PROTO_HA,
		.table = RT_TABLE_MAIN,
		.metric = METRIC,
		.oif = ha->ifindex,
		.encap = true,
		.encap_src = b->ha,
		.encap_dst = *coa,
	};
}

static void set_route(struct kernel *k, struct nlb_txn *txn,
		      const struct kernel_binding *b,
		      const struct in6_addr *coa)
{
	struct route r = encap_route(k->ha, b, coa);

	route_encode_set(nlb_begin(k->nl, NLB_ROUTE), &r);
	nlb_commit(k->nl, txn, 0);
}

static void del_route(struct kernel *k, struct nlb_txn *txn,
		      const struct kernel_binding *b)
{
	struct route r = encap_route(k->ha, b, &b->coa);

	route_encode_del(nlb_begin(k->nl, NLB_ROUTE), &r);
	nlb_commit_del(k->nl, txn);
}

static void put_proxy(struct kernel *k, struct nlb_txn *txn, int ifindex,
		      const struct in6_addr *addr, bool on)
{
	struct nlenc *e = nlb_begin(k->nl, NLB_ROUTE);

	if (on) {
		neigh_encode_proxy_add(e, ifindex, addr);
		nlb_commit(k->nl, txn, 0);
	} else {
		neigh_encode_proxy_del(e, ifindex, addr);
		nlb_commit_del(k->nl, txn);
	}
}

/* What comes for the link-local address must not go where the node was last
 * seen on the link: the kernel finds nobody there, and says so to the sender
 * (section 10.4.2). */
static void forget_neighbour(struct kernel *k, struct nlb_txn *txn, int ifindex,
			     const struct in6_addr *addr)
{
	neigh_encode_del(nlb_begin(k->nl, NLB_ROUTE), ifindex, addr);
	nlb_commit_del(k->nl, txn);
}

/* A binding that is put there again may have lost its L bit. */
static void add_proxy(struct kernel *k, struct nlb_txn *txn,
		      const struct kernel_binding *b)
{
	struct in6_addr ll = addr_linklocal_of(&b->hoa);

	if (!b->home_ifindex)
		return;
	put_proxy(k, txn, b->home_ifindex, &b->hoa, true);
	if (b->proxy_linklocal || !addr_is_any(&b->old_coa))
		put_proxy(k, txn, b->home_ifindex, &ll, b->proxy_linklocal);
	if (b->proxy_linklocal)
		forget_neighbour(k, txn, b->home_ifindex, &ll);
}

static void del_proxy(struct kernel *k, struct nlb_txn *txn,
		      const struct kernel_binding *b)
{
	struct in6_addr ll = addr_linklocal_of(&b->hoa);

	if (!b->home_ifindex)
		return;
	put_proxy(k, txn, b->home_ifindex, &b->hoa, false);
	if (b->proxy_linklocal)
		put_proxy(k, txn, b->home_ifindex, &ll, false);
}

static bool is_move(const struct kernel_binding *b)
{
	return !addr_is_any(&b->old_coa) && !addr_eq(&b->old_coa, &b->coa);
}

/* What was there before: the binding to the old care-of address, or
 * nothing. */
static void undo_add(struct kernel *k, const struct kernel_binding *b)
{
	if (addr_is_any(&b->old_coa)) {
		del_route(k, NULL, b);
		own_state_del(k, NULL, &b->hoa);
		del_proxy(k, NULL, b);
		pair_del(k->ha->pair, &b->coa, &b->hoa);
	} else if (is_move(b)) {
		own_state_force(k, &b->hoa, &b->old_coa);
		set_route(k, NULL, b, &b->old_coa);
		pair_del(k->ha->pair, &b->coa, &b->hoa);
	}
}

static void on_added(struct nlb_txn *txn, int err)
{
	struct ha_op *h = (struct ha_op *)txn;
	struct kernel *k = h->op.k;

	/* The role may have stopped in the same turn: then all is gone. */
	if (k->ha && err)
		undo_add(k, &h->b);
	else if (k->ha && is_move(&h->b))
		pair_del(k->ha->pair, &h->b.old_coa, &h->b.hoa);
	kernel_op_done(&h->op, err);
}

static void on_deleted(struct nlb_txn *txn, int err)
{
	kernel_op_done((struct kernel_op *)txn, err);
}

static int new_op(struct kernel *k, const struct kernel_key *key,
		  const struct kernel_binding *b, nlb_txn_fn *fn,
		  struct ha_op **ret_op)
{
	struct ha_op *h;

	if (!k->ha)
		return -ENODEV;
	h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	h->op.k = k;
	if (key) {
		h->op.key = *key;
		h->op.has_key = true;
	}
	h->b = *b;
	nlb_txn_begin(&h->op.txn, fn);
	kernel_kick(k);
	*ret_op = h;
	return 0;
}

/* Before the route, whose change has sockets look for theirs again. */
static void set_own(struct ha_op *h)
{
	h->own = (struct own_state){
		.k = h->op.k,
		.txn = &h->op.txn,
		.hoa = h->b.hoa,
		.coa = h->b.coa,
	};
	if (is_move(&h->b))
		own_state_move(&h->own);
	else
		own_state_add(&h->own);
}

int kernel_binding_add(struct kernel *k, const struct kernel_key *key,
		       const struct kernel_binding *b)
{
	struct ha_op *h;
	int err = new_op(k, key, b, on_added, &h);

	if (err)
		return err;
	err = pair_add(k->ha->pair, &h->op.txn, &b->coa, &b->hoa);
	if (!err) {
		set_own(h);
		set_route(k, &h->op.txn, b, &b->coa);
		if (!is_move(b))
			add_proxy(k, &h->op.txn, b);
	}
	nlb_txn_end(k->nl, &h->op.txn, err);
	return 0;
}

/* First what others see of it (the proxy entries), so that an answer never
 * leaves for an address that is not tunnelled any more. */
int kernel_binding_del(struct kernel *k, const struct kernel_key *key,
		       const struct kernel_binding *b)
{
	struct ha_op *h;
	int err = new_op(k, key, b, on_deleted, &h);

	if (err)
		return err;
	del_proxy(k, &h->op.txn, b);
	del_route(k, &h->op.txn, b);
	own_state_del(k, &h->op.txn, &b->hoa);
	pair_del(k->ha->pair, &b->coa, &b->hoa);
	nlb_txn_end(k->nl, &h->op.txn, 0);
	return 0;
}
