/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel tells, from netlink octets to events.
 */
#include "src/netlink/watch.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <string.h>

#include "mip6d/nlenc.h"
#include "src/netlink/nldec.h"
#include "tests/unit/unit.h"

static uint8_t buf[NLENC_MAX] __attribute__((aligned(8)));
static struct nlenc enc;

static struct kernel_event events[8];
static unsigned int n_events;

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

/* Decodes what stands in `buf`; the number of events. */
static unsigned int decode(void)
{
	n_events = 0;
	UNIT_NEED(nlenc_end(&enc) > 0);
	while (watch_decode(enc.nlh, n_events, &events[n_events]))
		UNIT_NEED(++n_events < 8);
	return n_events;
}

static struct nlenc *begin(uint16_t type, const void *fixed, size_t len)
{
	nlenc_init(&enc, buf, sizeof(buf));
	nlenc_begin(&enc, type, 0, fixed, len);
	return &enc;
}

/* ---- links ---- */

static void put_link(uint16_t type, unsigned int flags, uint8_t family)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };
	struct ifinfomsg ifi = {
		.ifi_family = family,
		.ifi_type = ARPHRD_ETHER,
		.ifi_index = 3,
		.ifi_flags = flags,
	};
	struct nlenc *e = begin(type, &ifi, sizeof(ifi));

	nlenc_str(e, IFLA_IFNAME, "eth0");
	nlenc_u32(e, IFLA_MTU, 1500);
	nlenc_put(e, IFLA_ADDRESS, mac, sizeof(mac));
}

static void link_up_with_carrier(void)
{
	const struct kernel_link *l = &events[0].link;

	put_link(RTM_NEWLINK, IFF_UP | (1u << 16), AF_UNSPEC);
	UNIT_EQ(decode(), 1);
	UNIT_EQ(events[0].type, KERNEL_LINK);
	UNIT_EQ(l->ifindex, 3);
	UNIT_STR(l->name, "eth0");
	CU_ASSERT_TRUE(l->up);
	CU_ASSERT_TRUE(l->carrier);
	CU_ASSERT_FALSE(l->loopback);
	CU_ASSERT_FALSE(l->gone);
	UNIT_EQ(l->mtu, 1500);
	UNIT_STR(lladdr_str(&l->lladdr), "02:00:00:00:00:01");
}

static void link_without_carrier_and_gone(void)
{
	put_link(RTM_NEWLINK, IFF_UP, AF_UNSPEC);
	UNIT_EQ(decode(), 1);
	CU_ASSERT_TRUE(events[0].link.up);
	CU_ASSERT_FALSE(events[0].link.carrier);
	put_link(RTM_DELLINK, 0, AF_UNSPEC);
	UNIT_EQ(decode(), 1);
	CU_ASSERT_TRUE(events[0].link.gone);
	UNIT_STR(events[0].link.name, "eth0");
}

/* A bridge port's news is not the device's: its end is not the device's. */
static void bridge_ports_are_ignored(void)
{
	put_link(RTM_DELLINK, 0, AF_BRIDGE);
	UNIT_EQ(decode(), 0);
}

/* ---- addresses ---- */

static void put_addr(uint16_t type, uint32_t flags, uint8_t family)
{
	struct ifa_cacheinfo ci = { .ifa_prefered = 600, .ifa_valid = 1200 };
	struct ifaddrmsg ifa = {
		.ifa_family = family,
		.ifa_prefixlen = 64,
		.ifa_index = 3,
		.ifa_flags = (uint8_t)flags,
	};
	struct in6_addr a = addr("2001:db8:2::100");
	struct nlenc *e = begin(type, &ifa, sizeof(ifa));

	nlenc_put(e, IFA_ADDRESS, &a, family == AF_INET6 ? 16 : 4);
	nlenc_put(e, IFA_CACHEINFO, &ci, sizeof(ci));
	nlenc_u32(e, IFA_FLAGS, flags);
}

static void address_and_its_lifetimes(void)
{
	const struct kernel_addr *a = &events[0].addr;

	put_addr(RTM_NEWADDR, 0, AF_INET6);
	UNIT_EQ(decode(), 1);
	UNIT_EQ(events[0].type, KERNEL_ADDR);
	UNIT_STR(addr_str(&a->addr), "2001:db8:2::100");
	UNIT_EQ(a->plen, 64);
	UNIT_EQ(a->ifindex, 3);
	UNIT_EQ(a->valid_s, 1200);
	UNIT_EQ(a->preferred_s, 600);
	CU_ASSERT_FALSE(a->tentative || a->optimistic || a->dad_failed ||
			a->deprecated || a->temporary || a->home ||
			a->permanent || a->gone);
}

static void address_flags(void)
{
	const struct kernel_addr *a = &events[0].addr;

	put_addr(RTM_NEWADDR, IFA_F_TENTATIVE | IFA_F_OPTIMISTIC, AF_INET6);
	UNIT_EQ(decode(), 1);
	CU_ASSERT_TRUE(a->tentative && a->optimistic && !a->dad_failed);
	put_addr(RTM_NEWADDR, IFA_F_TENTATIVE | IFA_F_DADFAILED, AF_INET6);
	UNIT_EQ(decode(), 1);
	CU_ASSERT_TRUE(a->tentative && a->dad_failed && !a->optimistic);
	put_addr(RTM_NEWADDR, IFA_F_HOMEADDRESS | IFA_F_PERMANENT, AF_INET6);
	UNIT_EQ(decode(), 1);
	CU_ASSERT_TRUE(a->home && a->permanent && !a->tentative);
	put_addr(RTM_NEWADDR, IFA_F_DEPRECATED | IFA_F_TEMPORARY, AF_INET6);
	UNIT_EQ(decode(), 1);
	CU_ASSERT_TRUE(a->deprecated && a->temporary);
	put_addr(RTM_DELADDR, 0, AF_INET6);
	UNIT_EQ(decode(), 1);
	CU_ASSERT_TRUE(a->gone);
}

static void ipv4_addresses_are_ignored(void)
{
	put_addr(RTM_NEWADDR, 0, AF_INET);
	UNIT_EQ(decode(), 0);
}

/* ---- default routes ---- */

static struct nlenc *put_route(uint16_t type, uint8_t dst_len, uint8_t table,
			       uint8_t kind)
{
	struct rtmsg rtm = {
		.rtm_family = AF_INET6,
		.rtm_dst_len = dst_len,
		.rtm_table = table,
		.rtm_type = kind,
		.rtm_protocol = RTPROT_RA,
	};
	struct nlenc *e = begin(type, &rtm, sizeof(rtm));
	struct in6_addr dst = addr("2001:db8:7::");

	if (dst_len)
		nlenc_addr(e, RTA_DST, &dst);
	nlenc_u32(e, RTA_PRIORITY, 1024);
	return e;
}

static void put_hop(struct nlenc *e, const char *gateway, uint32_t oif)
{
	struct in6_addr gw = addr(gateway);

	nlenc_addr(e, RTA_GATEWAY, &gw);
	nlenc_u32(e, RTA_OIF, oif);
}

static void default_route(void)
{
	const struct kernel_router *r = &events[0].router;

	put_hop(put_route(RTM_NEWROUTE, 0, RT_TABLE_MAIN, RTN_UNICAST),
		"fe80::a", 3);
	UNIT_EQ(decode(), 1);
	UNIT_EQ(events[0].type, KERNEL_ROUTER);
	UNIT_STR(addr_str(&r->gateway), "fe80::a");
	UNIT_EQ(r->ifindex, 3);
	UNIT_EQ(r->metric, 1024);
	CU_ASSERT_FALSE(r->gone);
	put_hop(put_route(RTM_DELROUTE, 0, RT_TABLE_MAIN, RTN_UNICAST),
		"fe80::a", 3);
	UNIT_EQ(decode(), 1);
	CU_ASSERT_TRUE(r->gone);
}

static void route_without_gateway(void)
{
	nlenc_u32(put_route(RTM_NEWROUTE, 0, RT_TABLE_MAIN, RTN_UNICAST),
		  RTA_OIF, 3);
	UNIT_EQ(decode(), 1);
	CU_ASSERT_TRUE(addr_is_any(&events[0].router.gateway));
}

static void other_routes_are_ignored(void)
{
	put_hop(put_route(RTM_NEWROUTE, 64, RT_TABLE_MAIN, RTN_UNICAST),
		"fe80::a", 3);
	UNIT_EQ(decode(), 0);
	put_hop(put_route(RTM_NEWROUTE, 0, 100, RTN_UNICAST), "fe80::a", 3);
	UNIT_EQ(decode(), 0);
	nlenc_u32(put_route(RTM_NEWROUTE, 0, RT_TABLE_MAIN, RTN_UNREACHABLE),
		  RTA_OIF, 1);
	UNIT_EQ(decode(), 0);
}

static void put_multipath(struct nlenc *e)
{
	static const char *const gateways[] = { "fe80::a", "fe80::b" };
	struct nlattr *all = nlenc_open(e, RTA_MULTIPATH);
	size_t i;

	for (i = 0; i < 2; i++) {
		struct in6_addr gw = addr(gateways[i]);
		struct {
			struct rtnexthop nh;
			struct rtattr attr;
			struct in6_addr gw;
		} hop = {
			.nh = { .rtnh_len = sizeof(hop),
				.rtnh_ifindex = 3 + (int)i },
			.attr = { sizeof(hop.attr) + 16, RTA_GATEWAY },
			.gw = gw,
		};

		UNIT_NEED(e->nlh->nlmsg_len + sizeof(hop) < sizeof(buf));
		memcpy((uint8_t *)e->nlh + e->nlh->nlmsg_len, &hop,
		       sizeof(hop));
		e->nlh->nlmsg_len += sizeof(hop);
	}
	nlenc_close(e, all);
}

static void each_next_hop_is_a_router(void)
{
	put_multipath(put_route(RTM_NEWROUTE, 0, RT_TABLE_MAIN, RTN_UNICAST));
	UNIT_EQ(decode(), 2);
	UNIT_STR(addr_str(&events[0].router.gateway), "fe80::a");
	UNIT_EQ(events[0].router.ifindex, 3);
	UNIT_STR(addr_str(&events[1].router.gateway), "fe80::b");
	UNIT_EQ(events[1].router.ifindex, 4);
}

/* ---- neighbours ---- */

static void put_neigh(uint16_t type, uint16_t state, uint8_t flags)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };
	struct ndmsg ndm = {
		.ndm_family = AF_INET6,
		.ndm_ifindex = 3,
		.ndm_state = state,
		.ndm_flags = flags,
	};
	struct in6_addr a = addr("fe80::a");
	struct nlenc *e = begin(type, &ndm, sizeof(ndm));

	nlenc_addr(e, NDA_DST, &a);
	if (state != NUD_FAILED)
		nlenc_put(e, NDA_LLADDR, mac, sizeof(mac));
}

static void neighbour_states(void)
{
	const struct kernel_neigh *n = &events[0].neigh;

	put_neigh(RTM_NEWNEIGH, NUD_REACHABLE, NTF_ROUTER);
	UNIT_EQ(decode(), 1);
	UNIT_EQ(events[0].type, KERNEL_NEIGH);
	UNIT_STR(addr_str(&n->addr), "fe80::a");
	UNIT_EQ(n->ifindex, 3);
	UNIT_EQ(n->lladdr.len, 6);
	CU_ASSERT_TRUE(n->reachable && !n->failed);
	put_neigh(RTM_NEWNEIGH, NUD_STALE, 0);
	UNIT_EQ(decode(), 1);
	CU_ASSERT_FALSE(n->reachable || n->failed);
	put_neigh(RTM_NEWNEIGH, NUD_FAILED, 0);
	UNIT_EQ(decode(), 1);
	CU_ASSERT_TRUE(n->failed && !n->reachable);
	UNIT_EQ(n->lladdr.len, 0);
}

static void proxies_and_removed_neighbours_are_ignored(void)
{
	put_neigh(RTM_NEWNEIGH, NUD_PERMANENT, NTF_PROXY);
	UNIT_EQ(decode(), 0);
	put_neigh(RTM_DELNEIGH, NUD_REACHABLE, 0);
	UNIT_EQ(decode(), 0);
}

/* ---- rubbish ---- */

static void other_types_are_not_decoded(void)
{
	struct rtmsg rtm = { .rtm_family = AF_INET6 };

	begin(RTM_NEWRULE, &rtm, sizeof(rtm));
	UNIT_EQ(decode(), 0);
}

/* Every length that a header can claim, of every kind. */
static void truncated_messages_do_not_fault(void)
{
	unsigned int kind;
	size_t len, whole;

	for (kind = 0; kind < 4; kind++) {
		if (kind == 0)
			put_addr(RTM_NEWADDR, 0, AF_INET6);
		else if (kind == 1)
			put_link(RTM_NEWLINK, IFF_UP, AF_UNSPEC);
		else if (kind == 2)
			put_neigh(RTM_NEWNEIGH, NUD_REACHABLE, 0);
		else
			put_multipath(put_route(RTM_NEWROUTE, 0, RT_TABLE_MAIN,
						RTN_UNICAST));
		whole = enc.nlh->nlmsg_len;
		for (len = NLMSG_HDRLEN; len < whole; len++) {
			enc.nlh->nlmsg_len = (uint32_t)len;
			decode();
		}
	}
}

static void datagrams_are_walked_within_their_end(void)
{
	uint8_t data[64] __attribute__((aligned(8))) = { 0 };
	struct nlmsghdr *nlh = (void *)data;
	const struct nlmsghdr *next;
	size_t pos = 0;

	nlh->nlmsg_len = 17;
	next = nldec_next(data, 40, &pos);
	CU_ASSERT_PTR_EQUAL(next, data);
	UNIT_EQ(pos, 20);
	nlh = (void *)(data + 20);
	nlh->nlmsg_len = 20;
	CU_ASSERT_PTR_EQUAL(nldec_next(data, 40, &pos), nlh);
	CU_ASSERT_PTR_NULL(nldec_next(data, 40, &pos));
	pos = 20;
	nlh->nlmsg_len = 21;
	CU_ASSERT_PTR_NULL(nldec_next(data, 40, &pos));
	nlh->nlmsg_len = 15;
	CU_ASSERT_PTR_NULL(nldec_next(data, 40, &pos));
	nlh->nlmsg_len = UINT32_MAX;
	CU_ASSERT_PTR_NULL(nldec_next(data, 40, &pos));
	CU_ASSERT_PTR_NULL(nldec_next(data, 35, &pos));
}

static const struct unit_case cases[] = {
	UNIT_CASE(link_up_with_carrier),
	UNIT_CASE(link_without_carrier_and_gone),
	UNIT_CASE(bridge_ports_are_ignored),
	UNIT_CASE(address_and_its_lifetimes),
	UNIT_CASE(address_flags),
	UNIT_CASE(ipv4_addresses_are_ignored),
	UNIT_CASE(default_route),
	UNIT_CASE(route_without_gateway),
	UNIT_CASE(other_routes_are_ignored),
	UNIT_CASE(each_next_hop_is_a_router),
	UNIT_CASE(neighbour_states),
	UNIT_CASE(proxies_and_removed_neighbours_are_ignored),
	UNIT_CASE(other_types_are_not_decoded),
	UNIT_CASE(truncated_messages_do_not_fault),
	UNIT_CASE(datagrams_are_walked_within_their_end),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "watch", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
