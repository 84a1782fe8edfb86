/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages about network devices: the home agent's one external ip6tnl and
 * the mobile node's ip6tnl to its agent (RFC 2473).
 *
 * Pure.  Tunnels never add the tunnel encapsulation limit option: it would
 * cost eight octets a packet and change the next header on the wire.
 */
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/ip6_tunnel.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "src/netlink/encode.h"

#define HOP_LIMIT 64

static void begin(struct nlenc *e, uint16_t type, uint16_t flags, int ifindex,
		  unsigned int if_flags, unsigned int if_change)
{
	struct ifinfomsg ifi = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = ifindex,
		.ifi_flags = if_flags,
		.ifi_change = if_change,
	};

	nlenc_begin(e, type, flags, &ifi, sizeof(ifi));
}

static void put_tunnel(struct nlenc *e, const struct link_tunnel *t)
{
	struct nlattr *info, *data;

	if (t->mtu)
		nlenc_u32(e, IFLA_MTU, t->mtu);
	info = nlenc_open(e, IFLA_LINKINFO);
	nlenc_str(e, IFLA_INFO_KIND, "ip6tnl");
	data = nlenc_open(e, IFLA_INFO_DATA);
	nlenc_addr(e, IFLA_IPTUN_LOCAL, &t->local);
	nlenc_addr(e, IFLA_IPTUN_REMOTE, &t->remote);
	nlenc_u8(e, IFLA_IPTUN_TTL, HOP_LIMIT);
	nlenc_u8(e, IFLA_IPTUN_ENCAP_LIMIT, 0);
	nlenc_u32(e, IFLA_IPTUN_FLOWINFO, 0);
	nlenc_u32(e, IFLA_IPTUN_FLAGS, IP6_TNL_F_IGN_ENCAP_LIMIT);
	nlenc_u8(e, IFLA_IPTUN_PROTO, 0); /* any inner protocol */
	nlenc_close(e, data);
	nlenc_close(e, info);
}

void link_encode_tunnel_add(struct nlenc *e, const struct link_tunnel *t)
{
	begin(e, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, 0, 0);
	nlenc_str(e, IFLA_IFNAME, t->name);
	put_tunnel(e, t);
}

void link_encode_tunnel_change(struct nlenc *e, const struct link_tunnel *t)
{
	begin(e, RTM_NEWLINK, 0, t->ifindex, 0, 0);
	put_tunnel(e, t);
}

void link_encode_external_add(struct nlenc *e, const char *name, uint32_t mtu)
{
	struct nlattr *info, *data;

	begin(e, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, 0, 0);
	nlenc_str(e, IFLA_IFNAME, name);
	nlenc_u32(e, IFLA_MTU, mtu);
	info = nlenc_open(e, IFLA_LINKINFO);
	nlenc_str(e, IFLA_INFO_KIND, "ip6tnl");
	data = nlenc_open(e, IFLA_INFO_DATA);
	nlenc_put(e, IFLA_IPTUN_COLLECT_METADATA, NULL, 0);
	nlenc_close(e, data);
	nlenc_close(e, info);
}

void link_encode_no_addrgen(struct nlenc *e, int ifindex)
{
	struct nlattr *spec, *inet6;

	begin(e, RTM_NEWLINK, 0, ifindex, 0, 0);
	spec = nlenc_open(e, IFLA_AF_SPEC);
	inet6 = nlenc_open(e, AF_INET6);
	nlenc_u8(e, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	nlenc_close(e, inet6);
	nlenc_close(e, spec);
}

void link_encode_up(struct nlenc *e, int ifindex, bool up)
{
	begin(e, RTM_NEWLINK, 0, ifindex, up ? IFF_UP : 0, IFF_UP);
}

void link_encode_del(struct nlenc *e, int ifindex)
{
	begin(e, RTM_DELLINK, 0, ifindex, 0, 0);
}

void link_encode_get(struct nlenc *e, const char *name)
{
	begin(e, RTM_GETLINK, 0, 0, 0, 0);
	nlenc_str(e, IFLA_IFNAME, name);
}
