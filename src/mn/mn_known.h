/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home agents that were met on links, ranked: pure.
 *
 * An agent is known with the home prefix that it serves.  Its rank is a sum of
 * points, so that one number tells a user why one comes before another:
 *
 *   success     +2 for each registration since the last failure, at most 8;
 *               -4 for each failure in a row, at most -12
 *   count       how often it was met (a link came up, and it was heard there):
 *               1 point for two times, 2 for four, 3 for eight, 4 for sixteen
 *   recency     4 on a link of ours now, 3 within an hour, 2 within a day, 1
 *               within a week
 *   round trip  of registrations: 4 up to 20 ms, 3 up to 50, 2 up to 150, 1
 *               up to 500
 *
 * Among equals the preference that the agent advertises decides, then who was
 * met last, then the lower address.
 */
#ifndef MN_KNOWN_H
#define MN_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/time.h"

#define MN_KNOWN_MAX 32

struct mn_known_agent {
	struct in6_addr agent;
	struct prefix prefix;
	uint32_t count;
	struct mtime met; /* heard last; before 0: in an earlier run */
	uint32_t rtt_ms;  /* smoothed; 0: not known */
	uint32_t ok;      /* registrations since the last failure */
	uint32_t failed;  /* in a row */
	uint16_t preference;
	/* Of this run: where it is heard at present. */
	int ifindex; /* 0: nowhere */
	uint32_t epoch;
	struct mtime until;
	bool here; /* as of the last look */
	bool told; /* proposed in the log */
};

struct mn_known {
	unsigned int n;
	struct mn_known_agent a[MN_KNOWN_MAX];
};

struct mn_known_agent *mn_known_find(struct mn_known *k,
				     const struct in6_addr *agent,
				     const struct prefix *prefix);
/* The same, added when it is new; the least of those that are neither here nor
 * keep(arg, it) makes room.  NULL: there is none. */
typedef bool mn_known_keep_fn(const void *arg, const struct mn_known_agent *a);
struct mn_known_agent *mn_known_add(struct mn_known *k,
				    const struct in6_addr *agent,
				    const struct prefix *prefix,
				    mn_known_keep_fn *keep, const void *arg,
				    struct mtime now);

int mn_known_points(const struct mn_known_agent *a, struct mtime now);
/* Whether a comes before b. */
bool mn_known_is_better(const struct mn_known_agent *a,
			const struct mn_known_agent *b, struct mtime now);
/* The best of a prefix, here or not; NULL: none. */
const struct mn_known_agent *mn_known_best_of(const struct mn_known *k,
					      const struct prefix *prefix,
					      struct mtime now);

/* It registered us; rtt_ms 0: not measured. */
void mn_known_success(struct mn_known_agent *a, uint32_t rtt_ms);
/* It refused, or was silent. */
void mn_known_failure(struct mn_known_agent *a);

#endif
