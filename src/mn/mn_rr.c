/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Return routability at the mobile node (RFC 6275 sections 5.2, 11.6, 11.8):
 * the home and the care-of test of one correspondent.
 *
 * This file decides which of the two is needed, when an init is sent or
 * repeated (each test has its own back-off, each message its own cookie),
 * which answer counts, and how long a token may be used.  A token is as old
 * as the init that asked for it: older than MAX_TOKEN_LIFETIME it is wiped.
 * What is done with the tokens is left to mn_ro.c.
 */
#include "mn_priv.h"

#include <string.h>

#include "mip6d/random.h"

static const char *kind_str(enum mn_rr_kind kind)
{
	return kind == MN_RR_HOME ? "HoTI" : "CoTI";
}

/* ---- tokens ---- */

static struct mtime token_end(const struct mn_rr *t)
{
	return mtime_add_s(t->asked_at, MAX_TOKEN_LIFETIME_S);
}

bool mn_rr_is_fresh(const struct mn_rr *t, struct mtime now)
{
	return t->has_token && mtime_before(now, token_end(t));
}

void mn_rr_drop(struct mn_rr *t)
{
	t->has_token = false;
	explicit_bzero(t->token, sizeof(t->token));
}

struct mtime mn_rr_expire(struct mn_ro *c, struct mtime now)
{
	struct mtime next = MTIME_NEVER;
	unsigned int i;

	for (i = 0; i < MN_RR_KINDS; i++) {
		struct mn_rr *t = &c->test[i];

		if (t->has_token && !mn_rr_is_fresh(t, now))
			mn_rr_drop(t);
		if (t->has_token)
			next = mtime_min(next, token_end(t));
	}
	return next;
}

/* ---- sending ---- */

/* The home test goes through the agent, which takes it only from the
 * registered care-of address; at home it goes as it is. */
static bool is_possible(const struct mn_ro *c, enum mn_rr_kind kind)
{
	switch (c->home->ro_phase) {
	case MN_RO_READY:
		return true;
	case MN_RO_MOVING:
		return kind == MN_RR_COA;
	case MN_RO_AT_HOME:
		return kind == MN_RR_HOME;
	case MN_RO_OFF:
	case MN_RO_WAIT:
		break;
	}
	return false;
}

/* Both go in parallel; the care-of test alone, with a home token at hand,
 * need not wait for the home registration. */
static bool is_needed(const struct mn_ro *c, enum mn_rr_kind kind,
		      bool home_only, struct mtime now)
{
	if (mn_rr_is_fresh(&c->test[kind], now))
		return false;
	if (kind == MN_RR_HOME)
		return true;
	return !home_only && (c->home->ro_phase != MN_RO_MOVING ||
			      c->test[MN_RR_COA].waiting ||
			      mn_rr_is_fresh(&c->test[MN_RR_HOME], now));
}

static int send_init(struct mn_ro *c, enum mn_rr_kind kind)
{
	struct mh_msg msg = { .type = kind == MN_RR_HOME ? MH_HOTI : MH_COTI };
	uint8_t buf[32];
	struct mh_send send = {
		.src = kind == MN_RR_HOME ? c->key.hoa : c->home->coa,
		.dst = c->key.peer,
		.data = buf,
	};
	int len;

	memcpy(msg.test_init.cookie, c->test[kind].cookie, AUTH_COOKIE_LEN);
	len = mh_build(&msg, buf, sizeof(buf));
	if (len < 0)
		return len;
	send.len = (size_t)len;
	return transport_send_mh(c->mn->env.transport, &send);
}

static void test_send(struct mn_ro *c, enum mn_rr_kind kind, struct mtime now)
{
	struct mn_rate *rate = &c->peer->rate[kind];
	struct mn_rr *t = &c->test[kind];
	int err;

	t->pending = mtime_before(now, mn_rate_next(rate, now));
	if (t->pending)
		return;
	random_bytes(t->cookie, sizeof(t->cookie));
	t->sent = now;
	t->attempts++;
	mn_rate_sent(rate, now);
	c->peer->last_sent = now;
	err = send_init(c, kind);
	if (err) {
		mn_count(c->mn, CNT_MH_OUT_FAILED);
		log_limited(LOG_LEVEL_INFO, now,
			    "mn: hoa=%s peer=%s %s not sent: %s",
			    addr_str(&c->key.hoa), addr_str(&c->key.peer),
			    kind_str(kind), strerror(-err));
		return;
	}
	mn_count(c->mn, CNT_MH_OUT);
	mn_count(c->mn, CNT_TEST_INIT_OUT);
	log_debug("mn: hoa=%s peer=%s %s attempt=%u", addr_str(&c->key.hoa),
		  addr_str(&c->key.peer), kind_str(kind), t->attempts);
}

static struct mtime test_due(const struct mn_ro *c, enum mn_rr_kind kind,
			     struct mtime now)
{
	const struct mn_rr *t = &c->test[kind];

	if (!t->waiting || !is_possible(c, kind))
		return MTIME_NEVER;
	if (t->pending)
		return mn_rate_next(&c->peer->rate[kind], now);
	return mtime_add_ms(t->sent, t->backoff_ms);
}

static bool test_run(struct mn_ro *c, enum mn_rr_kind kind, struct mtime now)
{
	struct mn_rr *t = &c->test[kind];

	if (!t->waiting) {
		t->waiting = true;
		t->attempts = 0;
		t->backoff_ms = c->mn->conf->bindack_timeout_ms;
		test_send(c, kind, now);
		return true;
	}
	if (mtime_before(now, test_due(c, kind, now)))
		return true;
	if (!t->pending) {
		if (t->attempts >= MN_RO_SENDS)
			return false;
		t->backoff_ms = mn_backoff_next(t->backoff_ms);
	}
	test_send(c, kind, now);
	return true;
}

bool mn_rr_run(struct mn_ro *c, bool home_only, struct mtime now)
{
	enum mn_rr_kind kind;

	for (kind = MN_RR_HOME; kind < MN_RR_KINDS; kind++)
		if (is_needed(c, kind, home_only, now) &&
		    is_possible(c, kind) && !test_run(c, kind, now))
			return false;
	return true;
}

bool mn_rr_is_complete(const struct mn_ro *c, bool home_only, struct mtime now)
{
	return mn_rr_is_fresh(&c->test[MN_RR_HOME], now) &&
	       (home_only || mn_rr_is_fresh(&c->test[MN_RR_COA], now));
}

struct mtime mn_rr_due(const struct mn_ro *c, struct mtime now)
{
	return mtime_min(test_due(c, MN_RR_HOME, now),
			 test_due(c, MN_RR_COA, now));
}

unsigned int mn_rr_attempts(const struct mn_ro *c)
{
	unsigned int i, n = 0;

	for (i = 0; i < MN_RR_KINDS; i++)
		if (c->test[i].waiting && c->test[i].attempts > n)
			n = c->test[i].attempts;
	return n;
}

void mn_rr_stop(struct mn_ro *c)
{
	unsigned int i;

	for (i = 0; i < MN_RR_KINDS; i++) {
		c->test[i].waiting = c->test[i].pending = false;
		c->test[i].attempts = 0;
		explicit_bzero(c->test[i].cookie, AUTH_COOKIE_LEN);
	}
}

/* ---- answers (section 11.6.2) ---- */

static bool is_answer(const struct mn_ro *c, enum mn_rr_kind kind,
		      const struct mh_test *m)
{
	const struct mn_rr *t = &c->test[kind];

	return t->waiting && t->attempts &&
	       !memcmp(t->cookie, m->cookie, AUTH_COOKIE_LEN);
}

static void take(struct mn_ro *c, enum mn_rr_kind kind, const struct mh_test *m,
		 struct mtime now)
{
	struct mn_rr *t = &c->test[kind];

	t->waiting = t->pending = false;
	t->attempts = 0;
	explicit_bzero(t->cookie, sizeof(t->cookie));
	t->has_token = true;
	memcpy(t->token, m->token, sizeof(t->token));
	t->nonce = m->nonce_index;
	t->asked_at = t->sent;
	t->token_at = now;
	mn_ro_advance(c, now);
}

/* Away the agent's tunnel is the only way by which a Home Test may come: who
 * can send to the care-of address has not shown that he can see what goes to
 * the home address.  Protected, that way does not end at the tunnel's device
 * (section 11.6.3), and only who answers knows the cookie. */
static bool came_home(const struct mn_ro *c, const struct packet *pkt)
{
	const struct security *s = c->mn->env.security;
	bool is_clear;

	if (pkt->has_rh2 || pkt->has_hao)
		return false;
	if (c->home->ro_phase == MN_RO_AT_HOME)
		return pkt->ifindex == c->home->home_ifindex;
	is_clear = kernel_mn_is_tunnel(c->mn->env.kernel, pkt->ifindex);
	return is_clear != security_tunnel_is_protected(s, SECURITY_NODE,
							&c->home->hoa,
							mn_home_agent(c->home));
}

static bool on_hot(struct mn *mn, const struct packet *pkt,
		   const struct mh_test *m, struct mtime now)
{
	struct mn_ro *c = mn_ro_find(mn, &pkt->dst, &pkt->src);

	if (!c || !is_answer(c, MN_RR_HOME, m) || !came_home(c, pkt))
		return false;
	take(c, MN_RR_HOME, m, now);
	return true;
}

/* The care-of address does not say for which home address it was. */
static bool on_cot(struct mn *mn, const struct packet *pkt,
		   const struct mh_test *m, struct mtime now)
{
	struct mn_peer *p = mn_peer_find(mn, &pkt->src);
	struct mn_ro *c;

	if (!p || pkt->has_rh2 || pkt->has_hao ||
	    kernel_mn_is_tunnel(mn->env.kernel, pkt->ifindex))
		return false;
	for (c = p->ros; c; c = c->sibling)
		if (is_answer(c, MN_RR_COA, m) &&
		    addr_eq(&pkt->dst, &c->home->coa)) {
			take(c, MN_RR_COA, m, now);
			return true;
		}
	return false;
}

void mn_rr_on_test(struct mn *mn, const struct packet *pkt,
		   const struct mh_msg *msg, struct mtime now)
{
	bool taken = msg->type == MH_HOT ? on_hot(mn, pkt, &msg->test, now)
					 : on_cot(mn, pkt, &msg->test, now);

	if (taken)
		return;
	mn_count(mn, CNT_TEST_IGNORED);
	log_limited(LOG_LEVEL_DEBUG, now, "mn: %s from %s to %s ignored",
		    mh_type_str(msg->type), addr_str(&pkt->src),
		    addr_str(&pkt->dst));
}
