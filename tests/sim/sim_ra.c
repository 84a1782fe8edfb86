/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Router advertisements octet by octet (RFC 4861 section 4.2, RFC 6275
 * section 7), written for the tests and sharing nothing with the parser that
 * reads them.
 */
#include "mip6d/buf.h"
#include "tests/sim/sim.h"

static void put_prefix(struct wbuf *b, const struct sim_prefix *p)
{
	wbuf_u8(b, 3);
	wbuf_u8(b, 4);
	wbuf_u8(b, p->prefix.len);
	wbuf_u8(b, (uint8_t)(0x80 | (p->autonomous ? 0x40 : 0) |
			     (p->router_addr ? 0x20 : 0)));
	wbuf_u32(b, p->valid_s);
	wbuf_u32(b, p->preferred_s);
	wbuf_u32(b, 0);
	wbuf_addr(b, p->router_addr ? &p->addr : &p->prefix.addr);
}

static void put_options(struct wbuf *b, const struct sim_router *r)
{
	unsigned int i;

	if (!r->no_source_lladdr) {
		wbuf_u8(b, 1);
		wbuf_u8(b, 1);
		wbuf_bytes(b, r->mac.addr, 6);
	}
	for (i = 0; i < r->n_prefixes; i++)
		put_prefix(b, &r->prefixes[i]);
	if (r->interval_opt) {
		wbuf_u8(b, 7);
		wbuf_u8(b, 1);
		wbuf_u16(b, 0);
		wbuf_u32(b, r->max_ms);
	}
	if (r->home_agent) {
		wbuf_u8(b, 8);
		wbuf_u8(b, 1);
		wbuf_u16(b, 0);
		wbuf_u16(b, 10);
		wbuf_u16(b, 1800);
	}
}

int sim_build_ra(const struct sim_router *r, const struct in6_addr *dst,
		 uint8_t *buf, size_t size)
{
	struct wbuf b;
	uint16_t sum;

	wbuf_init(&b, buf, size);
	wbuf_u8(&b, ICMP6_RA);
	wbuf_u8(&b, 0);
	wbuf_u16(&b, 0);
	wbuf_u8(&b, 64);
	wbuf_u8(&b, r->home_agent ? 0x20 : 0);
	wbuf_u16(&b, (uint16_t)r->lifetime_s);
	wbuf_u32(&b, 0);
	wbuf_u32(&b, 0);
	put_options(&b, r);
	if (b.bad)
		return -1;
	sum = buf_checksum6(&r->ll, dst, ICMP6_PROTO, buf, b.len);
	buf[2] = (uint8_t)(sum >> 8);
	buf[3] = (uint8_t)sum;
	return (int)b.len;
}
