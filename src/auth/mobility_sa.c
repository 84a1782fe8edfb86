/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mobility security associations and timestamps (RFC 4285 sections 5.1, 6).
 *
 * This file decides whose key a home address has, and how timestamps compare.
 * Reading keys is left to conf_keys.c, what a timestamp means to the roles.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/auth.h"
#include "mip6d/random.h"
#include "mip6d/wall.h"

#define NTP_OF_1970 UINT64_C(2208988800) /* seconds (RFC 5905 figure 4) */

struct auth_keys *auth_keys_free(struct auth_keys *keys)
{
	unsigned int i;

	if (!keys)
		return NULL;
	for (i = 0; i < keys->n_sas; i++) {
		free(keys->sas[i].homes);
		explicit_bzero(&keys->sas[i], sizeof(keys->sas[i]));
	}
	free(keys->sas);
	free(keys);
	return NULL;
}

bool auth_sa_covers(const struct auth_sa *sa, const struct in6_addr *hoa)
{
	unsigned int i;

	for (i = 0; i < sa->n_homes; i++)
		if (prefix_contains(&sa->homes[i], hoa))
			return true;
	return false;
}

const struct auth_sa *auth_keys_of_home(const struct auth_keys *keys,
					const struct in6_addr *hoa)
{
	unsigned int i;

	for (i = 0; keys && i < keys->n_sas; i++)
		if (auth_sa_covers(&keys->sas[i], hoa))
			return &keys->sas[i];
	return NULL;
}

/* ---- timestamps ---- */

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
