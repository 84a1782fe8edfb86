/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Acknowledgements: where they go, what they carry, and what a
 * refusal leaves behind.
 */
#include "tests/unit/ha_world.h"

/* HA-42: away, by a type 2 routing header to the source of the update. */
static void away_by_routing_header(void)
{
	struct in6_addr hoa = ip(HOA), coa = ip(COA), ha = ip(HA1);
	struct world w;
	struct ba ba;

	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 1000);
	UNIT_NEED(world_ba(&w, &ba));
	CU_ASSERT_TRUE(ba.send.rh2);
	CU_ASSERT_TRUE(addr_eq(&ba.send.dst, &hoa));
	CU_ASSERT_TRUE(addr_eq(&ba.send.coa, &coa));
	CU_ASSERT_TRUE(addr_eq(&ba.send.src, &ha));
	UNIT_EQ(ba.send.ifindex, 0);
	UNIT_EQ(ba.advice, 0);
	world_close(&w);
}

/* HA-26: the binding is to the Alternate Care-of Address, the answer goes to
 * the source. */
static void alternate_care_of_address(void)
{
	struct in6_addr coa = ip(COA);
	struct world w;
	struct ba ba;

	world_open(&w);
	world_bu(&w, &(struct bu){ .acoa = COA_B, .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 1000);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	CU_ASSERT_TRUE(addr_eq(&ba.send.coa, &coa));
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	world_close(&w);
}

static void deregister(struct world *w, const struct bu *bu, struct ba *ret)
{
	world_bind(w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bu(w, bu);
	world_settle(w);
	UNIT_NEED(world_ba(w, ret));
	UNIT_EQ(ret->ba.status, BA_ACCEPTED);
	UNIT_EQ(ret->ba.seq, 2);
	UNIT_EQ(ret->ba.lifetime_4s, 0);
	UNIT_EQ(ret->ba.flags, 0);
}

/* HA-58: from abroad, A bit or not, by routing header. */
static void deregistered_from_abroad(void)
{
	struct in6_addr coa = ip(COA);
	struct world w;
	struct ba ba;
	int i;

	for (i = 0; i < 4; i++) {
		world_open(&w);
		deregister(&w,
			   &(struct bu){ .acoa = i / 2 ? HOA : NULL,
					 .seq = 2,
					 .flags = i % 2 ? AH : BU_FLAG_H },
			   &ba);
		CU_ASSERT_TRUE(ba.send.rh2 && addr_eq(&ba.send.coa, &coa));
		UNIT_EQ(ba.send.ifindex, 0);
		world_close(&w);
	}
}

/* HA-60 from home without a Home Address option, HA-59 from home with one:
 * to the home address, without routing header, on the home link, whatever
 * routes there may still be. */
static void deregistered_from_home(void)
{
	struct in6_addr hoa = ip(HOA);
	struct world w;
	struct ba ba;
	int i;

	for (i = 0; i < 4; i++) {
		world_open(&w);
		deregister(&w,
			   &(struct bu){ .src = HOA,
					 .no_hao = i / 2,
					 .seq = 2,
					 .flags = i % 2 ? AH : BU_FLAG_H,
					 .ifindex = ETH0 },
			   &ba);
		CU_ASSERT_FALSE(ba.send.rh2);
		CU_ASSERT_TRUE(addr_eq(&ba.send.dst, &hoa));
		UNIT_EQ(ba.send.ifindex, ETH0);
		world_close(&w);
	}
}

/* HA-70: a refusal to a node on the home link leaves through that link, so
 * that its own tunnel does not swallow it. */
static void refusals_to_the_home_link(void)
{
	struct world w;
	struct ba ba;

	world_open(&w);
	world_bu(&w, &(struct bu){ .no_hao = true, .seq = 5, .ifindex = ETH0 });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_NOT_HOME_AGENT);
	UNIT_EQ(ba.send.ifindex, ETH0);
	CU_ASSERT_FALSE(ba.send.rh2);

	world_bind(&w, &(struct bu){ .seq = 7, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .no_hao = true, .seq = 7, .ifindex = ETH0 });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_SEQ_OUT_OF_WINDOW);
	UNIT_EQ(ba.send.ifindex, ETH0);
	CU_ASSERT_FALSE(ba.send.rh2);

	/* Another address of the home prefix, heard on the home link. */
	world_bu(&w, &(struct bu){ .src = "2001:db8:1::77",
				   .seq = 6,
				   .lifetime = 9,
				   .ifindex = ETH0 });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_SEQ_OUT_OF_WINDOW);
	UNIT_EQ(ba.send.ifindex, ETH0);
	CU_ASSERT_TRUE(ba.send.rh2);

	/* The same from somewhere else goes where the routes lead. */
	world_bu(&w, &(struct bu){ .src = "2001:db8:1::77",
				   .seq = 6,
				   .lifetime = 9 });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.send.ifindex, 0);
	world_close(&w);
}

/* HA-40: less than the lifetime or not at all. */
static void refresh_advice(void)
{
	struct world w;
	struct ba ba;

	world_init(&w);
	w.conf.refresh_advice_s = 40;
	world_start(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 1000);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.advice, 10);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 11 });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.advice, 10);
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 10 });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.lifetime_4s, 10);
	UNIT_EQ(ba.advice, 0);
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 105 });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_SEQ_OUT_OF_WINDOW);
	UNIT_EQ(ba.advice, 0);
	world_close(&w);
}

/* HA-35: K stays 0, whatever is asked; HA-24 and HA-23: unknown bits and a
 * missing A bit change nothing. */
static void flags_of_answers(void)
{
	static const uint16_t flags[] = { AH | BU_FLAG_K, BU_FLAG_H, 0xffff };
	struct world w;
	struct ba ba;
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		world_open(&w);
		world_bu(&w, &(struct bu){ .seq = 1,
					   .flags = flags[i],
					   .lifetime = 105 });
		world_run_ms(&w, 1000);
		UNIT_NEED(world_ba(&w, &ba));
		UNIT_EQ(ba.ba.status, BA_ACCEPTED);
		UNIT_EQ(ba.ba.flags, 0);
		world_close(&w);
	}
}

/* HA-28, HA-31, HA-33: the grant is worked out when the binding comes into
 * force, from the prefix and the configuration of that moment. */
static void grant_of_the_moment(void)
{
	struct world w;
	struct ba ba;

	world_init(&w);
	w.conf.max_lifetime_s = 400;
	w.links[0].valid_s = 300;
	w.links[0].preferred_s = 200;
	world_start(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 0xffff });
	world_run_ms(&w, 1000);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED_PREFIX_DISCOVERY);
	UNIT_EQ(ba.ba.lifetime_4s, 75);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 40 });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED); /* HA-34 */
	UNIT_EQ(ba.ba.lifetime_4s, 40);
	w.links[0].valid_s = w.links[0].preferred_s = UINT32_MAX;
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 0xffff });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	UNIT_EQ(ba.ba.lifetime_4s, 100);
	world_close(&w);
}

/* Each refusal is answered once and leaves nothing (HA-17, HA-18, HA-19). */
static void refusals_leave_nothing(void)
{
	static const struct {
		struct bu bu;
		uint8_t status;
	} t[] = {
		{ { .hoa = "2001:db8:77::1", .lifetime = 9 },
		  BA_NOT_HOME_SUBNET },
		{ { .ha = "2001:db8:f::1", .lifetime = 9 },
		  BA_NOT_HOME_SUBNET },
		{ { .ha = HA2, .lifetime = 9 }, BA_NOT_HOME_SUBNET },
		{ { .hoa = HA1, .lifetime = 9 }, BA_DAD_FAILED },
		{ { .hoa = "2001:db8:2::bad", .ha = HA2, .lifetime = 9 },
		  BA_PROHIBITED },
		{ { .src = "2001:db8:f::1", .lifetime = 9 }, BA_INVALID_COA },
		{ { .acoa = HA2, .lifetime = 9 }, BA_INVALID_COA },
	};
	struct conf_ha_rule rules[2] = { { .action = CONF_HA_ALLOW },
					 { .action = CONF_HA_ALLOW } };
	struct world w;
	size_t i;

	prefix_parse("2001:db8:1::/64", &rules[0].home);
	prefix_parse("2001:db8:11::/64", &rules[1].home);
	world_init(&w);
	w.conf.rules = rules;
	w.conf.n_rules = 2;
	world_start(&w);
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		world_bu(&w, &t[i].bu);
		world_expect_ba(&w, t[i].status, 0);
		CU_ASSERT_PTR_NULL(
			world_entry(&w, t[i].bu.hoa ? t[i].bu.hoa : HOA));
	}
	UNIT_EQ(bcache_count(ha_bcache(w.ha)), 0);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 0);
	UNIT_EQ(w.counters.v[CNT_BU_REFUSED], i);
	world_close(&w);
}

/* HA-21: no chain of home addresses, whichever comes first, whatever link
 * they are of. */
static void loops_are_refused(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .hoa = HOA_2,
				   .ha = HA2,
				   .src = HOA,
				   .seq = 1,
				   .lifetime = 105 });
	world_expect_ba(&w, BA_INVALID_COA, 1);
	world_bind(&w, &(struct bu){ .hoa = HOA_2,
				     .ha = HA2,
				     .src = COA_B,
				     .seq = 2,
				     .lifetime = 105 });
	world_bu(&w, &(struct bu){ .src = HOA_2, .seq = 2, .lifetime = 105 });
	world_expect_ba(&w, BA_INVALID_COA, 2);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	/* An address of another home link that nobody has bound will do. */
	world_bu(&w, &(struct bu){ .src = "2001:db8:2::5",
				   .seq = 3,
				   .lifetime = 105 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 3);
	world_close(&w);
}

/* Refused for a bad care-of address: the binding stays as it was, and the
 * number counts (section 9.5.1). */
static void refused_move_keeps_the_binding(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .acoa = HA2, .seq = 2, .lifetime = 105 });
	world_expect_ba(&w, BA_INVALID_COA, 2);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	UNIT_EQ(world_entry(&w, HOA)->seq, 2);
	/* While a first registration runs its answer keeps its own number. */
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 5, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .hoa = HOA_B,
				   .acoa = HA2,
				   .seq = 6,
				   .lifetime = 105 });
	world_expect_ba(&w, BA_INVALID_COA, 6);
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 5);
	world_close(&w);
}

/* HA-19: the limit, and entries that only remember make room. */
static void the_limit_of_bindings(void)
{
	struct world w;

	world_init(&w);
	w.conf.max_bindings = 2;
	world_start(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bind(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 105 });
	world_bu(&w,
		 &(struct bu){
			 .hoa = HOA_2, .ha = HA2, .seq = 1, .lifetime = 105 });
	world_expect_ba(&w, BA_NO_RESOURCES, 1);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 105 });
	world_expect_ba(&w, BA_ACCEPTED, 2);
	world_bu(&w, &(struct bu){ .seq = 3 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 3);
	world_bu(&w,
		 &(struct bu){
			 .hoa = HOA_2, .ha = HA2, .seq = 2, .lifetime = 105 });
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	UNIT_EQ(bcache_count(ha_bcache(w.ha)), 2);
	/* The one that was forgotten is now one too many. */
	world_bu(&w, &(struct bu){ .seq = 4, .lifetime = 105 });
	world_expect_ba(&w, BA_NO_RESOURCES, 4);
	world_close(&w);
}

/* A send that fails is counted; the node repeats itself. */
static void a_failed_send_is_counted(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	w.t->send_err = -100;
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 105 });
	UNIT_EQ(w.counters.v[CNT_MH_OUT_FAILED], 1);
	w.t->send_err = 0;
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 105 });
	world_expect_ba(&w, BA_ACCEPTED, 3);
	world_close(&w);
}

/* What only remembers is not counted, in whatever way it ends. */
static void memories_do_not_count(void)
{
	static const char *const hoas[] = { HOA, HOA_B, "2001:db8:1::300",
					    "2001:db8:1::400" };
	struct world w;
	uint16_t seq = 1;
	int i;

	world_init(&w);
	w.conf.max_bindings = 2;
	world_start(&w);
	world_bu(&w, &(struct bu){ .seq = seq++, .lifetime = 900 });
	world_na(&w, ETH0, HOA);
	world_expect_ba(&w, BA_DAD_FAILED, 1);
	for (i = 0; i < 2; i++)
		world_bind(&w, &(struct bu){ .hoa = hoas[i],
					     .seq = seq++,
					     .lifetime = 900 });
	/* Forgotten by time, begun anew, and pushed out: each once. */
	for (i = 0; i < 3; i++) {
		world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = seq++ });
		world_run_ms(&w, i == 0 ? 10000 : 100);
		if (i < 2)
			world_bind(&w, &(struct bu){ .hoa = HOA_B,
						     .seq = seq++,
						     .lifetime = 900 });
	}
	world_bind(&w,
		   &(struct bu){ .hoa = hoas[2], .seq = 1, .lifetime = 900 });
	/* The younger one had only to be remembered, the older is bound. */
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_bu(&w, &(struct bu){ .hoa = hoas[3], .seq = 1, .lifetime = 9 });
	world_expect_ba(&w, BA_NO_RESOURCES, 1);
	UNIT_EQ(bcache_count(ha_bcache(w.ha)), 2);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(away_by_routing_header),
	UNIT_CASE(alternate_care_of_address),
	UNIT_CASE(deregistered_from_abroad),
	UNIT_CASE(deregistered_from_home),
	UNIT_CASE(refusals_to_the_home_link),
	UNIT_CASE(refresh_advice),
	UNIT_CASE(flags_of_answers),
	UNIT_CASE(grant_of_the_moment),
	UNIT_CASE(refusals_leave_nothing),
	UNIT_CASE(loops_are_refused),
	UNIT_CASE(refused_move_keeps_the_binding),
	UNIT_CASE(the_limit_of_bindings),
	UNIT_CASE(a_failed_send_is_counted),
	UNIT_CASE(memories_do_not_count),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_answer", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
