/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Updates to correspondents (RFC 6275 sections 5.2.6, 6.2.7, 11.7.2).
 *
 * This file decides what stands in them, and signs them with the key that
 * the two tokens make (for a de-registration the home token alone).  The
 * care-of address is always the source on the wire: away the home address
 * travels in a Home Address option, at home it is the source itself.  When
 * one is sent is left to mn_ro.c.
 *
 * An acknowledgement is asked for as configured, but always where the loss of
 * the message would go on to send packets to where this node is no longer:
 * for another care-of address, and for none.
 */
#include "mn_priv.h"

#include <string.h>

#include "mip6d/lifetime.h"

uint16_t mn_ro_bu_flags(const struct mn_ro_bu *bu)
{
	return bu->ack ? BU_FLAG_A : 0;
}

int mn_ro_bu_build(const struct mn_ro_bu *bu, const uint8_t kbm[AUTH_KBM_LEN],
		   uint8_t *buf, size_t size)
{
	struct mh_msg msg = {
		.type = MH_BU,
		.bu = {
			.seq = bu->seq,
			.flags = mn_ro_bu_flags(bu),
			.lifetime_4s = bu->lifetime_4s,
		},
		.opt = {
			.present = MH_OPT_NONCE_INDICES | MH_OPT_AUTH_DATA,
			.home_nonce = bu->home_nonce,
			.coa_nonce = bu->coa_nonce,
		},
	};
	int len = mh_build(&msg, buf, size);

	if (len > 0)
		auth_sign(kbm, &bu->parties, buf, (size_t)len);
	return len;
}

uint16_t mn_ro_bu_lifetime(uint32_t home_s, uint32_t coa_s)
{
	uint32_t s = MAX_RR_BINDING_LIFETIME_S;

	if (home_s < s)
		s = home_s;
	if (coa_s < s)
		s = coa_s;
	return lifetime_units(s);
}

/* ---- sending ---- */

static void fill(struct mn_ro *c, struct mn_ro_bu *bu, struct mtime now)
{
	const struct mn_rr *home = &c->test[MN_RR_HOME];
	const struct mn_rr *coa = &c->test[MN_RR_COA];
	const struct mn_home *h = c->home;
	struct mtime prefix_end = h->hoa_valid_until;
	bool deletes = c->state == MN_RO_DELETING;
	bool at_home = h->ro_phase == MN_RO_AT_HOME;
	bool elsewhere = mn_ro_may_be_bound(c, now) && !mn_ro_is_bound(c, now);

	/* What was heard at home long ago and has run out says nothing. */
	if (!mtime_before(now, prefix_end))
		prefix_end = MTIME_NEVER;
	*bu = (struct mn_ro_bu){
		.ack = c->mn->conf->cn_ack || deletes || elsewhere,
		.home_nonce = home->nonce,
		.coa_nonce = deletes ? 0 : coa->nonce,
		.parties = { .coa = at_home ? c->key.hoa : h->coa,
			     .cn = c->key.peer },
	};
	auth_kbm(home->token, deletes ? NULL : coa->token, c->kbm);
	if (!deletes && h->bul)
		bu->lifetime_4s = mn_ro_bu_lifetime(
			mtime_left_s(mtime_min(h->bul->expires, prefix_end),
				     now),
			mn_coa_valid_s(c->home, &h->coa, now));
}

/* What the list remembers of it (section 11.1). */
static void record(struct mn_ro *c, const struct mn_ro_bu *bu, struct mtime now)
{
	struct bul_entry *e = c->bul;
	struct mtime end = lifetime_end(now, bu->lifetime_4s);

	e->seq = bu->seq;
	e->coa = bu->parties.coa;
	e->flags = mn_ro_bu_flags(bu);
	e->lifetime_4s = bu->lifetime_4s;
	e->last_sent = now;
	e->attempts++;
	c->awaiting = true;
	mn_rate_sent(&c->peer->rate[MN_PEER_BU], now);
	c->peer->last_sent = now;
	if (!bu->lifetime_4s)
		return;
	if (mtime_before(c->maybe_until, end))
		c->maybe_until = end;
	/* Asked for less than is left, the peer may grant that, and its
	 * answer be lost. */
	e->expires = mtime_min(e->expires, end);
}

static void bu_send(struct mn_ro *c, const struct mn_ro_bu *bu,
		    const uint8_t *buf, int len, struct mtime now)
{
	bool at_home = addr_eq(&bu->parties.coa, &c->key.hoa);
	struct mh_send send = {
		.src = c->key.hoa,
		.dst = c->key.peer,
		.hao = !at_home,
		.data = buf,
		.len = (size_t)len,
	};
	int err;

	if (!at_home)
		send.hao_coa = bu->parties.coa;
	err = transport_send_mh(c->mn->env.transport, &send);
	if (err) {
		mn_count(c->mn, CNT_MH_OUT_FAILED);
		log_limited(LOG_LEVEL_INFO, now,
			    "mn: hoa=%s peer=%s Binding Update not sent: %s",
			    addr_str(&c->key.hoa), addr_str(&c->key.peer),
			    strerror(-err));
		return;
	}
	mn_count(c->mn, CNT_MH_OUT);
	mn_count(c->mn, CNT_BU_OUT);
	log_debug("mn: hoa=%s peer=%s BU seq=%u coa=%s lifetime=%us "
		  "attempt=%u",
		  addr_str(&c->key.hoa), addr_str(&c->key.peer), bu->seq,
		  addr_str(&bu->parties.coa), bu->lifetime_4s * LIFETIME_UNIT_S,
		  c->bul->attempts);
}

void mn_ro_send_bu(struct mn_ro *c, struct mtime now)
{
	struct mn_ro_bu bu;
	uint8_t buf[64];
	int len;

	c->pending = mtime_before(now, mn_rate_next(&c->peer->rate[MN_PEER_BU],
						    now));
	if (c->pending) {
		mn_count(c->mn, CNT_BU_OUT_RATE);
		return;
	}
	fill(c, &bu, now);
	if (!bu.lifetime_4s && c->state != MN_RO_DELETING) {
		/* Until the home registration is refreshed. */
		c->pending = true;
		c->not_before = mtime_add_s(now, LIFETIME_UNIT_S);
		return;
	}
	bu.seq = ++c->peer->seq;
	len = mn_ro_bu_build(&bu, c->kbm, buf, sizeof(buf));
	if (len < 0)
		return;
	record(c, &bu, now);
	bu_send(c, &bu, buf, len, now);
}
