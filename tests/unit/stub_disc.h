/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Discovery for the programs whose roles are stubs: it answers as a test has
 * set it.
 */
#ifndef TESTS_UNIT_STUB_DISC_H
#define TESTS_UNIT_STUB_DISC_H

#include "mip6d/discovery.h"

struct stub_disc {
	const struct ha_agent_info *agents;
	unsigned int n_agents;
	const struct ha_ra_info *ras;
	unsigned int n_ras;
	struct ha_renumber asked; /* last */
	struct ha_renumber_info info;
	const struct ha_renumber_binding *bindings;
	unsigned int n_bindings;
	int err;
};

extern struct stub_disc stub_disc;

#endif
