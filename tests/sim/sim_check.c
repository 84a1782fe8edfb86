/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold after each step:
 *
 * - a binding in the kernel has a live entry, an entry that has run out is
 *   in the kernel no more;
 * - the mobile node believes only what the agent accepted, and never longer
 *   than the agent promised;
 * - memory and tasks are bounded.
 */
#include "tests/sim/sim.h"
#include "tests/sim/sim_ro.h"

#define TASKS_BASE 32 /* a daemon's own, whatever it serves */
#define TASKS_EACH 8  /* more for each binding and home address */

/* ---- after each step ---- */

struct ha_view {
	struct sim_node *n;
	bool idle; /* no kernel request is outstanding */
	unsigned int active;
};

static void entry_check(void *arg, struct bcache_entry *e)
{
	struct ha_view *v = arg;
	struct sim *s = v->n->sim;
	const struct kernel_binding *b =
		fake_kernel_binding(v->n->kernel, &e->key.hoa);

	/* A step later it must be on its way out, and with the kernel's
	 * answer gone. */
	if (e->state == BCACHE_ACTIVE && mtime_before(e->expires, s->now))
		sim_fail(s, "%s: %s is active %lld us after its end",
			 v->n->name, addr_str(&e->key.hoa),
			 (long long)mtime_diff_us(s->now, e->expires));
	if (e->state == BCACHE_ACTIVE)
		v->active++;
	if (!v->idle)
		return;
	if (e->state == BCACHE_INVALID && b)
		sim_fail(s, "%s: %s is de-registered, and in the kernel",
			 v->n->name, addr_str(&e->key.hoa));
	if (e->state == BCACHE_ACTIVE && (!b || !addr_eq(&b->coa, &e->coa)))
		sim_fail(s, "%s: %s is bound to %s, the kernel has %s",
			 v->n->name, addr_str(&e->key.hoa), addr_str(&e->coa),
			 b ? addr_str(&b->coa) : "nothing");
}

static void kernel_check_entries(struct sim_node *n, struct bcache *bc)
{
	const struct fake_binding *b;
	unsigned int i;

	for (i = 0; i < FAKE_BUCKETS; i++)
		for (b = n->kernel->bindings[i]; b; b = b->next) {
			struct bcache_entry *e =
				bcache_find(bc, &b->b.ha, &b->b.hoa);

			/* In state DAD it is one that gets an L bit. */
			if (!e || e->state == BCACHE_INVALID ||
			    addr_is_any(&e->coa))
				sim_fail(n->sim,
					 "%s: %s is in the kernel, its "
					 "entry is %s",
					 n->name, addr_str(&b->b.hoa),
					 e ? bcache_state_str(e->state)
					   : "gone");
		}
}

/* An accepted binding is kept for all of its lifetime (HA-41), and a
 * de-registration is remembered for 10 s, unless a new binding needs the
 * place in a full cache (HA-67). */
static void memory_check(struct sim_node *n, struct sim_reg *r)
{
	struct bcache *bc = ha_bcache(daemon_ha(n->daemon));

	if (r->ha != n || !r->accepted_any ||
	    !mtime_before(n->sim->now, r->accepted_until) || sim_binding(r))
		return;
	if (r->accepted_dereg ? bcache_count(bc) < bcache_max(bc)
			      : !r->asked_end)
		sim_fail(n->sim, "%s: %s is forgotten %lld us too early",
			 n->name, addr_str(&r->hoa),
			 (long long)mtime_diff_us(r->accepted_until,
						  n->sim->now));
	r->accepted_any = false;
}

static void ha_check(struct sim_node *n)
{
	struct bcache *bc = ha_bcache(daemon_ha(n->daemon));
	struct ha_view v = { .n = n, .idle = !n->kernel->head };
	unsigned int i, j;

	/* A lower limit ends nothing, but nothing new goes beyond it. */
	if (bcache_count(bc) > bcache_max(bc) &&
	    bcache_count(bc) > n->last_count)
		sim_fail(n->sim, "%s: %u bindings, at most %u", n->name,
			 bcache_count(bc), bcache_max(bc));
	n->last_count = bcache_count(bc);
	for (i = 0; i < n->sim->n_nodes; i++)
		for (j = 0; j < n->sim->nodes[i]->mn.n_homes; j++)
			memory_check(n, &n->sim->nodes[i]->regs[j]);
	bcache_walk(bc, entry_check, &v);
	if (v.idle)
		kernel_check_entries(n, bc);
	if (tqueue_len(n->tq) >
	    TASKS_BASE + TASKS_EACH * (bcache_count(bc) + n->mn.n_homes))
		sim_fail(n->sim, "%s: %zu tasks for %u bindings", n->name,
			 tqueue_len(n->tq), bcache_count(bc));
}

bool sim_bul_is_bound(const struct bul_entry *e, struct mtime now)
{
	return e && (e->state == BUL_BOUND || e->state == BUL_REFRESHING) &&
	       mtime_before(now, e->expires);
}

static void belief_check(struct sim_node *n, struct sim_reg *r)
{
	const struct bul_entry *e = sim_bul(r);
	const struct sim_promise *p;

	if (!e)
		return;
	if (e->state == BUL_BOUND && !mtime_before(n->sim->now, e->expires))
		sim_fail(n->sim, "%s: %s is bound, but it expired", n->name,
			 addr_str(&r->hoa));
	if (!sim_bul_is_bound(e, n->sim->now))
		return;
	p = sim_promise_of(r, &e->bound_coa);
	if (!p)
		sim_fail(n->sim, "%s: believes in %s at %s, never accepted",
			 n->name, addr_str(&r->hoa), addr_str(&e->bound_coa));
	if (mtime_before(p->expires, e->expires))
		sim_fail(n->sim,
			 "%s: believes in %s for %lld us more than "
			 "promised",
			 n->name, addr_str(&r->hoa),
			 (long long)mtime_diff_us(e->expires, p->expires));
}

static void mn_check(struct sim_node *n)
{
	struct bul *bul = mn_bul(daemon_mn(n->daemon));
	const struct bul_entry *e;
	unsigned int i, homes = 0;

	for (e = bul->head; e; e = e->next)
		homes += e->home;
	if (homes > n->mn.n_homes)
		sim_fail(n->sim, "%s: %u entries for %u home addresses",
			 n->name, homes, n->mn.n_homes);
	for (i = 0; i < n->mn.n_homes; i++)
		belief_check(n, &n->regs[i]);
	if (n->role == SIM_MN &&
	    tqueue_len(n->tq) >
		    TASKS_BASE + TASKS_EACH * (n->mn.n_homes +
					       n->mn.max_correspondents))
		sim_fail(n->sim, "%s: %zu tasks", n->name, tqueue_len(n->tq));
}

/* Still has something to do at this very moment: its turn is not over. */
static bool is_busy(const struct sim_node *n)
{
	return !mtime_before(n->sim->now,
			     mtime_min(tqueue_next(n->tq),
				       fake_kernel_next(n->kernel)));
}

void sim_check_step(struct sim *s)
{
	unsigned int i;

	for (i = 0; i < s->n_nodes; i++) {
		struct sim_node *n = s->nodes[i];

		if (!n->dirty || !n->up || n->asleep || is_busy(n))
			continue;
		n->dirty = false;
		if (n->role & SIM_HA)
			ha_check(n);
		if (n->role & SIM_MN)
			mn_check(n);
		if (s->rr && n->role & SIM_CN)
			sim_ro_check_cn(n);
		if (s->rr && n->role & SIM_MN)
			sim_ro_check_mn(n);
	}
}

/* A node that was stopped in order leaves nothing behind. */
void sim_check_stopped(struct sim_node *n)
{
	if (tqueue_len(n->tq))
		sim_fail(n->sim, "%s: %zu tasks left after the stop", n->name,
			 tqueue_len(n->tq));
	if (!fake_transport_is_quiet(n->transport))
		sim_fail(n->sim, "%s: listens on after the stop", n->name);
	if (!fake_kernel_is_clean(n->kernel))
		sim_fail(n->sim,
			 "%s: left %u bindings, %u pairs, %u home links or "
			 "a home address in the kernel",
			 n->name, n->kernel->n_bindings, n->kernel->n_pairs,
			 n->kernel->n_home_links);
}

/* ---- digest ---- */

static uint64_t mix(uint64_t h, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len--)
		h = (h ^ *p++) * 0x100000001b3;
	return h;
}

static void entry_digest(void *arg, struct bcache_entry *e)
{
	uint64_t *h = arg;

	*h = mix(*h, &e->key, sizeof(e->key));
	*h = mix(*h, &e->coa, sizeof(e->coa));
	*h = mix(*h, &e->state, sizeof(e->state));
	*h = mix(*h, &e->seq, sizeof(e->seq));
	*h = mix(*h, &e->flags, sizeof(e->flags));
	*h = mix(*h, &e->expires, sizeof(e->expires));
}

static uint64_t bul_digest(uint64_t h, struct bul *bul)
{
	const struct bul_entry *e;

	for (e = bul->head; e; e = e->next) {
		h = mix(h, &e->bound_coa, sizeof(e->bound_coa));
		h = mix(h, &e->coa, sizeof(e->coa));
		h = mix(h, &e->state, sizeof(e->state));
		h = mix(h, &e->seq, sizeof(e->seq));
		h = mix(h, &e->expires, sizeof(e->expires));
		h = mix(h, &e->refresh, sizeof(e->refresh));
		h = mix(h, &e->blocked, sizeof(e->blocked));
	}
	return h;
}

uint64_t sim_digest(struct sim *s)
{
	uint64_t h = 0xcbf29ce484222325;
	unsigned int i, j;

	for (i = 0; i < s->n_nodes; i++) {
		struct sim_node *n = s->nodes[i];

		if (!n->up)
			continue;
		if (n->role & SIM_HA)
			bcache_walk(ha_bcache(daemon_ha(n->daemon)),
				    entry_digest, &h);
		if (n->role & SIM_MN)
			h = bul_digest(h, mn_bul(daemon_mn(n->daemon)));
		if (s->rr)
			h = sim_ro_digest(n, h);
		h = mix(h, &n->kernel->n_bindings, sizeof(unsigned int));
		for (j = 0; j < n->kernel->n_homes; j++)
			h = mix(h, &n->kernel->homes[j].place,
				sizeof(n->kernel->homes[j].place));
	}
	return h;
}
