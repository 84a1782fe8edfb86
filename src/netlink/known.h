/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of links, addresses and default routes, so that only
 * differences are told, and what vanished unheard is found.  Pure.
 */
#ifndef NETLINK_KNOWN_H
#define NETLINK_KNOWN_H

#include "mip6d/kernel.h"

struct known;

/* NULL when out of memory. */
struct known *known_new(void);
struct known *known_free(struct known *kn);

/* Enters an event (*ev is completed from what is known where the kernel left
 * something out).  False: nothing new in it.  Neighbours are always new. */
bool known_update(struct known *kn, struct kernel_event *ev);

/* For reading everything: known_mark, known_read with all there is, then
 * known_sweep, which tells what is new or changed or was not there.  Nothing
 * is told in between: who hears may use the socket that is being read. */
void known_mark(struct known *kn);
void known_read(struct known *kn, struct kernel_event *ev);
void known_sweep(struct known *kn, kernel_event_fn *tell, void *arg);

/* Tells all: links, then addresses, then default routes. */
void known_walk(const struct known *kn, kernel_event_fn *tell, void *arg);

bool known_is_local(const struct known *kn, const struct in6_addr *addr);
/* 0 or -ENOENT. */
int known_addr(const struct known *kn, const struct in6_addr *addr, int ifindex,
	       struct kernel_addr *ret_addr);

#endif
