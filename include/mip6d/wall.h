/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time of day, which steps when somebody sets the clock.  Only what is
 * said in terms of it may ask: hours in a policy, timestamps on the wire.
 * Everything else goes by mip6d/time.h.  A link-time seam: core/wall.c reads
 * the clock, tests link another file.
 */
#ifndef MIP6D_WALL_H
#define MIP6D_WALL_H

#include <stdint.h>

/* Microseconds since 1970-01-01 00:00 UTC. */
struct wall {
	int64_t us;
};

/* The same as people of this time zone say it. */
struct wall_day {
	unsigned int weekday; /* 0: Monday */
	uint32_t second;      /* of the day */
};

struct wall wall_now(void);
struct wall_day wall_today(void);

#endif
