/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the home agent can tell about discovery: its home agents lists, the
 * router advertisements of its home links, and what a change of a home prefix
 * would do (RFC 6275 sections 7, 10.5, 10.6).  For ctl, as plain values.
 */
#ifndef MIP6D_DISCOVERY_H
#define MIP6D_DISCOVERY_H

#include "mip6d/conf.h"
#include "mip6d/icmp6.h"
#include "mip6d/lifetime.h"

struct ha;

/* One entry of a home agents list. */
struct ha_agent_info {
	const char *ifname; /* "": a virtual home link */
	bool is_ours;
	struct in6_addr ll; /* :: when unknown */
	uint16_t preference;
	struct mtime expires; /* MTIME_NEVER: ours */
	unsigned int n_addrs;
	const struct in6_addr *addrs;
};

typedef void ha_agent_fn(void *arg, const struct ha_agent_info *info);
void ha_walk_agents(struct ha *ha, struct mtime now, ha_agent_fn *fn,
		    void *arg);

/* Something that a router advertisement lacks, and the line that would mend
 * it in the configuration of each of the usual programs; "": that program
 * cannot. */
enum ha_ra_weight {
	HA_RA_MUST, /* discovery or returning home does not work */
	HA_RA_SHOULD,
	HA_RA_HINT,
};

struct ha_ra_finding {
	enum ha_ra_weight weight;
	char text[160];
	char radvd[128];
	char networkd[128];
	char frr[128];
};

#define HA_RA_FINDINGS 24

struct ha_ra_info {
	const char *ifname;
	enum conf_ra mode;
	bool ready;
	struct mtime last;         /* own: sent, watch: heard; 0: never */
	struct mtime next;         /* own; MTIME_NEVER: only when solicited */
	const struct icmp6_ra *ra; /* watch: what was heard; else NULL */
	unsigned int n_findings;   /* watch */
	const struct ha_ra_finding *findings;
};

typedef void ha_ra_fn(void *arg, const struct ha_ra_info *info);
/* Each home link that is on a wire. */
void ha_walk_ra(struct ha *ha, ha_ra_fn *fn, void *arg);

/* A change of a prefix that is thought of. */
struct ha_renumber {
	struct prefix prefix;
	bool has_valid, has_preferred; /* else as it is */
	uint32_t valid_s, preferred_s;
	const char *ifname; /* of a prefix that is new; NULL: the only one */
};

struct ha_renumber_info {
	bool is_new;
	const char *ifname; /* "": virtual */
	struct lifetime_prefix before, after;
	unsigned int told;        /* mobile nodes that would hear of it */
	unsigned int n_shortened; /* bindings that would be cut */
	unsigned int n_ended;     /* at once */
	uint32_t first_s, last_s; /* from when on, and by when, each is told,
				   * repetitions included */
	bool in_time;             /* before the prefix is invalid */
};

/* What it would do to one binding in force on that link. */
struct ha_renumber_binding {
	struct in6_addr hoa, coa;
	bool uses_prefix;
	uint32_t left_s, left_after_s;
	uint8_t status; /* of its next acknowledgement */
};

typedef void ha_renumber_fn(void *arg, const struct ha_renumber_binding *b);
/* Changes nothing.  -ENOENT: no home link has ifname; -EINVAL: a new prefix,
 * and several links; -ERANGE: preferred longer than valid. */
int ha_renumber(struct ha *ha, const struct ha_renumber *change,
		struct mtime now, ha_renumber_fn *fn, void *arg,
		struct ha_renumber_info *ret_info);

#endif
