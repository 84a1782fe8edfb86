/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The choice of a care-of address: a pure function from candidates to one of
 * them, with the reason in words.
 */
#ifndef MN_COA_H
#define MN_COA_H

#include <stdbool.h>

#include "mip6d/role.h"

#define MN_REASON_MAX 160

/* An address of a watched interface. */
struct mn_candidate {
	struct in6_addr addr;
	int ifindex;
	const char *ifname;
	int preference; /* of the interface */
	enum mn_addr_state state;
	bool optimistic; /* receives although DAD runs */
	bool temporary;
	bool down;    /* the interface has no carrier */
	bool suspect; /* no router has confirmed the wire since the carrier
		       * came back */
	struct in6_addr router; /* its default router; :: when none */
};

struct mn_coa_ask {
	const struct prefix *home_prefix;
	bool ula_ok; /* the home agent's own address is unique-local */
	struct in6_addr current; /* :: when there is none */
	int current_ifindex;
};

struct mn_coa_choice {
	const struct mn_candidate *coa; /* NULL: none can be used */
	bool hold; /* nothing may be sent (yet): the current one is not
		    * known to work and there is no other */
	char reason[MN_REASON_MAX];
};

/* Chooses for one home address. */
void mn_coa_choose(const struct mn_candidate *c, unsigned int n,
		   const struct mn_coa_ask *ask, struct mn_coa_choice *ret);

/* What speaks against a candidate, in words; NULL: nothing. */
const char *mn_coa_fault(const struct mn_candidate *c,
			 const struct mn_coa_ask *ask);

#endif
