/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A home agent that knows of discovery what a test says (stub_disc.h).
 */
#include "tests/unit/stub_disc.h"

#include <errno.h>
#include <string.h>

struct stub_disc stub_disc;

void ha_walk_agents(struct ha *ha, struct mtime now, ha_agent_fn *fn, void *arg)
{
	unsigned int i;

	(void)ha;
	(void)now;
	for (i = 0; i < stub_disc.n_agents; i++)
		fn(arg, &stub_disc.agents[i]);
}

void ha_walk_ra(struct ha *ha, ha_ra_fn *fn, void *arg)
{
	unsigned int i;

	(void)ha;
	for (i = 0; i < stub_disc.n_ras; i++)
		fn(arg, &stub_disc.ras[i]);
}

int ha_renumber(struct ha *ha, const struct ha_renumber *change,
		struct mtime now, ha_renumber_fn *fn, void *arg,
		struct ha_renumber_info *ret_info)
{
	unsigned int i;

	(void)ha;
	(void)now;
	stub_disc.asked = *change;
	if (stub_disc.err)
		return stub_disc.err;
	for (i = 0; i < stub_disc.n_bindings; i++)
		fn(arg, &stub_disc.bindings[i]);
	*ret_info = stub_disc.info;
	if (!ret_info->ifname)
		ret_info->ifname = "";
	return 0;
}
