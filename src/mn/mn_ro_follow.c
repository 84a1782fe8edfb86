/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the correspondents of a home address do when it moves (RFC 6275
 * sections 11.5.5, 11.7.2).
 *
 * This file decides what a home address allows at present, and what follows
 * from a change: a new care-of address takes all traffic back into the
 * tunnel at once and is told to each peer that has a binding, the care-of
 * test as soon as the address can send, the Binding Update once the home
 * agent has acknowledged it; at home the bindings are deleted.  Where a home
 * address is, is left to mn_home.c.
 */
#include "mn_priv.h"

static enum mn_ro_phase phase_away(const struct mn_home *h, struct mtime now)
{
	const struct kernel_mn_home *in = &h->install.want;

	if (in->place != KERNEL_MN_AWAY || addr_is_any(&in->ha))
		return MN_RO_OFF;
	if (h->hold || !h->install.done || !addr_eq(&in->coa, &h->coa))
		return MN_RO_WAIT;
	if (h->bul && bul_is_bound(h->bul, now) &&
	    addr_eq(&h->bul->bound_coa, &h->coa))
		return MN_RO_READY;
	return MN_RO_MOVING;
}

static enum mn_ro_phase phase_of(const struct mn_home *h, struct mtime now)
{
	switch (h->place) {
	case MN_PLACE_UNKNOWN:
	case MN_PLACE_DUPLICATE:
		return MN_RO_OFF;
	case MN_PLACE_AWAY:
		return phase_away(h, now);
	case MN_PLACE_RETURNING:
		break;
	case MN_PLACE_HOME:
		if (h->install.done && !h->hold)
			return MN_RO_AT_HOME;
		break;
	}
	return MN_RO_WAIT;
}

/* ---- one correspondent ---- */

void mn_ro_delete(struct mn_ro *c, const char *why, struct mtime now)
{
	if (mn_ro_may_be_bound(c, now) && c->home->ro_phase != MN_RO_OFF) {
		mn_ro_enter(c, MN_RO_DELETING, why, now);
		return;
	}
	mn_ro_unbound(c);
	mn_ro_enter(c, MN_RO_IDLE, why, now);
}

static void update(struct mn_ro *c, bool moved, struct mtime now)
{
	const char *why = moved ? "new care-of address" : "can go on";

	switch (c->state) {
	case MN_RO_IDLE:
		if (mn_ro_may_be_bound(c, now) ||
		    (c->wanted && c->home->ro_phase == MN_RO_READY))
			mn_ro_enter(c, MN_RO_TESTING, why, now);
		break;
	case MN_RO_TESTING:
		if (moved)
			mn_ro_enter(c, MN_RO_TESTING, why, now);
		break;
	case MN_RO_UPDATING:
		mn_ro_enter(c, moved ? MN_RO_TESTING : MN_RO_UPDATING, why,
			    now);
		break;
	case MN_RO_BOUND:
		if (mn_ro_may_be_bound(c, now) && !mn_ro_is_bound(c, now))
			mn_ro_enter(c, MN_RO_TESTING, why, now);
		break;
	case MN_RO_DELETING:
		/* Left home again before the peer had answered. */
		mn_ro_enter(c, c->leaving ? MN_RO_DELETING : MN_RO_TESTING, why,
			    now);
		break;
	case MN_RO_FAILED:
	case MN_RO_REFUSED:
		/* What failed there may do here. */
		if (moved)
			mn_ro_enter(c,
				    mn_ro_may_be_bound(c, now) ? MN_RO_TESTING
							       : MN_RO_IDLE,
				    why, now);
		break;
	case MN_RO_INCAPABLE:
		break;
	}
}

static void at_home(struct mn_ro *c, struct mtime now)
{
	if (c->state == MN_RO_INCAPABLE)
		return;
	c->wanted = false;
	mn_ro_delete(c, "at home", now);
}

static void follow(struct mn_ro *c, bool moved, struct mtime now)
{
	if (moved)
		mn_rr_drop(&c->test[MN_RR_COA]);
	switch (c->home->ro_phase) {
	case MN_RO_OFF:
		mn_rr_drop(&c->test[MN_RR_HOME]);
		if (c->state != MN_RO_INCAPABLE)
			mn_ro_enter(c, MN_RO_IDLE,
				    "the home address is not in use", now);
		break;
	case MN_RO_WAIT:
		if (moved && c->home->place == MN_PLACE_AWAY)
			update(c, moved, now);
		break;
	case MN_RO_MOVING:
	case MN_RO_READY:
		update(c, moved, now);
		break;
	case MN_RO_AT_HOME:
		at_home(c, now);
		break;
	}
	mn_ro_advance(c, now);
}

/* ---- all of a home address ---- */

void mn_ro_follow(struct mn_home *h, struct mtime now)
{
	enum mn_ro_phase phase = phase_of(h, now);
	bool moved = !addr_eq(&h->ro_coa, &h->coa);
	struct mn_ro *c, *next;

	if (phase == h->ro_phase && !moved && h->ro_place == h->place)
		return;
	h->ro_phase = phase;
	h->ro_coa = h->coa;
	h->ro_place = h->place;
	HASH_ITER(hh, h->mn->ro.table, c, next)
		if (c->home == h)
			follow(c, moved, now);
}

void mn_ro_shorten(struct mn_home *h, struct mtime end, struct mtime now)
{
	struct mn_ro *c, *next;

	HASH_ITER(hh, h->mn->ro.table, c, next)
		if (c->home == h && c->state == MN_RO_BOUND &&
		    mtime_before(end, c->maybe_until))
			mn_ro_enter(c, MN_RO_TESTING,
				    "the home prefix ends sooner", now);
}

/* ---- stop ---- */

static void leave(struct mn_ro *c, const char *why, struct mtime now)
{
	c->leaving = true;
	if (c->home->ro_phase != MN_RO_READY &&
	    c->home->ro_phase != MN_RO_AT_HOME)
		mn_ro_unbound(c);
	mn_ro_delete(c, why, now);
}

void mn_ro_stop(struct mn *mn, struct mtime now)
{
	struct mn_ro *c, *next;

	HASH_ITER(hh, mn->ro.table, c, next)
		leave(c, "this node stops", now);
}

void mn_ro_stop_home(struct mn_home *h, struct mtime now)
{
	struct mn_ro *c, *next;

	HASH_ITER(hh, h->mn->ro.table, c, next)
		if (c->home == h)
			leave(c, "the home address is given up", now);
}

bool mn_ro_is_deleting_of(const struct mn_home *h)
{
	const struct mn_ro *c, *next;

	HASH_ITER(hh, h->mn->ro.table, c, next)
		if (c->home == h && c->state == MN_RO_DELETING)
			return true;
	return false;
}

void mn_ro_forget_home(struct mn_home *h, struct mtime now)
{
	struct mn_ro *c, *next;

	HASH_ITER(hh, h->mn->ro.table, c, next)
		if (c->home == h)
			mn_ro_free(c, now);
}

bool mn_ro_is_deleting(const struct mn *mn)
{
	return mn->ro.n_deleting != 0;
}

void mn_ro_done(struct mn *mn, struct mtime now)
{
	struct mn_ro *c, *next;

	HASH_ITER(hh, mn->ro.table, c, next)
		mn_ro_free(c, now);
	mn_peer_free_all(mn);
}
