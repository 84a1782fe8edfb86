/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which XFRM states and policies exist (RFC 6275 sections 6.3, 6.4, 9.3 and
 * 11.3) whatever the peer: a wildcard state of each kind and one policy that
 * let a first Binding Update, or an acknowledgement with a routing header, in;
 * one policy that keeps Mobility Headers out of the reach of all about data;
 * and, at a mobile node, a state and a policy for each home address that put
 * the Home Address option into its Binding Updates to the agent.
 *
 * Roles share them: what two need is there once, and goes with the last.
 * Pairs of addresses are left to kernel_ro.c, rules to kmn_rules.c.
 *
 * What a home agent has for its bindings is left to kernel_own.c.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/xfrm.h>
#include <string.h>

#include "mip6d/log.h"
#include "mip6d/xfrm.h"
#include "src/netlink/kernel_priv.h"
#include "src/netlink/nldec.h"
#include "src/netlink/xfrm_watch.h"

#define MH_PROTO 135

static struct xfrm_policy policy_in(bool hao, bool rh2)
{
	return (struct xfrm_policy){
		.dir = XFRM_DIR_IN,
		.proto = MH_PROTO,
		.priority = XFRM_PRIO_MH_IN,
		.hao = hao,
		.rh2 = rh2,
		.optional = true,
	};
}

/* But for Binding Updates to the agent they say their headers themselves, by
 * ancillary data. */
static struct xfrm_policy policy_mh_out(void)
{
	return (struct xfrm_policy){
		.dir = XFRM_DIR_OUT,
		.proto = MH_PROTO,
		.user = XFRM_USER_BYPASS,
		.priority = XFRM_PRIO_MH_OUT,
	};
}

/* ---- what roles share ---- */

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

static int put_policy(struct kernel *k, const struct xfrm_policy *p, bool on)
{
	int err;

	if (on)
		xfrm_encode_policy_set(nlb_begin(k->nl, NLB_XFRM), p);
	else
		xfrm_encode_policy_del(nlb_begin(k->nl, NLB_XFRM), p);
	err = nlb_call(k->nl);
	return !on && err == -ENOENT ? 0 : err;
}

static bool needs_hao(unsigned int users)
{
	return users & (1u << KERNEL_USER_HA | 1u << KERNEL_USER_CN);
}

static bool needs_rh2(unsigned int users)
{
	return users & 1u << KERNEL_USER_MN;
}

/* A mobile node's packets ask for states. */
static bool needs_flows(unsigned int users)
{
	return users & 1u << KERNEL_USER_MN;
}

/* States come before the policy that refers to them, and go after it. */
static int set_wild(struct kernel *k, bool hao, bool rh2)
{
	struct xfrm_policy p = policy_in(hao, rh2);
	bool had_hao = needs_hao(k->xfrm_users);
	bool had_rh2 = needs_rh2(k->xfrm_users);
	int err = 0;

	if (hao == had_hao && rh2 == had_rh2)
		return 0;
	if (hao && !had_hao)
		err = wild_state(k, XFRM_RO_HAO, true);
	if (!err && rh2 && !had_rh2)
		err = wild_state(k, XFRM_RO_RH2, true);
	if (!err)
		err = put_policy(k, &p, hao || rh2);
	if (err)
		return err;
	if (!hao && had_hao)
		err = wild_state(k, XFRM_RO_HAO, false);
	if (!rh2 && had_rh2)
		err = wild_state(k, XFRM_RO_RH2, false);
	return err;
}

int kernel_xfrm_use(struct kernel *k, enum kernel_user user, bool on)
{
	unsigned int users = k->xfrm_users & ~(1u << user);
	struct xfrm_policy bypass = policy_mh_out();
	int err = 0;

	if (on)
		users |= 1u << user;
	if (on && !k->xfrm_watch)
		err = xfrm_watch_open(k, &k->xfrm_watch);
	if (!err && k->xfrm_watch)
		err = xfrm_watch_acquire(k->xfrm_watch, needs_flows(users));
	if (!err)
		err = set_wild(k, needs_hao(users), needs_rh2(users));
	if (!err && !users != !k->xfrm_users)
		err = put_policy(k, &bypass, users);
	/* What was done half goes when the role, which failed, stops. */
	if (!err || on)
		k->xfrm_users = users;
	if (!users)
		k->xfrm_watch = xfrm_watch_close(k->xfrm_watch);
	return err;
}

/* Any policy that is put there again has every socket look for its route and
 * its headers anew; a state does not. */
void kernel_xfrm_relookup(struct kernel *k)
{
	struct xfrm_policy p = policy_mh_out();

	xfrm_encode_policy_set(nlb_begin(k->nl, NLB_XFRM), &p);
	nlb_commit(k->nl, NULL, 0);
}

/* ---- Binding Updates to the home agent ---- */

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
	xfrm_encode_state_add(nlb_begin(k->nl, NLB_XFRM), &s);
	nlb_commit(k->nl, txn, EEXIST);
	xfrm_encode_state_update(nlb_begin(k->nl, NLB_XFRM), &s);
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
	const struct xfrm_usersa_info *sa = nldec_fixed(nlh, sizeof(*sa));
	struct kernel *k = arg;
	struct xfrm_ro_state s;

	if (!sa || nlh->nlmsg_type != XFRM_MSG_NEWSA)
		return;
	if (kernel_esp_is_ours(sa->id.proto, sa->reqid)) {
		struct in6_addr dst = from_xaddr(&sa->id.daddr);

		xfrm_encode_sa_del(nlb_begin(k->nl, NLB_XFRM), &dst,
				   ntohl(sa->id.spi));
		nlb_commit_del(k->nl, NULL);
	}
	if (!is_ours(sa->id.proto, sa->reqid))
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
	struct xfrm_user_tmpl tmpl;
	const void *p = nldec_find(nlh, sizeof(struct xfrm_userpolicy_info),
				   XFRMA_TMPL, sizeof(tmpl));

	if (!p)
		return false;
	memcpy(&tmpl, p, sizeof(tmpl));
	return is_ours(tmpl.id.proto, tmpl.reqid);
}

static bool has_our_tag(const struct nlmsghdr *nlh,
			const struct xfrm_userpolicy_info *pi)
{
	const struct xfrm_userpolicy_type *type =
		nldec_find(nlh, sizeof(*pi), XFRMA_POLICY_TYPE, 1);

	return type && type->type == XFRM_POLICY_TYPE_SUB &&
	       pi->sel.user >= XFRM_USER_BYPASS && pi->sel.user < XFRM_USER_END;
}

/* The type is only told where it is not `main`. */
static bool is_our_esp(const struct nlmsghdr *nlh,
		       const struct xfrm_userpolicy_info *pi)
{
	const struct xfrm_userpolicy_type *type =
		nldec_find(nlh, sizeof(*pi), XFRMA_POLICY_TYPE, 1);

	return (!type || type->type == XFRM_POLICY_TYPE_MAIN) &&
	       pi->sel.user == XFRM_USER_ESP;
}

bool kernel_xfrm_is_our_policy(const struct nlmsghdr *nlh)
{
	const struct xfrm_userpolicy_info *pi = nldec_fixed(nlh, sizeof(*pi));

	return pi && (is_our_esp(nlh, pi) || has_our_template(nlh) ||
		      has_our_tag(nlh, pi));
}

static void clean_policy(void *arg, const struct nlmsghdr *nlh)
{
	const struct xfrm_userpolicy_info *pi = nldec_fixed(nlh, sizeof(*pi));
	struct kernel *k = arg;

	if (!pi || nlh->nlmsg_type != XFRM_MSG_NEWPOLICY)
		return;
	if (is_our_esp(nlh, pi)) {
		xfrm_encode_sp_del_index(nlb_begin(k->nl, NLB_XFRM), pi->dir,
					 pi->index);
		nlb_commit_del(k->nl, NULL);
		return;
	}
	if ((!has_our_template(nlh) && !has_our_tag(nlh, pi)))
		return;
	xfrm_encode_policy_del_index(nlb_begin(k->nl, NLB_XFRM),
				     pi->dir == XFRM_POLICY_IN ? XFRM_DIR_IN
							       : XFRM_DIR_OUT,
				     pi->index);
	nlb_commit_del(k->nl, NULL);
}

static void list_states(struct kernel *k, nlb_dump_fn *fn)
{
	struct xfrm_usersa_id none;
	int err;

	memset(&none, 0, sizeof(none));
	nlenc_begin(nlb_begin(k->nl, NLB_XFRM), XFRM_MSG_GETSA, 0, &none,
		    sizeof(none));
	err = nlb_dump(k->nl, fn, k);
	nlb_flush(k->nl);
	if (err)
		log_debug("kernel: cannot list XFRM states: %s",
			  strerror(-err));
}

void kernel_xfrm_clean(struct kernel *k)
{
	struct xfrm_userpolicy_id none;
	int err;

	if (k->xfrm_cleaned)
		return;
	k->xfrm_cleaned = true;
	memset(&none, 0, sizeof(none));
	nlenc_begin(nlb_begin(k->nl, NLB_XFRM), XFRM_MSG_GETPOLICY, 0, &none,
		    sizeof(none));
	err = nlb_dump(k->nl, clean_policy, k);
	if (err)
		log_debug("kernel: cannot list XFRM policies: %s",
			  strerror(-err));
	list_states(k, clean_state);
}

/* The kernel's own, made by a packet that asked for a state: it has no
 * care-of address. */
static void clean_larval(void *arg, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_type == XFRM_MSG_NEWSA &&
	    !nldec_find(nlh, sizeof(struct xfrm_usersa_info), XFRMA_COADDR,
			sizeof(struct in6_addr)))
		clean_state(arg, nlh);
}

void kernel_xfrm_clean_larval(struct kernel *k)
{
	list_states(k, clean_larval);
}

/* From any address to one home address. */
static void clean_own(void *arg, const struct nlmsghdr *nlh)
{
	const struct xfrm_usersa_info *sa = nldec_fixed(nlh, sizeof(*sa));
	struct in6_addr src, dst;

	if (!sa)
		return;
	src = from_xaddr(&sa->saddr);
	dst = from_xaddr(&sa->id.daddr);
	if (sa->id.proto == IPPROTO_ROUTING && addr_is_any(&src) &&
	    !addr_is_any(&dst))
		clean_state(arg, nlh);
}

void kernel_xfrm_clean_own(struct kernel *k)
{
	list_states(k, clean_own);
}
