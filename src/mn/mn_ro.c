/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state machine of a correspondent (RFC 6275 sections 5.2.9, 11.3.1,
 * 11.7.2, 11.8).
 *
 *   IDLE --traffic--> TESTING --both tokens--> UPDATING --BA--> BOUND
 *   BOUND --about to end and in use, new care-of address--> TESTING
 *   BOUND --ran out--> IDLE
 *   any --home, stop, rules--> DELETING --BA--> IDLE
 *   TESTING, UPDATING, DELETING --no answer--> FAILED, --refusal--> REFUSED
 *   any --does not speak Mobile IPv6--> INCAPABLE;  these three --time--> IDLE
 *
 * This file decides what is done in each state and for how long.  A state
 * says nothing about the packets: a binding that is being refreshed goes on
 * to be used, one for another care-of address does not
 * (mn_ro_is_direct()).  Without an acknowledgement (A 0) a peer is taken to
 * be bound once the Binding Update has left; a Binding Error tells better.
 */
#include "mn_priv.h"

#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/lifetime.h"

/* Nothing known, nothing under way: kept for mip6d-ctl to show why. */
#define IDLE_KEEP_S 60
/* A refresh needs so much time in the worst case that is worth planning for. */
#define REFRESH_LAST_S 20
/* A kernel that refuses the pair for so long is not waited for. */
#define KERNEL_PATIENCE_MS 2000

static const char *state_str(enum mn_ro_state state)
{
	static const char *const names[] = {
		[MN_RO_IDLE] = "IDLE",         [MN_RO_TESTING] = "TESTING",
		[MN_RO_UPDATING] = "UPDATING", [MN_RO_BOUND] = "BOUND",
		[MN_RO_DELETING] = "DELETING", [MN_RO_FAILED] = "FAILED",
		[MN_RO_REFUSED] = "REFUSED",   [MN_RO_INCAPABLE] = "INCAPABLE",
	};

	return names[state];
}

/* ---- what is known ---- */

bool mn_ro_may_be_bound(const struct mn_ro *c, struct mtime now)
{
	return mtime_before(now, c->maybe_until);
}

bool mn_ro_is_bound(const struct mn_ro *c, struct mtime now)
{
	return c->bul && bul_is_bound(c->bul, now) &&
	       addr_eq(&c->bul->bound_coa, &c->home->coa);
}

static unsigned int unanswered(const struct mn_ro *c)
{
	if (c->state == MN_RO_TESTING)
		return mn_rr_attempts(c);
	return c->state == MN_RO_UPDATING ? c->bul->attempts : 0;
}

bool mn_ro_is_direct(const struct mn_ro *c, struct mtime now)
{
	switch (c->state) {
	case MN_RO_TESTING:
	case MN_RO_UPDATING:
	case MN_RO_BOUND:
		break;
	case MN_RO_IDLE:
	case MN_RO_DELETING:
	case MN_RO_FAILED:
	case MN_RO_REFUSED:
	case MN_RO_INCAPABLE:
		return false;
	}
	return c->home->place == MN_PLACE_AWAY && mn_ro_is_bound(c, now) &&
	       unanswered(c) <= MAX_RO_FAILURE;
}

/* ---- the entry in the binding update list ---- */

static bool entry_need(struct mn_ro *c, struct mtime now)
{
	if (c->bul)
		return true;
	c->bul = bul_add(&c->mn->bul, &c->key.peer, &c->key.hoa);
	if (!c->bul)
		return false;
	c->bul->owner = c;
	c->bul->expires = now;
	c->bul->seq = c->peer->seq;
	return true;
}

static void entry_end(struct mn_ro *c)
{
	if (c->bul)
		bul_del(&c->mn->bul, c->bul);
	c->bul = NULL;
}

static void await_nothing(struct mn_ro *c)
{
	c->awaiting = false;
	explicit_bzero(c->kbm, sizeof(c->kbm));
}

static void entry_follow(struct mn_ro *c, struct mtime now)
{
	struct bul_entry *e = c->bul;

	if (!e)
		return;
	e->blocked = c->state == MN_RO_INCAPABLE;
	e->has_status = c->has_status;
	e->last_status = c->last_status;
	switch (c->state) {
	case MN_RO_IDLE:
		e->state = BUL_IDLE;
		if (!mn_ro_may_be_bound(c, now))
			entry_end(c);
		break;
	case MN_RO_TESTING:
	case MN_RO_UPDATING:
		e->state = bul_is_bound(e, now) ? BUL_REFRESHING
						: BUL_REGISTERING;
		e->coa = c->home->coa;
		break;
	case MN_RO_BOUND:
		e->state = BUL_BOUND;
		break;
	case MN_RO_DELETING:
		e->state = BUL_DEREGISTERING;
		break;
	case MN_RO_FAILED:
	case MN_RO_REFUSED:
	case MN_RO_INCAPABLE:
		e->state = BUL_REFUSED;
		break;
	}
}

void mn_ro_doubt(struct mn_ro *c)
{
	if (c->bul)
		c->bul->bound_coa = addr_any;
}

void mn_ro_unbound(struct mn_ro *c)
{
	c->maybe_until = (struct mtime){ 0 };
	mn_ro_doubt(c);
}

/* ---- timer ---- */

static struct mtime exchange_due(const struct mn_ro *c, struct mtime now)
{
	struct mtime due;

	if (!c->pending)
		return mtime_add_ms(c->bul->last_sent, c->bul->backoff_ms);
	due = mn_rate_next(&c->peer->rate[MN_PEER_BU], now);
	return mtime_before(due, c->not_before) ? c->not_before : due;
}

static bool may_delete(const struct mn_ro *c)
{
	return c->home->ro_phase == MN_RO_READY ||
	       c->home->ro_phase == MN_RO_AT_HOME;
}

static struct mtime state_due(const struct mn_ro *c, struct mtime now)
{
	bool ready = c->home->ro_phase == MN_RO_READY;

	switch (c->state) {
	case MN_RO_IDLE:
		/* The kernel answers, or is asked again. */
		if (c->path.asked)
			break;
		if (c->leaving || !mn_ro_may_be_bound(c, now))
			return mtime_add_s(c->since,
					   c->leaving ? 0 : IDLE_KEEP_S);
		break;
	case MN_RO_TESTING:
		return mn_rr_due(c, now);
	case MN_RO_UPDATING:
		if (ready && c->path.done)
			return exchange_due(c, now);
		break;
	case MN_RO_BOUND:
		if (ready)
			return mn_ro_usage_due(c);
		break;
	case MN_RO_DELETING:
		if (may_delete(c))
			return mn_rr_is_complete(c, true, now)
				       ? exchange_due(c, now)
				       : mn_rr_due(c, now);
		break;
	case MN_RO_FAILED:
	case MN_RO_REFUSED:
	case MN_RO_INCAPABLE:
		return c->until;
	}
	return MTIME_NEVER;
}

static void arm(struct mn_ro *c, struct mtime now)
{
	struct mtime due = mtime_min(state_due(c, now), c->path.retry_at);

	due = mtime_min(due, mn_rr_expire(c, now));
	if (c->maybe_until.us)
		due = mtime_min(due, c->maybe_until);
	if (c->bul && !addr_is_any(&c->bul->bound_coa))
		due = mtime_min(due, c->bul->expires);
	if (mtime_before(due, MTIME_NEVER))
		tqueue_start(c->mn->env.tq, &c->task, due);
	else
		task_stop(&c->task);
}

/* ---- states ---- */

static void begin_exchange(struct mn_ro *c, struct mtime now)
{
	c->pending = true;
	c->not_before = now;
	c->bul->attempts = 0;
	c->bul->first_sent = now;
	c->bul->backoff_ms = c->mn->conf->bindack_timeout_ms;
}

static void enter_actions(struct mn_ro *c, struct mtime now)
{
	mn_rr_stop(c);
	/* Unless an answer may come although none was asked for. */
	if (c->state != MN_RO_BOUND)
		await_nothing(c);
	switch (c->state) {
	case MN_RO_TESTING:
		c->wanted = false;
		break;
	case MN_RO_UPDATING:
	case MN_RO_DELETING:
		c->wanted = false;
		begin_exchange(c, now);
		break;
	case MN_RO_BOUND:
		c->failures = 0;
		c->pending = false;
		break;
	case MN_RO_IDLE:
	case MN_RO_FAILED:
	case MN_RO_REFUSED:
	case MN_RO_INCAPABLE:
		c->pending = false;
		c->corrections = 0;
		break;
	}
}

static bool needs_entry(enum mn_ro_state state)
{
	return state == MN_RO_TESTING || state == MN_RO_UPDATING ||
	       state == MN_RO_BOUND || state == MN_RO_DELETING;
}

void mn_ro_enter(struct mn_ro *c, enum mn_ro_state state, const char *why,
		 struct mtime now)
{
	if (needs_entry(state) && !entry_need(c, now)) {
		state = MN_RO_FAILED;
		why = "out of memory";
		c->until = mtime_add_s(now, c->mn->conf->retry_s);
	}
	log_limited(LOG_LEVEL_INFO, now, "mn: hoa=%s peer=%s ro=%s->%s (%s)",
		    addr_str(&c->key.hoa), addr_str(&c->key.peer),
		    state_str(c->state), state_str(state), why);
	c->mn->ro.n_deleting += state == MN_RO_DELETING;
	c->mn->ro.n_deleting -= c->state == MN_RO_DELETING;
	if (c->state != state)
		c->since = now;
	c->state = state;
	c->why = why;
	enter_actions(c, now);
	entry_follow(c, now);
	mn_ro_classify(c);
	mn_ro_advance(c, now);
	if (c->mn->stopping && !c->mn->ro.n_deleting)
		mn_stop_homes_soon(c->mn, now);
	if (c->home->leave == MN_LEAVE_PEERS)
		mn_homes_go_on(c->home, now);
}

/* Just behind a refresh of the home registration, which limits the lifetime,
 * rather than just before. */
static struct mtime refresh_time(const struct mn_ro *c)
{
	const struct bul_entry *e = c->bul, *home = c->home->bul;
	struct mtime at = mn_ba_refresh_time(e->last_sent, e->expires, 0);
	struct mtime behind;

	if (!home || home->state != BUL_BOUND ||
	    mtime_before(home->refresh, at))
		return at;
	behind = mtime_add_s(home->refresh, 2);
	return mtime_before(mtime_add_s(behind, REFRESH_LAST_S), e->expires)
		       ? behind
		       : at;
}

void mn_ro_bound(struct mn_ro *c, const char *why, struct mtime now)
{
	struct bul_entry *e = c->bul;

	e->bound_coa = e->coa;
	e->refresh = refresh_time(c);
	c->maybe_until = e->expires;
	c->lost_binding = false;
	mn_ro_usage_begin(c, now);
	mn_ro_enter(c, MN_RO_BOUND, why, now);
}

void mn_ro_rest(struct mn_ro *c, enum mn_ro_state state, const char *why,
		struct mtime now)
{
	const struct conf_mn *conf = c->mn->conf;
	uint64_t s = (uint64_t)conf->retry_s
		     << (c->failures < 16 ? c->failures : 16);

	if (state == MN_RO_INCAPABLE || s > conf->incapable_s)
		s = conf->incapable_s;
	c->failures++;
	c->until = mtime_add_s(now, (int64_t)s);
	mn_ro_enter(c, state, why, now);
}

/* ---- what is done ---- */

/* Sends the Binding Update that is due.  False: nobody answers. */
static bool exchange_run(struct mn_ro *c, struct mtime now)
{
	struct bul_entry *e = c->bul;

	if (mtime_before(now, exchange_due(c, now)))
		return true;
	if (!c->pending) {
		if (e->attempts >= MN_RO_SENDS)
			return false;
		e->backoff_ms = mn_backoff_next(e->backoff_ms);
	}
	mn_ro_send_bu(c, now);
	return true;
}

/* True when an update has left for which nobody will answer. */
static bool is_assumed(const struct mn_ro *c)
{
	return !c->pending && c->bul->attempts && !(c->bul->flags & BU_FLAG_A);
}

static void run_testing(struct mn_ro *c, struct mtime now)
{
	if (!mn_rr_run(c, false, now))
		mn_ro_rest(c, MN_RO_FAILED, "does not answer the tests", now);
	else if (c->home->ro_phase == MN_RO_READY &&
		 mn_rr_is_complete(c, false, now))
		mn_ro_enter(c, MN_RO_UPDATING, "both tests answered", now);
}

static void run_updating(struct mn_ro *c, struct mtime now)
{
	struct bul_entry *e = c->bul;

	if (c->home->ro_phase != MN_RO_READY)
		return;
	if (!mn_rr_is_complete(c, false, now)) {
		mn_ro_enter(c, MN_RO_TESTING, "tokens too old", now);
	} else if (!c->path.done) {
		/* The kernel first, or it drops what the peer then sends. */
		if (c->path.retry_ms > KERNEL_PATIENCE_MS)
			mn_ro_rest(c, MN_RO_FAILED, "is refused by the kernel",
				   now);
	} else if (!exchange_run(c, now)) {
		mn_ro_rest(c, MN_RO_FAILED, "does not acknowledge", now);
	} else if (is_assumed(c)) {
		e->expires = lifetime_end(e->last_sent, e->lifetime_4s);
		mn_ro_bound(c, "no acknowledgement asked for", now);
	}
}

static void run_deleting(struct mn_ro *c, struct mtime now)
{
	const char *end = NULL;

	if (!mn_ro_may_be_bound(c, now))
		end = "the binding has run out";
	else if (!may_delete(c))
		return;
	else if (!mn_rr_run(c, true, now))
		end = "does not answer the home test";
	else if (mn_rr_is_complete(c, true, now) && !exchange_run(c, now))
		end = "does not acknowledge";
	if (!end)
		return;
	mn_ro_unbound(c);
	mn_ro_enter(c, MN_RO_IDLE, end, now);
}

void mn_ro_advance(struct mn_ro *c, struct mtime now)
{
	mn_ro_path_follow(c, now);
	switch (c->state) {
	case MN_RO_TESTING:
		run_testing(c, now);
		break;
	case MN_RO_UPDATING:
		run_updating(c, now);
		break;
	case MN_RO_DELETING:
		run_deleting(c, now);
		break;
	case MN_RO_BOUND:
		mn_ro_usage_judge(c, now);
		break;
	case MN_RO_IDLE:
	case MN_RO_FAILED:
	case MN_RO_REFUSED:
	case MN_RO_INCAPABLE:
		break;
	}
	/* Three unanswered messages: back to the tunnel (section 5.2.9). */
	mn_ro_path_follow(c, now);
	arm(c, now);
}

/* ---- time ---- */

/* What has run out by now. */
static void expire(struct mn_ro *c, struct mtime now)
{
	struct bul_entry *e = c->bul;

	if (e && !addr_is_any(&e->bound_coa) && !bul_is_bound(e, now)) {
		mn_count(c->mn, CNT_BINDING_EXPIRED);
		e->bound_coa = addr_any;
	}
	if (c->maybe_until.us && !mn_ro_may_be_bound(c, now))
		mn_ro_unbound(c);
	if (c->awaiting && !mn_rr_is_fresh(&c->test[MN_RR_HOME], now))
		await_nothing(c);
	entry_follow(c, now);
	mn_ro_classify(c);
}

static void state_over(struct mn_ro *c, struct mtime now)
{
	switch (c->state) {
	case MN_RO_IDLE:
		/* What nothing is known of any more. */
		mn_ro_free(c, now);
		return;
	case MN_RO_FAILED:
	case MN_RO_REFUSED:
	case MN_RO_INCAPABLE:
		mn_ro_enter(c, MN_RO_IDLE, "may be tried again", now);
		return;
	case MN_RO_TESTING:
	case MN_RO_UPDATING:
	case MN_RO_BOUND:
	case MN_RO_DELETING:
		mn_ro_advance(c, now);
		return;
	}
}

void mn_ro_task(struct task *task, struct mtime now)
{
	struct mn_ro *c = container_of(task, struct mn_ro, task);

	c->mn->now = now;
	expire(c, now);
	if (c->state == MN_RO_BOUND && !mn_ro_may_be_bound(c, now)) {
		mn_ro_enter(c, MN_RO_IDLE, "the binding has run out unused",
			    now);
		return;
	}
	if (mtime_before(now, state_due(c, now)))
		mn_ro_advance(c, now);
	else
		state_over(c, now);
}
