/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which message and which event goes to which role (RFC 6275 section 9.2),
 * and that a registration stays of its type, home or correspondent (9.5.1).
 *
 * Every message that arrives is counted here, once.  The Parameter Problems of
 * section 9.2 are the kernel's.  Answers that are no role's are left to
 * dispatch_answer.c, what a message means to the roles.
 */
#include <string.h>

#include "src/daemon_priv.h"

static void count(struct daemon *d, enum counter c)
{
	d->env.counters->v[c]++;
}

/* ---- Mobility Headers ---- */

/* False when the role that takes it is off. */
typedef bool mh_handler(struct daemon *d, const struct packet *pkt,
			const struct mh_msg *msg);

static bool on_test_init(struct daemon *d, const struct packet *pkt,
			 const struct mh_msg *msg)
{
	if (d->cn)
		cn_on_test_init(d->cn, pkt, msg, pkt->when);
	return d->cn;
}

static bool on_test(struct daemon *d, const struct packet *pkt,
		    const struct mh_msg *msg)
{
	if (d->mn)
		mn_on_test(d->mn, pkt, msg, pkt->when);
	return d->mn;
}

static bool on_brr(struct daemon *d, const struct packet *pkt,
		   const struct mh_msg *msg)
{
	if (d->mn)
		mn_on_brr(d->mn, pkt, msg, pkt->when);
	return d->mn;
}

/* Where there is no home agent this is answered, too (section 10.3.1). */
static bool on_home_bu(struct daemon *d, const struct packet *pkt,
		       const struct mh_msg *msg)
{
	if (d->cn && cn_is_registered(d->cn, &pkt->dst, &pkt->src))
		cn_refuse_type_change(d->cn, pkt, msg, pkt->when);
	else if (d->ha)
		ha_on_bu(d->ha, pkt, msg, pkt->when);
	else
		answer_home_registration(d, pkt, msg);
	return true;
}

static bool on_bu(struct daemon *d, const struct packet *pkt,
		  const struct mh_msg *msg)
{
	if (msg->bu.flags & BU_FLAG_H)
		return on_home_bu(d, pkt, msg);
	if (!d->cn)
		return false;
	if (d->ha && ha_is_registered(d->ha, &pkt->dst, &pkt->src))
		cn_refuse_type_change(d->cn, pkt, msg, pkt->when);
	else
		cn_on_bu(d->cn, pkt, msg, pkt->when);
	return true;
}

static bool on_ba(struct daemon *d, const struct packet *pkt,
		  const struct mh_msg *msg)
{
	if (d->mn)
		mn_on_ba(d->mn, pkt, msg, pkt->when);
	return d->mn;
}

static bool on_be(struct daemon *d, const struct packet *pkt,
		  const struct mh_msg *msg)
{
	if (d->mn)
		mn_on_be(d->mn, pkt, msg, pkt->when);
	return d->mn;
}

static const struct {
	mh_handler *fn;
	enum counter counter;
} mh_rows[MH_TYPE_MAX + 1] = {
	[MH_BRR] = { on_brr, CNT_BRR_IN },
	[MH_HOTI] = { on_test_init, CNT_TEST_INIT_IN },
	[MH_COTI] = { on_test_init, CNT_TEST_INIT_IN },
	[MH_HOT] = { on_test, CNT_TEST_IN },
	[MH_COT] = { on_test, CNT_TEST_IN },
	[MH_BU] = { on_bu, CNT_BU_IN },
	[MH_BA] = { on_ba, CNT_BA_IN },
	[MH_BE] = { on_be, CNT_BE_IN },
};

static void on_good_mh(struct daemon *d, const struct packet *pkt,
		       const struct mh_msg *msg)
{
	count(d, mh_rows[msg->type].counter);
	if (mh_rows[msg->type].fn(d, pkt, msg))
		return;
	count(d, CNT_MH_NO_ROLE);
	log_limited(LOG_LEVEL_DEBUG, pkt->when,
		    "dispatch: from=%s %s: no role takes it",
		    addr_str(&pkt->wire_src), mh_type_str(msg->type));
}

void daemon_on_mh(struct daemon *d, const struct packet *pkt)
{
	enum mh_verdict verdict;
	struct mh_msg msg;

	count(d, CNT_MH_IN);
	if (!limit_take(d, pkt))
		return;
	verdict = mh_parse(pkt->data, pkt->len, &pkt->src, &pkt->dst, &msg);
	if (verdict == MH_OK) {
		on_good_mh(d, pkt, &msg);
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

/* Whoever has the pair; no role has to know. */
static void tell_too_big(struct daemon *d, const struct icmp6_error *err)
{
	const struct kernel_too_big e = {
		.local = err->has_hao ? err->hao_hoa : err->quoted_src,
		.peer = err->has_rh2 ? err->rh2_hoa : err->quoted_dst,
		.src = err->quoted_src,
		.dst = err->quoted_dst,
		.mtu = err->info,
	};

	if ((err->has_hao || err->has_rh2) &&
	    !kernel_ro_too_big(d->env.kernel, &e))
		count(d, CNT_TOO_BIG);
}

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
	if (msg.type == ICMP6_TOO_BIG_T)
		tell_too_big(d, &msg.error);
	if (d->ha)
		ha_on_icmp6(d->ha, pkt, &msg, pkt->when);
	if (d->cn)
		cn_on_icmp6(d->cn, pkt, &msg, pkt->when);
	if (d->mn)
		mn_on_icmp6(d->mn, pkt, &msg, pkt->when);
}

#define TO(user) (1U << KERNEL_USER_##user)

/* An answer goes to who asked, if he still is there; news go to all. */
static unsigned int hearers(const struct kernel_event *ev)
{
	switch (ev->type) {
	case KERNEL_DONE:
		return 1U << ev->done.key.user;
	case KERNEL_USAGE:
		return 1U << ev->usage.key.user;
	case KERNEL_FLOW:
		return TO(MN);
	case KERNEL_REPORT:
		return 0;
	case KERNEL_LINK:
	case KERNEL_ADDR:
	case KERNEL_ROUTER:
	case KERNEL_NEIGH:
	case KERNEL_SYNCED:
		break;
	}
	return TO(HA) | TO(CN) | TO(MN);
}

void daemon_on_kernel(struct daemon *d, const struct kernel_event *ev,
		      struct mtime now)
{
	unsigned int to = hearers(ev);

	if (ev->type == KERNEL_REPORT)
		answer_report(d, &ev->report, now);
	if (d->ha && to & TO(HA))
		ha_on_kernel(d->ha, ev, now);
	if (d->cn && to & TO(CN))
		cn_on_kernel(d->cn, ev, now);
	if (d->mn && to & TO(MN))
		mn_on_kernel(d->mn, ev, now);
	if (ev->type == KERNEL_SYNCED)
		daemon_tell_waiting(d);
}
