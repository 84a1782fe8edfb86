/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mobile node in memory (mn_world.h) that was told no home agent.
 */
#ifndef TESTS_UNIT_MN_DISCOVERS_H
#define TESTS_UNIT_MN_DISCOVERS_H

#include "tests/unit/mn_world.h"

#define HA2 "2001:db8:1::2"
#define HA3 "2001:db8:1::3"

void md_open(struct mw *w);
/* Away, and asking. */
void md_open_asking(struct mw *w);

/* What ctl shows: "ADDRESS USE, ADDRESS USE". */
struct md_shown {
	char discovery[16];
	char uses[512];
};

struct md_shown md_shown(struct mw *w);

#endif
