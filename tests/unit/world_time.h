/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time in a world in memory that has one node: what those of the three roles
 * share.
 */
#ifndef TESTS_UNIT_WORLD_TIME_H
#define TESTS_UNIT_WORLD_TIME_H

#include "mip6d/tqueue.h"
#include "tests/fake/fake.h"

/* Lets the kernel answer and due tasks run, without time passing.  When that
 * does not come to an end, it is a fault. */
void world_time_settle(struct kernel *k, struct tqueue *tq, struct mtime now);
/* Lets time pass, in the steps of what is due; *now is the kernel's clock. */
void world_time_run_ms(struct kernel *k, struct tqueue *tq, struct mtime *now,
		       int64_t ms);

#endif
