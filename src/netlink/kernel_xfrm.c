/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which XFRM states and policies exist (RFC 6275 sections 6.3, 6.4, 9.3 and
 * 11.3): one wildcard state and policy that let a first Binding Update, or an
 * acknowledgement with a routing header, in; and, at a mobile node, a state
 * and a policy for each home address that put the Home Address option into
 * its Binding Updates.
 *
 * A home agent has no state or policy per mobile node: each policy costs a
 * walk over all routes.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/xfrm.h>
#include <string.h>

#include "mip6d/log.h"
#include "mip6d/xfrm.h"
#include "src/netlink/kernel_priv.h"

/* Lower comes first.  An IPsec daemon's policies are of type main. */
#define PRIORITY_OUT 6
#define PRIORITY_IN  8

static struct xfrm_mh_policy policy_in(bool hao, bool rh2)
{
	return (struct xfrm_mh_policy){
		.dir = XFRM_DIR_IN,
		.priority = PRIORITY_IN,
		.hao = hao,
		.rh2 = rh2,
	};
}

static struct xfrm_mh_policy policy_out(const struct in6_addr *hoa,
					const struct in6_addr *ha)
{
	return (struct xfrm_mh_policy){
		.dir = XFRM_DIR_OUT,
		.src = *hoa,
		.dst = *ha,
		.src_len = 128,
		.dst_len = 128,
		.priority = PRIORITY_OUT,
		.hao = true,
	};
}

static int wild_state(struct kernel *k, enum xfrm_ro kind, bool on)
{
	struct xfrm_ro_state s = { .kind = kind, .wildrecv = true };
	int err;

	if (on)
		xfrm_encode_state_add(nlb_begin(k->nl, NLB_XFRM), &s);
	else
		xfrm_encode_state_del(nlb_begin(k->nl, NLB_XFRM), &s);
	err = nlb_call(k->nl);
	return err == (on ? -EEXIST : -ESRCH) ? 0 : err;
}

static int wild_policy(struct kernel *k, bool hao, bool rh2)
{
	struct xfrm_mh_policy p = policy_in(hao, rh2);
	int err;

	if (hao || rh2)
		xfrm_encode_policy_set(nlb_begin(k->nl, NLB_XFRM), &p);
	else
		xfrm_encode_policy_del(nlb_begin(k->nl, NLB_XFRM), &p);
	err = nlb_call(k->nl);
	return !hao && !rh2 && err == -ENOENT ? 0 : err;
}

/* States come before the policy that refers to them, and go after it. */
int kernel_xfrm_wild_set(struct kernel *k, bool hao, bool rh2)
{
	int err = 0;

	if (hao && !k->wild_hao)
		err = wild_state(k, XFRM_RO_HAO, true);
	if (!err && rh2 && !k->wild_rh2)
		err = wild_state(k, XFRM_RO_RH2, true);
	if (!err)
		err = wild_policy(k, hao, rh2);
	if (err)
		return err;
	if (!hao && k->wild_hao)
		err = wild_state(k, XFRM_RO_HAO, false);
	if (!rh2 && k->wild_rh2)
		err = wild_state(k, XFRM_RO_RH2, false);
	k->wild_hao = hao;
	k->wild_rh2 = rh2;
	return err;
}

/* Added and updated: the state may be there with another care-of address, of
 * before the handover or left by a request that failed half way. */
void kernel_xfrm_hao_set(struct kernel *k, struct nlb_txn *txn,
			 const struct in6_addr *hoa, const struct in6_addr *ha,
			 const struct in6_addr *coa)
{
	struct xfrm_ro_state s = {
		.kind = XFRM_RO_HAO,
		.src = *hoa,
		.dst = *ha,
		.coa = *coa,
	};
	struct xfrm_mh_policy p = policy_out(hoa, ha);

	xfrm_encode_state_add(nlb_begin(k->nl, NLB_XFRM), &s);
	nlb_commit(k->nl, txn, EEXIST);
	xfrm_encode_state_update(nlb_begin(k->nl, NLB_XFRM), &s);
	nlb_commit(k->nl, txn, 0);
	xfrm_encode_policy_set(nlb_begin(k->nl, NLB_XFRM), &p);
	nlb_commit(k->nl, txn, 0);
}

void kernel_xfrm_hao_del(struct kernel *k, struct nlb_txn *txn,
			 const struct in6_addr *hoa, const struct in6_addr *ha)
{
	struct xfrm_ro_state s = {
		.kind = XFRM_RO_HAO,
		.src = *hoa,
		.dst = *ha,
	};
	struct xfrm_mh_policy p = policy_out(hoa, ha);

	xfrm_encode_policy_del(nlb_begin(k->nl, NLB_XFRM), &p);
	nlb_commit_del(k->nl, txn);
	xfrm_encode_state_del(nlb_begin(k->nl, NLB_XFRM), &s);
	nlb_commit_del(k->nl, txn);
}

/* ---- what an earlier run left ---- */

static struct in6_addr from_xaddr(const xfrm_address_t *x)
{
	struct in6_addr a;

	memcpy(&a, x->a6, sizeof(a));
	return a;
}

static bool is_ours(uint8_t proto, uint32_t reqid)
{
	return reqid == XFRM_REQID &&
	       (proto == IPPROTO_DSTOPTS || proto == IPPROTO_ROUTING);
}

static void clean_state(void *arg, const struct nlmsghdr *nlh)
{
	const struct xfrm_usersa_info *sa = mnl_nlmsg_get_payload(nlh);
	struct kernel *k = arg;
	struct xfrm_ro_state s;

	if (nlh->nlmsg_type != XFRM_MSG_NEWSA ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*sa) ||
	    !is_ours(sa->id.proto, sa->reqid))
		return;
	s = (struct xfrm_ro_state){
		.kind = sa->id.proto == IPPROTO_DSTOPTS ? XFRM_RO_HAO
							: XFRM_RO_RH2,
		.src = from_xaddr(&sa->saddr),
		.dst = from_xaddr(&sa->id.daddr),
	};
	xfrm_encode_state_del(nlb_begin(k->nl, NLB_XFRM), &s);
	nlb_commit_del(k->nl, NULL);
}

static bool has_our_template(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	struct xfrm_user_tmpl tmpl;

	mnl_attr_for_each(attr, nlh, sizeof(struct xfrm_userpolicy_info)) {
		if (mnl_attr_get_type(attr) != XFRMA_TMPL ||
		    mnl_attr_get_payload_len(attr) < sizeof(tmpl))
			continue;
		memcpy(&tmpl, mnl_attr_get_payload(attr), sizeof(tmpl));
		return is_ours(tmpl.id.proto, tmpl.reqid);
	}
	return false;
}

static void clean_policy(void *arg, const struct nlmsghdr *nlh)
{
	const struct xfrm_userpolicy_info *pi = mnl_nlmsg_get_payload(nlh);
	struct xfrm_mh_policy p;
	struct kernel *k = arg;

	if (nlh->nlmsg_type != XFRM_MSG_NEWPOLICY ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*pi) ||
	    !has_our_template(nlh))
		return;
	p = (struct xfrm_mh_policy){
		.dir = pi->dir == XFRM_POLICY_IN ? XFRM_DIR_IN : XFRM_DIR_OUT,
		.src = from_xaddr(&pi->sel.saddr),
		.dst = from_xaddr(&pi->sel.daddr),
		.src_len = pi->sel.prefixlen_s,
		.dst_len = pi->sel.prefixlen_d,
	};
	xfrm_encode_policy_del(nlb_begin(k->nl, NLB_XFRM), &p);
	nlb_commit_del(k->nl, NULL);
}

void kernel_xfrm_clean(struct kernel *k)
{
	struct xfrm_userpolicy_id no_policy = { 0 };
	struct xfrm_usersa_id no_state = { 0 };
	int err;

	if (k->xfrm_cleaned)
		return;
	k->xfrm_cleaned = true;
	nlenc_begin(nlb_begin(k->nl, NLB_XFRM), XFRM_MSG_GETPOLICY, 0,
		    &no_policy, sizeof(no_policy));
	err = nlb_dump(k->nl, clean_policy, k);
	nlenc_begin(nlb_begin(k->nl, NLB_XFRM), XFRM_MSG_GETSA, 0, &no_state,
		    sizeof(no_state));
	if (!err)
		err = nlb_dump(k->nl, clean_state, k);
	nlb_flush(k->nl);
	if (err)
		log_debug("kernel: cannot list XFRM: %s", strerror(-err));
}
