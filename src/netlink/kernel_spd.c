/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the kernel finds policies.  By default it hashes those between two
 * addresses only; any other stands in a tree of prefixes, and there all that
 * lie in the prefix of another one stand in one list, which each packet to or
 * from that prefix walks.  A home agent has a policy for the home prefix, and
 * within it a policy `::/0` to each home address whose tunnel is protected.
 *
 * This file decides that such are hashed by their remote address, once there
 * is one, and that the thresholds are given back.  They change the way and
 * never what is found.
 */
#include <linux/xfrm.h>
#include <string.h>

#include "mip6d/log.h"
#include "mip6d/xfrm.h"
#include "src/netlink/kernel_priv.h"
#include "src/netlink/nldec.h"

#define HOST 128

static void keep(void *arg, const struct nlmsghdr *nlh)
{
	struct spd_bits *bits = arg;
	struct xfrmu_spdhthresh t;
	const void *p = nldec_find(nlh, sizeof(uint32_t),
				   XFRMA_SPD_IPV6_HTHRESH, sizeof(t));

	if (nlh->nlmsg_type != XFRM_MSG_NEWSPDINFO || !p)
		return;
	memcpy(&t, p, sizeof(t));
	bits->known = true;
	bits->local = t.lbits;
	bits->remote = t.rbits;
}

static int set_bits(struct kernel *k, uint8_t local, uint8_t remote)
{
	xfrm_encode_spd_set(nlb_begin(k->nl, NLB_XFRM), local, remote);
	return nlb_call(k->nl);
}

/* Between whatever is here and one address elsewhere. */
static bool is_to_host(const struct kernel_sp *sp)
{
	bool out = sp->dir == KERNEL_SP_OUT;
	const struct prefix *local = out ? &sp->src : &sp->dst;
	const struct prefix *remote = out ? &sp->dst : &sp->src;

	return remote->len == HOST && local->len < HOST;
}

void kernel_spd_prepare(struct kernel *k, const struct kernel_sp *sp)
{
	int err;

	if (k->spd.asked || !is_to_host(sp))
		return;
	k->spd.asked = true;
	xfrm_encode_spd_get(nlb_begin(k->nl, NLB_XFRM));
	nlb_commit_get(k->nl, NULL, 0, keep, &k->spd);
	nlb_flush(k->nl);
	if (!k->spd.known)
		return;
	/* A killed predecessor gave nothing back. */
	if (!k->spd.local && k->spd.remote == HOST)
		k->spd.local = HOST;
	err = set_bits(k, 0, HOST);
	if (err)
		log_warning("kernel: policies are looked up one by one: %s",
			    strerror(-err));
}

void kernel_spd_restore(struct kernel *k)
{
	if (k->spd.known)
		set_bits(k, k->spd.local, k->spd.remote);
	k->spd = (struct spd_bits){ 0 };
}
