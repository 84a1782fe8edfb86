/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mobility options that this program knows: RFC 6275 sections 6.2.4 to
 * 6.2.7, RFC 4283 section 3, RFC 4285 sections 5 and 6, RFC 3963 section 4.3.
 * A new option is a new row.
 *
 * This file decides each option's content, length and alignment.  Which
 * message may carry it stands in mh_type.c.
 */
#include "mh_table.h"

#define MN_ID_NAI  1 /* RFC 4283 section 3.1 */
#define AUTH_MN_HA 1 /* RFC 4285 section 5.1 */

static void decode_refresh(struct rbuf *b, uint8_t len, struct mh_options *opt)
{
	(void)len;
	opt->refresh_interval_4s = rbuf_u16(b);
}

static void encode_refresh(struct wbuf *b, const struct mh_options *opt,
			   unsigned int nth)
{
	(void)nth;
	wbuf_u16(b, opt->refresh_interval_4s);
}

static void decode_alt_coa(struct rbuf *b, uint8_t len, struct mh_options *opt)
{
	(void)len;
	opt->alt_coa = rbuf_addr(b);
}

static void encode_alt_coa(struct wbuf *b, const struct mh_options *opt,
			   unsigned int nth)
{
	(void)nth;
	wbuf_addr(b, &opt->alt_coa);
}

static void decode_nonces(struct rbuf *b, uint8_t len, struct mh_options *opt)
{
	(void)len;
	opt->home_nonce = rbuf_u16(b);
	opt->coa_nonce = rbuf_u16(b);
}

static void encode_nonces(struct wbuf *b, const struct mh_options *opt,
			  unsigned int nth)
{
	(void)nth;
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
static void encode_auth(struct wbuf *b, const struct mh_options *opt,
			unsigned int nth)
{
	(void)nth;
	(void)opt;
	wbuf_zero(b, MH_AUTH_LEN);
}

/* A length that no prefix has makes it one that cannot be read. */
static void decode_network(struct rbuf *b, uint8_t len, struct mh_options *opt)
{
	struct mh_networks *n = &opt->networks;
	struct prefix p;

	(void)len;
	rbuf_skip(b, 1);
	p.len = rbuf_u8(b);
	p.addr = rbuf_addr(b);
	if (p.len > 128)
		b->bad = true;
	else if (n->n < MH_NETWORKS_MAX)
		n->v[n->n++] = prefix_of(&p.addr, p.len);
	else
		n->more = true;
}

static void encode_network(struct wbuf *b, const struct mh_options *opt,
			   unsigned int nth)
{
	wbuf_u8(b, 0);
	wbuf_u8(b, opt->networks.v[nth].len);
	wbuf_addr(b, &opt->networks.v[nth].addr);
}

static void decode_nai(struct rbuf *b, uint8_t len, struct mh_options *opt)
{
	rbuf_skip(b, 1);
	opt->nai_len = (uint8_t)(len - 1);
	rbuf_bytes(b, opt->nai, opt->nai_len);
}

static void encode_nai(struct wbuf *b, const struct mh_options *opt,
		       unsigned int nth)
{
	(void)nth;
	wbuf_u8(b, MN_ID_NAI);
	wbuf_bytes(b, opt->nai, opt->nai_len);
}

static void decode_replay(struct rbuf *b, uint8_t len, struct mh_options *opt)
{
	(void)len;
	opt->timestamp = (uint64_t)rbuf_u32(b) << 32;
	opt->timestamp |= rbuf_u32(b);
}

static void encode_replay(struct wbuf *b, const struct mh_options *opt,
			  unsigned int nth)
{
	(void)nth;
	wbuf_u32(b, (uint32_t)(opt->timestamp >> 32));
	wbuf_u32(b, (uint32_t)opt->timestamp);
}

/* The subtype and the SPI have to be there. */
static void decode_mn_auth(struct rbuf *b, uint8_t len, struct mh_mn_auth *auth)
{
	if (len < 5) {
		b->bad = true;
		return;
	}
	rbuf_skip(b, 1);
	auth->spi = rbuf_u32(b);
	auth->len = (uint8_t)(len - 5);
	auth->offset = b->pos;
	rbuf_skip(b, auth->len);
}

static void decode_mn_ha(struct rbuf *b, uint8_t len, struct mh_options *opt)
{
	decode_mn_auth(b, len, &opt->mn_ha);
}

static void decode_mn_aaa(struct rbuf *b, uint8_t len, struct mh_options *opt)
{
	decode_mn_auth(b, len, &opt->mn_aaa);
}

static void encode_mn_ha(struct wbuf *b, const struct mh_options *opt,
			 unsigned int nth)
{
	(void)nth;
	wbuf_u8(b, AUTH_MN_HA);
	wbuf_u32(b, opt->mn_ha.spi);
	wbuf_zero(b, MH_AUTH_LEN);
}

static void encode_mn_aaa(struct wbuf *b, const struct mh_options *opt,
			  unsigned int nth)
{
	(void)nth;
	wbuf_u8(b, MH_OPTS_AUTH_AAA);
	wbuf_u32(b, opt->mn_aaa.spi);
	wbuf_zero(b, MH_AUTH_LEN);
}

const struct mh_option_row mh_option_rows[] = {
	{ 2, MH_OPT_PLAIN, MH_OPT_REFRESH_ADVICE, 2, 2, 0, decode_refresh,
	  encode_refresh },
	{ 3, MH_OPT_PLAIN, MH_OPT_ALT_COA, 16, 8, 6, decode_alt_coa,
	  encode_alt_coa },
	{ 4, MH_OPT_PLAIN, MH_OPT_NONCE_INDICES, 4, 2, 0, decode_nonces,
	  encode_nonces },
	{ 6, MH_OPT_PLAIN, MH_OPT_NETWORK, 18, 8, 4, decode_network,
	  encode_network },
	/* Before every authentication (RFC 4283 section 3.2). */
	{ 8, MN_ID_NAI, MH_OPT_MN_ID, MH_OPT_ANY_LEN, 1, 0, decode_nai,
	  encode_nai },
	{ 10, MH_OPT_PLAIN, MH_OPT_REPLAY, 8, 8, 2, decode_replay,
	  encode_replay },
	/* 4n + 1 would do; this lets it, or MN-AAA behind it, end the
	 * message without padding. */
	{ MH_OPTS_AUTH, AUTH_MN_HA, MH_OPT_MN_HA, MH_OPT_ANY_LEN, 8, 5,
	  decode_mn_ha, encode_mn_ha },
	{ MH_OPTS_AUTH, MH_OPTS_AUTH_AAA, MH_OPT_MN_AAA, MH_OPT_ANY_LEN, 8, 5,
	  decode_mn_aaa, encode_mn_aaa },
	/* The last one, which the alignment lets end the message. */
	{ 5, MH_OPT_PLAIN, MH_OPT_AUTH_DATA, MH_OPT_ANY_LEN, 8, 2, decode_auth,
	  encode_auth },
	{ 0 },
};

const struct mh_option_row *mh_option_row(uint8_t type, uint8_t first)
{
	const struct mh_option_row *row;

	for (row = mh_option_rows; row->bit; row++)
		if (row->type == type &&
		    (row->subtype == MH_OPT_PLAIN || row->subtype == first))
			return row;
	return NULL;
}
