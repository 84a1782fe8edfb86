/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timestamps of replay protection (RFC 4285 section 6).
 *
 * This file decides how they are made and compared; what one means is left to
 * the roles.
 */
#include "mip6d/auth.h"
#include "mip6d/random.h"
#include "mip6d/wall.h"

#define NTP_OF_1970 UINT64_C(2208988800) /* seconds (RFC 5905 figure 4) */

uint64_t auth_ntp_now(void)
{
	int64_t us = wall_now().us;
	uint64_t fraction = (((uint64_t)(us % 1000000)) << 32) / 1000000;
	uint8_t low;

	/* A microsecond has 4295 of them (section 6). */
	random_bytes(&low, sizeof(low));
	return ((uint64_t)(us / 1000000) + NTP_OF_1970) << 32 |
	       (fraction + low);
}

bool auth_ntp_newer(uint64_t a, uint64_t b)
{
	return (int64_t)(a - b) > 0;
}

bool auth_ntp_close(uint64_t a, uint64_t b, uint32_t window_s)
{
	uint64_t apart = auth_ntp_newer(a, b) ? a - b : b - a;

	return apart <= (uint64_t)window_s << 32;
}
