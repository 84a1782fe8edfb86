/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFRM messages, octet by octet.
 */
#include "mip6d/xfrm.h"

#include <string.h>

#include "tests/unit/golden_xfrm.h"
#include "tests/unit/unit.h"

static uint8_t buf[NLENC_MAX] __attribute__((aligned(8)));
static struct nlenc enc;

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

static void wildcard_states_receive_from_anybody(void)
{
	struct xfrm_ro_state s = { .kind = XFRM_RO_HAO, .wildrecv = true };

	xfrm_encode_state_add(start(), &s);
	EXPECT(GOLDEN_XFRM_WILD_HAO);
	s.kind = XFRM_RO_RH2;
	xfrm_encode_state_add(start(), &s);
	EXPECT(GOLDEN_XFRM_WILD_RH2);
}

static void state_of_a_home_address(void)
{
	struct xfrm_ro_state s = {
		.kind = XFRM_RO_HAO,
		.src = addr("2001:db8:1::100"),
		.dst = addr("2001:db8:1::1"),
		.coa = addr("2001:db8:2::100"),
	};

	xfrm_encode_state_add(start(), &s);
	EXPECT(GOLDEN_XFRM_STATE_ADD);
	xfrm_encode_state_update(start(), &s);
	EXPECT(GOLDEN_XFRM_STATE_UPDATE);
	xfrm_encode_state_del(start(), &s);
	EXPECT(GOLDEN_XFRM_STATE_DEL);
}

/* In: templates of any, each optional. */
static void policy_in_takes_both_headers(void)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_IN,
		.proto = 135,
		.priority = 8,
		.hao = true,
		.rh2 = true,
		.optional = true,
	};

	xfrm_encode_policy_set(start(), &p);
	EXPECT(GOLDEN_XFRM_POLICY_IN);
}

/* Out: the template is required, nothing leaves without the option. */
static void policy_out_of_a_home_address(void)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_OUT,
		.src = addr("2001:db8:1::100"),
		.dst = addr("2001:db8:1::1"),
		.src_len = 128,
		.dst_len = 128,
		.proto = 135,
		.priority = 6,
		.hao = true,
		.exact = true,
	};

	xfrm_encode_policy_set(start(), &p);
	EXPECT(GOLDEN_XFRM_POLICY_OUT);
	xfrm_encode_policy_del(start(), &p);
	EXPECT(GOLDEN_XFRM_POLICY_DEL);
}

/* A care-of address that changes: sockets look their route up again. */
static void state_of_a_pair(void)
{
	struct xfrm_ro_state s = {
		.kind = XFRM_RO_RH2,
		.src = addr("2001:db8:c::c"),
		.dst = addr("2001:db8:1::100"),
		.coa = addr("2001:db8:2::100"),
		.relookup = true,
	};

	xfrm_encode_state_update(start(), &s);
	EXPECT(GOLDEN_XFRM_STATE_RELOOKUP);
	xfrm_encode_state_get(start(), &s);
	EXPECT(GOLDEN_XFRM_STATE_GET);
}

/* A rule that optimises: by protocol and port, optional. */
static void policy_of_a_rule(void)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_OUT,
		.src = addr("2001:db8:1::100"),
		.src_len = 128,
		.dst = addr("2001:db8:c::"),
		.dst_len = 64,
		.proto = 17,
		.dport = 53,
		.user = XFRM_USER_RULE,
		.priority = 17,
		.hao = true,
		.optional = true,
	};

	xfrm_encode_policy_set(start(), &p);
	EXPECT(GOLDEN_XFRM_POLICY_RULE);
	xfrm_encode_policy_del_index(start(), XFRM_DIR_OUT, 0x21);
	EXPECT(GOLDEN_XFRM_POLICY_DEL_INDEX);
}

/* Without templates: no attribute for them. */
static void policy_of_a_bypass(void)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_OUT,
		.proto = 135,
		.user = XFRM_USER_BYPASS,
		.priority = 7,
	};

	xfrm_encode_policy_set(start(), &p);
	EXPECT(GOLDEN_XFRM_POLICY_BYPASS);
}

/* In: the option of this home address only, a routing header of any. */
static void policy_of_a_pair(void)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_IN,
		.src = addr("2001:db8:1::100"),
		.src_len = 128,
		.dst = addr("2001:db8:c::c"),
		.dst_len = 128,
		.user = XFRM_USER_PAIR,
		.priority = 10,
		.hao = true,
		.rh2 = true,
		.optional = true,
		.exact = true,
	};

	xfrm_encode_policy_set(start(), &p);
	EXPECT(GOLDEN_XFRM_POLICY_PAIR);
}

static void policies_compared(void)
{
	struct xfrm_policy a = { .dst = addr("2001:db8::"), .dst_len = 64 };
	struct xfrm_policy b = a;

	UNIT_EQ(xfrm_policy_eq(&a, &b), true);
	b.priority = 1;
	UNIT_EQ(xfrm_policy_eq(&a, &b), false);
	UNIT_EQ(xfrm_policy_same_selector(&a, &b), true);
	b = a;
	b.hao = true;
	UNIT_EQ(xfrm_policy_eq(&a, &b), false);
	UNIT_EQ(xfrm_policy_same_selector(&a, &b), true);
	b = a;
	b.user = XFRM_USER_PAIR;
	UNIT_EQ(xfrm_policy_same_selector(&a, &b), false);
	b = a;
	b.dport = 53;
	UNIT_EQ(xfrm_policy_same_selector(&a, &b), false);
	b = a;
	b.sport = 146;
	UNIT_EQ(xfrm_policy_same_selector(&a, &b), false);
}

/* As `ip xfrm policy set hthresh6 0 128` says it. */
static void policies_are_found_by_their_remote_address(void)
{
	xfrm_encode_spd_set(start(), 0, 128);
	EXPECT("1c000000 24000500 00000000 00000000"
	       "00000000 # flags\n"
	       "06000400 00800000 # XFRMA_SPD_IPV6_HTHRESH\n");
}

static const struct unit_case cases[] = {
	UNIT_CASE(wildcard_states_receive_from_anybody),
	UNIT_CASE(state_of_a_home_address),
	UNIT_CASE(policy_in_takes_both_headers),
	UNIT_CASE(policy_out_of_a_home_address),
	UNIT_CASE(state_of_a_pair),
	UNIT_CASE(policy_of_a_rule),
	UNIT_CASE(policy_of_a_bypass),
	UNIT_CASE(policy_of_a_pair),
	UNIT_CASE(policies_compared),
	UNIT_CASE(policies_are_found_by_their_remote_address),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "xfrm", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
