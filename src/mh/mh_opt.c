/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mobility options that this program knows: RFC 6275 sections 6.2.4 to
 * 6.2.7.  A new option is a new row.
 *
 * This file decides each option's content, length and alignment.  Which
 * message may carry it stands in mh_type.c.
 */
#include "mh_table.h"

static void decode_refresh(struct rbuf *b, uint8_t len, struct mh_options *opt)
{
	(void)len;
	opt->refresh_interval_4s = rbuf_u16(b);
}

static void encode_refresh(struct wbuf *b, const struct mh_options *opt)
{
	wbuf_u16(b, opt->refresh_interval_4s);
}

static void decode_alt_coa(struct rbuf *b, uint8_t len, struct mh_options *opt)
{
	(void)len;
	opt->alt_coa = rbuf_addr(b);
}

static void encode_alt_coa(struct wbuf *b, const struct mh_options *opt)
{
	wbuf_addr(b, &opt->alt_coa);
}

static void decode_nonces(struct rbuf *b, uint8_t len, struct mh_options *opt)
{
	(void)len;
	opt->home_nonce = rbuf_u16(b);
	opt->coa_nonce = rbuf_u16(b);
}

static void encode_nonces(struct wbuf *b, const struct mh_options *opt)
{
	wbuf_u16(b, opt->home_nonce);
	wbuf_u16(b, opt->coa_nonce);
}

static void decode_auth(struct rbuf *b, uint8_t len, struct mh_options *opt)
{
	opt->auth_len = len;
	opt->auth_offset = b->pos;
	opt->auth_last = rbuf_left(b) == len;
	if (len == MH_AUTH_LEN)
		rbuf_bytes(b, opt->auth, MH_AUTH_LEN);
	else
		rbuf_skip(b, len);
}

/* The authenticator covers the message that this is a part of: its place is
 * kept, and whoever has the key fills it in. */
static void encode_auth(struct wbuf *b, const struct mh_options *opt)
{
	(void)opt;
	wbuf_zero(b, MH_AUTH_LEN);
}

const struct mh_option_row mh_option_rows[] = {
	{ 2, MH_OPT_REFRESH_ADVICE, 2, 2, 0, decode_refresh, encode_refresh },
	{ 3, MH_OPT_ALT_COA, 16, 8, 6, decode_alt_coa, encode_alt_coa },
	{ 4, MH_OPT_NONCE_INDICES, 4, 2, 0, decode_nonces, encode_nonces },
	/* The last one, which the alignment lets end the message. */
	{ 5, MH_OPT_AUTH_DATA, MH_OPT_ANY_LEN, 8, 2, decode_auth, encode_auth },
	{ 0 },
};

const struct mh_option_row *mh_option_row(uint8_t type)
{
	const struct mh_option_row *row;

	for (row = mh_option_rows; row->bit; row++)
		if (row->type == type)
			return row;
	return NULL;
}
