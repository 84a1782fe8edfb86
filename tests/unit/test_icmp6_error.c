/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMPv6 errors: what is read out of the packet that they quote, wherever
 * the quote is cut and whatever stands in it.
 */
#include "mip6d/icmp6.h"
#include "tests/unit/golden_icmp6.h"
#include "tests/unit/mh_util.h"

static struct in6_addr src, dst;
static uint8_t data[512];
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

static enum icmp6_verdict parse_sum(bool check_sum, struct icmp6_msg *ret_msg)
{
	uint8_t *copy = exact_copy(data, len);
	enum icmp6_verdict v =
		icmp6_parse(copy, len, &src, &dst, 64, check_sum, ret_msg);

	free(copy);
	return v;
}

static enum icmp6_verdict parse(struct icmp6_msg *ret_msg)
{
	return parse_sum(false, ret_msg);
}

static void binding_update_refused_by_a_node(void)
{
	struct icmp6_msg m;

	load("pp_bu");
	UNIT_NEED(parse_sum(true, &m) == ICMP6_OK);
	UNIT_EQ(m.type, ICMP6_PARAM_PROB_T);
	UNIT_EQ(m.code, 1);
	UNIT_EQ(m.error.info, 24);
	UNIT_STR(addr_str(&m.error.quoted_src), COA);
	UNIT_STR(addr_str(&m.error.quoted_dst), HA);
	CU_ASSERT_TRUE(m.error.has_hao);
	CU_ASSERT_FALSE(m.error.has_rh2);
	UNIT_STR(addr_str(&m.error.hoa), HOA);
	UNIT_EQ(m.error.quoted_proto, MH_PROTO);
	UNIT_EQ(m.error.quoted_mh_type, MH_BU);
}

static void binding_acknowledgement_did_not_arrive(void)
{
	struct icmp6_msg m;

	load("unreach_ba");
	UNIT_NEED(parse_sum(true, &m) == ICMP6_OK);
	UNIT_EQ(m.type, ICMP6_DEST_UNREACH_T);
	UNIT_EQ(m.code, 3);
	UNIT_STR(addr_str(&m.error.quoted_dst), COA);
	CU_ASSERT_TRUE(m.error.has_rh2);
	CU_ASSERT_FALSE(m.error.has_hao);
	UNIT_STR(addr_str(&m.error.hoa), HOA);
	UNIT_STR(addr_str(&m.error.rh2_hoa), HOA);
	UNIT_EQ(m.error.quoted_mh_type, MH_BA);
}

/* Who has processed a routing header has the home address in front. */
static void routing_header_that_was_processed(void)
{
	struct icmp6_msg m;
	struct in6_addr hoa = ip(HOA), coa = ip(COA);

	load("unreach_ba");
	memcpy(data + 8 + 24, &hoa, 16);
	memcpy(data + 8 + 48, &coa, 16);
	data[8 + 43] = 0;
	UNIT_NEED(parse(&m) == ICMP6_OK);
	CU_ASSERT_TRUE(m.error.has_rh2);
	UNIT_STR(addr_str(&m.error.hoa), HOA);
	UNIT_STR(addr_str(&m.error.quoted_dst), HOA);
}

/* An error that quotes a packet with these headers behind the IPv6 header. */
static enum icmp6_verdict parse_quote(uint8_t next_header, const char *headers,
				      struct icmp6_msg *ret_msg)
{
	load("too_big");
	data[8 + 6] = next_header;
	len = 8 + 40;
	len += unit_hex(data + len, sizeof(data) - len, headers);
	return parse(ret_msg);
}

#define MH_BRR_TEXT "3b 00 00 00 0000 0000"

#define HOA_TEXT    "20010db8000100000000000000000100"

/* Between two mobile nodes that are both away: a routing header with the
 * home address of one, then an option with that of the other. */
static void both_headers_are_kept_apart(void)
{
	struct icmp6_msg m;

	UNIT_NEED(parse_quote(43,
			      "3c 02 02 01 00000000"
			      "20010db8000100000000000000000200"
			      "87 02 0102 0000 c9 10" HOA_TEXT MH_BRR_TEXT,
			      &m) == ICMP6_OK);
	CU_ASSERT_TRUE(m.error.has_rh2 && m.error.has_hao);
	UNIT_STR(addr_str(&m.error.rh2_hoa), "2001:db8:1::200");
	UNIT_STR(addr_str(&m.error.hao_hoa), HOA);
	UNIT_EQ(m.error.quoted_proto, MH_PROTO);
}

static void tunnelled_packet_too_big(void)
{
	struct icmp6_msg m;

	load("too_big");
	UNIT_NEED(parse_sum(true, &m) == ICMP6_OK);
	UNIT_EQ(m.error.info, 1400);
	UNIT_EQ(m.error.quoted_proto, 41);
	CU_ASSERT_TRUE(!m.error.has_hao && !m.error.has_rh2);
}

/* RFC 4443 section 2.1: as much as fits is quoted.  What is not there is not
 * made up. */
static void quotes_cut_anywhere(void)
{
	struct icmp6_msg m;
	size_t whole;

	load("pp_bu");
	whole = len;
	for (len = 0; len < whole; len++) {
		bool has_header = len >= 8 + 40;
		bool has_hao = len >= 8 + 40 + 24;
		bool has_type = len >= 8 + 40 + 24 + 3;

		UNIT_EQ(parse(&m), has_header ? ICMP6_OK : ICMP6_BAD);
		if (!has_header)
			continue;
		UNIT_EQ(m.error.has_hao, has_hao);
		UNIT_EQ(m.error.quoted_proto, has_type ? MH_PROTO : 59);
		UNIT_STR(addr_str(&m.error.quoted_src), COA);
	}
	load("unreach_ba");
	whole = len;
	for (len = 8 + 40; len < whole; len++) {
		UNIT_EQ(parse(&m), ICMP6_OK);
		UNIT_EQ(m.error.has_rh2, len >= 8 + 40 + 24);
		UNIT_EQ(m.error.quoted_proto,
			len >= 8 + 40 + 24 + 3 ? MH_PROTO : 59);
	}
}

static uint8_t proto_behind(uint8_t next_header, const char *headers)
{
	struct icmp6_msg m;

	UNIT_NEED(parse_quote(next_header, headers, &m) == ICMP6_OK);
	return m.error.quoted_proto;
}

static void headers_are_stepped_over(void)
{
	/* hop-by-hop, then a fragment header with offset 0, then AH */
	UNIT_EQ(proto_behind(0, "2c 00 05020000 0100"
				"33 00 0001 00000001"
				"87 04 0000 00000001 00000001 "
				"010203040506070809101112" MH_BRR_TEXT),
		MH_PROTO);
	/* only the first fragment holds the upper layer */
	UNIT_EQ(proto_behind(44, "87 00 0008 00000001" MH_BRR_TEXT), 59);
	UNIT_EQ(proto_behind(44, "87 00 fff9 00000001" MH_BRR_TEXT), 59);
	/* what ESP hides, nobody reads */
	UNIT_EQ(proto_behind(50, "87 00 0000 00000001" MH_BRR_TEXT), 50);
	UNIT_EQ(proto_behind(59, MH_BRR_TEXT), 59);
	UNIT_EQ(proto_behind(58, MH_BRR_TEXT), 58);
	UNIT_EQ(proto_behind(60, "3b 00 01040000 0000" MH_BRR_TEXT), 59);
	/* a header that claims more than is quoted */
	UNIT_EQ(proto_behind(60, "87 ff 01040000 0000" MH_BRR_TEXT), 59);
	UNIT_EQ(proto_behind(51, "87 ff 01040000 0000" MH_BRR_TEXT), 59);
}

static void home_address_among_other_options(void)
{
	struct icmp6_msg m;

	UNIT_NEED(parse_quote(60,
			      "87 03 00 1e 04 01020304 00 0102 0000"
			      "c9 10" HOA_TEXT MH_BRR_TEXT,
			      &m) == ICMP6_OK);
	CU_ASSERT_TRUE(m.error.has_hao);
	UNIT_STR(addr_str(&m.error.hoa), HOA);
	UNIT_EQ(m.error.quoted_proto, MH_PROTO);
	/* of a wrong length, or cut by its header's end, it is none */
	UNIT_NEED(parse_quote(60, "87 02 0102 0000 c9 0f" HOA_TEXT MH_BRR_TEXT,
			      &m) == ICMP6_OK);
	CU_ASSERT_FALSE(m.error.has_hao);
	UNIT_NEED(parse_quote(60, "87 01 0102 0000 c9 10" HOA_TEXT MH_BRR_TEXT,
			      &m) == ICMP6_OK);
	CU_ASSERT_FALSE(m.error.has_hao);
	/* in hop-by-hop options it is not one either */
	UNIT_NEED(parse_quote(0, "87 02 0102 0000 c9 10" HOA_TEXT MH_BRR_TEXT,
			      &m) == ICMP6_OK);
	CU_ASSERT_FALSE(m.error.has_hao);
}

static void other_routing_headers_are_not_ours(void)
{
	struct icmp6_msg m;

	UNIT_NEED(parse_quote(43, "87 02 00 01 00000000" HOA_TEXT MH_BRR_TEXT,
			      &m) == ICMP6_OK);
	CU_ASSERT_FALSE(m.error.has_rh2);
	UNIT_EQ(m.error.quoted_proto, MH_PROTO);
	/* type 2 without room for its address */
	UNIT_NEED(
		parse_quote(43,
			    "87 01 02 01 00000000 0000000000000000" MH_BRR_TEXT,
			    &m) == ICMP6_OK);
	CU_ASSERT_FALSE(m.error.has_rh2);
}

static void what_is_no_quote_is_refused(void)
{
	struct icmp6_msg m = { .type = 0xee };

	load("too_big");
	data[8] = 0x45;
	UNIT_EQ(parse(&m), ICMP6_BAD);
	load("too_big");
	len = 8;
	UNIT_EQ(parse(&m), ICMP6_BAD);
	load("too_big");
	data[3] ^= 1;
	UNIT_EQ(parse_sum(true, &m), ICMP6_BAD);
	UNIT_EQ(m.type, 0xee);
	UNIT_EQ(parse_sum(false, &m), ICMP6_OK);
}

static bool is_sound(const struct icmp6_error *e)
{
	/* no walk ends on a header that it should have stepped over */
	switch (e->quoted_proto) {
	case 0:
	case 43:
	case 44:
	case 51:
	case 60:
		return false;
	default:
		return true;
	}
}

/* Any noise comes to an end, inside the quote. */
static void noise(void)
{
	static const uint8_t headers[] = { 0, 43, 44, 51, 60, 135, 0xc9, 16 };
	int turn;

	for (turn = 0; turn < 100000; turn++) {
		uint32_t n = draw(12);
		struct icmp6_msg m;

		load(draw(2) ? "pp_bu" : "unreach_ba");
		while (n--)
			data[8 + draw((uint32_t)len - 8)] =
				draw(2) ? headers[draw(8)] : (uint8_t)draw(256);
		data[8] = 0x60;
		len = 48 + draw((uint32_t)len - 47);
		UNIT_NEED(parse(&m) == ICMP6_OK);
		CU_ASSERT_TRUE(is_sound(&m.error));
	}
}

static const struct unit_case cases[] = {
	UNIT_CASE(binding_update_refused_by_a_node),
	UNIT_CASE(binding_acknowledgement_did_not_arrive),
	UNIT_CASE(routing_header_that_was_processed),
	UNIT_CASE(both_headers_are_kept_apart),
	UNIT_CASE(tunnelled_packet_too_big),
	UNIT_CASE(quotes_cut_anywhere),
	UNIT_CASE(headers_are_stepped_over),
	UNIT_CASE(home_address_among_other_options),
	UNIT_CASE(other_routing_headers_are_not_ours),
	UNIT_CASE(what_is_no_quote_is_refused),
	UNIT_CASE(noise),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "icmp6_error", cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
