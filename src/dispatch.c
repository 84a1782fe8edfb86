/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which message and which event goes to which role (RFC 6275 section 9.2),
 * and the answers to messages that no role takes: Binding Error 2 for
 * unknown types (9.3.3), Binding Acknowledgement 131 where nobody is a home
 * agent (10.3.1).
 *
 * Everything that arrives is counted here, once.  The Parameter Problems of
 * section 9.2 are the kernel's.  What a message means is left to the roles.
 */
#include <errno.h>
#include <string.h>

#include "src/daemon_priv.h"

static void count(struct daemon *d, enum counter c)
{
	d->env.counters->v[c]++;
}

/* ---- answers of our own ---- */

static bool be_may_be_sent(struct be_bucket *b, struct mtime now)
{
	int64_t refill = mtime_diff_ms(now, b->last) * BE_PER_S / 1000;

	if (refill > 0) {
		b->used = refill < b->used ? b->used - (unsigned int)refill : 0;
		b->last = now;
	}
	if (b->used == BE_BURST)
		return false;
	b->used++;
	return true;
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

/* Section 9.3.3: to the address on the wire, about the home address on the
 * wire, without anything that a binding would add. */
static void answer_unknown_type(struct daemon *d, const struct packet *pkt,
				unsigned int type)
{
	struct mh_msg be = {
		.type = MH_BE,
		.be = { .status = BE_UNKNOWN_MH_TYPE },
	};
	struct mh_send send = { .src = pkt->wire_dst, .dst = pkt->wire_src };

	log_limited(LOG_LEVEL_INFO, pkt->when,
		    "dispatch: from=%s unknown Mobility Header type %u",
		    addr_str(&pkt->wire_src), type);
	if (addr_is_multicast(&pkt->wire_src) || addr_is_any(&pkt->wire_src) ||
	    addr_is_multicast(&pkt->wire_dst))
		return;
	if (!be_may_be_sent(&d->be, pkt->when)) {
		count(d, CNT_BE_RATE);
		return;
	}
	if (pkt->has_hao)
		be.be.hoa = pkt->src;
	/* An answer to a link-local address has no other way. */
	if (addr_is_linklocal(&pkt->wire_src))
		send.ifindex = pkt->ifindex;
	if (!send_mh(d, &be, &send))
		count(d, CNT_BE_OUT);
}

/* Sections 9.5.1 and 10.3.1: a home registration where there is no home
 * agent.  The nonce indices of a correspondent registration have no place in
 * one. */
static void refuse_home_registration(struct daemon *d, const struct packet *pkt,
				     const struct mh_msg *msg)
{
	struct mh_msg ba = {
		.type = MH_BA,
		.ba = { .status = BA_HOME_REG_UNSUPPORTED, .seq = msg->bu.seq },
	};
	struct mh_send send = {
		.src = pkt->dst,
		.dst = pkt->src,
		.rh2 = pkt->has_hao,
		.coa = pkt->wire_src,
	};

	if (addr_is_multicast(&pkt->wire_dst)) {
		count(d, CNT_BU_NOT_FOR_US);
		return;
	}
	if (!addr_is_routable(&pkt->src)) {
		count(d, CNT_BU_BAD_HOA);
		return;
	}
	if (!addr_is_routable(&pkt->wire_src)) {
		count(d, CNT_BU_BAD_COA);
		return;
	}
	if (msg->opt.present & MH_OPT_NONCE_INDICES) {
		count(d, CNT_BU_WITH_NONCES);
		return;
	}
	count(d, CNT_BU_REFUSED);
	log_limited(LOG_LEVEL_INFO, pkt->when,
		    "dispatch: hoa=%s wants a home agent, which this node "
		    "is not: status 131",
		    addr_str(&pkt->src));
	if (!send_mh(d, &ba, &send))
		count(d, CNT_BA_OUT);
}

/* ---- Mobility Headers ---- */

typedef void mh_handler(struct daemon *d, const struct packet *pkt,
			const struct mh_msg *msg);

static void on_no_role(struct daemon *d, const struct packet *pkt,
		       const struct mh_msg *msg)
{
	count(d, CNT_MH_NO_ROLE);
	log_limited(LOG_LEVEL_DEBUG, pkt->when,
		    "dispatch: from=%s %s: no role takes it",
		    addr_str(&pkt->wire_src), mh_type_str(msg->type));
}

static void on_bu(struct daemon *d, const struct packet *pkt,
		  const struct mh_msg *msg)
{
	count(d, CNT_BU_IN);
	if (!(msg->bu.flags & BU_FLAG_H))
		on_no_role(d, pkt, msg);
	else if (d->ha)
		ha_on_bu(d->ha, pkt, msg, pkt->when);
	else
		refuse_home_registration(d, pkt, msg);
}

static void on_ba(struct daemon *d, const struct packet *pkt,
		  const struct mh_msg *msg)
{
	count(d, CNT_BA_IN);
	if (d->mn)
		mn_on_ba(d->mn, pkt, msg, pkt->when);
	else
		on_no_role(d, pkt, msg);
}

static void on_be(struct daemon *d, const struct packet *pkt,
		  const struct mh_msg *msg)
{
	count(d, CNT_BE_IN);
	if (d->mn)
		mn_on_be(d->mn, pkt, msg, pkt->when);
	else
		on_no_role(d, pkt, msg);
}

static mh_handler *const mh_handlers[MH_TYPE_MAX + 1] = {
	[MH_BRR] = on_no_role, [MH_HOTI] = on_no_role, [MH_COTI] = on_no_role,
	[MH_HOT] = on_no_role, [MH_COT] = on_no_role,  [MH_BU] = on_bu,
	[MH_BA] = on_ba,       [MH_BE] = on_be,
};

void daemon_on_mh(struct daemon *d, const struct packet *pkt)
{
	enum mh_verdict verdict;
	struct mh_msg msg;

	count(d, CNT_MH_IN);
	verdict = mh_parse(pkt->data, pkt->len, &pkt->src, &pkt->dst, &msg);
	if (verdict == MH_OK) {
		mh_handlers[msg.type](d, pkt, &msg);
		return;
	}
	count(d, mh_verdict_counter(verdict));
	if (verdict == MH_UNKNOWN_TYPE)
		answer_unknown_type(d, pkt, msg.type);
	else
		log_limited(LOG_LEVEL_DEBUG, pkt->when,
			    "dispatch: from=%s dropped: %s",
			    addr_str(&pkt->wire_src),
			    counter_texts[mh_verdict_counter(verdict)]);
}

/* ---- ICMPv6 and the kernel ---- */

void daemon_on_icmp6(struct daemon *d, const struct packet *pkt)
{
	/* Frames come as they are; the raw socket has done the sum. */
	bool check_sum = pkt->lladdr.len != 0;
	struct icmp6_msg msg;

	switch (icmp6_parse(pkt->data, pkt->len, &pkt->src, &pkt->dst,
			    pkt->hop_limit, check_sum, &msg)) {
	case ICMP6_OK:
		break;
	case ICMP6_BAD:
		count(d, pkt->len && pkt->data[0] == ICMP6_RA ? CNT_RA_BAD
							      : CNT_ND_BAD);
		return;
	case ICMP6_IGNORED:
		return;
	}
	if (d->ha)
		ha_on_icmp6(d->ha, pkt, &msg, pkt->when);
	if (d->mn)
		mn_on_icmp6(d->mn, pkt, &msg, pkt->when);
}

/* An answer goes to who asked, if he still is there; news go to all. */
void daemon_on_kernel(struct daemon *d, const struct kernel_event *ev,
		      struct mtime now)
{
	bool done = ev->type == KERNEL_DONE;

	if (d->ha && (!done || ev->done.key.user == KERNEL_USER_HA))
		ha_on_kernel(d->ha, ev, now);
	if (d->mn && (!done || ev->done.key.user == KERNEL_USER_MN))
		mn_on_kernel(d->mn, ev, now);
	if (ev->type == KERNEL_SYNCED)
		daemon_tell_waiting(d);
}
