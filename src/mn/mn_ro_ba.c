/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judging a correspondent's Binding Acknowledgements (RFC 6275 sections
 * 6.2.7, 9.5.4, 11.7.3).
 *
 * This file decides whether an acknowledgement counts and what its status
 * means.  An authenticator is required but for 136, 137 and 138, whose
 * sender cannot make one.  Binding Refresh Advice is not looked at: it means
 * nothing from a correspondent.  Acting on the verdict is left to
 * mn_ro_answer.c.
 */
#include "mn_priv.h"

#include "mip6d/lifetime.h"

static bool is_authentic(const struct bul_entry *e, const uint8_t *kbm,
			 const struct packet *pkt, const struct mh_msg *msg)
{
	const struct mh_options *opt = &msg->opt;
	struct auth_parties p = { .coa = e->coa, .cn = e->peer };

	return (opt->present & MH_OPT_AUTH_DATA) && opt->auth_last &&
	       opt->auth_len == AUTH_DATA_LEN &&
	       auth_verify(kbm, &p, pkt->data, pkt->len, opt->auth_offset);
}

static bool is_about_tokens(uint8_t status)
{
	return status == BA_EXPIRED_HOME_NONCE ||
	       status == BA_EXPIRED_COA_NONCE || status == BA_EXPIRED_NONCES;
}

static struct mn_ro_ba_result judge_stale(const struct bul_entry *e,
					  uint8_t status)
{
	struct mn_ro_ba_result r = { .verdict = MN_RO_BA_STALE };

	r.stale[MN_RR_HOME] = status != BA_EXPIRED_COA_NONCE;
	r.stale[MN_RR_COA] = status != BA_EXPIRED_HOME_NONCE;
	/* A de-registration names no care-of nonce. */
	if (!e->lifetime_4s && !r.stale[MN_RR_HOME])
		r.verdict = MN_RO_BA_REFUSED;
	return r;
}

static struct mn_ro_ba_result judge_accepted(const struct bul_entry *e,
					     const struct mh_msg *msg,
					     struct mtime now)
{
	struct mn_ro_ba_result r = { .verdict = MN_RO_BA_ACCEPTED };
	uint16_t granted = msg->ba.lifetime_4s;

	if (!e->lifetime_4s) {
		r.verdict = MN_RO_BA_DELETED;
		return r;
	}
	/* What is granted beyond the request was not asked for and does not
	 * count; what is less is subtracted from what is left. */
	if (granted > e->lifetime_4s)
		granted = e->lifetime_4s;
	r.expires = lifetime_end(e->last_sent, granted);
	if (!mtime_before(now, r.expires))
		r.verdict = MN_RO_BA_REFUSED;
	return r;
}

struct mn_ro_ba_result mn_ro_ba_judge(const struct bul_entry *e,
				      const uint8_t *kbm,
				      const struct packet *pkt,
				      const struct mh_msg *msg,
				      struct mtime now)
{
	struct mn_ro_ba_result r = { .verdict = MN_RO_BA_NOT_ASKED };
	const struct mh_options *opt = &msg->opt;
	uint8_t status = msg->ba.status;

	if (!kbm || !e->attempts)
		return r;
	r.verdict = MN_RO_BA_BAD_AUTH;
	if ((opt->present & MH_OPT_AUTH_DATA) && !opt->auth_last)
		return r;
	if (!is_about_tokens(status) && !is_authentic(e, kbm, pkt, msg))
		return r;
	if (status == BA_SEQ_OUT_OF_WINDOW) {
		/* A peer whose last number is older than ours would have
		 * taken ours: this answers an earlier update. */
		r.verdict = mh_seq_newer(e->seq, msg->ba.seq)
				    ? MN_RO_BA_WRONG_SEQ
				    : MN_RO_BA_RESYNC;
		r.seq = msg->ba.seq;
		return r;
	}
	r.verdict = MN_RO_BA_WRONG_SEQ;
	if (msg->ba.seq != e->seq)
		return r;
	if (status < 128)
		return judge_accepted(e, msg, now);
	if (is_about_tokens(status))
		return judge_stale(e, status);
	r.verdict = MN_RO_BA_REFUSED;
	return r;
}
