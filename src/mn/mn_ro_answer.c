/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comes back from a correspondent: Binding Acknowledgements (RFC 6275
 * section 11.7.3), Binding Refresh Requests (11.7.4), Binding Errors (11.3.6)
 * and ICMPv6 errors (11.3.5).
 *
 * This file decides what an answer means for the state of the one
 * correspondent that it is about.  Errors can be forged by whoever guesses
 * addresses: they count only where a message of that kind is unanswered, or
 * where a binding is, and never make a new correspondent.
 */
#include "mn_priv.h"

/* Requests come a few at a time; each costs four messages. */
#define REFRESH_REQUEST_S 5

/* Statuses 135 to 138 within this time of each other make a row. */
#define CORRECTION_S 30

/* A binding that is lost after this time is no sign of a lack of room. */
#define LASTING_US (60 * INT64_C(1000000))

/* ---- Binding Acknowledgements ---- */

static void ba_ignore(struct mn_ro *c, const struct mh_msg *msg,
		      enum mn_ro_ba_verdict v, struct mtime now)
{
	enum counter counter = CNT_BA_NOT_ASKED;

	if (v == MN_RO_BA_BAD_AUTH)
		counter = CNT_BA_BAD_AUTH;
	if (v == MN_RO_BA_WRONG_SEQ)
		counter = CNT_BA_BAD_SEQ;
	mn_count(c->mn, counter);
	log_limited(LOG_LEVEL_DEBUG, now,
		    "mn: hoa=%s peer=%s BA status=%u seq=%u ignored: %s",
		    addr_str(&c->key.hoa), addr_str(&c->key.peer),
		    msg->ba.status, msg->ba.seq, counter_texts[counter]);
}

static void ba_refused(struct mn_ro *c, const struct mh_msg *msg,
		       struct mtime now)
{
	const char *why = msg->ba.status < 128 ? "grants no lifetime"
					       : ba_status_str(msg->ba.status);

	if (c->state == MN_RO_DELETING) {
		mn_ro_unbound(c);
		mn_ro_enter(c, MN_RO_IDLE, why, now);
		return;
	}
	log_limited(LOG_LEVEL_NOTICE, now,
		    "mn: hoa=%s peer=%s refused: status %u, %s",
		    addr_str(&c->key.hoa), addr_str(&c->key.peer),
		    msg->ba.status, why);
	mn_ro_rest(c, MN_RO_REFUSED, why, now);
}

/* True when there have been too many in a row. */
static bool ba_correct(struct mn_ro *c, const struct mh_msg *msg,
		       struct mtime now)
{
	/* A binding that was taken for granted has held for a while. */
	if (c->state == MN_RO_BOUND &&
	    !mtime_before(now, mtime_add_s(c->since, CORRECTION_S)))
		c->corrections = 0;
	if (++c->corrections > MN_RO_CORRECTIONS) {
		ba_refused(c, msg, now);
		return true;
	}
	/* It was not asked to say yes, but it says no. */
	if (c->state == MN_RO_BOUND)
		mn_ro_doubt(c);
	return false;
}

static void ba_resync(struct mn_ro *c, const struct mn_ro_ba_result *r,
		      const struct mh_msg *msg, struct mtime now)
{
	if (ba_correct(c, msg, now))
		return;
	if (mh_seq_newer(r->seq, c->peer->seq))
		c->peer->seq = r->seq;
	if (c->state == MN_RO_BOUND) {
		mn_ro_enter(c, MN_RO_UPDATING, ba_status_str(msg->ba.status),
			    now);
		return;
	}
	c->pending = true;
	mn_ro_advance(c, now);
}

static void ba_stale(struct mn_ro *c, const struct mn_ro_ba_result *r,
		     const struct mh_msg *msg, struct mtime now)
{
	unsigned int i;

	for (i = 0; i < MN_RR_KINDS; i++)
		if (r->stale[i])
			mn_rr_drop(&c->test[i]);
	if (ba_correct(c, msg, now))
		return;
	mn_ro_enter(c,
		    c->state == MN_RO_DELETING ? MN_RO_DELETING : MN_RO_TESTING,
		    ba_status_str(msg->ba.status), now);
}

static void ba_act(struct mn_ro *c, const struct mn_ro_ba_result *r,
		   const struct mh_msg *msg, struct mtime now)
{
	const char *why = ba_status_str(msg->ba.status);

	c->has_status = true;
	c->last_status = msg->ba.status;
	c->bul->acked = now;
	switch (r->verdict) {
	case MN_RO_BA_ACCEPTED:
		c->answered = true;
		c->awaiting = false;
		c->corrections = 0;
		c->bul->expires = r->expires;
		mn_ro_bound(c, why, now);
		break;
	case MN_RO_BA_DELETED:
		mn_ro_unbound(c);
		mn_ro_enter(c, MN_RO_IDLE, "the peer has deleted the binding",
			    now);
		break;
	case MN_RO_BA_RESYNC:
		ba_resync(c, r, msg, now);
		break;
	case MN_RO_BA_STALE:
		ba_stale(c, r, msg, now);
		break;
	case MN_RO_BA_REFUSED:
		ba_refused(c, msg, now);
		break;
	case MN_RO_BA_NOT_ASKED:
	case MN_RO_BA_BAD_AUTH:
	case MN_RO_BA_WRONG_SEQ:
		break;
	}
}

void mn_ro_on_ba(struct mn_ro *c, const struct packet *pkt,
		 const struct mh_msg *msg, struct mtime now)
{
	struct mn_ro_ba_result r = { .verdict = MN_RO_BA_NOT_ASKED };

	if (c->bul)
		r = mn_ro_ba_judge(c->bul, c->awaiting ? c->kbm : NULL, pkt,
				   msg, now);
	if (r.verdict < MN_RO_BA_ACCEPTED)
		ba_ignore(c, msg, r.verdict, now);
	else
		ba_act(c, &r, msg, now);
}

/* ---- Binding Refresh Requests ---- */

void mn_ro_on_brr(struct mn *mn, const struct packet *pkt, struct mtime now)
{
	struct mn_ro *c = mn_ro_find(mn, &pkt->dst, &pkt->src);

	if (!c || c->state != MN_RO_BOUND || pkt->has_hao ||
	    (c->refresh_requested.us &&
	     mtime_before(now, mtime_add_s(c->refresh_requested,
					   REFRESH_REQUEST_S)))) {
		mn_count(mn, CNT_BRR_IGNORED);
		return;
	}
	c->refresh_requested = now;
	mn_ro_enter(c, MN_RO_TESTING, "the peer asks for a refresh", now);
}

/* ---- Binding Errors ---- */

static bool is_waiting(const struct mn_ro *c)
{
	return mn_rr_attempts(c) > 0 ||
	       (c->awaiting && (c->bul->flags & BU_FLAG_A));
}

/* It has lost what it knew, its nonces too. */
static bool be_unknown_binding(struct mn_ro *c, struct mtime now)
{
	int64_t lasted_us;

	if (!mn_ro_may_be_bound(c, now) ||
	    (c->state != MN_RO_BOUND && c->state != MN_RO_TESTING &&
	     c->state != MN_RO_UPDATING))
		return false;
	/* A test that runs already may be what answers it. */
	mn_ro_doubt(c);
	if (c->state != MN_RO_BOUND) {
		mn_ro_classify(c);
		mn_ro_advance(c, now);
		return true;
	}
	mn_rr_drop(&c->test[MN_RR_HOME]);
	mn_rr_drop(&c->test[MN_RR_COA]);
	/* A peer that has no room for all takes it from one for the other. */
	lasted_us = mtime_diff_us(now, c->since);
	c->losses = lasted_us < LASTING_US ? c->losses + 1 : 0;
	if (c->losses > MN_RO_CORRECTIONS)
		mn_ro_rest(c, MN_RO_FAILED, "keeps losing the binding", now);
	else
		mn_ro_enter(c, MN_RO_TESTING, "the peer has no binding", now);
	return true;
}

static void incapable(struct mn_ro *c, const char *why, struct mtime now)
{
	log_limited(LOG_LEVEL_NOTICE, now,
		    "mn: hoa=%s peer=%s %s; tunnelled for %u s",
		    addr_str(&c->key.hoa), addr_str(&c->key.peer), why,
		    c->mn->conf->incapable_s);
	mn_ro_doubt(c);
	mn_ro_rest(c, MN_RO_INCAPABLE, why, now);
}

static bool be_act(struct mn_ro *c, const struct mh_be *be, struct mtime now)
{
	if (be->status == BE_UNKNOWN_BINDING)
		return addr_eq(&be->hoa, &c->key.hoa) &&
		       be_unknown_binding(c, now);
	if (be->status != BE_UNKNOWN_MH_TYPE || !is_waiting(c) ||
	    !(addr_is_any(&be->hoa) || addr_eq(&be->hoa, &c->key.hoa)))
		return false;
	incapable(c, "does not know these Mobility Headers", now);
	return true;
}

bool mn_ro_on_be(struct mn *mn, const struct packet *pkt,
		 const struct mh_be *be, struct mtime now)
{
	struct mn_peer *p = mn_peer_find(mn, &pkt->src);
	bool acted = false;
	struct mn_ro *c;

	for (c = p ? p->ros : NULL; c; c = c->sibling)
		acted |= be_act(c, be, now);
	return acted;
}

/* ---- ICMPv6 errors ---- */

static bool quotes_mh(const struct mn_ro *c, const struct icmp6_error *e)
{
	if (e->quoted_proto != MH_PROTO)
		return false;
	switch (e->quoted_mh_type) {
	case MH_HOTI:
		return c->test[MN_RR_HOME].waiting &&
		       addr_eq(&e->quoted_src, &c->key.hoa);
	case MH_COTI:
		return c->test[MN_RR_COA].waiting &&
		       addr_eq(&e->quoted_src, &c->home->coa);
	case MH_BU:
		return c->awaiting &&
		       addr_eq(e->has_hao ? &e->hoa : &e->quoted_src,
			       &c->key.hoa);
	default:
		return false;
	}
}

static bool quotes_hao(const struct mn_ro *c, const struct icmp6_error *e,
		       struct mtime now)
{
	return e->has_hao && addr_eq(&e->hoa, &c->key.hoa) &&
	       (mn_ro_may_be_bound(c, now) || c->awaiting);
}

/* Code 1: no Mobility Header; code 2: no Home Address option. */
static bool param_prob(struct mn_ro *c, const struct icmp6_msg *msg,
		       struct mtime now)
{
	const struct icmp6_error *e = &msg->error;

	if (msg->code == 1 && quotes_mh(c, e)) {
		incapable(c, "does not know Mobile IPv6", now);
		return true;
	}
	if (msg->code != 2 || !quotes_hao(c, e, now))
		return false;
	if (!c->answered) {
		incapable(c, "does not take Home Address options", now);
		return true;
	}
	/* It acknowledged an update that had one. */
	log_limited(LOG_LEVEL_WARNING, now,
		    "mn: hoa=%s peer=%s says that it does not take Home "
		    "Address options, but has done so: ignored",
		    addr_str(&c->key.hoa), addr_str(&c->key.peer));
	return true;
}

bool mn_ro_on_icmp_error(struct mn *mn, const struct icmp6_msg *msg,
			 struct mtime now)
{
	struct mn_peer *p = mn_peer_find(mn, &msg->error.quoted_dst);
	bool acted = false;
	struct mn_ro *c;

	for (c = p ? p->ros : NULL; c; c = c->sibling) {
		if (msg->type == ICMP6_PARAM_PROB_T) {
			acted |= param_prob(c, msg, now);
		} else if (quotes_mh(c, &msg->error)) {
			/* The way there may be repaired: it is repeated. */
			log_limited(LOG_LEVEL_INFO, now,
				    "mn: hoa=%s peer=%s %s came back: ICMPv6 "
				    "type %u code %u",
				    addr_str(&c->key.hoa),
				    addr_str(&c->key.peer),
				    mh_type_str(msg->error.quoted_mh_type),
				    msg->type, msg->code);
			acted = true;
		}
	}
	if (acted)
		mn_count(mn, CNT_ICMP_ERROR_IN);
	return acted;
}
