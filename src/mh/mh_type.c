/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The message types of the Mobility Header: RFC 6275 sections 6.1.2 to 6.1.9.
 *
 * This file decides the fixed part of each message, which options belong to
 * it, and the order of sequence numbers.  The envelope, the walk over the
 * options and their layout are left to mh_parse.c and mh_build.c.
 */
#include "mh_table.h"

#include "mip6d/cleanup.h"

/* What we know of the flag fields; the rest is reserved, and sent as zero
 * whatever the caller holds (it may be what a peer sent). */
#define BU_FLAGS_KNOWN \
	(BU_FLAG_A | BU_FLAG_H | BU_FLAG_L | BU_FLAG_K | BU_FLAG_R)
#define BA_FLAGS_KNOWN BA_FLAG_K

static void decode_brr(struct rbuf *b, struct mh_msg *msg)
{
	(void)msg;
	rbuf_skip(b, 2);
}

static void encode_brr(struct wbuf *b, const struct mh_msg *msg)
{
	(void)msg;
	wbuf_zero(b, 2);
}

static void decode_test_init(struct rbuf *b, struct mh_msg *msg)
{
	struct mh_test_init *init = &msg->test_init;

	rbuf_skip(b, 2);
	rbuf_bytes(b, init->cookie, sizeof(init->cookie));
}

static void encode_test_init(struct wbuf *b, const struct mh_msg *msg)
{
	const struct mh_test_init *init = &msg->test_init;

	wbuf_zero(b, 2);
	wbuf_bytes(b, init->cookie, sizeof(init->cookie));
}

static void decode_test(struct rbuf *b, struct mh_msg *msg)
{
	struct mh_test *test = &msg->test;

	test->nonce_index = rbuf_u16(b);
	rbuf_bytes(b, test->cookie, sizeof(test->cookie));
	rbuf_bytes(b, test->token, sizeof(test->token));
}

static void encode_test(struct wbuf *b, const struct mh_msg *msg)
{
	const struct mh_test *test = &msg->test;

	wbuf_u16(b, test->nonce_index);
	wbuf_bytes(b, test->cookie, sizeof(test->cookie));
	wbuf_bytes(b, test->token, sizeof(test->token));
}

static void decode_bu(struct rbuf *b, struct mh_msg *msg)
{
	msg->bu.seq = rbuf_u16(b);
	msg->bu.flags = rbuf_u16(b);
	msg->bu.lifetime_4s = rbuf_u16(b);
}

static void encode_bu(struct wbuf *b, const struct mh_msg *msg)
{
	wbuf_u16(b, msg->bu.seq);
	wbuf_u16(b, msg->bu.flags & BU_FLAGS_KNOWN);
	wbuf_u16(b, msg->bu.lifetime_4s);
}

static void decode_ba(struct rbuf *b, struct mh_msg *msg)
{
	msg->ba.status = rbuf_u8(b);
	msg->ba.flags = rbuf_u8(b);
	msg->ba.seq = rbuf_u16(b);
	msg->ba.lifetime_4s = rbuf_u16(b);
}

static void encode_ba(struct wbuf *b, const struct mh_msg *msg)
{
	wbuf_u8(b, msg->ba.status);
	wbuf_u8(b, msg->ba.flags & BA_FLAGS_KNOWN);
	wbuf_u16(b, msg->ba.seq);
	wbuf_u16(b, msg->ba.lifetime_4s);
}

static void decode_be(struct rbuf *b, struct mh_msg *msg)
{
	msg->be.status = rbuf_u8(b);
	rbuf_skip(b, 1);
	msg->be.hoa = rbuf_addr(b);
}

static void encode_be(struct wbuf *b, const struct mh_msg *msg)
{
	wbuf_u8(b, msg->be.status);
	wbuf_zero(b, 1);
	wbuf_addr(b, &msg->be.hoa);
}

static const struct mh_type_row rows[] = {
	[MH_BRR] = { 8, 0, decode_brr, encode_brr },
	[MH_HOTI] = { 16, 0, decode_test_init, encode_test_init },
	[MH_COTI] = { 16, 0, decode_test_init, encode_test_init },
	[MH_HOT] = { 24, 0, decode_test, encode_test },
	[MH_COT] = { 24, 0, decode_test, encode_test },
	[MH_BU] = { 12,
		    MH_OPT_ALT_COA | MH_OPT_NONCE_INDICES | MH_OPT_AUTH_DATA |
			    MH_OPT_MN_ID | MH_OPT_REPLAY | MH_OPT_MN_HA |
			    MH_OPT_MN_AAA | MH_OPT_NETWORK,
		    decode_bu, encode_bu },
	[MH_BA] = { 12,
		    MH_OPT_REFRESH_ADVICE | MH_OPT_AUTH_DATA | MH_OPT_MN_ID |
			    MH_OPT_REPLAY | MH_OPT_MN_HA,
		    decode_ba, encode_ba },
	[MH_BE] = { 24, 0, decode_be, encode_be },
};

const struct mh_type_row *mh_type_row(uint8_t type)
{
	return type < ARRAY_SIZE(rows) ? &rows[type] : NULL;
}

bool mh_seq_newer(uint16_t seq, uint16_t last)
{
	uint16_t ahead = (uint16_t)(seq - last);

	return ahead > 0 && ahead < 32768;
}
