/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second opinion on neighbour discovery messages: the validity rules of
 * RFC 4861 sections 6.1.1, 6.1.2, 7.1.1 and 7.1.2 as one function of octets.  For
 * unit tests and fuzz targets.
 */
#ifndef TESTS_UNIT_ICMP6_REF_H
#define TESTS_UNIT_ICMP6_REF_H

#include "mip6d/icmp6.h"

/* Whether an RS, RA, NS or NA is valid; the checksum is looked at when
 * check_sum is set. */
bool ref_nd_valid(const uint8_t *data, size_t len, const struct in6_addr *src,
		  const struct in6_addr *dst, uint8_t hop_limit,
		  bool check_sum);

/* Whether a message of RFC 6275 sections 6.5 to 6.8 is well formed. */
bool ref_mobile_valid(const uint8_t *data, size_t len,
		      const struct in6_addr *src, const struct in6_addr *dst,
		      bool check_sum);

#endif
