/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random octets: a link-time seam.  core/random.c takes getrandom(2); the
 * simulator links a seeded generator.
 */
#ifndef MIP6D_RANDOM_H
#define MIP6D_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills buf with n random octets; cannot fail (aborts where the kernel has
 * no entropy source at all). */
void random_bytes(void *buf, size_t n);

/* Uniform in [0, bound); bound > 0. */
uint32_t random_below(uint32_t bound);

#endif
