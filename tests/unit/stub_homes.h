/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses for the programs whose roles are stubs: they are what a test
 * has set.
 */
#ifndef TESTS_UNIT_STUB_HOMES_H
#define TESTS_UNIT_STUB_HOMES_H

#include "mip6d/homes.h"

struct stub_homes {
	const struct mn_home_info *homes;
	unsigned int n_homes;
	const struct mn_met_info *met;
	unsigned int n_met;
	/* Asked for last, and the answer. */
	struct in6_addr hoa, agent, formed;
	struct prefix prefix;
	int err;
};

extern struct stub_homes stub_homes;

#endif
