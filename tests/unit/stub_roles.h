/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Roles that do nothing but keep a list of what they were told: for tests
 * of what stands above them (daemon, dispatch, ctl).
 */
#ifndef TESTS_UNIT_STUB_ROLES_H
#define TESTS_UNIT_STUB_ROLES_H

#include "mip6d/role.h"

struct stub_roles {
	char calls[512];            /* "ha_new mn_new ha_on_bu(7)": in order */
	int ha_err, cn_err, mn_err; /* what _new returns */
	bool ha_registered, ha_bound_at, cn_registered; /* what they say */
	bool mn_stopped;
	unsigned int ha_max_bindings; /* of the conf they hold */
	uint32_t mn_retry_s, cn_max_lifetime_s;
	bool link_up;
	struct bcache *bc;                   /* of the ha; the test's */
	struct bcache *cn_bc;                /* of the cn; the test's */
	const struct cn_entry_info *cn_info; /* of every entry */
	uint64_t hits;   /* of rule 0; of the others one less each */
	struct bul *bul; /* of the mn; the test's */
	const struct mn_iface_info *ifaces;
	unsigned int n_ifaces;
	const struct mn_addr_info *addrs; /* of every interface */
	unsigned int n_addrs;
	const struct mn_agent_info *agents;
	unsigned int n_agents;
	const struct mn_coa_info *coas;
	unsigned int n_coas;
	const struct mn_ro_info *ros;
	unsigned int n_ros;
};

extern struct stub_roles stub;

void stub_clear(void);

#endif
