/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interface identifiers of home addresses (RFC 7217 section 5).
 *
 * This file decides what a formed address looks like: the hash, and that
 * reserved identifiers (RFC 5453) are left out.
 */
#include "mn_form.h"

#include <string.h>

#include "mip6d/hash.h"

bool mn_form_fits(const struct prefix *p)
{
	return p->len == 64 && addr_is_routable(&p->addr);
}

/* RFC 5453 section 3: the routers' anycast address, Proxy Mobile IPv6's,
 * anycast addresses of RFC 2526. */
static bool is_reserved(const uint8_t iid[8])
{
	static const uint8_t none[8], ether[5] = { 0x02, 0, 0x5e, 0xff, 0xfe };
	static const uint8_t anycast[7] = { 0xfd, 0xff, 0xff, 0xff,
					    0xff, 0xff, 0xff };

	return !memcmp(iid, none, 8) || !memcmp(iid, ether, 5) ||
	       (!memcmp(iid, anycast, 7) && iid[7] & 0x80);
}

struct in6_addr mn_form_address(const struct prefix *p,
				const uint8_t secret[MN_SECRET_LEN],
				uint8_t counter)
{
	struct in6_addr a = p->addr;
	uint8_t text[10], *iid = &a.s6_addr[8];
	unsigned int again = 0, i;
	uint64_t hash;

	memcpy(text, &p->addr, 8);
	text[8] = counter;
	do {
		text[9] = (uint8_t)again++;
		hash = siphash24(secret, text, sizeof(text));
		for (i = 0; i < 8; i++)
			iid[i] = (uint8_t)(hash >> 8 * i);
	} while (is_reserved(iid));
	return a;
}
