/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the correspondent node sends.
 *
 * This file decides where a Binding Acknowledgement goes and what it carries
 * besides its status (RFC 6275 sections 5.2.6, 6.1.8, 9.5.4): K is 0, and so
 * is everything reserved; there is no Binding Refresh Advice.  When to answer,
 * and with which status, is left to cn.c and cn_binding.c.
 */
#include <string.h>

#include "cn_private.h"

static int send_built(struct cn *cn, struct mh_send *send, const uint8_t *data,
		      int len)
{
	int err = len;

	if (len >= 0) {
		send->data = data;
		send->len = (size_t)len;
		err = transport_send_mh(cn->env.transport, send);
	}
	/* Whoever waits for it asks again. */
	cn->env.counters->v[err ? CNT_MH_OUT_FAILED : CNT_MH_OUT]++;
	return err;
}

int cn_send(struct cn *cn, const struct mh_msg *msg, const struct in6_addr *src,
	    const struct in6_addr *dst, struct mtime now)
{
	struct mh_send send = { .src = *src, .dst = *dst };
	uint8_t buf[64];
	int len = mh_build(msg, buf, sizeof(buf));
	int err = send_built(cn, &send, buf, len);

	if (err)
		log_limited(LOG_LEVEL_WARNING, now,
			    "cn: %s to=%s not sent: error %d",
			    mh_type_str(msg->type), addr_str(dst), -err);
	explicit_bzero(buf, sizeof(buf));
	return err;
}

void cn_ba_send(struct cn *cn, const struct bcache_key *key,
		const struct cn_request *req, const struct mh_ba *ba,
		struct mtime now)
{
	struct mh_msg msg = { .type = MH_BA, .ba = *ba };
	struct auth_parties parties = { .coa = req->coa, .cn = key->local };
	struct mh_send send = {
		.src = key->local,
		.dst = req->rh2 ? key->hoa : req->from,
		.rh2 = req->rh2,
		.coa = req->rh2 ? req->from : addr_any,
	};
	uint8_t buf[64];
	int len, err;

	if (req->has_kbm)
		msg.opt.present = MH_OPT_AUTH_DATA;
	len = mh_build(&msg, buf, sizeof(buf));
	if (req->has_kbm && len >= 0)
		auth_sign(req->kbm, &parties, buf, (size_t)len);
	err = send_built(cn, &send, buf, len);
	if (err) {
		log_limited(LOG_LEVEL_WARNING, now,
			    "ba: hoa=%s to=%s status=%u not sent: error %d",
			    addr_str(&key->hoa), addr_str(&req->from),
			    ba->status, -err);
		return;
	}
	cn->env.counters->v[CNT_BA_OUT]++;
	log_debug("ba: hoa=%s to=%s seq=%u status=%u lifetime=%us",
		  addr_str(&key->hoa), addr_str(&req->from), ba->seq,
		  ba->status, ba->lifetime_4s * LIFETIME_UNIT_S);
}
