/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Duplicate address detection for mobile nodes, and the advertisements that
 * follow it.
 */
#include "tests/unit/ha_world.h"

static void expect_probe(struct world *w, const char *target)
{
	struct in6_addr t = ip(target), dst = addr_solicited_node(&t);
	struct icmp6_msg nd;
	struct nd_send send;

	UNIT_NEED(world_nd(w, &nd, &send));
	UNIT_EQ(nd.type, ICMP6_NS);
	CU_ASSERT_TRUE(addr_eq(&nd.ns.target, &t));
	UNIT_EQ(nd.ns.source_lladdr.len, 0);
	CU_ASSERT_TRUE(addr_is_any(&send.src));
	CU_ASSERT_TRUE(addr_eq(&send.dst, &dst));
	CU_ASSERT_PTR_NULL(send.lldst);
	UNIT_EQ(send.ifindex, ETH0);
}

/* HA-48: L=0, one probe for the home address, none for the link-local one,
 * and the answer only afterwards. */
static void probes_the_home_address(void)
{
	struct world w;

	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	UNIT_EQ(fake_transport_listening(w.t, ETH0), 1);
	expect_probe(&w, HOA);
	world_expect_silence(&w);
	world_run_ms(&w, 999);
	world_expect_silence(&w);
	world_run_ms(&w, 1);
	world_expect_ba(&w, BA_ACCEPTED, 1);
	CU_ASSERT_TRUE(fake_transport_is_quiet(w.t));
	UNIT_EQ(w.counters.v[CNT_NS_OUT], 1);
	world_close(&w);
}

/* HA-49: L=1, both addresses. */
static void probes_the_linklocal_address_too(void)
{
	struct in6_addr ll = ip(HOA_LL);
	struct world w;

	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .flags = AHL, .lifetime = 105 });
	expect_probe(&w, HOA);
	expect_probe(&w, HOA_LL);
	world_expect_silence(&w);
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 1);
	CU_ASSERT_TRUE(fake_kernel_is_proxied(w.k, ETH0, &ll));
	CU_ASSERT_TRUE(fake_transport_is_quiet(w.t));
	world_close(&w);
}

static void probes_as_often_as_configured(void)
{
	struct world w;

	world_init(&w);
	w.conf.dad_transmits = 3;
	w.conf.dad_interval_ms = 200;
	world_start(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 599);
	UNIT_STR(world_sent(&w), "SSS");
	world_run_ms(&w, 1);
	UNIT_STR(world_sent(&w), "AB");
	world_close(&w);
}

/* Without probes (DupAddrDetectTransmits 0) nobody waits. */
static void no_probes_no_wait(void)
{
	struct world w;

	world_init(&w);
	w.conf.dad_transmits = 0;
	world_start(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .flags = AHL, .lifetime = 105 });
	world_settle(&w);
	UNIT_STR(world_sent(&w), "AAB");
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_close(&w);
}

static void expect_failed(struct world *w, uint16_t seq)
{
	struct in6_addr hoa = ip(HOA);

	world_expect_ba(w, BA_DAD_FAILED, seq);
	CU_ASSERT_PTR_NULL(world_entry(w, HOA));
	CU_ASSERT_PTR_NULL(fake_kernel_binding(w->k, &hoa));
	CU_ASSERT_TRUE(fake_transport_is_quiet(w->t));
	world_run_ms(w, 5000);
	world_expect_silence(w);
	UNIT_EQ(fake_kernel_count(w->k, FAKE_BINDING_ADD), 0);
}

/* HA-51: an advertisement or another node's DAD for the home address, A bit
 * or not, L or not: 134, and nothing is left. */
static void a_claim_on_the_home_address_refuses(void)
{
	struct world w;
	int i;

	for (i = 0; i < 8; i++) {
		uint16_t flags =
			(uint16_t)(BU_FLAG_H | (i & 1 ? BU_FLAG_A : 0) |
				   (i & 2 ? BU_FLAG_L : 0));

		world_open(&w);
		world_bu(&w, &(struct bu){ .seq = 7,
					   .flags = flags,
					   .lifetime = 105 });
		world_run_ms(&w, 500);
		if (i & 4)
			world_ns(&w, ETH0, "::", HOA);
		else
			world_na(&w, ETH0, HOA);
		expect_failed(&w, 7);
		UNIT_EQ(w.counters.v[CNT_DAD_FAILED], 1);
		world_close(&w);
	}
}

/* HA-52: the same for the link-local address when L is set. */
static void a_claim_on_the_linklocal_address_refuses(void)
{
	struct world w;
	int i;

	for (i = 0; i < 2; i++) {
		world_open(&w);
		world_bu(&w, &(struct bu){
				     .seq = 7, .flags = AHL, .lifetime = 105 });
		if (i)
			world_ns(&w, ETH0, "::", HOA_LL);
		else
			world_na(&w, ETH0, HOA_LL);
		expect_failed(&w, 7);
		world_close(&w);
	}
}

/* HA-50: L=0, the link-local address may be anybody's; and what else does
 * not count: other links, other addresses, questions, our own echo. */
static void other_messages_do_not_count(void)
{
	struct packet echo = {
		.dst = ip("ff02::1:ff00:100"),
		.ifindex = ETH0,
		.hop_limit = 255,
		.lladdr = { .len = 6, .addr = { 2, 0, 0, 0, 0, ETH0 } },
	};
	struct icmp6_msg ns = { .type = ICMP6_NS };
	struct world w;

	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_na(&w, ETH0, HOA_LL);
	world_na(&w, ETH1, HOA);
	world_na(&w, 0, HOA);
	world_na(&w, ETH0, HOA_B);
	world_na(&w, ETH0, HOA_TWIN);
	world_ns(&w, ETH0, "fe80::77", HOA);
	world_ns(&w, ETH0, "2001:db8:1::77", HOA);
	ns.ns.target = ip(HOA);
	ha_on_icmp6(w.ha, &echo, &ns, w.now);
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 1);
	/* Once bound, the kernel defends the address. */
	world_na(&w, ETH0, HOA);
	world_ns(&w, ETH0, "::", HOA);
	world_settle(&w);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_close(&w);
}

/* HA-55: updates repeated during DAD start no second one, and one answer
 * comes, to the newest; a copy of the newest changes nothing. */
static void repeated_updates_are_answered_once(void)
{
	struct in6_addr coa = ip(COA_B);
	struct world w;
	struct ba ba;

	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 400);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 105 });
	world_run_ms(&w, 400);
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 3, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 3, .lifetime = 105 });
	UNIT_STR(world_sent(&w), "S");
	world_run_ms(&w, 200);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	UNIT_EQ(ba.ba.seq, 3);
	CU_ASSERT_TRUE(addr_eq(&ba.send.coa, &coa));
	CU_ASSERT_FALSE(world_ba(&w, &ba));
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	UNIT_EQ(w.counters.v[CNT_BU_BUSY], 3);
	world_close(&w);
}

/* L set during DAD, or on a binding: the link-local address passes DAD too,
 * and the home address not again. */
static void the_l_bit_may_come_later(void)
{
	struct in6_addr ll = ip(HOA_LL);
	struct world w;

	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 500);
	world_bu(&w, &(struct bu){ .seq = 2, .flags = AHL, .lifetime = 105 });
	UNIT_STR(world_sent(&w), "SSS");
	world_na(&w, ETH0, HOA_LL);
	world_expect_ba(&w, BA_DAD_FAILED, 2);

	world_bind(&w, &(struct bu){ .seq = 3, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .seq = 4, .flags = AHL, .lifetime = 105 });
	expect_probe(&w, HOA_LL);
	world_expect_silence(&w);
	world_na(&w, ETH0, HOA); /* not in question any more */
	world_na(&w, ETH0, HOA_LL);
	world_expect_ba(&w, BA_DAD_FAILED, 4);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));

	world_bu(&w, &(struct bu){ .seq = 5, .flags = AHL, .lifetime = 105 });
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 5);
	CU_ASSERT_TRUE(fake_kernel_is_proxied(w.k, ETH0, &ll));
	world_bu(&w, &(struct bu){ .seq = 6, .lifetime = 105 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 6);
	CU_ASSERT_FALSE(fake_kernel_is_proxied(w.k, ETH0, &ll));
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	/* Left alone for a while, it has to be asked for again. */
	world_bu(&w, &(struct bu){ .seq = 7, .flags = AHL, .lifetime = 105 });
	expect_probe(&w, HOA_LL);
	world_close(&w);
}

/* Two home addresses of one wire with the same interface identifier cannot
 * both have its link-local address: our own probe would not be heard. */
static void twins_cannot_share_a_linklocal_address(void)
{
	struct world w;

	world_open(&w);
	fake_kernel_addr_add(w.k, ETH0, "fe80::55");
	world_bu(&w, &(struct bu){ .seq = 1, .flags = AHL, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .hoa = HOA_TWIN,
				   .ha = HA11,
				   .seq = 1,
				   .flags = AHL,
				   .lifetime = 105 });
	world_expect_ba(&w, BA_DAD_FAILED, 1);
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 1);
	/* Without L there is nothing to share. */
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::a",
				   .seq = 1,
				   .lifetime = 105 });
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:11::a",
				   .ha = HA11,
				   .seq = 1,
				   .flags = AHL,
				   .lifetime = 105 });
	UNIT_STR(world_sent(&w), "SSS");
	world_run_ms(&w, 1000);
	UNIT_STR(world_sent(&w), "AAABAAB");
	world_bu(&w, &(struct bu){ .hoa = HOA_TWIN,
				   .ha = HA11,
				   .seq = 2,
				   .flags = AHL,
				   .lifetime = 105 });
	world_expect_ba(&w, BA_DAD_FAILED, 2);
	world_bind(&w, &(struct bu){ .hoa = HOA_TWIN,
				     .ha = HA11,
				     .seq = 3,
				     .lifetime = 105 });
	/* Another wire is another matter. */
	world_bind(&w, &(struct bu){ .hoa = HOA_2,
				     .ha = HA2,
				     .seq = 1,
				     .flags = AHL,
				     .lifetime = 105 });
	/* Nor can anybody have that of the agent itself. */
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::55",
				   .seq = 1,
				   .flags = AHL,
				   .lifetime = 105 });
	world_expect_ba(&w, BA_DAD_FAILED, 1);
	world_bind(&w, &(struct bu){ .hoa = "2001:db8:1::55",
				     .seq = 2,
				     .lifetime = 105 });
	world_close(&w);
}

/* Who cannot ask, or hear the answer, must not take silence for consent. */
static void broken_sockets_are_no_consent(void)
{
	struct world w;

	world_open(&w);
	w.t->send_err = -105;
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 1500);
	w.t->send_err = 0;
	world_run_ms(&w, 499);
	world_expect_silence(&w);
	world_run_ms(&w, 1);
	UNIT_STR(world_sent(&w), "S");
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 1);

	w.t->send_err = -105;
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 2999);
	CU_ASSERT_PTR_NOT_NULL(world_entry(&w, HOA_B));
	w.t->send_err = 0;
	world_run_ms(&w, 1);
	world_expect_ba(&w, BA_NO_RESOURCES, 1);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA_B));
	CU_ASSERT_TRUE(fake_transport_is_quiet(w.t));
	world_close(&w);
}

static void expect_na(struct world *w, const char *target)
{
	struct lladdr mac = { .len = 6, .addr = { 2, 0, 0, 0, 0, ETH0 } };
	struct in6_addr t = ip(target), ha = ip(HA1);
	struct icmp6_msg nd;
	struct nd_send send;

	UNIT_NEED(world_nd(w, &nd, &send));
	UNIT_EQ(nd.type, ICMP6_NA);
	CU_ASSERT_TRUE(addr_eq(&nd.na.target, &t));
	CU_ASSERT_TRUE(lladdr_eq(&nd.na.target_lladdr, &mac));
	CU_ASSERT_FALSE(nd.na.router);
	CU_ASSERT_FALSE(nd.na.solicited);
	CU_ASSERT_TRUE(nd.na.override);
	CU_ASSERT_TRUE(addr_eq(&send.src, &ha));
	CU_ASSERT_TRUE(addr_eq(&send.dst, &addr_all_nodes));
	CU_ASSERT_PTR_NULL(send.lldst);
	UNIT_EQ(send.ifindex, ETH0);
}

/* HA-72 the home address, HA-73 with L the link-local one, HA-74 three times
 * one second apart; the first before the answer. */
static void advertisements(void)
{
	struct world w;

	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	UNIT_STR(world_sent(&w), "S");
	world_run_ms(&w, 1000);
	UNIT_STR(world_sent(&w), "AB");
	world_run_ms(&w, 999);
	world_expect_silence(&w);
	world_run_ms(&w, 1);
	expect_na(&w, HOA);
	world_run_ms(&w, 1000);
	expect_na(&w, HOA);
	world_run_ms(&w, 60000);
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_NA_OUT], 3);

	world_bu(&w, &(struct bu){ .hoa = HOA_B,
				   .seq = 1,
				   .flags = AHL,
				   .lifetime = 105 });
	UNIT_STR(world_sent(&w), "SS");
	world_run_ms(&w, 1000);
	expect_na(&w, HOA_B);
	expect_na(&w, "fe80::200");
	UNIT_STR(world_sent(&w), "B");
	world_run_ms(&w, 60000);
	UNIT_STR(world_sent(&w), "AAAA");
	world_close(&w);
}

/* HA-65: with the de-registration the advertisements stop as well. */
static void advertisements_stop_with_the_binding(void)
{
	struct world w;

	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 1500);
	UNIT_STR(world_sent(&w), "SAB");
	world_bu(&w, &(struct bu){ .seq = 2 });
	world_run_ms(&w, 9000);
	UNIT_STR(world_sent(&w), "B");
	world_close(&w);
}

/* Many link-local addresses under DAD at once: each claim ends its own. */
static void claims_find_their_own(void)
{
	static const char *const hoas[] = { "2001:db8:1::a1", "2001:db8:1::a2",
					    "2001:db8:1::a3",
					    "2001:db8:1::a4" };
	struct world w;
	int i;

	world_open(&w);
	for (i = 0; i < 4; i++)
		world_bu(&w, &(struct bu){ .hoa = hoas[i],
					   .seq = 1,
					   .flags = AHL,
					   .lifetime = 105 });
	world_na(&w, ETH1, "fe80::a1");
	CU_ASSERT_PTR_NOT_NULL(world_entry(&w, hoas[0]));
	world_na(&w, ETH0, "fe80::a2");
	CU_ASSERT_PTR_NULL(world_entry(&w, hoas[1]));
	world_expect_ba(&w, BA_DAD_FAILED, 1);
	world_na(&w, ETH0, "fe80::a4");
	CU_ASSERT_PTR_NULL(world_entry(&w, hoas[3]));
	world_na(&w, ETH0, "fe80::a1");
	CU_ASSERT_PTR_NULL(world_entry(&w, hoas[0]));
	UNIT_EQ(fake_transport_listening(w.t, ETH0), 1);
	world_run_ms(&w, 1000);
	UNIT_EQ(w.k->n_bindings, 1);
	CU_ASSERT_TRUE(world_is_bound(&w, hoas[2], COA));
	world_na(&w, ETH0, "fe80::a3");
	CU_ASSERT_TRUE(world_is_bound(&w, hoas[2], COA));
	world_close(&w);
}

/* DAD that starts again sends all its probes again. */
static void another_l_bit_starts_dad_again(void)
{
	struct world w;

	world_init(&w);
	w.conf.dad_transmits = 3;
	world_start(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 1500);
	UNIT_STR(world_sent(&w), "SS");
	world_bu(&w, &(struct bu){ .seq = 2, .flags = AHL, .lifetime = 105 });
	world_run_ms(&w, 2999);
	UNIT_STR(world_sent(&w), "SSSSSS");
	world_run_ms(&w, 1);
	UNIT_STR(world_sent(&w), "AAB");
	world_close(&w);
}

/* On a link that is down DAD is refused at once. */
static void no_dad_on_a_dead_link(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	fake_kernel_link_up(w.k, ETH0, "eth0", false);
	world_settle(&w);
	world_bu(&w, &(struct bu){ .seq = 2, .flags = AHL, .lifetime = 105 });
	world_settle(&w);
	UNIT_STR(world_sent(&w), "B");
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	UNIT_EQ(world_entry(&w, HOA)->flags, AH);
	CU_ASSERT_TRUE(fake_transport_is_quiet(w.t));
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(probes_the_home_address),
	UNIT_CASE(probes_the_linklocal_address_too),
	UNIT_CASE(probes_as_often_as_configured),
	UNIT_CASE(no_probes_no_wait),
	UNIT_CASE(a_claim_on_the_home_address_refuses),
	UNIT_CASE(a_claim_on_the_linklocal_address_refuses),
	UNIT_CASE(other_messages_do_not_count),
	UNIT_CASE(repeated_updates_are_answered_once),
	UNIT_CASE(the_l_bit_may_come_later),
	UNIT_CASE(twins_cannot_share_a_linklocal_address),
	UNIT_CASE(broken_sockets_are_no_consent),
	UNIT_CASE(advertisements),
	UNIT_CASE(advertisements_stop_with_the_binding),
	UNIT_CASE(claims_find_their_own),
	UNIT_CASE(another_l_bit_starts_dad_again),
	UNIT_CASE(no_dad_on_a_dead_link),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_dad", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
