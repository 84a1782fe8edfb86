/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lifetimes of bindings.
 *
 * This file decides how long a home registration may last and which of the
 * two statuses of success it gets (RFC 6275 section 10.3.1), and how the
 * 16 bit units of 4 s are rounded (section 6.1.7).  When a lifetime begins
 * and what happens at its end is left to the roles.
 */
#include "mip6d/lifetime.h"

#include "mip6d/mh.h"

uint16_t lifetime_units(uint32_t seconds)
{
	uint32_t units = seconds / LIFETIME_UNIT_S;

	return units > MH_LIFETIME_INFINITE ? MH_LIFETIME_INFINITE
					    : (uint16_t)units;
}

static uint16_t least(uint16_t a, uint16_t b)
{
	return a < b ? a : b;
}

struct lifetime_grant lifetime_grant(uint16_t asked_4s, uint32_t max_s,
				     const struct lifetime_prefix *prefix)
{
	uint16_t max = lifetime_units(max_s);
	/* 32 bits: a prefix that outlives every binding must not look as if
	 * it ended together with the longest one. */
	uint32_t valid = prefix->valid_s / LIFETIME_UNIT_S;
	uint32_t preferred = prefix->preferred_s / LIFETIME_UNIT_S;
	struct lifetime_grant g;

	g.lifetime_4s = least(asked_4s, max ? max : 1);
	if (valid < g.lifetime_4s)
		g.lifetime_4s = (uint16_t)valid;
	g.status = preferred < g.lifetime_4s || valid == g.lifetime_4s
			   ? BA_ACCEPTED_PREFIX_DISCOVERY
			   : BA_ACCEPTED;
	return g;
}

uint16_t lifetime_refresh_advice(uint32_t advice_s, uint16_t lifetime_4s)
{
	uint16_t advice = lifetime_units(advice_s);

	return advice < lifetime_4s ? advice : 0;
}

struct mtime lifetime_end(struct mtime now, uint16_t lifetime_4s)
{
	return mtime_add_s(now, (int64_t)lifetime_4s * LIFETIME_UNIT_S);
}

uint16_t lifetime_left(struct mtime expires, struct mtime now)
{
	return lifetime_units(mtime_left_s(expires, now));
}
