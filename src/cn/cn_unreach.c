/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMPv6 Destination Unreachable for a care-of address (RFC 6275 section
 * 9.3.4).
 *
 * This file decides when such errors are persistent, so that the entry has to
 * go: several, over some time, for packets that were really sent to exactly
 * this care-of address, while nothing at all came from the mobile node.
 * Anybody can forge an error; what was sent and received only the kernel
 * knows, so it is asked when a series begins and again before it counts.
 */
#include "cn_private.h"

#define CODE_PORT 4 /* from the mobile node itself */

/* The entry whose packet is quoted, as it left this node. */
static struct bcache_entry *quoted_find(struct cn *cn,
					const struct icmp6_error *err)
{
	const struct in6_addr *local = err->has_hao ? &err->hao_hoa
						    : &err->quoted_src;
	struct bcache_entry *e;

	if (!err->has_rh2)
		return NULL;
	e = bcache_find(cn->bc, local, &err->rh2_hoa);
	return e && e->state == BCACHE_ACTIVE &&
			       addr_eq(&e->coa, &err->quoted_dst)
		       ? e
		       : NULL;
}

void cn_unreach_on_icmp6(struct cn *cn, const struct icmp6_msg *msg,
			 struct mtime now)
{
	struct cn_unreach *u;
	struct bcache_entry *e;

	if (msg->type != ICMP6_DEST_UNREACH_T || msg->code == CODE_PORT)
		return;
	e = quoted_find(cn, &msg->error);
	if (!e)
		return;
	cn->env.counters->v[CNT_ICMP_ERROR_IN]++;
	u = &cn_binding(e)->unreach;
	if (u->n && mtime_before(mtime_add_s(u->last, CN_UNREACH_GAP_S), now))
		*u = (struct cn_unreach){ 0 };
	if (!u->n++)
		u->first = now;
	u->last = now;
	if (u->has_base && u->n >= CN_UNREACH_MIN &&
	    !mtime_before(now, mtime_add_s(u->first, CN_UNREACH_SPAN_S)))
		u->verdict = true;
	if (!u->has_base || u->verdict)
		cn_usage_ask(e);
}

void cn_unreach_on_usage(struct bcache_entry *e,
			 const struct kernel_usage *usage, struct mtime now)
{
	struct cn_unreach *u = &cn_binding(e)->unreach;

	if (u->n && !u->has_base) {
		u->has_base = true;
		u->packets_in = usage->packets_in;
		u->packets_out = usage->packets_out;
		return;
	}
	if (!u->verdict)
		return;
	if (usage->packets_in != u->packets_in ||
	    usage->packets_out == u->packets_out) {
		*u = (struct cn_unreach){ 0 };
		return;
	}
	log_limited(LOG_LEVEL_NOTICE, now,
		    "binding: hoa=%s coa=%s is unreachable for %d s: ended",
		    addr_str(&e->key.hoa), addr_str(&e->coa),
		    (int)(mtime_diff_ms(u->last, u->first) / 1000));
	cn_binding_end(e, BA_UNSPECIFIED, now);
}
