/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Acknowledgements of the home agent.
 *
 * This file decides where an answer goes and what it carries besides its
 * status (RFC 6275 sections 9.5.4, 10.3.1, 10.3.2, 6.2.4; RFC 4285).  When to
 * answer, and with which status, is left to ha.c and ha_binding.c.
 */
#include "ha_private.h"

#include <errno.h>
#include <string.h>

/* An answer to a node on the home link leaves there whatever the routes say:
 * they may lead its home address into the tunnel (section 10.3.2). */
static int out_ifindex(const struct ha *ha, const struct bcache_key *key,
		       const struct ha_request *req)
{
	const struct ha_link *l = ha_link_find(ha, &key->local, &key->hoa);

	return req->from_home && l ? l->ifindex : 0;
}

#define BA_SIZE_MAX 384 /* an identifier has up to 253 octets */

/* RFC 4285 sections 5.1.1 and 6: the same identity, replay protection and
 * index as in the Binding Update. */
static void add_proof(const struct ha *ha, const struct ha_proof *proof,
		      struct mh_msg *msg)
{
	struct mh_options *opt = &msg->opt;

	opt->present |= MH_OPT_MN_ID | MH_OPT_MN_HA;
	opt->nai_len = (uint8_t)strlen(proof->ident->nai);
	memcpy(opt->nai, proof->ident->nai, opt->nai_len);
	opt->mn_ha.spi = proof->spi;
	if (!proof->has_timestamp)
		return;
	opt->present |= MH_OPT_REPLAY;
	opt->timestamp = proof->timestamp;
	if (msg->ba.status == BA_TIMESTAMP_MISMATCH)
		opt->timestamp = (ha->auth.time & ~(uint64_t)UINT32_MAX) |
				 (uint32_t)proof->timestamp;
}

/* Length in octets, -EMSGSIZE, or -ENOKEY when the key of the Binding Update is
 * gone with a reload: an answer that proves nothing is none. */
static int build(const struct ha *ha, const struct bcache_key *key,
		 const struct ha_request *req, struct mh_msg *msg, uint8_t *buf)
{
	const struct ha_proof *proof = &req->proof;
	const struct auth_mn_parties p = { .coa = req->coa, .hoa = key->hoa };
	const struct auth_sa *sa = NULL;
	int len;

	if (proof->ident) {
		sa = ha_auth_sa(ha->conf->auth, proof->ident->nai, proof->spi);
		if (!sa)
			return -ENOKEY;
		add_proof(ha, proof, msg);
	}
	len = mh_build(msg, buf, BA_SIZE_MAX);
	if (sa && len > 0)
		auth_mn_ha_sign(sa, &p, buf, (size_t)len);
	return len;
}

void ha_ba_send(struct ha *ha, const struct bcache_key *key,
		const struct ha_request *req, const struct mh_ba *ba,
		struct mtime now)
{
	struct counters *c = ha->env.counters;
	struct mh_msg msg = { .type = MH_BA, .ba = *ba };
	uint16_t advice = lifetime_refresh_advice(ha->conf->refresh_advice_s,
						  ba->lifetime_4s);
	uint8_t buf[BA_SIZE_MAX];
	struct mh_send send = {
		.src = key->local,
		.dst = req->rh2 ? key->hoa : req->from,
		.rh2 = req->rh2,
		.coa = req->rh2 ? req->from : addr_any,
		.ifindex = out_ifindex(ha, key, req),
		.data = buf,
	};
	int len, err;

	/* A refusal and a de-registration have lifetime 0, so no advice. */
	if (advice) {
		msg.opt.present |= MH_OPT_REFRESH_ADVICE;
		msg.opt.refresh_interval_4s = advice;
	}
	c->v[ba->status < 128 ? CNT_BU_ACCEPTED : CNT_BU_REFUSED]++;
	ha_seq_commit(ha, now);
	len = build(ha, key, req, &msg, buf);
	send.len = len < 0 ? 0 : (size_t)len;
	err = len < 0 ? len : transport_send_mh(ha->env.transport, &send);
	if (err) {
		/* The mobile node repeats its Binding Update. */
		c->v[CNT_MH_OUT_FAILED]++;
		log_limited(LOG_LEVEL_WARNING, now,
			    "ba: hoa=%s to=%s status=%u not sent: error %d",
			    addr_str(&key->hoa), addr_str(&req->from),
			    ba->status, -err);
		return;
	}
	c->v[CNT_MH_OUT]++;
	c->v[CNT_BA_OUT]++;
	log_debug("ba: hoa=%s to=%s seq=%u status=%u lifetime=%us",
		  addr_str(&key->hoa), addr_str(&req->from), ba->seq,
		  ba->status, ba->lifetime_4s * LIFETIME_UNIT_S);
}
