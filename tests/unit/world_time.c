/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time in a world in memory that has one node.
 */
#include "tests/unit/world_time.h"

#define TURNS_MAX 1000 /* far more than anything needs */

void world_time_settle(struct kernel *k, struct tqueue *tq, struct mtime now)
{
	unsigned int turns = 0;

	while (fake_kernel_run(k) + tqueue_run(tq, now))
		if (++turns == TURNS_MAX) {
			fake_fault("the node never settles");
			return;
		}
}

void world_time_run_ms(struct kernel *k, struct tqueue *tq, struct mtime *now,
		       int64_t ms)
{
	struct mtime end = mtime_add_ms(*now, ms), due;

	world_time_settle(k, tq, *now);
	for (;;) {
		due = mtime_min(tqueue_next(tq), fake_kernel_next(k));
		if (mtime_before(end, due))
			break;
		/* What is overdue does not turn the clock back. */
		if (mtime_before(*now, due))
			*now = due;
		world_time_settle(k, tq, *now);
	}
	*now = end;
}
