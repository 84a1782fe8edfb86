/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A home agent that gets another configuration.
 */
#include "tests/unit/ha_world.h"

#include <string.h>

/* A second configuration beside the one in use, to be changed and taken. */
struct next {
	struct conf_ha conf;
	struct conf_home_link links[WORLD_LINKS];
};

static void next_init(struct next *n, const struct world *w)
{
	n->conf = w->conf;
	memcpy(n->links, w->links, sizeof(n->links));
	n->conf.links = n->links;
}

/* The old configuration is overwritten afterwards: nothing may point into it
 * any more. */
static void reload(struct world *w, const struct next *n)
{
	static struct next kept[8];
	static unsigned int i;
	struct next *mine = &kept[i++ % 8];

	*mine = *n;
	mine->conf.links = mine->links;
	ha_reload(w->ha, &mine->conf, w->now);
	memset(w->links, 0xee, sizeof(w->links));
	memset(&w->conf, 0xee, sizeof(w->conf));
	w->conf = mine->conf;
	memcpy(w->links, mine->links, sizeof(w->links));
	world_settle(w);
}

/* HA-31, HA-163: new limits hold for the next answers; what was granted
 * stays. */
static void limits(void)
{
	struct world w;
	struct next n;
	struct ba ba;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bind(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 105 });
	next_init(&n, &w);
	n.conf.max_lifetime_s = 40;
	n.conf.max_bindings = 1;
	n.conf.refresh_advice_s = 20;
	reload(&w, &n);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	CU_ASSERT_TRUE(world_is_bound(&w, HOA_B, COA));
	world_run_ms(&w, 60000);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 105 });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.lifetime_4s, 10);
	UNIT_EQ(ba.advice, 5);
	world_bu(&w,
		 &(struct bu){
			 .hoa = HOA_2, .ha = HA2, .seq = 1, .lifetime = 105 });
	world_expect_ba(&w, BA_NO_RESOURCES, 1);
	n.links[0].valid_s = 20;
	n.links[0].preferred_s = 20;
	reload(&w, &n);
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 105 });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.lifetime_4s, 5);
	UNIT_EQ(ba.ba.status, BA_ACCEPTED_PREFIX_DISCOVERY);
	world_close(&w);
}

/* HA-85: our own packets go straight to home addresses of whatever home
 * prefixes there are now. */
static void home_prefixes_are_told(void)
{
	struct in6_addr first = ip("2001:db8:1::7"), last = ip("2001:db8:9::7");
	struct world w;
	struct next n;

	world_open(&w);
	UNIT_EQ(w.k->n_prefixes, WORLD_LINKS);
	CU_ASSERT_TRUE(fake_kernel_is_home_prefix(w.k, &first));
	CU_ASSERT_TRUE(fake_kernel_is_home_prefix(w.k, &last));
	next_init(&n, &w);
	n.conf.n_links = 1;
	reload(&w, &n);
	UNIT_EQ(w.k->n_prefixes, 1);
	CU_ASSERT_TRUE(fake_kernel_is_home_prefix(w.k, &first));
	CU_ASSERT_FALSE(fake_kernel_is_home_prefix(w.k, &last));
	world_close(&w);
}

/* Status 130 says that there are too many bindings, and means no more than
 * that: the data path has a place for each. */
static void the_data_path_has_room(void)
{
	struct world w;
	struct next n;

	world_open(&w);
	next_init(&n, &w);
	n.conf.max_bindings = KERNEL_HA_BINDINGS;
	reload(&w, &n);
	UNIT_EQ(bcache_max(ha_bcache(w.ha)), KERNEL_HA_BINDINGS);
	CU_ASSERT_FALSE(fake_log_contains("restart"));
	n.conf.max_bindings = KERNEL_HA_BINDINGS + 1;
	reload(&w, &n);
	UNIT_EQ(bcache_max(ha_bcache(w.ha)), KERNEL_HA_BINDINGS);
	CU_ASSERT(
		fake_log_contains("max-bindings over 131072 needs a restart"));
	world_close(&w);

	world_init(&w);
	w.conf.max_bindings = 3 * KERNEL_HA_BINDINGS;
	world_start(&w);
	UNIT_EQ(w.k->ha_conf.max_bindings, 3 * KERNEL_HA_BINDINGS);
	world_close(&w);
}

/* HA-30: a binding does not outlive its prefix. */
static void a_prefix_that_ends(void)
{
	struct world w;
	struct next n;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bind(&w, &(struct bu){ .hoa = HOA_2,
				     .ha = HA2,
				     .seq = 1,
				     .lifetime = 105 });
	next_init(&n, &w);
	n.links[0].valid_s = 10;
	reload(&w, &n);
	world_run_ms(&w, 9999);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_run_ms(&w, 1);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	CU_ASSERT_TRUE(world_is_bound(&w, HOA_2, COA));
	world_close(&w);
}

/* HA-18: who is not on the list any more is served no longer. */
static void the_list_of_allowed_addresses(void)
{
	struct conf_ha_rule only_b = { .action = CONF_HA_ALLOW };
	struct world w;
	struct next n;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bind(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 105 });
	world_bu(&w,
		 &(struct bu){
			 .hoa = HOA_2, .ha = HA2, .seq = 1, .lifetime = 105 });
	prefix_parse(HOA_B "/128", &only_b.home);
	next_init(&n, &w);
	n.conf.rules = &only_b;
	n.conf.n_rules = 1;
	reload(&w, &n);
	/* DAD was under way for one, another was bound. */
	world_expect_ba(&w, BA_PROHIBITED, 1);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA_2));
	CU_ASSERT_TRUE(world_is_bound(&w, HOA_B, COA));
	UNIT_EQ(w.k->n_bindings, 1);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 105 });
	world_expect_ba(&w, BA_PROHIBITED, 2);
	world_close(&w);
}

/* The end comes while the kernel is at work. */
static void an_end_while_the_kernel_works(void)
{
	struct conf_ha_rule only_b = { .action = CONF_HA_ALLOW };
	struct world w;
	struct next n;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	w.k->delay_min_us = w.k->delay_max_us = 50000;
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 2, .lifetime = 105 });
	world_bind(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .src = COA, .seq = 3, .lifetime = 105 });
	prefix_parse(HOA_B "/128", &only_b.home);
	next_init(&n, &w);
	n.conf.rules = &only_b;
	n.conf.n_rules = 1;
	reload(&w, &n);
	world_expect_silence(&w);
	world_run_ms(&w, 50);
	world_expect_ba(&w, BA_PROHIBITED, 3);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_REMOVING);
	world_run_ms(&w, 50);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	UNIT_EQ(w.k->n_bindings, 1);
	world_close(&w);
}

/* A link that is dropped takes its bindings along, even those whose kernel
 * request is outstanding; one that stays is not touched. */
static void links_come_and_go(void)
{
	struct world w;
	struct next n;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bind(&w, &(struct bu){ .hoa = HOA_TWIN,
				     .ha = HA11,
				     .seq = 1,
				     .lifetime = 105 });
	world_bind(&w, &(struct bu){ .hoa = HOA_2,
				     .ha = HA2,
				     .seq = 1,
				     .lifetime = 105 });
	w.k->delay_min_us = w.k->delay_max_us = 50000;
	world_bu(&w, &(struct bu){ .hoa = HOA_2,
				   .ha = HA2,
				   .src = COA_B,
				   .seq = 2,
				   .lifetime = 105 });
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:2::200",
				   .ha = HA2,
				   .seq = 1,
				   .lifetime = 105 });
	next_init(&n, &w);
	n.links[0] = w.links[1]; /* the second prefix of eth0 stays */
	n.conf.n_links = 1;
	reload(&w, &n);
	world_run_ms(&w, 200);
	UNIT_STR(world_sent(&w), "SBB"); /* both refused */
	UNIT_EQ(w.k->n_bindings, 1);
	UNIT_EQ(bcache_count(ha_bcache(w.ha)), 1);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA_TWIN, COA));
	CU_ASSERT_TRUE(fake_kernel_is_home_link(w.k, ETH0));
	CU_ASSERT_FALSE(fake_kernel_is_home_link(w.k, ETH1));
	CU_ASSERT_TRUE(ha_link_is_up(w.ha, 0));
	CU_ASSERT_FALSE(ha_link_is_up(w.ha, 1));
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 105 });
	world_expect_ba(&w, BA_NOT_HOME_SUBNET, 2);
	w.k->delay_min_us = w.k->delay_max_us = 0;
	world_bu(&w, &(struct bu){ .hoa = HOA_TWIN, .ha = HA11, .seq = 2 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	world_close(&w);
}

/* Not allowed, and allowed again before the kernel has answered: the newest
 * update is what counts; an end during a removal refuses what came after. */
static void ends_and_updates_in_turn(void)
{
	struct conf_ha_rule only_b = { .action = CONF_HA_ALLOW };
	struct world w;
	struct next n;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	w.k->delay_min_us = w.k->delay_max_us = 50000;
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 2, .lifetime = 105 });
	prefix_parse(HOA_B "/128", &only_b.home);
	next_init(&n, &w);
	n.conf.rules = &only_b;
	n.conf.n_rules = 1;
	reload(&w, &n);
	n.conf.n_rules = 0;
	reload(&w, &n);
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 3, .lifetime = 105 });
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 3);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));

	world_bu(&w, &(struct bu){ .seq = 4 });
	world_bu(&w, &(struct bu){ .seq = 5, .lifetime = 105 });
	n.conf.n_rules = 1;
	reload(&w, &n);
	world_run_ms(&w, 50);
	world_expect_ba(&w, BA_PROHIBITED, 5);
	world_run_ms(&w, 1000);
	world_expect_silence(&w);
	UNIT_EQ(w.k->n_bindings, 0);

	/* A de-registration under way is none of the list's business. */
	n.conf.n_rules = 0;
	reload(&w, &n);
	w.k->delay_min_us = w.k->delay_max_us = 0;
	world_bind(&w, &(struct bu){ .seq = 6, .lifetime = 105 });
	w.k->delay_min_us = w.k->delay_max_us = 50000;
	world_bu(&w, &(struct bu){ .seq = 7 });
	n.conf.n_rules = 1;
	reload(&w, &n);
	world_run_ms(&w, 50);
	world_expect_ba(&w, BA_ACCEPTED, 7);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(limits),
	UNIT_CASE(home_prefixes_are_told),
	UNIT_CASE(the_data_path_has_room),
	UNIT_CASE(a_prefix_that_ends),
	UNIT_CASE(the_list_of_allowed_addresses),
	UNIT_CASE(an_end_while_the_kernel_works),
	UNIT_CASE(links_come_and_go),
	UNIT_CASE(ends_and_updates_in_turn),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_reload", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
