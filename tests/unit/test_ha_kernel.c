/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home registrations and a kernel that refuses, is late, or answers to what
 * nobody waits for any more.
 */
#include "tests/unit/ha_world.h"

static void register_at(struct world *w, uint16_t seq, const char *src)
{
	world_bu(w, &(struct bu){ .src = src, .seq = seq, .lifetime = 105 });
}

/* A first registration that the kernel refuses: 130, nothing is left. */
static void first_installation_fails(void)
{
	struct world w;
	int i;

	for (i = 0; i < 2; i++) {
		world_open(&w);
		if (i)
			fake_kernel_fail_call(w.k, FAKE_BINDING_ADD, 1, 12);
		else
			fake_kernel_fail(w.k, FAKE_BINDING_ADD, 1, 12);
		register_at(&w, 1, COA);
		world_run_ms(&w, 5000);
		world_expect_ba(&w, BA_NO_RESOURCES, 1);
		CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
		UNIT_EQ(w.k->n_bindings, 0);
		UNIT_EQ(w.counters.v[CNT_KERNEL_FAILED], 1);
		UNIT_EQ(tqueue_len(w.tq), 0);
		world_bind(&w, &(struct bu){ .seq = 2, .lifetime = 105 });
		world_close(&w);
	}
}

/* A move that the kernel refuses: 130, and the binding stays where it was,
 * for as long as it was granted. */
static void move_fails(void)
{
	struct world w;
	int i;

	for (i = 0; i < 2; i++) {
		world_open(&w);
		world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
		if (i)
			fake_kernel_fail_call(w.k, FAKE_BINDING_ADD, 1, 12);
		else
			fake_kernel_fail(w.k, FAKE_BINDING_ADD, 1, 12);
		register_at(&w, 2, COA_B);
		world_settle(&w);
		world_expect_ba(&w, BA_NO_RESOURCES, 2);
		CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
		world_run_ms(&w, 420000 - 3000 - 1);
		CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
		UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 1);
		world_run_ms(&w, 1);
		CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
		world_close(&w);
	}
}

/* The refused one has been overtaken: the newest gets its own try. */
static void a_newer_update_gets_its_own_try(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	w.k->delay_min_us = w.k->delay_max_us = 50000;
	fake_kernel_fail(w.k, FAKE_BINDING_ADD, 1, 12);
	register_at(&w, 2, COA_B);
	register_at(&w, 3, "2001:db8:c::5");
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 3);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, "2001:db8:c::5"));

	fake_kernel_fail(w.k, FAKE_BINDING_ADD, 1, 12);
	register_at(&w, 4, COA_B);
	world_bu(&w, &(struct bu){ .seq = 5 });
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 5);
	UNIT_EQ(w.k->n_bindings, 0);

	fake_kernel_fail(w.k, FAKE_BINDING_ADD, 1, 12);
	register_at(&w, 6, COA_B);
	world_run_ms(&w, 1010);
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 7 });
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 7);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INVALID);
	world_close(&w);
}

/* Nobody hears that a binding is gone before it is. */
static void removal_fails(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	fake_kernel_fail(w.k, FAKE_BINDING_DEL, 1, 12);
	fake_kernel_fail_call(w.k, FAKE_BINDING_DEL, 2, 12);
	world_bu(&w, &(struct bu){ .seq = 2 });
	world_run_ms(&w, 1500);
	world_bu(&w, &(struct bu){ .seq = 3 });
	world_run_ms(&w, 499);
	world_expect_silence(&w);
	UNIT_EQ(w.k->n_bindings, 1);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_DEL), 2);
	world_run_ms(&w, 1);
	world_expect_ba(&w, BA_ACCEPTED, 3);
	UNIT_EQ(w.k->n_bindings, 0);
	UNIT_EQ(w.counters.v[CNT_KERNEL_FAILED], 2);
	world_close(&w);
}

static void expiry_is_repeated_until_it_is_done(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 2 });
	fake_kernel_fail(w.k, FAKE_BINDING_DEL, 1, 12);
	world_run_ms(&w, 5000);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_REMOVING);
	/* Its node comes back in between: first the end, then a new one. */
	register_at(&w, 2, COA);
	world_run_ms(&w, 1000);
	UNIT_EQ(w.k->n_bindings, 0);
	UNIT_STR(world_sent(&w), "S");
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	world_close(&w);
}

/* Putting a binding back after its link returned: tried until it works, and
 * meanwhile the binding lives on. */
static void reinstallation_fails(void)
{
	struct kernel_link l;
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	l = w.k->links[0];
	l.carrier = false;
	fake_kernel_link_set(w.k, &l);
	world_settle(&w);
	fake_kernel_fail(w.k, FAKE_BINDING_ADD, 1, 12);
	fake_kernel_fail_call(w.k, FAKE_BINDING_ADD, 2, 12);
	l.carrier = true;
	fake_kernel_link_set(w.k, &l);
	world_settle(&w);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_ACTIVE);
	world_run_ms(&w, 1999);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 2);
	world_expect_silence(&w);
	world_run_ms(&w, 1);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 3);
	UNIT_STR(world_sent(&w), "A");
	world_run_ms(&w, 10000);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 3);
	UNIT_STR(world_sent(&w), "AA");
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_close(&w);
}

/* Another care-of address and another L bit at once: the proxy entries first,
 * since a move leaves them as they are, then the move; one answer. */
static void move_with_another_l_bit(void)
{
	struct in6_addr ll = ip(HOA_LL), from = ip(COA), to = ip(COA_B);
	const struct fake_request *r;
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .src = COA_B,
				   .seq = 2,
				   .flags = AHL,
				   .lifetime = 105 });
	world_run_ms(&w, 1000);
	UNIT_STR(world_sent(&w), "SAAB");
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	CU_ASSERT_TRUE(fake_kernel_is_proxied(w.k, ETH0, &ll));
	UNIT_EQ(w.k->n_requests, 2);
	r = w.k->requests;
	CU_ASSERT_TRUE(addr_eq(&r[0].binding.coa, &from));
	CU_ASSERT_TRUE(r[0].binding.proxy_linklocal);
	CU_ASSERT_TRUE(addr_eq(&r[1].binding.old_coa, &from));
	CU_ASSERT_TRUE(addr_eq(&r[1].binding.coa, &to));
	world_close(&w);
}

/* The same, refused by the kernel at either step: 130, the binding where it
 * was, and the next refresh puts the rest right. */
static void move_with_another_l_bit_fails(void)
{
	struct in6_addr ll = ip(HOA_LL);
	struct world w;
	unsigned int step;

	for (step = 1; step <= 2; step++) {
		world_open(&w);
		world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
		fake_kernel_fail(w.k, FAKE_BINDING_ADD, step, 12);
		world_bu(&w, &(struct bu){ .src = COA_B,
					   .seq = 2,
					   .flags = AHL,
					   .lifetime = 105 });
		world_run_ms(&w, 5000);
		world_expect_ba(&w, BA_NO_RESOURCES, 2);
		CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
		world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 105 });
		world_settle(&w);
		world_expect_ba(&w, BA_ACCEPTED, 3);
		CU_ASSERT_FALSE(fake_kernel_is_proxied(w.k, ETH0, &ll));
		CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
		world_close(&w);
	}
}

static void carrier_flap(struct world *w)
{
	struct kernel_link l = w->k->links[0];

	l.carrier = false;
	fake_kernel_link_set(w->k, &l);
	l.carrier = true;
	fake_kernel_link_set(w->k, &l);
	world_settle(w);
}

/* While the proxy entries cannot be put back, mobile nodes are served. */
static void nobody_waits_for_a_reinstallation(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	fake_kernel_fail(w.k, FAKE_BINDING_ADD, 1, 12);
	carrier_flap(&w);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 105 });
	UNIT_STR(world_sent(&w), "B");
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 3, .lifetime = 105 });
	world_settle(&w);
	UNIT_STR(world_sent(&w), "B");
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 2);
	/* A move that comes when it is due does both. */
	fake_kernel_fail(w.k, FAKE_BINDING_ADD, 1, 12);
	w.now = mtime_add_s(w.now, 1);
	world_bu(&w, &(struct bu){ .src = COA, .seq = 4, .lifetime = 105 });
	world_settle(&w);
	UNIT_STR(world_sent(&w), "B");
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 4);
	world_run_ms(&w, 10000);
	UNIT_STR(world_sent(&w), "AAA");
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 5);
	world_close(&w);
}

/* Answers to what nobody waits for. */
static void stray_answers_are_ignored(void)
{
	struct kernel_event ev = {
		.type = KERNEL_DONE,
		.done = { .key = { .user = KERNEL_USER_HA } },
	};
	struct world w;
	uint32_t serial;

	world_open(&w);
	w.k->delay_min_us = w.k->delay_max_us = 50000;
	register_at(&w, 1, COA);
	world_run_ms(&w, 1010);
	UNIT_STR(world_sent(&w), "S");
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INSTALLING);
	serial = world_entry(&w, HOA)->serial;
	ev.done.key.hoa = ip(HOA);
	ev.done.key.serial = serial - 1;
	ha_on_kernel(w.ha, &ev, w.now);
	ev.done.key.serial = 0;
	ha_on_kernel(w.ha, &ev, w.now);
	ev.done.key.serial = serial;
	ev.done.key.hoa = ip(HOA_B);
	ha_on_kernel(w.ha, &ev, w.now);
	ev.done.key.hoa = ip(HOA);
	ev.done.key.user = KERNEL_USER_MN;
	ha_on_kernel(w.ha, &ev, w.now);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INSTALLING);
	world_expect_silence(&w);
	world_run_ms(&w, 100);
	world_expect_ba(&w, BA_ACCEPTED, 1);
	/* The same answer twice, and with serial 0 while nothing is asked. */
	ev.done.key.user = KERNEL_USER_HA;
	ha_on_kernel(w.ha, &ev, w.now);
	ev.done.key.serial = 0;
	ev.done.err = -12;
	ha_on_kernel(w.ha, &ev, w.now);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_close(&w);
}

/* The role ends while the kernel still works: its answer finds nobody. */
static void stop_while_the_kernel_works(void)
{
	struct world w;

	world_open(&w);
	w.k->delay_min_us = w.k->delay_max_us = 50000;
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	register_at(&w, 2, COA_B);
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 105 });
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(first_installation_fails),
	UNIT_CASE(move_fails),
	UNIT_CASE(a_newer_update_gets_its_own_try),
	UNIT_CASE(removal_fails),
	UNIT_CASE(expiry_is_repeated_until_it_is_done),
	UNIT_CASE(reinstallation_fails),
	UNIT_CASE(move_with_another_l_bit),
	UNIT_CASE(move_with_another_l_bit_fails),
	UNIT_CASE(nobody_waits_for_a_reinstallation),
	UNIT_CASE(stray_answers_are_ignored),
	UNIT_CASE(stop_while_the_kernel_works),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_kernel", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
