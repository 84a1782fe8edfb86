/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages about routes: the encapsulating route of each binding at a home
 * agent (RFC 6275 section 10.4.2), and the mobile node's tables.  Pure.
 *
 * An encapsulating route always says its hop limit: without it the kernel
 * copies the inner one to the outer header.
 */
#include <linux/lwtunnel.h>
#include <linux/rtnetlink.h>

#include "src/netlink/encode.h"

#define HOP_LIMIT 64

static void put_encap(struct nlenc *e, const struct route *r)
{
	struct nlattr *nest;

	nlenc_u16(e, RTA_ENCAP_TYPE, LWTUNNEL_ENCAP_IP6);
	nest = nlenc_open(e, RTA_ENCAP);
	nlenc_addr(e, LWTUNNEL_IP6_DST, &r->encap_dst);
	nlenc_addr(e, LWTUNNEL_IP6_SRC, &r->encap_src);
	nlenc_u8(e, LWTUNNEL_IP6_HOPLIMIT, HOP_LIMIT);
	nlenc_close(e, nest);
}

static void put_route(struct nlenc *e, const struct route *r)
{
	if (r->dst_len)
		nlenc_addr(e, RTA_DST, &r->dst);
	nlenc_u32(e, RTA_TABLE, r->table);
	if (r->metric)
		nlenc_u32(e, RTA_PRIORITY, r->metric);
	if (r->oif)
		nlenc_u32(e, RTA_OIF, (uint32_t)r->oif);
	if (!addr_is_any(&r->gateway))
		nlenc_addr(e, RTA_GATEWAY, &r->gateway);
}

static void begin(struct nlenc *e, uint16_t type, uint16_t flags,
		  const struct route *r)
{
	struct rtmsg rtm = {
		.rtm_family = AF_INET6,
		.rtm_dst_len = r->dst_len,
		.rtm_table = r->table < 256 ? (uint8_t)r->table
					    : RT_TABLE_UNSPEC,
		.rtm_protocol = r->proto,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = r->type,
	};

	nlenc_begin(e, type, flags, &rtm, sizeof(rtm));
	put_route(e, r);
}

void route_encode_set(struct nlenc *e, const struct route *r)
{
	begin(e, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, r);
	if (!addr_is_any(&r->prefsrc))
		nlenc_addr(e, RTA_PREFSRC, &r->prefsrc);
	if (r->encap)
		put_encap(e, r);
}

void route_encode_del(struct nlenc *e, const struct route *r)
{
	begin(e, RTM_DELROUTE, 0, r);
}
