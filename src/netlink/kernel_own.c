/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a home agent itself sends to the home addresses that are bound to it
 * (RFC 6275 sections 9.3.2 and 10.4.2): a type 2 routing header to the care-of
 * address, where what it forwards is tunnelled.
 *
 * Which policies that takes is left to ro_policy.c: few, whatever the number
 * of bindings.  A binding has one state, for whatever address of this node;
 * the pair's own state, where a correspondent has one, comes before it.  This
 * file decides when both change: policies with the addresses of this node and
 * the home prefixes, states with their bindings.
 *
 * Where another program listens for XFRM_MSG_ACQUIRE, a packet to a node at
 * home leaves a state that waits for an answer and would stand before that of
 * the binding for half a minute: it goes when the binding comes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/log.h"
#include "src/netlink/kernel_priv.h"
#include "src/netlink/policy_apply.h"
#include "src/netlink/watch.h"

struct kernel_own {
	struct nlb_txn txn; /* of the policies */
	struct prefix *prefixes;
	unsigned int n_prefixes;
	struct policy_list policies; /* installed, or queued */
	bool stale, unsure;
};

/* ---- policies ---- */

struct addr_list {
	struct in6_addr *v;
	unsigned int n, max;
	bool bad;
};

static void take_addr(void *arg, const struct kernel_event *ev)
{
	struct addr_list *list = arg;

	if (ev->type != KERNEL_ADDR || !addr_is_routable(&ev->addr.addr))
		return;
	if (list->n == list->max) {
		unsigned int max = list->max ? list->max * 2 : 8;
		struct in6_addr *v = realloc(list->v, max * sizeof(*v));

		if (!v) {
			list->bad = true;
			return;
		}
		list->v = v;
		list->max = max;
	}
	list->v[list->n++] = ev->addr.addr;
}

static void on_policies(struct nlb_txn *txn, int err)
{
	struct kernel_own *own = (struct kernel_own *)txn;

	own->unsure = err != 0;
	if (err)
		log_error("kernel: XFRM refuses the policies for what this "
			  "node sends to mobile nodes, which is tunnelled: "
			  "%s",
			  strerror(-err));
}

static int apply(struct kernel *k, struct kernel_own *own)
{
	struct policy_list want = { 0 };
	struct addr_list addrs = { 0 };

	if (k->watch)
		watch_walk(k->watch, take_addr, &addrs);
	ro_policies_of_agent(&want, addrs.v, addrs.n, own->prefixes,
			     own->n_prefixes);
	want.bad |= addrs.bad;
	free(addrs.v);
	return policy_apply(k->nl, &own->txn, &own->policies, &want,
			    own->unsure);
}

void own_turn(struct kernel *k)
{
	struct kernel_own *own = k->own;

	if (!own || !own->stale)
		return;
	own->stale = false;
	nlb_txn_begin(&own->txn, on_policies);
	nlb_txn_end(k->nl, &own->txn, apply(k, own));
}

void own_addrs_changed(struct kernel *k)
{
	if (k->own)
		k->own->stale = true;
}

int kernel_ha_prefixes_set(struct kernel *k, const struct prefix *prefixes,
			   unsigned int n_prefixes)
{
	struct prefix *copy = NULL;

	if (!k->own)
		return -ENODEV;
	if (n_prefixes) {
		copy = calloc(n_prefixes, sizeof(*copy));
		if (!copy)
			return -ENOMEM;
		memcpy(copy, prefixes, n_prefixes * sizeof(*copy));
	}
	free(k->own->prefixes);
	k->own->prefixes = copy;
	k->own->n_prefixes = n_prefixes;
	k->own->stale = true;
	kernel_kick(k);
	return 0;
}

/* ---- states ---- */

static struct xfrm_ro_state state_of(const struct in6_addr *hoa,
				     const struct in6_addr *coa)
{
	return (struct xfrm_ro_state){
		.kind = XFRM_RO_RH2,
		.dst = *hoa,
		.coa = *coa,
		.relookup = true,
	};
}

/* The state may as well come before routes that were asked for earlier. */
static struct nlenc *begin(struct kernel *k)
{
	struct nlenc *e = nlb_begin(k->nl, NLB_XFRM);

	nlb_ahead(k->nl);
	return e;
}

/* But for those of a correspondent's bindings, which are no larval ones. */
static void del_larval(struct kernel *k, const struct in6_addr *hoa)
{
	const struct policy_list *list = &k->own->policies;
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		const struct xfrm_policy *p = &list->v[i];
		struct prefix prefix = { p->dst, p->dst_len };
		struct xfrm_ro_state s = { .kind = XFRM_RO_RH2,
					   .src = p->src,
					   .dst = *hoa };

		if (!p->rh2 || !prefix_contains(&prefix, hoa) ||
		    kernel_ro_has_peer(k, &p->src, hoa))
			continue;
		xfrm_encode_state_del(begin(k), &s);
		nlb_commit_del(k->nl, NULL);
	}
}

static int on_added(void *arg, int err)
{
	struct own_state *s = arg;
	struct xfrm_ro_state state = state_of(&s->hoa, &s->coa);

	if (err != -EEXIST)
		return err;
	xfrm_encode_state_update(begin(s->k), &state);
	nlb_commit(s->k->nl, s->txn, 0);
	return 0;
}

void own_state_add(struct own_state *s)
{
	struct xfrm_ro_state state = state_of(&s->hoa, &s->coa);

	xfrm_encode_state_add(begin(s->k), &state);
	nlb_commit_fn(s->k->nl, s->txn, on_added, s);
	del_larval(s->k, &s->hoa);
}

static int on_moved(void *arg, int err)
{
	struct own_state *s = arg;
	struct xfrm_ro_state state = state_of(&s->hoa, &s->coa);

	if (err != -ESRCH)
		return err;
	xfrm_encode_state_add(begin(s->k), &state);
	nlb_commit(s->k->nl, s->txn, 0);
	return 0;
}

void own_state_move(struct own_state *s)
{
	struct xfrm_ro_state state = state_of(&s->hoa, &s->coa);

	xfrm_encode_state_update(begin(s->k), &state);
	nlb_commit_fn(s->k->nl, s->txn, on_moved, s);
}

void own_state_force(struct kernel *k, const struct in6_addr *hoa,
		     const struct in6_addr *coa)
{
	struct xfrm_ro_state state = state_of(hoa, coa);

	xfrm_encode_state_add(begin(k), &state);
	nlb_commit(k->nl, NULL, EEXIST);
	xfrm_encode_state_update(begin(k), &state);
	nlb_commit(k->nl, NULL, 0);
}

void own_state_del(struct kernel *k, struct nlb_txn *txn,
		   const struct in6_addr *hoa)
{
	struct xfrm_ro_state state = state_of(hoa, &addr_any);

	xfrm_encode_state_del(begin(k), &state);
	nlb_commit_del(k->nl, txn);
}

/* ---- start and stop ---- */

int own_start(struct kernel *k)
{
	k->own = calloc(1, sizeof(*k->own));
	return k->own ? 0 : -ENOMEM;
}

void own_stop(struct kernel *k)
{
	struct kernel_own *own = k->own;
	struct policy_list none = { 0 };

	if (!own)
		return;
	policy_apply(k->nl, NULL, &own->policies, &none, false);
	nlb_flush(k->nl);
	kernel_xfrm_clean_own(k);
	policy_list_done(&own->policies);
	free(own->prefixes);
	free(own);
	k->own = NULL;
}
