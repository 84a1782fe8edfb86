/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Acceptance rules: the first that matches decides, hits are counted, and new
 * ones hold for what there is.
 */
#include "tests/unit/cn_world.h"

static void expect_hits(struct world *w, uint64_t a, uint64_t b, uint64_t c,
			uint64_t none)
{
	UNIT_EQ(cn_rule_hits(w->cn, 0), a);
	UNIT_EQ(cn_rule_hits(w->cn, 1), b);
	UNIT_EQ(cn_rule_hits(w->cn, 2), c);
	UNIT_EQ(cn_default_hits(w->cn), none);
}

/* Without rules everybody is accepted. */
static void no_rule_accepts(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 9 });
	expect_hits(&w, 0, 0, 0, 1);
	world_close(&w);
}

/* By home, care-of and local prefix, in order. */
static void the_first_match_decides(void)
{
	struct world w;

	world_init(&w);
	world_rule(&w, "2001:db8:1::/64", "2001:db8:3::/64", NULL,
		   CONF_CN_REJECT, 129);
	world_rule(&w, HOA "/128", NULL, LOCAL "/128", CONF_CN_ACCEPT, 0);
	world_rule(&w, NULL, NULL, NULL, CONF_CN_IGNORE, 0);
	world_start(&w);
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 1, .lifetime = 9 });
	world_settle(&w);
	world_expect_ba(&w, BA_PROHIBITED, 1);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	world_bind(&w, &(struct bu){ .seq = 2, .lifetime = 9 });
	/* A move to where it must not be is refused, the binding stays. */
	world_bu(&w, &(struct bu){ .src = COA_B,
				   .seq = 3,
				   .lifetime = 9,
				   .twist = NO_A });
	world_settle(&w);
	world_expect_ba(&w, BA_PROHIBITED, 3);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 9 });
	world_bu(&w, &(struct bu){ .local = LOCAL_B, .seq = 1, .lifetime = 9 });
	world_settle(&w);
	world_expect_silence(&w);
	UNIT_EQ(bcache_count(cn_bcache(w.cn)), 1);
	UNIT_EQ(w.counters.v[CNT_BU_IGNORED], 2);
	expect_hits(&w, 2, 1, 2, 0);
	world_close(&w);
}

/* Any status that a rule names. */
static void rules_say_the_status(void)
{
	static const uint8_t status[] = { 128, 129, 130, 200, 255 };
	size_t i;

	for (i = 0; i < sizeof(status); i++) {
		struct world w;

		world_init(&w);
		world_rule(&w, NULL, NULL, NULL, CONF_CN_REJECT, status[i]);
		world_start(&w);
		world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 9 });
		world_expect_ba(&w, status[i], 1);
		/* Only who has the key is told. */
		world_bu(&w, &(struct bu){ .seq = 1,
					   .lifetime = 9,
					   .twist = BAD_AUTH });
		world_expect_silence(&w);
		expect_hits(&w, 1, 0, 0, 0);
		world_close(&w);
	}
}

/* A deletion is no registration: it is heard where there is something to
 * delete, and not refused. */
static void rules_do_not_keep_bindings_alive(void)
{
	struct world w;

	world_init(&w);
	world_rule(&w, NULL, "2001:db8:3::/64", NULL, CONF_CN_IGNORE, 0);
	world_start(&w);
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 1 });
	world_expect_silence(&w);
	world_bind(&w, &(struct bu){ .seq = 2, .lifetime = 9 });
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 3 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 3);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	world_close(&w);
}

/* New rules: what they do not accept ends, also what is just being made; hits
 * go on as far as the rules are the same. */
static void rules_can_be_reloaded(void)
{
	struct conf_cn_rule rules[3];
	struct conf_cn same, conf;
	struct world w;
	int i;

	world_init(&w);
	world_rule(&w, HOA_B "/128", NULL, NULL, CONF_CN_ACCEPT, 0);
	world_rule(&w, NULL, NULL, NULL, CONF_CN_ACCEPT, 0);
	world_start(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 9 });
	world_bind(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 9 });
	expect_hits(&w, 1, 1, 0, 0);
	same = w.conf;
	cn_reload(w.cn, &same, w.now);
	expect_hits(&w, 1, 1, 0, 0);
	conf = w.conf;
	for (i = 0; i < 2; i++)
		rules[i] = w.rules[i];
	rules[1].action = CONF_CN_REJECT;
	rules[1].status = 200;
	conf.rules = rules;
	conf.max_lifetime_s = 100;
	world_bu(&w, &(struct bu){
			     .hoa = "2001:db8:1::3", .seq = 1, .lifetime = 9 });
	world_bu(&w, &(struct bu){ .hoa = HOA_B,
				   .seq = 2,
				   .lifetime = 9,
				   .twist = NO_A,
				   .src = COA_B });
	expect_hits(&w, 2, 2, 0, 0);
	cn_reload(w.cn, &conf, w.now);
	expect_hits(&w, 2, 0, 0, 0);
	world_settle(&w);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	CU_ASSERT_TRUE(world_is_unknown(&w, "2001:db8:1::3"));
	CU_ASSERT_TRUE(world_is_bound(&w, HOA_B, COA_B));
	fake_transport_forget(w.t);
	world_bu(&w, &(struct bu){ .hoa = HOA_B,
				   .src = COA_B,
				   .seq = 3,
				   .lifetime = 100 });
	UNIT_EQ(world_entry(&w, HOA_B)->lifetime_4s, 25);
	world_close(&w);
}

/* What was being made is refused with the new rule's status. */
static void a_reload_refuses_what_is_under_way(void)
{
	struct conf_cn_rule rule = { .action = CONF_CN_REJECT, .status = 200 };
	struct conf_cn conf;
	struct world w;

	world_open(&w);
	conf = w.conf;
	conf.rules = &rule;
	conf.n_rules = 1;
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 9 });
	cn_reload(w.cn, &conf, w.now);
	world_settle(&w);
	world_expect_ba(&w, 200, 1);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	/* But a deletion is a deletion. */
	cn_reload(w.cn, &w.conf, w.now);
	world_bind(&w, &(struct bu){ .seq = 2, .lifetime = 9 });
	world_bu(&w, &(struct bu){ .seq = 3 });
	cn_reload(w.cn, &conf, w.now);
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 3);
	world_close(&w);
}

/* A lower limit takes nothing back, and adds nothing until there is room. */
static void limits_can_be_reloaded(void)
{
	struct conf_cn conf;
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 9 });
	world_bind(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 20 });
	conf = w.conf;
	conf.max_bindings = 1;
	cn_reload(w.cn, &conf, w.now);
	world_settle(&w);
	UNIT_EQ(bcache_count(cn_bcache(w.cn)), 2);
	world_bu(&w, &(struct bu){
			     .hoa = "2001:db8:1::3", .seq = 1, .lifetime = 9 });
	world_expect_ba(&w, BA_NO_RESOURCES, 1);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 9, .twist = NO_A });
	world_run_ms(&w, 36000);
	UNIT_EQ(bcache_count(cn_bcache(w.cn)), 1);
	world_bind(&w, &(struct bu){ .hoa = "2001:db8:1::3",
				     .seq = 2,
				     .lifetime = 9 });
	UNIT_EQ(bcache_count(cn_bcache(w.cn)), 1);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(no_rule_accepts),
	UNIT_CASE(the_first_match_decides),
	UNIT_CASE(rules_say_the_status),
	UNIT_CASE(rules_do_not_keep_bindings_alive),
	UNIT_CASE(rules_can_be_reloaded),
	UNIT_CASE(a_reload_refuses_what_is_under_way),
	UNIT_CASE(limits_can_be_reloaded),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "cn_rules", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
