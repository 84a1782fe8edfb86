/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fake_kernel.c (requests), fake_binding.c, fake_ro.c (route
 * optimisation) and fake_world.c (links, addresses) share.
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

/* A call is recorded and takes effect by its completion; or it is recorded
 * and takes effect at once.  0, or what was ordered as its answer. */
int fake_request_queue(struct kernel *k, struct fake_request *r,
		       const struct kernel_key *key);
int fake_request_now(struct kernel *k, struct fake_request *r);
/* What waits of one role is not carried out any more. */
void fake_request_cancel(struct kernel *k, enum kernel_user user);

/* The completion of a request for a pair; drops the ends of one kind. */
void fake_ro_apply(struct kernel *k, const struct fake_request *r);
void fake_ro_answer(struct kernel *k, const struct fake_request *r, int err,
		    struct kernel_usage *ret_usage);
void fake_ro_drop(struct kernel *k, enum kernel_ro_end end);
void fake_rules_take(struct kernel *k, const struct kernel_rule *rules,
		     unsigned int n_rules);

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

/* Keeps a message that was sent, or hands it to on_send (fake_transport.c). */
int fake_msg_deliver(struct transport *t, const struct fake_msg *msg);

#endif
