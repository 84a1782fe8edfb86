/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounded reading and writing of octet strings in network order.  An access
 * past the end sets the sticky `bad` flag and yields zeros: callers check
 * once, at the end.
 */
#ifndef MIP6D_BUF_H
#define MIP6D_BUF_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rbuf {
	const uint8_t *data;
	size_t len;
	size_t pos;
	bool bad;
};

struct wbuf {
	uint8_t *data;
	size_t size;
	size_t len;
	bool bad;
};

void rbuf_init(struct rbuf *b, const void *data, size_t len);
size_t rbuf_left(const struct rbuf *b);
uint8_t rbuf_u8(struct rbuf *b);
uint16_t rbuf_u16(struct rbuf *b);
uint32_t rbuf_u32(struct rbuf *b);
struct in6_addr rbuf_addr(struct rbuf *b);
void rbuf_bytes(struct rbuf *b, void *ret, size_t n);
void rbuf_skip(struct rbuf *b, size_t n);

/* Writes into caller's memory; never past size. */
void wbuf_init(struct wbuf *b, void *data, size_t size);
void wbuf_u8(struct wbuf *b, uint8_t v);
void wbuf_u16(struct wbuf *b, uint16_t v);
void wbuf_u32(struct wbuf *b, uint32_t v);
void wbuf_addr(struct wbuf *b, const struct in6_addr *a);
void wbuf_bytes(struct wbuf *b, const void *data, size_t n);
void wbuf_zero(struct wbuf *b, size_t n);

/* Internet checksum over the IPv6 pseudo-header and `data` (RFC 8200
 * section 8.1).  The checksum field in `data` counts as it stands; a result
 * of 0 over a packet with its checksum in place means "correct". */
uint16_t buf_checksum6(const struct in6_addr *src, const struct in6_addr *dst,
		       uint8_t next_header, const void *data, size_t len);

#endif
