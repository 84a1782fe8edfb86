/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock on the wall.
 *
 * This file decides that hours are those of the machine's time zone as it was
 * when the daemon started.  The simulator links another file.
 */
#include "mip6d/wall.h"

#include <time.h>

struct wall wall_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct wall){ (int64_t)ts.tv_sec * 1000000 +
			      ts.tv_nsec / 1000 };
}

struct wall_day wall_today(void)
{
	time_t t = time(NULL);
	struct tm tm;

	if (!localtime_r(&t, &tm))
		return (struct wall_day){ 0, 0 };
	return (struct wall_day){
		.weekday = (unsigned int)(tm.tm_wday + 6) % 7,
		.second = (uint32_t)(tm.tm_hour * 3600 + tm.tm_min * 60 +
				     tm.tm_sec),
	};
}
