/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brings the kernel's policies from one list to another
 * (src/netlink/policy_apply.h).
 *
 * This file decides that only differences are sent, since each policy that is
 * added costs a walk over all routes, and that what is new comes before what
 * is old goes.
 */
#include "src/netlink/policy_apply.h"

#include <errno.h>

static bool has_equal(const struct policy_list *list,
		      const struct xfrm_policy *p)
{
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (xfrm_policy_eq(&list->v[i], p))
			return true;
	return false;
}

static bool has_selector(const struct policy_list *list,
			 const struct xfrm_policy *p)
{
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (xfrm_policy_same_selector(&list->v[i], p))
			return true;
	return false;
}

int policy_apply(struct nlb *nl, struct nlb_txn *txn, struct policy_list *have,
		 struct policy_list *want, bool unsure)
{
	unsigned int i;

	if (want->bad) {
		policy_list_done(want);
		return -ENOMEM;
	}
	for (i = 0; i < want->n; i++) {
		if (!unsure && has_equal(have, &want->v[i]))
			continue;
		xfrm_encode_policy_set(nlb_begin(nl, NLB_XFRM), &want->v[i]);
		nlb_commit(nl, txn, 0);
	}
	for (i = 0; i < have->n; i++) {
		if (has_selector(want, &have->v[i]))
			continue;
		xfrm_encode_policy_del(nlb_begin(nl, NLB_XFRM), &have->v[i]);
		nlb_commit_del(nl, txn);
	}
	policy_list_done(have);
	*have = *want;
	*want = (struct policy_list){ 0 };
	return 0;
}
