/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounded reading and writing of octets in network order, and the internet
 * checksum over the IPv6 pseudo-header (RFC 8200 section 8.1, RFC 1071).
 *
 * This file decides that no access leaves its buffer, whatever the caller
 * asks for.  What the octets mean is left to the callers.
 */
#include "mip6d/buf.h"

#include <string.h>

void rbuf_init(struct rbuf *b, const void *data, size_t len)
{
	*b = (struct rbuf){ .data = data, .len = len };
}

size_t rbuf_left(const struct rbuf *b)
{
	return b->bad ? 0 : b->len - b->pos;
}

/* The next n octets, or NULL and from then on nothing. */
static const uint8_t *take(struct rbuf *b, size_t n)
{
	const uint8_t *p;

	if (b->bad || n > b->len - b->pos) {
		b->bad = true;
		return NULL;
	}
	p = b->data + b->pos;
	b->pos += n;
	return p;
}

uint8_t rbuf_u8(struct rbuf *b)
{
	const uint8_t *p = take(b, 1);

	return p ? p[0] : 0;
}

uint16_t rbuf_u16(struct rbuf *b)
{
	const uint8_t *p = take(b, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

uint32_t rbuf_u32(struct rbuf *b)
{
	const uint8_t *p = take(b, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
			       (uint32_t)p[2] << 8 | p[3]
		 : 0;
}

struct in6_addr rbuf_addr(struct rbuf *b)
{
	struct in6_addr a;

	rbuf_bytes(b, &a, sizeof(a));
	return a;
}

void rbuf_bytes(struct rbuf *b, void *ret, size_t n)
{
	const uint8_t *p = take(b, n);

	if (p)
		memcpy(ret, p, n);
	else
		memset(ret, 0, n);
}

void rbuf_skip(struct rbuf *b, size_t n)
{
	take(b, n);
}

void wbuf_init(struct wbuf *b, void *data, size_t size)
{
	*b = (struct wbuf){ .data = data, .size = size };
}

static uint8_t *reserve(struct wbuf *b, size_t n)
{
	uint8_t *p;

	if (b->bad || n > b->size - b->len) {
		b->bad = true;
		return NULL;
	}
	p = b->data + b->len;
	b->len += n;
	return p;
}

void wbuf_u8(struct wbuf *b, uint8_t v)
{
	wbuf_bytes(b, &v, 1);
}

void wbuf_u16(struct wbuf *b, uint16_t v)
{
	const uint8_t o[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	wbuf_bytes(b, o, sizeof(o));
}

void wbuf_u32(struct wbuf *b, uint32_t v)
{
	const uint8_t o[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
			       (uint8_t)(v >> 8), (uint8_t)v };

	wbuf_bytes(b, o, sizeof(o));
}

void wbuf_addr(struct wbuf *b, const struct in6_addr *a)
{
	wbuf_bytes(b, a, sizeof(*a));
}

void wbuf_bytes(struct wbuf *b, const void *data, size_t n)
{
	uint8_t *p = reserve(b, n);

	if (p && n)
		memcpy(p, data, n);
}

void wbuf_zero(struct wbuf *b, size_t n)
{
	uint8_t *p = reserve(b, n);

	if (p && n)
		memset(p, 0, n);
}

/* A last odd octet counts as the high half of a word.  64 bits hold the sum
 * of any packet without a carry in between. */
static uint64_t sum_words(const uint8_t *p, size_t len)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	if (i < len)
		sum += (uint32_t)(p[i] << 8);
	return sum;
}

uint16_t buf_checksum6(const struct in6_addr *src, const struct in6_addr *dst,
		       uint8_t next_header, const void *data, size_t len)
{
	uint64_t sum = sum_words(src->s6_addr, sizeof(*src)) +
		       sum_words(dst->s6_addr, sizeof(*dst)) + (len >> 16) +
		       (len & 0xffff) + next_header + sum_words(data, len);

	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}
