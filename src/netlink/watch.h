/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watching: what the kernel tells about links, addresses, default routes and
 * neighbours.
 */
#ifndef NETLINK_WATCH_H
#define NETLINK_WATCH_H

#include <linux/netlink.h>

#include "mip6d/kernel.h"

struct watch;

/* Subscribes and reads what there is; it is told from a task in a later
 * turn, and after it the changes. */
int watch_open(struct kernel *k, struct watch **ret_watch);
struct watch *watch_close(struct watch *w);

/* Tells all that is known. */
void watch_walk(const struct watch *w, kernel_event_fn *tell, void *arg);
/* Whether some interface has this address. */
bool watch_is_local(const struct watch *w, const struct in6_addr *addr);
/* The address on one interface; -ENOENT. */
int watch_addr_find(const struct watch *w, const struct in6_addr *addr,
		    int ifindex, struct kernel_addr *ret_addr);

/* A message of the kernel as an event: a link, an IPv6 address, a default
 * route of the main table (its next hop number `part`, from 0 on), a
 * neighbour that is no proxy entry.  False: nothing of these, no such part,
 * or malformed.  Pure. */
bool watch_decode(const struct nlmsghdr *nlh, unsigned int part,
		  struct kernel_event *ret_ev);

#endif
