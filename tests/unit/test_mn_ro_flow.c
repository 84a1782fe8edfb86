/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which traffic begins return routability: triggers and rules, the bound of
 * the table, what a reload ends, what ctl shows.
 */
#include <errno.h>
#include <string.h>

#include "tests/unit/mn_ro_world.h"

static struct rw r;

static struct prefix prefix(const char *text)
{
	struct prefix p;

	UNIT_NEED(!prefix_parse(text, &p));
	return p;
}

/* ---- triggers ---- */

/* MN-145: what comes through the tunnel begins it as well as what goes; MN-151:
 * for the home address that the packet was for. */
static void traffic_in_either_direction(void)
{
	rw_open(&r);
	rw_flow_of(&r, HOA, CN1, UDP, 0, true);
	UNIT_EQ(r.w.n_mhs, 2);
	rw_flow_of(&r, HOA, CN2, UDP, 53, false);
	UNIT_EQ(r.w.n_mhs, 4);
	UNIT_EQ(r.w.counters.v[CNT_FLOW_IN], 2);
	/* More of the same changes nothing. */
	rw_flow_of(&r, HOA, CN2, TCP, 80, true);
	UNIT_EQ(r.w.n_mhs, 4);
	UNIT_EQ(r.w.counters.v[CNT_FLOW_IN], 2);
	rw_close(&r);
}

/* MN-146: never with the home agent; MN-147: only of a home address; MN-148:
 * not because of Mobility Headers; nor with what is no other node's routable
 * unicast address. */
static void traffic_that_begins_nothing(void)
{
	static const struct {
		const char *hoa, *peer;
		uint8_t protocol;
	} list[] = {
		{ HOA, HA, TCP },        { HOA2, CN1, TCP },
		{ COA_A, CN1, TCP },     { HOA, CN1, MH_PROTO },
		{ HOA, "ff0e::1", UDP }, { HOA, "ff02::1", UDP },
		{ HOA, "fe80::1", UDP }, { HOA, "fec0::1", UDP },
		{ HOA, "::1", UDP },     { HOA, "::", UDP },
		{ HOA, HOA, UDP },       { HOA, COA_A, UDP },
	};
	unsigned int i;

	rw_open(&r);
	for (i = 0; i < ARRAY_SIZE(list); i++) {
		rw_flow_of(&r, list[i].hoa, list[i].peer, list[i].protocol, 0,
			   true);
		UNIT_EQ(r.w.n_mhs, 0);
		UNIT_STR(rw_state(&r, list[i].peer), "");
	}
	UNIT_EQ(r.w.counters.v[CNT_FLOW_IN], 0);
	rw_close(&r);
}

/* MN-152: it waits for the home registration. */
static void traffic_before_the_home_registration(void)
{
	rw_init(&r);
	mw_start(&r.w);
	rw_flow(&r, CN1);
	UNIT_STR(rw_state(&r, CN1), "");
	mw_ra(&r.w, ETH0, &mw_router_a);
	fake_kernel_addr_add(r.w.k, ETH0, COA_A);
	mw_settle(&r.w);
	UNIT_STR(mw_state(&r.w), "REGISTERING");
	rw_flow(&r, CN1);
	UNIT_EQ(r.w.n_mhs, 0);
	UNIT_STR(rw_state(&r, CN1), "waiting");
	CU_ASSERT(strstr(rw_info(&r, CN1)->reason, "not confirmed") != NULL);
	mw_accept(&r.w);
	UNIT_EQ(r.w.n_mhs, 2);
	UNIT_STR(rw_state(&r, CN1), "testing");
	rw_answer_all(&r);
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* MN-149: packets that come directly tell nothing; those through the agent,
 * well after the peer got its binding, that it has lost it. */
static void a_peer_that_sends_through_the_agent(void)
{
	rw_open(&r);
	rw_optimise(&r, CN1);
	rw_flow_of(&r, HOA, CN1, UDP, 0, true);
	UNIT_EQ(r.w.n_mhs, 0);
	rw_run_s(&r, 11);
	rw_flow_of(&r, HOA, CN1, UDP, 0, true);
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_ba(&r, rw_last(&r, MH_BU),
	      &(struct rw_ba){ .status = BA_EXPIRED_NONCES, .no_auth = true });
	rw_answer_all(&r);
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* MN-122: a peer that does not answer is let alone, longer each time. */
static void no_storm_of_retries(void)
{
	static const int64_t rest_s[] = { 60, 120, 240, 480, 600, 600 };
	unsigned int i;

	rw_open(&r);
	for (i = 0; i < ARRAY_SIZE(rest_s); i++) {
		rw_flow(&r, CN1);
		UNIT_STR(rw_state(&r, CN1), "testing");
		rw_live_s(&r, 95);
		UNIT_STR(rw_state(&r, CN1), "failed");
		UNIT_EQ(r.w.n_mhs, 14);
		UNIT_EQ(mtime_left_s(rw_info(&r, CN1)->info.until, r.w.now),
			rest_s[i]);
		rw_forget(&r);
		rw_live_s(&r, rest_s[i] - 1);
		rw_flow(&r, CN1);
		UNIT_EQ(r.w.n_mhs, 0);
		rw_live_s(&r, 1);
		UNIT_STR(rw_state(&r, CN1), "idle");
		rw_forget(&r);
	}
	rw_close(&r);
}

/* ---- rules ---- */

static struct conf_mn_rule rules[4];

static void open_with_rules(void)
{
	rw_init(&r);
	rules[0] = (struct conf_mn_rule){ .peer = prefix("2001:db8:c::/64"),
					  .protocol = TCP,
					  .port = 5001,
					  .action = CONF_MN_TUNNEL };
	rules[1] = (struct conf_mn_rule){ .peer = prefix("::/0"),
					  .protocol = UDP,
					  .port = 53,
					  .action = CONF_MN_DIRECT };
	rules[2] = (struct conf_mn_rule){ .peer = prefix("2001:db8:c::/64"),
					  .action = CONF_MN_OPTIMISE };
	rules[3] = (struct conf_mn_rule){ .peer = prefix("::/0"),
					  .action = CONF_MN_TUNNEL };
	r.w.conf.rules = rules;
	r.w.conf.n_rules = 4;
	rw_start(&r);
}

/* MN-161: the first rule that matches counts, and counts. */
static void ordered_rules(void)
{
	static const char far[] = "2001:db8:d::1";

	open_with_rules();
	rw_flow_of(&r, HOA, CN1, TCP, 5001, false);
	rw_flow_of(&r, HOA, CN1, UDP, 53, false);
	rw_flow_of(&r, HOA, far, TCP, 80, false);
	rw_flow_of(&r, HOA, far, UDP, 53, false);
	UNIT_EQ(r.w.n_mhs, 0);
	rw_flow_of(&r, HOA, CN1, TCP, 5002, false);
	UNIT_EQ(r.w.n_mhs, 2);
	UNIT_EQ(mn_rule_hits(r.w.mn, 0), 1);
	UNIT_EQ(mn_rule_hits(r.w.mn, 1), 2);
	UNIT_EQ(mn_rule_hits(r.w.mn, 2), 1);
	UNIT_EQ(mn_rule_hits(r.w.mn, 3), 1);
	UNIT_EQ(mn_rule_hits(r.w.mn, 4), 0);
	rw_close(&r);
}

/* MN-17: the kernel has the same rules, and what holds for the rest. */
static void rules_of_the_kernel(void)
{
	struct in6_addr cn = mw_addr(CN1), far = mw_addr("2001:db8:d::1");

	open_with_rules();
	UNIT_EQ(fake_kernel_rule(r.w.k, &cn, TCP, 5001), KERNEL_RULE_TUNNEL);
	UNIT_EQ(fake_kernel_rule(r.w.k, &cn, UDP, 53), KERNEL_RULE_DIRECT);
	UNIT_EQ(fake_kernel_rule(r.w.k, &cn, UDP, 54), KERNEL_RULE_OPTIMISE);
	UNIT_EQ(fake_kernel_rule(r.w.k, &far, TCP, 80), KERNEL_RULE_TUNNEL);
	rw_close(&r);

	rw_open(&r);
	UNIT_EQ(r.w.k->n_rules, 1);
	UNIT_EQ(fake_kernel_rule(r.w.k, &far, TCP, 80), KERNEL_RULE_OPTIMISE);
	rw_close(&r);

	rw_init(&r);
	r.w.conf.route_optimisation = false;
	rw_start(&r);
	UNIT_EQ(r.w.k->n_rules, 0);
	rw_flow(&r, CN1);
	UNIT_EQ(r.w.n_mhs, 0);
	rw_close(&r);
}

/* A reload: the kernel's rules, hits anew, and what is not allowed any more
 * is de-registered and forgotten. */
static void other_rules(void)
{
	struct conf_mn conf;
	struct in6_addr cn = mw_addr(CN1);

	rw_open(&r);
	rw_optimise(&r, CN1);
	rw_optimise(&r, CN2);
	conf = r.w.conf;
	rules[0] = (struct conf_mn_rule){ .peer = prefix(CN1 "/128"),
					  .protocol = TCP,
					  .port = 80,
					  .action = CONF_MN_TUNNEL };
	conf.rules = rules;
	conf.n_rules = 1;
	mn_reload(r.w.mn, &conf, r.w.now);
	mw_settle(&r.w);
	UNIT_EQ(fake_kernel_rule(r.w.k, &cn, TCP, 80), KERNEL_RULE_TUNNEL);
	UNIT_EQ(fake_kernel_rule(r.w.k, &cn, TCP, 81), KERNEL_RULE_OPTIMISE);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_flow_of(&r, HOA, CN1, TCP, 80, false);
	UNIT_EQ(mn_rule_hits(r.w.mn, 0), 1);

	mn_reload(r.w.mn, &conf, r.w.now);
	UNIT_EQ(mn_rule_hits(r.w.mn, 0), 1);
	r.w.conf = conf;
	rules[1] = rules[0];
	rules[1].protocol = 0;
	rules[1].port = 0;
	r.w.conf.rules = &rules[1];
	mn_reload(r.w.mn, &r.w.conf, r.w.now);
	mw_settle(&r.w);
	UNIT_EQ(mn_rule_hits(r.w.mn, 0), 0);
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	CU_ASSERT(!rw_path(&r, CN1)->send);
	CU_ASSERT(rw_is_optimised(&r, CN2));
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.lifetime_4s, 0);
	MW_ADDR(rw_last(&r, MH_BU)->send.dst, CN1);
	CU_ASSERT(strstr(rw_info(&r, CN1)->reason, "rules") != NULL);
	rw_accept(&r);
	mw_settle(&r.w);
	UNIT_STR(rw_state(&r, CN1), "");
	CU_ASSERT(!rw_path(&r, CN1) && !rw_entry(&r, CN1));
	rw_close(&r);
}

/* ---- bounds ---- */

static const char *peer_text(unsigned int i)
{
	static char text[40];

	snprintf(text, sizeof(text), "2001:db8:c::%x", i + 0x100);
	return text;
}

static unsigned int count_all(void);

/* Who is only being asked makes room, the oldest first; who is optimised
 * does not. */
static void room_for_another(void)
{
	unsigned int i;

	rw_init(&r);
	r.w.conf.max_correspondents = 3;
	rw_start(&r);
	rw_optimise(&r, CN1);
	rw_flow(&r, peer_text(0));
	mw_run_ms(&r.w, 10);
	rw_flow(&r, peer_text(1));
	UNIT_EQ(count_all(), 3);
	rw_flow(&r, peer_text(2));
	UNIT_EQ(count_all(), 3);
	UNIT_STR(rw_state(&r, peer_text(0)), "");
	UNIT_STR(rw_state(&r, peer_text(1)), "testing");
	CU_ASSERT(rw_is_optimised(&r, CN1));
	/* Who cannot goes before who may. */
	rw_icmp(&r, rw_last(&r, MH_HOTI), ICMP6_PARAM_PROB_T, 1);
	UNIT_STR(rw_state(&r, peer_text(2)), "incapable");
	rw_flow(&r, peer_text(3));
	UNIT_STR(rw_state(&r, peer_text(2)), "");
	UNIT_STR(rw_state(&r, peer_text(1)), "testing");
	for (i = 0; i < 40; i++) {
		mw_run_ms(&r.w, 1000);
		rw_flow(&r, peer_text(10 + i));
		UNIT_EQ(count_all(), 3);
	}
	CU_ASSERT(rw_is_optimised(&r, CN1));
	CU_ASSERT(mn_bul(r.w.mn)->count <= 4);
	rw_close(&r);
}

/* All are optimised: the one that was useful longest ago is de-registered,
 * if it has not been useful lately. */
static void room_where_all_are_optimised(void)
{
	unsigned int i;

	rw_init(&r);
	r.w.conf.max_correspondents = 2;
	rw_start(&r);
	rw_optimise(&r, CN1);
	rw_run_s(&r, 1);
	rw_optimise(&r, CN2);
	rw_flow(&r, peer_text(0));
	UNIT_EQ(r.w.n_mhs, 0);
	UNIT_STR(rw_state(&r, peer_text(0)), "");
	for (i = 0; i < 15; i++) {
		rw_usage(&r, CN1, 1);
		rw_run_s(&r, 10);
	}
	rw_flow(&r, peer_text(0));
	UNIT_STR(rw_state(&r, CN2), "deleting");
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_accept(&r);
	UNIT_STR(rw_state(&r, CN2), "");
	rw_flow(&r, peer_text(0));
	UNIT_STR(rw_state(&r, peer_text(0)), "testing");
	rw_close(&r);
}

static void count_one(void *arg, const struct mn_ro_info *info)
{
	(void)info;
	++*(unsigned int *)arg;
}

static unsigned int count_all(void)
{
	unsigned int n = 0;

	mn_walk_ro(r.w.mn, count_one, &n);
	return n;
}

/* MN-185: forgetting a peer does not forget how much was sent to it. */
static void the_rate_outlives_the_entry(void)
{
	unsigned int i;

	rw_init(&r);
	r.w.conf.max_correspondents = 1;
	rw_start(&r);
	for (i = 0; i < 10; i++) {
		rw_flow(&r, CN1);
		rw_flow(&r, CN2);
	}
	CU_ASSERT(rw_count(&r, MH_HOTI) <= 6);
	CU_ASSERT(rw_count(&r, MH_COTI) <= 6);
	CU_ASSERT(count_all() <= 1);
	rw_close(&r);
}

/* A lower limit lets go of whom it can. */
static void a_lower_limit(void)
{
	unsigned int i;

	rw_open(&r);
	rw_optimise(&r, CN1);
	for (i = 0; i < 10; i++)
		rw_flow(&r, peer_text(i));
	UNIT_EQ(count_all(), 11);
	r.w.conf.max_correspondents = 4;
	mn_reload(r.w.mn, &r.w.conf, r.w.now);
	UNIT_EQ(count_all(), 4);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	UNIT_STR(rw_state(&r, peer_text(9)), "testing");
	rw_close(&r);
}

/* A thousand at once: each gets its own answers. */
static void a_thousand(void)
{
	struct rw_test as = { .ifindex = 0 };
	unsigned int i, j;

	rw_init(&r);
	r.w.conf.max_correspondents = 1000;
	rw_start(&r);
	for (i = 0; i < 1000; i++) {
		rw_flow(&r, peer_text(i));
		for (j = 0; j < 2; j++)
			rw_answer_as(&r, &r.w.mhs[j], &as);
		rw_accept(&r);
		rw_forget(&r);
	}
	UNIT_EQ(count_all(), 1000);
	UNIT_EQ(mn_bul(r.w.mn)->count, 1001);
	CU_ASSERT(rw_is_optimised(&r, peer_text(0)));
	CU_ASSERT(rw_is_optimised(&r, peer_text(999)));
	rw_move(&r);
	CU_ASSERT(!rw_is_optimised(&r, peer_text(500)));
	UNIT_EQ(r.w.counters.v[CNT_TEST_INIT_OUT], 3000);
	rw_close(&r);
}

/* ---- ctl ---- */

/* MN-6: all of it can be seen, with a reason in each state. */
static void what_is_shown(void)
{
	const struct rw_info *i;

	rw_open(&r);
	rw_flow(&r, CN1);
	i = rw_info(&r, CN1);
	UNIT_STR(i->info.state, "testing");
	UNIT_STR(i->reason, "traffic: waiting for both tests, asked 1 time");
	CU_ASSERT(!i->info.optimised && addr_is_any(&i->info.coa));
	rw_answer(&r, rw_last(&r, MH_HOTI));
	i = rw_info(&r, CN1);
	UNIT_STR(i->reason,
		 "traffic: waiting for the care-of test, asked 1 time");
	CU_ASSERT(i->info.has_home_token && !i->info.has_coa_token);
	rw_answer(&r, rw_last(&r, MH_COTI));
	i = rw_info(&r, CN1);
	UNIT_STR(i->info.state, "updating");
	UNIT_STR(i->reason,
		 "waiting for a Binding Acknowledgement, asked 1 time");
	rw_accept(&r);
	i = rw_info(&r, CN1);
	UNIT_STR(i->info.state, "optimised");
	UNIT_STR(i->reason, "the peer has a binding: accepted");
	MW_ADDR(i->info.coa, COA_A);
	UNIT_EQ(i->info.seq, rw_last(&r, MH_BU)->msg.bu.seq);
	UNIT_EQ(i->info.expires.us, mtime_add_s(r.w.now, 420).us);
	CU_ASSERT(i->info.has_status && !i->info.last_status);
	CU_ASSERT(!i->info.has_usage);
	rw_usage(&r, CN1, 77);
	rw_run_s(&r, 60);
	i = rw_info(&r, CN1);
	CU_ASSERT(i->info.has_usage);
	UNIT_EQ(i->info.octets_out, 77);
	rw_close(&r);
}

static const struct unit_case traffic[] = {
	UNIT_CASE(traffic_in_either_direction),
	UNIT_CASE(traffic_that_begins_nothing),
	UNIT_CASE(traffic_before_the_home_registration),
	UNIT_CASE(a_peer_that_sends_through_the_agent),
	UNIT_CASE(no_storm_of_retries),
	UNIT_END,
};

static const struct unit_case policy[] = {
	UNIT_CASE(ordered_rules),
	UNIT_CASE(rules_of_the_kernel),
	UNIT_CASE(other_rules),
	UNIT_END,
};

static const struct unit_case bounds[] = {
	UNIT_CASE(room_for_another),
	UNIT_CASE(room_where_all_are_optimised),
	UNIT_CASE(the_rate_outlives_the_entry),
	UNIT_CASE(a_lower_limit),
	UNIT_CASE(a_thousand),
	UNIT_CASE(what_is_shown),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_ro traffic", traffic },
					    { "mn_ro rules", policy },
					    { "mn_ro bounds", bounds },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
