/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Structures to neighbour discovery messages: RFC 4861 sections 4.1, 4.3 and
 * 4.4.
 *
 * This file decides their octets, checksum included.  When to send one, to
 * whom and how often is left to the roles.
 */
#include "icmp6_wire.h"

#include <assert.h>
#include <errno.h>

static void begin(struct wbuf *b, enum icmp6_type type, uint8_t *buf,
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

	begin(&b, ICMP6_RS, buf, size);
	wbuf_u32(&b, 0);
	if (!addr_is_any(src))
		put_lladdr(&b, ND_OPT_SOURCE_LLADDR, source);
	return finish(&b, src, dst);
}

int icmp6_build_ns(const struct in6_addr *src, const struct in6_addr *dst,
		   const struct icmp6_ns *ns, uint8_t *buf, size_t size)
{
	struct wbuf b;

	begin(&b, ICMP6_NS, buf, size);
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
	begin(&b, ICMP6_NA, buf, size);
	wbuf_u32(&b, flags);
	wbuf_addr(&b, &na->target);
	put_lladdr(&b, ND_OPT_TARGET_LLADDR, &na->target_lladdr);
	return finish(&b, src, dst);
}
