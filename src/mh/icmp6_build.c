/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Structures to neighbour discovery messages: RFC 4861 section 4, with the
 * Mobile IPv6 extensions of RFC 6275 sections 7.1 to 7.4.
 *
 * This file decides their octets, checksum included.  When to send one, to
 * whom and how often is left to the roles.
 */
#include "icmp6_wire.h"

#include <assert.h>
#include <errno.h>

void icmp6_begin(struct wbuf *b, enum icmp6_type type, uint8_t *buf,
		 size_t size)
{
	wbuf_init(b, buf, size);
	wbuf_u8(b, (uint8_t)type);
	wbuf_zero(b, ICMP6_HEADER_LEN - 1);
}

static void put_lladdr(struct wbuf *b, uint8_t type, const struct lladdr *l)
{
	size_t units;

	if (!l || !l->len)
		return;
	assert(l->len <= LLADDR_MAX);
	units = (2u + l->len + 7) / 8;
	wbuf_u8(b, type);
	wbuf_u8(b, (uint8_t)units);
	wbuf_bytes(b, l->addr, l->len);
	wbuf_zero(b, units * 8 - 2 - l->len);
}

static int finish(struct wbuf *b, const struct in6_addr *src,
		  const struct in6_addr *dst)
{
	uint16_t sum;

	if (b->bad)
		return -EMSGSIZE;
	sum = buf_checksum6(src, dst, ICMP6_PROTO, b->data, b->len);
	b->data[ICMP6_CHECKSUM_OFFSET] = (uint8_t)(sum >> 8);
	b->data[ICMP6_CHECKSUM_OFFSET + 1] = (uint8_t)sum;
	return (int)b->len;
}

int icmp6_build_rs(const struct in6_addr *src, const struct in6_addr *dst,
		   const struct lladdr *source, uint8_t *buf, size_t size)
{
	struct wbuf b;

	icmp6_begin(&b, ICMP6_RS, buf, size);
	wbuf_u32(&b, 0);
	if (!addr_is_any(src))
		put_lladdr(&b, ND_OPT_SOURCE_LLADDR, source);
	return finish(&b, src, dst);
}

int icmp6_build_ns(const struct in6_addr *src, const struct in6_addr *dst,
		   const struct icmp6_ns *ns, uint8_t *buf, size_t size)
{
	struct wbuf b;

	icmp6_begin(&b, ICMP6_NS, buf, size);
	wbuf_u32(&b, 0);
	wbuf_addr(&b, &ns->target);
	if (!addr_is_any(src))
		put_lladdr(&b, ND_OPT_SOURCE_LLADDR, &ns->source_lladdr);
	return finish(&b, src, dst);
}

int icmp6_build_na(const struct in6_addr *src, const struct in6_addr *dst,
		   const struct icmp6_na *na, uint8_t *buf, size_t size)
{
	uint32_t flags = 0;
	struct wbuf b;

	if (na->router)
		flags |= NA_FLAG_R;
	/* To a group it would confirm reachability to nobody who asked. */
	if (na->solicited && !addr_is_multicast(dst))
		flags |= NA_FLAG_S;
	if (na->override)
		flags |= NA_FLAG_O;
	icmp6_begin(&b, ICMP6_NA, buf, size);
	wbuf_u32(&b, flags);
	wbuf_addr(&b, &na->target);
	put_lladdr(&b, ND_OPT_TARGET_LLADDR, &na->target_lladdr);
	return finish(&b, src, dst);
}

void icmp6_put_prefix(struct wbuf *b, const struct ra_prefix *p)
{
	uint8_t flags = 0;

	if (p->on_link)
		flags |= PREFIX_FLAG_L;
	if (p->autonomous)
		flags |= PREFIX_FLAG_A;
	if (p->router_addr)
		flags |= PREFIX_FLAG_R;
	wbuf_u8(b, ND_OPT_PREFIX);
	wbuf_u8(b, PREFIX_UNITS);
	wbuf_u8(b, p->prefix.len);
	wbuf_u8(b, flags);
	wbuf_u32(b, p->valid_s);
	wbuf_u32(b, p->preferred_s);
	wbuf_u32(b, 0);
	wbuf_addr(b, p->router_addr ? &p->addr : &p->prefix.addr);
}

static uint8_t ra_flags(const struct icmp6_ra *ra)
{
	uint8_t flags = 0;

	if (ra->managed)
		flags |= RA_FLAG_M;
	if (ra->other)
		flags |= RA_FLAG_O;
	if (ra->home_agent)
		flags |= RA_FLAG_H;
	return flags;
}

int icmp6_build_ra(const struct in6_addr *src, const struct in6_addr *dst,
		   const struct icmp6_ra *ra, uint8_t *buf, size_t size)
{
	struct wbuf b;
	unsigned int i;

	icmp6_begin(&b, ICMP6_RA, buf, size);
	wbuf_u8(&b, ra->cur_hop_limit);
	wbuf_u8(&b, ra_flags(ra));
	wbuf_u16(&b, ra->router_lifetime_s);
	wbuf_u32(&b, ra->reachable_ms);
	wbuf_u32(&b, ra->retrans_ms);
	put_lladdr(&b, ND_OPT_SOURCE_LLADDR, &ra->source_lladdr);
	for (i = 0; i < ra->n_prefixes; i++)
		icmp6_put_prefix(&b, &ra->prefixes[i]);
	if (ra->interval_ms) {
		wbuf_u8(&b, ND_OPT_INTERVAL);
		wbuf_u8(&b, 1);
		wbuf_u16(&b, 0);
		wbuf_u32(&b, ra->interval_ms);
	}
	if (ra->home_agent && ra->has_ha_info) {
		wbuf_u8(&b, ND_OPT_HA_INFO);
		wbuf_u8(&b, 1);
		wbuf_u16(&b, 0);
		wbuf_u16(&b, ra->ha_preference);
		wbuf_u16(&b, ra->ha_lifetime_s);
	}
	return finish(&b, src, dst);
}
