/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What XFRM asks and reports: packets for which a rule wants a state, and
 * Home Address options that no binding covers.
 */
#ifndef NETLINK_XFRM_WATCH_H
#define NETLINK_XFRM_WATCH_H

#include <linux/netlink.h>

#include "mip6d/kernel.h"

struct xfrm_watch;

int xfrm_watch_open(struct kernel *k, struct xfrm_watch **ret_watch);
struct xfrm_watch *xfrm_watch_close(struct xfrm_watch *w);

/* The groups that it may hear, as a mask for bind(). */
uint32_t xfrm_watch_groups(void);

/* Whether questions (XFRM_MSG_ACQUIRE) are heard, too; not at first.  As long
 * as nobody hears them the kernel asks none, and keeps no state for each.
 * 0 or -errno. */
int xfrm_watch_acquire(struct xfrm_watch *w, bool on);

/* A message of the kernel as KERNEL_FLOW (an acquire for a template of ours
 * that puts a Home Address option) or KERNEL_REPORT.  False: neither, or
 * malformed.  Pure. */
bool xfrm_decode(const struct nlmsghdr *nlh, struct kernel_event *ret_ev);

#endif
