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

#define NA_FLAG_R            0x80000000
#define NA_FLAG_S            0x40000000
#define NA_FLAG_O            0x20000000

/* Reads an error's body, from behind the checksum on (icmp6_error.c). */
enum icmp6_verdict icmp6_parse_error(struct rbuf *b,
				     struct icmp6_error *ret_error);

#endif
