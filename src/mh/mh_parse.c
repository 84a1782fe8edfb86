/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octets to struct mh_msg: RFC 6275 sections 6.1.1, 6.2.1 and 9.2; where an
 * authentication option may stand, RFC 4285 section 5.
 *
 * This file decides in which order a message is checked, and what each
 * failure deserves.  The contents of messages and options stand in the tables
 * (mh_type.c, mh_opt.c); what a valid message means is left to the roles.
 */
#include "mh_table.h"

#include <assert.h>

/* Before an option is read: whether one that is there already had to be the
 * last (RFC 4285 section 5). */
static void note_place(uint8_t type, uint8_t first, struct mh_options *opt)
{
	bool is_aaa = type == MH_OPTS_AUTH && first == MH_OPTS_AUTH_AAA;

	if (opt->present & MH_OPT_MN_AAA ||
	    (opt->present & MH_OPT_MN_HA && !is_aaa))
		opt->mn_auth_misplaced = true;
}

/* An option of a length that its definition does not know cannot be read,
 * and to go on without it would mean something else than the sender said (a
 * binding for another care-of address): the message is dropped. */
static bool decode_option(struct rbuf *b, uint8_t type, unsigned int allowed,
			  struct mh_options *opt)
{
	uint8_t len = rbuf_u8(b);
	uint8_t first = len && rbuf_left(b) ? b->data[b->pos] : 0;
	const struct mh_option_row *row = mh_option_row(type, first);

	if (type != MH_OPTS_PADN)
		note_place(type, first, opt);
	/* Of an option that is there twice, the first counts, but each Mobile
	 * Network Prefix does (RFC 3963 section 4.3). */
	if (!row || !(allowed & row->bit) ||
	    (opt->present & row->bit & ~MH_OPT_NETWORK)) {
		rbuf_skip(b, len);
		return true;
	}
	if (row->len != MH_OPT_ANY_LEN && row->len != len)
		return false;
	row->decode(b, len, opt);
	opt->present |= row->bit;
	return true;
}

static bool decode_options(struct rbuf *b, unsigned int allowed,
			   struct mh_options *opt)
{
	while (rbuf_left(b)) {
		uint8_t type = rbuf_u8(b);

		if (type == MH_OPTS_PAD1)
			continue;
		if (!decode_option(b, type, allowed, opt) || b->bad)
			return false;
	}
	return true;
}

enum mh_verdict mh_parse(const uint8_t *data, size_t len,
			 const struct in6_addr *src, const struct in6_addr *dst,
			 struct mh_msg *ret_msg)
{
	const struct mh_type_row *row;
	struct mh_msg msg = { 0 };
	uint8_t proto;
	size_t mh_len;
	struct rbuf b;

	/* Without all of its octets the checksum cannot be verified: first. */
	if (len < 8)
		return MH_TRUNCATED;
	mh_len = ((size_t)data[1] + 1) * 8;
	if (mh_len > len)
		return MH_TRUNCATED;
	if (buf_checksum6(src, dst, MH_PROTO, data, mh_len))
		return MH_BAD_CHECKSUM;
	rbuf_init(&b, data, mh_len);
	proto = rbuf_u8(&b);
	rbuf_skip(&b, 1);
	msg.type = rbuf_u8(&b);
	rbuf_skip(&b, MH_ENVELOPE_LEN - 3);
	row = mh_type_row(msg.type);
	if (!row) {
		ret_msg->type = msg.type;
		return MH_UNKNOWN_TYPE;
	}
	if (proto != MH_NO_NEXT_HEADER)
		return MH_BAD_PROTO;
	if (mh_len < row->fixed_len)
		return MH_BAD_LEN;
	row->decode(&b, &msg);
	if (!decode_options(&b, row->options, &msg.opt))
		return MH_BAD_OPTION;
	*ret_msg = msg;
	return MH_OK;
}

enum counter mh_verdict_counter(enum mh_verdict verdict)
{
	switch (verdict) {
	case MH_BAD_CHECKSUM:
		return CNT_MH_BAD_CHECKSUM;
	case MH_UNKNOWN_TYPE:
		return CNT_MH_UNKNOWN_TYPE;
	case MH_BAD_PROTO:
		return CNT_MH_BAD_PROTO;
	case MH_BAD_LEN:
		return CNT_MH_BAD_LEN;
	case MH_TRUNCATED:
		return CNT_MH_TRUNCATED;
	case MH_BAD_OPTION:
		return CNT_MH_BAD_OPTION;
	case MH_OK:
		break;
	}
	assert(!"a verdict that drops");
	return CNT_MAX;
}
