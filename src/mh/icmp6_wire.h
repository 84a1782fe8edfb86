/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What reading and writing ICMPv6 share.  Private to src/mh.
 */
#ifndef MIP6D_ICMP6_WIRE_H
#define MIP6D_ICMP6_WIRE_H

#include "mip6d/buf.h"
#include "mip6d/icmp6.h"

#define ICMP6_HEADER_LEN      4 /* type, code, checksum */
#define ICMP6_CHECKSUM_OFFSET 2

/* Neighbour discovery options (RFC 4861 section 4.6, RFC 6275 section 7);
 * their length counts units of 8 octets, type and length included. */
#define ND_OPT_SOURCE_LLADDR 1
#define ND_OPT_TARGET_LLADDR 2
#define ND_OPT_PREFIX        3
#define ND_OPT_INTERVAL      7
#define ND_OPT_HA_INFO       8

#define RA_FLAG_M            0x80
#define RA_FLAG_O            0x40
#define RA_FLAG_H            0x20 /* RFC 6275 section 7.1 */
#define PREFIX_FLAG_L        0x80
#define PREFIX_FLAG_A        0x40
#define PREFIX_FLAG_R        0x20 /* RFC 6275 section 7.2 */
#define PREFIX_UNITS         4

#define MPA_FLAG_M           0x8000 /* RFC 6275 section 6.8 */
#define MPA_FLAG_O           0x4000

#define NA_FLAG_R            0x80000000
#define NA_FLAG_S            0x40000000
#define NA_FLAG_O            0x20000000

/* One option's content, and the length octet that it came with. */
typedef void option_fn(struct rbuf *b, uint8_t type, uint8_t units, void *arg);

/* Hands each option to fn with a buffer that ends where the option ends.
 * False when one is empty or runs past the end (RFC 4861 section 4.6). */
bool icmp6_walk_options(struct rbuf *b, option_fn *fn, void *arg);

/* Adds a Prefix Information option's content to an array of
 * RA_MAX_PREFIXES, if it is one to be used and there is room. */
void icmp6_read_prefix(struct rbuf *b, struct ra_prefix *prefixes,
		       unsigned int *n_prefixes);
/* The whole option. */
void icmp6_put_prefix(struct wbuf *b, const struct ra_prefix *p);

/* Type, code 0 and a checksum of 0. */
void icmp6_begin(struct wbuf *b, enum icmp6_type type, uint8_t *buf,
		 size_t size);

/* Reads the body of a message of RFC 6275 sections 6.5 to 6.8, from behind
 * the checksum on (icmp6_mobile.c).  False: malformed. */
bool icmp6_parse_mobile(struct rbuf *b, struct icmp6_msg *msg);

/* Reads an error's body, from behind the checksum on (icmp6_error.c). */
enum icmp6_verdict icmp6_parse_error(struct rbuf *b,
				     struct icmp6_error *ret_error);

#endif
