/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules and bindings as policies: which, and in which order.
 */
#include "src/netlink/ro_policy.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#define HOA  "2001:db8:1::100"
#define HA   "2001:db8:1::1"
#define PEER "2001:db8:c::c"

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static struct kernel_rule rule(enum kernel_rule_action action,
			       const char *prefix, uint8_t protocol,
			       uint16_t port)
{
	struct kernel_rule r = {
		.protocol = protocol,
		.port = port,
		.action = action,
	};

	UNIT_NEED(!prefix_parse(prefix, &r.peer));
	return r;
}

/* A line for each: "out PRIORITY DST/LEN PROTO:PORT hao rh2". */
static const char *show(const struct policy_list *list)
{
	static char text[4096];
	unsigned int i;
	size_t n = 0;

	text[0] = '\0';
	for (i = 0; i < list->n; i++) {
		const struct xfrm_policy *p = &list->v[i];

		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "%s %u %s/%u %u:%u%s%s%s\n",
			p->dir == XFRM_DIR_IN ? "in" : "out", p->priority,
			addr_str(p->dir == XFRM_DIR_IN ? &p->src : &p->dst),
			p->dir == XFRM_DIR_IN ? p->src_len : p->dst_len,
			p->proto, p->dport, p->hao ? " hao" : "",
			p->rh2 ? " rh2" : "", p->exact ? " exact" : "");
		UNIT_EQ(p->optional, p->priority != 6 && (p->hao || p->rh2));
		UNIT_EQ(p->sport, p->proto == 58 ? 146 : 0);
	}
	return text;
}

/* HA-85: an optional routing header from each address of the agent to each
 * home prefix, whatever the number of bindings; never for neighbour discovery
 * (135, 136), which stays on its link, nor for Mobile Prefix Advertisements
 * (147), which bring their own. */
static void agent(void)
{
	struct in6_addr addrs[] = { addr(HA), addr("2001:db8:f1::2"),
				    addr(HA) };
	struct prefix prefixes[2];
	struct policy_list list = { 0 };
	unsigned int i;

	UNIT_NEED(!prefix_parse("2001:db8:1::/64", &prefixes[0]));
	UNIT_NEED(!prefix_parse("2001:db8:5::/64", &prefixes[1]));
	ro_policies_of_agent(&list, addrs, 0, prefixes, 2);
	ro_policies_of_agent(&list, addrs, 3, prefixes, 0);
	UNIT_EQ(list.n, 0);
	ro_policies_of_agent(&list, addrs, 3, prefixes, 2);
	UNIT_NEED(list.n == 3 + 4);
	for (i = 0; i < 3; i++) {
		static const uint16_t types[] = { 135, 136, 147 };
		const struct xfrm_policy *p = &list.v[i];

		UNIT_EQ(p->proto, 58);
		UNIT_EQ(p->sport, types[i]);
		CU_ASSERT(!p->hao && !p->rh2 && !p->src_len && !p->dst_len);
		CU_ASSERT(p->priority < list.v[3].priority);
	}
	for (; i < 7; i++) {
		const struct xfrm_policy *p = &list.v[i];

		CU_ASSERT(addr_eq(&p->src, &addrs[(i - 3) / 2]));
		UNIT_EQ(p->src_len, 128);
		CU_ASSERT(addr_eq(&p->dst, &prefixes[(i - 3) % 2].addr));
		UNIT_EQ(p->dst_len, 64);
		CU_ASSERT(p->rh2 && p->optional && !p->hao && !p->exact);
		UNIT_EQ(p->proto, 0);
		/* Behind whatever a mobile node or a pair says. */
		CU_ASSERT(p->priority > XFRM_PRIO_PAIR_OUT);
	}
	policy_list_done(&list);
}

static const char *home_bound(const struct ro_rules *rules, bool out,
			      bool bound)
{
	struct kernel_mn_home h = {
		.place = out ? KERNEL_MN_AWAY : KERNEL_MN_RETURNING,
		.hoa = addr(HOA),
		.ha = addr(HA),
	};
	struct policy_list list = { 0 };
	const char *text;

	ro_policies_of_home(&list, rules, &h, bound);
	UNIT_EQ(list.bad, false);
	text = show(&list);
	policy_list_done(&list);
	return text;
}

static const char *home(const struct ro_rules *rules, bool out)
{
	return home_bound(rules, out, true);
}

static const char *pair(const struct ro_rules *rules)
{
	struct policy_list list = { 0 };
	struct in6_addr hoa = addr(HOA), peer = addr(PEER);
	const char *text;

	ro_policies_of_pair(&list, rules, &hoa, &peer);
	UNIT_EQ(list.bad, false);
	text = show(&list);
	policy_list_done(&list);
	return text;
}

/* MN-37: multicast has no Home Address option. */
static void one_rule(void)
{
	struct kernel_rule v[] = { rule(KERNEL_RULE_OPTIMISE, "::/0", 0, 0) };
	struct ro_rules rules = { v, 1 };

	UNIT_STR(home(&rules, true), "out 6 2001:db8:1::1/128 135:0 hao exact\n"
				     "out 6 2001:db8:1::1/128 58:0 hao exact\n"
				     "in 11 ::/0 0:0 rh2\n"
				     "out 9 ff00::/8 0:0\n"
				     "out 9 fe80::/10 0:0\n"
				     "out 9 2001:db8:1::1/128 0:0\n"
				     "out 17 ::/0 0:0 hao\n");
	UNIT_STR(home(&rules, false), "in 11 ::/0 0:0 rh2\n");
}

static void without_optimise_nothing_is_asked(void)
{
	struct kernel_rule v[] = {
		rule(KERNEL_RULE_TUNNEL, "2001:db8:c::/64", 0, 0),
		rule(KERNEL_RULE_DIRECT, "::/0", 17, 53),
	};
	struct ro_rules rules = { v, 2 }, none = { NULL, 0 };

	UNIT_STR(home(&rules, true), "out 6 2001:db8:1::1/128 135:0 hao exact\n"
				     "out 6 2001:db8:1::1/128 58:0 hao exact\n"
				     "in 11 ::/0 0:0 rh2\n");
	UNIT_STR(home(&none, true), "out 6 2001:db8:1::1/128 135:0 hao exact\n"
				    "out 6 2001:db8:1::1/128 58:0 hao exact\n"
				    "in 11 ::/0 0:0 rh2\n");
}

/* MN-32: no routing header is taken before the agent has confirmed. */
static void not_bound_yet(void)
{
	struct ro_rules none = { NULL, 0 };

	UNIT_STR(home_bound(&none, true, false),
		 "out 6 2001:db8:1::1/128 135:0 hao exact\n"
		 "out 6 2001:db8:1::1/128 58:0 hao exact\n");
	UNIT_STR(home_bound(&none, false, false), "");
}

/* MN-36: no report of listeners gets into a tunnel. */
static void no_reports_by_the_tunnel(void)
{
	struct policy_list list = { 0 };

	ro_policies_of_tunnel(&list, 7);
	UNIT_NEED(list.n == 1);
	UNIT_EQ(list.v[0].dir, XFRM_DIR_OUT);
	UNIT_STR(addr_str(&list.v[0].dst), "ff02::16");
	UNIT_EQ(list.v[0].dst_len, 128);
	UNIT_EQ(list.v[0].proto, 58);
	UNIT_EQ(list.v[0].ifindex, 7);
	UNIT_EQ(list.v[0].block, true);
	policy_list_done(&list);
}

/* What nothing reaches, and what makes no difference, is left out. */
static void order_is_priority(void)
{
	struct kernel_rule v[] = {
		rule(KERNEL_RULE_OPTIMISE, "2001:db8:c::/64", 17, 53),
		rule(KERNEL_RULE_DIRECT, "::/0", 17, 53),
		rule(KERNEL_RULE_TUNNEL, "2001:db8:c::/64", 0, 0),
		rule(KERNEL_RULE_OPTIMISE, "2001:db8:c::/96", 6, 0),
		rule(KERNEL_RULE_OPTIMISE, "::/0", 0, 0),
		rule(KERNEL_RULE_TUNNEL, "2001:db8::/32", 0, 0),
	};
	struct ro_rules rules = { v, 6 };

	UNIT_STR(home(&rules, true), "out 6 2001:db8:1::1/128 135:0 hao exact\n"
				     "out 6 2001:db8:1::1/128 58:0 hao exact\n"
				     "in 11 ::/0 0:0 rh2\n"
				     "out 9 ff00::/8 0:0\n"
				     "out 9 fe80::/10 0:0\n"
				     "out 9 2001:db8:1::1/128 0:0\n"
				     "out 17 2001:db8:c::/64 17:53 hao\n"
				     "out 19 ::/0 17:53\n"
				     "out 21 2001:db8:c::/64 0:0\n"
				     "out 25 ::/0 0:0 hao\n");
	/* The pair: a policy before each rule that covers the peer. */
	UNIT_STR(pair(&rules), "in 10 2001:db8:c::c/128 0:0 hao rh2 exact\n"
			       "out 16 2001:db8:c::c/128 17:53 hao rh2\n"
			       "out 20 2001:db8:c::c/128 0:0 rh2\n");
}

static void pair_without_rules(void)
{
	struct kernel_rule v[] = {
		rule(KERNEL_RULE_OPTIMISE, "2001:db8:d::/64", 0, 0),
		rule(KERNEL_RULE_OPTIMISE, "::/0", 6, 0),
	};
	struct ro_rules none = { NULL, 0 }, rules = { v, 2 };

	UNIT_STR(pair(&none), "in 10 2001:db8:c::c/128 0:0 hao rh2 exact\n"
			      "out 65536 2001:db8:c::c/128 0:0 rh2\n");
	/* What no rule covers takes the tunnel, with the routing header. */
	UNIT_STR(pair(&rules), "in 10 2001:db8:c::c/128 0:0 hao rh2 exact\n"
			       "out 18 2001:db8:c::c/128 6:0 hao rh2\n"
			       "out 65536 2001:db8:c::c/128 0:0 rh2\n");
}

static void first_rule_counts(void)
{
	struct kernel_rule v[] = {
		rule(KERNEL_RULE_DIRECT, "2001:db8:c::/64", 17, 53),
		rule(KERNEL_RULE_TUNNEL, "2001:db8:c::c/128", 0, 0),
		rule(KERNEL_RULE_OPTIMISE, "2001:db8::/32", 0, 0),
	};
	struct ro_rules rules = { v, 3 };
	struct in6_addr peer = addr(PEER), near = addr("2001:db8:c::d"),
			far = addr("2001:db9::1");

	UNIT_EQ(ro_rule_find(&rules, &peer, 17, 53), 0);
	UNIT_EQ(ro_rule_find(&rules, &peer, 17, 54), 1);
	UNIT_EQ(ro_rule_find(&rules, &peer, 6, 53), 1);
	UNIT_EQ(ro_rule_find(&rules, &near, 6, 53), 2);
	UNIT_EQ(ro_rule_find(&rules, &far, 6, 53), 3);
	UNIT_EQ(ro_rules_have(&rules, KERNEL_RULE_DIRECT), true);
	rules.n = 0;
	UNIT_EQ(ro_rules_have(&rules, KERNEL_RULE_OPTIMISE), false);
}

static const struct unit_case cases[] = {
	UNIT_CASE(agent),
	UNIT_CASE(one_rule),
	UNIT_CASE(not_bound_yet),
	UNIT_CASE(no_reports_by_the_tunnel),
	UNIT_CASE(without_optimise_nothing_is_asked),
	UNIT_CASE(order_is_priority),
	UNIT_CASE(pair_without_rules),
	UNIT_CASE(first_rule_counts),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ro_policy", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
