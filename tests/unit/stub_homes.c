/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses as a test has set them.
 */
#include "tests/unit/stub_homes.h"

struct stub_homes stub_homes;

void mn_walk_homes(struct mn *mn, mn_home_fn *fn, void *arg)
{
	unsigned int i;

	(void)mn;
	for (i = 0; i < stub_homes.n_homes; i++)
		fn(arg, &stub_homes.homes[i]);
}

void mn_walk_met(struct mn *mn, struct mtime now, mn_met_fn *fn, void *arg)
{
	unsigned int i;

	(void)mn;
	(void)now;
	for (i = 0; i < stub_homes.n_met; i++)
		fn(arg, &stub_homes.met[i]);
}

unsigned int mn_homes_formed(const struct mn *mn)
{
	(void)mn;
	return stub_homes.n_homes;
}

unsigned int mn_homes_max(const struct mn *mn)
{
	(void)mn;
	return 4;
}

int mn_home_add(struct mn *mn, const struct in6_addr *hoa,
		const struct prefix *prefix, const struct in6_addr *agent,
		struct mtime now, struct in6_addr *ret_hoa)
{
	(void)mn;
	(void)now;
	stub_homes.hoa = *hoa;
	stub_homes.prefix = *prefix;
	stub_homes.agent = *agent;
	if (stub_homes.err)
		return stub_homes.err;
	*ret_hoa = addr_is_any(hoa) ? stub_homes.formed : *hoa;
	return 0;
}

int mn_home_remove(struct mn *mn, const struct in6_addr *hoa, struct mtime now)
{
	(void)mn;
	(void)now;
	stub_homes.hoa = *hoa;
	return stub_homes.err;
}
