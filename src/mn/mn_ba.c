/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judging Binding Acknowledgements (RFC 6275 section 11.7.3, RFC 4285
 * sections 5.3 and 6).
 *
 * This file decides whether an acknowledgement counts, what its status means
 * for the registration, how long the binding lasts and when it is refreshed.
 * Acting on the verdict is left to mn_answer.c, proofs to mn_auth.c.
 */
#include "mn_ba.h"

#include "mip6d/lifetime.h"

/* A refresh leaves time for retransmissions that double from a second, but
 * need not come hours early. */
#define MARGIN_MIN_US (20 * INT64_C(1000000))
#define MARGIN_MAX_US (600 * INT64_C(1000000))

struct mtime mn_ba_refresh_time(struct mtime sent, struct mtime expires,
				uint16_t advice_4s)
{
	int64_t life = mtime_diff_us(expires, sent);
	int64_t margin = life / 5;
	struct mtime refresh;

	if (margin < MARGIN_MIN_US)
		margin = life / 2 < MARGIN_MIN_US ? life / 2 : MARGIN_MIN_US;
	if (margin > MARGIN_MAX_US)
		margin = MARGIN_MAX_US;
	refresh = mtime_add_us(expires, -margin);
	if (advice_4s)
		refresh = mtime_min(refresh, lifetime_end(sent, advice_4s));
	return refresh;
}

static bool is_outstanding(const struct bul_entry *e)
{
	if (!e->attempts)
		return false;
	return e->state == BUL_REGISTERING || e->state == BUL_REFRESHING ||
	       e->state == BUL_DEREGISTERING;
}

static struct mn_ba_result judge_accepted(const struct bul_entry *e,
					  const struct mh_msg *msg,
					  struct mtime now)
{
	uint16_t granted = msg->ba.lifetime_4s;
	struct mn_ba_result r = { .verdict = MN_BA_ACCEPTED };

	if (e->state == BUL_DEREGISTERING) {
		r.verdict = MN_BA_DELETED;
		return r;
	}
	/* What is granted beyond the request was not asked for and does not
	 * count; what is less is subtracted from what is left. */
	if (granted > e->lifetime_4s)
		granted = e->lifetime_4s;
	r.expires = lifetime_end(e->last_sent, granted);
	if (!mtime_before(now, r.expires)) {
		r.verdict = MN_BA_REFUSED;
		return r;
	}
	r.refresh = mn_ba_refresh_time(e->last_sent, r.expires,
				       msg->opt.present & MH_OPT_REFRESH_ADVICE
					       ? msg->opt.refresh_interval_4s
					       : 0);
	r.prefix_discovery = msg->ba.status == BA_ACCEPTED_PREFIX_DISCOVERY;
	return r;
}

static enum mn_ba_verdict judge_refused(const struct bul_entry *e,
					const struct auth_sa *sa,
					uint8_t status)
{
	bool deleting = e->state == BUL_DEREGISTERING;

	/* Without a timestamp in the exchange it is the 144 of RFC 5555. */
	if (sa && sa->timestamps && status == BA_TIMESTAMP_MISMATCH)
		return MN_BA_CLOCK;
	if (sa && status == BA_AUTH_FAILED)
		return MN_BA_UNPROVEN;
	/* An agent that does not serve this address has no binding of it. */
	if (deleting &&
	    (status == BA_NOT_HOME_AGENT || status == BA_NOT_HOME_SUBNET ||
	     status == BA_HOME_REG_UNSUPPORTED))
		return MN_BA_DELETED;
	if (!deleting && status == BA_DAD_FAILED)
		return MN_BA_DUPLICATE;
	return MN_BA_REFUSED;
}

static struct mn_ba_result judge_seq(const struct bul_entry *e, uint16_t seq)
{
	struct mn_ba_result r = { .verdict = MN_BA_RESYNC, .seq = seq };

	/* An agent whose last number is older than ours would have taken
	 * ours: this answers an earlier update. */
	if (mh_seq_newer(e->seq, seq))
		r.verdict = MN_BA_WRONG_SEQ;
	return r;
}

struct mn_ba_result mn_ba_judge(const struct bul_entry *e,
				const struct auth_sa *sa,
				const struct mn_clock *clock,
				const struct packet *pkt,
				const struct mh_msg *msg, struct mtime now)
{
	const struct auth_mn_parties p = { .coa = e->coa, .hoa = e->hoa };
	bool is_resync = msg->ba.status == BA_SEQ_OUT_OF_WINDOW;
	struct mn_ba_result r = { .verdict = MN_BA_NOT_ASKED };

	if (!addr_eq(&pkt->src, &e->peer) || !addr_eq(&pkt->dst, &e->hoa)) {
		r.verdict = MN_BA_WRONG_PEER;
		return r;
	}
	if ((msg->opt.present & MH_OPT_AUTH_DATA) && !msg->opt.auth_last) {
		r.verdict = MN_BA_BAD_AUTH;
		return r;
	}
	if (!is_outstanding(e))
		return r;
	if (msg->ba.seq != e->seq && !is_resync) {
		r.verdict = MN_BA_WRONG_SEQ;
		return r;
	}
	if (sa) {
		r.verdict = mn_auth_judge(sa, clock, &p, pkt, msg);
		if (r.verdict != MN_BA_ACCEPTED)
			return r;
	}
	if (is_resync)
		return judge_seq(e, msg->ba.seq);
	if (msg->ba.status < 128)
		return judge_accepted(e, msg, now);
	r.verdict = judge_refused(e, sa, msg->ba.status);
	return r;
}
