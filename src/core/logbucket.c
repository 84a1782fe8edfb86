/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The token bucket behind log_limited().
 *
 * This file decides how many lines a peer can make this program write.
 * Writing them is left to log.c.
 */
#include "mip6d/log.h"

#define BUCKET_LINES     10
#define BUCKET_REFILL_US 1000000

bool log_bucket_take(struct log_bucket *b, struct mtime now,
		     unsigned int *ret_suppressed)
{
	int64_t back = mtime_diff_us(now, b->last) / BUCKET_REFILL_US;

	/* Time that runs backwards has another origin (a new simulation):
	 * what was used before it does not count. */
	if (!b->used || mtime_before(now, b->last) || back >= b->used) {
		b->used = 0;
		b->last = now;
	} else {
		b->used -= (unsigned int)back;
		b->last = mtime_add_us(b->last, back * BUCKET_REFILL_US);
	}
	if (b->used == BUCKET_LINES) {
		b->suppressed++;
		return false;
	}
	b->used++;
	*ret_suppressed = b->suppressed;
	b->suppressed = 0;
	return true;
}
