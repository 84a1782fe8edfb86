/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check of reverse-tunnelled packets (RFC 6275 section 10.4.5): which
 * (care-of address, home address) pairs the tunnel device accepts.
 */
#ifndef NETLINK_PAIR_H
#define NETLINK_PAIR_H

#include "src/netlink/kernel_priv.h"

struct pair;

/* Attaches to the tunnel device, which accepts nothing from then on. */
int pair_open(struct kernel *k, int ifindex, uint32_t max_pairs,
	      struct pair **ret_pair);
/* The filters vanish with the device. */
struct pair *pair_close(struct pair *p);

/* "bpf" or "flower", for the log. */
const char *pair_method(const struct pair *p);

/* Accepts a pair from now on, or at the latest when txn ends.  An error
 * that is known at once is returned; others are the transaction's. */
int pair_add(struct pair *p, struct nlb_txn *txn, const struct in6_addr *coa,
	     const struct in6_addr *hoa);
/* Likewise no longer; what is not there is no error. */
void pair_del(struct pair *p, const struct in6_addr *coa,
	      const struct in6_addr *hoa);

#endif
