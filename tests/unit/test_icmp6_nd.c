/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Neighbour discovery messages: each golden to its fields, each validity
 * rule of RFC 4861 with what breaks it, and everything that a bad link can
 * make of the goldens.
 */
#include "tests/unit/golden_icmp6.h"
#include "tests/unit/icmp6_ref.h"
#include "tests/unit/mh_util.h"

static struct in6_addr src, dst;
static uint8_t data[1024];
static size_t len;

static void load(const char *name)
{
	size_t i;

	for (i = 0; i < N_GOLDEN_ICMP6; i++) {
		if (strcmp(golden_icmp6[i].name, name))
			continue;
		src = ip(golden_icmp6[i].src);
		dst = ip(golden_icmp6[i].dst);
		len = unit_hex(data, sizeof(data), golden_icmp6[i].hex);
		return;
	}
	CU_FAIL_FATAL("no such golden");
}

static enum icmp6_verdict parse_at(uint8_t hop_limit, bool check_sum,
				   struct icmp6_msg *ret_msg)
{
	uint8_t *copy = exact_copy(data, len);
	enum icmp6_verdict v = icmp6_parse(copy, len, &src, &dst, hop_limit,
					   check_sum, ret_msg);

	free(copy);
	return v;
}

static enum icmp6_verdict parse(struct icmp6_msg *ret_msg)
{
	return parse_at(255, true, ret_msg);
}

static void fix_checksum(void)
{
	uint16_t sum;

	data[2] = data[3] = 0;
	sum = ref_checksum(&src, &dst, 58, data, len);
	data[2] = (uint8_t)(sum >> 8);
	data[3] = (uint8_t)sum;
}

static enum icmp6_verdict parse_fixed(struct icmp6_msg *ret_msg)
{
	fix_checksum();
	return parse(ret_msg);
}

static void add(const char *hex)
{
	len += unit_hex(data + len, sizeof(data) - len, hex);
}

static void ra_of_a_home_agent(void)
{
	struct icmp6_msg m;
	const struct icmp6_ra *ra = &m.ra;
	const struct ra_prefix *p = &ra->prefixes[0];

	load("ra_home");
	UNIT_NEED(parse(&m) == ICMP6_OK);
	UNIT_EQ(m.type, ICMP6_RA);
	UNIT_EQ(ra->cur_hop_limit, 64);
	CU_ASSERT_TRUE(!ra->managed && ra->other && ra->home_agent);
	UNIT_EQ(ra->router_lifetime_s, 1800);
	UNIT_EQ(ra->reachable_ms, 30000);
	UNIT_EQ(ra->retrans_ms, 1000);
	UNIT_STR(lladdr_str(&ra->source_lladdr), "52:54:00:00:00:01");
	UNIT_EQ(ra->interval_ms, 3000);
	CU_ASSERT_TRUE(ra->has_ha_info);
	UNIT_EQ(ra->ha_preference, 9);
	UNIT_EQ(ra->ha_lifetime_s, 900);
	UNIT_EQ(ra->n_prefixes, 1);
	UNIT_STR(prefix_str(&p->prefix), "2001:db8:1::/64");
	UNIT_STR(addr_str(&p->addr), "2001:db8:1::1");
	CU_ASSERT_TRUE(p->on_link && p->autonomous && p->router_addr);
	UNIT_EQ(p->valid_s, 86400);
	UNIT_EQ(p->preferred_s, 14400);
}

static void ra_of_a_plain_router(void)
{
	struct icmp6_msg m;
	const struct icmp6_ra *ra = &m.ra;

	load("ra_plain");
	UNIT_NEED(parse(&m) == ICMP6_OK);
	UNIT_EQ(ra->cur_hop_limit, 0);
	CU_ASSERT_TRUE(ra->managed && !ra->other && !ra->home_agent);
	UNIT_EQ(ra->router_lifetime_s, 0);
	UNIT_EQ(ra->source_lladdr.len, 0);
	UNIT_EQ(ra->interval_ms, 0);
	CU_ASSERT_FALSE(ra->has_ha_info);
	UNIT_EQ(ra->n_prefixes, 2);
	UNIT_STR(prefix_str(&ra->prefixes[0].prefix), "2001:db8:2::/64");
	UNIT_EQ(ra->prefixes[0].valid_s, UINT32_MAX);
	CU_ASSERT_TRUE(ra->prefixes[0].on_link);
	CU_ASSERT_FALSE(ra->prefixes[0].autonomous);
	CU_ASSERT_FALSE(ra->prefixes[0].router_addr);
	UNIT_STR(prefix_str(&ra->prefixes[1].prefix), "2001:db8:3::/48");
	UNIT_EQ(ra->prefixes[1].valid_s, 0);
	CU_ASSERT_TRUE(ra->prefixes[1].autonomous);
}

static void solicitation_and_advertisements(void)
{
	struct icmp6_msg m;

	load("ns");
	UNIT_NEED(parse(&m) == ICMP6_OK);
	UNIT_STR(addr_str(&m.ns.target), HOA);
	UNIT_STR(lladdr_str(&m.ns.source_lladdr), "52:54:00:00:00:01");
	load("ns_dad");
	UNIT_NEED(parse(&m) == ICMP6_OK);
	UNIT_EQ(m.ns.source_lladdr.len, 0);
	load("na_proxy");
	UNIT_NEED(parse(&m) == ICMP6_OK);
	CU_ASSERT_TRUE(!m.na.router && !m.na.solicited && m.na.override);
	UNIT_STR(addr_str(&m.na.target), HOA);
	UNIT_STR(lladdr_str(&m.na.target_lladdr), "52:54:00:00:00:01");
	load("na_solicited");
	UNIT_NEED(parse(&m) == ICMP6_OK);
	CU_ASSERT_TRUE(m.na.router && m.na.solicited && m.na.override);
	load("na_plain");
	UNIT_NEED(parse(&m) == ICMP6_OK);
	CU_ASSERT_TRUE(!m.na.router && m.na.solicited && !m.na.override);
	UNIT_EQ(m.na.target_lladdr.len, 0);
}

static const char *const nd[] = { "ns",       "ns_dad",       "na_proxy",
				  "na_plain", "na_solicited", "ra_home",
				  "ra_plain" };
#define N_ND (sizeof(nd) / sizeof(nd[0]))

/* HA-80: hop limit other than 255, a wrong checksum, a code. */
static void envelope_rules(void)
{
	struct icmp6_msg m = { .type = 0xee };
	size_t i;

	for (i = 0; i < N_ND; i++) {
		load(nd[i]);
		UNIT_EQ(parse_at(254, true, &m), ICMP6_BAD);
		UNIT_EQ(parse_at(0, true, &m), ICMP6_BAD);
		data[3] ^= 1;
		UNIT_EQ(parse(&m), ICMP6_BAD);
		UNIT_EQ(m.type, 0xee);
		/* a raw socket has verified it already */
		UNIT_EQ(parse_at(255, false, &m), ICMP6_OK);
		data[1] = 1;
		m.type = 0xee;
		UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
		data[1] = 0;
		src = ip("ff02::1");
		UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
		UNIT_EQ(m.type, 0xee);
	}
}

/* HA-80: a multicast target; from :: with a source link-layer address, even
 * one that cannot be read, or to anything but a solicited-node group. */
static void solicitation_rules(void)
{
	struct icmp6_msg m;

	load("ns");
	data[8] = 0xff;
	UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
	load("ns");
	src = ip(ANY);
	UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
	load("ns_dad");
	add("01 04 000000000000 0000000000000000 0000000000000000 "
	    "0000000000000000");
	UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
	load("ns_dad");
	dst = ip(HOA);
	UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
	dst = ip(ALL_NODES);
	UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
	dst = ip("ff02::1:fe00:100");
	UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
	/* any solicited-node group will do */
	dst = ip("ff02::1:ff12:3456");
	UNIT_EQ(parse_fixed(&m), ICMP6_OK);
	/* a unicast probe by a node that has an address */
	load("ns");
	dst = ip(HOA);
	UNIT_EQ(parse_fixed(&m), ICMP6_OK);
}

static void advertisement_rules(void)
{
	struct icmp6_msg m;

	load("na_proxy");
	data[8] = 0xff;
	UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
	load("na_solicited");
	dst = ip(ALL_NODES);
	UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
	load("ra_home");
	src = ip(HA);
	UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
	src = ip(ANY);
	UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
}

/* HA-80: option lengths of zero and beyond the end, and octets that are too
 * few for an option. */
static void option_length_rules(void)
{
	static const char *const bad[] = { "0e 00 000000000000",
					   "0e 02 000000000000",
					   "0e ff 000000000000",
					   "0e",
					   "0e 01",
					   "0e 01 0000000000",
					   "0000" };
	struct icmp6_msg m;
	size_t i, j;

	for (i = 0; i < N_ND; i++) {
		for (j = 0; j < sizeof(bad) / sizeof(bad[0]); j++) {
			load(nd[i]);
			add(bad[j]);
			UNIT_EQ(parse_fixed(&m), ICMP6_BAD);
		}
		load(nd[i]);
		add("0e 01 000000000000 fd 02 ffffffffffff ffffffffffffffff");
		UNIT_EQ(parse_fixed(&m), ICMP6_OK);
	}
}

/* COM-47: the Mobile IPv6 options mean nothing in other messages, and a
 * prefix does not either. */
static void options_of_other_messages_are_ignored(void)
{
	struct icmp6_msg before, after;

	load("ns");
	UNIT_EQ(parse(&before), ICMP6_OK);
	add("07 01 0000 00000bb8 08 01 0000 0009 0384 02 01 525400000002");
	UNIT_EQ(parse_fixed(&after), ICMP6_OK);
	UNIT_MEM(&after.ns, sizeof(after.ns), &before.ns, sizeof(before.ns));
	load("na_proxy");
	UNIT_EQ(parse(&before), ICMP6_OK);
	add("07 01 0000 00000bb8 08 01 0000 0009 0384 01 01 525400000002");
	UNIT_EQ(parse_fixed(&after), ICMP6_OK);
	UNIT_MEM(&after.na, sizeof(after.na), &before.na, sizeof(before.na));
}

#define PREFIX(len_flags, times, addr) "03 04" len_flags times "00000000" addr
#define DAY                            "00015180 00015180"
#define P5                             "20010db8000500000000000000000000"

static unsigned int prefixes_with(const char *option)
{
	struct icmp6_msg m;

	load("ra_plain");
	len = 16;
	add(option);
	UNIT_NEED(parse_fixed(&m) == ICMP6_OK);
	return m.ra.n_prefixes;
}

static void unusable_prefixes_are_ignored(void)
{
	UNIT_EQ(prefixes_with(PREFIX("40 c0", DAY, P5)), 1);
	UNIT_EQ(prefixes_with(PREFIX("80 c0", DAY, P5)), 1);
	UNIT_EQ(prefixes_with(PREFIX("00 c0", DAY, P5)), 1);
	UNIT_EQ(prefixes_with(PREFIX("81 c0", DAY, P5)), 0);
	UNIT_EQ(prefixes_with(PREFIX("ff c0", DAY, P5)), 0);
	UNIT_EQ(prefixes_with(PREFIX("40 c0", "00000001 00000002", P5)), 0);
	UNIT_EQ(prefixes_with(PREFIX("40 c0", DAY,
				     "fe800000000000000000000000000000")),
		0);
	UNIT_EQ(prefixes_with(PREFIX("08 c0", DAY,
				     "ff050000000000000000000000000000")),
		0);
	UNIT_EQ(prefixes_with("03 03 40c0" DAY "00000000 20010db800050000"), 0);
	UNIT_EQ(prefixes_with("03 05 40c0" DAY "00000000" P5
			      "0000000000000000"),
		0);
}

static void bits_behind_the_prefix_are_cleared(void)
{
	struct icmp6_msg m;

	load("ra_plain");
	len = 16;
	add(PREFIX("31 c0", DAY, "20010db80005ffffffffffffffffffff"));
	UNIT_NEED(parse_fixed(&m) == ICMP6_OK);
	UNIT_STR(prefix_str(&m.ra.prefixes[0].prefix), "2001:db8:5:8000::/49");
	UNIT_STR(addr_str(&m.ra.prefixes[0].addr),
		 "2001:db8:5:ffff:ffff:ffff:ffff:ffff");
}

static void more_prefixes_than_there_is_room_for(void)
{
	struct icmp6_msg m;
	int i;

	load("ra_plain");
	len = 16;
	for (i = 0; i < 9; i++)
		add(PREFIX("40 c0", DAY, P5));
	UNIT_NEED(parse_fixed(&m) == ICMP6_OK);
	UNIT_EQ(m.ra.n_prefixes, 9);
	memcpy(data + len, data + 16, len - 16);
	len += len - 16;
	UNIT_NEED(len <= sizeof(data) - 40);
	UNIT_NEED(parse_fixed(&m) == ICMP6_OK);
	UNIT_EQ(m.ra.n_prefixes, RA_MAX_PREFIXES);
	add("01 01 525400000009");
	UNIT_NEED(parse_fixed(&m) == ICMP6_OK);
	UNIT_EQ(m.ra.n_prefixes, RA_MAX_PREFIXES);
	UNIT_STR(lladdr_str(&m.ra.source_lladdr), "52:54:00:00:00:09");
}

static void home_agent_information(void)
{
	struct icmp6_msg m;

	/* without the option, the defaults of RFC 6275 section 7.4 */
	load("ra_home");
	len -= 8;
	UNIT_NEED(parse_fixed(&m) == ICMP6_OK);
	CU_ASSERT_FALSE(m.ra.has_ha_info);
	UNIT_EQ(m.ra.ha_preference, 0);
	UNIT_EQ(m.ra.ha_lifetime_s, 1800);
	/* without the H bit it may not be there */
	load("ra_home");
	data[5] &= (uint8_t)~0x20;
	UNIT_NEED(parse_fixed(&m) == ICMP6_OK);
	CU_ASSERT_FALSE(m.ra.has_ha_info);
	UNIT_EQ(m.ra.ha_lifetime_s, 1800);
	/* of a wrong length it is another option */
	load("ra_home");
	len -= 8;
	add("08 02 0000 0009 0384 0000000000000000"
	    "07 02 0000 00000001 0000000000000000");
	UNIT_NEED(parse_fixed(&m) == ICMP6_OK);
	CU_ASSERT_FALSE(m.ra.has_ha_info);
	UNIT_EQ(m.ra.interval_ms, 3000);
}

static void link_layer_addresses_by_length(void)
{
	struct icmp6_msg m;

	load("ra_plain");
	add("01 02 0102030405060708 000000000000");
	UNIT_NEED(parse_fixed(&m) == ICMP6_OK);
	UNIT_STR(lladdr_str(&m.ra.source_lladdr), "01:02:03:04:05:06:07:08");
	/* one that we cannot read is as good as none; the first counts */
	load("ra_plain");
	add("01 03 0102030405060708 0000000000000000 000000000000"
	    "01 01 525400000001 01 01 525400000002");
	UNIT_NEED(parse_fixed(&m) == ICMP6_OK);
	UNIT_STR(lladdr_str(&m.ra.source_lladdr), "52:54:00:00:00:01");
}

static void others_are_not_looked_at(void)
{
	struct icmp6_msg m = { .type = 0xee };
	unsigned int type;

	src = ip(COA);
	dst = ip(HA);
	memset(data, 0, sizeof(data));
	for (type = 0; type < 256; type++) {
		if ((type >= 1 && type <= 4) || (type >= 133 && type <= 136) ||
		    (type >= 144 && type <= 147))
			continue;
		data[0] = (uint8_t)type;
		len = 8;
		UNIT_EQ(parse_at(255, true, &m), ICMP6_IGNORED);
	}
	UNIT_EQ(m.type, 0xee);
}

static void agree(bool check_sum)
{
	struct icmp6_msg m;
	enum icmp6_verdict v = parse_at(255, check_sum, &m);

	if (len >= 4 && (data[0] < 134 || data[0] > 136))
		return; /* now it is another message */
	UNIT_EQ(v == ICMP6_OK,
		ref_nd_valid(data, len, &src, &dst, 255, check_sum));
}

static void every_truncation_and_bit_flip(void)
{
	size_t i, bit, whole;

	for (i = 0; i < N_ND; i++) {
		struct icmp6_msg m;

		load(nd[i]);
		whole = len;
		for (len = 0; len < whole; len++) {
			UNIT_EQ(parse(&m), ICMP6_BAD);
			agree(false);
		}
		for (bit = 0; bit < whole * 8; bit++) {
			data[bit / 8] ^= (uint8_t)(1 << bit % 8);
			CU_ASSERT_NOT_EQUAL(parse(&m), ICMP6_OK);
			agree(false);
			data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

static void spoilt_messages_agree_with_second_opinion(void)
{
	static const char *const addrs[] = { ANY, LL_NODE, HA, ALL_NODES,
					     SOLICITED_HOA };
	int turn;

	for (turn = 0; turn < 60000; turn++) {
		uint32_t n = draw(4);

		load(nd[draw(N_ND)]);
		if (draw(3) == 0)
			src = ip(addrs[draw(5)]);
		if (draw(3) == 0)
			dst = ip(addrs[draw(5)]);
		while (n--)
			data[draw((uint32_t)len)] = (uint8_t)draw(256);
		if (draw(4) == 0)
			len = draw((uint32_t)len + 1);
		if (len >= 4 && draw(8))
			fix_checksum();
		agree(true);
	}
}

static const struct unit_case cases[] = {
	UNIT_CASE(ra_of_a_home_agent),
	UNIT_CASE(ra_of_a_plain_router),
	UNIT_CASE(solicitation_and_advertisements),
	UNIT_CASE(envelope_rules),
	UNIT_CASE(solicitation_rules),
	UNIT_CASE(advertisement_rules),
	UNIT_CASE(option_length_rules),
	UNIT_CASE(options_of_other_messages_are_ignored),
	UNIT_CASE(unusable_prefixes_are_ignored),
	UNIT_CASE(bits_behind_the_prefix_are_cleared),
	UNIT_CASE(more_prefixes_than_there_is_room_for),
	UNIT_CASE(home_agent_information),
	UNIT_CASE(link_layer_addresses_by_length),
	UNIT_CASE(others_are_not_looked_at),
	UNIT_CASE(every_truncation_and_bit_flip),
	UNIT_CASE(spoilt_messages_agree_with_second_opinion),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "icmp6_nd", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
