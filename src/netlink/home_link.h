/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a home link has in the kernel, by number and name: leftover.c finds it
 * again after a run that was killed.
 */
#ifndef NETLINK_HOME_LINK_H
#define NETLINK_HOME_LINK_H

#include "src/netlink/kernel_priv.h"

#define NS_MARK        0x4d495036u /* "MIP6" */
#define NS_TABLE       13500
#define NS_RULE_PREF   135
#define NS_FILTER_PREF 135
#define NS_FILTER_NAME "mip6d_ns"

/* Removes the clsact of an interface if no filter is left on it. */
void home_link_clear_clsact(struct kernel *k, int ifindex);

#endif
