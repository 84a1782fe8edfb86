/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PORT: what can be seen of the machine around mip6d, for `mip6d-ctl doctor`.
 * src/netlink/look.c implements it; tests answer from memory.  Looking changes
 * nothing, and needs no rights that mip6d has not.
 */
#ifndef MIP6D_LOOK_H
#define MIP6D_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/kernel.h"

/* A number below /proc/sys/net/ipv6, "conf/eth0/forwarding".  0 or -errno. */
int look_sysctl(const char *path, int *ret_value);

struct look_file {
	uint32_t mode; /* permissions only */
	bool readable; /* by this process */
	bool writable;
};

/* 0, or -errno when nothing can be known of it. */
int look_file(const char *path, struct look_file *ret_file);

/* Tells each link, address and default router that is known now. */
void look_watched(struct kernel *k, kernel_event_fn *fn, void *arg);

/* A routing rule. */
struct look_rule {
	bool is_ours;
	uint32_t pref;
	uint32_t table;
	struct prefix src, dst;
	bool is_special; /* selects by more than addresses: not everything */
};

typedef void look_rule_fn(void *arg, const struct look_rule *r);
int look_rules(struct kernel *k, look_rule_fn *fn, void *arg);

/* An XFRM policy of no socket. */
struct look_policy {
	bool is_ours;
	bool is_main; /* of the type of IPsec, not of Mobile IPv6 */
	bool is_block;
	uint32_t priority;
	uint8_t proto; /* 0: any */
	struct prefix src, dst;
};

typedef void look_policy_fn(void *arg, const struct look_policy *p);
int look_policies(struct kernel *k, look_policy_fn *fn, void *arg);

#endif
