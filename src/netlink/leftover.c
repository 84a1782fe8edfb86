/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a killed run left in the kernel, found by its tags: protocol numbers
 * in routes, rules, addresses and proxy neighbours, names of devices and of
 * filters.  The same finds what is left at a stop.
 *
 * This file decides what counts as ours.  Nothing without a tag is touched.
 */
#include "src/netlink/home_link.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/neighbour.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "mip6d/log.h"
#include "src/netlink/nldec.h"

struct search {
	struct kernel *k;
	uint8_t proto;
	const char *name; /* of links */
	bool exact;
	char *ret_name;
	bool found;
};

/* Sends the dump request that is begun; a kernel without the feature has
 * nothing of ours in it. */
static void dump(struct kernel *k, nlb_dump_fn *fn, void *arg)
{
	int err = nlb_dump(k->nl, fn, arg);

	if (err)
		log_debug("kernel: cannot list: %s", strerror(-err));
}

static void begin_dump(struct kernel *k, uint16_t type, const void *fixed,
		       size_t len)
{
	nlenc_begin(nlb_begin(k->nl, NLB_ROUTE), type, 0, fixed, len);
}

/* ---- routes ---- */

static void on_route(void *arg, const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = nldec_fixed(nlh, sizeof(*rtm));
	struct search *s = arg;
	uint32_t oif = 0;
	struct route r;

	if (!rtm || nlh->nlmsg_type != RTM_NEWROUTE ||
	    rtm->rtm_family != AF_INET6 || rtm->rtm_protocol != s->proto)
		return;
	r = (struct route){
		.dst_len = rtm->rtm_dst_len,
		.type = rtm->rtm_type,
		.proto = rtm->rtm_protocol,
		.table = rtm->rtm_table,
	};
	nldec_addr(nlh, sizeof(*rtm), RTA_DST, &r.dst);
	nldec_u32(nlh, sizeof(*rtm), RTA_TABLE, &r.table);
	nldec_u32(nlh, sizeof(*rtm), RTA_PRIORITY, &r.metric);
	nldec_u32(nlh, sizeof(*rtm), RTA_OIF, &oif);
	r.oif = (int)oif;
	route_encode_del(nlb_begin(s->k->nl, NLB_ROUTE), &r);
	nlb_commit_del(s->k->nl, NULL);
}

void leftover_routes(struct kernel *k, uint8_t proto)
{
	struct search s = { .k = k, .proto = proto };
	struct rtmsg rtm = { .rtm_family = AF_INET6 };

	begin_dump(k, RTM_GETROUTE, &rtm, sizeof(rtm));
	dump(k, on_route, &s);
}

/* ---- rules ---- */

static void on_rule(void *arg, const struct nlmsghdr *nlh)
{
	const struct fib_rule_hdr *hdr = nldec_fixed(nlh, sizeof(*hdr));
	const struct fib_rule_port_range *ports;
	char oifname[IF_NAMESIZE];
	struct search *s = arg;
	uint8_t proto = 0;
	struct rule r;

	if (!hdr || nlh->nlmsg_type != RTM_NEWRULE || hdr->family != AF_INET6 ||
	    !nldec_u8(nlh, sizeof(*hdr), FRA_PROTOCOL, &proto) ||
	    proto != s->proto)
		return;
	r = (struct rule){
		.table = hdr->table,
		.proto = proto,
		.src_len = hdr->src_len,
		.dst_len = hdr->dst_len,
	};
	nldec_u32(nlh, sizeof(*hdr), FRA_PRIORITY, &r.pref);
	nldec_u32(nlh, sizeof(*hdr), FRA_TABLE, &r.table);
	nldec_addr(nlh, sizeof(*hdr), FRA_SRC, &r.src);
	nldec_addr(nlh, sizeof(*hdr), FRA_DST, &r.dst);
	nldec_u32(nlh, sizeof(*hdr), FRA_FWMARK, &r.fwmark);
	if (nldec_str(nlh, sizeof(*hdr), FRA_OIFNAME, oifname, sizeof(oifname)))
		r.oifname = oifname;
	nldec_u8(nlh, sizeof(*hdr), FRA_IP_PROTO, &r.ipproto);
	ports = nldec_find(nlh, sizeof(*hdr), FRA_DPORT_RANGE, sizeof(*ports));
	if (ports)
		r.dport = ports->start;
	rule_encode_del(nlb_begin(s->k->nl, NLB_ROUTE), &r);
	nlb_commit_del(s->k->nl, NULL);
}

void leftover_rules(struct kernel *k, uint8_t proto)
{
	struct search s = { .k = k, .proto = proto };
	struct fib_rule_hdr hdr = { .family = AF_INET6 };

	begin_dump(k, RTM_GETRULE, &hdr, sizeof(hdr));
	dump(k, on_rule, &s);
}

/* ---- addresses ---- */

static void on_addr(void *arg, const struct nlmsghdr *nlh)
{
	const struct ifaddrmsg *ifa = nldec_fixed(nlh, sizeof(*ifa));
	struct search *s = arg;
	struct in6_addr addr;
	uint8_t proto = 0;

	if (!ifa || nlh->nlmsg_type != RTM_NEWADDR ||
	    ifa->ifa_family != AF_INET6 ||
	    !nldec_u8(nlh, sizeof(*ifa), IFA_PROTO, &proto) ||
	    proto != s->proto ||
	    !nldec_addr(nlh, sizeof(*ifa), IFA_ADDRESS, &addr))
		return;
	addr_encode_del(nlb_begin(s->k->nl, NLB_ROUTE), (int)ifa->ifa_index,
			&addr, ifa->ifa_prefixlen);
	nlb_commit_del(s->k->nl, NULL);
}

void leftover_addrs(struct kernel *k, uint8_t proto)
{
	struct search s = { .k = k, .proto = proto };
	struct ifaddrmsg ifa = { .ifa_family = AF_INET6 };

	begin_dump(k, RTM_GETADDR, &ifa, sizeof(ifa));
	dump(k, on_addr, &s);
}

/* ---- proxy neighbours ---- */

static void on_proxy(void *arg, const struct nlmsghdr *nlh)
{
	const struct ndmsg *ndm = nldec_fixed(nlh, sizeof(*ndm));
	struct search *s = arg;
	struct in6_addr addr;
	uint8_t proto = 0;

	if (!ndm || nlh->nlmsg_type != RTM_NEWNEIGH ||
	    ndm->ndm_family != AF_INET6 || !(ndm->ndm_flags & NTF_PROXY) ||
	    !nldec_u8(nlh, sizeof(*ndm), NDA_PROTOCOL, &proto) ||
	    proto != s->proto || !nldec_addr(nlh, sizeof(*ndm), NDA_DST, &addr))
		return;
	neigh_encode_proxy_del(nlb_begin(s->k->nl, NLB_ROUTE), ndm->ndm_ifindex,
			       &addr);
	nlb_commit_del(s->k->nl, NULL);
}

void leftover_proxies(struct kernel *k, uint8_t proto)
{
	struct search s = { .k = k, .proto = proto };
	struct ndmsg ndm = {
		.ndm_family = AF_INET6,
		.ndm_flags = NTF_PROXY,
	};

	begin_dump(k, RTM_GETNEIGH, &ndm, sizeof(ndm));
	dump(k, on_proxy, &s);
}

/* ---- links ---- */

static bool is_tunnel(const struct nlmsghdr *nlh, size_t fixed_len)
{
	return nldec_is_str(nldec_nest(nlh, fixed_len, IFLA_LINKINFO),
			    IFLA_INFO_KIND, "ip6tnl");
}

static bool is_our_name(const struct search *s, const char *name)
{
	size_t len = strlen(s->name);

	if (s->exact)
		return !strcmp(name, s->name);
	if (strncmp(name, s->name, len))
		return false;
	if (name[len] == 'r') /* receives only */
		len++;
	return name[len] &&
	       name[len + strspn(name + len, "0123456789")] == '\0';
}

static void on_link(void *arg, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = nldec_fixed(nlh, sizeof(*ifi));
	char name[IF_NAMESIZE];
	struct search *s = arg;

	if (!ifi || nlh->nlmsg_type != RTM_NEWLINK ||
	    !nldec_str(nlh, sizeof(*ifi), IFLA_IFNAME, name, sizeof(name)) ||
	    !is_our_name(s, name) || !is_tunnel(nlh, sizeof(*ifi)))
		return;
	link_encode_del(nlb_begin(s->k->nl, NLB_ROUTE), ifi->ifi_index);
	nlb_commit_del(s->k->nl, NULL);
}

static void dump_links(struct kernel *k, nlb_dump_fn *fn, struct search *s)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };

	begin_dump(k, RTM_GETLINK, &ifi, sizeof(ifi));
	dump(k, fn, s);
}

void leftover_links(struct kernel *k, const char *prefix, bool exact)
{
	struct search s = { .k = k, .name = prefix, .exact = exact };

	dump_links(k, on_link, &s);
}

static void on_external(void *arg, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = nldec_fixed(nlh, sizeof(*ifi));
	const struct nlattr *data;
	struct search *s = arg;

	if (!ifi || !is_tunnel(nlh, sizeof(*ifi)))
		return;
	data = nldec_nest_in(nldec_nest(nlh, sizeof(*ifi), IFLA_LINKINFO),
			     IFLA_INFO_DATA);
	if (nldec_nest_in(data, IFLA_IPTUN_COLLECT_METADATA))
		s->found |= nldec_str(nlh, sizeof(*ifi), IFLA_IFNAME,
				      s->ret_name, IF_NAMESIZE);
}

bool leftover_find_external(struct kernel *k, char ret_name[IF_NAMESIZE])
{
	struct search s = { .k = k, .ret_name = ret_name };

	dump_links(k, on_external, &s);
	return s.found;
}

/* ---- filters of home links ---- */

struct filters {
	unsigned int n;     /* all */
	uint16_t ethertype; /* of ours; 0: there is none */
};

static void on_filter(void *arg, const struct nlmsghdr *nlh)
{
	const struct tcmsg *tcm = nldec_fixed(nlh, sizeof(*tcm));
	const struct nlattr *opt;
	struct filters *f = arg;

	if (!tcm || nlh->nlmsg_type != RTM_NEWTFILTER)
		return;
	f->n++;
	opt = nldec_nest(nlh, sizeof(*tcm), TCA_OPTIONS);
	if (TC_H_MAJ(tcm->tcm_info) >> 16 != NS_FILTER_PREF)
		return;
	if (nldec_is_str(opt, TCA_BPF_NAME, NS_FILTER_NAME))
		f->ethertype = ETH_P_ALL;
	else if (nldec_find_in(opt, TCA_FLOWER_KEY_ICMPV6_TYPE, 1))
		f->ethertype = ETH_P_IPV6;
}

static struct filters list_filters(struct kernel *k, int ifindex,
				   uint32_t parent)
{
	struct tcmsg tcm = {
		.tcm_family = AF_UNSPEC,
		.tcm_ifindex = ifindex,
		.tcm_parent = parent,
	};
	struct filters f = { 0 };

	begin_dump(k, RTM_GETTFILTER, &tcm, sizeof(tcm));
	dump(k, on_filter, &f);
	return f;
}

void home_link_clear_clsact(struct kernel *k, int ifindex)
{
	uint32_t egress = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS);

	if (list_filters(k, ifindex, TC_INGRESS).n ||
	    list_filters(k, ifindex, egress).n)
		return;
	tc_encode_clsact_del(nlb_begin(k->nl, NLB_ROUTE), ifindex);
	nlb_commit_del(k->nl, NULL);
}

static void clear_home_link(struct kernel *k, int ifindex)
{
	struct filters f = list_filters(k, ifindex, TC_INGRESS);

	if (!f.ethertype)
		return;
	tc_encode_filter_del(nlb_begin(k->nl, NLB_ROUTE), ifindex,
			     NS_FILTER_PREF, f.ethertype, 0);
	nlb_commit_del(k->nl, NULL);
	home_link_clear_clsact(k, ifindex);
}

void leftover_home_links(struct kernel *k)
{
	struct if_nameindex *list = if_nameindex(), *i;

	if (!list)
		return;
	for (i = list; i->if_index; i++)
		clear_home_link(k, (int)i->if_index);
	if_freenameindex(list);
}
