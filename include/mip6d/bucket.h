/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Token buckets: how often something may be done that others can cause.
 */
#ifndef MIP6D_BUCKET_H
#define MIP6D_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "mip6d/time.h"

/* Zero-initialised is full.  All fields are private to bucket.c. */
struct bucket {
	struct mtime last;
	int64_t used_us; /* a million for each token */
};

/* True when a token was there and was taken: `burst` of them at once, and
 * per_s (not 0) more each second, parts of tokens included.  Both may differ
 * from call to call. */
bool bucket_take(struct bucket *b, uint32_t burst, uint32_t per_s,
		 struct mtime now);

#endif
