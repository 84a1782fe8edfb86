/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Movement detection (RFC 6275 section 11.5.1): which routers are there, on
 * each interface.
 *
 * Two kinds of movement are told apart.  Where the carrier was lost, nothing
 * of what was known may still hold: all routers are suspect at once; an
 * advertisement of one of them, or an answer that only it can give, confirms
 * the wire with all its subnets; an advertisement of another subnet alone
 * detaches them at once, with a probe in parallel in case a second router of
 * the same wire was merely faster.  Where the carrier stayed, a new subnet
 * is no proof of movement (several may share a wire): the old router is
 * probed, and left only when it does not answer.  Missed advertisements
 * (Advertisement Interval) are a hint to probe, nothing more.
 *
 * Differs from RFC 4861 section 6.3.7: the first solicitation is not delayed
 * at random, since a link that comes up has desynchronised the nodes
 * (section 11.5.3); it goes on for ever, as RFC 7559 has it.
 *
 * What follows for addresses is left to mn_iface.c, for home addresses to
 * mn_home.c.
 */
#include "mn_priv.h"

#include "mip6d/cleanup.h"
#include "mip6d/random.h"

/* RFC 4861 section 10, RFC 7559 section 2. */
#define RTR_SOLICITATION_INTERVAL_MS     4000
#define MAX_RTR_SOLICITATION_INTERVAL_MS 3600000

/* A solicited router answers within MAX_RA_DELAY_TIME, half a second; after
 * this, a wire is taken for one without advertisements. */
#define RS_GRACE_MS 1000
/* A flapping link makes no more solicitations than this. */
#define RS_MIN_GAP_MS    250

#define MISSED_INTERVALS 3
/* After an answer, silence becomes a hint again no sooner than this; that of
 * a router that nothing depends on, later. */
#define HINT_REPEAT_MS 3000
#define HINT_IDLE_MS   60000

/* ---- timers ---- */

static struct mtime expiry_of(const struct mn_router *r, struct mtime now)
{
	struct mtime due = MTIME_NEVER;
	unsigned int i;

	if (r->advertised && mtime_before(now, r->default_until))
		due = r->default_until;
	for (i = 0; i < r->n_prefixes; i++)
		due = mtime_min(due, r->prefixes[i].valid_until);
	return due;
}

static void router_arm(struct mn_iface *f, struct mn_router *r,
		       struct mtime now)
{
	struct mtime due = MTIME_NEVER;

	if (r->used) {
		due = mtime_min(r->probe_until, expiry_of(r, now));
		if (r->state == MN_ROUTER_LIVE)
			due = mtime_min(due, r->hint_due);
	}
	if (mtime_before(due, MTIME_NEVER))
		tqueue_start(f->mn->env.tq, &r->task, due);
	else
		task_stop(&r->task);
}

static void hint_set(struct mn_router *r, uint32_t at_least_ms,
		     struct mtime now)
{
	int64_t ms = (int64_t)r->interval_ms * MISSED_INTERVALS;

	r->hint_due =
		r->interval_ms
			? mtime_add_ms(now, ms < at_least_ms ? at_least_ms : ms)
			: MTIME_NEVER;
}

/* ---- states of a router ---- */

static void router_enter(struct mn_iface *f, struct mn_router *r,
			 enum mn_router_state state, const char *why,
			 struct mtime now)
{
	if (r->state != state)
		log_limited(LOG_LEVEL_INFO, now,
			    "mn: iface=%s router=%s state=%s->%s (%s)", f->name,
			    addr_str(&r->addr), mn_router_state_str(r->state),
			    mn_router_state_str(state), why);
	r->state = state;
	router_arm(f, r, now);
	mn_eval_soon(f->mn, now);
}

static void rs_begin(struct mn_iface *f, struct mtime now)
{
	struct mtime due = mtime_add_ms(f->rs_last, RS_MIN_GAP_MS);

	f->rs_sent = 0;
	f->rs_grace_over = false;
	f->rs_interval_ms = RTR_SOLICITATION_INTERVAL_MS;
	if (mtime_before(now, due))
		tqueue_start(f->mn->env.tq, &f->rs_task, due);
	else
		mn_move_rs_task(&f->rs_task, now);
}

/* An extra one, beside the series, with a probe: it tells even two routers of
 * one link-local address apart. */
static void rs_once(struct mn_iface *f, struct mtime now)
{
	if (mtime_before(now, mtime_add_ms(f->rs_last, RS_MIN_GAP_MS)))
		return;
	f->rs_last = now;
	mn_send_rs(f, now);
}

static void router_probe(struct mn_iface *f, struct mn_router *r,
			 struct mtime now)
{
	const struct in6_addr *addr = mn_router_probe_addr(&f->wire, r);

	if (mtime_before(r->probe_until, MTIME_NEVER))
		return;
	r->probe_until = mtime_add_ms(now, f->mn->conf->router_probes_ms);
	log_limited(LOG_LEVEL_DEBUG, now, "mn: iface=%s probe router=%s by %s",
		    f->name, addr_str(&r->addr),
		    addr ? addr_str(addr) : "solicitation");
	/* Two questions at once: where one packet is lost the other tells. */
	if (addr)
		kernel_neigh_probe(f->mn->env.kernel, f->ifindex, addr);
	rs_once(f, now);
	router_arm(f, r, now);
}

static void router_gone(struct mn_iface *f, struct mn_router *r,
			const char *why, struct mtime now)
{
	r->probe_until = MTIME_NEVER;
	r->doubted = false;
	router_enter(f, r, MN_ROUTER_GONE, why, now);
	if (mn_iface_is_up(f) && !mn_subnet_count(&f->wire, MN_ROUTER_LIVE) &&
	    !task_is_started(&f->rs_task))
		rs_begin(f, now);
}

/* We are on the wire where its suspects were heard. */
static void wire_confirm(struct mn_iface *f, struct mtime now)
{
	unsigned int i;

	mn_subnet_confirm(&f->wire);
	for (i = 0; i < f->n_addrs; i++)
		f->addrs[i].epoch = f->epoch;
	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &f->wire.routers[i];

		if (!r->used || r->state != MN_ROUTER_LIVE)
			continue;
		if (!mtime_before(r->hint_due, MTIME_NEVER))
			hint_set(r, 0, now);
		router_arm(f, r, now);
	}
	mn_eval_soon(f->mn, now);
}

static bool is_of_suspects(const struct mn_iface *f,
			   const struct mn_router *heard);
static void doubt_others(struct mn_iface *f, const struct mn_router *heard,
			 struct mtime now);

/* Whether r, that was not believed and now answers, tells of the old wire. */
static bool is_of_old_wire(const struct mn_iface *f, const struct mn_router *r,
			   enum mn_router_state was)
{
	if (was == MN_ROUTER_GONE)
		return is_of_suspects(f, r);
	/* One that came with the link, by a route set there, proves nothing
	 * about who was heard before. */
	return mtime_before(r->heard, f->up_since);
}

static void router_alive(struct mn_iface *f, struct mn_router *r,
			 struct mtime now)
{
	enum mn_router_state was = r->state;

	r->proven = true;
	r->doubted = false;
	r->seen = now;
	r->probe_until = MTIME_NEVER;
	hint_set(r, HINT_REPEAT_MS, now);
	router_enter(f, r, MN_ROUTER_LIVE, "answers", now);
	if (was == MN_ROUTER_LIVE)
		return;
	if (is_of_old_wire(f, r, was))
		wire_confirm(f, now);
	else
		doubt_others(f, r, now);
}

void mn_move_router_task(struct task *task, struct mtime now)
{
	struct mn_router *r = container_of(task, struct mn_router, task);
	struct mn_iface *f = r->owner;

	if (!mtime_before(now, r->probe_until)) {
		if (r->state == MN_ROUTER_GONE)
			r->probe_until = MTIME_NEVER;
		else
			router_gone(f, r, "does not answer", now);
	}
	if (r->state == MN_ROUTER_LIVE && !mtime_before(now, r->hint_due)) {
		hint_set(r, HINT_REPEAT_MS, now);
		log_limited(LOG_LEVEL_DEBUG, now,
			    "mn: iface=%s router=%s missed %d intervals",
			    f->name, addr_str(&r->addr), MISSED_INTERVALS);
		router_probe(f, r, now);
	}
	if (mn_subnet_expire(r, now))
		mn_subnet_number(&f->wire);
	router_arm(f, r, now);
	mn_eval_soon(f->mn, now);
}

/* ---- solicitations ---- */

/* Nobody advertises here: believe the kernel's default routes. */
static void believe_routes(struct mn_iface *f, struct mtime now)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++)
		if (f->wire.routers[i].used && f->wire.routers[i].advertised &&
		    f->wire.routers[i].state == MN_ROUTER_LIVE)
			return;
	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &f->wire.routers[i];

		if (!r->used || r->advertised || r->state == MN_ROUTER_LIVE)
			continue;
		if (!addr_is_any(&r->addr)) {
			router_probe(f, r, now);
			continue;
		}
		/* A point-to-point device: nobody to ask. */
		r->proven = true;
		router_enter(f, r, MN_ROUTER_LIVE, "no advertisements", now);
		wire_confirm(f, now);
	}
}

static void rs_next(struct mn_iface *f, struct mtime now)
{
	uint32_t ms = f->rs_interval_ms;

	f->rs_sent++;
	f->rs_last = now;
	mn_send_rs(f, now);
	if (f->rs_sent == 1) {
		tqueue_start(f->mn->env.tq, &f->rs_task,
			     mtime_add_ms(now, RS_GRACE_MS));
		return;
	}
	tqueue_start(f->mn->env.tq, &f->rs_task,
		     mtime_add_ms(now, ms + random_below(ms / 10)));
	if (f->rs_sent > 2)
		f->rs_interval_ms = ms < MAX_RTR_SOLICITATION_INTERVAL_MS / 2
					    ? 2 * ms
					    : MAX_RTR_SOLICITATION_INTERVAL_MS;
}

void mn_move_rs_task(struct task *task, struct mtime now)
{
	struct mn_iface *f = container_of(task, struct mn_iface, rs_task);

	if (!mn_iface_is_up(f))
		return;
	if (f->rs_sent != 1 || f->rs_grace_over) {
		rs_next(f, now);
		return;
	}
	f->rs_grace_over = true;
	believe_routes(f, now);
	tqueue_start(f->mn->env.tq, &f->rs_task,
		     mtime_add_ms(now, f->rs_interval_ms - RS_GRACE_MS));
}

/* ---- links ---- */

void mn_move_solicit(struct mn_iface *f, struct mtime now)
{
	unsigned int i;

	rs_begin(f, now);
	/* A router that was there before and still is answers sooner than it
	 * advertises.  One whose link-layer address is not known could be
	 * mistaken, so it is not asked. */
	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &f->wire.routers[i];

		if (r->used && r->state == MN_ROUTER_SUSPECT && r->advertised &&
		    (r->lladdr.len || r->doubted))
			router_probe(f, r, now);
	}
}

void mn_move_link_up(struct mn_iface *f, struct mtime now)
{
	f->epoch++;
	f->up_since = now;
	mn_subnet_suspect(&f->wire);
	mn_move_solicit(f, now);
	mn_eval_soon(f->mn, now);
}

void mn_move_link_down(struct mn_iface *f)
{
	unsigned int i;

	task_stop(&f->rs_task);
	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &f->wire.routers[i];

		r->probe_until = MTIME_NEVER;
		r->hint_due = MTIME_NEVER;
		task_stop(&r->task);
	}
}

/* ---- advertisements ---- */

/* The router of this interface on which a home address depends. */
static const struct in6_addr *
router_of_home(struct mn_iface *f, const struct mn_home *h, struct mtime now)
{
	struct mn_router *r;

	if (h->place == MN_PLACE_AWAY && h->coa_ifindex == f->ifindex)
		return &h->coa_router;
	r = mn_subnet_find_prefix(&f->wire, &h->prefix, now, NULL);
	return r ? &r->addr : NULL;
}

/* The router that is in use must not be pushed out by a flood of others. */
static const struct in6_addr *router_in_use(struct mn_iface *f,
					    struct mtime now)
{
	const struct in6_addr *a = NULL;
	const struct mn_home *h;

	for (h = f->mn->homes; h && !a; h = h->next)
		a = router_of_home(f, h, now);
	return a;
}

static bool is_in_use(struct mn_iface *f, const struct mn_router *r,
		      struct mtime now)
{
	const struct in6_addr *a;
	const struct mn_home *h;

	for (h = f->mn->homes; h; h = h->next) {
		a = router_of_home(f, h, now);
		if (a && addr_eq(a, &r->addr))
			return true;
	}
	return false;
}

/* Another router of a subnet that is suspect is heard: still that wire. */
static bool is_of_suspects(const struct mn_iface *f,
			   const struct mn_router *heard)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		const struct mn_router *r = &f->wire.routers[i];

		if (r->used && r->state == MN_ROUTER_SUSPECT && r != heard &&
		    r->subnet == heard->subnet)
			return true;
	}
	return false;
}

/* A subnet is heard of which nobody else was: what of the others? */
static void doubt_others(struct mn_iface *f, const struct mn_router *heard,
			 struct mtime now)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &f->wire.routers[i];

		if (!r->used || r == heard || r->subnet == heard->subnet)
			continue;
		if (r->state == MN_ROUTER_GONE)
			continue;
		r->doubted = true;
		router_probe(f, r, now);
		if (r->state == MN_ROUTER_SUSPECT)
			router_enter(f, r, MN_ROUTER_GONE,
				     "another subnet after the link came back",
				     now);
	}
}

/* One subnet is heard twice, and nothing of another meanwhile: the wire may
 * have changed and come back to a router that was never missed. */
static void ask_silent(struct mn_iface *f, const struct mn_learnt *heard,
		       struct mtime now)
{
	unsigned int i;

	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &f->wire.routers[i];
		int64_t patience_ms;

		if (!r->used || r->state != MN_ROUTER_LIVE ||
		    r->subnet == heard->router->subnet ||
		    !mtime_before(r->seen, heard->heard_before))
			continue;
		patience_ms = is_in_use(f, r, now) ? HINT_REPEAT_MS
						   : HINT_IDLE_MS;
		if (mtime_diff_ms(now, r->seen) >= patience_ms)
			router_probe(f, r, now);
	}
}

static void ra_log(const struct mn_iface *f, const struct mn_learnt *l,
		   struct mtime now)
{
	const char *what = "is back";

	if (!l->is_new && l->was == MN_ROUTER_LIVE)
		return;
	if (l->is_new)
		what = "is new";
	else if (l->was == MN_ROUTER_SUSPECT)
		what = "is still there";
	log_limited(LOG_LEVEL_INFO, now,
		    "mn: iface=%s router=%s %s, %u prefixes%s", f->name,
		    addr_str(&l->router->addr), what, l->router->n_prefixes,
		    l->is_new_subnet ? ", of another subnet" : "");
}

void mn_move_on_ra(struct mn *mn, const struct packet *pkt,
		   const struct icmp6_ra *ra, struct mtime now)
{
	struct mn_iface *f = mn_iface_of(mn, pkt->ifindex);
	struct mn_learnt l;

	if (!f || !mn_iface_is_up(f))
		return;
	mn_count(mn, CNT_RA_IN);
	l = mn_subnet_learn(&f->wire, &pkt->src, ra, router_in_use(f, now),
			    now);
	hint_set(l.router, 0, now);
	ra_log(f, &l, now);
	if (!l.is_new && l.was == MN_ROUTER_LIVE)
		ask_silent(f, &l, now);
	else if ((!l.is_new && l.was == MN_ROUTER_SUSPECT) ||
		 is_of_suspects(f, l.router))
		wire_confirm(f, now);
	else if (l.is_new_subnet)
		doubt_others(f, l.router, now);
	if (ra->router_lifetime_s)
		task_stop(&f->rs_task);
	router_arm(f, l.router, now);
	mn_eval_soon(mn, now);
}

/* ---- the kernel's witness ---- */

void mn_move_on_router(struct mn *mn, const struct kernel_router *k,
		       struct mtime now)
{
	struct mn_iface *f = mn_iface_of(mn, k->ifindex);
	struct mn_router *r;

	if (!f)
		return;
	if (k->gone) {
		if (mn_subnet_route_del(&f->wire, &k->gateway))
			mn_eval_soon(mn, now);
		return;
	}
	r = mn_subnet_route_add(&f->wire, &k->gateway, now);
	if (r && f->rs_grace_over && mn_iface_is_up(f))
		believe_routes(f, now);
}

static void router_dead(struct mn_iface *f, struct mn_router *r,
			struct mtime now)
{
	bool probing = mtime_before(r->probe_until, MTIME_NEVER);
	struct mtime doubt =
		mtime_add_ms(r->heard, f->mn->conf->router_probes_ms);

	if (r->state == MN_ROUTER_GONE) {
		r->probe_until = MTIME_NEVER;
		router_arm(f, r, now);
	} else if (!probing && r->advertised && mtime_before(now, doubt)) {
		/* Heard meanwhile: an old attempt of the kernel ended. */
		router_probe(f, r, now);
	} else {
		router_gone(f, r, "unreachable", now);
	}
}

void mn_move_on_neigh(struct mn *mn, const struct kernel_neigh *n,
		      struct mtime now)
{
	struct mn_iface *f = mn_iface_of(mn, n->ifindex);
	unsigned int i;

	if (!f || !mn_iface_is_up(f))
		return;
	for (i = 0; i < MN_ROUTERS_MAX; i++) {
		struct mn_router *r = &f->wire.routers[i];

		if (!r->used)
			continue;
		switch (mn_router_proof(&f->wire, r, n)) {
		case MN_PROOF_ALIVE:
			if (!r->lladdr.len && addr_eq(&r->addr, &n->addr))
				r->lladdr = n->lladdr;
			router_alive(f, r, now);
			break;
		case MN_PROOF_DEAD:
			router_dead(f, r, now);
			break;
		case MN_PROOF_NONE:
			break;
		}
	}
}
