/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mobile node's side of the kernel port.
 *
 * What is wanted for each home address is collected, and at the end of the
 * turn the difference to what is there leaves in one batch: first what new
 * traffic needs (rule and table of a care-of address, the tunnel's new end),
 * then the home addresses, then what nobody uses any more.  This file decides
 * that order, and that a request which failed half way is undone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/netlink/kmn_priv.h"

/* ---- reconciliation ---- */

struct reconcile {
	struct nlb_txn txn; /* first */
	struct kernel_mn *mn;
};

static bool is_dirty(const struct kernel_mn *mn)
{
	int h;

	for (h = 0; h < KMN_MAX_HOMES; h++)
		if (mn->homes[h].dirty)
			return true;
	return mn->rules_dirty;
}

static int prepare_home(struct kernel_mn *mn, struct kmn_home *h,
			struct nlb_txn *txn)
{
	const struct kernel_mn_home *w = &h->want;

	h->coa = -1;
	if (w->place == KERNEL_MN_AWAY && !addr_is_any(&w->coa_router)) {
		h->coa = kmn_coa_set(mn, txn, w);
		if (h->coa < 0)
			return h->coa;
	}
	return 0;
}

/* RETURNING needs no tunnel that is not there already. */
static int give_tunnel(struct kernel_mn *mn, struct kmn_home *h)
{
	int had = h->tunnel;

	h->tunnel = -1;
	if (!kmn_wants_tunnel(&h->want))
		return 0;
	if (h->want.place == KERNEL_MN_RETURNING) {
		h->tunnel = had;
		return 0;
	}
	h->tunnel = kmn_tunnel_get(mn, &h->want.ha, &h->want.coa);
	if (h->tunnel < 0)
		return h->tunnel;
	kmn_tunnel_receive(mn, &h->want.ha);
	return 0;
}

static int apply(struct kernel_mn *mn, struct nlb_txn *txn)
{
	int err = 0, e, h;

	for (h = 0; h < KMN_MAX_HOMES; h++)
		if (mn->homes[h].dirty) {
			e = prepare_home(mn, &mn->homes[h], txn);
			err = err ? err : e;
		}
	kmn_tunnel_move(mn, txn);
	for (h = 0; h < KMN_MAX_HOMES; h++)
		if (mn->homes[h].dirty) {
			e = give_tunnel(mn, &mn->homes[h]);
			err = err ? err : e;
		}
	for (h = 0; h < KMN_MAX_HOMES; h++)
		if (mn->homes[h].dirty)
			kmn_home_apply(mn, &mn->homes[h], txn);
	kmn_tunnel_sweep(mn, txn);
	e = kmn_rules_apply(mn, txn);
	err = err ? err : e;
	kmn_coa_sweep(mn, txn);
	kmn_listen_update(mn);
	return err;
}

static void answer(struct kmn_home *h, int err)
{
	struct kernel_op *op;

	while ((op = h->ops)) {
		h->ops = op->next;
		kernel_op_done(op, err);
	}
}

/* When it failed, each home address that took part goes back to what it had;
 * that runs right after this flush, and its own errors are beyond help. */
static void on_applied(struct nlb_txn *txn, int err)
{
	struct reconcile *rec = (struct reconcile *)txn;
	struct kernel_mn *mn = rec->mn;
	int h;

	for (h = 0; h < KMN_MAX_HOMES; h++) {
		struct kmn_home *home = &mn->homes[h];

		if (!home->dirty)
			continue;
		home->dirty = false;
		if (err && !mn->undo) {
			home->want = home->before;
			home->dirty = true;
		}
		answer(home, err);
	}
	mn->rules_unsure = err;
	if (err && !mn->undo)
		log_warning("kernel: %s, going back", strerror(-err));
	mn->undo = err && !mn->undo;
	free(rec);
}

bool kernel_mn_reconcile(struct kernel *k)
{
	struct kernel_mn *mn = k->mn;
	struct reconcile *rec;
	int err;

	if (!mn || !is_dirty(mn))
		return false;
	rec = calloc(1, sizeof(*rec));
	if (!rec)
		return false; /* dirty still: the next turn tries again */
	rec->mn = mn;
	mn->rules_dirty = false;
	nlb_txn_begin(&rec->txn, on_applied);
	kmn_tunnel_check(mn);
	err = apply(mn, &rec->txn);
	nlb_txn_end(k->nl, &rec->txn, err);
	return true;
}

/* ---- requests ---- */

int kernel_mn_home_set(struct kernel *k, const struct kernel_key *key,
		       const struct kernel_mn_home *want)
{
	struct kernel_op *op;
	struct kmn_home *h;

	if (!k->mn)
		return -ENODEV;
	if (want->index >= KMN_MAX_HOMES)
		return -ENOSPC;
	op = calloc(1, sizeof(*op));
	if (!op)
		return -ENOMEM;
	op->k = k;
	if (key) {
		op->key = *key;
		op->has_key = true;
	}
	h = &k->mn->homes[want->index];
	if (!h->dirty)
		h->before = h->have;
	h->want = *want;
	h->dirty = true;
	if (want->place == KERNEL_MN_NONE)
		h->bound = false;
	op->next = h->ops;
	h->ops = op;
	kernel_kick(k);
	return 0;
}

int kernel_mn_rules_set(struct kernel *k, const struct kernel_rule *rules,
			unsigned int n_rules)
{
	int err;

	if (!k->mn)
		return -ENODEV;
	err = kmn_rules_copy(k->mn, rules, n_rules);
	if (err)
		return err;
	k->mn->rules_dirty = true;
	k->mn->pairs_stale = true;
	kernel_kick(k);
	return 0;
}

void kernel_mn_bound_set(struct kernel *k, unsigned int index, bool bound)
{
	if (!k->mn || index >= KMN_MAX_HOMES ||
	    k->mn->homes[index].bound == bound)
		return;
	k->mn->homes[index].bound = bound;
	k->mn->rules_dirty = true;
	kernel_kick(k);
}

bool kernel_mn_is_tunnel(struct kernel *k, int ifindex)
{
	int i;

	for (i = 0; k->mn && i < KMN_MAX_HOMES; i++)
		if (k->mn->tunnels[i].used &&
		    k->mn->tunnels[i].ifindex == ifindex)
			return true;
	return false;
}

/* ---- start and stop ---- */

static void clean(struct kernel *k, const char *prefix)
{
	kernel_xfrm_clean(k);
	leftover_addrs(k, PROTO_MN);
	leftover_rules(k, PROTO_MN);
	leftover_routes(k, PROTO_MN);
	leftover_links(k, prefix, false);
	nlb_flush(k->nl);
}

static int new_mn(struct kernel *k, const struct kernel_mn_conf *conf,
		  struct kernel_mn **ret_mn)
{
	struct kernel_mn *mn = calloc(1, sizeof(*mn));
	int err, h;

	if (!mn)
		return -ENOMEM;
	mn->k = k;
	memcpy(mn->prefix, conf->tunnel_prefix, sizeof(mn->prefix));
	mn->prefix[IF_NAMESIZE - 1] = '\0';
	mn->table_base = conf->table_base;
	mn->rule_base = conf->rule_base;
	for (h = 0; h < KMN_MAX_HOMES; h++)
		mn->homes[h].coa = mn->homes[h].tunnel = -1;
	err = kmn_rules_copy(mn, conf->rules, conf->n_rules);
	if (err) {
		free(mn);
		return err;
	}
	*ret_mn = mn;
	return 0;
}

int kernel_mn_start(struct kernel *k, const struct kernel_mn_conf *conf)
{
	int err;

	if (k->mn)
		return -EALREADY;
	err = new_mn(k, conf, &k->mn);
	if (err)
		return err;
	clean(k, k->mn->prefix);
	err = kernel_ro_start(k);
	if (!err)
		err = kernel_xfrm_use(k, KERNEL_USER_MN, true);
	if (err) {
		log_error("kernel: XFRM refuses the type 2 routing header: "
			  "%s",
			  strerror(-err));
		kernel_mn_stop(k);
	}
	return err;
}

/* Orderly first, so that what is shared goes in its order, and then whatever
 * carries our tags still. */
void kernel_mn_stop(struct kernel *k)
{
	struct kernel_mn *mn = k->mn;
	int h;

	if (!mn)
		return;
	for (h = 0; h < KMN_MAX_HOMES; h++) {
		struct kmn_home *home = &mn->homes[h];

		if (home->have.place == KERNEL_MN_NONE && !home->dirty)
			continue;
		home->want = home->have;
		home->want.place = KERNEL_MN_NONE;
		home->before = home->want;
		home->dirty = true;
	}
	kernel_mn_reconcile(k);
	nlb_flush(k->nl);
	for (h = 0; h < KMN_MAX_HOMES; h++)
		answer(&mn->homes[h], -ECANCELED);
	kernel_ro_stop(k, KERNEL_RO_LOCAL);
	kernel_xfrm_clean_larval(k);
	clean(k, mn->prefix);
	kmn_listen_done(mn);
	kmn_rules_done(mn);
	free(mn);
	k->mn = NULL;
	kernel_xfrm_use(k, KERNEL_USER_MN, false);
	kernel_flow_done(k);
}
