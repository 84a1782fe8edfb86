/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limit behind log_limited().
 *
 * This file decides how many lines a peer can make this program write.
 * Writing them is left to log.c.
 */
#include "mip6d/log.h"

#define LINES       10
#define LINES_PER_S 1

bool log_bucket_take(struct log_bucket *b, struct mtime now,
		     unsigned int *ret_suppressed)
{
	if (!bucket_take(&b->lines, LINES, LINES_PER_S, now)) {
		b->suppressed++;
		return false;
	}
	*ret_suppressed = b->suppressed;
	b->suppressed = 0;
	return true;
}
