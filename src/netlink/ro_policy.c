/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which XFRM policies rules and bindings ask for (src/netlink/ro_policy.h).
 *
 * A rule of the mobile node that optimises is a policy with an optional Home
 * Address option: a packet for which there is no state asks for one, which
 * tells of the flow, and takes the tunnel; one for which there is a state
 * goes directly.  So a correspondent registration needs no policy of its own,
 * and the order of rules is the order of their priorities.  A binding of the
 * peer's does need some: a type 2 routing header (RFC 6275 section 9.3.2)
 * beside what the rules say, hence one policy for each rule that covers it.
 *
 * Templates for data are optional: where a state is missing, packets take the
 * way through the home agent rather than none.
 *
 * A home agent does not know by a packet's addresses whether it sent it or
 * forwards it: so one policy for each address of its own and home prefix,
 * whose optional template finds the state of the binding.  Neighbour
 * discovery stays on its link, and Mobile Prefix Advertisements bring their
 * routing header along.
 *
 * Never optimised: the home agent's own address, multicast, link-local.  What
 * does not depend on addresses is left to kernel_xfrm.c, routing to
 * kmn_rules.c.
 */
#include "src/netlink/ro_policy.h"

#include <stdlib.h>

#define MH_PROTO    135
#define ICMP6_PROTO 58
#define ICMP6_NS    135
#define ICMP6_NA    136
#define ICMP6_MPS   146
#define ICMP6_MPA   147

/* ---- rules ---- */

static bool covers(const struct kernel_rule *r, const struct in6_addr *peer,
		   uint8_t protocol, uint16_t peer_port)
{
	return prefix_contains(&r->peer, peer) &&
	       (!r->protocol || r->protocol == protocol) &&
	       (!r->port || r->port == peer_port);
}

unsigned int ro_rule_find(const struct ro_rules *rules,
			  const struct in6_addr *peer, uint8_t protocol,
			  uint16_t peer_port)
{
	unsigned int i;

	for (i = 0; i < rules->n; i++)
		if (covers(&rules->v[i], peer, protocol, peer_port))
			break;
	return i;
}

bool ro_rules_have(const struct ro_rules *rules, enum kernel_rule_action action)
{
	unsigned int i;

	for (i = 0; i < rules->n; i++)
		if (rules->v[i].action == action)
			return true;
	return false;
}

/* An earlier rule matches whatever this one does. */
static bool is_hidden(const struct ro_rules *rules, unsigned int i)
{
	const struct kernel_rule *r = &rules->v[i], *e;

	for (e = rules->v; e < r; e++)
		if (e->peer.len <= r->peer.len &&
		    prefix_contains(&e->peer, &r->peer.addr) &&
		    (!e->protocol || e->protocol == r->protocol) &&
		    (!e->port || e->port == r->port))
			return true;
	return false;
}

/* ---- lists ---- */

void policy_list_done(struct policy_list *list)
{
	free(list->v);
	*list = (struct policy_list){ 0 };
}

static void add(struct policy_list *list, const struct xfrm_policy *p)
{
	unsigned int max = list->max ? list->max * 2 : 2;
	struct xfrm_policy *v;

	if (list->n == list->max) {
		v = realloc(list->v, max * sizeof(*v));
		if (!v) {
			list->bad = true;
			return;
		}
		list->v = v;
		list->max = max;
	}
	list->v[list->n++] = *p;
}

/* ---- home addresses ---- */

/* Binding Updates to the agent: without its state one must not leave at all,
 * so this template is required. */
static void add_agent(struct policy_list *list, const struct in6_addr *hoa,
		      const struct in6_addr *ha)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_OUT,
		.src = *hoa,
		.src_len = 128,
		.dst = *ha,
		.dst_len = 128,
		.proto = MH_PROTO,
		.priority = XFRM_PRIO_AGENT_BU,
		.hao = true,
		.exact = true,
	};

	add(list, &p);
	/* Mobile Prefix Solicitations (section 11.4.2). */
	p.proto = ICMP6_PROTO;
	p.sport = ICMP6_MPS;
	add(list, &p);
}

static void add_never(struct policy_list *list, const struct in6_addr *hoa,
		      const struct in6_addr *dst, uint8_t dst_len)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_OUT,
		.src = *hoa,
		.src_len = 128,
		.dst = *dst,
		.dst_len = dst_len,
		.user = XFRM_USER_BYPASS,
		.priority = XFRM_PRIO_NEVER,
	};

	add(list, &p);
}

static void add_rule(struct policy_list *list, const struct in6_addr *hoa,
		     const struct kernel_rule *r, unsigned int i)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_OUT,
		.src = *hoa,
		.src_len = 128,
		.dst = r->peer.addr,
		.dst_len = r->peer.len,
		.proto = r->protocol,
		.dport = r->port,
		.user = XFRM_USER_RULE,
		.priority = XFRM_PRIO_RULES + 2 * i + 1,
		.hao = r->action == KERNEL_RULE_OPTIMISE,
		.optional = r->action == KERNEL_RULE_OPTIMISE,
	};

	add(list, &p);
}

/* A type 2 routing header is taken from whoever sends it (section 11.3.3 asks
 * for no more than that the home address is ours): a correspondent's binding
 * lives on when ours is forgotten.  Without this policy the kernel drops
 * what comes with one. */
static void add_in(struct policy_list *list, const struct in6_addr *hoa)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_IN,
		.dst = *hoa,
		.dst_len = 128,
		.user = XFRM_USER_RULE,
		.priority = XFRM_PRIO_HOME_IN,
		.rh2 = true,
		.optional = true,
	};

	add(list, &p);
}

void ro_policies_of_home(struct policy_list *list, const struct ro_rules *rules,
			 const struct kernel_mn_home *home, bool bound)
{
	const struct in6_addr *hoa = &home->hoa, *ha = &home->ha;
	bool out = home->place == KERNEL_MN_AWAY;
	static const struct in6_addr multicast = { { { 0xff } } };
	static const struct in6_addr linklocal = { { { 0xfe, 0x80 } } };
	unsigned int i, n = rules->n;

	if (out && !addr_is_any(ha))
		add_agent(list, hoa, ha);
	if (bound)
		add_in(list, hoa);
	/* Behind the last that optimises no rule makes a difference. */
	while (n && rules->v[n - 1].action != KERNEL_RULE_OPTIMISE)
		n--;
	if (!out || !n)
		return;
	add_never(list, hoa, &multicast, 8);
	add_never(list, hoa, &linklocal, 10);
	if (!addr_is_any(ha))
		add_never(list, hoa, ha, 128);
	for (i = 0; i < n; i++)
		if (!is_hidden(rules, i))
			add_rule(list, hoa, &rules->v[i], i);
}

/* ---- tunnels ---- */

void ro_policies_of_tunnel(struct policy_list *list, int ifindex)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_OUT,
		/* ff02::16, all MLDv2-capable routers. */
		.dst = { { { 0xff, 2, [15] = 0x16 } } },
		.dst_len = 128,
		.proto = ICMP6_PROTO,
		.ifindex = ifindex,
		.user = XFRM_USER_BYPASS,
		.priority = XFRM_PRIO_BLOCK,
		.block = true,
	};

	add(list, &p);
}

/* ---- pairs ---- */

static struct xfrm_policy pair_out(const struct in6_addr *local,
				   const struct in6_addr *peer)
{
	return (struct xfrm_policy){
		.dir = XFRM_DIR_OUT,
		.src = *local,
		.src_len = 128,
		.dst = *peer,
		.dst_len = 128,
		.user = XFRM_USER_PAIR,
		.priority = XFRM_PRIO_PAIR_OUT,
		.rh2 = true,
		.optional = true,
	};
}

static void add_pair_in(struct policy_list *list, const struct in6_addr *local,
			const struct in6_addr *peer)
{
	struct xfrm_policy p = pair_out(peer, local);

	p.dir = XFRM_DIR_IN;
	p.priority = XFRM_PRIO_PAIR_IN;
	p.hao = p.exact = true;
	add(list, &p);
}

/* False when this one leaves nothing to later rules. */
static bool add_pair_rule(struct policy_list *list,
			  const struct ro_rules *rules, unsigned int i,
			  const struct in6_addr *local,
			  const struct in6_addr *peer)
{
	const struct kernel_rule *r = &rules->v[i];
	struct xfrm_policy p = pair_out(local, peer);

	if (!prefix_contains(&r->peer, peer))
		return true;
	p.proto = r->protocol;
	p.dport = r->port;
	p.priority = XFRM_PRIO_RULES + 2 * i;
	p.hao = r->action == KERNEL_RULE_OPTIMISE;
	add(list, &p);
	return r->protocol || r->port;
}

static bool has_selector(const struct policy_list *list, unsigned int from,
			 const struct kernel_rule *r)
{
	for (; from < list->n; from++)
		if (list->v[from].proto == r->protocol &&
		    list->v[from].dport == r->port)
			return true;
	return false;
}

void ro_policies_of_pair(struct policy_list *list, const struct ro_rules *rules,
			 const struct in6_addr *local,
			 const struct in6_addr *peer)
{
	struct xfrm_policy rest = pair_out(local, peer);
	unsigned int i, from;

	add_pair_in(list, local, peer);
	from = list->n;
	for (i = 0; i < rules->n; i++)
		/* Two rules whose prefixes hold the peer may be one selector
		 * here: the first counts. */
		if (!has_selector(list, from, &rules->v[i]) &&
		    !add_pair_rule(list, rules, i, local, peer))
			return;
	add(list, &rest);
}

/* ---- the home agent ---- */

static void add_bypass(struct policy_list *list, uint8_t icmp6_type)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_OUT,
		.proto = ICMP6_PROTO,
		.sport = icmp6_type,
		.user = XFRM_USER_BYPASS,
		.priority = XFRM_PRIO_MH_OUT,
	};

	add(list, &p);
}

static void add_own(struct policy_list *list, const struct in6_addr *addr,
		    const struct prefix *prefix)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_OUT,
		.src = *addr,
		.src_len = 128,
		.dst = prefix->addr,
		.dst_len = prefix->len,
		.user = XFRM_USER_AGENT,
		.priority = XFRM_PRIO_AGENT_OUT,
		.rh2 = true,
		.optional = true,
	};

	add(list, &p);
}

/* Two interfaces may have it. */
static bool is_again(const struct in6_addr *addrs, unsigned int i)
{
	const struct in6_addr *e;

	for (e = addrs; e < addrs + i; e++)
		if (addr_eq(e, &addrs[i]))
			return true;
	return false;
}

void ro_policies_of_agent(struct policy_list *list,
			  const struct in6_addr *addrs, unsigned int n_addrs,
			  const struct prefix *prefixes,
			  unsigned int n_prefixes)
{
	unsigned int a, p;

	if (!n_addrs || !n_prefixes)
		return;
	add_bypass(list, ICMP6_NS);
	add_bypass(list, ICMP6_NA);
	add_bypass(list, ICMP6_MPA);
	for (a = 0; a < n_addrs; a++)
		for (p = 0; p < n_prefixes && !is_again(addrs, a); p++)
			add_own(list, &addrs[a], &prefixes[p]);
}
