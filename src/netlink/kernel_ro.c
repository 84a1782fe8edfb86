/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Route optimisation (RFC 6275 sections 6.3, 6.4, 9.3 and 11.3): the XFRM
 * states, and where the peer has a binding the policies, of each pair of
 * addresses.
 *
 * An end that is away has two states: one puts its care-of address into what
 * leaves, the other takes it from what arrives.
 *
 *     LOCAL   out: Home Address option     in: type 2 routing header
 *     PEER    out: type 2 routing header   in: Home Address option
 *
 * This file decides which exist, that a failed request leaves what was there
 * before, and how usage is counted: by the states, and by what a state had
 * counted when it was withdrawn.  Which policies refer to them is left to
 * ro_policy.c.
 */
#include <errno.h>
#include <linux/xfrm.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/hash.h"
#include "mip6d/log.h"
#include "src/netlink/kmn_priv.h"
#include "src/netlink/nldec.h"
#include "src/netlink/pmtu.h"
#include "src/netlink/policy_apply.h"

struct ro_count {
	uint64_t packets, octets;
};

struct ro_end {
	bool on, send;
	struct in6_addr coa;
	uint32_t serial; /* of the request that made it so */
};

struct ro_id {
	struct in6_addr local, peer;
};

struct ro_pair {
	struct ro_id id;
	struct ro_end ends[2];       /* by enum kernel_ro_end */
	struct ro_count out[2];      /* of states that were withdrawn */
	struct policy_list policies; /* installed, or queued */
	unsigned int requests;       /* under way */
	bool lost; /* somebody else removed a state, and who knows what more */
	UT_hash_handle hh;
};

struct kernel_ro_table {
	struct ro_pair *pairs;
	uint32_t serial;
	bool relookup; /* a state is new that existing connections shall use */
};

struct ro_op {
	struct kernel_op op; /* first: kernel_op_done frees it */
	struct ro_pair *pair;
	enum kernel_ro_end end;
	struct ro_end before;
	uint32_t serial;
};

struct usage_op {
	struct kernel_op op; /* first */
	struct kernel_usage usage;
	struct ro_id id;
	struct ro_count out, in;
	unsigned int uncounted_out, uncounted_in; /* octets of a packet */
};

/* ---- states ---- */

static struct xfrm_ro_state state_out(const struct ro_id *id,
				      enum kernel_ro_end end)
{
	return (struct xfrm_ro_state){
		.kind = end == KERNEL_RO_LOCAL ? XFRM_RO_HAO : XFRM_RO_RH2,
		.src = id->local,
		.dst = id->peer,
		.relookup = true,
	};
}

static struct xfrm_ro_state state_in(const struct ro_id *id,
				     enum kernel_ro_end end)
{
	return (struct xfrm_ro_state){
		.kind = end == KERNEL_RO_LOCAL ? XFRM_RO_RH2 : XFRM_RO_HAO,
		.src = id->peer,
		.dst = id->local,
	};
}

/* Added and updated: the kernel may have one that waits for an answer, and
 * the one of before has another care-of address. */
static void put_state(struct kernel *k, struct nlb_txn *txn,
		      struct xfrm_ro_state s, const struct in6_addr *coa)
{
	s.coa = *coa;
	xfrm_encode_state_add(nlb_begin(k->nl, NLB_XFRM), &s);
	nlb_commit(k->nl, txn, EEXIST);
	xfrm_encode_state_update(nlb_begin(k->nl, NLB_XFRM), &s);
	nlb_commit(k->nl, txn, 0);
}

static void del_state(struct kernel *k, struct nlb_txn *txn,
		      struct xfrm_ro_state s)
{
	xfrm_encode_state_del(nlb_begin(k->nl, NLB_XFRM), &s);
	nlb_commit_del(k->nl, txn);
}

static void count(void *arg, const struct nlmsghdr *nlh)
{
	const struct xfrm_usersa_info *sa = nldec_fixed(nlh, sizeof(*sa));
	struct ro_count *c = arg;

	if (!sa || nlh->nlmsg_type != XFRM_MSG_NEWSA)
		return;
	c->packets += sa->curlft.packets;
	c->octets += sa->curlft.bytes;
}

/* `tolerate` ESRCH where a state that is gone has counted nothing. */
static void count_state(struct kernel *k, struct nlb_txn *txn, int tolerate,
			struct xfrm_ro_state s, struct ro_count *c)
{
	xfrm_encode_state_get(nlb_begin(k->nl, NLB_XFRM), &s);
	nlb_commit_get(k->nl, txn, tolerate, count, c);
}

/* From `was` to what pair->ends says.  A state that is not used any more
 * while its end lives on leaves its count behind. */
static void apply_end(struct kernel *k, struct nlb_txn *txn,
		      struct ro_pair *pair, enum kernel_ro_end end,
		      const struct ro_end *was)
{
	struct xfrm_ro_state in = state_in(&pair->id, end);
	struct xfrm_ro_state out = state_out(&pair->id, end);
	const struct ro_end *now = &pair->ends[end];
	bool sent = was->on && was->send, sends = now->on && now->send;

	if (now->on)
		put_state(k, txn, in, &now->coa);
	if (sends)
		put_state(k, txn, out, &now->coa);
	/* The peer's end brings policies, which do as well. */
	if (sends && !sent && end == KERNEL_RO_LOCAL)
		k->ro->relookup = true;
	if (sent && !sends) {
		if (now->on)
			count_state(k, txn, ESRCH, out, &pair->out[end]);
		del_state(k, txn, out);
	}
	if (was->on && !now->on) {
		del_state(k, txn, in);
		pair->out[end] = (struct ro_count){ 0 };
	}
}

static int apply_policies(struct kernel *k, struct nlb_txn *txn,
			  struct ro_pair *pair, bool unsure)
{
	struct ro_rules rules = kmn_rules_of(k, &pair->id.local);
	struct policy_list want = { 0 };

	if (pair->ends[KERNEL_RO_PEER].on)
		ro_policies_of_pair(&want, &rules, &pair->id.local,
				    &pair->id.peer);
	return policy_apply(k->nl, txn, &pair->policies, &want, unsure);
}

/* ---- the table ---- */

static struct ro_pair *find(struct kernel *k, const struct ro_id *id)
{
	struct ro_pair *pair = NULL;

	if (k->ro)
		HASH_FIND(hh, k->ro->pairs, id, sizeof(*id), pair);
	return pair;
}

static struct ro_pair *need(struct kernel *k, const struct ro_id *id)
{
	struct ro_pair *pair = find(k, id);

	if (pair)
		return pair;
	pair = calloc(1, sizeof(*pair));
	if (!pair)
		return NULL;
	pair->id = *id;
	HASH_ADD(hh, k->ro->pairs, id, sizeof(pair->id), pair);
	if (!pair->hh.tbl) {
		free(pair);
		return NULL;
	}
	return pair;
}

static void drop_unused(struct kernel *k, struct ro_pair *pair)
{
	if (pair->requests || pair->ends[KERNEL_RO_LOCAL].on ||
	    pair->ends[KERNEL_RO_PEER].on)
		return;
	HASH_DEL(k->ro->pairs, pair);
	policy_list_done(&pair->policies);
	free(pair);
}

/* ---- requests ---- */

static struct ro_id id_of(const struct kernel_ro *ro)
{
	return (struct ro_id){ ro->local, ro->peer };
}

static bool is_started(const struct kernel *k, enum kernel_ro_end end)
{
	return end == KERNEL_RO_LOCAL ? k->mn != NULL : k->cn;
}

static void undo(struct kernel *k, struct ro_op *r)
{
	struct ro_end failed = r->pair->ends[r->end];

	/* A later request has said something else since. */
	if (failed.serial != r->serial || !is_started(k, r->end))
		return;
	r->pair->ends[r->end] = r->before;
	apply_end(k, NULL, r->pair, r->end, &failed);
	apply_policies(k, NULL, r->pair, true);
}

static void on_answered(struct nlb_txn *txn, int err)
{
	struct ro_op *r = (struct ro_op *)txn;
	struct kernel *k = r->op.k;

	if (err)
		undo(k, r);
	r->pair->requests--;
	drop_unused(k, r->pair);
	kernel_op_done(&r->op, err);
}

static void begin_op(struct kernel *k, struct kernel_op *op,
		     const struct kernel_key *key, nlb_txn_fn *fn)
{
	op->k = k;
	if (key) {
		op->key = *key;
		op->has_key = true;
	}
	nlb_txn_begin(&op->txn, fn);
	kernel_kick(k);
}

static int change(struct kernel *k, const struct kernel_key *key,
		  const struct kernel_ro *ro, const struct ro_end *to)
{
	struct ro_id id = id_of(ro);
	struct ro_pair *pair;
	struct ro_op *r;
	int err;

	if (!is_started(k, ro->end))
		return -ENODEV;
	r = calloc(1, sizeof(*r));
	pair = r ? need(k, &id) : NULL;
	if (!pair) {
		free(r);
		return -ENOMEM;
	}
	r->pair = pair;
	r->end = ro->end;
	r->before = pair->ends[ro->end];
	r->serial = ++k->ro->serial;
	pair->requests++;
	pair->ends[ro->end] = *to;
	pair->ends[ro->end].serial = r->serial;
	begin_op(k, &r->op, key, on_answered);
	/* Policies first where they go, and last where they come. */
	if (!to->on)
		apply_policies(k, &r->op.txn, pair, false);
	apply_end(k, &r->op.txn, pair, ro->end, &r->before);
	err = to->on ? apply_policies(k, &r->op.txn, pair, pair->lost) : 0;
	pair->lost &= !to->on;
	nlb_txn_end(k->nl, &r->op.txn, err);
	return 0;
}

int kernel_ro_set(struct kernel *k, const struct kernel_key *key,
		  const struct kernel_ro *ro)
{
	struct ro_end to = {
		.on = true,
		.send = ro->send || ro->end == KERNEL_RO_PEER,
		.coa = ro->coa,
	};

	return change(k, key, ro, &to);
}

int kernel_ro_del(struct kernel *k, const struct kernel_key *key,
		  const struct kernel_ro *ro)
{
	struct ro_end off = { .on = false };

	return change(k, key, ro, &off);
}

/* ---- usage ---- */

#define IP_OCTETS     40
#define HEADER_OCTETS 24 /* an option's or a routing header */

static void on_counted(struct nlb_txn *txn, int err)
{
	struct usage_op *u = (struct usage_op *)txn;

	if (err == -ESRCH) {
		struct ro_pair *pair = find(u->op.k, &u->id);

		err = -ENOENT;
		if (pair)
			pair->lost = true;
	}
	u->usage.err = u->usage.err ? u->usage.err : err;
	u->usage.packets_out = u->out.packets;
	u->usage.octets_out = u->out.octets + u->out.packets * u->uncounted_out;
	u->usage.packets_in = u->in.packets;
	u->usage.octets_in = u->in.octets + u->in.packets * u->uncounted_in;
	kernel_op_done(&u->op, u->usage.err);
}

/* What leaves is counted before the state's own header is put in, and the
 * option comes before the routing header; what arrives behind the IPv6 header,
 * and behind the routing header where it is the option's state that counts. */
static void count_pair(struct kernel *k, struct usage_op *u,
		       const struct ro_pair *pair, enum kernel_ro_end end)
{
	const struct ro_end *ends = pair->ends;
	bool both = ends[KERNEL_RO_LOCAL].on && ends[KERNEL_RO_PEER].on;
	struct nlb_txn *txn = &u->op.txn;

	u->uncounted_out = IP_OCTETS + HEADER_OCTETS;
	u->uncounted_in = IP_OCTETS;
	if (both)
		u->uncounted_in += HEADER_OCTETS;
	if (both && end == KERNEL_RO_LOCAL)
		u->uncounted_out += HEADER_OCTETS;
	u->out = pair->out[end];
	if (ends[end].send)
		count_state(k, txn, 0, state_out(&pair->id, end), &u->out);
	/* With both headers the routing header is taken by the wildcard state:
	 * it comes first, and the peer's home address is not known yet. */
	count_state(k, txn, 0, state_in(&pair->id, both ? KERNEL_RO_PEER : end),
		    &u->in);
}

int kernel_ro_usage_get(struct kernel *k, const struct kernel_key *key,
			const struct kernel_ro *ro)
{
	struct usage_op *u = calloc(1, sizeof(*u));
	struct ro_id id = id_of(ro);
	struct ro_pair *pair = find(k, &id);

	if (!u)
		return -ENOMEM;
	begin_op(k, &u->op, key, on_counted);
	u->usage.key = *key;
	u->id = id;
	u->op.usage = &u->usage;
	if (pair && pair->ends[ro->end].on)
		count_pair(k, u, pair, ro->end);
	else
		u->usage.err = -ENOENT;
	nlb_txn_end(k->nl, &u->op.txn, 0);
	return 0;
}

bool kernel_ro_is_bound(struct kernel *k, const struct in6_addr *local,
			const struct in6_addr *peer, const struct in6_addr *coa)
{
	struct ro_id id = { .local = *local, .peer = *peer };
	const struct ro_pair *pair = find(k, &id);

	return pair && pair->ends[KERNEL_RO_PEER].on &&
	       addr_eq(&pair->ends[KERNEL_RO_PEER].coa, coa);
}

bool kernel_ro_has_peer(struct kernel *k, const struct in6_addr *local,
			const struct in6_addr *peer)
{
	struct ro_id id = { .local = *local, .peer = *peer };
	const struct ro_pair *pair = find(k, &id);

	return pair && pair->ends[KERNEL_RO_PEER].on;
}

/* ---- path MTU ---- */

/* True when packets of the pair leave with these addresses. */
static bool leaves_as(const struct ro_pair *pair,
		      const struct kernel_too_big *e)
{
	const struct ro_end *us = &pair->ends[KERNEL_RO_LOCAL];
	const struct ro_end *them = &pair->ends[KERNEL_RO_PEER];
	bool hao = us->on && us->send;

	return (hao || them->on) &&
	       addr_eq(&e->src, hao ? &us->coa : &pair->id.local) &&
	       addr_eq(&e->dst, them->on ? &them->coa : &pair->id.peer);
}

int kernel_ro_too_big(struct kernel *k, const struct kernel_too_big *e)
{
	struct ro_id id = { .local = e->local, .peer = e->peer };
	struct ro_pair *pair = find(k, &id);

	if (!pair || !leaves_as(pair, e))
		return -ENOENT;
	return pmtu_tell(&e->src, &e->dst, e->mtu);
}

/* ---- what others cause ---- */

void kernel_ro_refresh(struct kernel *k)
{
	struct ro_pair *pair, *next;

	if (!k->ro)
		return;
	HASH_ITER(hh, k->ro->pairs, pair, next)
		if (apply_policies(k, NULL, pair, false))
			log_error("kernel: policies of %s and %s: out of "
				  "memory",
				  addr_str(&pair->id.local),
				  addr_str(&pair->id.peer));
}

void kernel_ro_turn(struct kernel *k)
{
	if (!k->ro || !k->ro->relookup)
		return;
	k->ro->relookup = false;
	kernel_xfrm_relookup(k);
}

int kernel_ro_start(struct kernel *k)
{
	if (!k->ro)
		k->ro = calloc(1, sizeof(*k->ro));
	return k->ro ? 0 : -ENOMEM;
}

void kernel_ro_stop(struct kernel *k, enum kernel_ro_end end)
{
	struct ro_pair *pair, *next;

	if (!k->ro)
		return;
	nlb_flush(k->nl); /* ends every request under way */
	HASH_ITER(hh, k->ro->pairs, pair, next) {
		struct ro_end was = pair->ends[end];

		pair->ends[end] = (struct ro_end){ .on = false };
		apply_policies(k, NULL, pair, false);
		apply_end(k, NULL, pair, end, &was);
		drop_unused(k, pair);
	}
	k->ro->relookup = false;
	nlb_flush(k->nl);
}

void kernel_ro_done(struct kernel *k)
{
	free(k->ro);
	k->ro = NULL;
}

/* ---- the correspondent ---- */

int kernel_cn_start(struct kernel *k)
{
	int err;

	if (k->cn)
		return -EALREADY;
	err = kernel_ro_start(k);
	if (err)
		return err;
	k->cn = true;
	kernel_xfrm_clean(k);
	err = kernel_xfrm_use(k, KERNEL_USER_CN, true);
	if (err) {
		log_error("kernel: XFRM refuses the Home Address option: %s",
			  strerror(-err));
		kernel_cn_stop(k);
	}
	return err;
}

void kernel_cn_stop(struct kernel *k)
{
	if (!k->cn)
		return;
	kernel_ro_stop(k, KERNEL_RO_PEER);
	k->cn = false;
	kernel_xfrm_use(k, KERNEL_USER_CN, false);
}
