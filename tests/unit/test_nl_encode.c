/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netlink messages about links, addresses, routes, rules, neighbours and
 * filters, octet by octet.
 */
#include <linux/rtnetlink.h>
#include <string.h>

#include "src/netlink/encode.h"
#include "tests/unit/golden_rtnl.h"
#include "tests/unit/golden_tc.h"
#include "tests/unit/unit.h"

static uint8_t buf[NLENC_MAX] __attribute__((aligned(8)));
static struct nlenc enc;

/* Filled with something that must not show through. */
static struct nlenc *start(void)
{
	memset(buf, 0xaa, sizeof(buf));
	nlenc_init(&enc, buf, sizeof(buf));
	return &enc;
}

#define EXPECT(golden) UNIT_HEX(buf, (size_t)nlenc_end(&enc), golden)

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static struct link_tunnel tunnel(void)
{
	return (struct link_tunnel){
		.name = "mip6mn0",
		.ifindex = 7,
		.local = addr("2001:db8:2::100"),
		.remote = addr("2001:db8:1::1"),
	};
}

static void tunnel_is_created_whole(void)
{
	struct link_tunnel t = tunnel();

	link_encode_tunnel_add(start(), &t);
	EXPECT(GOLDEN_LINK_TUNNEL_ADD);
}

/* An absent attribute would become 0: encaplimit, hop limit. */
static void tunnel_change_repeats_everything(void)
{
	struct link_tunnel t = tunnel();

	link_encode_tunnel_change(start(), &t);
	EXPECT(GOLDEN_LINK_TUNNEL_CHANGE);
}

static void external_tunnel(void)
{
	link_encode_external_add(start(), "mip6ha", 1460);
	EXPECT(GOLDEN_LINK_EXTERNAL_ADD);
}

static void link_switches(void)
{
	link_encode_no_addrgen(start(), 7);
	EXPECT(GOLDEN_LINK_NO_ADDRGEN);
	link_encode_up(start(), 7, true);
	EXPECT(GOLDEN_LINK_UP);
	link_encode_up(start(), 7, false);
	EXPECT(GOLDEN_LINK_DOWN);
	link_encode_del(start(), 7);
	EXPECT(GOLDEN_LINK_DEL);
}

static void home_address(void)
{
	struct in6_addr hoa = addr("2001:db8:1::100");

	addr_encode_add(start(), 7, &hoa, true, PROTO_MN);
	EXPECT(GOLDEN_ADDR_ADD);
	addr_encode_del(start(), 7, &hoa, 128);
	EXPECT(GOLDEN_ADDR_DEL);
}

static void encapsulating_route(void)
{
	struct route r = {
		.dst = addr("2001:db8:1::100"),
		.dst_len = 128,
		.type = RTN_UNICAST,
		.proto = PROTO_HA,
		.table = RT_TABLE_MAIN,
		.metric = 135,
		.oif = 5,
		.encap = true,
		.encap_src = addr("2001:db8:1::1"),
		.encap_dst = addr("2001:db8:2::100"),
	};

	route_encode_set(start(), &r);
	EXPECT(GOLDEN_ROUTE_ENCAP);
	route_encode_del(start(), &r);
	EXPECT(GOLDEN_ROUTE_DEL);
}

/* A table above 255 stands in RTA_TABLE only. */
static void default_route_in_a_table(void)
{
	struct route r = {
		.type = RTN_UNICAST,
		.proto = PROTO_MN,
		.table = 1064,
		.oif = 3,
		.gateway = addr("fe80::a"),
		.prefsrc = addr("2001:db8:2::100"),
	};

	route_encode_set(start(), &r);
	EXPECT(GOLDEN_ROUTE_DEFAULT);
}

static void rules(void)
{
	struct rule find = {
		.pref = 1003,
		.table = 1000,
		.proto = PROTO_MN,
		.src = addr("2001:db8:1::100"),
		.src_len = 128,
		.find_saddr = true,
	};
	struct rule mark = {
		.pref = 135,
		.table = 13500,
		.proto = PROTO_HA,
		.fwmark = 0x4d495036,
	};
	struct rule to = {
		.pref = 1002,
		.table = RT_TABLE_MAIN,
		.proto = PROTO_MN,
		.dst = addr("2001:db8:c::"),
		.dst_len = 64,
	};

	rule_encode_add(start(), &find);
	EXPECT(GOLDEN_RULE_FIND);
	rule_encode_del(start(), &find);
	EXPECT(GOLDEN_RULE_DEL);
	rule_encode_add(start(), &mark);
	EXPECT(GOLDEN_RULE_MARK);
	rule_encode_add(start(), &to);
	EXPECT(GOLDEN_RULE_TO);
}

/* No router flag: R is 0 in what is answered for a mobile node. */
static void proxy_neighbours(void)
{
	struct in6_addr hoa = addr("2001:db8:1::100");

	neigh_encode_proxy_add(start(), 3, &hoa);
	EXPECT(GOLDEN_NEIGH_PROXY_ADD);
	neigh_encode_proxy_del(start(), 3, &hoa);
	EXPECT(GOLDEN_NEIGH_PROXY_DEL);
}

static void neighbour_entries(void)
{
	struct in6_addr hoa = addr("2001:db8:1::100");
	struct lladdr l = { 6, { 2, 0, 0, 0, 0, 1 } };

	neigh_encode_set(start(), 3, &hoa, &l);
	EXPECT(GOLDEN_NEIGH_SET);
	neigh_encode_del(start(), 3, &hoa);
	EXPECT(GOLDEN_NEIGH_DEL);
	neigh_encode_probe(start(), 3, &hoa);
	EXPECT(GOLDEN_NEIGH_PROBE);
	neigh_encode_use(start(), 3, &hoa);
	EXPECT(GOLDEN_NEIGH_USE);
}

static void filters(void)
{
	struct in6_addr coa = addr("2001:db8:2::100");
	struct in6_addr hoa = addr("2001:db8:1::100");

	tc_encode_clsact_add(start(), 5);
	EXPECT(GOLDEN_TC_CLSACT_ADD);
	tc_encode_clsact_del(start(), 5);
	EXPECT(GOLDEN_TC_CLSACT_DEL);
	tc_encode_bpf_add(start(), 5, 10, 9, "mip6d_pair");
	EXPECT(GOLDEN_TC_BPF_ADD);
	tc_encode_pair_add(start(), 5, 10, 1, &coa, &hoa);
	EXPECT(GOLDEN_TC_PAIR_ADD);
	tc_encode_drop_all(start(), 5, 20);
	EXPECT(GOLDEN_TC_DROP_ALL);
	tc_encode_mark_ns(start(), 3, 135, 0x4d495036);
	EXPECT(GOLDEN_TC_MARK_NS);
	tc_encode_filter_del(start(), 5, 10, 0x86dd, 7);
	EXPECT(GOLDEN_TC_FILTER_DEL);
}

/* Whatever the size of the buffer: the message whole, or an error, and
 * nothing behind the end touched. */
static void no_write_past_the_end(void)
{
	struct in6_addr coa = addr("2001:db8:2::100");
	struct in6_addr hoa = addr("2001:db8:1::100");
	size_t size, whole;
	int len;

	tc_encode_pair_add(start(), 5, 10, 1, &coa, &hoa);
	whole = (size_t)nlenc_end(&enc);
	for (size = 0; size < whole + 8; size++) {
		memset(buf, 0xaa, sizeof(buf));
		nlenc_init(&enc, buf, size);
		tc_encode_pair_add(&enc, 5, 10, 1, &coa, &hoa);
		len = nlenc_end(&enc);
		UNIT_EQ(len < 0, size < whole);
		UNIT_EQ(buf[size], 0xaa);
	}
}

static void rule_for_a_protocol_and_port(void)
{
	struct rule r = {
		.pref = 1002,
		.table = 1064,
		.proto = PROTO_MN,
		.dst = addr("2001:db8:c::"),
		.dst_len = 64,
		.ipproto = 17,
		.dport = 53,
	};

	rule_encode_append(start(), &r);
	EXPECT(GOLDEN_RULE_PORT);
}

static const struct unit_case cases[] = {
	UNIT_CASE(tunnel_is_created_whole),
	UNIT_CASE(tunnel_change_repeats_everything),
	UNIT_CASE(external_tunnel),
	UNIT_CASE(link_switches),
	UNIT_CASE(home_address),
	UNIT_CASE(encapsulating_route),
	UNIT_CASE(default_route_in_a_table),
	UNIT_CASE(rules),
	UNIT_CASE(rule_for_a_protocol_and_port),
	UNIT_CASE(proxy_neighbours),
	UNIT_CASE(neighbour_entries),
	UNIT_CASE(filters),
	UNIT_CASE(no_write_past_the_end),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "nl_encode", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
