/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * struct mh_msg to octets: RFC 6275 sections 6.1.1 and 6.2.1 to 6.2.7.
 *
 * This file decides the layout: envelope, order of the options and padding.
 * The contents stand in the tables (mh_type.c, mh_opt.c); authenticators are
 * left to src/auth, sending to the transport.
 */
#include "mh_table.h"

#include <assert.h>
#include <errno.h>

/* Octets from `at` to the next place that is align_y modulo align_n. */
static size_t gap(size_t at, size_t align_n, size_t align_y)
{
	return (align_n + align_y - at % align_n) % align_n;
}

static void put_padding(struct wbuf *b, size_t n)
{
	if (n == 1) {
		wbuf_u8(b, MH_OPTS_PAD1);
	} else if (n) {
		wbuf_u8(b, MH_OPTS_PADN);
		wbuf_u8(b, (uint8_t)(n - 2));
		wbuf_zero(b, n - 2);
	}
}

static void put_option(struct wbuf *b, const struct mh_option_row *row,
		       const struct mh_options *opt, unsigned int nth)
{
	size_t start, end;

	put_padding(b, gap(b->len, row->align_n, row->align_y));
	start = b->len;
	wbuf_u8(b, row->type);
	wbuf_u8(b, 0);
	row->encode(b, opt, nth);
	end = b->len;
	if (!b->bad)
		b->data[start + 1] = (uint8_t)(end - start - 2);
}

int mh_build(const struct mh_msg *msg, uint8_t *buf, size_t size)
{
	const struct mh_type_row *row = mh_type_row(msg->type);
	const struct mh_option_row *opt;
	unsigned int i;
	struct wbuf b;

	assert(row && !(msg->opt.present & ~row->options));
	wbuf_init(&b, buf, size);
	wbuf_u8(&b, MH_NO_NEXT_HEADER);
	wbuf_u8(&b, 0);
	wbuf_u8(&b, msg->type);
	wbuf_zero(&b, MH_ENVELOPE_LEN - 3);
	row->encode(&b, msg);
	for (opt = mh_option_rows; opt->bit; opt++)
		for (i = 0; msg->opt.present & opt->bit &&
			    i < mh_option_times(opt, &msg->opt);
		     i++)
			put_option(&b, opt, &msg->opt, i);
	put_padding(&b, gap(b.len, 8, 0));
	if (b.bad)
		return -EMSGSIZE;
	buf[1] = (uint8_t)(b.len / 8 - 1);
	return (int)b.len;
}

void mh_set_checksum(uint8_t *buf, size_t len, const struct in6_addr *src,
		     const struct in6_addr *dst)
{
	uint16_t sum;

	assert(len >= 8);
	buf[MH_CHECKSUM_OFFSET] = 0;
	buf[MH_CHECKSUM_OFFSET + 1] = 0;
	sum = buf_checksum6(src, dst, MH_PROTO, buf, len);
	buf[MH_CHECKSUM_OFFSET] = (uint8_t)(sum >> 8);
	buf[MH_CHECKSUM_OFFSET + 1] = (uint8_t)sum;
}
