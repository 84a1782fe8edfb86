/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses come and go while the node runs.
 *
 *   configuration, forming, mip6d-ctl --mn_homes_add--> in use
 *
 *   in use --mn_homes_remove--> PEERS --no correspondent has a binding of it,
 *   or half of the time is over--> AGENT --nor has the home agent, or the
 *   time is over--> KERNEL --it has nothing of it any more--> freed
 *
 * The time is mobile-node.stop-timeout, as when the whole node stops.
 *
 * Each has a place (mn_home.index, the lowest that is free) among
 * CONF_HOMES_MAX, from which the kernel port derives its routing table; it
 * keeps the place until the kernel has nothing of it, so that nothing that is
 * derived from it is ever used twice at a time.  Tunnel devices belong to
 * pairs of agent and care-of address, and there are no more of them than
 * places.  It is freed in its own task only: whoever walks over mn->homes may
 * remove any of them.
 */
#ifndef MN_HOMES_H
#define MN_HOMES_H

#include "mip6d/addr.h"
#include "mip6d/conf.h"
#include "mip6d/time.h"
#include "mip6d/tqueue.h"

struct mn;
struct mn_home;

/* Where a home address comes from. */
enum mn_home_origin {
	MN_HOME_SET, /* it stands in the configuration */
};

enum mn_leave {
	MN_LEAVE_NOT,
	MN_LEAVE_PEERS, /* bindings of correspondents are being deleted */
	MN_LEAVE_AGENT, /* the home agent's is */
	MN_LEAVE_KERNEL,
};

struct mn_home_spec {
	enum mn_home_origin origin;
	struct in6_addr hoa;
	struct prefix prefix;  /* of the home link */
	struct in6_addr agent; /* ::: discovered */
	uint32_t lifetime_s;
};

/* Takes a home address into use.  0; -EEXIST: it is in use already; -EBUSY:
 * it is just being given up; -ENOSPC: no place is free; -ENOMEM. */
int mn_homes_add(struct mn *mn, const struct mn_home_spec *spec,
		 struct mtime now);
/* Gives it up; once. */
void mn_homes_remove(struct mn_home *h, const char *why, struct mtime now);
/* The step that h is at may be over. */
void mn_homes_go_on(struct mn_home *h, struct mtime now);
void mn_homes_leave_task(struct task *task, struct mtime now);

/* Adds what the configuration has and the node has not (yet, or because it
 * was just being given up). */
void mn_homes_complete(struct mn *mn, struct mtime now);
/* The configuration is another. */
void mn_homes_reload(struct mn *mn, struct mtime now);

/* The node stops: what is being given up takes that way, too. */
void mn_homes_stop(struct mn *mn);
/* Forgets all of them at once. */
void mn_homes_free(struct mn *mn);

#endif
