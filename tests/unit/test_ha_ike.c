/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The home agent and IKE: the K bit of answers, and when IKE hears where a
 * mobile node is.
 */
#include "tests/unit/ha_world.h"

#define AHK (BU_FLAG_A | BU_FLAG_H | BU_FLAG_K)

static struct world w;
static struct ike ike;

static void open_with(bool is_up, bool cannot_follow)
{
	ike = (struct ike){ .is_up = is_up, .cannot_follow = cannot_follow };
	world_init(&w);
	w.ike = &ike;
	world_start(&w);
}

/* The flags of the one answer that waits. */
static uint8_t answered(void)
{
	struct ba ba;

	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	return ba.ba.flags;
}

/* HA-36: K is answered with K, and IKE hears of the care-of address with the
 * answer, not before. */
static void k_is_agreed(void)
{
	open_with(true, false);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105, .flags = AHK });
	UNIT_EQ(ike.registered, 0);
	world_run_ms(&w, 1000);
	UNIT_EQ(answered(), BA_FLAG_K);
	UNIT_EQ(ike.registered, 1);
	CU_ASSERT_TRUE(ike.registered_k);
	UNIT_STR(addr_str(&ike.registered_at), COA);
	world_bu(&w, &(struct bu){ .src = "2001:db8:b::7",
				   .seq = 2,
				   .lifetime = 105,
				   .flags = AHK });
	world_settle(&w);
	UNIT_EQ(answered(), BA_FLAG_K);
	UNIT_EQ(ike.registered, 2);
	UNIT_STR(addr_str(&ike.registered_at), "2001:db8:b::7");
	world_close(&w);
}

/* HA-35: no K asked for, static keys, or an end point that cannot move. */
static void k_is_not_agreed_otherwise(void)
{
	open_with(true, false);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 1000);
	UNIT_EQ(answered(), 0);
	UNIT_EQ(ike.registered, 1);
	CU_ASSERT_FALSE(ike.registered_k);
	world_close(&w);
	open_with(true, true);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105, .flags = AHK });
	world_run_ms(&w, 1000);
	UNIT_EQ(answered(), 0);
	CU_ASSERT_FALSE(ike.registered_k);
	world_close(&w);
	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105, .flags = AHK });
	world_run_ms(&w, 1000);
	UNIT_EQ(answered(), 0);
	world_close(&w);
}

/* HA-64: a de-registration from home: K is agreed, and IKE is at the home
 * address from then on. */
static void ike_goes_home_too(void)
{
	open_with(true, false);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105, .flags = AHK });
	world_bu(&w,
		 &(struct bu){
			 .src = HOA, .seq = 2, .flags = AHK, .no_hao = true });
	world_settle(&w);
	UNIT_EQ(answered(), BA_FLAG_K);
	UNIT_EQ(ike.registered, 2);
	UNIT_STR(addr_str(&ike.registered_at), HOA);
	world_close(&w);
}

/* The policy knows who negotiated, once he has. */
static void the_policy_knows_the_identity(void)
{
	struct conf_ha_rule rule = { .ike_id = "*@example.org",
				     .action = CONF_HA_ALLOW };
	struct ba ba;

	open_with(false, false);
	ike.identity = "mn@example.org";
	w.conf.rules = &rule;
	w.conf.n_rules = 1;
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 1000);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_PROHIBITED);
	ike.is_up = true;
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 105 });
	world_run_ms(&w, 1000);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	ike.identity = "mn@example.com";
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 105 });
	world_run_ms(&w, 1000);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_PROHIBITED);
	world_close(&w);
}

/* A reload asks IKE again; while that cannot tell, nobody is taken for another
 * than he was. */
static void a_reload_goes_by_the_identity(void)
{
	struct conf_ha_rule rules[] = {
		{ .ike_id = "bob@example.org",
		  .action = CONF_HA_DENY,
		  .status = BA_PROHIBITED },
		{ .ike_id = "*@example.org", .action = CONF_HA_ALLOW },
	};
	struct conf_ha next;

	open_with(true, false);
	ike.identity = "mn@example.org";
	w.conf.rules = rules;
	w.conf.n_rules = 2;
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	next = w.conf;
	ike.is_up = false;
	ha_reload(w.ha, &next, w.now);
	world_run_ms(&w, 100);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	ike.is_up = true;
	ha_reload(w.ha, &w.conf, w.now);
	world_run_ms(&w, 100);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	ike.identity = "bob@example.org";
	ha_reload(w.ha, &next, w.now);
	world_run_ms(&w, 100);
	CU_ASSERT_FALSE(world_is_bound(&w, HOA, COA));
	world_close(&w);
}

/* What is refused moves nothing. */
static void a_refusal_moves_nothing(void)
{
	struct ba ba;

	open_with(true, false);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:77::1",
				   .seq = 1,
				   .lifetime = 105,
				   .flags = AHK });
	world_run_ms(&w, 1000);
	UNIT_NEED(world_ba(&w, &ba));
	CU_ASSERT_TRUE(ba.ba.status >= 128);
	UNIT_EQ(ba.ba.flags, 0);
	UNIT_EQ(ike.registered, 0);
	world_close(&w);
}

/* A reload that takes the pair away ends the binding, unless the node was given
 * keys.  SEC-29 */
static void no_pair_no_binding(void)
{
	struct security_node node = { .hoa = ip(HOA), .agent = ip(HA1) };
	struct security_realm realm = { SECURITY_AGENT,
					prefix_of(&node.hoa, 64), node.agent };
	struct security_keys keys = { &node, 1 };
	struct security_plan plan = { .realms = &realm, .n_realms = 1 };

	ike = (struct ike){ .is_up = true };
	world_init(&w);
	w.security = security_new(w.k);
	w.ike = &ike;
	w.links[0].security = CONF_SECURITY_IPSEC;
	UNIT_EQ(security_apply(w.security, &plan), 0);
	world_start(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105, .flags = AHK });
	ha_reload(w.ha, &w.conf, w.now);
	world_settle(&w);
	CU_ASSERT_TRUE(ha_is_registered(w.ha, &node.agent, &node.hoa));
	ike.has_lost = true;
	plan.keys = &keys;
	UNIT_EQ(security_apply(w.security, &plan), 0);
	ha_reload(w.ha, &w.conf, w.now);
	world_settle(&w);
	CU_ASSERT_TRUE(ha_is_registered(w.ha, &node.agent, &node.hoa));
	plan.keys = NULL;
	UNIT_EQ(security_apply(w.security, &plan), 0);
	ha_reload(w.ha, &w.conf, w.now);
	world_settle(&w);
	CU_ASSERT_FALSE(ha_is_registered(w.ha, &node.agent, &node.hoa));
	w.security = security_free(w.security);
	world_close(&w);
}

int main(int argc, char **argv)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(k_is_agreed),
		UNIT_CASE(k_is_not_agreed_otherwise),
		UNIT_CASE(ike_goes_home_too),
		UNIT_CASE(the_policy_knows_the_identity),
		UNIT_CASE(a_reload_goes_by_the_identity),
		UNIT_CASE(a_refusal_moves_nothing),
		UNIT_CASE(no_pair_no_binding),
		UNIT_END,
	};
	static const struct unit_suite suites[] = {
		{ "ha_ike", cases },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
