/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFRM's messages as events (src/netlink/xfrm_watch.h).  Pure.
 *
 * Of a report only addresses, protocol and the care-of address are used: the
 * kernel reads the ports from the wrong place and names the loopback
 * interface.
 */
#include "src/netlink/xfrm_watch.h"

#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <string.h>

#include "mip6d/xfrm.h"
#include "src/netlink/nldec.h"

static struct in6_addr from_xaddr(const xfrm_address_t *x)
{
	struct in6_addr a;

	memcpy(&a, x->a6, sizeof(a));
	return a;
}

static bool is_ours(const struct nlmsghdr *nlh, size_t fixed_len)
{
	struct xfrm_user_tmpl tmpl;
	const void *p = nldec_find(nlh, fixed_len, XFRMA_TMPL, sizeof(tmpl));

	if (!p)
		return false;
	memcpy(&tmpl, p, sizeof(tmpl));
	return tmpl.reqid == XFRM_REQID && tmpl.id.proto == IPPROTO_DSTOPTS;
}

static bool decode_acquire(const struct nlmsghdr *nlh, struct kernel_flow *ret)
{
	struct xfrm_user_acquire a;
	const void *p = nldec_fixed(nlh, sizeof(a));

	if (!p)
		return false;
	memcpy(&a, p, sizeof(a));
	if (a.id.proto != IPPROTO_DSTOPTS || a.sel.family != AF_INET6 ||
	    !is_ours(nlh, sizeof(a)))
		return false;
	*ret = (struct kernel_flow){
		.hoa = from_xaddr(&a.saddr),
		.peer = from_xaddr(&a.id.daddr),
		.protocol = a.sel.proto,
	};
	if (a.sel.proto == IPPROTO_TCP || a.sel.proto == IPPROTO_UDP)
		ret->peer_port = ntohs(a.sel.dport);
	return true;
}

static bool decode_report(const struct nlmsghdr *nlh, struct kernel_report *ret)
{
	struct xfrm_user_report r;
	const void *p = nldec_fixed(nlh, sizeof(r));
	struct in6_addr coa;

	if (!p)
		return false;
	memcpy(&r, p, sizeof(r));
	if (r.proto != IPPROTO_DSTOPTS || r.sel.family != AF_INET6 ||
	    !nldec_addr(nlh, sizeof(r), XFRMA_COADDR, &coa))
		return false;
	*ret = (struct kernel_report){
		.hoa = from_xaddr(&r.sel.saddr),
		.coa = coa,
		.local = from_xaddr(&r.sel.daddr),
		.protocol = r.sel.proto,
	};
	return true;
}

bool xfrm_decode(const struct nlmsghdr *nlh, struct kernel_event *ret_ev)
{
	switch (nlh->nlmsg_type) {
	case XFRM_MSG_ACQUIRE:
		ret_ev->type = KERNEL_FLOW;
		return decode_acquire(nlh, &ret_ev->flow);
	case XFRM_MSG_REPORT:
		ret_ev->type = KERNEL_REPORT;
		return decode_report(nlh, &ret_ev->report);
	default:
		return false;
	}
}
