/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mip6d answers whatever roles it plays: Binding Errors (RFC 6275
 * section 9.3.3), and Binding Acknowledgements to home registrations that have
 * no place here, 131 (sections 9.5.1, 10.3.1).
 *
 * When they are due is left to dispatch.c.
 */
#include <string.h>

#include "src/daemon_priv.h"

static void count(struct daemon *d, enum counter c)
{
	d->env.counters->v[c]++;
}

static int send_mh(struct daemon *d, const struct mh_msg *msg,
		   struct mh_send *send)
{
	uint8_t buf[MH_MAX_LEN];
	int len = mh_build(msg, buf, sizeof(buf)), err;

	if (len < 0)
		return len;
	send->data = buf;
	send->len = (size_t)len;
	err = transport_send_mh(d->env.transport, send);
	count(d, err ? CNT_MH_OUT_FAILED : CNT_MH_OUT);
	return err;
}

/* ---- Binding Errors ---- */

/* One bucket for all of them: whoever asks for one kind takes from the
 * other. */
static void send_be(struct daemon *d, enum be_status status,
		    const struct in6_addr *hoa, struct mh_send *send,
		    struct mtime now)
{
	struct mh_msg be = {
		.type = MH_BE,
		.be = { .status = (uint8_t)status, .hoa = *hoa },
	};

	if (!bucket_take(&d->be, BE_BURST, BE_PER_S, now))
		count(d, CNT_BE_RATE);
	else if (!send_mh(d, &be, send))
		count(d, CNT_BE_OUT);
}

/* To the address on the wire, about the home address on the wire, without
 * anything that a binding would add. */
void answer_unknown_type(struct daemon *d, const struct packet *pkt,
			 unsigned int type)
{
	struct mh_send send = { .src = pkt->wire_dst, .dst = pkt->wire_src };

	log_limited(LOG_LEVEL_INFO, pkt->when,
		    "dispatch: from=%s unknown Mobility Header type %u",
		    addr_str(&pkt->wire_src), type);
	if (addr_is_multicast(&pkt->wire_src) || addr_is_any(&pkt->wire_src) ||
	    addr_is_multicast(&pkt->wire_dst))
		return;
	/* An answer to a link-local address has no other way. */
	if (addr_is_linklocal(&pkt->wire_src))
		send.ifindex = pkt->ifindex;
	send_be(d, BE_UNKNOWN_MH_TYPE, pkt->has_hao ? &pkt->src : &in6addr_any,
		&send, pkt->when);
}

/* Section 9.3.1: other protocols than these are dropped without a binding. */
static bool needs_binding(uint8_t protocol)
{
	return protocol != IPPROTO_ESP && protocol != IPPROTO_AH &&
	       protocol != MH_PROTO;
}

void answer_report(struct daemon *d, const struct kernel_report *r,
		   struct mtime now)
{
	struct mh_send send = { .src = r->local, .dst = r->coa };

	/* Mobile Prefix Solicitations have been read by a socket of our own,
	 * which asks for the option; the kernel itself does not. */
	if (r->protocol == ICMP6_PROTO && d->ha &&
	    ha_is_bound_at(d->ha, &r->hoa, &r->coa))
		return;
	count(d, CNT_HAO_REPORTED);
	log_limited(LOG_LEVEL_DEBUG, now,
		    "dispatch: from=%s to=%s Home Address option %s without a "
		    "binding, protocol %u",
		    addr_str(&r->coa), addr_str(&r->local), addr_str(&r->hoa),
		    r->protocol);
	/* The kernel does not say on which link a link-local source is. */
	if (!needs_binding(r->protocol) || !addr_is_routable(&r->coa) ||
	    !addr_is_routable(&r->hoa) || addr_is_multicast(&r->local))
		return;
	/* The mobile node would believe that its home agent has forgotten
	 * it. */
	if (d->ha && ha_is_bound_at(d->ha, &r->hoa, &r->coa))
		return;
	send_be(d, BE_UNKNOWN_BINDING, &r->hoa, &send, now);
}

/* ---- Binding Acknowledgements ---- */

/* Section 9.5.1: what is no valid Binding Update is dropped in silence. */
static bool bu_is_valid(struct daemon *d, const struct packet *pkt,
			const struct mh_msg *msg)
{
	enum counter c = CNT_MAX;

	if (addr_is_multicast(&pkt->wire_dst))
		c = CNT_BU_NOT_FOR_US;
	else if (!addr_is_routable(&pkt->src))
		c = CNT_BU_BAD_HOA;
	else if (!addr_is_routable(&pkt->wire_src))
		c = CNT_BU_BAD_COA;
	else if (msg->opt.present & MH_OPT_NONCE_INDICES)
		c = CNT_BU_WITH_NONCES;
	if (c == CNT_MAX)
		return true;
	count(d, c);
	return false;
}

/* Differs from RFC 6275 9.5.4: without an authenticator, for there is no key
 * that both sides know. */
void answer_home_registration(struct daemon *d, const struct packet *pkt,
			      const struct mh_msg *msg)
{
	const enum ba_status status = BA_HOME_REG_UNSUPPORTED;
	struct mh_msg ba = {
		.type = MH_BA,
		.ba = { .status = (uint8_t)status, .seq = msg->bu.seq },
	};
	struct mh_send send = {
		.src = pkt->dst,
		.dst = pkt->src,
		.rh2 = pkt->has_hao,
		.coa = pkt->wire_src,
	};

	if (!bu_is_valid(d, pkt, msg))
		return;
	count(d, CNT_BU_REFUSED);
	log_limited(LOG_LEVEL_INFO, pkt->when,
		    "dispatch: hoa=%s from=%s refused: status=%u (%s)",
		    addr_str(&pkt->src), addr_str(&pkt->wire_src),
		    (unsigned int)status, ba_status_str(status));
	if (!send_mh(d, &ba, &send))
		count(d, CNT_BA_OUT);
}
