/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Neighbour discovery messages that we send: octet for octet those of
 * another encoder, valid by the rules of RFC 4861, and read back as they
 * were meant.
 */
#include <errno.h>

#include "tests/unit/golden_icmp6.h"
#include "tests/unit/icmp6_ref.h"
#include "tests/unit/mh_util.h"

static const struct lladdr router = { 6, { 0x52, 0x54, 0, 0, 0, 1 } };
static const struct lladdr node = { 6, { 0x52, 0x54, 0, 0, 1, 0 } };
static uint8_t buf[128];

static const struct golden_icmp6 *golden(const char *name)
{
	size_t i;

	for (i = 0; i < N_GOLDEN_ICMP6; i++)
		if (!strcmp(golden_icmp6[i].name, name))
			return &golden_icmp6[i];
	CU_FAIL_FATAL("no such golden");
	return NULL;
}

static int build_rs(const char *from, const struct lladdr *ll)
{
	struct in6_addr src = ip(from), dst = ip(ALL_ROUTERS);

	return icmp6_build_rs(&src, &dst, ll, buf, sizeof(buf));
}

static int build_ns(const char *from, const char *to, const struct lladdr *ll)
{
	struct in6_addr src = ip(from), dst = ip(to);
	struct icmp6_ns ns = { .target = ip(HOA) };

	if (ll)
		ns.source_lladdr = *ll;
	return icmp6_build_ns(&src, &dst, &ns, buf, sizeof(buf));
}

static int build_na(const char *from, const char *to, bool r, bool s, bool o,
		    const struct lladdr *ll)
{
	struct in6_addr src = ip(from), dst = ip(to);
	struct icmp6_na na = { ip(HOA), r, s, o, { 0 } };

	if (ll)
		na.target_lladdr = *ll;
	return icmp6_build_na(&src, &dst, &na, buf, sizeof(buf));
}

static void goldens_are_built_as_they_are(void)
{
	int n = build_rs(LL_NODE, &node);

	UNIT_HEX(buf, (size_t)n, golden("rs")->hex);
	n = build_rs(ANY, NULL);
	UNIT_HEX(buf, (size_t)n, golden("rs_any")->hex);
	n = build_ns(HA, SOLICITED_HOA, &router);
	UNIT_HEX(buf, (size_t)n, golden("ns")->hex);
	n = build_ns(ANY, SOLICITED_HOA, NULL);
	UNIT_HEX(buf, (size_t)n, golden("ns_dad")->hex);
	n = build_na(HA, ALL_NODES, false, false, true, &router);
	UNIT_HEX(buf, (size_t)n, golden("na_proxy")->hex);
	n = build_na(HOA, HA, true, true, true, &node);
	UNIT_HEX(buf, (size_t)n, golden("na_solicited")->hex);
	n = build_na(HOA, HA, false, true, false, NULL);
	UNIT_HEX(buf, (size_t)n, golden("na_plain")->hex);
}

/* RFC 4861 sections 4.1, 4.3: no source link-layer address from ::. */
static void unspecified_source_has_no_link_layer_address(void)
{
	int n = build_rs(ANY, &node);

	UNIT_HEX(buf, (size_t)n, golden("rs_any")->hex);
	n = build_ns(ANY, SOLICITED_HOA, &router);
	UNIT_HEX(buf, (size_t)n, golden("ns_dad")->hex);
}

/* RFC 4861 section 4.4: no S flag to a group. */
static void no_solicited_flag_to_a_group(void)
{
	int n = build_na(HA, ALL_NODES, false, true, true, &router);

	UNIT_HEX(buf, (size_t)n, golden("na_proxy")->hex);
}

static void small_buffers_are_refused_and_respected(void)
{
	struct in6_addr src = ip(HA), dst = ip(SOLICITED_HOA);
	struct icmp6_ns ns = { ip(HOA), router };
	struct icmp6_na na = { ip(HOA), false, false, true, router };
	size_t size;

	for (size = 0; size <= 32; size++) {
		uint8_t *room = exact_copy(buf, size);

		UNIT_EQ(icmp6_build_ns(&src, &dst, &ns, room, size),
			size < 32 ? -EMSGSIZE : 32);
		UNIT_EQ(icmp6_build_na(&src, &dst, &na, room, size),
			size < 32 ? -EMSGSIZE : 32);
		UNIT_EQ(icmp6_build_rs(&src, &dst, &router, room, size),
			size < 16 ? -EMSGSIZE : 16);
		free(room);
	}
}

static void link_layer_addresses_are_padded(void)
{
	struct lladdr ll = { 8, { 1, 2, 3, 4, 5, 6, 7, 8 } };

	memset(buf, 0xa5, sizeof(buf));
	UNIT_EQ(build_rs(LL_NODE, &ll), 24);
	UNIT_HEX(buf + 8, 16, "01 02 0102030405060708 000000000000");
	ll.len = 16;
	UNIT_EQ(build_rs(LL_NODE, &ll), 32);
	UNIT_HEX(buf + 8, 24,
		 "01 03 0102030405060708 0000000000000000"
		 "000000000000");
	ll.len = 1;
	UNIT_EQ(build_rs(LL_NODE, &ll), 16);
	UNIT_HEX(buf + 8, 8, "01 01 01 0000000000");
}

static struct lladdr draw_lladdr(void)
{
	static const uint8_t lens[] = { 0, 6, 8 };
	struct lladdr l = { .len = lens[draw(3)] };

	draw_bytes(l.addr, l.len);
	return l;
}

static struct in6_addr draw_unicast(void)
{
	struct in6_addr a;

	draw_bytes(&a, sizeof(a));
	a.s6_addr[0] = 0x20;
	return a;
}

static bool ns_comes_back(void)
{
	struct in6_addr src = draw(4) ? draw_unicast() : ip(ANY), dst;
	struct icmp6_ns ns = { draw_unicast(), draw_lladdr() };
	struct icmp6_msg m;
	int n;

	dst = addr_solicited_node(&ns.target);
	n = icmp6_build_ns(&src, &dst, &ns, buf, sizeof(buf));
	if (addr_is_any(&src))
		ns.source_lladdr.len = 0;
	return n > 0 && ref_nd_valid(buf, (size_t)n, &src, &dst, 255, true) &&
	       icmp6_parse(buf, (size_t)n, &src, &dst, 255, true, &m) ==
		       ICMP6_OK &&
	       m.type == ICMP6_NS && addr_eq(&m.ns.target, &ns.target) &&
	       lladdr_eq(&m.ns.source_lladdr, &ns.source_lladdr);
}

static bool na_comes_back(void)
{
	struct in6_addr src = draw_unicast();
	struct in6_addr dst = draw(2) ? draw_unicast() : ip(ALL_NODES);
	struct icmp6_na na = { draw_unicast(), draw(2), draw(2), draw(2),
			       draw_lladdr() };
	struct icmp6_msg m;
	int n = icmp6_build_na(&src, &dst, &na, buf, sizeof(buf));

	if (addr_is_multicast(&dst))
		na.solicited = false;
	return n > 0 && ref_nd_valid(buf, (size_t)n, &src, &dst, 255, true) &&
	       icmp6_parse(buf, (size_t)n, &src, &dst, 255, true, &m) ==
		       ICMP6_OK &&
	       m.type == ICMP6_NA && m.na.router == na.router &&
	       m.na.solicited == na.solicited && m.na.override == na.override &&
	       addr_eq(&m.na.target, &na.target) &&
	       lladdr_eq(&m.na.target_lladdr, &na.target_lladdr);
}

static void what_is_built_is_valid_and_parsed_back(void)
{
	int turn, wrong = 0;

	for (turn = 0; turn < 20000; turn++)
		wrong += !ns_comes_back() + !na_comes_back();
	UNIT_EQ(wrong, 0);
}

static const struct unit_case cases[] = {
	UNIT_CASE(goldens_are_built_as_they_are),
	UNIT_CASE(unspecified_source_has_no_link_layer_address),
	UNIT_CASE(no_solicited_flag_to_a_group),
	UNIT_CASE(small_buffers_are_refused_and_respected),
	UNIT_CASE(link_layer_addresses_are_padded),
	UNIT_CASE(what_is_built_is_valid_and_parsed_back),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "icmp6_build", cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
