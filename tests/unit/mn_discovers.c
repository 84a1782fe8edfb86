/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mobile node in memory that was told no home agent.
 */
#include "tests/unit/mn_discovers.h"

#include <stdio.h>
#include <string.h>

void md_open(struct mw *w)
{
	mw_init(w);
	w->homes[0].home_agent = addr_any;
	mw_start(w);
}

void md_open_asking(struct mw *w)
{
	md_open(w);
	mw_leave(w);
	UNIT_NEED(w->n_icmp6s == 1);
}

static void see(void *arg, const struct mn_agent_info *info)
{
	struct md_shown *s = arg;
	unsigned int i;

	snprintf(s->discovery, sizeof(s->discovery), "%s", info->discovery);
	for (i = 0; i < info->n; i++)
		snprintf(s->uses + strlen(s->uses),
			 sizeof(s->uses) - strlen(s->uses), "%s%s %s",
			 i ? ", " : "", addr_str(&info->agents[i].addr),
			 info->agents[i].use);
}

struct md_shown md_shown(struct mw *w)
{
	struct md_shown s = { "", "" };

	mn_walk_agents(w->mn, see, &s);
	return s;
}
