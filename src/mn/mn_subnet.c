/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routers, prefixes, subnets (RFC 6275 section 11.5.1, RFC 4861 section
 * 6.3.4).  A subnet is a set of routers that share prefixes, directly or by
 * way of others: two routers with a prefix in common are on one wire, so
 * hearing the second is no movement.  Two subnets may well be on one wire.
 *
 * This file decides which router an advertisement comes from, which subnet
 * it belongs to, and which router an address depends on.  Whether a router
 * is still reachable is found out by mn_move.c; what is done with a subnet
 * that is left, by mn_coa.c and mn_home.c.
 */
#include "mn_subnet.h"

#include <string.h>

void mn_wire_init(struct mn_wire *w, void *owner, task_fn *fn)
{
	unsigned int i;

	memset(w, 0, sizeof(*w));
	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		w->routers[i].owner = owner;
		task_init(&w->routers[i].task, fn);
	}
}

/* A place for a router, with owner and task as they were. */
static void router_reset(struct mn_router *r)
{
	struct task task;
	void *owner = r->owner;

	task_stop(&r->task);
	task = r->task;
	memset(r, 0, sizeof(*r));
	r->task = task;
	r->owner = owner;
	r->probe_until = MTIME_NEVER;
	r->hint_due = MTIME_NEVER;
}

void mn_wire_clear(struct mn_wire *w)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++)
		router_reset(&w->routers[i]);
}

static bool has_prefix(const struct mn_router *r, const struct prefix *p)
{
	unsigned int i;

	for (i = 0; i < r->n_prefixes; i++)
		if (prefix_eq(&r->prefixes[i].prefix, p))
			return true;
	return false;
}

static bool has_global(const struct mn_router *r, const struct in6_addr *a)
{
	unsigned int i;

	for (i = 0; i < r->n_globals; i++)
		if (addr_eq(&r->globals[i], a))
			return true;
	return false;
}

/* ---- identity ---- */

/* Prefixes that say nothing about where we are. */
static bool is_useless(const struct ra_prefix *p)
{
	return addr_is_linklocal(&p->prefix.addr) || !p->prefix.len ||
	       addr_is_multicast(&p->prefix.addr);
}

static bool shares_prefix(const struct mn_router *r, const struct icmp6_ra *ra)
{
	unsigned int i;

	for (i = 0; i < ra->n_prefixes; i++)
		if (!is_useless(&ra->prefixes[i]) &&
		    has_prefix(r, &ra->prefixes[i].prefix))
			return true;
	return false;
}

/* How the global addresses compare: 1 one in common, -1 none although both
 * name some, 0 nothing to compare. */
static int compare_globals(const struct mn_router *r, const struct icmp6_ra *ra)
{
	unsigned int i;
	int result = 0;

	for (i = 0; r->n_globals && i < ra->n_prefixes; i++) {
		if (!ra->prefixes[i].router_addr)
			continue;
		if (has_global(r, &ra->prefixes[i].addr))
			return 1;
		result = -1;
	}
	return result;
}

static bool names_prefix(const struct icmp6_ra *ra)
{
	unsigned int i;

	for (i = 0; i < ra->n_prefixes; i++)
		if (!is_useless(&ra->prefixes[i]))
			return true;
	return false;
}

static bool is_from(const struct mn_router *r, const struct in6_addr *src,
		    const struct icmp6_ra *ra)
{
	int globals;

	if (!r->used || !addr_eq(&r->addr, src))
		return false;
	if (!r->advertised)
		return true;
	globals = compare_globals(r, ra);
	if (globals)
		return globals > 0;
	if (shares_prefix(r, ra))
		return true;
	if (r->n_prefixes && names_prefix(ra))
		return false;
	/* One of the two names no prefix: only the link-layer address could
	 * speak against them being the same. */
	return !r->lladdr.len || !ra->source_lladdr.len ||
	       lladdr_eq(&r->lladdr, &ra->source_lladdr);
}

/* ---- table ---- */

/* The router to give up for a new one: gone before live, then the one that
 * has been silent longest; never `keep`. */
static bool is_older(const struct mn_router *a, const struct mn_router *b)
{
	bool a_gone = a->state == MN_ROUTER_GONE;
	bool b_gone = b->state == MN_ROUTER_GONE;

	if (a_gone != b_gone)
		return a_gone;
	return mtime_before(a->heard, b->heard);
}

static struct mn_router *router_place(struct mn_wire *w,
				      const struct in6_addr *keep)
{
	struct mn_router *oldest = NULL;
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &w->routers[i];

		if (!r->used)
			return r;
		/* One LIVE router answers to `keep`; a GONE one with the same
		 * link-local address is somebody else. */
		if (keep && r->state != MN_ROUTER_GONE &&
		    addr_eq(&r->addr, keep))
			continue;
		if (!oldest || is_older(r, oldest))
			oldest = r;
	}
	/* A full table in which all have the same address: the first goes. */
	return oldest ? oldest : &w->routers[0];
}

static struct mn_router *router_add(struct mn_wire *w,
				    const struct in6_addr *addr,
				    const struct in6_addr *keep,
				    struct mtime now)
{
	struct mn_router *r = router_place(w, keep);

	router_reset(r);
	r->used = true;
	r->addr = *addr;
	r->state = MN_ROUTER_SUSPECT;
	r->heard = now;
	r->seen = now;
	r->default_until = MTIME_NEVER;
	return r;
}

static void prefix_del(struct mn_router *r, unsigned int i)
{
	r->n_prefixes--;
	memmove(&r->prefixes[i], &r->prefixes[i + 1],
		(r->n_prefixes - i) * sizeof(r->prefixes[0]));
}

static void prefix_learn(struct mn_router *r, const struct ra_prefix *p,
			 struct mtime now)
{
	struct mn_prefix *have = NULL;
	unsigned int i;

	for (i = 0; i < r->n_prefixes; i++)
		if (prefix_eq(&r->prefixes[i].prefix, &p->prefix))
			have = &r->prefixes[i];
	if (!p->valid_s) {
		if (have)
			prefix_del(r, (unsigned int)(have - r->prefixes));
		return;
	}
	if (!have) {
		if (r->n_prefixes == RA_MAX_PREFIXES)
			return;
		have = &r->prefixes[r->n_prefixes++];
	}
	have->prefix = p->prefix;
	have->on_link = p->on_link;
	have->autonomous = p->autonomous;
	have->valid_until = p->valid_s == UINT32_MAX
				    ? MTIME_NEVER
				    : mtime_add_s(now, p->valid_s);
}

static void global_learn(struct mn_router *r, const struct in6_addr *a)
{
	/* When full, the first ones stay: a router is known again by them. */
	if (!addr_is_routable(a) || has_global(r, a) ||
	    r->n_globals == MN_GLOBALS_MAX)
		return;
	r->globals[r->n_globals++] = *a;
}

static void router_learn(struct mn_router *r, const struct icmp6_ra *ra,
			 struct mtime now)
{
	unsigned int i;

	r->advertised = true;
	r->managed = ra->managed;
	r->heard = now;
	r->seen = now;
	r->default_until = mtime_add_s(now, ra->router_lifetime_s);
	r->interval_ms = ra->interval_ms;
	if (ra->source_lladdr.len)
		r->lladdr = ra->source_lladdr;
	mn_subnet_expire(r, now);
	for (i = 0; i < ra->n_prefixes; i++) {
		if (is_useless(&ra->prefixes[i]))
			continue;
		prefix_learn(r, &ra->prefixes[i], now);
		if (ra->prefixes[i].router_addr)
			global_learn(r, &ra->prefixes[i].addr);
	}
}

static bool is_alone(const struct mn_wire *w, const struct mn_router *r)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		const struct mn_router *o = &w->routers[i];

		if (o != r && o->used && o->state != MN_ROUTER_GONE &&
		    o->subnet == r->subnet)
			return false;
	}
	return true;
}

struct mn_learnt mn_subnet_learn(struct mn_wire *w, const struct in6_addr *src,
				 const struct icmp6_ra *ra,
				 const struct in6_addr *keep, struct mtime now)
{
	struct mn_learnt l = { .is_new = true };
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX && !l.router; i++)
		if (is_from(&w->routers[i], src, ra))
			l.router = &w->routers[i];
	if (l.router) {
		l.is_new = !l.router->advertised;
		l.was = l.router->state;
		l.heard_before = l.router->heard;
	} else {
		l.router = router_add(w, src, keep, now);
	}
	router_learn(l.router, ra, now);
	l.router->state = MN_ROUTER_LIVE;
	l.router->doubted = false;
	l.router->probe_until = MTIME_NEVER;
	mn_subnet_number(w);
	l.is_new_subnet = is_alone(w, l.router);
	return l;
}

struct mn_router *mn_subnet_route_add(struct mn_wire *w,
				      const struct in6_addr *gw,
				      struct mtime now)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++)
		if (w->routers[i].used && addr_eq(&w->routers[i].addr, gw))
			return NULL;
	/* A route is the weakest of witnesses: it pushes nobody out. */
	for (i = 0; i < MN_ROUTERS_MAX; i++)
		if (!w->routers[i].used)
			break;
	if (i == MN_ROUTERS_MAX)
		return NULL;
	return router_add(w, gw, NULL, now);
}

bool mn_subnet_route_del(struct mn_wire *w, const struct in6_addr *gw)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &w->routers[i];

		if (r->used && !r->advertised && addr_eq(&r->addr, gw)) {
			router_reset(r);
			return true;
		}
	}
	return false;
}

/* ---- subnets ---- */

static bool share_prefix(const struct mn_router *a, const struct mn_router *b)
{
	unsigned int i;

	for (i = 0; i < a->n_prefixes; i++)
		if (has_prefix(b, &a->prefixes[i].prefix))
			return true;
	return false;
}

static void renumber(struct mn_wire *w, unsigned int from, unsigned int to)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++)
		if (w->routers[i].used && w->routers[i].subnet == from)
			w->routers[i].subnet = to;
}

void mn_subnet_number(struct mn_wire *w)
{
	unsigned int i, j;

	for (i = 0; i < MN_ROUTERS_MAX; i++)
		w->routers[i].subnet = i;
	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *a = &w->routers[i];

		for (j = 0; a->used && j < i; j++) {
			struct mn_router *b = &w->routers[j];

			if (b->used && a->subnet != b->subnet &&
			    share_prefix(a, b))
				renumber(w, a->subnet, b->subnet);
		}
	}
}

bool mn_subnet_expire(struct mn_router *r, struct mtime now)
{
	unsigned int i, n = r->n_prefixes;

	for (i = r->n_prefixes; i-- > 0;)
		if (!mtime_before(now, r->prefixes[i].valid_until))
			prefix_del(r, i);
	return n != r->n_prefixes;
}

void mn_subnet_suspect(struct mn_wire *w)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++)
		if (w->routers[i].used && w->routers[i].state == MN_ROUTER_LIVE)
			w->routers[i].state = MN_ROUTER_SUSPECT;
}

void mn_subnet_confirm(struct mn_wire *w)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &w->routers[i];

		if (!r->used || r->state != MN_ROUTER_SUSPECT || r->doubted ||
		    (!r->advertised && !r->proven))
			continue;
		r->state = MN_ROUTER_LIVE;
		r->probe_until = MTIME_NEVER;
	}
}

unsigned int mn_subnet_count(const struct mn_wire *w,
			     enum mn_router_state state)
{
	unsigned int i, n = 0;

	for (i = 0; i < MN_ROUTERS_MAX; i++)
		n += w->routers[i].used && w->routers[i].state == state;
	return n;
}

/* ---- which router for what ---- */

bool mn_router_is_default(const struct mn_router *r, struct mtime now)
{
	return r->used && mtime_before(now, r->default_until);
}

static const struct mn_prefix *prefix_of_addr(const struct mn_router *r,
					      const struct in6_addr *addr)
{
	unsigned int i;

	for (i = 0; i < r->n_prefixes; i++)
		if (prefix_contains(&r->prefixes[i].prefix, addr))
			return &r->prefixes[i];
	return NULL;
}

struct mn_router *mn_subnet_router_of(struct mn_wire *w,
				      const struct in6_addr *addr,
				      const struct in6_addr *prefer,
				      struct mtime now, bool *ret_known)
{
	struct mn_router *best = NULL;
	bool known = false;
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &w->routers[i];

		if (!r->used || !prefix_of_addr(r, addr))
			continue;
		known = true;
		if (!mn_router_is_default(r, now))
			continue;
		if (!best || r->state < best->state ||
		    (r->state == best->state && prefer &&
		     addr_eq(&r->addr, prefer)))
			best = r;
	}
	if (ret_known)
		*ret_known = known;
	return best;
}

struct mn_router *mn_subnet_router_any(struct mn_wire *w, struct mtime now)
{
	struct mn_router *best = NULL;
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &w->routers[i];

		if (!mn_router_is_default(r, now) ||
		    (r->advertised && !r->managed))
			continue;
		if (!best || r->state < best->state)
			best = r;
	}
	return best;
}

static const struct mn_prefix *find_on_link(const struct mn_router *r,
					    const struct prefix *p,
					    struct mtime now)
{
	unsigned int i;

	for (i = 0; i < r->n_prefixes; i++)
		if (r->prefixes[i].on_link &&
		    prefix_eq(&r->prefixes[i].prefix, p) &&
		    mtime_before(now, r->prefixes[i].valid_until))
			return &r->prefixes[i];
	return NULL;
}

struct mn_router *mn_subnet_find_prefix(struct mn_wire *w,
					const struct prefix *p,
					struct mtime now,
					struct mtime *ret_valid_until)
{
	const struct mn_prefix *found;
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &w->routers[i];

		if (!r->used || r->state != MN_ROUTER_LIVE)
			continue;
		found = find_on_link(r, p, now);
		if (!found)
			continue;
		if (ret_valid_until)
			*ret_valid_until = found->valid_until;
		return r;
	}
	return NULL;
}

const struct lladdr *mn_subnet_lladdr_of(struct mn_wire *w,
					 const struct in6_addr *global)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &w->routers[i];

		if (r->used && r->state == MN_ROUTER_LIVE && r->lladdr.len &&
		    has_global(r, global))
			return &r->lladdr;
	}
	return NULL;
}

/* ---- reachability ---- */

/* True when another router has the same link-local address. */
static bool is_twin(const struct mn_wire *w, const struct mn_router *r)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		const struct mn_router *o = &w->routers[i];

		if (o != r && o->used && addr_eq(&o->addr, &r->addr))
			return true;
	}
	return false;
}

const struct in6_addr *mn_router_probe_addr(const struct mn_wire *w,
					    const struct mn_router *r)
{
	if (!is_twin(w, r))
		return &r->addr;
	return r->n_globals ? &r->globals[0] : NULL;
}

enum mn_proof mn_router_proof(const struct mn_wire *w,
			      const struct mn_router *r,
			      const struct kernel_neigh *n)
{
	bool by_lladdr = r->lladdr.len && n->lladdr.len;
	bool same = by_lladdr && lladdr_eq(&r->lladdr, &n->lladdr);

	if (!n->reachable && !n->failed)
		return MN_PROOF_NONE;
	if (has_global(r, &n->addr))
		return n->reachable ? MN_PROOF_ALIVE : MN_PROOF_DEAD;
	if (!addr_eq(&r->addr, &n->addr) || (by_lladdr && !same))
		return MN_PROOF_NONE;
	if (is_twin(w, r) && !same)
		return MN_PROOF_NONE;
	if (n->failed)
		return MN_PROOF_DEAD;
	/* Behind a lost carrier somebody else may have this address: only a
	 * link-layer address that was known before proves the old router. */
	if (r->state != MN_ROUTER_LIVE && r->advertised && !same)
		return MN_PROOF_NONE;
	return MN_PROOF_ALIVE;
}

const char *mn_router_state_str(enum mn_router_state state)
{
	switch (state) {
	case MN_ROUTER_LIVE:
		return "LIVE";
	case MN_ROUTER_SUSPECT:
		return "SUSPECT";
	case MN_ROUTER_GONE:
		return "GONE";
	}
	return "?";
}
