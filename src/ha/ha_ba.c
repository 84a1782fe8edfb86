/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Acknowledgements of the home agent.
 *
 * This file decides where an answer goes and what it carries besides its
 * status (RFC 6275 sections 9.5.4, 10.3.1, 10.3.2, 6.2.4).  K is 0: there is
 * no dynamic key management whose endpoint could move.  When to answer, and
 * with which status, is left to ha.c and ha_binding.c.
 */
#include "ha_private.h"

/* An answer to a node on the home link leaves there whatever the routes say:
 * they may lead its home address into the tunnel (section 10.3.2). */
static int out_ifindex(const struct ha *ha, const struct bcache_key *key,
		       const struct ha_request *req)
{
	const struct ha_link *l = ha_link_find(ha, &key->local, &key->hoa);

	return req->from_home && l ? l->ifindex : 0;
}

void ha_ba_send(struct ha *ha, const struct bcache_key *key,
		const struct ha_request *req, const struct mh_ba *ba,
		struct mtime now)
{
	struct counters *c = ha->env.counters;
	struct mh_msg msg = { .type = MH_BA, .ba = *ba };
	uint16_t advice = lifetime_refresh_advice(ha->conf->refresh_advice_s,
						  ba->lifetime_4s);
	uint8_t buf[64];
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
		msg.opt.present = MH_OPT_REFRESH_ADVICE;
		msg.opt.refresh_interval_4s = advice;
	}
	c->v[ba->status < 128 ? CNT_BU_ACCEPTED : CNT_BU_REFUSED]++;
	len = mh_build(&msg, buf, sizeof(buf));
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
