/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which policies and associations are in force, and how they come to be what
 * is wanted (RFC 4877 sections 4.2, 4.3).
 *
 * Pure but for the port.  This file decides the order: an association comes
 * before the policy that asks for it and goes after it, a policy is replaced
 * and never absent, so that nothing leaves in clear at any time.  A handover
 * touches no association for signalling; in the tunnel, what is sent moves
 * (kernel_migrate), and what is received is taken at the new care-of address
 * and, until the next handover, at the old one.
 */
#include "mip6d/security.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/hash.h"
#include "mip6d/log.h"
#include "src/security/lists.h"

/* Hashed with its padding: cleared as a whole. */
struct tunnel_key {
	enum security_end end;
	struct in6_addr hoa, agent;
};

struct tunnel {
	struct tunnel_key key;
	struct in6_addr coa; /* ::: no binding */
	/* Of IKEv2's associations, 0: there are none; and the care-of
	 * addresses of the one that sends and the one that receives, whatever
	 * coa is. */
	uint32_t reqid;
	struct in6_addr sends_at, takes_at;
	unsigned int n_sas, n_old, n_sps;
	struct kernel_sa sas[SECURITY_SAS_MAX];
	struct kernel_sa old[SECURITY_SAS_MAX]; /* of the last handover */
	struct kernel_sp sps[SECURITY_SPS_MAX];
	bool unsure; /* the kernel refused some of it */
	UT_hash_handle hh;
};

struct security {
	struct kernel *k;
	struct security_plan plan; /* its realms are ours */
	struct seclist sas, sps;
	bool unsure; /* the kernel refused some of both */
	struct tunnel *tunnels;
};

struct security *security_new(struct kernel *k)
{
	struct security *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->k = k;
	s->sas = seclist_new(&seclist_sas);
	s->sps = seclist_new(&seclist_sps);
	return s;
}

/* ---- signalling ---- */

static bool covers(const struct security_realm *r,
		   const struct security_node *node)
{
	return prefix_contains(&r->hoa, &node->hoa) &&
	       (addr_eq(&r->agent, &node->agent) ||
		(r->end == SECURITY_NODE && addr_is_any(&r->agent)));
}

static void want_policies(const struct security_realm *r,
			  const struct in6_addr *agent, struct seclist *sps)
{
	struct kernel_sp sp[SECURITY_SPS_MAX];
	struct security_scope scope = {
		.end = r->end,
		.hoa = r->hoa,
		.agent = *agent,
		.reqid = SECURITY_REQID_SIGNALLING,
	};

	seclist_add(sps, sp, security_policies(&scope, sp));
}

/* Of the tunnel of a node; NULL: who has no keys that were given. */
static enum security_protect protect_of(const struct security_plan *plan,
					const struct security_node *node)
{
	return node && node->has_protect ? node->protect : plan->protect;
}

static void want_realm(const struct security_plan *plan,
		       const struct security_realm *r, struct seclist *sas,
		       struct seclist *sps)
{
	struct kernel_sa sa[SECURITY_SAS_MAX];
	struct kernel_sp sp[SECURITY_SPS_MAX];
	struct security_scope scope = {
		.end = r->end,
		.hoa = r->hoa,
		.agent = r->agent,
	};
	/* What of any node of the prefix may come by ESP. */
	enum security_protect most = plan->protect;
	unsigned int i;

	for (i = 0; plan->keys && i < plan->keys->n_nodes; i++) {
		const struct security_node *node = &plan->keys->nodes[i];

		if (!covers(r, node))
			continue;
		if (protect_of(plan, node) > most)
			most = node->protect;
		seclist_add(sas, sa, security_sas(node, r->end, sa));
		if (addr_is_any(&r->agent))
			want_policies(r, &node->agent, sps);
	}
	explicit_bzero(sa, sizeof(sa));
	if (!addr_is_any(&r->agent))
		want_policies(r, &r->agent, sps);
	seclist_add(sps, sp, security_prefix_policies(&scope, most, sp));
}

static int copy_plan(struct security *s, const struct security_plan *plan)
{
	struct security_realm *copy =
		calloc(plan->n_realms ? plan->n_realms : 1, sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	if (plan->n_realms)
		memcpy(copy, plan->realms, plan->n_realms * sizeof(*copy));
	free((void *)(uintptr_t)s->plan.realms);
	s->plan = *plan;
	s->plan.realms = copy;
	return 0;
}

/* What is known to be there like that. */
static const struct seclist *sure(bool unsure, const struct seclist *have)
{
	return unsure ? NULL : have;
}

static int tunnels_again(struct security *s);

static int bring(struct security *s, const struct seclist *sas,
		 const struct seclist *sps)
{
	int err = seclist_set(s->k, sure(s->unsure, &s->sas), sas);

	seclist_keep(&err, seclist_set(s->k, sure(s->unsure, &s->sps), sps));
	s->unsure = err != 0;
	seclist_keep(&err, tunnels_again(s));
	seclist_keep(&err, seclist_del(s->k, &s->sps, sps));
	seclist_keep(&err, seclist_del(s->k, &s->sas, sas));
	return err;
}

int security_apply(struct security *s, const struct security_plan *plan)
{
	struct seclist sas = seclist_new(&seclist_sas);
	struct seclist sps = seclist_new(&seclist_sps);
	unsigned int i;
	int err;

	for (i = 0; i < plan->n_realms; i++)
		want_realm(plan, &plan->realms[i], &sas, &sps);
	err = sas.bad || sps.bad ? -ENOMEM : copy_plan(s, plan);
	if (err) {
		seclist_done(&sas);
		seclist_done(&sps);
		return err;
	}
	seclist_sort(&sas);
	seclist_sort(&sps);
	err = bring(s, &sas, &sps);
	seclist_done(&s->sas);
	seclist_done(&s->sps);
	s->sas = sas;
	s->sps = sps;
	return err;
}

const struct security_keys *security_keys_in_force(const struct security *s)
{
	return s->plan.keys;
}

/* ---- tunnels ---- */

static bool in_realm(const struct security *s, enum security_end end,
		     const struct in6_addr *hoa, const struct in6_addr *agent)
{
	struct security_node node = { .hoa = *hoa, .agent = *agent };
	unsigned int i;

	for (i = 0; i < s->plan.n_realms; i++)
		if (s->plan.realms[i].end == end &&
		    covers(&s->plan.realms[i], &node))
			return true;
	return false;
}

const struct security_node *security_node_of(const struct security *s,
					     enum security_end end,
					     const struct in6_addr *hoa,
					     const struct in6_addr *agent)
{
	return s && in_realm(s, end, hoa, agent)
		       ? security_find(s->plan.keys, hoa, agent)
		       : NULL;
}

bool security_is_ready(const struct security *s, enum security_end end,
		       const struct in6_addr *hoa, const struct in6_addr *agent)
{
	return !s || security_node_of(s, end, hoa, agent);
}

bool security_tunnel_is_protected(const struct security *s,
				  enum security_end end,
				  const struct in6_addr *hoa,
				  const struct in6_addr *agent)
{
	return s && in_realm(s, end, hoa, agent) &&
	       protect_of(&s->plan, security_find(s->plan.keys, hoa, agent)) !=
		       SECURITY_SIGNALLING;
}

static struct tunnel_key key_of(enum security_end end,
				const struct in6_addr *hoa,
				const struct in6_addr *agent)
{
	struct tunnel_key key;

	memset(&key, 0, sizeof(key));
	key.end = end;
	key.hoa = *hoa;
	key.agent = *agent;
	return key;
}

static struct tunnel *find(struct security *s, enum security_end end,
			   const struct in6_addr *hoa,
			   const struct in6_addr *agent)
{
	struct tunnel_key key = key_of(end, hoa, agent);
	struct tunnel *t;

	HASH_FIND(hh, s->tunnels, &key, sizeof(key), t);
	return t;
}

/* What t should be at its care-of address. */
static void want_tunnel(const struct security *s, const struct tunnel *t,
			struct tunnel *ret)
{
	const struct security_node *node =
		security_find(s->plan.keys, &t->key.hoa, &t->key.agent);
	struct security_scope scope = {
		.end = t->key.end,
		.hoa = prefix_of(&t->key.hoa, 128),
		.agent = t->key.agent,
		.reqid = t->reqid ? t->reqid
			 : node   ? security_reqid_tunnel(node)
				  : SECURITY_REQID_NONE,
		.is_negotiated = t->reqid != 0,
	};
	enum security_protect protect =
		protect_of(&s->plan, t->reqid ? NULL : node);

	*ret = *t;
	ret->n_sas = ret->n_sps = 0;
	if (!in_realm(s, t->key.end, &t->key.hoa, &t->key.agent) ||
	    protect == SECURITY_SIGNALLING || addr_is_any(&t->coa))
		return;
	ret->n_sps =
		security_tunnel_policies(&scope, protect, &t->coa, ret->sps);
	if (node && !t->reqid)
		ret->n_sas = security_tunnel_sas(node, t->key.end, protect,
						 &t->coa, ret->sas);
}

static struct seclist sas_of(struct tunnel *t)
{
	return seclist_of(&seclist_sas, t->sas, t->n_sas);
}

static struct seclist sps_of(struct tunnel *t)
{
	return seclist_of(&seclist_sps, t->sps, t->n_sps);
}

static struct seclist old_of(struct tunnel *t)
{
	return seclist_of(&seclist_sas, t->old, t->n_old);
}

/* Brings the kernel from one to the other, with the old care-of address's
 * associations left to t->old. */
static int put_tunnel(struct security *s, struct tunnel *t, struct tunnel *want)
{
	struct seclist sas = sas_of(t), want_sas = sas_of(want);
	struct seclist sps = sps_of(t), want_sps = sps_of(want);
	int err;

	err = seclist_set(s->k, sure(t->unsure, &sas), &want_sas);
	seclist_keep(&err, seclist_set(s->k, sure(t->unsure, &sps), &want_sps));
	want->unsure = err != 0;
	seclist_keep(&err, seclist_del(s->k, &sps, &want_sps));
	seclist_keep(&err, seclist_del(s->k, &sas, &want_sas));
	return err;
}

static void take(struct tunnel *t, const struct tunnel *want)
{
	memcpy(t->sas, want->sas, sizeof(t->sas));
	memcpy(t->sps, want->sps, sizeof(t->sps));
	t->n_sas = want->n_sas;
	t->n_sps = want->n_sps;
	t->coa = want->coa;
	t->unsure = want->unsure;
}

static void forget_old(struct security *s, struct tunnel *t)
{
	struct seclist old = old_of(t), sas = sas_of(t);

	seclist_del(s->k, &old, &sas);
	t->n_old = 0;
}

/* With keys that are not used any more. */
static bool has_stale_keys(const struct tunnel *t)
{
	unsigned int i, j;

	for (i = 0; i < t->n_old; i++) {
		for (j = 0; j < t->n_sas; j++)
			if (t->sas[j].spi == t->old[i].spi)
				break;
		if (j == t->n_sas)
			return true;
	}
	return false;
}

static int tunnels_again(struct security *s)
{
	struct tunnel want, *t, *next;
	int err = 0;

	HASH_ITER(hh, s->tunnels, t, next) {
		want_tunnel(s, t, &want);
		seclist_keep(&err, put_tunnel(s, t, &want));
		take(t, &want);
		if (has_stale_keys(t))
			forget_old(s, t);
	}
	explicit_bzero(&want, sizeof(want));
	return err;
}

/* The association with which t sends, and its policy: always the first. */
static bool sends_with(const struct tunnel *t, const struct kernel_sa *sa)
{
	return t->key.end == SECURITY_AGENT ? addr_eq(&sa->src, &t->key.agent)
					    : addr_eq(&sa->dst, &t->key.agent);
}

/* What is sent moves: t's record of it is what the kernel has afterwards. */
static int migrate(struct security *s, struct tunnel *t,
		   const struct tunnel *want)
{
	struct kernel_migrate m = {
		.sp = t->sps[0],
		.tunnel_src = want->sps[0].tunnel_src,
		.tunnel_dst = want->sps[0].tunnel_dst,
	};
	int err = kernel_migrate(s->k, &m);
	unsigned int i;

	if (err)
		return err;
	t->sps[0] = want->sps[0];
	for (i = 0; i < t->n_sas; i++) {
		if (!sends_with(t, &t->sas[i]))
			continue;
		t->sas[i].src = m.tunnel_src;
		t->sas[i].dst = m.tunnel_dst;
	}
	return 0;
}

/* Those that receive at the old care-of address stay until the next
 * handover. */
static void set_old_aside(struct tunnel *t, struct tunnel *want)
{
	struct seclist want_sas = sas_of(want);
	unsigned int i, n = 0;

	for (i = 0; i < t->n_sas; i++) {
		if (!seclist_find(&want_sas, &t->sas[i]))
			t->old[t->n_old++] = t->sas[i];
		else
			t->sas[n++] = t->sas[i];
	}
	t->n_sas = n;
}

/* IKEv2's own that sends is where it was made or has moved to. */
static int fetch(struct security *s, struct tunnel *t,
		 const struct tunnel *want)
{
	struct kernel_sp there = want->sps[0];
	struct seclist sps = sps_of(t);
	struct seclist first = seclist_of(&seclist_sps, &there, 1);
	int err;

	if (!want->n_sps || addr_eq(&t->sends_at, &t->coa))
		return 0;
	if (t->key.end == SECURITY_NODE)
		there.tunnel_src = t->sends_at;
	else
		there.tunnel_dst = t->sends_at;
	err = seclist_set(s->k, sure(t->unsure, &sps), &first);
	if (err)
		return err;
	t->sps[0] = there;
	t->n_sps = t->n_sps ? t->n_sps : 1;
	err = migrate(s, t, want);
	if (!err)
		t->sends_at = t->coa;
	return err;
}

static int move(struct security *s, struct tunnel *t,
		const struct in6_addr *coa)
{
	struct tunnel want;
	int err = 0;

	forget_old(s, t);
	t->coa = *coa;
	want_tunnel(s, t, &want);
	/* Otherwise there is nothing to move, or it does not want to. */
	if (t->reqid)
		err = fetch(s, t, &want);
	else if (!t->unsure && t->n_sas && want.n_sps && t->n_sps)
		err = migrate(s, t, &want);
	if (err)
		log_debug("security: hoa=%s the tunnel is made anew: %s",
			  addr_str(&t->key.hoa), strerror(-err));
	else if (t->key.end == SECURITY_NODE)
		set_old_aside(t, &want);
	err = put_tunnel(s, t, &want);
	take(t, &want);
	explicit_bzero(&want, sizeof(want));
	return err;
}

static struct tunnel *tunnel_new(struct security *s, enum security_end end,
				 const struct in6_addr *hoa,
				 const struct in6_addr *agent)
{
	struct tunnel *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->key = key_of(end, hoa, agent);
	HASH_ADD(hh, s->tunnels, key, sizeof(t->key), t);
	if (!t->hh.tbl) {
		free(t);
		return NULL;
	}
	return t;
}

int security_tunnel_set(struct security *s, enum security_end end,
			const struct in6_addr *hoa,
			const struct in6_addr *agent,
			const struct in6_addr *coa)
{
	struct tunnel *t;

	if (!s || !in_realm(s, end, hoa, agent))
		return 0;
	t = find(s, end, hoa, agent);
	if (!t)
		t = tunnel_new(s, end, hoa, agent);
	if (!t)
		return -ENOMEM;
	return addr_eq(&t->coa, coa) && !t->unsure ? 0 : move(s, t, coa);
}

static void tunnel_free(struct security *s, struct tunnel *t)
{
	struct seclist sps = sps_of(t), sas = sas_of(t), old = old_of(t);

	seclist_del(s->k, &sps, NULL);
	seclist_del(s->k, &sas, NULL);
	seclist_del(s->k, &old, NULL);
	HASH_DELETE(hh, s->tunnels, t);
	explicit_bzero(t, sizeof(*t));
	free(t);
}

void security_tunnel_del(struct security *s, enum security_end end,
			 const struct in6_addr *hoa,
			 const struct in6_addr *agent)
{
	struct tunnel *t = s ? find(s, end, hoa, agent) : NULL;

	if (t && t->reqid)
		move(s, t, &addr_any);
	else if (t)
		tunnel_free(s, t);
}

/* ---- by IKEv2 ---- */

int security_tunnel_negotiated(struct security *s, enum security_end end,
			       const struct in6_addr *hoa,
			       const struct in6_addr *agent, uint32_t reqid,
			       const struct in6_addr *at)
{
	struct tunnel *t = s ? find(s, end, hoa, agent) : NULL;
	struct in6_addr coa;

	if (!s || (!t && !reqid))
		return 0;
	if (!t)
		t = tunnel_new(s, end, hoa, agent);
	if (!t)
		return -ENOMEM;
	t->reqid = reqid;
	t->sends_at = t->takes_at = reqid ? *at : addr_any;
	coa = t->coa;
	if (reqid || !addr_is_any(&coa))
		return move(s, t, &coa);
	tunnel_free(s, t);
	return 0;
}

static struct kernel_sa_move move_of(const struct tunnel *t, bool is_sent,
				     const struct in6_addr *from,
				     const struct in6_addr *to)
{
	const struct in6_addr *agent = &t->key.agent;

	if (is_sent == (t->key.end == SECURITY_NODE))
		return (struct kernel_sa_move){ t->reqid, *from, *agent, *to,
						*agent };
	return (struct kernel_sa_move){ t->reqid, *agent, *from, *agent, *to };
}

/* At home they come along, too: they are always where IKE is. */
unsigned int
security_tunnel_follow(struct security *s, enum security_end end,
		       const struct in6_addr *hoa, const struct in6_addr *agent,
		       const struct in6_addr *coa,
		       struct kernel_sa_move ret_moves[KERNEL_MIGRATE_SAS_MAX])
{
	struct tunnel *t = s ? find(s, end, hoa, agent) : NULL;
	const struct in6_addr *to;
	unsigned int n = 0;

	if (!t || !t->reqid)
		return 0;
	/* Where its policy is, if there is one. */
	to = addr_is_any(&t->coa) ? coa : &t->coa;
	if (!addr_eq(&t->sends_at, to))
		ret_moves[n++] = move_of(t, true, &t->sends_at, to);
	ret_moves[n++] = move_of(t, false, &t->takes_at, coa);
	t->takes_at = *coa;
	t->sends_at = *to;
	return n;
}

struct security *security_free(struct security *s)
{
	struct tunnel *t, *next;

	if (!s)
		return NULL;
	HASH_ITER(hh, s->tunnels, t, next)
		tunnel_free(s, t);
	seclist_del(s->k, &s->sps, NULL);
	seclist_del(s->k, &s->sas, NULL);
	seclist_done(&s->sas);
	seclist_done(&s->sps);
	free((void *)(uintptr_t)s->plan.realms);
	free(s);
	return NULL;
}
