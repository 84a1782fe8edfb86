/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMPv6 errors and what they quote: RFC 4443 sections 2.1 and 3, RFC 8200
 * section 4, RFC 6275 sections 6.3 and 6.4.
 *
 * This file decides which message of ours an error speaks of: its addresses,
 * the home address that extension headers hid, and its upper layer.  A quote
 * may be cut anywhere, and anybody can forge one: whether to believe it is
 * left to the roles.
 */
#include "icmp6_wire.h"

#include "mip6d/mh.h"

#define PROTO_HOPOPTS    0
#define PROTO_ROUTING    43
#define PROTO_FRAGMENT   44
#define PROTO_AH         51
#define PROTO_NONE       59
#define PROTO_DSTOPTS    60

#define OPT_PAD1         0
#define OPT_HOME_ADDRESS 0xc9

#define MH_TYPE_OFFSET   2

static void read_dst_options(struct rbuf *b, struct icmp6_error *e)
{
	while (rbuf_left(b)) {
		uint8_t type = rbuf_u8(b);
		uint8_t len;

		if (type == OPT_PAD1)
			continue;
		len = rbuf_u8(b);
		if (type == OPT_HOME_ADDRESS && len == sizeof(e->hoa) &&
		    rbuf_left(b) >= len) {
			e->has_hao = true;
			e->hao_hoa = e->hoa = rbuf_addr(b);
			return;
		}
		rbuf_skip(b, len);
	}
}

static void read_routing(struct rbuf *b, struct icmp6_error *e)
{
	uint8_t type = rbuf_u8(b);
	uint8_t segments_left = rbuf_u8(b);
	struct in6_addr addr;

	rbuf_skip(b, 4);
	addr = rbuf_addr(b);
	if (b->bad || type != 2)
		return;
	e->has_rh2 = true;
	/* Who has processed the header has swapped the two addresses. */
	e->rh2_hoa = segments_left ? addr : e->quoted_dst;
	e->hoa = e->has_hao ? e->hao_hoa : e->rh2_hoa;
}

/* Steps over one extension header and takes from it what is of use.  False
 * where the walk ends: an upper layer, or the end of the quote. */
static bool step(struct rbuf *b, uint8_t *proto, struct icmp6_error *e)
{
	uint8_t here = *proto, next, len;
	struct rbuf content;
	size_t left;

	if (here != PROTO_HOPOPTS && here != PROTO_ROUTING &&
	    here != PROTO_FRAGMENT && here != PROTO_AH && here != PROTO_DSTOPTS)
		return false;
	next = rbuf_u8(b);
	len = rbuf_u8(b);
	*proto = b->bad ? PROTO_NONE : next;
	if (here == PROTO_FRAGMENT) {
		/* Only the first fragment has what comes next. */
		if (rbuf_u16(b) & 0xfff8)
			*proto = PROTO_NONE;
		rbuf_skip(b, 4);
	} else {
		left = (here == PROTO_AH ? (len + 2) * 4u : (len + 1) * 8u) - 2;
		rbuf_init(&content, b->data + b->pos,
			  left < rbuf_left(b) ? left : rbuf_left(b));
		if (here == PROTO_DSTOPTS)
			read_dst_options(&content, e);
		else if (here == PROTO_ROUTING)
			read_routing(&content, e);
		rbuf_skip(b, left);
	}
	if (b->bad)
		*proto = PROTO_NONE;
	return !b->bad && *proto != PROTO_NONE;
}

enum icmp6_verdict icmp6_parse_error(struct rbuf *b,
				     struct icmp6_error *ret_error)
{
	struct icmp6_error e = { .info = rbuf_u32(b) };
	uint8_t version, proto;

	version = rbuf_u8(b) >> 4;
	rbuf_skip(b, 5);
	proto = rbuf_u8(b);
	rbuf_skip(b, 1);
	e.quoted_src = rbuf_addr(b);
	e.quoted_dst = rbuf_addr(b);
	/* Without the quoted header it cannot be about anything of ours. */
	if (b->bad || version != 6)
		return ICMP6_BAD;
	while (step(b, &proto, &e))
		;
	e.quoted_proto = proto;
	if (proto == MH_PROTO) {
		rbuf_skip(b, MH_TYPE_OFFSET);
		e.quoted_mh_type = rbuf_u8(b);
		if (b->bad)
			e.quoted_proto = PROTO_NONE;
	}
	*ret_error = e;
	return ICMP6_OK;
}
