/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lifetimes of bindings (RFC 6275 sections 6.1.7, 6.2.4, 10.3.1): on the wire
 * units of 4 s in 16 bits, inside monotonic time.  Pure.
 */
#ifndef MIP6D_LIFETIME_H
#define MIP6D_LIFETIME_H

#include <stdint.h>

#include "mip6d/time.h"

#define LIFETIME_UNIT_S 4

/* What is left of a prefix: now, in seconds; UINT32_MAX: infinite. */
struct lifetime_prefix {
	uint32_t valid_s;
	uint32_t preferred_s;
};

/* A lifetime to be answered with. */
struct lifetime_grant {
	uint16_t lifetime_4s; /* 0: nothing can be granted */
	uint8_t status;       /* BA_ACCEPTED, BA_ACCEPTED_PREFIX_DISCOVERY */
};

/* Whole units in so many seconds, never more than the real value; what does
 * not fit (UINT32_MAX too) becomes 0xffff. */
uint16_t lifetime_units(uint32_t seconds);

/* The lifetime granted to a home registration that asks for asked_4s (not
 * 0): the least of what is asked, max_s and the valid lifetime of the home
 * prefix.  0xffff has no special meaning in RFC 6275: it is the longest
 * lifetime that can be asked for, and is capped like any other.  A max_s of
 * less than one unit counts as one.  lifetime_4s is 0 only when the prefix
 * has less than one unit left.  The status is
 * BA_ACCEPTED_PREFIX_DISCOVERY when the prefix is deprecated, or will be
 * during that lifetime, or becomes invalid at its end (section 10.3.1). */
struct lifetime_grant lifetime_grant(uint16_t asked_4s, uint32_t max_s,
				     const struct lifetime_prefix *prefix);

/* The Refresh Interval that advises advice_s seconds for a binding of
 * lifetime_4s, or 0 for no Binding Refresh Advice option: it has to be less
 * than the lifetime (section 6.2.4), and at least one unit. */
uint16_t lifetime_refresh_advice(uint32_t advice_s, uint16_t lifetime_4s);

/* The end of a lifetime that begins now. */
struct mtime lifetime_end(struct mtime now, uint16_t lifetime_4s);

/* Whole units that are left until `expires`. */
uint16_t lifetime_left(struct mtime expires, struct mtime now);

#endif
