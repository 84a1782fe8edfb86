/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects that libnl decoded, as kernel events.  Pure.
 *
 * This file decides what of a link, an address, a route or a neighbour
 * anybody wants to know: IPv6, the main table's default routes, neighbours
 * that are no proxy entries.
 */
#include "src/netlink/watch.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/route.h>
#include <string.h>

/* Not in <net/if.h>. */
#define LOWER_UP (1u << 16)

static bool get_in6(const struct nl_addr *a, struct in6_addr *ret)
{
	if (!a || nl_addr_get_family(a) != AF_INET6 ||
	    nl_addr_get_len(a) != sizeof(*ret))
		return false;
	memcpy(ret, nl_addr_get_binary_addr(a), sizeof(*ret));
	return true;
}

static struct lladdr get_lladdr(const struct nl_addr *a)
{
	struct lladdr l = { 0 };

	if (a && nl_addr_get_len(a) <= LLADDR_MAX) {
		l.len = (uint8_t)nl_addr_get_len(a);
		memcpy(l.addr, nl_addr_get_binary_addr(a), l.len);
	}
	return l;
}

static bool from_link(struct rtnl_link *obj, bool gone,
		      struct kernel_link *ret)
{
	unsigned int flags = rtnl_link_get_flags(obj);
	const char *name = rtnl_link_get_name(obj);

	/* Others are about bridge ports and the like. */
	if (rtnl_link_get_family(obj) != AF_UNSPEC || !name ||
	    rtnl_link_get_ifindex(obj) <= 0)
		return false;
	*ret = (struct kernel_link){
		.ifindex = rtnl_link_get_ifindex(obj),
		.gone = gone,
		.up = flags & IFF_UP,
		.carrier = flags & LOWER_UP,
		.loopback = flags & IFF_LOOPBACK,
		.mtu = rtnl_link_get_mtu(obj),
		.lladdr = get_lladdr(rtnl_link_get_addr(obj)),
	};
	strncpy(ret->name, name, sizeof(ret->name) - 1);
	return true;
}

static bool from_addr(struct rtnl_addr *obj, bool gone,
		      struct kernel_addr *ret)
{
	unsigned int flags = rtnl_addr_get_flags(obj);
	struct in6_addr addr;

	if (rtnl_addr_get_family(obj) != AF_INET6 ||
	    !get_in6(rtnl_addr_get_local(obj), &addr) ||
	    rtnl_addr_get_prefixlen(obj) < 0 ||
	    rtnl_addr_get_prefixlen(obj) > 128)
		return false;
	*ret = (struct kernel_addr){
		.ifindex = rtnl_addr_get_ifindex(obj),
		.addr = addr,
		.plen = (uint8_t)rtnl_addr_get_prefixlen(obj),
		.gone = gone,
		.tentative = flags & IFA_F_TENTATIVE,
		.optimistic = flags & IFA_F_OPTIMISTIC,
		.dad_failed = flags & IFA_F_DADFAILED,
		.deprecated = flags & IFA_F_DEPRECATED,
		.temporary = flags & IFA_F_TEMPORARY,
		.home = flags & IFA_F_HOMEADDRESS,
		.permanent = flags & IFA_F_PERMANENT,
		.valid_s = rtnl_addr_get_valid_lifetime(obj),
		.preferred_s = rtnl_addr_get_preferred_lifetime(obj),
	};
	return true;
}

static bool is_default(struct rtnl_route *obj)
{
	struct nl_addr *dst = rtnl_route_get_dst(obj);
	struct nl_addr *src = rtnl_route_get_src(obj);

	return rtnl_route_get_family(obj) == AF_INET6 &&
	       rtnl_route_get_table(obj) == RT_TABLE_MAIN &&
	       rtnl_route_get_type(obj) == RTN_UNICAST &&
	       (!dst || !nl_addr_get_prefixlen(dst)) &&
	       (!src || !nl_addr_get_prefixlen(src));
}

static bool from_route(struct rtnl_route *obj, bool gone, int part,
		       struct kernel_router *ret)
{
	struct rtnl_nexthop *nh;
	struct in6_addr gateway = { 0 };

	if (!is_default(obj) || part >= rtnl_route_get_nnexthops(obj))
		return false;
	nh = rtnl_route_nexthop_n(obj, part);
	if (!nh || rtnl_route_nh_get_ifindex(nh) <= 0)
		return false;
	get_in6(rtnl_route_nh_get_gateway(nh), &gateway);
	*ret = (struct kernel_router){
		.ifindex = rtnl_route_nh_get_ifindex(nh),
		.gateway = gateway,
		.metric = rtnl_route_get_priority(obj),
		.gone = gone,
	};
	return true;
}

static bool from_neigh(struct rtnl_neigh *obj, bool gone,
		       struct kernel_neigh *ret)
{
	int state = rtnl_neigh_get_state(obj);
	unsigned int flags = rtnl_neigh_get_flags(obj);
	struct in6_addr addr;

	if (gone || (flags & NTF_PROXY) ||
	    rtnl_neigh_get_family(obj) != AF_INET6 ||
	    !get_in6(rtnl_neigh_get_dst(obj), &addr) || state < 0)
		return false;
	*ret = (struct kernel_neigh){
		.ifindex = rtnl_neigh_get_ifindex(obj),
		.addr = addr,
		.lladdr = get_lladdr(rtnl_neigh_get_lladdr(obj)),
		.reachable = state & (NUD_REACHABLE | NUD_PERMANENT),
		.failed = state & NUD_FAILED,
	};
	return true;
}

bool watch_translate(struct nl_object *obj, bool gone, int part,
		     struct kernel_event *ret_ev)
{
	const char *type = nl_object_get_type(obj);
	struct kernel_event ev = { 0 };
	bool wanted = false;

	if (!strcmp(type, "route/link") && !part) {
		ev.type = KERNEL_LINK;
		wanted = from_link((struct rtnl_link *)obj, gone, &ev.link);
	} else if (!strcmp(type, "route/addr") && !part) {
		ev.type = KERNEL_ADDR;
		wanted = from_addr((struct rtnl_addr *)obj, gone, &ev.addr);
	} else if (!strcmp(type, "route/route")) {
		ev.type = KERNEL_ROUTER;
		wanted = from_route((struct rtnl_route *)obj, gone, part,
				    &ev.router);
	} else if (!strcmp(type, "route/neigh") && !part) {
		ev.type = KERNEL_NEIGH;
		wanted = from_neigh((struct rtnl_neigh *)obj, gone,
				    &ev.neigh);
	}
	if (wanted)
		*ret_ev = ev;
	return wanted;
}
