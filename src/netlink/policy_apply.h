/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of policies and the kernel.
 */
#ifndef NETLINK_POLICY_APPLY_H
#define NETLINK_POLICY_APPLY_H

#include "src/netlink/nlb.h"
#include "src/netlink/ro_policy.h"

/* Queues the difference between what is there and what is wanted; *have
 * becomes *want, which becomes empty.  With unsure an earlier request may
 * have failed half way: all that is wanted is sent.  -ENOMEM when *want is
 * not complete; nothing changes then. */
int policy_apply(struct nlb *nl, struct nlb_txn *txn, struct policy_list *have,
		 struct policy_list *want, bool unsure);

#endif
