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

#include "mip6d/log.h"

struct tunnel {
	enum security_end end;
	struct in6_addr hoa, agent, coa;
	unsigned int n_sas, n_old, n_sps;
	struct kernel_sa sas[SECURITY_SAS_MAX];
	struct kernel_sa old[SECURITY_SAS_MAX]; /* of the last handover */
	struct kernel_sp sps[SECURITY_SPS_MAX];
	struct tunnel *next;
};

struct sa_list {
	struct kernel_sa *v;
	unsigned int n, max;
	bool bad; /* memory was short */
};

struct sp_list {
	struct kernel_sp *v;
	unsigned int n, max;
	bool bad;
};

struct security {
	struct kernel *k;
	struct security_plan plan; /* its realms are ours */
	struct sa_list sas;
	struct sp_list sps;
	struct tunnel *tunnels;
};

struct security *security_new(struct kernel *k)
{
	struct security *s = calloc(1, sizeof(*s));

	if (s)
		s->k = k;
	return s;
}

/* ---- comparison ---- */

static bool esp_eq(const struct kernel_esp *a, const struct kernel_esp *b)
{
	return a->cipher == b->cipher && a->auth == b->auth &&
	       !memcmp(a->cipher_key, b->cipher_key, sizeof(a->cipher_key)) &&
	       !memcmp(a->auth_key, b->auth_key, sizeof(a->auth_key));
}

static bool same_sa(const struct kernel_sa *a, const struct kernel_sa *b)
{
	return a->spi == b->spi && addr_eq(&a->dst, &b->dst);
}

static bool sa_eq(const struct kernel_sa *a, const struct kernel_sa *b)
{
	return same_sa(a, b) && a->mode == b->mode &&
	       addr_eq(&a->src, &b->src) && a->reqid == b->reqid &&
	       prefix_eq(&a->sel_src, &b->sel_src) &&
	       prefix_eq(&a->sel_dst, &b->sel_dst) &&
	       a->sel_proto == b->sel_proto && esp_eq(&a->esp, &b->esp);
}

/* One replaces the other. */
static bool same_sp(const struct kernel_sp *a, const struct kernel_sp *b)
{
	return a->dir == b->dir && prefix_eq(&a->src, &b->src) &&
	       prefix_eq(&a->dst, &b->dst) && a->proto == b->proto &&
	       a->type == b->type && a->ifindex == b->ifindex;
}

static bool sp_eq(const struct kernel_sp *a, const struct kernel_sp *b)
{
	return same_sp(a, b) && a->action == b->action &&
	       a->priority == b->priority && a->mode == b->mode &&
	       addr_eq(&a->tunnel_src, &b->tunnel_src) &&
	       addr_eq(&a->tunnel_dst, &b->tunnel_dst) && a->reqid == b->reqid;
}

/* ---- lists ---- */

/* An association and a policy in a list by a predicate. */
static bool
has_sa(const struct kernel_sa *v, unsigned int n, const struct kernel_sa *sa,
       bool (*like)(const struct kernel_sa *, const struct kernel_sa *))
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (like(&v[i], sa))
			return true;
	return false;
}

static bool
has_sp(const struct kernel_sp *v, unsigned int n, const struct kernel_sp *sp,
       bool (*like)(const struct kernel_sp *, const struct kernel_sp *))
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (like(&v[i], sp))
			return true;
	return false;
}

static void add_sas(struct sa_list *list, const struct kernel_sa *v,
		    unsigned int n)
{
	struct kernel_sa *larger;
	unsigned int max = 2 * (list->max + n);

	if (list->n + n > list->max) {
		larger = reallocarray(list->v, max, sizeof(*larger));
		if (!larger) {
			list->bad = true;
			return;
		}
		list->v = larger;
		list->max = max;
	}
	memcpy(list->v + list->n, v, n * sizeof(*v));
	list->n += n;
}

static void add_sps(struct sp_list *list, const struct kernel_sp *v,
		    unsigned int n)
{
	struct kernel_sp *larger;
	unsigned int max = 2 * (list->max + n);

	if (list->n + n > list->max) {
		larger = reallocarray(list->v, max, sizeof(*larger));
		if (!larger) {
			list->bad = true;
			return;
		}
		list->v = larger;
		list->max = max;
	}
	memcpy(list->v + list->n, v, n * sizeof(*v));
	list->n += n;
}

static void sa_list_done(struct sa_list *list)
{
	if (list->v)
		explicit_bzero(list->v, list->max * sizeof(*list->v));
	free(list->v);
	*list = (struct sa_list){ 0 };
}

static void sp_list_done(struct sp_list *list)
{
	free(list->v);
	*list = (struct sp_list){ 0 };
}

/* ---- differences ---- */

static void keep(int *err, int e)
{
	if (!*err)
		*err = e;
}

/* Removals first where the same key changes hands within a list. */
static int set_sas(struct kernel *k, const struct kernel_sa *have,
		   unsigned int n_have, const struct kernel_sa *want,
		   unsigned int n_want)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < n_want; i++)
		if (!has_sa(have, n_have, &want[i], sa_eq))
			keep(&err, kernel_sa_set(k, &want[i]));
	return err;
}

static int del_sas(struct kernel *k, const struct kernel_sa *have,
		   unsigned int n_have, const struct kernel_sa *want,
		   unsigned int n_want)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < n_have; i++)
		if (!has_sa(want, n_want, &have[i], same_sa))
			keep(&err, kernel_sa_del(k, &have[i]));
	return err;
}

static int set_sps(struct kernel *k, const struct kernel_sp *have,
		   unsigned int n_have, const struct kernel_sp *want,
		   unsigned int n_want)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < n_want; i++)
		if (!has_sp(have, n_have, &want[i], sp_eq))
			keep(&err, kernel_sp_set(k, &want[i]));
	return err;
}

static int del_sps(struct kernel *k, const struct kernel_sp *have,
		   unsigned int n_have, const struct kernel_sp *want,
		   unsigned int n_want)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < n_have; i++)
		if (!has_sp(want, n_want, &have[i], same_sp))
			keep(&err, kernel_sp_del(k, &have[i]));
	return err;
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
			  const struct in6_addr *agent, struct sp_list *sps)
{
	struct kernel_sp sp[SECURITY_SPS_MAX];
	struct security_scope scope = {
		.end = r->end,
		.hoa = r->hoa,
		.agent = *agent,
		.reqid = SECURITY_REQID_SIGNALLING,
	};

	add_sps(sps, sp, security_policies(&scope, sp));
}

static void want_realm(const struct security_plan *plan,
		       const struct security_realm *r, struct sa_list *sas,
		       struct sp_list *sps)
{
	struct kernel_sa sa[SECURITY_SAS_MAX];
	struct kernel_sp sp[SECURITY_SPS_MAX];
	struct security_scope scope = {
		.end = r->end,
		.hoa = r->hoa,
		.agent = r->agent,
	};
	unsigned int i;

	for (i = 0; plan->keys && i < plan->keys->n_nodes; i++) {
		const struct security_node *node = &plan->keys->nodes[i];

		if (!covers(r, node))
			continue;
		add_sas(sas, sa, security_sas(node, r->end, sa));
		if (addr_is_any(&r->agent))
			want_policies(r, &node->agent, sps);
	}
	explicit_bzero(sa, sizeof(sa));
	if (!addr_is_any(&r->agent))
		want_policies(r, &r->agent, sps);
	add_sps(sps, sp,
		security_prefix_policies(&scope, plan->protect,
					 plan->tunnel_ifindex, sp));
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

static int tunnels_again(struct security *s);

int security_apply(struct security *s, const struct security_plan *plan)
{
	struct sa_list sas = { 0 };
	struct sp_list sps = { 0 };
	unsigned int i;
	int err;

	for (i = 0; i < plan->n_realms; i++)
		want_realm(plan, &plan->realms[i], &sas, &sps);
	err = sas.bad || sps.bad ? -ENOMEM : copy_plan(s, plan);
	if (err) {
		sa_list_done(&sas);
		sp_list_done(&sps);
		return err;
	}
	keep(&err, set_sas(s->k, s->sas.v, s->sas.n, sas.v, sas.n));
	keep(&err, set_sps(s->k, s->sps.v, s->sps.n, sps.v, sps.n));
	keep(&err, tunnels_again(s));
	keep(&err, del_sps(s->k, s->sps.v, s->sps.n, sps.v, sps.n));
	keep(&err, del_sas(s->k, s->sas.v, s->sas.n, sas.v, sas.n));
	sa_list_done(&s->sas);
	sp_list_done(&s->sps);
	s->sas = sas;
	s->sps = sps;
	return err;
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

/* Where a realm names the agent its policies are there, whoever brings the
 * keys; else they come with the keys. */
bool security_is_ready(const struct security *s, enum security_end end,
		       const struct in6_addr *hoa, const struct in6_addr *agent)
{
	unsigned int i;

	if (!s || security_find(s->plan.keys, hoa, agent))
		return !s || in_realm(s, end, hoa, agent);
	for (i = 0; i < s->plan.n_realms; i++) {
		const struct security_realm *r = &s->plan.realms[i];

		if (r->end == end && prefix_contains(&r->hoa, hoa) &&
		    addr_eq(&r->agent, agent))
			return true;
	}
	return false;
}

bool security_tunnel_is_protected(const struct security *s,
				  enum security_end end,
				  const struct in6_addr *hoa,
				  const struct in6_addr *agent)
{
	return s && s->plan.protect != SECURITY_SIGNALLING &&
	       in_realm(s, end, hoa, agent);
}

static struct tunnel **find(struct security *s, enum security_end end,
			    const struct in6_addr *hoa,
			    const struct in6_addr *agent)
{
	struct tunnel **p = &s->tunnels;

	while (*p && !((*p)->end == end && addr_eq(&(*p)->hoa, hoa) &&
		       addr_eq(&(*p)->agent, agent)))
		p = &(*p)->next;
	return p;
}

/* What t should be at its care-of address. */
static void want_tunnel(const struct security *s, const struct tunnel *t,
			struct tunnel *ret)
{
	const struct security_node *node =
		security_find(s->plan.keys, &t->hoa, &t->agent);
	struct security_scope scope = {
		.end = t->end,
		.hoa = prefix_of(&t->hoa, 128),
		.agent = t->agent,
		.reqid = node ? security_reqid_tunnel(node) : 0,
	};

	*ret = *t;
	ret->n_sas = ret->n_sps = 0;
	if (!in_realm(s, t->end, &t->hoa, &t->agent) ||
	    s->plan.protect == SECURITY_SIGNALLING)
		return;
	ret->n_sps = security_tunnel_policies(&scope, s->plan.protect, &t->coa,
					      ret->sps);
	if (node)
		ret->n_sas = security_tunnel_sas(node, t->end, s->plan.protect,
						 &t->coa, ret->sas);
}

/* Brings the kernel from one to the other, with the old care-of address's
 * associations left to t->old. */
static int put_tunnel(struct security *s, struct tunnel *t,
		      const struct tunnel *want)
{
	int err;

	err = set_sas(s->k, t->sas, t->n_sas, want->sas, want->n_sas);
	keep(&err, set_sps(s->k, t->sps, t->n_sps, want->sps, want->n_sps));
	keep(&err, del_sps(s->k, t->sps, t->n_sps, want->sps, want->n_sps));
	keep(&err, del_sas(s->k, t->sas, t->n_sas, want->sas, want->n_sas));
	return err;
}

static void take(struct tunnel *t, const struct tunnel *want)
{
	memcpy(t->sas, want->sas, sizeof(t->sas));
	memcpy(t->sps, want->sps, sizeof(t->sps));
	t->n_sas = want->n_sas;
	t->n_sps = want->n_sps;
	t->coa = want->coa;
}

static int tunnels_again(struct security *s)
{
	struct tunnel want, *t;
	int err = 0;

	for (t = s->tunnels; t; t = t->next) {
		want_tunnel(s, t, &want);
		keep(&err, put_tunnel(s, t, &want));
		take(t, &want);
	}
	explicit_bzero(&want, sizeof(want));
	return err;
}

static void forget_old(struct security *s, struct tunnel *t)
{
	del_sas(s->k, t->old, t->n_old, t->sas, t->n_sas);
	t->n_old = 0;
}

/* The association with which t sends, and its policy: always the first. */
static bool sends_with(const struct tunnel *t, const struct kernel_sa *sa)
{
	return t->end == SECURITY_AGENT ? addr_eq(&sa->src, &t->agent)
					: addr_eq(&sa->dst, &t->agent);
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
static void set_old_aside(struct tunnel *t, const struct tunnel *want)
{
	unsigned int i, n = 0;

	for (i = 0; i < t->n_sas; i++) {
		if (!has_sa(want->sas, want->n_sas, &t->sas[i], same_sa))
			t->old[t->n_old++] = t->sas[i];
		else
			t->sas[n++] = t->sas[i];
	}
	t->n_sas = n;
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
	if (t->n_sas && want.n_sps && t->n_sps)
		err = migrate(s, t, &want);
	if (err)
		log_debug("security: hoa=%s the tunnel is made anew: %s",
			  addr_str(&t->hoa), strerror(-err));
	else if (t->end == SECURITY_NODE)
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
	t->end = end;
	t->hoa = *hoa;
	t->agent = *agent;
	t->next = s->tunnels;
	s->tunnels = t;
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
	t = *find(s, end, hoa, agent);
	if (!t)
		t = tunnel_new(s, end, hoa, agent);
	if (!t)
		return -ENOMEM;
	return addr_eq(&t->coa, coa) ? 0 : move(s, t, coa);
}

static void tunnel_free(struct security *s, struct tunnel **p)
{
	struct tunnel *t = *p;

	del_sps(s->k, t->sps, t->n_sps, NULL, 0);
	del_sas(s->k, t->sas, t->n_sas, NULL, 0);
	del_sas(s->k, t->old, t->n_old, NULL, 0);
	*p = t->next;
	explicit_bzero(t, sizeof(*t));
	free(t);
}

void security_tunnel_del(struct security *s, enum security_end end,
			 const struct in6_addr *hoa,
			 const struct in6_addr *agent)
{
	struct tunnel **p;

	if (!s)
		return;
	p = find(s, end, hoa, agent);
	if (*p)
		tunnel_free(s, p);
}

struct security *security_free(struct security *s)
{
	if (!s)
		return NULL;
	while (s->tunnels)
		tunnel_free(s, &s->tunnels);
	del_sps(s->k, s->sps.v, s->sps.n, NULL, 0);
	del_sas(s->k, s->sas.v, s->sas.n, NULL, 0);
	sa_list_done(&s->sas);
	sp_list_done(&s->sps);
	free((void *)(uintptr_t)s->plan.realms);
	free(s);
	return NULL;
}
