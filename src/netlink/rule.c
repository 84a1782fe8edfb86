/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages about routing rules.  Pure.
 *
 * A rule on a source address does not match a socket that has none yet: its
 * first lookup would leave by the main table and then take the home address
 * as source on the foreign link.  FIB_RULE_FIND_SADDR closes that: the rule
 * is tried, and holds when source selection on its route gives the rule's
 * address.
 */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "src/netlink/encode.h"

static void put_rule(struct nlenc *e, const struct rule *r)
{
	nlenc_u32(e, FRA_PRIORITY, r->pref);
	nlenc_u32(e, FRA_TABLE, r->table);
	nlenc_u8(e, FRA_PROTOCOL, r->proto);
	if (r->src_len)
		nlenc_addr(e, FRA_SRC, &r->src);
	if (r->dst_len)
		nlenc_addr(e, FRA_DST, &r->dst);
	if (r->fwmark)
		nlenc_u32(e, FRA_FWMARK, r->fwmark);
	if (r->oifname)
		nlenc_str(e, FRA_OIFNAME, r->oifname);
	if (r->ipproto)
		nlenc_u8(e, FRA_IP_PROTO, r->ipproto);
	if (r->dport) {
		struct fib_rule_port_range range = { r->dport, r->dport };

		nlenc_put(e, FRA_DPORT_RANGE, &range, sizeof(range));
	}
}

static void encode(struct nlenc *e, uint16_t type, uint16_t flags,
		   const struct rule *r)
{
	struct fib_rule_hdr hdr = {
		.family = AF_INET6,
		.dst_len = r->dst_len,
		.src_len = r->src_len,
		.table = r->table < 256 ? (uint8_t)r->table : RT_TABLE_UNSPEC,
		.action = FR_ACT_TO_TBL,
		.flags = r->find_saddr ? FIB_RULE_FIND_SADDR : 0,
	};

	nlenc_begin(e, type, flags, &hdr, sizeof(hdr));
	put_rule(e, r);
}

void rule_encode_add(struct nlenc *e, const struct rule *r)
{
	encode(e, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, r);
}

void rule_encode_append(struct nlenc *e, const struct rule *r)
{
	encode(e, RTM_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, r);
}

void rule_encode_del(struct nlenc *e, const struct rule *r)
{
	encode(e, RTM_DELRULE, 0, r);
}
