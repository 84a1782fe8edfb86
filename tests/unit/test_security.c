/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which policies and associations there are, and in which order they change.
 */
#include "mip6d/security.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/hash.h"
#include "tests/fake/fake.h"
#include "tests/unit/unit.h"

#define HA   "2001:db8:1::1"
#define HOA  "2001:db8:1::100"
#define HOA2 "2001:db8:1::200"
#define COA  "2001:db8:a::5"
#define COA2 "2001:db8:b::5"

static struct kernel *k;
static struct security *s;
static struct security_node nodes[2];
static struct security_keys keys = { nodes, 2 };
static struct security_realm realm;
static struct security_plan plan;

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static void ignore(void *arg, const struct kernel_event *ev)
{
	(void)arg;
	(void)ev;
}

static void fill_set(struct security_set *set, uint32_t first)
{
	set->serial = first / 0x1000;
	set->to_agent.spi = first + 1;
	set->from_agent.spi = first + 2;
	set->tunnel_to_agent.spi = first + 3;
	set->tunnel_from_agent.spi = first + 4;
}

static void setup(enum security_end end, enum security_protect protect)
{
	memset(nodes, 0, sizeof(nodes));
	nodes[0].hoa = addr(HOA);
	nodes[1].hoa = addr(HOA2);
	nodes[0].agent = nodes[1].agent = addr(HA);
	nodes[0].n_sets = nodes[1].n_sets = 1;
	fill_set(&nodes[0].sets[0], 0x1000);
	fill_set(&nodes[1].sets[0], 0x2000);
	realm = (struct security_realm){ end, { .len = 0 }, addr(HA) };
	if (end == SECURITY_AGENT)
		UNIT_NEED(!prefix_parse("2001:db8:1::/64", &realm.hoa));
	else
		realm.hoa = prefix_of(&nodes[0].hoa, 128);
	plan = (struct security_plan){ &realm, 1, &keys, protect };
	hash_init();
	k = fake_kernel_new(ignore, NULL);
	s = security_new(k);
	UNIT_NEED(s != NULL);
	UNIT_EQ(security_apply(s, &plan), 0);
}

static void teardown(void)
{
	s = security_free(s);
	UNIT_EQ(k->n_sas, 0);
	UNIT_EQ(k->n_sps, 0);
	k = fake_kernel_free(k);
	UNIT_EQ(fake_faults(), 0);
}

static const struct kernel_sa *sa(uint32_t spi, const char *dst)
{
	struct in6_addr a = addr(dst);
	unsigned int i;

	for (i = 0; i < k->n_sas; i++)
		if (k->sas[i].spi == spi && addr_eq(&k->sas[i].dst, &a))
			return &k->sas[i];
	return NULL;
}

static const struct kernel_sp *sp(enum kernel_sp_dir dir, uint8_t proto,
				  enum kernel_sp_action action)
{
	unsigned int i;

	for (i = 0; i < k->n_sps; i++)
		if (k->sps[i].dir == dir && k->sps[i].proto == proto &&
		    k->sps[i].action == action)
			return &k->sps[i];
	return NULL;
}

/* HA-103 SEC-14: one pair of policies for the whole prefix; each node's
 * association carries its own home address only. */
static void agent_has_policies_per_prefix_and_keys_per_node(void)
{
	const struct kernel_sa *a;

	setup(SECURITY_AGENT, SECURITY_SIGNALLING);
	UNIT_EQ(k->n_sas, 4);
	UNIT_EQ(k->n_sps, 3);
	a = sa(0x2001, HA);
	UNIT_NEED(a != NULL);
	UNIT_EQ(a->mode, KERNEL_TRANSPORT);
	UNIT_STR(prefix_str(&a->sel_src), HOA2 "/128");
	UNIT_STR(prefix_str(&a->sel_dst), HA "/128");
	a = sa(0x2002, HOA2);
	UNIT_NEED(a != NULL);
	UNIT_EQ(a->reqid, SECURITY_REQID_SIGNALLING);
	UNIT_STR(prefix_str(&sp(KERNEL_SP_IN, 135, KERNEL_SP_REQUIRE)->src),
		 "2001:db8:1::/64");
	UNIT_EQ(sp(KERNEL_SP_OUT, 58, KERNEL_SP_REQUIRE)->type, 147);
	teardown();
}

static void node_has_its_own_alone(void)
{
	setup(SECURITY_NODE, SECURITY_SIGNALLING);
	UNIT_EQ(k->n_sas, 2);
	CU_ASSERT(sa(0x1001, HA) && sa(0x1002, HOA));
	UNIT_STR(prefix_str(&sp(KERNEL_SP_OUT, 135, KERNEL_SP_REQUIRE)->src),
		 HOA "/128");
	UNIT_EQ(sp(KERNEL_SP_OUT, 58, KERNEL_SP_REQUIRE)->type, 146);
	teardown();
}

/* SEC-3: without any key nothing gets through in clear either. */
static void policies_are_there_without_keys(void)
{
	setup(SECURITY_AGENT, SECURITY_TESTS);
	plan.keys = NULL;
	UNIT_EQ(security_apply(s, &plan), 0);
	UNIT_EQ(k->n_sas, 0);
	CU_ASSERT(sp(KERNEL_SP_IN, 135, KERNEL_SP_REQUIRE) != NULL);
	CU_ASSERT(sp(KERNEL_SP_OUT, 135, KERNEL_SP_REQUIRE) != NULL);
	teardown();
}

static void what_stays_the_same_is_not_touched(void)
{
	setup(SECURITY_AGENT, SECURITY_TESTS);
	fake_kernel_forget(k);
	UNIT_EQ(security_apply(s, &plan), 0);
	UNIT_EQ(k->n_requests, 0);
	teardown();
}

static int tunnel(enum security_end end, const char *coa)
{
	struct in6_addr hoa = addr(HOA), ha = addr(HA), c = addr(coa);

	return security_tunnel_set(s, end, &hoa, &ha, &c);
}

static int tunnel_of(const struct security_node *node, const char *coa)
{
	struct in6_addr a = addr(coa);

	return security_tunnel_set(s, SECURITY_AGENT, &node->hoa, &node->agent,
				   &a);
}

/* Its policies without which nothing gets through. */
static unsigned int required_of(const struct security_node *node)
{
	struct prefix hoa = prefix_of(&node->hoa, 128);
	unsigned int i, n = 0;

	for (i = 0; i < k->n_sps; i++)
		n += k->sps[i].action == KERNEL_SP_REQUIRE &&
		     (prefix_eq(&k->sps[i].src, &hoa) ||
		      prefix_eq(&k->sps[i].dst, &hoa));
	return n;
}

static bool is_protected(const struct security_node *node)
{
	return security_tunnel_is_protected(s, SECURITY_AGENT, &node->hoa,
					    &node->agent);
}

/* HA-108: as all, but where a node's keys say otherwise, more or less; a reload
 * brings it in, and takes it back. */
static void each_node_has_its_own_protection(void)
{
	setup(SECURITY_AGENT, SECURITY_TESTS);
	nodes[1].has_protect = true;
	nodes[1].protect = SECURITY_SIGNALLING;
	UNIT_EQ(security_apply(s, &plan), 0);
	UNIT_EQ(tunnel_of(&nodes[0], COA), 0);
	UNIT_EQ(tunnel_of(&nodes[1], COA2), 0);
	UNIT_EQ(required_of(&nodes[0]), 2);
	UNIT_EQ(required_of(&nodes[1]), 0);
	CU_ASSERT_TRUE(is_protected(&nodes[0]));
	CU_ASSERT_FALSE(is_protected(&nodes[1]));
	nodes[1].protect = SECURITY_ALL;
	UNIT_EQ(security_apply(s, &plan), 0);
	UNIT_EQ(required_of(&nodes[0]), 2);
	UNIT_EQ(required_of(&nodes[1]), 3);
	CU_ASSERT_TRUE(is_protected(&nodes[1]));
	/* What may come by ESP of any is whatever one of them sends so. */
	CU_ASSERT_PTR_NOT_NULL(sp(KERNEL_SP_FWD, 0, KERNEL_SP_OPTIONAL));
	nodes[1].has_protect = false;
	UNIT_EQ(security_apply(s, &plan), 0);
	UNIT_EQ(required_of(&nodes[1]), 2);
	CU_ASSERT_PTR_NULL(sp(KERNEL_SP_FWD, 0, KERNEL_SP_OPTIONAL));
	security_tunnel_del(s, SECURITY_AGENT, &nodes[0].hoa, &nodes[0].agent);
	security_tunnel_del(s, SECURITY_AGENT, &nodes[1].hoa, &nodes[1].agent);
	teardown();
}

static void no_tunnel(enum security_end end)
{
	struct in6_addr hoa = addr(HOA), ha = addr(HA);

	security_tunnel_del(s, end, &hoa, &ha);
}

/* HA-106 SEC-18 SEC-27: of a node that is away nothing is forwarded in clear;
 * neighbours with addresses of the home prefix are not concerned. */
static void tests_in_clear_are_refused_while_away(void)
{
	const struct kernel_sp *p;

	setup(SECURITY_AGENT, SECURITY_TESTS);
	CU_ASSERT(!sp(KERNEL_SP_FWD, 135, KERNEL_SP_REQUIRE));
	UNIT_EQ(tunnel(SECURITY_AGENT, COA), 0);
	p = sp(KERNEL_SP_FWD, 135, KERNEL_SP_REQUIRE);
	UNIT_NEED(p != NULL);
	UNIT_STR(prefix_str(&p->src), HOA "/128");
	p = sp(KERNEL_SP_FWD, 135, KERNEL_SP_OPTIONAL);
	UNIT_NEED(p != NULL);
	UNIT_STR(prefix_str(&p->src), "2001:db8:1::/64");
	UNIT_EQ(p->mode, KERNEL_TUNNEL);
	no_tunnel(SECURITY_AGENT);
	CU_ASSERT(!sp(KERNEL_SP_FWD, 135, KERNEL_SP_REQUIRE));
	teardown();
}

/* HA-104 SEC-20 SEC-21: the agent sends to the new care-of address, and
 * takes from wherever it comes. */
static void agents_tunnel_follows_the_binding(void)
{
	setup(SECURITY_AGENT, SECURITY_TESTS);
	UNIT_EQ(tunnel(SECURITY_AGENT, COA), 0);
	UNIT_EQ(k->n_sas, 6);
	CU_ASSERT(sa(0x1004, COA) != NULL);
	UNIT_EQ(sa(0x1004, COA)->sel_proto, 135);
	/* No two nodes share the list in which the kernel looks. */
	UNIT_STR(addr_str(&sa(0x1003, HA)->src), HOA);
	fake_kernel_forget(k);
	UNIT_EQ(tunnel(SECURITY_AGENT, COA2), 0);
	UNIT_EQ(fake_kernel_count(k, FAKE_MIGRATE), 1);
	UNIT_EQ(k->n_requests, 1);
	CU_ASSERT(sa(0x1004, COA2) && !sa(0x1004, COA));
	no_tunnel(SECURITY_AGENT);
	UNIT_EQ(k->n_sas, 4);
	CU_ASSERT(!sp(KERNEL_SP_OUT, 135, KERNEL_SP_REQUIRE) ||
		  sp(KERNEL_SP_OUT, 135, KERNEL_SP_REQUIRE)->mode ==
			  KERNEL_TRANSPORT);
	teardown();
}

/* SEC-19: what is under way to the old care-of address still arrives. */
static void nodes_tunnel_receives_at_both_for_a_while(void)
{
	setup(SECURITY_NODE, SECURITY_ALL);
	UNIT_EQ(tunnel(SECURITY_NODE, COA), 0);
	UNIT_EQ(sa(0x1003, HA)->sel_proto, 0);
	UNIT_EQ(tunnel(SECURITY_NODE, COA2), 0);
	UNIT_STR(addr_str(&sa(0x1003, HA)->src), COA2);
	CU_ASSERT(sa(0x1004, COA) && sa(0x1004, COA2));
	UNIT_EQ(tunnel(SECURITY_NODE, COA), 0);
	CU_ASSERT(sa(0x1004, COA) && sa(0x1004, COA2));
	no_tunnel(SECURITY_NODE);
	UNIT_EQ(k->n_sas, 2);
	teardown();
}

/* A kernel that will not move it gets it anew. */
static void tunnel_is_made_anew_where_it_does_not_move(void)
{
	setup(SECURITY_NODE, SECURITY_TESTS);
	UNIT_EQ(tunnel(SECURITY_NODE, COA), 0);
	fake_kernel_fail_call(k, FAKE_MIGRATE, 1, ENODATA);
	UNIT_EQ(tunnel(SECURITY_NODE, COA2), 0);
	UNIT_STR(addr_str(&sa(0x1003, HA)->src), COA2);
	CU_ASSERT(sa(0x1004, COA2) && !sa(0x1004, COA));
	teardown();
}

static void nothing_happens_outside_of_realms(void)
{
	struct in6_addr hoa = addr("2001:db8:9::1"), ha = addr(HA);
	struct in6_addr coa = addr(COA);

	setup(SECURITY_AGENT, SECURITY_TESTS);
	fake_kernel_forget(k);
	UNIT_EQ(security_tunnel_set(s, SECURITY_AGENT, &hoa, &ha, &coa), 0);
	UNIT_EQ(tunnel(SECURITY_NODE, COA), 0);
	UNIT_EQ(security_tunnel_set(NULL, SECURITY_AGENT, &hoa, &ha, &coa), 0);
	UNIT_EQ(k->n_requests, 0);
	teardown();
}

/* Both sets are received, one is sent with: first the agent takes the new,
 * then the node sends with it, then the agent forgets the old. */
static void keys_roll_over(void)
{
	setup(SECURITY_AGENT, SECURITY_TESTS);
	UNIT_EQ(tunnel(SECURITY_AGENT, COA), 0);
	nodes[0].n_sets = 2;
	fill_set(&nodes[0].sets[1], 0x3000);
	UNIT_EQ(security_apply(s, &plan), 0);
	CU_ASSERT(sa(0x1001, HA) && sa(0x3001, HA));
	CU_ASSERT(sa(0x1003, HA) && sa(0x3003, HA));
	CU_ASSERT(sa(0x1002, HOA) && !sa(0x3002, HOA));
	nodes[0].n_sets = 1;
	nodes[0].sets[0] = nodes[0].sets[1];
	UNIT_EQ(security_apply(s, &plan), 0);
	CU_ASSERT(!sa(0x1001, HA) && sa(0x3001, HA) && !sa(0x1003, HA));
	CU_ASSERT(!sa(0x1002, HOA) && sa(0x3002, HOA));
	CU_ASSERT(sa(0x3004, COA) && !sa(0x1004, COA));
	teardown();
}

static void a_refusal_is_told(void)
{
	setup(SECURITY_AGENT, SECURITY_TESTS);
	fake_kernel_fail_call(k, FAKE_SA_SET, 1, EPROTONOSUPPORT);
	UNIT_EQ(tunnel(SECURITY_AGENT, COA), -EPROTONOSUPPORT);
	teardown();
}

/* What the kernel refused is not taken for done. */
static void what_was_refused_is_tried_again(void)
{
	setup(SECURITY_AGENT, SECURITY_TESTS);
	fake_kernel_fail_call(k, FAKE_SA_SET, 1, ENOBUFS);
	UNIT_EQ(tunnel(SECURITY_AGENT, COA), -ENOBUFS);
	UNIT_EQ(tunnel(SECURITY_AGENT, COA), 0);
	CU_ASSERT(sa(0x1003, HA) && sa(0x1004, COA));
	fill_set(&nodes[0].sets[0], 0x3000);
	fake_kernel_fail_call(k, FAKE_SA_SET, 1, ENOBUFS);
	UNIT_EQ(security_apply(s, &plan), -ENOBUFS);
	UNIT_EQ(security_apply(s, &plan), 0);
	CU_ASSERT(sa(0x3001, HA) && sa(0x3002, HOA));
	CU_ASSERT(sa(0x3003, HA) && sa(0x3004, COA));
	UNIT_EQ(k->n_sas, 6);
	teardown();
}

/* Keys that are gone are gone at former care-of addresses, too. */
static void old_keys_end_at_old_addresses(void)
{
	setup(SECURITY_NODE, SECURITY_TESTS);
	UNIT_EQ(tunnel(SECURITY_NODE, COA), 0);
	UNIT_EQ(tunnel(SECURITY_NODE, COA2), 0);
	UNIT_EQ(security_apply(s, &plan), 0);
	CU_ASSERT(sa(0x1004, COA) && sa(0x1004, COA2));
	fill_set(&nodes[0].sets[0], 0x3000);
	UNIT_EQ(security_apply(s, &plan), 0);
	CU_ASSERT(!sa(0x1004, COA) && !sa(0x1004, COA2));
	CU_ASSERT(sa(0x3004, COA2) != NULL);
	teardown();
}

/* A home address that stands in two places has its keys once. */
static void realms_may_overlap(void)
{
	struct security_realm both[2];

	setup(SECURITY_NODE, SECURITY_SIGNALLING);
	both[0] = both[1] = realm;
	both[1].agent = addr_any;
	plan.realms = both;
	plan.n_realms = 2;
	fill_set(&nodes[0].sets[0], 0x3000);
	fake_kernel_forget(k);
	UNIT_EQ(security_apply(s, &plan), 0);
	UNIT_EQ(fake_kernel_count(k, FAKE_SA_SET), 2);
	UNIT_EQ(k->n_sas, 2);
	UNIT_EQ(k->n_sps, 3);
	teardown();
}

/* Which keys must live on is known. */
static void the_keys_in_force_are_known(void)
{
	setup(SECURITY_AGENT, SECURITY_SIGNALLING);
	CU_ASSERT(security_keys_in_force(s) == &keys);
	plan.keys = NULL;
	UNIT_EQ(security_apply(s, &plan), 0);
	CU_ASSERT(security_keys_in_force(s) == NULL);
	teardown();
}

static const struct unit_case cases[] = {
	UNIT_CASE(each_node_has_its_own_protection),
	UNIT_CASE(agent_has_policies_per_prefix_and_keys_per_node),
	UNIT_CASE(node_has_its_own_alone),
	UNIT_CASE(policies_are_there_without_keys),
	UNIT_CASE(what_stays_the_same_is_not_touched),
	UNIT_CASE(tests_in_clear_are_refused_while_away),
	UNIT_CASE(agents_tunnel_follows_the_binding),
	UNIT_CASE(nodes_tunnel_receives_at_both_for_a_while),
	UNIT_CASE(tunnel_is_made_anew_where_it_does_not_move),
	UNIT_CASE(nothing_happens_outside_of_realms),
	UNIT_CASE(keys_roll_over),
	UNIT_CASE(a_refusal_is_told),
	UNIT_CASE(what_was_refused_is_tried_again),
	UNIT_CASE(old_keys_end_at_old_addresses),
	UNIT_CASE(realms_may_overlap),
	UNIT_CASE(the_keys_in_force_are_known),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "security", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
