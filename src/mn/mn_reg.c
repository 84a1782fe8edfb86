/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registration machine of a home address (RFC 6275 sections 11.7.1,
 * 11.7.3, 11.8): one exchange of Binding Update and Acknowledgement at a
 * time.
 *
 *   (none) --kick--> REGISTERING --BA--> BOUND --refresh, move--> REFRESHING
 *   REFRESHING --BA--> BOUND;  --binding ran out--> REGISTERING
 *   any --refused--> REFUSED --slowly, or a new care-of address--> again
 *   any --home, stop--> DEREGISTERING --BA--> (none)
 *
 * This file decides when a Binding Update is sent and how an exchange ends.
 * It never sends from an address that cannot receive, nor before the kernel
 * carried out what goes with it: then the exchange waits, and mn_reg_kick()
 * wakes it.  Judging answers is left to mn_ba.c, acting on them to mn_answer.c,
 * where the node is and what follows from that to mn_home.c and mn_return.c.
 */
#include "mn_priv.h"

#include "mip6d/cleanup.h"
#include "mip6d/lifetime.h"

/* De-registrations at home that go unanswered before the home address is
 * used all the same: 1 + 2 + 4 s. */
#define UNANSWERED_MAX 3
/* Silence after which the agent may have lost its keys: 1 + 2 + 4 s. */
#define SUSPECT_AFTER 3
/* An agent that keeps answering 135 is not worth three updates a second. */
#define RESYNC_MAX 3
/* Two updates that came back as undeliverable are as good as silence; so is
 * one where others got lost: a router has room for few packets to an address
 * that it cannot resolve. */
#define CAME_BACK_MAX  2
#define CAME_BACK_LOST 3
/* How often a refresh that waits for prefix discovery looks again (Differs
 * from RFC 6275 section 11.7.1: a new care-of address does not wait). */
#define DEFER_MS 1000

static bool is_under_way(enum bul_state s)
{
	return s == BUL_REGISTERING || s == BUL_REFRESHING ||
	       s == BUL_DEREGISTERING;
}

static bool is_at_home(const struct mn_home *h)
{
	return h->place == MN_PLACE_RETURNING || h->place == MN_PLACE_HOME;
}

/* False while keys are negotiated, and without the key of an authentication
 * option that there must be. */
static bool is_protected(const struct mn_home *h)
{
	return !mn_home_lacks_key(h) &&
	       ike_is_ready(h->mn->env.ike, &h->hoa, mn_home_agent(h));
}

/* True when a Binding Update of the present exchange could be sent and its
 * acknowledgement received, if there are keys. */
static bool is_in_place(const struct mn_home *h)
{
	const struct kernel_mn_home *in = &h->install.want;

	if (h->hold || !h->install.done)
		return false;
	if (addr_eq(&h->reg_coa, &h->hoa))
		return is_at_home(h) && in->place != KERNEL_MN_NONE &&
		       in->place != KERNEL_MN_AWAY;
	return h->place == MN_PLACE_AWAY && in->place == KERNEL_MN_AWAY &&
	       addr_eq(&in->coa, &h->reg_coa) &&
	       addr_eq(&in->ha, mn_home_agent(h));
}

static bool may_send(const struct mn_home *h)
{
	return is_in_place(h) && is_protected(h);
}

bool mn_reg_may_be_bound(const struct mn_home *h, struct mtime now)
{
	const struct bul_entry *e = h->bul;

	if (!e)
		return false;
	return bul_is_bound(e, now) ||
	       (is_under_way(e->state) && e->attempts > 0);
}

/* ---- timer ---- */

static bool is_undeliverable(const struct mn_home *h)
{
	return h->came_back >= CAME_BACK_MAX ||
	       (h->came_back && h->bul->attempts >= CAME_BACK_LOST);
}

/* When a silent agent is given up for another. */
static struct mtime patience(const struct mn_home *h)
{
	if (!h->dynamic || h->given_up || mn_home_is_stopping(h) ||
	    h->bul->state == BUL_DEREGISTERING)
		return MTIME_NEVER;
	return mtime_add_ms(h->bul->first_sent,
			    is_undeliverable(h)
				    ? h->mn->conf->first_bindack_timeout_ms
				    : MAX_BINDACK_TIMEOUT_MS);
}

/* When the home address is used at home though nothing could be sent: no key
 * is as good as no answer. */
static struct mtime home_without_keys(const struct mn_home *h)
{
	uint32_t first_ms = h->mn->conf->bindack_timeout_ms;

	if (h->bul->state != BUL_DEREGISTERING || mn_home_is_stopping(h) ||
	    h->place != MN_PLACE_RETURNING || is_protected(h))
		return MTIME_NEVER;
	return mtime_add_ms(h->bul->first_sent,
			    ((1 << UNANSWERED_MAX) - 1) * (int64_t)first_ms);
}

static struct mtime due_under_way(const struct mn_home *h, struct mtime now)
{
	if (!is_in_place(h))
		return MTIME_NEVER;
	if (!is_protected(h))
		return mtime_min(patience(h), home_without_keys(h));
	if (h->send_pending)
		return mn_rate_next(mn_rate_of(h->mn, &h->bul->peer), now);
	return mtime_min(mtime_add_ms(h->bul->last_sent, h->bul->backoff_ms),
			 patience(h));
}

static void reg_arm(struct mn_home *h, struct mtime now)
{
	struct bul_entry *e = h->bul;
	struct mtime due = MTIME_NEVER;

	h->paused = is_under_way(e->state) && !may_send(h);
	if (is_under_way(e->state))
		due = due_under_way(h, now);
	else if (e->state == BUL_REFUSED ||
		 (e->state == BUL_BOUND && may_send(h)))
		due = e->refresh;
	if (!addr_is_any(&e->bound_coa) || e->state == BUL_DEREGISTERING)
		due = mtime_min(due, e->expires);
	if (mtime_before(due, MTIME_NEVER))
		tqueue_start(h->mn->env.tq, &e->task, due);
	else
		task_stop(&e->task);
}

static void try_send(struct mn_home *h, struct mtime now)
{
	h->send_pending = true;
	ike_want(h->mn->env.ike, &h->hoa, mn_home_agent(h), &h->reg_coa, now);
	if (!may_send(h))
		return;
	if (mtime_before(now,
			 mn_rate_next(mn_rate_of(h->mn, &h->bul->peer), now))) {
		mn_count(h->mn, CNT_BU_OUT_RATE);
		return;
	}
	h->send_pending = false;
	mn_send_bu(h, now);
}

/* ---- states ---- */

static void log_state(const struct mn_home *h, enum bul_state from,
		      enum bul_state to, const char *why, struct mtime now)
{
	const struct bul_entry *e = h->bul;

	if (to == BUL_BOUND)
		log_info("mn: hoa=%s state=%s->%s coa=%s lifetime=%us (%s)",
			 addr_str(&e->hoa), bul_state_str(from),
			 bul_state_str(to), addr_str(&e->bound_coa),
			 mtime_left_s(e->expires, now), why);
	else
		log_info("mn: hoa=%s state=%s->%s (%s)", addr_str(&e->hoa),
			 bul_state_str(from), bul_state_str(to), why);
}

static void tell_bound(struct mn_home *h, struct mtime now)
{
	bool bound = h->bul && bul_is_bound(h->bul, now);

	if (bound == h->bound_told)
		return;
	h->bound_told = bound;
	kernel_mn_bound_set(h->mn->env.kernel, h->index, bound);
}

void mn_reg_enter(struct mn_home *h, enum bul_state state, const char *why,
		  struct mtime now)
{
	struct bul_entry *e = h->bul;

	log_state(h, e->state, state, why, now);
	e->state = state;
	if (state == BUL_IDLE)
		h->bul = NULL;
	tell_bound(h, now);
	switch (state) {
	case BUL_IDLE:
		h->send_pending = false;
		bul_del(&h->mn->bul, e);
		return;
	case BUL_REGISTERING:
	case BUL_REFRESHING:
	case BUL_DEREGISTERING:
		if (h->send_pending)
			try_send(h, now);
		break;
	case BUL_BOUND:
	case BUL_REFUSED:
		h->send_pending = false;
		break;
	}
	reg_arm(h, now);
}

static void reg_task(struct task *task, struct mtime now);

static bool entry_need(struct mn_home *h, struct mtime now)
{
	if (h->bul)
		return true;
	h->bul = bul_add(&h->mn->bul, mn_home_agent(h), &h->hoa);
	if (!h->bul) {
		log_limited(LOG_LEVEL_ERROR, now,
			    "mn: hoa=%s out of memory, not registered",
			    addr_str(&h->hoa));
		return false;
	}
	task_init(&h->bul->task, reg_task);
	h->bul->owner = h;
	h->bul->home = true;
	h->bul->expires = now;
	return true;
}

/* A new exchange: its own back-off (section 11.8). */
static void reg_begin(struct mn_home *h, enum bul_state state,
		      const struct in6_addr *coa, const char *why,
		      struct mtime now)
{
	const struct conf_mn *conf = h->mn->conf;
	struct bul_entry *e = h->bul;

	h->reg_coa = *coa;
	h->retry = false;
	h->given_up = false;
	h->resyncs = 0;
	h->came_back = h->came_back_last = 0;
	h->send_pending = true;
	e->blocked = false;
	e->attempts = 0;
	e->first_sent = now;
	e->backoff_ms = state == BUL_REGISTERING
				? conf->first_bindack_timeout_ms
				: conf->bindack_timeout_ms;
	mn_reg_enter(h, state, why, now);
}

static void reg_begin_coa(struct mn_home *h, const char *why, struct mtime now)
{
	reg_begin(h,
		  bul_is_bound(h->bul, now) ? BUL_REFRESHING : BUL_REGISTERING,
		  &h->coa, why, now);
}

void mn_reg_kick(struct mn_home *h, struct mtime now)
{
	const struct kernel_mn_home *in = &h->install.want;
	bool moved;

	if (h->place != MN_PLACE_AWAY || h->hold || !h->install.done ||
	    !mn_home_has_agent(h) || in->place != KERNEL_MN_AWAY ||
	    !addr_eq(&in->coa, &h->coa) ||
	    !addr_eq(&in->ha, mn_home_agent(h)) || mn_home_is_stopping(h) ||
	    addr_eq(&in->ha, &h->unproven) || !entry_need(h, now))
		return;
	moved = !addr_eq(&h->reg_coa, &h->coa);
	switch (h->bul->state) {
	case BUL_DEREGISTERING:
		/* Once that was asked, who knows whether it was deleted. */
		if (h->bul->attempts)
			h->bul->bound_coa = addr_any;
		reg_begin_coa(h, "left home again", now);
		break;
	case BUL_IDLE:
		reg_begin_coa(h, "no binding", now);
		break;
	case BUL_REGISTERING:
	case BUL_REFRESHING:
		if (moved)
			reg_begin_coa(h, "new care-of address", now);
		else if (h->paused && is_protected(h))
			reg_begin_coa(h, "can send again", now);
		break;
	case BUL_BOUND:
		if (moved)
			reg_begin_coa(h, "new care-of address", now);
		else
			reg_arm(h, now);
		break;
	case BUL_REFUSED:
		if (moved || h->retry)
			reg_begin_coa(h,
				      moved ? "new care-of address"
					    : "tried again",
				      now);
		break;
	}
}

void mn_reg_deregister(struct mn_home *h, const struct in6_addr *coa,
		       struct mtime now)
{
	bool known = h->bul && bul_is_bound(h->bul, now);

	if (!entry_need(h, now))
		return;
	/* It is repeated until the binding is over in any case. */
	if (!known)
		h->bul->expires =
			lifetime_end(now, lifetime_units(h->lifetime_s));
	reg_begin(h, BUL_DEREGISTERING, coa, "binding to be deleted", now);
}

void mn_reg_resume(struct mn_home *h, struct mtime now)
{
	if (!h->bul || !h->paused)
		return;
	if (h->send_pending)
		try_send(h, now);
	reg_arm(h, now);
}

/* Whoever lost keys may have lost bindings, too. */
void mn_reg_on_keys(struct mn_home *h, struct mtime now)
{
	bool anew = h->keys_went && is_protected(h);

	h->keys_went = !is_protected(h);
	if (anew && h->bul->state == BUL_BOUND)
		reg_begin_coa(h, "keys negotiated anew", now);
	else
		mn_reg_resume(h, now);
}

void mn_reg_again(struct mn_home *h, const char *why, struct mtime now)
{
	if (h->bul->state == BUL_DEREGISTERING)
		reg_begin(h, BUL_DEREGISTERING, &h->reg_coa, why, now);
	else
		reg_begin_coa(h, why, now);
}

void mn_reg_resync(struct mn_home *h, uint16_t seq, struct mtime now)
{
	struct bul_entry *e = h->bul;

	h->seq = seq;
	if (++h->resyncs > RESYNC_MAX) {
		mn_reg_refuse(h, "the agent takes no sequence number", now);
		return;
	}
	log_info("mn: hoa=%s sequence number follows the agent's %u",
		 addr_str(&e->hoa), seq);
	try_send(h, now);
	reg_arm(h, now);
}

/* Where the seconds agree the timestamp was too old by less than one, or no
 * newer than the last: the next one, when it is due, is newer. */
void mn_reg_reclock(struct mn_home *h, uint64_t received, struct mtime now)
{
	int64_t step;

	if (!mn_auth_adjust(&h->clock, received))
		return;
	step = (int64_t)(received - h->clock.sent) >> 32;
	if (++h->resyncs > RESYNC_MAX) {
		mn_reg_refuse(h, "the agent takes no timestamp", now);
		return;
	}
	log_notice("mn: hoa=%s the agent's clock is %lld s %s ours: timestamps "
		   "follow it",
		   addr_str(&h->bul->hoa), (long long)(step < 0 ? -step : step),
		   step < 0 ? "behind" : "ahead of");
	try_send(h, now);
	reg_arm(h, now);
}

void mn_reg_refuse(struct mn_home *h, const char *why, struct mtime now)
{
	struct bul_entry *e = h->bul;
	bool deleting = e->state == BUL_DEREGISTERING;

	if (!deleting && mn_agent_failed(h, false, why, now))
		return;
	e->refresh = mtime_add_s(now, h->mn->conf->retry_s);
	mn_reg_enter(h, BUL_REFUSED, why, now);
	if (mn_home_is_stopping(h))
		mn_home_stopped(h);
	else if (deleting)
		mn_return_unanswered(h, why, now);
	else if (h->place == MN_PLACE_AWAY && !bul_is_bound(e, now))
		mn_home_install_unbound(h, now);
}

void mn_reg_came_back(struct mn_home *h, struct mtime now)
{
	if (h->came_back_last == h->bul->attempts)
		return;
	h->came_back_last = h->bul->attempts;
	h->came_back++;
	reg_arm(h, now);
}

/* ---- the entry's timer ---- */

void mn_reg_deleted(struct mn_home *h, const char *why, struct mtime now)
{
	mn_reg_enter(h, BUL_IDLE, why, now);
	h->holds_until = now;
	mn_memory_changed(h);
	if (mn_home_is_stopping(h))
		mn_home_stopped(h);
	else if (is_at_home(h))
		mn_return_deregistered(h, now);
}

static void expired(struct mn_home *h, struct mtime now)
{
	struct bul_entry *e = h->bul;

	if (e->state == BUL_DEREGISTERING) {
		mn_reg_deleted(h, "the binding has run out", now);
		return;
	}
	mn_count(h->mn, CNT_BINDING_EXPIRED);
	log_notice("mn: hoa=%s binding for %s has run out", addr_str(&e->hoa),
		   addr_str(&e->bound_coa));
	e->bound_coa = addr_any;
	switch (e->state) {
	case BUL_REFRESHING:
		mn_reg_enter(h, BUL_REGISTERING, "binding ran out", now);
		break;
	case BUL_REFUSED:
		mn_reg_enter(h, BUL_REFUSED, "binding ran out", now);
		if (h->place == MN_PLACE_AWAY)
			mn_home_install_unbound(h, now);
		break;
	case BUL_BOUND:
		mn_reg_enter(h, BUL_IDLE, "binding ran out", now);
		mn_reg_kick(h, now);
		break;
	case BUL_IDLE:
	case BUL_REGISTERING:
	case BUL_DEREGISTERING:
		reg_arm(h, now);
		break;
	}
}

static void resend(struct mn_home *h, struct mtime now)
{
	struct bul_entry *e = h->bul;
	const char *why = is_protected(h) ? "does not answer"
					  : "no keys for it are negotiated";

	if (!mtime_before(now, patience(h))) {
		h->given_up = true;
		if (mn_agent_failed(h, true, why, now))
			return;
	}
	if (!mtime_before(now, home_without_keys(h))) {
		mn_return_unanswered(h, why, now);
		/* It may have ended the exchange. */
		if (h->bul)
			reg_arm(h, now);
		return;
	}
	if (!h->send_pending &&
	    mtime_before(now, mtime_add_ms(e->last_sent, e->backoff_ms))) {
		reg_arm(h, now);
		return;
	}
	if (!h->send_pending) {
		e->backoff_ms = mn_backoff_next(e->backoff_ms);
		if (e->attempts == SUSPECT_AFTER)
			ike_suspect(h->mn->env.ike, &e->hoa, &e->peer, now);
		if (e->state == BUL_DEREGISTERING && !mn_home_is_stopping(h) &&
		    e->attempts == UNANSWERED_MAX) {
			mn_return_unanswered(h, "does not answer", now);
			/* It may have ended the exchange. */
			if (!h->bul || !is_under_way(h->bul->state))
				return;
		}
	}
	try_send(h, now);
	reg_arm(h, now);
}

void mn_reg_retry(struct mn_home *h, struct mtime now)
{
	struct bul_entry *e = h->bul;

	if (is_at_home(h) && !bul_is_bound(e, now)) {
		/* None that was ever acknowledged: it ends by itself. */
		mn_reg_enter(h, BUL_IDLE, "no binding of ours", now);
		return;
	}
	h->retry = true;
	if (is_at_home(h))
		mn_reg_deregister(h, &h->hoa, now);
	else if (h->place == MN_PLACE_AWAY && !h->hold)
		mn_home_install_away(h, now);
	if (h->bul == e && e->state == BUL_REFUSED) {
		/* Waits for the kernel, or for a care-of address. */
		e->refresh = MTIME_NEVER;
		reg_arm(h, now);
	}
}

static void on_due(struct mn_home *h, struct mtime now)
{
	struct bul_entry *e = h->bul;
	bool counts = !addr_is_any(&e->bound_coa) ||
		      e->state == BUL_DEREGISTERING;

	if (counts && !mtime_before(now, e->expires)) {
		expired(h, now);
		return;
	}
	switch (e->state) {
	case BUL_REGISTERING:
	case BUL_REFRESHING:
	case BUL_DEREGISTERING:
		resend(h, now);
		break;
	case BUL_BOUND:
		if (mn_mpd_defers(h, now)) {
			e->refresh = mtime_add_ms(now, DEFER_MS);
			reg_arm(h, now);
		} else if (may_send(h)) {
			reg_begin_coa(h, "refresh", now);
		} else {
			reg_arm(h, now);
		}
		break;
	case BUL_REFUSED:
		mn_reg_retry(h, now);
		break;
	case BUL_IDLE:
		break;
	}
}

static void reg_task(struct task *task, struct mtime now)
{
	struct bul_entry *e = container_of(task, struct bul_entry, task);
	struct mn_home *h = e->owner;

	h->mn->now = now;
	on_due(h, now);
	mn_ro_follow(h, now);
}
