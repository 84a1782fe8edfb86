/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Token buckets.
 *
 * This file decides what a bucket holds at which time.  How large it is, and
 * what is done without a token, is left to whoever takes from it.
 */
#include "mip6d/bucket.h"

#include <assert.h>

#define TOKEN_US 1000000

bool bucket_take(struct bucket *b, uint32_t burst, uint32_t per_s,
		 struct mtime now)
{
	int64_t passed = mtime_diff_us(now, b->last);

	assert(per_s);
	/* Time that runs backwards has another origin (a new simulation):
	 * what was used before it does not count. */
	if (passed < 0 || passed > b->used_us / per_s)
		b->used_us = 0;
	else
		b->used_us -= passed * per_s;
	b->last = now;
	if (b->used_us + TOKEN_US > (int64_t)burst * TOKEN_US)
		return false;
	b->used_us += TOKEN_US;
	return true;
}
