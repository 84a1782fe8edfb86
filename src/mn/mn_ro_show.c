/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The correspondents for mip6d-ctl, as plain values.
 *
 * This file decides nothing: it says in words which way the traffic with each
 * correspondent takes, and why.
 */
#include "mn_priv.h"

#include <stdio.h>

#define REASON_MAX 160

/* What holds the home address back, or NULL. */
static const char *obstacle(const struct mn_ro *c)
{
	switch (c->home->ro_phase) {
	case MN_RO_OFF:
		return "the home address is not in use";
	case MN_RO_WAIT:
		if (c->home->place != MN_PLACE_AWAY)
			return "on the way home";
		return c->home->hold ? "no care-of address can be used"
				     : "the care-of address is being set up";
	case MN_RO_MOVING:
		return "the home registration is not confirmed";
	case MN_RO_READY:
	case MN_RO_AT_HOME:
		break;
	}
	return NULL;
}

static const char *state_str(const struct mn_ro *c, bool optimised)
{
	bool waits = obstacle(c) != NULL;

	switch (c->state) {
	case MN_RO_IDLE:
		return c->wanted && waits ? "waiting" : "idle";
	case MN_RO_TESTING:
		return waits && !mn_rr_attempts(c) ? "waiting" : "testing";
	case MN_RO_UPDATING:
		return "updating";
	case MN_RO_BOUND:
		return optimised ? "optimised" : "bound";
	case MN_RO_DELETING:
		return "deleting";
	case MN_RO_FAILED:
		return "failed";
	case MN_RO_REFUSED:
		return "refused";
	case MN_RO_INCAPABLE:
		return "incapable";
	}
	return "?";
}

static void explain_testing(const struct mn_ro *c, char *buf, size_t size)
{
	const struct mn_rr *home = &c->test[MN_RR_HOME];
	const struct mn_rr *coa = &c->test[MN_RR_COA];
	unsigned int n = mn_rr_attempts(c);
	const char *what = "";

	if (home->waiting && coa->waiting)
		what = "both tests";
	else if (home->waiting)
		what = "the home test";
	else if (coa->waiting)
		what = "the care-of test";
	if (n)
		snprintf(buf, size, "%s: waiting for %s, asked %u time%s",
			 c->why, what, n, n == 1 ? "" : "s");
	else
		snprintf(buf, size, "%s: %s", c->why,
			 obstacle(c) ? obstacle(c) : "tests begin");
}

static void explain(const struct mn_ro *c, char *buf, size_t size)
{
	switch (c->state) {
	case MN_RO_IDLE:
		snprintf(buf, size, "%s",
			 c->wanted && obstacle(c) ? obstacle(c) : c->why);
		break;
	case MN_RO_TESTING:
		explain_testing(c, buf, size);
		break;
	case MN_RO_UPDATING:
		if (!c->bul->attempts) {
			snprintf(buf, size, "%s",
				 obstacle(c) ? obstacle(c)
				 : c->path.done
					 ? "the Binding Update goes out soon"
					 : "waiting for the kernel");
			break;
		}
		snprintf(buf, size,
			 "waiting for a Binding Acknowledgement, asked %u "
			 "time%s",
			 c->bul->attempts, c->bul->attempts == 1 ? "" : "s");
		break;
	case MN_RO_BOUND:
		if (c->path.retry_ms)
			snprintf(buf, size,
				 "the kernel refused the pair; "
				 "tried again later");
		else
			snprintf(buf, size, "the peer has a binding: %s",
				 c->why);
		break;
	case MN_RO_DELETING:
		snprintf(buf, size, "the binding is being deleted: %s", c->why);
		break;
	case MN_RO_FAILED:
	case MN_RO_REFUSED:
	case MN_RO_INCAPABLE:
		snprintf(buf, size, "the peer %s%s",
			 c->state == MN_RO_REFUSED ? "refuses: " : "", c->why);
		break;
	}
}

static void show(struct mn_ro *c, mn_ro_fn *fn, void *arg)
{
	const struct mn_rr *home = &c->test[MN_RR_HOME];
	const struct mn_rr *coa = &c->test[MN_RR_COA];
	struct mtime now = c->mn->now;
	bool optimised = mn_ro_path_is_direct(c);
	char reason[REASON_MAX];
	struct mn_ro_info info = {
		.hoa = c->key.hoa,
		.peer = c->key.peer,
		.optimised = optimised,
		.state = state_str(c, optimised),
		.reason = reason,
		.since = c->since,
		.has_home_token = mn_rr_is_fresh(home, now),
		.has_coa_token = mn_rr_is_fresh(coa, now),
		.home_token_at = home->token_at,
		.coa_token_at = coa->token_at,
		.has_usage = c->usage.known,
		.octets_in = c->usage.last.octets_in,
		.octets_out = c->usage.last.octets_out,
		.seq = c->bul ? c->bul->seq : c->peer->seq,
		.has_status = c->has_status,
		.last_status = c->last_status,
	};

	explain(c, reason, sizeof(reason));
	if (c->bul && bul_is_bound(c->bul, now)) {
		info.coa = c->bul->bound_coa;
		info.expires = c->bul->expires;
	}
	if (c->state == MN_RO_FAILED || c->state == MN_RO_REFUSED ||
	    c->state == MN_RO_INCAPABLE)
		info.until = c->until;
	fn(arg, &info);
}

void mn_walk_ro(struct mn *mn, mn_ro_fn *fn, void *arg)
{
	struct mn_ro *c, *next;

	HASH_ITER(hh, mn->ro.table, c, next)
		show(c, fn, arg);
}
