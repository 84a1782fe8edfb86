/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octets of the kernel as events (src/netlink/watch.h).  Pure.
 *
 * This file decides which messages are looked at.  libnl's decoders are not
 * used: they take two default routes of one metric for the same, build an
 * object for each of a home agent's routes, and do not survive octets that no
 * kernel would send, which the fuzz target does.
 */
#include "src/netlink/watch.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "src/netlink/nldec.h"

/* Not in <net/if.h>. */
#define LOWER_UP (1u << 16)

/* An address longer than any link layer's counts as none. */
static struct lladdr get_lladdr(const struct nlmsghdr *nlh, size_t fixed_len,
				uint16_t type)
{
	const struct nlattr *attr = nldec_nest(nlh, fixed_len, type);
	struct lladdr l = { 0 };
	const void *octets;
	size_t len;

	if (!attr)
		return l;
	octets = nldec_payload(attr, &len);
	if (len <= LLADDR_MAX) {
		l.len = (uint8_t)len;
		memcpy(l.addr, octets, len);
	}
	return l;
}

/* ---- links ---- */

static bool decode_link(const struct nlmsghdr *nlh, struct kernel_link *ret)
{
	const struct ifinfomsg *ifi = nldec_fixed(nlh, sizeof(*ifi));
	struct kernel_link l;

	/* Other families' are about bridge ports and the like. */
	if (!ifi || ifi->ifi_family != AF_UNSPEC || ifi->ifi_index <= 0)
		return false;
	l = (struct kernel_link){
		.ifindex = ifi->ifi_index,
		.gone = nlh->nlmsg_type == RTM_DELLINK,
		.up = ifi->ifi_flags & IFF_UP,
		.carrier = ifi->ifi_flags & LOWER_UP,
		.loopback = ifi->ifi_flags & IFF_LOOPBACK,
		.lladdr = get_lladdr(nlh, sizeof(*ifi), IFLA_ADDRESS),
	};
	if (!nldec_str(nlh, sizeof(*ifi), IFLA_IFNAME, l.name, sizeof(l.name)))
		return false;
	nldec_u32(nlh, sizeof(*ifi), IFLA_MTU, &l.mtu);
	*ret = l;
	return true;
}

/* ---- addresses ---- */

static bool decode_addr(const struct nlmsghdr *nlh, struct kernel_addr *ret)
{
	const struct ifaddrmsg *ifa = nldec_fixed(nlh, sizeof(*ifa));
	struct ifa_cacheinfo ci = { UINT32_MAX, UINT32_MAX, 0, 0 };
	struct in6_addr addr;
	const void *cacheinfo;
	uint32_t flags;

	if (!ifa || ifa->ifa_family != AF_INET6 || ifa->ifa_prefixlen > 128 ||
	    (int)ifa->ifa_index <= 0)
		return false;
	/* On a point-to-point link IFA_ADDRESS is the peer's. */
	if (!nldec_addr(nlh, sizeof(*ifa), IFA_LOCAL, &addr) &&
	    !nldec_addr(nlh, sizeof(*ifa), IFA_ADDRESS, &addr))
		return false;
	flags = ifa->ifa_flags;
	nldec_u32(nlh, sizeof(*ifa), IFA_FLAGS, &flags);
	cacheinfo = nldec_find(nlh, sizeof(*ifa), IFA_CACHEINFO, sizeof(ci));
	if (cacheinfo)
		memcpy(&ci, cacheinfo, sizeof(ci));
	*ret = (struct kernel_addr){
		.ifindex = (int)ifa->ifa_index,
		.addr = addr,
		.plen = ifa->ifa_prefixlen,
		.gone = nlh->nlmsg_type == RTM_DELADDR,
		.tentative = flags & IFA_F_TENTATIVE,
		.optimistic = flags & IFA_F_OPTIMISTIC,
		.dad_failed = flags & IFA_F_DADFAILED,
		.deprecated = flags & IFA_F_DEPRECATED,
		.temporary = flags & IFA_F_TEMPORARY,
		.home = flags & IFA_F_HOMEADDRESS,
		.permanent = flags & IFA_F_PERMANENT,
		.valid_s = ci.ifa_valid,
		.preferred_s = ci.ifa_prefered,
	};
	return true;
}

/* ---- default routes ---- */

static bool is_default(const struct nlmsghdr *nlh, const struct rtmsg *rtm)
{
	uint32_t table = rtm->rtm_table;

	nldec_u32(nlh, sizeof(*rtm), RTA_TABLE, &table);
	return rtm->rtm_family == AF_INET6 && table == RT_TABLE_MAIN &&
	       rtm->rtm_type == RTN_UNICAST && !rtm->rtm_dst_len &&
	       !rtm->rtm_src_len && !(rtm->rtm_flags & RTM_F_CLONED);
}

/* Next hop number `part` of a multipath route. */
static bool find_hop(const struct nlattr *multipath, unsigned int part,
		     struct kernel_router *r)
{
	const uint8_t *p;
	struct rtnexthop nh;
	const void *gateway;
	size_t left, step;

	for (p = nldec_payload(multipath, &left); left >= sizeof(nh);
	     p += step, left -= step, part--) {
		memcpy(&nh, p, sizeof(nh));
		step = RTNH_ALIGN((size_t)nh.rtnh_len);
		if (nh.rtnh_len < sizeof(nh) || step > left)
			return false;
		if (part)
			continue;
		gateway = nldec_find_among(p + sizeof(nh),
					   nh.rtnh_len - sizeof(nh),
					   RTA_GATEWAY, sizeof(r->gateway));
		if (gateway)
			memcpy(&r->gateway, gateway, sizeof(r->gateway));
		r->ifindex = nh.rtnh_ifindex;
		return true;
	}
	return false;
}

static bool decode_router(const struct nlmsghdr *nlh, unsigned int part,
			  struct kernel_router *ret)
{
	const struct rtmsg *rtm = nldec_fixed(nlh, sizeof(*rtm));
	struct kernel_router r = { .gone = nlh->nlmsg_type == RTM_DELROUTE };
	const struct nlattr *multipath;
	uint32_t oif = 0;

	if (!rtm || !is_default(nlh, rtm))
		return false;
	nldec_u32(nlh, sizeof(*rtm), RTA_PRIORITY, &r.metric);
	multipath = nldec_nest(nlh, sizeof(*rtm), RTA_MULTIPATH);
	if (multipath) {
		if (!find_hop(multipath, part, &r))
			return false;
	} else {
		if (part || !nldec_u32(nlh, sizeof(*rtm), RTA_OIF, &oif))
			return false;
		r.ifindex = (int)oif;
		nldec_addr(nlh, sizeof(*rtm), RTA_GATEWAY, &r.gateway);
	}
	if (r.ifindex <= 0)
		return false;
	*ret = r;
	return true;
}

/* ---- neighbours ---- */

static bool decode_neigh(const struct nlmsghdr *nlh, struct kernel_neigh *ret)
{
	const struct ndmsg *ndm = nldec_fixed(nlh, sizeof(*ndm));
	struct kernel_neigh n;

	if (!ndm || ndm->ndm_family != AF_INET6 || (ndm->ndm_flags & NTF_PROXY))
		return false;
	n = (struct kernel_neigh){
		.ifindex = ndm->ndm_ifindex,
		.lladdr = get_lladdr(nlh, sizeof(*ndm), NDA_LLADDR),
		.reachable = ndm->ndm_state & (NUD_REACHABLE | NUD_PERMANENT),
		.failed = ndm->ndm_state & NUD_FAILED,
	};
	if (!nldec_addr(nlh, sizeof(*ndm), NDA_DST, &n.addr))
		return false;
	*ret = n;
	return true;
}

bool watch_decode(const struct nlmsghdr *nlh, unsigned int part,
		  struct kernel_event *ret_ev)
{
	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		ret_ev->type = KERNEL_LINK;
		return !part && decode_link(nlh, &ret_ev->link);
	case RTM_NEWADDR:
	case RTM_DELADDR:
		ret_ev->type = KERNEL_ADDR;
		return !part && decode_addr(nlh, &ret_ev->addr);
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		ret_ev->type = KERNEL_ROUTER;
		return decode_router(nlh, part, &ret_ev->router);
	case RTM_NEWNEIGH:
		ret_ev->type = KERNEL_NEIGH;
		return !part && decode_neigh(nlh, &ret_ev->neigh);
	default:
		return false;
	}
}
