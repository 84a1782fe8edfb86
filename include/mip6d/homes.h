/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses of the mobile node that come and go while it runs, and the
 * home agents that it met on links.  For ctl, as plain values.
 */
#ifndef MIP6D_HOMES_H
#define MIP6D_HOMES_H

#include <stdbool.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/time.h"

struct mn;

struct mn_home_info {
	struct in6_addr hoa;
	struct prefix prefix;
	const char *origin;       /* "configured", "prefix", "found", "added",
			       * "renumbered" */
	const char *location;     /* "home", "away", "leaving"... */
	struct in6_addr agent;    /* ::: none known yet */
	bool remembered;          /* across restarts */
	struct mtime valid_until; /* of its prefix; MTIME_NEVER */
};

typedef void mn_home_fn(void *arg, const struct mn_home_info *info);
void mn_walk_homes(struct mn *mn, mn_home_fn *fn, void *arg);

/* A home agent that was met on a link, best first. */
struct mn_met_info {
	struct in6_addr agent;
	struct prefix prefix;
	const char *use;    /* "in use", "proposed", "declined", "known" */
	const char *ifname; /* where it is heard now; NULL: nowhere */
	int points;
	uint32_t count;   /* how often it was met */
	struct mtime met; /* last */
	uint32_t rtt_ms;  /* 0: not known */
	uint32_t ok, failed;
	uint16_t preference;
};

typedef void mn_met_fn(void *arg, const struct mn_met_info *info);
void mn_walk_met(struct mn *mn, struct mtime now, mn_met_fn *fn, void *arg);

/* Home addresses beside those of the configuration, and at most so many. */
unsigned int mn_homes_formed(const struct mn *mn);
unsigned int mn_homes_max(const struct mn *mn);

/* Takes hoa into use, or with hoa :: forms one in the prefix; agent ::: the
 * best that is known, or discovered.  0 with *ret_hoa; -EINVAL: no address can
 * be formed in such a prefix; -EEXIST: it is there; -EBUSY: it is just being
 * given up; -EDQUOT: max-formed are; -ENOSPC, -ENOMEM. */
int mn_home_add(struct mn *mn, const struct in6_addr *hoa,
		const struct prefix *prefix, const struct in6_addr *agent,
		struct mtime now, struct in6_addr *ret_hoa);
/* Gives it up; what was found is not formed again by itself.  -ENOENT;
 * -EPERM: it stands in the configuration; -EBUSY: it is going already. */
int mn_home_remove(struct mn *mn, const struct in6_addr *hoa, struct mtime now);

#endif
