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
	size_t fixed;

	if (len < 1 || data[0] < 133 || data[0] > 136)
		return false;
	ra = data[0] == 134;
	fixed = data[0] == 133 ? 8 : ra ? 16 : 24;
	if (hop_limit != 255 || len < fixed || data[1] != 0)
		return false;
	if (check_sum && ref_checksum(src, dst, 58, data, len) != 0)
		return false;
	if (src->s6_addr[0] == 0xff)
		return false;
	if (!options_valid(data, len, fixed, 1, &has_source))
		return false;
	if (data[0] == 133)
		return memcmp(src, &any, sizeof(any)) || !has_source;
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

bool ref_mobile_valid(const uint8_t *data, size_t len,
		      const struct in6_addr *src, const struct in6_addr *dst,
		      bool check_sum)
{
	bool found;

	if (len < 8 || data[0] < 144 || data[0] > 147 || data[1] != 0 ||
	    src->s6_addr[0] == 0xff)
		return false;
	if (check_sum && ref_checksum(src, dst, 58, data, len) != 0)
		return false;
	if (data[0] == 145)
		return (len - 8) % 16 == 0;
	return data[0] == 144 || options_valid(data, len, 8, 0, &found);
}
