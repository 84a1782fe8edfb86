/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be seen of the machine (mip6d/look.h): values below /proc/sys,
 * files, routing rules and XFRM policies, ours and others'.
 *
 * This file decides what is ours, by the tags of doc/kernel-state.md, and
 * what of a rule or a policy is told.
 */
#include "mip6d/look.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/xfrm.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "src/netlink/kernel_priv.h"
#include "src/netlink/nldec.h"
#include "src/netlink/watch.h"

int look_sysctl(const char *path, int *ret_value)
{
	char full[160];
	FILE *f;
	int n;

	snprintf(full, sizeof(full), "/proc/sys/net/ipv6/%s", path);
	f = fopen(full, "re");
	if (!f)
		return -errno;
	n = fscanf(f, "%d", ret_value);
	fclose(f);
	return n == 1 ? 0 : -EINVAL;
}

int look_file(const char *path, struct look_file *ret_file)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	*ret_file = (struct look_file){
		.mode = st.st_mode & 07777,
		.readable = !access(path, R_OK),
		.writable = !access(path, W_OK),
	};
	return 0;
}

void look_watched(struct kernel *k, kernel_event_fn *fn, void *arg)
{
	if (k->watch)
		watch_walk(k->watch, fn, arg);
}

/* ---- rules ---- */

struct rule_walk {
	look_rule_fn *fn;
	void *arg;
};

static bool has_attr(const struct nlmsghdr *nlh, uint16_t type)
{
	return nldec_find(nlh, sizeof(struct fib_rule_hdr), type, 1) != NULL;
}

static void on_rule(void *arg, const struct nlmsghdr *nlh)
{
	static const uint16_t special[] = { FRA_FWMARK,     FRA_IIFNAME,
					    FRA_OIFNAME,    FRA_UID_RANGE,
					    FRA_IP_PROTO,   FRA_DPORT_RANGE,
					    FRA_SPORT_RANGE };
	const struct fib_rule_hdr *hdr = nldec_fixed(nlh, sizeof(*hdr));
	struct rule_walk *w = arg;
	struct look_rule r = { 0 };
	uint8_t proto = 0;
	size_t i;

	if (!hdr || nlh->nlmsg_type != RTM_NEWRULE || hdr->family != AF_INET6)
		return;
	nldec_u8(nlh, sizeof(*hdr), FRA_PROTOCOL, &proto);
	r.is_ours = proto == PROTO_HA || proto == PROTO_MN;
	r.table = hdr->table;
	nldec_u32(nlh, sizeof(*hdr), FRA_PRIORITY, &r.pref);
	nldec_u32(nlh, sizeof(*hdr), FRA_TABLE, &r.table);
	nldec_addr(nlh, sizeof(*hdr), FRA_SRC, &r.src.addr);
	nldec_addr(nlh, sizeof(*hdr), FRA_DST, &r.dst.addr);
	r.src.len = hdr->src_len;
	r.dst.len = hdr->dst_len;
	for (i = 0; i < ARRAY_SIZE(special); i++)
		r.is_special |= has_attr(nlh, special[i]);
	r.is_special |= hdr->flags & FIB_RULE_INVERT;
	w->fn(w->arg, &r);
}

int look_rules(struct kernel *k, look_rule_fn *fn, void *arg)
{
	struct fib_rule_hdr hdr = { .family = AF_INET6 };
	struct rule_walk w = { fn, arg };

	nlenc_begin(nlb_begin(k->nl, NLB_ROUTE), RTM_GETRULE, 0, &hdr,
		    sizeof(hdr));
	return nlb_dump(k->nl, on_rule, &w);
}

/* ---- policies ---- */

struct policy_walk {
	look_policy_fn *fn;
	void *arg;
};

static struct prefix prefix_at(const xfrm_address_t *x, uint8_t len)
{
	struct in6_addr a;

	memcpy(&a, x->a6, sizeof(a));
	return prefix_of(&a, len);
}

static void on_policy(void *arg, const struct nlmsghdr *nlh)
{
	const struct xfrm_userpolicy_info *pi = nldec_fixed(nlh, sizeof(*pi));
	const struct xfrm_userpolicy_type *type;
	struct policy_walk *w = arg;
	struct look_policy p;

	if (!pi || nlh->nlmsg_type != XFRM_MSG_NEWPOLICY ||
	    pi->sel.family != AF_INET6 || pi->dir > XFRM_POLICY_FWD ||
	    pi->sel.prefixlen_s > 128 || pi->sel.prefixlen_d > 128)
		return;
	type = nldec_find(nlh, sizeof(*pi), XFRMA_POLICY_TYPE, 1);
	p = (struct look_policy){
		.is_ours = kernel_xfrm_is_our_policy(nlh),
		.is_main = !type || type->type == XFRM_POLICY_TYPE_MAIN,
		.is_block = pi->action == XFRM_POLICY_BLOCK,
		.priority = pi->priority,
		.proto = pi->sel.proto,
		.src = prefix_at(&pi->sel.saddr, pi->sel.prefixlen_s),
		.dst = prefix_at(&pi->sel.daddr, pi->sel.prefixlen_d),
	};
	w->fn(w->arg, &p);
}

int look_policies(struct kernel *k, look_policy_fn *fn, void *arg)
{
	struct policy_walk w = { fn, arg };
	struct xfrm_userpolicy_id none;

	memset(&none, 0, sizeof(none));
	nlenc_begin(nlb_begin(k->nl, NLB_XFRM), XFRM_MSG_GETPOLICY, 0, &none,
		    sizeof(none));
	return nlb_dump(k->nl, on_policy, &w);
}
