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

static const struct unit_case cases[] = {
	UNIT_CASE(wildcard_states_receive_from_anybody),
	UNIT_CASE(state_of_a_home_address),
	UNIT_CASE(policy_in_takes_both_headers),
	UNIT_CASE(policy_out_of_a_home_address),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "xfrm", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
