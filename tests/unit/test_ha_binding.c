/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state machine of home registrations: first registration, refresh,
 * move, de-registration, expiry, and the orders in which they can collide.
 */
#include "mip6d/lifetime.h"
#include "tests/unit/ha_world.h"

static void register_at(struct world *w, uint16_t seq, const char *src)
{
	world_bu(w, &(struct bu){ .src = src, .seq = seq, .lifetime = 105 });
}

/* HA-22, HA-37, HA-38: status 0, the number of the update and the granted
 * lifetime in the answer; the answer is the last act, after the kernel. */
static void first_registration(void)
{
	const struct kernel_binding *kb;
	const struct bcache_entry *e;
	struct world w;
	struct ba ba;

	world_open(&w);
	register_at(&w, 40000, COA);
	e = world_entry(&w, HOA);
	UNIT_NEED(e);
	UNIT_EQ(e->state, BCACHE_DAD);
	CU_ASSERT_FALSE(ha_link_is_up(w.ha, WORLD_LINKS));
	UNIT_STR(world_sent(&w), "S");
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 0);
	world_run_ms(&w, 999);
	world_expect_silence(&w);
	/* DAD is over, but the kernel has not answered. */
	w.now = mtime_add_ms(w.now, 1);
	tqueue_run(w.tq, w.now);
	UNIT_EQ(e->state, BCACHE_INSTALLING);
	world_expect_silence(&w);
	UNIT_EQ(fake_kernel_run(w.k), 1);
	UNIT_EQ(e->state, BCACHE_ACTIVE);
	kb = fake_kernel_last(w.k, FAKE_BINDING_ADD)
		     ? &fake_kernel_last(w.k, FAKE_BINDING_ADD)->binding
		     : NULL;
	UNIT_NEED(kb);
	CU_ASSERT_TRUE(addr_eq(&kb->ha, &w.links[0].address));
	CU_ASSERT_TRUE(addr_is_any(&kb->old_coa));
	UNIT_EQ(kb->home_ifindex, ETH0);
	CU_ASSERT_FALSE(kb->proxy_linklocal);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	UNIT_EQ(ba.ba.seq, 40000);
	UNIT_EQ(ba.ba.lifetime_4s, 105);
	CU_ASSERT_FALSE(world_ba(&w, &ba));
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	UNIT_EQ(lifetime_left(e->expires, w.now), 105);
	UNIT_EQ(w.counters.v[CNT_BU_ACCEPTED], 1);
	UNIT_EQ(w.counters.v[CNT_BA_OUT], 1);
	UNIT_EQ(w.counters.v[CNT_MH_OUT], 1);
	CU_ASSERT_TRUE(fake_log_contains("hoa=" HOA " coa=" COA
					 " state=INSTALLING->ACTIVE"
					 " lifetime=420s"));
	/* Before that none is granted. */
	CU_ASSERT_TRUE(fake_log_contains("state=DAD->INSTALLING"));
	CU_ASSERT_FALSE(fake_log_contains("INSTALLING lifetime"));
	CU_ASSERT_FALSE(fake_log_contains("DAD lifetime"));
	world_close(&w);
}

/* What others may know of a binding: not before it is granted, not after it
 * is given back. */
static void registration_is_known_while_it_lasts(void)
{
	struct in6_addr local = ip("2001:db8:1::1"), hoa = ip(HOA);
	struct in6_addr other = ip("2001:db8:2::1"), coa = ip(COA);
	struct world w;

	world_open(&w);
	CU_ASSERT_FALSE(ha_is_registered(w.ha, &local, &hoa));
	register_at(&w, 1, COA);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_DAD);
	CU_ASSERT_FALSE(ha_is_registered(w.ha, &local, &hoa));
	CU_ASSERT_FALSE(ha_is_bound_at(w.ha, &hoa, &coa));
	world_run_ms(&w, 1000);
	CU_ASSERT_TRUE(ha_is_registered(w.ha, &local, &hoa));
	CU_ASSERT_FALSE(ha_is_registered(w.ha, &other, &hoa));
	CU_ASSERT_FALSE(ha_is_registered(w.ha, &local, &coa));
	CU_ASSERT_TRUE(ha_is_bound_at(w.ha, &hoa, &coa));
	CU_ASSERT_FALSE(ha_is_bound_at(w.ha, &hoa, &other));
	CU_ASSERT_FALSE(ha_is_bound_at(w.ha, &other, &coa));
	world_bu(&w, &(struct bu){ .src = COA, .seq = 2 });
	world_settle(&w);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INVALID);
	CU_ASSERT_FALSE(ha_is_registered(w.ha, &local, &hoa));
	CU_ASSERT_FALSE(ha_is_bound_at(w.ha, &hoa, &coa));
	world_close(&w);
}

/* HA-53: a refresh is answered at once, without DAD and without the kernel.
 * HA-38 the new lifetime counts from now, also when it is shorter. */
static void refresh_is_answered_at_once(void)
{
	struct world w;
	struct ba ba;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 900 });
	UNIT_EQ(w.k->n_requests, 0);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	UNIT_EQ(ba.ba.seq, 2);
	UNIT_EQ(ba.ba.lifetime_4s, 900);
	world_run_ms(&w, 421 * 1000);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 2 });
	UNIT_STR(world_sent(&w), "B");
	world_run_ms(&w, 7999);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_run_ms(&w, 1);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 0);
	world_close(&w);
}

/* HA-32 expiry takes everything back, HA-46 after it any number will do;
 * HA-41: until then the binding is kept, refreshed or not. */
static void expiry_removes_all(void)
{
	struct in6_addr hoa = ip(HOA);
	struct world w;

	world_init(&w);
	w.conf.refresh_advice_s = 40;
	world_start(&w);
	world_bind(&w, &(struct bu){ .seq = 9, .lifetime = 105 });
	world_run_ms(&w, 420 * 1000 - 3000 - 1);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_run_ms(&w, 1);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	CU_ASSERT_PTR_NULL(fake_kernel_binding(w.k, &hoa));
	CU_ASSERT_FALSE(fake_kernel_is_proxied(w.k, ETH0, &hoa));
	UNIT_EQ(w.counters.v[CNT_BINDING_EXPIRED], 1);
	UNIT_EQ(tqueue_len(w.tq), 0);
	world_expect_silence(&w);
	register_at(&w, 3, COA_B);
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 3);
	world_close(&w);
}

/* HA-43: a move changes the tunnel; the answer follows the kernel, there is
 * no DAD (HA-53) and no advertisement (HA-75). */
static void move_follows_the_kernel(void)
{
	const struct fake_request *r;
	struct in6_addr from = ip(COA), to = ip(COA_B);
	const struct bcache_entry *e;
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	register_at(&w, 2, COA_B);
	e = world_entry(&w, HOA);
	UNIT_EQ(e->state, BCACHE_INSTALLING);
	CU_ASSERT_TRUE(addr_eq(&e->coa, &from));
	world_expect_silence(&w);
	r = fake_kernel_last(w.k, FAKE_BINDING_ADD);
	UNIT_NEED(r);
	CU_ASSERT_TRUE(addr_eq(&r->binding.old_coa, &from));
	CU_ASSERT_TRUE(addr_eq(&r->binding.coa, &to));
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	UNIT_EQ(e->moves, 1);
	world_run_ms(&w, 5000);
	world_expect_silence(&w);
	world_close(&w);
}

/* HA-45: an old number changes nothing and is answered with the last one,
 * whatever care-of address it names. */
static void old_numbers_change_nothing(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 15, .lifetime = 105 });
	register_at(&w, 15, COA_B);
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 15);
	register_at(&w, 32783, COA_B);
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 15);
	world_bu(&w, &(struct bu){ .seq = 14, .flags = BU_FLAG_H });
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 15);
	world_settle(&w);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	UNIT_EQ(w.k->n_requests, 0);
	UNIT_EQ(world_entry(&w, HOA)->seq, 15);
	world_close(&w);
}

/* Care-of addresses that change faster than the kernel answers: the newest
 * wins, it alone is answered. */
static void moves_converge_to_the_newest(void)
{
	struct world w;

	world_open(&w);
	w.k->delay_min_us = w.k->delay_max_us = 50000;
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	register_at(&w, 2, COA_B);
	register_at(&w, 3, "2001:db8:c::5");
	register_at(&w, 4, "2001:db8:d::5");
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 4);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, "2001:db8:d::5"));
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 2);
	/* There and back again. */
	register_at(&w, 5, COA_B);
	register_at(&w, 6, "2001:db8:d::5");
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 6);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, "2001:db8:d::5"));
	UNIT_EQ(w.counters.v[CNT_BU_BUSY], 3);
	world_close(&w);
}

/* HA-63, HA-65: status 0, lifetime 0, the number of the update; nothing is
 * intercepted when the answer leaves.  HA-67 the entry stays 10 s. */
static void deregistration(void)
{
	struct in6_addr hoa = ip(HOA);
	struct world w;
	struct ba ba;

	world_init(&w);
	w.conf.refresh_advice_s = 40;
	world_start(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .seq = 2 });
	world_expect_silence(&w);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_REMOVING);
	world_settle(&w);
	CU_ASSERT_PTR_NULL(fake_kernel_binding(w.k, &hoa));
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	UNIT_EQ(ba.ba.seq, 2);
	UNIT_EQ(ba.ba.lifetime_4s, 0);
	UNIT_EQ(ba.advice, 0);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INVALID);
	world_run_ms(&w, 9999);
	CU_ASSERT_PTR_NOT_NULL(world_entry(&w, HOA));
	world_run_ms(&w, 1);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	world_bu(&w, &(struct bu){ .seq = 3 });
	world_expect_ba(&w, BA_NOT_HOME_AGENT, 3); /* HA-57 */
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	world_close(&w);
}

/* HA-68: an update that was overtaken by the de-registration is refused with
 * 135 at its care-of address; HA-69: a newer one begins anew, with DAD. */
static void late_and_new_updates_after_deregistration(void)
{
	struct in6_addr coa_b = ip(COA_B);
	struct world w;
	struct ba ba;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .no_hao = true, .seq = 3, .ifindex = ETH0 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 3);
	register_at(&w, 2, COA_B);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_SEQ_OUT_OF_WINDOW);
	UNIT_EQ(ba.ba.seq, 3);
	CU_ASSERT_TRUE(ba.send.rh2 && addr_eq(&ba.send.coa, &coa_b));
	UNIT_EQ(ba.send.ifindex, 0);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INVALID);
	/* The answer was lost: asked again, answered again. */
	world_bu(&w, &(struct bu){ .no_hao = true, .seq = 4, .ifindex = ETH0 });
	world_expect_ba(&w, BA_ACCEPTED, 4);
	world_run_ms(&w, 5000);
	register_at(&w, 5, COA_B);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_DAD);
	UNIT_STR(world_sent(&w), "S");
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 5);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 1);
	world_run_ms(&w, 20000);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	world_close(&w);
}

/* HA-61: a home address bound to itself is a de-registration. */
static void binding_to_itself_deregisters(void)
{
	struct world w;
	struct ba ba;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .acoa = HOA, .seq = 2, .lifetime = 105 });
	world_settle(&w);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	UNIT_EQ(ba.ba.lifetime_4s, 0);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INVALID);
	world_close(&w);
}

/* HA-62, HA-47: bindings know nothing of each other. */
static void bindings_are_independent(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bind(&w, &(struct bu){ .hoa = HOA_B, .seq = 9, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .seq = 2 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA_B, COA));
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 10, .lifetime = 105 });
	world_expect_ba(&w, BA_ACCEPTED, 10);
	world_close(&w);
}

/* A de-registration that comes while DAD, an installation or a removal is
 * under way; and a registration that comes while the removal is. */
static void deregistration_at_any_time(void)
{
	struct in6_addr hoa = ip(HOA);
	struct world w;

	world_open(&w);
	w.k->delay_min_us = w.k->delay_max_us = 50000;
	register_at(&w, 1, COA);
	world_bu(&w, &(struct bu){ .no_hao = true, .seq = 2, .ifindex = ETH0 });
	UNIT_STR(world_sent(&w), "SB");
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INVALID);
	CU_ASSERT_TRUE(fake_transport_is_quiet(w.t));
	UNIT_EQ(w.k->n_bindings, 0);

	register_at(&w, 3, COA);
	world_run_ms(&w, 1020);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INSTALLING);
	world_bu(&w, &(struct bu){ .seq = 4 });
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 4);
	CU_ASSERT_PTR_NULL(fake_kernel_binding(w.k, &hoa));
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INVALID);

	world_bind(&w, &(struct bu){ .seq = 5, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .seq = 6 });
	world_bu(&w, &(struct bu){ .seq = 7 });
	register_at(&w, 8, COA_B);
	world_run_ms(&w, 49);
	world_expect_silence(&w);
	world_run_ms(&w, 1);
	UNIT_STR(world_sent(&w), "S");
	world_run_ms(&w, 1050);
	world_expect_ba(&w, BA_ACCEPTED, 8);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	world_close(&w);
}

/* A node that refreshes in the moment of expiry gets a new binding. */
static void refresh_while_expiring(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 2 });
	w.k->delay_min_us = w.k->delay_max_us = 50000;
	world_run_ms(&w, 5000);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_REMOVING);
	register_at(&w, 2, COA);
	world_run_ms(&w, 1200);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_close(&w);
}

/* A refused registration within the ten seconds does not end the memory of
 * the de-registration (HA-67): the late update is still known to be late. */
static void a_refusal_does_not_end_the_memory(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .seq = 5 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 5);
	world_run_ms(&w, 4000);
	register_at(&w, 6, COA);
	world_na(&w, ETH0, HOA);
	world_expect_ba(&w, BA_DAD_FAILED, 6);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INVALID);
	register_at(&w, 4, COA_B);
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 6);
	world_run_ms(&w, 5999);
	CU_ASSERT_PTR_NOT_NULL(world_entry(&w, HOA));
	world_run_ms(&w, 1);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	world_expect_silence(&w);
	world_close(&w);
}

/* HA-28: the home prefix ends while DAD runs. */
static void the_prefix_ends_during_dad(void)
{
	struct world w;

	world_open(&w);
	register_at(&w, 1, COA);
	w.links[0].valid_s = 3;
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_NOT_HOME_SUBNET, 1);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	UNIT_EQ(w.k->n_bindings, 0);
	world_close(&w);
}

/* The lifetime ends while the kernel works on a move: the move decides. */
static void a_move_across_the_end_of_the_lifetime(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 2 });
	w.k->delay_min_us = w.k->delay_max_us = 9000000;
	register_at(&w, 2, COA_B);
	world_run_ms(&w, 8999);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INSTALLING);
	world_run_ms(&w, 1);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	world_close(&w);
}

/* Refreshes for nothing are not answered before the interval is over. */
static void the_minimum_interval(void)
{
	const struct bcache_entry *e;
	struct world w;

	world_init(&w);
	w.conf.min_interval_ms = 500;
	world_start(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	register_at(&w, 2, COA);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	world_run_ms(&w, 499);
	register_at(&w, 3, COA);
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_BU_RATE], 1);
	world_run_ms(&w, 1);
	register_at(&w, 3, COA);
	world_expect_ba(&w, BA_ACCEPTED, 3);
	e = world_entry(&w, HOA);
	UNIT_EQ(e->refreshes, 2);
	UNIT_EQ(e->moves, 0);
	UNIT_EQ(e->registered.us, w.now.us);
	world_close(&w);
}

/* Each step is logged, refreshes are not. */
static void steps_are_logged(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	CU_ASSERT_TRUE(fake_log_contains("state=new->DAD"));
	CU_ASSERT_TRUE(fake_log_contains("state=DAD->INSTALLING"));
	fake_log_clear();
	register_at(&w, 2, COA);
	CU_ASSERT_FALSE(fake_log_contains("state="));
	world_bu(&w, &(struct bu){ .seq = 3 });
	world_run_ms(&w, 10000);
	CU_ASSERT_TRUE(fake_log_contains("state=ACTIVE->REMOVING"));
	CU_ASSERT_TRUE(fake_log_contains("state=REMOVING->INVALID"));
	CU_ASSERT_TRUE(fake_log_contains("state=INVALID->gone"));
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(first_registration),
	UNIT_CASE(registration_is_known_while_it_lasts),
	UNIT_CASE(refresh_is_answered_at_once),
	UNIT_CASE(expiry_removes_all),
	UNIT_CASE(move_follows_the_kernel),
	UNIT_CASE(old_numbers_change_nothing),
	UNIT_CASE(moves_converge_to_the_newest),
	UNIT_CASE(deregistration),
	UNIT_CASE(late_and_new_updates_after_deregistration),
	UNIT_CASE(binding_to_itself_deregisters),
	UNIT_CASE(bindings_are_independent),
	UNIT_CASE(deregistration_at_any_time),
	UNIT_CASE(refresh_while_expiring),
	UNIT_CASE(a_refusal_does_not_end_the_memory),
	UNIT_CASE(the_prefix_ends_during_dad),
	UNIT_CASE(a_move_across_the_end_of_the_lifetime),
	UNIT_CASE(the_minimum_interval),
	UNIT_CASE(steps_are_logged),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_binding", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
