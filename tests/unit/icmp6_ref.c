/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The second opinion on neighbour discovery (icmp6_ref.h).
 */
#include "tests/unit/icmp6_ref.h"

#include <string.h>

#include "tests/unit/mh_ref.h"

/* Whether the options from `at` on fill the message, and whether one of
 * them is of the type `wanted`. */
static bool options_valid(const uint8_t *data, size_t len, size_t at,
			  uint8_t wanted, bool *found)
{
	for (*found = false; at < len; at += data[at + 1] * 8u) {
		if (at + 1 >= len || data[at + 1] == 0 ||
		    at + data[at + 1] * 8u > len)
			return false;
		*found |= data[at] == wanted;
	}
	return true;
}

static bool is_solicited_group(const struct in6_addr *a)
{
	static const uint8_t start[13] = { 0xff, 2, 0, 0, 0, 0,   0,
					   0,    0, 0, 0, 1, 0xff };

	return !memcmp(a, start, sizeof(start));
}

bool ref_nd_valid(const uint8_t *data, size_t len, const struct in6_addr *src,
		  const struct in6_addr *dst, uint8_t hop_limit, bool check_sum)
{
	static const struct in6_addr any;
	bool ra, has_source;

	if (len < 1 || data[0] < 134 || data[0] > 136)
		return false;
	ra = data[0] == 134;
	if (hop_limit != 255 || len < (ra ? 16 : 24) || data[1] != 0)
		return false;
	if (check_sum && ref_checksum(src, dst, 58, data, len) != 0)
		return false;
	if (src->s6_addr[0] == 0xff)
		return false;
	if (!options_valid(data, len, ra ? 16 : 24, 1, &has_source))
		return false;
	if (ra)
		return src->s6_addr[0] == 0xfe && src->s6_addr[1] >= 0x80 &&
		       src->s6_addr[1] <= 0xbf;
	if (data[8] == 0xff)
		return false;
	if (data[0] == 136)
		return !(data[4] & 0x40) || dst->s6_addr[0] != 0xff;
	return memcmp(src, &any, sizeof(any)) ||
	       (is_solicited_group(dst) && !has_source);
}
