/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to octets: the goldens come out as they are, whatever is built is
 * laid out as RFC 6275 sections 6.1 and 6.2 want it, and parsing gives back
 * what was built.
 */
#include <errno.h>

#include "tests/unit/golden_mh.h"
#include "tests/unit/mh_util.h"

static const uint8_t canary = 0xa5;

/* The authenticator is another's to fill in: put the golden's own there. */
static void fill_auth(uint8_t *buf, int n, const struct mh_msg *msg,
		      const uint8_t *golden)
{
	if (n > 0 && (msg->opt.present & (MH_OPT_MN_HA | MH_OPT_MN_AAA)))
		memcpy(buf + n - MH_AUTH_LEN, golden + n - MH_AUTH_LEN,
		       MH_AUTH_LEN);
	if (n > 0 && (msg->opt.present & MH_OPT_AUTH_DATA))
		memcpy(buf + n - MH_AUTH_LEN, msg->opt.auth, MH_AUTH_LEN);
}

/* COM-1, COM-2, COM-5, COM-24, COM-25: octet for octet what another encoder
 * builds (golden_mh.py), the checksum included. */
static void goldens_are_built_as_they_are(void)
{
	size_t i;

	for (i = 0; i < N_GOLDEN_MH; i++) {
		const struct golden *g = &golden_mh[i];
		struct in6_addr src = ip(g->src), dst = ip(g->dst);
		uint8_t data[512], built[256];
		size_t len = unit_hex(data, sizeof(data), g->hex);
		struct mh_msg msg;
		int n;

		UNIT_EQ(mh_parse(data, len, &src, &dst, &msg), MH_OK);
		n = mh_build(&msg, built, sizeof(built));
		UNIT_NEED(n > 0);
		UNIT_HEX(built + 4, 2, "0000");
		fill_auth(built, n, &msg, data);
		mh_set_checksum(built, (size_t)n, &src, &dst);
		UNIT_MEM(built, (size_t)n, data, len);
		CU_ASSERT_PTR_NULL(ref_mh_fault(built, (size_t)n));
	}
}

/* COM-26: the lengths of messages without options. */
static void lengths_without_options(void)
{
	static const uint8_t header_len[] = { 0, 1, 1, 2, 2, 1, 1, 2 };
	uint8_t buf[64];
	unsigned int type;

	for (type = 0; type <= MH_TYPE_MAX; type++) {
		struct mh_msg msg = { .type = (uint8_t)type };

		UNIT_EQ(mh_build(&msg, buf, sizeof(buf)),
			8 + 8 * header_len[type]);
		UNIT_EQ(buf[1], header_len[type]);
		UNIT_EQ(buf[2], type);
		if (type == MH_BU || type == MH_BA)
			UNIT_HEX(buf + 12, 4, "01 02 0000");
	}
}

/* COM-3: flags that are not ours to send stay zero, even in a message that
 * carries what somebody else had set. */
static void reserved_bits_are_sent_as_zero(void)
{
	struct mh_msg bu = { .type = MH_BU, .bu = { 1, 0xffff, 2 } };
	struct mh_msg ba = { .type = MH_BA, .ba = { 0, 0xff, 1, 2 } };
	uint8_t buf[16];

	UNIT_EQ(mh_build(&bu, buf, sizeof(buf)), 16);
	UNIT_HEX(buf, 16, "3b 01 05 00 0000 0001 f400 0002 01 02 0000");
	UNIT_EQ(mh_build(&ba, buf, sizeof(buf)), 16);
	UNIT_HEX(buf, 16, "3b 01 06 00 0000 00 80 0001 0002 01 02 0000");
}

/* Every set of options that a type has. COM-1, COM-2, COM-3, COM-22 (padding is
 * one PadN of zeros), COM-24 (alignment), COM-25 (the authenticator ends the
 * message). AUTH-1, AUTH-9 (alignment). */
static void every_set_of_options_is_laid_out_well(void)
{
	unsigned int present;
	uint8_t buf[256];
	unsigned int type;

	for (type = 0; type <= MH_TYPE_MAX; type++) {
		for (present = 0; present < 512; present++) {
			struct mh_msg msg = { .type = (uint8_t)type };
			const char *fault;
			int n;

			if (present & ~ref_mh_options((uint8_t)type))
				continue;
			msg.opt.present = present;
			msg.opt.networks.n = 1 + present % 3;
			memset(buf, canary, sizeof(buf));
			n = mh_build(&msg, buf, sizeof(buf));
			UNIT_NEED(n > 0);
			fault = ref_mh_fault(buf, (size_t)n);
			UNIT_STR(fault, NULL);
			UNIT_EQ(buf[n], canary);
			if (present & MH_OPT_AUTH_DATA)
				UNIT_HEX(buf + n - 14, 14,
					 "050c 00000000 "
					 "00000000 00000000");
		}
	}
}

static void what_is_built_is_parsed_back(void)
{
	struct in6_addr src = ip(HOA), dst = ip(HA);
	int turn, same = 0;

	for (turn = 0; turn < 50000; turn++) {
		struct mh_msg msg = draw_message(), back;
		uint8_t buf[1024];
		int n = mh_build(&msg, buf, sizeof(buf));

		UNIT_NEED(n > 0);
		mh_set_checksum(buf, (size_t)n, &src, &dst);
		if (ref_checksum(&src, &dst, 135, buf, (size_t)n) == 0 &&
		    parse_exact(buf, (size_t)n, &src, &dst, &back) == MH_OK &&
		    ref_mh_same(&msg, &back, false) &&
		    !ref_mh_fault(buf, (size_t)n))
			same++;
	}
	UNIT_EQ(same, turn);
}

static void small_buffers_are_refused_and_respected(void)
{
	size_t i, size;

	for (i = 0; i < N_GOLDEN_MH; i++) {
		const struct golden *g = &golden_mh[i];
		struct in6_addr src = ip(g->src), dst = ip(g->dst);
		uint8_t data[512], *buf;
		size_t len = unit_hex(data, sizeof(data), g->hex);
		struct mh_msg msg;

		UNIT_EQ(mh_parse(data, len, &src, &dst, &msg), MH_OK);
		for (size = 0; size < len; size++) {
			buf = exact_copy(data, size);
			UNIT_EQ(mh_build(&msg, buf, size), -EMSGSIZE);
			free(buf);
		}
		buf = exact_copy(data, len);
		UNIT_EQ(mh_build(&msg, buf, len), len);
		free(buf);
	}
}

/* COM-5: what stood in the checksum field does not count. */
static void checksum_is_over_a_zero_field(void)
{
	struct in6_addr src = ip(HOA), dst = ip(HA);
	struct mh_msg msg = { .type = MH_BU, .bu = { 1, BU_FLAG_A, 2 } };
	uint8_t a[16], b[16];

	UNIT_EQ(mh_build(&msg, a, sizeof(a)), 16);
	memcpy(b, a, sizeof(b));
	b[4] = 0xde;
	b[5] = 0xad;
	mh_set_checksum(a, 16, &src, &dst);
	mh_set_checksum(b, 16, &src, &dst);
	UNIT_MEM(b, 16, a, 16);
	UNIT_EQ(ref_checksum(&src, &dst, 135, a, 16), 0);
}

static const struct unit_case cases[] = {
	UNIT_CASE(goldens_are_built_as_they_are),
	UNIT_CASE(lengths_without_options),
	UNIT_CASE(reserved_bits_are_sent_as_zero),
	UNIT_CASE(every_set_of_options_is_laid_out_well),
	UNIT_CASE(what_is_built_is_parsed_back),
	UNIT_CASE(small_buffers_are_refused_and_respected),
	UNIT_CASE(checksum_is_over_a_zero_field),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mh_build", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
