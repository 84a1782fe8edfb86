/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fake_kernel.c (requests), fake_binding.c and fake_world.c (links,
 * addresses) share.
 */
#ifndef TESTS_FAKE_PRIV_H
#define TESTS_FAKE_PRIV_H

#include "tests/fake/fake.h"

/* A queued event; a completion carries the request that takes effect when
 * it is delivered. */
struct fake_event {
	struct kernel_event ev;
	struct mtime due;
	uint64_t order;
	bool has_req;
	bool answered; /* has a key: KERNEL_DONE is told */
	int planned_err;
	struct fake_request req;
	struct fake_event *next;
};

/* Appends an event that is due now. */
void fake_queue_event(struct kernel *k, const struct kernel_event *ev);

/* The completion of a binding request. */
void fake_binding_apply_add(struct kernel *k, const struct kernel_binding *b);
void fake_binding_apply_del(struct kernel *k, const struct kernel_binding *b);
void fake_bindings_drop(struct kernel *k);

/* A home address appears on, or goes from, an interface, with its device. */
void fake_world_home_changed(struct kernel *k, const struct kernel_mn_home *was,
			     const struct kernel_mn_home *is);
void fake_world_device(struct kernel *k, int ifindex, const char *name,
		       bool gone);
void fake_world_free(struct kernel *k);

#endif
