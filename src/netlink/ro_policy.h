/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which policies rules and bindings ask for.  Pure.
 */
#ifndef NETLINK_RO_POLICY_H
#define NETLINK_RO_POLICY_H

#include "mip6d/kernel.h"
#include "mip6d/xfrm.h"

/* The mobile node's rules; n 0: none, or this node is none. */
struct ro_rules {
	const struct kernel_rule *v;
	unsigned int n;
};

/* The first rule that matches such a packet; n: none. */
unsigned int ro_rule_find(const struct ro_rules *rules,
			  const struct in6_addr *peer, uint8_t protocol,
			  uint16_t peer_port);
/* Whether any rule has this action. */
bool ro_rules_have(const struct ro_rules *rules,
		   enum kernel_rule_action action);

/* A growing list; zeroed it is empty. */
struct policy_list {
	struct xfrm_policy *v;
	unsigned int n, max;
	bool bad; /* memory was short: it is not complete */
};

void policy_list_done(struct policy_list *list);

/* Adds the policies of a home address that is AWAY (its ha ::: not known yet),
 * or RETURNING and still receives what is under way.  With `bound` data with
 * a type 2 routing header is taken. */
void ro_policies_of_home(struct policy_list *list, const struct ro_rules *rules,
			 const struct kernel_mn_home *home, bool bound);
/* Adds that of a tunnel device: the kernel's reports of multicast listeners
 * stay out of it (RFC 6275 section 11.3.4: the agent asks first). */
void ro_policies_of_tunnel(struct policy_list *list, int ifindex);
/* Adds the policies of two addresses of which the peer's has a binding.  The
 * rules are those for `local` as a home address that is away; n 0 where it
 * is none. */
void ro_policies_of_pair(struct policy_list *list, const struct ro_rules *rules,
			 const struct in6_addr *local,
			 const struct in6_addr *peer);

/* Adds the policies of a home agent: what it sends itself from one of `addrs`
 * to a home address in one of `prefixes` has a type 2 routing header, where
 * the home address has a state. */
void ro_policies_of_agent(struct policy_list *list,
			  const struct in6_addr *addrs, unsigned int n_addrs,
			  const struct prefix *prefixes,
			  unsigned int n_prefixes);

#endif
