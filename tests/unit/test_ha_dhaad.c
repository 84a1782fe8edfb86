/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home agent address discovery of a whole home agent: where the anycast
 * addresses are joined, which requests are answered, and how.
 */
#include <string.h>

#include "tests/unit/ha_world.h"

#define AC1  "2001:db8:1:0:fdff:ffff:ffff:fffe"
#define AC11 "2001:db8:11:0:fdff:ffff:ffff:fffe"
#define AC2  "2001:db8:2:0:fdff:ffff:ffff:fffe"
#define AC9  "2001:db8:9:0:fdff:ffff:ffff:fffe"

static struct world w;

static void setup(void)
{
	world_init(&w);
	w.conf.agent_discovery = true;
	world_start(&w);
}

static void request(const char *from, const char *to, uint16_t id)
{
	struct packet pkt = {
		.src = ip(from),
		.dst = ip(to),
		.wire_src = ip(from),
		.wire_dst = ip(to),
		.ifindex = CORE,
		.hop_limit = 60,
		.when = w.now,
	};
	struct icmp6_msg m = { .type = ICMP6_HAAD_REQUEST, .request = { id } };

	ha_on_icmp6(w.ha, &pkt, &m, w.now);
}

static void hear_ra(int ifindex, const char *ll, const char *addr,
		    uint16_t preference, uint16_t lifetime_s, bool home_agent)
{
	struct packet pkt = { .src = ip(ll),
			      .dst = addr_all_nodes,
			      .ifindex = ifindex,
			      .hop_limit = 255,
			      .when = w.now };
	struct icmp6_msg m = { .type = ICMP6_RA };
	struct ra_prefix *p = &m.ra.prefixes[0];

	m.ra.home_agent = home_agent;
	m.ra.router_lifetime_s = m.ra.ha_lifetime_s = lifetime_s;
	m.ra.ha_preference = preference;
	m.ra.n_prefixes = 1;
	p->addr = ip(addr);
	p->prefix = prefix_of(&p->addr, 64);
	p->router_addr = true;
	p->valid_s = p->preferred_s = 86400;
	ha_on_icmp6(w.ha, &pkt, &m, w.now);
}

/* The reply that waits as "identifier: addresses" (last group each). */
static const char *reply(struct mh_send *ret_send)
{
	static char text[256];
	struct icmp6_msg m;
	unsigned int i;

	if (!world_icmp6(&w, &m, ret_send))
		return "none";
	UNIT_EQ(m.type, ICMP6_HAAD_REPLY);
	snprintf(text, sizeof(text), "%u:", m.reply.id);
	for (i = 0; i < m.reply.n_addrs; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 " %s", addr_str(&m.reply.addrs[i]));
	return text;
}

/* HA-132 */
static void anycast_addresses_are_joined_while_links_are_served(void)
{
	setup();
	CU_ASSERT_TRUE(fake_transport_has_anycast(w.t, ETH0, AC1));
	CU_ASSERT_TRUE(fake_transport_has_anycast(w.t, ETH0, AC11));
	CU_ASSERT_TRUE(fake_transport_has_anycast(w.t, ETH1, AC2));
	CU_ASSERT_TRUE(fake_transport_has_anycast(w.t, 0, AC9));
	UNIT_EQ(w.t->n_anycast, 4);
	fake_kernel_link_up(w.k, ETH0, "eth0", false);
	world_settle(&w);
	UNIT_EQ(w.t->n_anycast, 2);
	fake_kernel_link_up(w.k, ETH0, "eth0", true);
	world_settle(&w);
	UNIT_EQ(w.t->n_anycast, 4);
	w.conf.agent_discovery = false;
	ha_reload(w.ha, &w.conf, w.now);
	UNIT_EQ(w.t->n_anycast, 0);
	request(COA, AC1, 1);
	world_expect_silence(&w);
	world_close(&w);
}

/* HA-132 HA-133 HA-135 COM-43: also from a node abroad, from an address of
 * ours in that prefix, to where the request came from. */
static void a_request_is_answered(void)
{
	struct mh_send send;
	const char *text;

	setup();
	request(COA, AC1, 0x1234);
	text = reply(&send);
	CU_ASSERT_TRUE(!strcmp(text, "4660: " HA1 " " HA11) ||
		       !strcmp(text, "4660: " HA11 " " HA1));
	UNIT_STR(addr_str(&send.src), HA1);
	UNIT_STR(addr_str(&send.dst), COA);
	CU_ASSERT_FALSE(send.rh2);
	request(COA_B, AC2, 2);
	UNIT_STR(reply(&send), "2: " HA2);
	UNIT_STR(addr_str(&send.src), HA2);
	request(COA_B, AC9, 3);
	UNIT_STR(reply(&send), "3: " HA1);
	UNIT_EQ(w.counters.v[CNT_HAAD_IN], 3);
	UNIT_EQ(w.counters.v[CNT_HAAD_OUT], 3);
	world_close(&w);
}

/* HA-134 */
static void a_binding_changes_nothing(void)
{
	struct mh_send send;

	setup();
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 900 });
	request(COA, AC2, 5);
	UNIT_STR(reply(&send), "5: " HA2);
	UNIT_STR(addr_str(&send.dst), COA);
	CU_ASSERT_FALSE(send.rh2);
	world_close(&w);
}

/* HA-122 HA-123 HA-127 HA-136: a list for each link. */
static void each_link_has_its_list(void)
{
	setup();
	hear_ra(ETH0, "fe80::77", "2001:db8:1::77", 5, 10, true);
	hear_ra(ETH1, "fe80::88", "2001:db8:2::88", 0, 1800, true);
	hear_ra(CORE, "fe80::99", "2001:db8:f::99", 9, 1800, true);
	request(COA, AC2, 1);
	CU_ASSERT_PTR_NULL(strstr(reply(NULL), "::77"));
	request(COA, AC1, 2);
	CU_ASSERT_TRUE(!strncmp(reply(NULL), "2: 2001:db8:1::77 ", 18));
	world_run_ms(&w, 10000);
	request(COA, AC1, 3);
	CU_ASSERT_PTR_NULL(strstr(reply(NULL), "::77"));
	request(COA, AC2, 4);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply(NULL), "::88"));
	/* HA-124 */
	hear_ra(ETH1, "fe80::88", "2001:db8:2::88", 0, 1800, false);
	request(COA, AC2, 5);
	UNIT_STR(reply(NULL), "5: " HA2);
	world_close(&w);
}

/* HA-120 HA-136: our own preference. */
static void our_preference_counts(void)
{
	world_init(&w);
	w.conf.agent_discovery = true;
	w.links[2].preference = 6;
	world_start(&w);
	hear_ra(ETH1, "fe80::88", "2001:db8:2::88", 5, 1800, true);
	request(COA, AC2, 1);
	UNIT_STR(reply(NULL), "1: " HA2 " 2001:db8:2::88");
	hear_ra(ETH1, "fe80::88", "2001:db8:2::88", 7, 1800, true);
	request(COA, AC2, 2);
	UNIT_STR(reply(NULL), "2: 2001:db8:2::88 " HA2);
	world_close(&w);
}

/* What is known of a link goes with its interface. */
static void another_interface_begins_anew(void)
{
	setup();
	hear_ra(ETH1, "fe80::88", "2001:db8:2::88", 7, 1800, true);
	fake_kernel_link_set(w.k, &(struct kernel_link){ .ifindex = ETH1,
							 .name = "eth1",
							 .gone = true });
	world_settle(&w);
	fake_kernel_link_up(w.k, 12, "eth1", true);
	world_settle(&w);
	CU_ASSERT_TRUE(fake_transport_has_anycast(w.t, 12, AC2));
	request(COA, AC2, 1);
	UNIT_STR(reply(NULL), "1: " HA2);
	world_close(&w);
}

static void others_are_not_answered(void)
{
	setup();
	request(COA, HA1, 1);
	request(COA, "2001:db8:77:0:fdff:ffff:ffff:fffe", 2);
	request("fe80::5", AC1, 3);
	request("::", AC1, 4);
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_HAAD_IGNORED], 4);
	w.t->send_err = -101;
	request(COA, AC1, 5);
	UNIT_EQ(w.counters.v[CNT_ICMP_OUT_FAILED], 1);
	UNIT_EQ(w.counters.v[CNT_HAAD_OUT], 0);
	w.t->send_err = 0;
	world_close(&w);
}

/* HA-141 */
static void a_flood_is_limited(void)
{
	unsigned int i;

	setup();
	for (i = 0; i < 1000; i++)
		request(COA, AC1, (uint16_t)i);
	UNIT_EQ(w.t->n_sent, 20);
	UNIT_EQ(w.counters.v[CNT_HAAD_RATE], 980);
	fake_transport_forget(w.t);
	world_run_ms(&w, 500);
	for (i = 0; i < 1000; i++)
		request(COA, AC1, (uint16_t)i);
	UNIT_EQ(w.t->n_sent, 10);
	fake_transport_forget(w.t);
	world_close(&w);
}

/* A join that fails is said, and tried again with the link. */
static void a_join_that_fails(void)
{
	world_init(&w);
	w.conf.agent_discovery = true;
	w.t->anycast_err = -99;
	world_start(&w);
	UNIT_EQ(w.t->n_anycast, 0);
	CU_ASSERT_TRUE(fake_log_contains("cannot join " AC1));
	w.t->anycast_err = 0;
	fake_kernel_link_up(w.k, ETH0, "eth0", false);
	fake_kernel_link_up(w.k, ETH0, "eth0", true);
	world_settle(&w);
	UNIT_EQ(w.t->n_anycast, 2);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(anycast_addresses_are_joined_while_links_are_served),
	UNIT_CASE(a_request_is_answered),
	UNIT_CASE(a_binding_changes_nothing),
	UNIT_CASE(each_link_has_its_list),
	UNIT_CASE(our_preference_counts),
	UNIT_CASE(another_interface_begins_anew),
	UNIT_CASE(others_are_not_answered),
	UNIT_CASE(a_flood_is_limited),
	UNIT_CASE(a_join_that_fails),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_dhaad", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
