/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octets to messages: each golden to its fields, each rule of RFC 6275
 * sections 6.1.1, 6.2.1 and 9.2 with what breaks it, and everything that a
 * bad link can make of the goldens.
 */
#include "tests/unit/golden_mh.h"
#include "tests/unit/mh_util.h"

struct golden_msg {
	const char *name;
	struct mh_msg msg;
	const char *hoa, *alt_coa;
};

#define AUTH_A                                        \
	.auth_len = 12, .auth_last = true,            \
	.auth = { 0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, \
		  0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb }
#define ALICE .nai_len = 17, .nai = "alice@example.org"
#define COOKIE_H                                               \
	{                                                      \
		0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17 \
	}
#define COOKIE_C                                               \
	{                                                      \
		0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27 \
	}

/* clang-format off */
static const struct golden_msg want[] = {
	{ "brr", { .type = MH_BRR }, NULL, NULL },
	{ "hoti", { .type = MH_HOTI, .test_init = { COOKIE_H } }, NULL, NULL },
	{ "coti", { .type = MH_COTI, .test_init = { COOKIE_C } }, NULL, NULL },
	{ "hot", { .type = MH_HOT, .test = { 0x1234, COOKIE_H,
	  { 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7 } } }, NULL, NULL },
	{ "cot", { .type = MH_COT, .test = { 0x4321, COOKIE_C,
	  { 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7 } } }, NULL, NULL },
	{ "bu_plain", { .type = MH_BU, .bu = { 0x1234,
	  BU_FLAG_A | BU_FLAG_H, 0 } }, NULL, NULL },
	{ "bu_home", { .type = MH_BU, .bu = { 0x1234,
	  BU_FLAG_A | BU_FLAG_H | BU_FLAG_L | BU_FLAG_K, 105 },
	  .opt = { .present = MH_OPT_ALT_COA } }, NULL, COA },
	{ "bu_cn", { .type = MH_BU, .bu = { 0xffff, BU_FLAG_A, 105 },
	  .opt = { .present = MH_OPT_NONCE_INDICES | MH_OPT_AUTH_DATA,
	  .home_nonce = 1, .coa_nonce = 2, AUTH_A } }, NULL, NULL },
	{ "bu_cn_alt", { .type = MH_BU, .bu = { 0, BU_FLAG_A, 0xffff },
	  .opt = { .present = MH_OPT_ALT_COA | MH_OPT_NONCE_INDICES |
	  MH_OPT_AUTH_DATA, .home_nonce = 0xfffe, .coa_nonce = 0xffff,
	  .auth_len = 12, .auth_last = true,
	  .auth = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 } } }, NULL, COA },
	{ "ba_plain", { .type = MH_BA, .ba = { BA_ACCEPTED, BA_FLAG_K,
	  0x1234, 105 } }, NULL, NULL },
	{ "ba_advice", { .type = MH_BA,
	  .ba = { BA_ACCEPTED_PREFIX_DISCOVERY, 0, 7, 100 },
	  .opt = { .present = MH_OPT_REFRESH_ADVICE,
	  .refresh_interval_4s = 80 } }, NULL, NULL },
	{ "ba_refused", { .type = MH_BA,
	  .ba = { BA_SEQ_OUT_OF_WINDOW, 0, 0x8000, 0 } }, NULL, NULL },
	{ "ba_cn", { .type = MH_BA, .ba = { 0, 0, 0xffff, 105 },
	  .opt = { .present = MH_OPT_AUTH_DATA, AUTH_A } }, NULL, NULL },
	{ "ba_advice_auth", { .type = MH_BA,
	  .ba = { 0, BA_FLAG_K, 1, 0xffff }, .opt = { .present =
	  MH_OPT_REFRESH_ADVICE | MH_OPT_AUTH_DATA,
	  .refresh_interval_4s = 1, AUTH_A } }, NULL, NULL },
	{ "bu_mn_ha", { .type = MH_BU, .bu = { 0x1234,
	  BU_FLAG_A | BU_FLAG_H, 105 }, .opt = { .present = MH_OPT_ALT_COA |
	  MH_OPT_MN_ID | MH_OPT_REPLAY | MH_OPT_MN_HA, ALICE,
	  .timestamp = 0xe0ad5f1080000001, .mn_ha = { 1000, 12, 76 } } },
	  NULL, COA },
	{ "bu_mn_aaa", { .type = MH_BU, .bu = { 0x1234,
	  BU_FLAG_A | BU_FLAG_H, 105 }, .opt = { .present =
	  MH_OPT_MN_ID | MH_OPT_MN_AAA, .nai_len = 3, .nai = "a@b",
	  .mn_aaa = { 3, 12, 28 } } }, NULL, NULL },
	{ "bu_network", { .type = MH_BU, .bu = { 0x1234, BU_FLAG_A |
	  BU_FLAG_H | BU_FLAG_R, 105 }, .opt = { .present = MH_OPT_ALT_COA |
	  MH_OPT_NETWORK, .networks = { .n = 2, .v = {
	  { { { { 0x20, 1, 0xd, 0xb8, 0, 5 } } }, 48 },
	  { { { { 0x20, 1, 0xd, 0xb8, 0, 6, 0, 7 } } }, 64 } } } } },
	  NULL, COA },
	{ "ba_mn_ha", { .type = MH_BA,
	  .ba = { BA_TIMESTAMP_MISMATCH, 0, 0x1234, 0 }, .opt = { .present =
	  MH_OPT_MN_ID | MH_OPT_REPLAY | MH_OPT_MN_HA, ALICE,
	  .timestamp = 0xe0ad5f1080000001, .mn_ha = { 0xffffffff, 12, 52 } } },
	  NULL, NULL },
	{ "be_hao", { .type = MH_BE, .be = { .status = 1 } }, HOA, NULL },
	{ "be_type", { .type = MH_BE, .be = { .status = 2 } }, "::", NULL },
};
/* clang-format on */

static struct in6_addr src, dst;

/* The octets and the addresses of a golden, to be spoilt. */
static size_t load(const struct golden *g, uint8_t *buf, size_t cap)
{
	src = ip(g->src);
	dst = ip(g->dst);
	return unit_hex(buf, cap, g->hex);
}

static void goldens_parse_to_their_fields(void)
{
	size_t i;

	UNIT_EQ(N_GOLDEN_MH, sizeof(want) / sizeof(want[0]));
	for (i = 0; i < N_GOLDEN_MH; i++) {
		struct mh_msg expected = want[i].msg, msg = { 0 };
		uint8_t data[128];
		size_t len = load(&golden_mh[i], data, sizeof(data));

		UNIT_STR(golden_mh[i].name, want[i].name);
		if (want[i].hoa)
			expected.be.hoa = ip(want[i].hoa);
		if (want[i].alt_coa)
			expected.opt.alt_coa = ip(want[i].alt_coa);
		UNIT_EQ(parse_exact(data, len, &src, &dst, &msg), MH_OK);
		if (!ref_mh_same(&msg, &expected, true))
			UNIT_STR("other fields", want[i].name);
		if (msg.opt.present & MH_OPT_AUTH_DATA)
			UNIT_EQ(msg.opt.auth_offset, len - MH_AUTH_LEN);
		UNIT_EQ(msg.opt.mn_ha.offset, expected.opt.mn_ha.offset);
		UNIT_EQ(msg.opt.mn_ha.len, expected.opt.mn_ha.len);
		UNIT_EQ(msg.opt.mn_aaa.offset, expected.opt.mn_aaa.offset);
		UNIT_EQ(msg.opt.mn_aaa.len, expected.opt.mn_aaa.len);
		CU_ASSERT_FALSE(msg.opt.mn_auth_misplaced);
	}
}

/* COM-4: reserved octets and bits are processed as if they were zero. */
static void reserved_bits_change_nothing(void)
{
	size_t i;

	for (i = 0; i < N_GOLDEN_MH; i++) {
		struct mh_msg before, after;
		uint8_t d[128];
		size_t len = load(&golden_mh[i], d, sizeof(d));

		UNIT_EQ(parse_exact(d, len, &src, &dst, &before), MH_OK);
		d[3] = 0xff;
		if (d[2] <= MH_COTI)
			d[6] = d[7] = 0xff;
		if (d[2] == MH_BU) {
			d[8] |= 0x0b;
			d[9] = 0xff;
		}
		if (d[2] == MH_BA)
			d[7] |= 0x7f;
		if (d[2] == MH_BE)
			d[7] = 0xff;
		mh_set_checksum(d, len, &src, &dst);
		UNIT_EQ(parse_exact(d, len, &src, &dst, &after), MH_OK);
		/* The flag fields are handed on whole: an extension may
		 * know more of them. */
		if (d[2] == MH_BU)
			after.bu.flags &= 0xf400;
		if (d[2] == MH_BA)
			after.ba.flags &= BA_FLAG_K;
		CU_ASSERT_TRUE(ref_mh_same(&before, &after, true));
	}
}

/* COM-16: no octet behind the packet is read, and nothing of it is used. */
static void every_truncation_is_refused(void)
{
	size_t i, cut;

	for (i = 0; i < N_GOLDEN_MH; i++) {
		uint8_t data[128];
		size_t len = load(&golden_mh[i], data, sizeof(data));

		for (cut = 0; cut < len; cut++) {
			struct mh_msg msg = { .type = 0xee };

			UNIT_EQ(parse_exact(data, cut, &src, &dst, &msg),
				MH_TRUNCATED);
			UNIT_EQ(msg.type, 0xee);
		}
	}
}

/* A single wrong bit always changes the checksum, of the message or of the
 * addresses (a wrong Header Len moves its end). */
static void every_bit_flip_is_refused(void)
{
	size_t i, bit;

	for (i = 0; i < N_GOLDEN_MH; i++) {
		uint8_t d[128];
		size_t len = load(&golden_mh[i], d, sizeof(d));

		for (bit = 0; bit < len * 8; bit++) {
			struct mh_msg msg = { .type = 0xee };
			enum mh_verdict v;

			d[bit / 8] ^= (uint8_t)(1 << bit % 8);
			v = parse_exact(d, len, &src, &dst, &msg);
			CU_ASSERT_TRUE(v == MH_BAD_CHECKSUM ||
				       v == MH_TRUNCATED);
			UNIT_EQ(v, ref_mh_judge(d, len, &src, &dst));
			UNIT_EQ(msg.type, 0xee);
			d[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		for (bit = 0; bit < 256; bit++) {
			struct in6_addr *a = bit < 128 ? &src : &dst;
			struct mh_msg msg;

			a->s6_addr[bit % 128 / 8] ^= (uint8_t)(1 << bit % 8);
			UNIT_EQ(parse_exact(d, len, &src, &dst, &msg),
				MH_BAD_CHECKSUM);
			a->s6_addr[bit % 128 / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* A verdict, agreed upon with the second opinion; what is valid comes back
 * from the builder as it was. */
static void judge_and_rebuild(const uint8_t *d, size_t len)
{
	struct mh_msg msg, again;
	enum mh_verdict v = parse_exact(d, len, &src, &dst, &msg);
	uint8_t built[MH_MAX_LEN];
	int n;

	UNIT_EQ(v, ref_mh_judge(d, len, &src, &dst));
	if (v != MH_OK)
		return;
	n = mh_build(&msg, built, sizeof(built));
	UNIT_NEED(n > 0);
	CU_ASSERT_PTR_NULL(ref_mh_fault(built, (size_t)n));
	mh_set_checksum(built, (size_t)n, &src, &dst);
	UNIT_EQ(parse_exact(built, (size_t)n, &src, &dst, &again), MH_OK);
	if (msg.type == MH_BU)
		msg.bu.flags &= 0xf400;
	if (msg.type == MH_BA)
		msg.ba.flags &= BA_FLAG_K;
	CU_ASSERT_TRUE(ref_mh_same(&msg, &again, false));
}

static void bit_flips_with_good_checksum(void)
{
	size_t i, bit;

	for (i = 0; i < N_GOLDEN_MH; i++) {
		uint8_t d[128], flipped[128];
		size_t len = load(&golden_mh[i], d, sizeof(d));

		for (bit = 0; bit < len * 8; bit++) {
			size_t mh_len;

			memcpy(flipped, d, len);
			flipped[bit / 8] ^= (uint8_t)(1 << bit % 8);
			mh_len = 8 + 8 * (size_t)flipped[1];
			if (mh_len <= len)
				mh_set_checksum(flipped, mh_len, &src, &dst);
			judge_and_rebuild(flipped, len);
		}
	}
}

static void spoilt_messages_agree_with_second_opinion(void)
{
	uint8_t d[MH_MAX_LEN];
	int turn;

	for (turn = 0; turn < 60000; turn++) {
		const struct golden *g = &golden_mh[draw(N_GOLDEN_MH)];
		size_t len = load(g, d, sizeof(d));
		uint32_t n = draw(5);

		/* sometimes longer, with noise for options */
		if (draw(3) == 0) {
			d[1] = (uint8_t)(d[1] + draw(6));
			draw_bytes(d + len, 8 + 8 * (size_t)d[1] - len);
			len = 8 + 8 * (size_t)d[1];
		}
		while (n--)
			d[draw((uint32_t)len)] =
				(uint8_t)(draw(2) ? draw(20) : draw(256));
		if (8 + 8 * (size_t)d[1] <= len && draw(8))
			mh_set_checksum(d, 8 + 8 * (size_t)d[1], &src, &dst);
		judge_and_rebuild(d, len);
	}
}

/* Parses hexadecimal text with a correct checksum put in. */
static enum mh_verdict parse_text(const char *text, struct mh_msg *ret_msg)
{
	uint8_t d[256];
	size_t len = unit_hex(d, sizeof(d), text);

	src = ip(COA);
	dst = ip(CN);
	mh_set_checksum(d, 8 + 8 * (size_t)d[1], &src, &dst);
	return parse_exact(d, len, &src, &dst, ret_msg);
}

/* COM-15: checksum, then type, then Payload Proto, then length; COM-10 and
 * COM-13: a wrong one of the last two is a verdict to drop. */
static void checks_run_in_their_order(void)
{
	struct mh_msg msg = { .type = 1 };
	uint8_t d[8];
	size_t len = unit_hex(d, sizeof(d), "3a 00 63 00 0000 0000");

	src = ip(COA);
	dst = ip(CN);
	UNIT_EQ(mh_parse(d, len, &src, &dst, &msg), MH_BAD_CHECKSUM);
	UNIT_EQ(msg.type, 1);
	UNIT_EQ(parse_text("3a 00 63 00 0000 0000", &msg), MH_UNKNOWN_TYPE);
	UNIT_EQ(msg.type, 0x63);
	UNIT_EQ(parse_text("3a 00 05 00 0000 0000", &msg), MH_BAD_PROTO);
	UNIT_EQ(parse_text("3b 00 05 00 0000 0000", &msg), MH_BAD_LEN);
	/* a bad option comes after the length */
	UNIT_EQ(parse_text("3b 01 05 00 0000 0001 8000 0001 03 20 0000", &msg),
		MH_BAD_OPTION);
	UNIT_EQ(parse_text("3a 01 05 00 0000 0001 8000 0001 03 20 0000", &msg),
		MH_BAD_PROTO);
	UNIT_EQ(msg.type, 0x63);
}

/* COM-13: one unit less than each type's minimum, and exactly the minimum. */
static void header_len_below_the_minimum(void)
{
	static const uint8_t min[] = { 0, 1, 1, 2, 2, 1, 1, 2 };
	uint8_t d[32] = { 59 };
	unsigned int type;

	src = ip(COA);
	dst = ip(CN);
	for (type = 0; type <= MH_TYPE_MAX; type++) {
		struct mh_msg msg;
		unsigned int units;

		for (units = 0; units <= min[type]; units++) {
			d[1] = (uint8_t)units;
			d[2] = (uint8_t)type;
			mh_set_checksum(d, 8 + 8 * units, &src, &dst);
			UNIT_EQ(parse_exact(d, 8 + 8 * units, &src, &dst, &msg),
				units < min[type] ? MH_BAD_LEN : MH_OK);
		}
	}
}

/* COM-10: any Payload Proto but 59. */
static void every_other_payload_proto(void)
{
	uint8_t d[16] = { 0, 1, MH_HOTI };
	unsigned int proto;

	src = ip(COA);
	dst = ip(CN);
	for (proto = 0; proto < 256; proto++) {
		struct mh_msg msg;

		d[0] = (uint8_t)proto;
		mh_set_checksum(d, sizeof(d), &src, &dst);
		UNIT_EQ(parse_exact(d, sizeof(d), &src, &dst, &msg),
			proto == 59 ? MH_OK : MH_BAD_PROTO);
	}
}

static void every_unknown_type(void)
{
	uint8_t d[8] = { 59 };
	unsigned int type;

	src = ip(COA);
	dst = ip(CN);
	for (type = MH_TYPE_MAX + 1; type < 256; type++) {
		struct mh_msg msg = { .type = 1 };

		d[2] = (uint8_t)type;
		mh_set_checksum(d, sizeof(d), &src, &dst);
		UNIT_EQ(parse_exact(d, sizeof(d), &src, &dst, &msg),
			MH_UNKNOWN_TYPE);
		UNIT_EQ(msg.type, type);
	}
}

static void octets_behind_the_message_are_ignored(void)
{
	uint8_t d[16 + 5];
	struct mh_msg msg;

	unit_hex(d, sizeof(d), "3b 01 05 00 0000 0007 c000 0005 01 02 0000");
	memset(d + 16, 0xff, 5);
	src = ip(COA);
	dst = ip(CN);
	mh_set_checksum(d, 16, &src, &dst);
	UNIT_EQ(parse_exact(d, sizeof(d), &src, &dst, &msg), MH_OK);
	UNIT_EQ(msg.bu.seq, 7);
}

static void each_drop_has_its_counter(void)
{
	UNIT_EQ(mh_verdict_counter(MH_BAD_CHECKSUM), CNT_MH_BAD_CHECKSUM);
	UNIT_EQ(mh_verdict_counter(MH_UNKNOWN_TYPE), CNT_MH_UNKNOWN_TYPE);
	UNIT_EQ(mh_verdict_counter(MH_BAD_PROTO), CNT_MH_BAD_PROTO);
	UNIT_EQ(mh_verdict_counter(MH_BAD_LEN), CNT_MH_BAD_LEN);
	UNIT_EQ(mh_verdict_counter(MH_TRUNCATED), CNT_MH_TRUNCATED);
	UNIT_EQ(mh_verdict_counter(MH_BAD_OPTION), CNT_MH_BAD_OPTION);
}

static const struct unit_case cases[] = {
	UNIT_CASE(goldens_parse_to_their_fields),
	UNIT_CASE(reserved_bits_change_nothing),
	UNIT_CASE(every_truncation_is_refused),
	UNIT_CASE(every_bit_flip_is_refused),
	UNIT_CASE(bit_flips_with_good_checksum),
	UNIT_CASE(spoilt_messages_agree_with_second_opinion),
	UNIT_CASE(checks_run_in_their_order),
	UNIT_CASE(header_len_below_the_minimum),
	UNIT_CASE(every_other_payload_proto),
	UNIT_CASE(every_unknown_type),
	UNIT_CASE(octets_behind_the_message_are_ignored),
	UNIT_CASE(each_drop_has_its_counter),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mh_parse", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
