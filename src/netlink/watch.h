/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watching: what the kernel tells about links, addresses, default routes and
 * neighbours.
 */
#ifndef NETLINK_WATCH_H
#define NETLINK_WATCH_H

#include <linux/netlink.h>

#include "mip6d/kernel.h"

struct nl_object;
struct watch;

/* Subscribes and reads what there is; it is told from a task in a later
 * turn, and after it the changes. */
int watch_open(struct kernel *k, struct watch **ret_watch);
struct watch *watch_close(struct watch *w);

/* An address of this node; ifindex 0: on any interface.  0, or -ENOENT.
 * ret_addr may be NULL. */
int watch_addr_find(struct watch *w, const struct in6_addr *addr, int ifindex,
		    struct kernel_addr *ret_addr);

/* An object of libnl as an event; false: nothing that anybody wants to know.
 * Pure.  gone: it was removed.  A route with several next hops has as many
 * parts, counted from 0; everything else has one. */
bool watch_translate(struct nl_object *obj, bool gone, int part,
		     struct kernel_event *ret_ev);

/* Decodes a message of the kernel with libnl: fn is called with the object
 * that it is about, which it must not keep.  False for a message that is of
 * none of the watched types, or malformed.  Pure. */
typedef void watch_object_fn(void *arg, struct nl_object *obj, bool gone);
bool watch_decode(const struct nlmsghdr *nlh, size_t len, watch_object_fn *fn,
		  void *arg);

#endif
