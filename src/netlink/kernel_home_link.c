/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home links of a home agent (RFC 6275 section 10.4.1): proxy neighbour
 * discovery without delay, multicast and unicast solicitations answered.
 *
 * The kernel answers a multicast solicitation for a proxied address by
 * itself, but forwards a unicast one like data.  So unicast solicitations get
 * a packet mark where they arrive, and a rule delivers what is so marked
 * locally; neighbour discovery then finds the proxy entry.  The marking is a
 * BPF program, or a flower filter where bpf(2) is refused.
 *
 * Proxying above a few thousand nodes a link does not belong into the
 * kernel: kernel_home_link_set() is where another way would be chosen.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/netlink/bpf_prog.h"
#include "src/netlink/home_link.h"

struct home_link {
	int ifindex;
	char name[IF_NAMESIZE]; /* as it was, for the sysctls */
	bool own_clsact;        /* nobody had one before us */
	uint16_t ethertype;     /* of the filter */
	struct home_link *next;
};

static struct rule ns_rule(void)
{
	return (struct rule){
		.pref = NS_RULE_PREF,
		.table = NS_TABLE,
		.proto = PROTO_HA,
		.fwmark = NS_MARK,
	};
}

static struct route ns_route(void)
{
	return (struct route){
		.type = RTN_LOCAL,
		.proto = PROTO_HA,
		.table = NS_TABLE,
		.oif = 1, /* lo */
	};
}

/* The rule and the table that all home links share. */
static int set_delivery(struct kernel *k, bool on)
{
	struct route route = ns_route();
	struct rule rule = ns_rule();
	int err;

	if (!on) {
		rule_encode_del(nlb_begin(k->nl, NLB_ROUTE), &rule);
		nlb_commit_del(k->nl, NULL);
		route_encode_del(nlb_begin(k->nl, NLB_ROUTE), &route);
		return nlb_call(k->nl);
	}
	route_encode_set(nlb_begin(k->nl, NLB_ROUTE), &route);
	err = nlb_call(k->nl);
	if (err)
		return err;
	rule_encode_add(nlb_begin(k->nl, NLB_ROUTE), &rule);
	err = nlb_call(k->nl);
	return err == -EEXIST ? 0 : err;
}

/* ---- the mark ---- */

static int mark_by_bpf(struct kernel *k, struct home_link *hl)
{
	struct bpf_insn prog[BPF_PROG_MAX];
	size_t n = bpf_prog_mark_ns(prog, NS_MARK);
	auto_close int fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS,
					  NS_FILTER_NAME, "GPL", prog, n, NULL);

	if (fd < 0)
		return fd;
	hl->ethertype = ETH_P_ALL;
	tc_encode_bpf_add(nlb_begin(k->nl, NLB_ROUTE), hl->ifindex,
			  NS_FILTER_PREF, fd, NS_FILTER_NAME);
	return nlb_call(k->nl);
}

static int mark_by_flower(struct kernel *k, struct home_link *hl)
{
	hl->ethertype = ETH_P_IPV6;
	tc_encode_mark_ns(nlb_begin(k->nl, NLB_ROUTE), hl->ifindex,
			  NS_FILTER_PREF, NS_MARK);
	return nlb_call(k->nl);
}

static int set_mark(struct kernel *k, struct home_link *hl)
{
	int err;

	tc_encode_clsact_add(nlb_begin(k->nl, NLB_ROUTE), hl->ifindex);
	err = nlb_call(k->nl);
	hl->own_clsact = !err;
	if (err && err != -EEXIST)
		return err;
	err = mark_by_bpf(k, hl);
	return err ? mark_by_flower(k, hl) : 0;
}

static void clear_mark(struct kernel *k, const struct home_link *hl)
{
	tc_encode_filter_del(nlb_begin(k->nl, NLB_ROUTE), hl->ifindex,
			     NS_FILTER_PREF, hl->ethertype, 0);
	nlb_commit_del(k->nl, NULL);
	if (hl->own_clsact)
		home_link_clear_clsact(k, hl->ifindex);
	nlb_flush(k->nl);
}

/* ---- the proxy switches ---- */

static void sysctl_paths(const struct home_link *hl, char conf[80],
			 char neigh[80])
{
	snprintf(conf, 80, "conf/%s/proxy_ndp", hl->name);
	snprintf(neigh, 80, "neigh/%s/proxy_delay", hl->name);
}

static int set_proxy(struct kernel *k, const struct home_link *hl, bool on)
{
	char conf[80], neigh[80];
	int err;

	sysctl_paths(hl, conf, neigh);
	if (!on) {
		sysctl_restore(k, neigh);
		sysctl_restore(k, conf);
		return 0;
	}
	err = sysctl_set(k, conf, "1");
	return err ? err : sysctl_set(k, neigh, "0");
}

/* ---- one link ---- */

static void drop(struct kernel *k, struct home_link *hl)
{
	clear_mark(k, hl);
	set_proxy(k, hl, false);
	free(hl);
	if (!k->home_links)
		set_delivery(k, false);
}

static int take(struct kernel *k, int ifindex)
{
	struct home_link *hl = calloc(1, sizeof(*hl));
	int err = 0;

	if (!hl)
		return -ENOMEM;
	hl->ifindex = ifindex;
	if (!if_indextoname((unsigned int)ifindex, hl->name)) {
		err = -errno;
		free(hl);
		return err;
	}
	if (!k->home_links)
		err = set_delivery(k, true);
	if (!err)
		err = set_mark(k, hl);
	if (!err)
		err = set_proxy(k, hl, true);
	if (err) {
		log_error("kernel: %s: cannot make it a home link: %s",
			  hl->name, strerror(-err));
		drop(k, hl);
		return err;
	}
	hl->next = k->home_links;
	k->home_links = hl;
	return 0;
}

int kernel_home_link_set(struct kernel *k, int ifindex, bool on)
{
	struct home_link **at = &k->home_links, *hl;

	while (*at && (*at)->ifindex != ifindex)
		at = &(*at)->next;
	hl = *at;
	if (on)
		return hl ? 0 : take(k, ifindex);
	if (hl) {
		*at = hl->next;
		drop(k, hl);
	}
	return 0;
}

void home_link_clear_all(struct kernel *k)
{
	while (k->home_links) {
		struct home_link *hl = k->home_links;

		k->home_links = hl->next;
		drop(k, hl);
	}
}
