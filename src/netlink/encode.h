/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rtnetlink messages that this program sends.  Pure: each function
 * writes one message into an encoder.
 */
#ifndef NETLINK_ENCODE_H
#define NETLINK_ENCODE_H

#include <linux/pkt_sched.h>

#include "mip6d/nlenc.h"

/* Tags of ours in routes, rules, proxy neighbours and addresses: what a
 * killed run left is found by them.  135 is the Mobility Header's protocol
 * number and 136 the one after; no routing daemon uses them. */
#define PROTO_HA 135
#define PROTO_MN 136

/* ---- links ---- */

/* Every attribute of an ip6tnl stands in each message, since the kernel
 * takes an absent one for 0. */
struct link_tunnel {
	const char *name; /* creation only */
	int ifindex;      /* change only */
	struct in6_addr local, remote;
	uint32_t mtu; /* 0: the kernel's choice */
};

void link_encode_tunnel_add(struct nlenc *e, const struct link_tunnel *t);
void link_encode_tunnel_change(struct nlenc *e, const struct link_tunnel *t);
/* The external (collect metadata) ip6tnl. */
void link_encode_external_add(struct nlenc *e, const char *name, uint32_t mtu);
/* No link-local address is made when the device comes up. */
void link_encode_no_addrgen(struct nlenc *e, int ifindex);
void link_encode_up(struct nlenc *e, int ifindex, bool up);
void link_encode_del(struct nlenc *e, int ifindex);
void link_encode_get(struct nlenc *e, const char *name);

/* ---- addresses ---- */

/* addr/128 without DAD; home sets IFA_F_HOMEADDRESS.  Fails with EEXIST. */
void addr_encode_add(struct nlenc *e, int ifindex, const struct in6_addr *addr,
		     bool home, uint8_t proto);
void addr_encode_del(struct nlenc *e, int ifindex, const struct in6_addr *addr,
		     uint8_t plen);

/* ---- routes ---- */

struct route {
	struct in6_addr dst;
	uint8_t dst_len;
	uint8_t type; /* RTN_UNICAST, RTN_LOCAL, RTN_UNREACHABLE */
	uint8_t proto;
	uint32_t table;
	uint32_t metric;
	int oif;
	struct in6_addr gateway; /* ::: none */
	struct in6_addr prefsrc; /* ::: none */
	bool encap;
	struct in6_addr encap_src, encap_dst;
};

/* Adds or replaces the route with this destination, table and metric. */
void route_encode_set(struct nlenc *e, const struct route *r);
void route_encode_del(struct nlenc *e, const struct route *r);

/* ---- rules ---- */

struct rule {
	uint32_t pref;
	uint32_t table;
	uint8_t proto;
	struct in6_addr src; /* with src_len */
	uint8_t src_len;
	struct in6_addr dst;
	uint8_t dst_len;
	uint32_t fwmark;     /* 0: none */
	const char *oifname; /* NULL: none */
	uint8_t ipproto;     /* 0: any */
	uint16_t dport;      /* 0: any */
	bool find_saddr; /* FIB_RULE_FIND_SADDR: decides for a socket without
			  * a source address by the one it would get */
};

/* Fails with EEXIST. */
void rule_encode_add(struct nlenc *e, const struct rule *r);
/* Behind all of the same priority, one like it included. */
void rule_encode_append(struct nlenc *e, const struct rule *r);
/* The first of its priority that has all that is given here. */
void rule_encode_del(struct nlenc *e, const struct rule *r);

/* ---- neighbours ---- */

void neigh_encode_proxy_add(struct nlenc *e, int ifindex,
			    const struct in6_addr *addr);
void neigh_encode_proxy_del(struct nlenc *e, int ifindex,
			    const struct in6_addr *addr);
/* What is known of a neighbour. */
void neigh_encode_del(struct nlenc *e, int ifindex,
		      const struct in6_addr *addr);
void neigh_encode_set(struct nlenc *e, int ifindex, const struct in6_addr *addr,
		      const struct lladdr *lladdr);
/* A valid entry goes to NUD_PROBE; fails where there is none. */
void neigh_encode_probe(struct nlenc *e, int ifindex,
			const struct in6_addr *addr);
/* Creates the entry where there is none, and resolves it. */
void neigh_encode_use(struct nlenc *e, int ifindex,
		      const struct in6_addr *addr);

/* ---- traffic control ---- */

#define TC_INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)

void tc_encode_clsact_add(struct nlenc *e, int ifindex);
void tc_encode_clsact_del(struct nlenc *e, int ifindex);
/* A direct-action BPF program for every protocol. */
void tc_encode_bpf_add(struct nlenc *e, int ifindex, uint16_t pref, int prog_fd,
		       const char *name);
/* flower: passes tunnelled packets from coa with inner source hoa. */
void tc_encode_pair_add(struct nlenc *e, int ifindex, uint16_t pref,
			uint32_t handle, const struct in6_addr *coa,
			const struct in6_addr *hoa);
/* flower: drops everything. */
void tc_encode_drop_all(struct nlenc *e, int ifindex, uint16_t pref);
/* flower: marks ICMPv6 neighbour solicitations with hop limit 255. */
void tc_encode_mark_ns(struct nlenc *e, int ifindex, uint16_t pref,
		       uint32_t mark);
/* Removes one filter (handle) or, with handle 0, all of a preference. */
void tc_encode_filter_del(struct nlenc *e, int ifindex, uint16_t pref,
			  uint16_t ethertype, uint32_t handle);

#endif
